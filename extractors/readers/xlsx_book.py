"""A workbook's parts, read as streams: only cells that are there cost anything, whatever a sheet says it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from lxml import etree

from extractors.errors import Corrupt, TooLarge, Unsupported
from extractors.readers.archive import MEMBER_ERRORS
from extractors.readers.draft import Input
from extractors.readers.ooxml import PROLOG, Package, attribute, check_declarations, child, local
from extractors.readers.sheets import Value
from extractors.readers.xlsx_format import GENERAL, NumberFormat, format_code, parsed, shown_number
from extractors.readers.xml_repair import MendedStream

_BOOK = "xl/workbook.xml"
_LAST_COLUMN = 16_384


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: the part that holds it and whether people see it."""

    name: str
    part: str
    hidden: bool


class Workbook:
    """Sheets, shared strings and formats. Raises Corrupt when the workbook's own part cannot be read."""

    def __init__(self, source: Input, package: Package) -> None:
        self._source = source
        self._package = package
        main = package.main_part(_BOOK)
        if main.lower().endswith(".bin") or (main not in package and "xl/workbook.bin" in package):
            raise Unsupported(f"{source.untrusted_name}: a binary workbook (.xlsb) cannot be read")
        root = package.tree(main)
        self._targets = {r.id: r for r in package.relations(main) if not r.external}
        self.sheets = tuple(self._sheets(root))
        properties = child(root, "workbookPr")
        self._since_1904 = properties is not None and attribute(properties, "date1904") in ("1", "true")
        self.faults: list[str] = []
        self._formats = self._read_formats()
        self._strings = self._read_strings()

    def values(self, sheet: Sheet) -> Iterator[Value]:
        """The cells of a sheet in the file's order; one that breaks off gives what came before, and a fault."""
        row, column = -1, -1
        for node in self._elements(sheet.part, ("row", "c")):
            if local(node.tag) == "row":
                row, column = _row_number(node, row), -1
                continue
            row_here, column = _position(node, row + 1 if row < 0 else row, column + 1)
            text = " ".join(self._text(node).split())
            if text:
                yield Value(row_here, column, text)

    def _elements(self, part: str, names: tuple[str, ...]) -> Iterator[Any]:
        """Elements of these names: a row where it begins, others where they end, each dropped after use."""
        with self._open(part) as file:
            try:
                for event, node in etree.iterparse(
                    MendedStream(file),
                    events=("start", "end"),
                    resolve_entities=False,
                    no_network=True,
                    load_dtd=False,
                ):
                    name = local(node.tag)
                    if name not in names:
                        continue
                    if (name == "row") == (event == "start"):
                        yield node
                    if event == "end":
                        _drop(node)
            except (etree.LxmlError, *MEMBER_ERRORS) as error:
                self.faults.append(
                    f"its part {part} is damaged; it was read as far as it goes ({type(error).__name__})"
                )

    @contextmanager
    def _open(self, part: str) -> Iterator[IO[bytes]]:
        with self._package.stream(part) as head:
            try:
                check_declarations(head.read(PROLOG), self._source.untrusted_name)
            except MEMBER_ERRORS as error:
                raise Corrupt(f"{self._source.untrusted_name}: its part {part} cannot be unpacked") from error
        with self._package.stream(part) as file:
            yield file

    def _text(self, node: Any) -> str:
        kind = node.get("t") or "n"
        if kind == "inlineStr":
            return _rich(child(node, "is"))
        value = child(node, "v")
        raw = (value.text or "") if value is not None else ""
        if kind == "s":
            index = _number(raw.strip(), -1)
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(raw.strip(), raw)
        if kind == "n" and raw:
            return shown_number(raw, self._format(node.get("s")), self._since_1904)
        return raw.removesuffix("T00:00:00") if kind == "d" else raw

    def _format(self, index: str | None) -> NumberFormat:
        number = _number(index)
        return self._formats[number] if number < len(self._formats) else GENERAL

    def _sheets(self, root: Any) -> Iterator[Sheet]:
        for node in child(root, "sheets") if child(root, "sheets") is not None else ():
            relation = self._targets.get(attribute(node, "id") or "")
            if relation and relation.kind == "worksheet" and relation.target in self._package:
                hidden = (node.get("state") or "visible") != "visible"
                yield Sheet(" ".join((node.get("name") or "").split()), relation.target, hidden)

    def _part(self, kind: str) -> str | None:
        return next(
            (r.target for r in self._targets.values() if r.kind == kind and r.target in self._package), None
        )

    def _read_formats(self) -> tuple[NumberFormat, ...]:
        name = self._part("styles")
        root = self._package.optional_tree(name) if name else None
        if root is None:
            return ()
        formats, shapes = child(root, "numFmts"), child(root, "cellXfs")
        own = (
            {_number(e.get("numFmtId")): e.get("formatCode") or "" for e in formats}
            if formats is not None
            else {}
        )
        return (
            tuple(parsed(format_code(_number(e.get("numFmtId")), own)) for e in shapes)
            if shapes is not None
            else ()
        )

    def _read_strings(self) -> list[str]:
        name = self._part("sharedStrings")
        if name is None:
            return []
        most = self._source.limits.memory // 4
        if self._package.size(name) > most:
            raise TooLarge(
                f"{self._source.untrusted_name}: its strings have more bytes than the limit memory_mib allows"
            )
        return [_rich(node) for node in self._elements(name, ("si",))]


def _rich(node: Any) -> str:
    """The text of a string with its formatted pieces, without pronunciation marks (`rPh`)."""
    if node is None:
        return ""
    pieces = (e for e in node if local(e.tag) in ("t", "r"))
    return "".join((e if local(e.tag) == "t" else child(e, "t")).text or "" for e in pieces if _has_text(e))


def _has_text(node: Any) -> bool:
    return local(node.tag) == "t" or child(node, "t") is not None


def _drop(node: Any) -> None:
    """Frees an element that was read and those before it."""
    node.clear()
    while node.getprevious() is not None:
        del node.getparent()[0]


def _number(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _row_number(node: Any, last: int) -> int:
    told = _number(node.get("r"))
    return told - 1 if told else last + 1


def _position(node: Any, row: int, column: int) -> tuple[int, int]:
    """Row and column of a cell from its reference ("BC12"); the next in line when it has none."""
    reference = (node.get("r") or "").replace("$", "")
    letters = reference.rstrip("0123456789").upper()
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        return row, column
    told = 0
    for letter in letters:
        told = told * 26 + ord(letter) - ord("A") + 1
    return (_number(reference[len(letters) :]) or row + 1) - 1, min(told, _LAST_COLUMN) - 1
