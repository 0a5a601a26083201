"""From the control words of RTF to its text, in one pass and without recursion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extractors.document import Cell
from extractors.readers.encodings import decode, known
from extractors.readers.layout import TextBuilder
from extractors.readers.rtf_embedded import RtfEmbedded

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?"  # a control word and its number
    rb"|\\'([0-9a-fA-F]{2})"  # a byte of the code page
    rb"|\\([^a-zA-Z'])"  # a control symbol
    rb"|([{}])"
    rb"|([^\\{}\r\n]+)"
)
_CHARSETS = {
    **{
        77: "mac_roman",
        128: "cp932",
        129: "cp949",
        134: "gb18030",
        136: "big5hkscs",
        161: "cp1253",
        162: "cp1254",
    },
    **{
        163: "cp1258",
        177: "cp1255",
        178: "cp1256",
        186: "cp1257",
        204: "cp1251",
        222: "cp874",
        238: "cp1250",
    },
}
"""`\\fcharset` to encoding; others take the document's own code page."""
_SKIPPED = frozenset(
    {
        *(
            "colortbl",
            "stylesheet",
            "themedata",
            "colorschememapping",
            "datastore",
            "listtable",
        ),
        *(
            "listoverridetable",
            "rsidtbl",
            "generator",
            "xmlnstbl",
            "mmathPr",
            "latentstyles",
            "fldinst",
            "filetbl",
        ),
        *(
            "revtbl",
            "sn",
            "sv",
            "pgdsctbl",
            "operator",
            "author",
            "subject",
            "keywords",
            "doccomm",
            "company",
        ),
        *(
            "creatim",
            "revtim",
            "printim",
            "buptim",
            "comment",
            "category",
            "manager",
            "nonshppict",
            "xe",
            "tc",
        ),
    }
)
_EMBEDDED = {"pict": "picture", "objdata": "object"}
"""Groups of digits, and what they hold."""
_SHOWN_THOUGH_STARRED = frozenset(
    {*_EMBEDDED, "shpinst", "shptxt", "shppict", "upr", "ud", "pntext", "cs", "bkmkstart"}
)
_SYMBOLS = {
    **{
        "tab": "\t",
        "emdash": "—",
        "endash": "–",
        "bullet": "•",
        "emspace": " ",
        "enspace": " ",
        "qmspace": " ",
    },
    **{"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"},
}
_PLAIN_SYMBOLS = {b"~": "\xa0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\"}


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits from the one around it."""

    place: str = "text"  # text, skip, title, fonts, picture or object
    font: int = -1
    skip_after_unicode: int = 1
    hidden: bool = False
    in_table: bool = False
    starred: bool = False


class RtfText:
    """One pass over an RTF file: `parse`, then `result`, `title` and `notes`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._out = TextBuilder()
        self._state = _State()
        self._outer: list[_State] = []
        self._bytes = bytearray()
        self._line: list[str] = []
        self._row: list[str] = []
        self._table: tuple[int, int] | None = None
        self._code_page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._to_skip = 0
        self._position = 0
        self._lost = 0
        self._digits, self._raw = bytearray(), b""
        self.embedded = RtfEmbedded()
        self._title: list[str] = []

    def parse(self) -> RtfText:
        """Reads the file to its end."""
        for token in self._tokens():
            word, number, byte, symbol, brace, run = token.groups()
            if word is not None:
                self._control(word.decode("ascii"), int(number) if number else None)
            elif byte is not None:
                self._code(bytes([int(byte, 16)]))
            elif run is not None:
                self._code(run)
            elif brace is not None:
                self._brace(brace == b"{")
            else:
                self._symbol(symbol)
        self._close_line()
        return self

    @property
    def title(self) -> str:
        """The title in the file's information group; "" when there is none."""
        return _paired("".join(self._title)).strip()

    def result(self) -> tuple[str, tuple[Cell, ...]]:
        """The text and its cells."""
        return self._out.text(), tuple(self._out.cells)

    def notes(self) -> Iterator[str]:
        """What a person should know about the reading."""
        if self.embedded.left_out:
            yield f"{self.embedded.left_out} small or drawn pictures and objects were left out"
        if self._lost:
            yield f"{self._lost} undecodable characters were replaced"
        if self._outer:
            yield "the file ends in the middle: the end of its text may be missing"

    def _tokens(self) -> Iterator[re.Match[bytes]]:
        while self._position < len(self._data):
            token = _TOKEN.match(self._data, self._position)
            if token is None:
                self._position += 1
                continue
            self._position = token.end()
            yield token

    def _brace(self, opening: bool) -> None:
        self._flush()
        self._to_skip = 0
        if opening:
            self._outer.append(self._state)
            self._state = replace(self._state, starred=False)
        elif self._outer:
            before, self._state = self._state, self._outer.pop()
            if before.place in _EMBEDDED.values() and self._state.place != before.place:
                self._end_embedded(before.place)

    def _end_embedded(self, place: str) -> None:
        self.embedded.take(place, bytes(self._digits), self._raw)
        self._digits, self._raw = bytearray(), b""

    def _code(self, codes: bytes) -> None:
        """Bytes of text in the current code page, less those that only repeat a `\\u` for old programs."""
        if self._to_skip:
            skipped = min(self._to_skip, len(codes))
            self._to_skip -= skipped
            codes = codes[skipped:]
        if self._state.place != "skip" and not self._state.hidden:
            self._bytes += codes

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._state = replace(self._state, starred=True)
        elif symbol in (b"\n", b"\r"):
            self._paragraph()
        elif self._to_skip:
            self._to_skip -= 1
        elif symbol in _PLAIN_SYMBOLS:
            self._say(_PLAIN_SYMBOLS[symbol])

    def _control(self, word: str, number: int | None) -> None:
        self._flush()
        if word == "bin":
            start, self._position = self._position, self._position + max(0, number or 0)
            self._raw = self._data[start : self._position] if self._state.place in _EMBEDDED.values() else b""
        elif word == "u":
            self._unicode(number or 0)
        elif self._state.starred and word not in _SHOWN_THOUGH_STARRED:
            self._state = replace(self._state, place="skip", starred=False)
        elif word in _SKIPPED:
            self._state = replace(self._state, place="skip")
        elif word in _EMBEDDED:
            is_skipped = self._state.place == "skip"
            self._state = replace(self._state, place="skip" if is_skipped else _EMBEDDED[word])
        elif word in _SYMBOLS:
            self._say(_SYMBOLS[word])
        elif not self._structure(word):
            self._property(word, number)

    def _structure(self, word: str) -> bool:
        """Ends of lines, cells, rows and pages; False when the word is something else."""
        if self._state.place != "text":
            return False
        if word == "par":
            self._paragraph()
        elif word in ("line", "lbr"):
            self._line.append("\n")
        elif word in ("cell", "nestcell"):
            self._row.append(self._taken())
        elif word in ("row", "nestrow"):
            self._end_row()
        elif word in ("sect", "footnote") or (
            word.startswith(("header", "footer")) and word[6:] in ("", "l", "r", "f")
        ):
            self._close_line()
        elif word == "page":
            self._close_line()
            self._out.add("\f", exact=True)
        else:
            return False
        return True

    def _property(self, word: str, number: int | None) -> None:
        state = self._state
        if word == "f" and number is not None:
            self._state = replace(state, font=number)
        elif word == "uc" and number is not None:
            self._state = replace(state, skip_after_unicode=min(max(number, 0), 16))
        elif word in ("v", "deleted"):
            self._state = replace(state, hidden=number != 0)
        elif word == "plain":
            self._state = replace(state, hidden=False)
        elif word in ("pard", "intbl"):
            self._state = replace(state, in_table=word == "intbl")
        elif word == "ansicpg":
            self._code_page = known(f"cp{number}") or self._code_page
        elif word == "mac":
            self._code_page = "mac_roman"
        elif word in ("fonttbl", "info", "title"):
            place = {"fonttbl": "fonts", "info": "skip"}.get(word, "title")
            self._state = replace(state, place=place)
        elif word == "fcharset" and state.place == "fonts":
            self._fonts[state.font] = _CHARSETS.get(number or 0, "")

    def _unicode(self, number: int) -> None:
        self._to_skip = self._state.skip_after_unicode
        code = number + 0x10000 if number < 0 else number
        self._say(chr(code) if 0 < code <= 0x10FFFF else "\ufffd")

    def _say(self, text: str) -> None:
        self._flush()
        if self._state.place == "text" and not self._state.hidden:
            self._line.append(text)
        elif self._state.place == "title":
            self._title.append(text)

    def _flush(self) -> None:
        if not self._bytes:
            return
        raw = bytes(self._bytes)
        self._bytes.clear()
        if self._state.place in _EMBEDDED.values():
            self._digits += raw
        if self._state.place not in ("text", "title"):
            return
        encoding = self._fonts.get(self._state.font) or self._code_page
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            decoded = decode(raw, encoding)
            text, self._lost = decoded.text, self._lost + decoded.lost
        self._say(text.replace("\0", ""))

    def _taken(self) -> str:
        """The line so far; two `\\u` that are halves of one character become that character."""
        self._flush()
        text = "".join(self._line)
        self._line.clear()
        return _paired(text)

    def _paragraph(self) -> None:
        if self._state.in_table:
            self._flush()
            self._line.append("\n")
        else:
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        if self._row:
            self._end_row()
        text = self._taken()
        if text.strip():
            self._table = None
        self._out.add(text.rstrip(" \t"), exact=True)
        self._out.line_break()

    def _close_line(self) -> None:
        """Ends a line that has begun; unlike a paragraph's end, it makes no empty line."""
        self._flush()
        if self._line or self._row:
            self._end_paragraph()

    def _end_row(self) -> None:
        if not self._row:
            return
        number, row = self._table or (self._out.new_table(), -1)
        self._table = (number, row + 1)
        self._out.row(self._row, number, row + 1)
        self._row = []


def _paired(text: str) -> str:
    """The text with two `\\u` that are halves of one character as that character; lone halves are replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
