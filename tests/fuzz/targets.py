"""What is fuzzed: a name, a function that takes bytes, what it may raise, and seeds of our own making.

A target checks what must hold for any input, beyond "no error but ours": text can be written as UTF-8, slices lie
in their text, children lie in the scratch folder.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

from extractors.detect import media_type
from extractors.document import Document, PageText, assemble
from extractors.errors import Corrupt, DocumentError
from extractors.extract import understand
from extractors.facts import find_facts
from extractors.kinds import classify
from extractors.limits import Limits
from extractors.readers import read
from extractors.readers.draft import Draft, Input
from extractors.readers.encodings import decode
from extractors.readers.lzfu import rtf_of
from extractors.readers.mime import header_text, parameters_of
from extractors.readers.paging import paged
from extractors.readers.zip_names import guessed_name
from index.errors import SearchError
from index.query import parse
from pipeline.errors import RegisterError, UsageError
from pipeline.inbox import described
from pipeline.register import read_register
from pipeline.settings import load
from tests.fuzz import seeds

LIMITS = replace(Limits(), archive_bytes=64 * 2**20, archive_grace=2**20, text_chars=2_000_000, pages=500)
"""Small, so that a target that stays within them is quick."""

Check = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """`run` on any bytes must return, or raise one of `allowed`, within the time that the engine gives it."""

    run: Check
    allowed: tuple[type[Exception], ...]
    seeds: Callable[[], Iterator[bytes]]
    words: tuple[bytes, ...] = ()
    """Pieces that the format knows, for the mutations."""


class Broken(AssertionError):
    """What must hold for any input does not."""


def targets() -> dict[str, Target]:
    """All targets by name."""
    found = {
        f"read:{name}": _reader(kind, seeds.FILES[name], name) for name, kind in seeds.MEDIA_TYPES.items()
    }
    found |= {f"part:{name}": _part(name) for name in seeds.PARTS}
    found |= {f"text:{name}": Target(check, (), seeds.texts, seeds.WORDS) for name, check in _TEXTS.items()}
    found |= {
        f"small:{name}": Target(check, allowed, given) for name, (check, allowed, given) in _SMALL.items()
    }
    found["extract"] = Target(_extract, (DocumentError,), seeds.all_files)
    found["detect"] = Target(_detect, (DocumentError,), seeds.all_files)
    return found


@contextmanager
def _as_file(data: bytes, suffix: str = "") -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=_memory_disk()))
    try:
        path = folder / f"given{suffix}"
        path.write_bytes(data)
        (folder / "scratch").mkdir()
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _memory_disk() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _reader(kind: str, given: Callable[[], bytes], name: str) -> Target:
    def run(data: bytes) -> None:
        with _as_file(data) as path:
            scratch = path.parent / "scratch"
            _check_draft(_read(Input(path, f"given.{name}", kind, scratch, LIMITS)), scratch)

    return Target(run, (DocumentError,), lambda: iter([given()]), seeds.DICTIONARIES.get(name, ()))


def _read(source: Input) -> Draft:
    """Without the net that turns whatever a library throws into `corrupt`, and without LibreOffice."""
    try:
        with patch.dict(os.environ, PATH=""):
            return read(source)
    except Corrupt as error:
        if error.__cause__ is not None and "it cannot be read (" in error.message:
            raise error.__cause__ from None
        raise


def _part(name: str) -> Target:
    """The bytes as one XML part of an Office file that is whole otherwise."""
    kind, package, part = seeds.PARTS[name]

    def run(data: bytes) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for inner, content in seeds.members(package):
                archive.writestr(inner, data if inner == part else content)
        with _as_file(buffer.getvalue()) as path:
            scratch = path.parent / "scratch"
            _check_draft(_read(Input(path, "given", kind, scratch, LIMITS)), scratch)

    def given() -> Iterator[bytes]:
        yield next(content for inner, content in seeds.members(package) if inner == part)

    return Target(run, (DocumentError,), given, seeds.XML_WORDS)


def _check_draft(draft: Draft, scratch: Path) -> None:
    texts = [page.text for page in draft.pages if isinstance(page, PageText)]
    texts += [draft.title or "", *draft.notes, *(part for pair in draft.metadata for part in pair)]
    for text in (*texts, *(child.untrusted_name for child in draft.children)):
        _check_text(text)
    for child in draft.children:
        if child.path.parent != scratch or not child.path.is_file():
            raise Broken(f"a child lies outside the scratch folder: {child.path}")
    for page in draft.pages:
        cells = page.cells if isinstance(page, PageText) else ()
        if any(not 0 <= cell.start <= cell.end <= len(page.text) for cell in cells):
            raise Broken("a cell lies outside its page")
    _check_document(
        assemble([p for p in draft.pages if isinstance(p, PageText)], draft.media_type, draft.metadata)
    )


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Broken("there is a NUL in a text")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Broken("a text holds half a character") from error


def _check_document(document: Document) -> None:
    if document.pages and document.pages[-1].end > len(document.text):
        raise Broken("a page lies outside the text")


def _document(data: bytes) -> Document:
    text = data.decode("utf-8", "replace").replace("\0", "")
    kind = "message/rfc822" if len(data) % 3 == 0 else "text/plain"
    return assemble(paged(text, "given", LIMITS) or [PageText("", 595, 842)], kind)


def _one_page(data: bytes) -> Document:
    return assemble(
        [PageText(data.decode("utf-8", "replace").replace("\0", ""), 595, 842)], "application/pdf"
    )


def _understand(data: bytes) -> None:
    for document in (_document(data), _one_page(data)):
        understanding = understand(document)
        for fact in understanding.facts:
            if not 0 <= fact.start < fact.end <= len(document.text):
                raise Broken(f"a fact lies outside the text: {fact}")
        _check_text(understanding.classification.title or "")


def _facts_of_kinds(data: bytes) -> None:
    document = _document(data)
    for kind in ("invoice", "correspondence", "minutes", "contract"):
        find_facts(document, kind)


def _classify(data: bytes) -> None:
    classify(_document(data))


_TEXTS: dict[str, Check] = {"understand": _understand, "kinds": _facts_of_kinds, "classify": _classify}


def _yaml(read: Callable[[Path], object]) -> Check:
    def run(data: bytes) -> None:
        with _as_file(data, ".yaml") as path:
            read(path)

    return run


def _sidecar(data: bytes) -> None:
    with _as_file(b"a letter", ".txt") as path:
        path.with_name("given.txt.yaml").write_bytes(data)
        for _, value in described(path, path.parent, ["CLM-001"]).labels:
            _check_text(value)


def _query(data: bytes) -> None:
    parse(data.decode("utf-8", "replace"))


def _mime(data: bytes) -> None:
    _check_text(header_text(data))
    for key, value in parameters_of(header_text(data)).items():
        _check_text(key + value)


def _decoded(data: bytes) -> None:
    for declared in (None, "utf-8", "gb2312", "utf-16", "utf-7", "hz", "iso-2022-jp", "cp1252"):
        _check_text(decode(data, declared).text)
    guessed_name(data)


def _unpacked(data: bytes) -> None:
    if len(rtf_of(data)) > 9 * len(data):
        raise Broken("it unpacks to more than nine times its size")


_SMALL: dict[str, tuple[Check, tuple[type[Exception], ...], Callable[[], Iterator[bytes]]]] = {
    "query": (_query, (SearchError,), seeds.queries),
    "settings": (_yaml(load), (UsageError,), seeds.settings),
    "register": (_yaml(read_register), (RegisterError,), seeds.registers),
    "sidecar": (_sidecar, (), seeds.sidecars),
    "headers": (_mime, (), seeds.headers),
    "encodings": (_decoded, (), seeds.texts),
    "lzfu": (_unpacked, (DocumentError,), seeds.compressed_rtf),
}


def _extract(data: bytes) -> None:
    """All that is done with a file but OCR."""
    with _as_file(data) as path:
        scratch = path.parent / "scratch"
        draft = _read(Input(path, "given", media_type(path, "given"), scratch, LIMITS))
        pages = [page for page in draft.pages if isinstance(page, PageText)]
        understand(assemble(pages, draft.media_type, draft.metadata, draft.notes, draft.title))


def _detect(data: bytes) -> None:
    for name in ("given", "given.txt", "given.eml", "given.csv", "given.html", "given.md"):
        with _as_file(data) as path:
            media_type(path, name)
