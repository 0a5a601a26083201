"""The font of invisible text in a PDF: any character of Unicode in any width, none of them drawn.

A code is a character in one width, so that a whole line is one string without a gap: where words are shown one by one,
or stretched, viewers put them into an order of their own or take gaps for blanks.
"""

from __future__ import annotations

import hashlib
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from pipeline.renditions import truetype

_CODES = 0xFFFF
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_BLOCK = 100
"""Entries of one block of a CMap (Adobe Technical Note 5014)."""
_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{blocks}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def visible(text: str) -> str:
    """The text without control, direction and other characters that nobody sees."""
    return "".join(char for char in text if unicodedata.category(char) not in _UNSEEN)


class Glyphless:
    """The font in `pdf`. `font` may be used at once; `finish` tells it what its codes mean."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._codes: dict[tuple[str, int], int] = {}
        self.font: Object = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type0))

    def __len__(self) -> int:
        return len(self._codes)

    def code(self, char: str, steps: int) -> int:
        """The code of the character, `steps` steps (1 to `truetype.GLYPHS`) wide; of a substitute if all are taken."""
        if len(self._codes) == _CODES and (char, steps) not in self._codes:
            char, steps = next(iter(self._codes))
        return self._codes.setdefault((char, steps), len(self._codes) + 1)

    def finish(self) -> None:
        """Completes the font, when all text has been encoded."""
        meanings = _meanings(char for char, _ in self._codes)
        name, file = Name(f"/{_tag(meanings)}+{truetype.NAME}"), truetype.font()
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=name,
            Flags=4,
            FontBBox=Array([0, 0, truetype.STEP * truetype.GLYPHS, truetype.EM]),
            ItalicAngle=0,
            Ascent=truetype.EM,
            Descent=-1,  # 0 makes poppler assume a usual one
            CapHeight=truetype.EM,
            StemV=80,
            FontFile2=self._stream(file, {"/Length1": len(file)}),
        )
        glyphs = [0, *(steps for _, steps in self._codes)]
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=self._pdf.make_indirect(descriptor),
            DW=truetype.STEP,
            W=Array([1, Array(truetype.STEP * steps for steps in glyphs[1:])]),
            CIDToGIDMap=self._stream(struct.pack(f">{len(glyphs)}H", *glyphs)),
        )
        self.font.BaseFont = name
        self.font.Encoding = Name("/Identity-H")
        self.font.DescendantFonts = Array([self._pdf.make_indirect(descendant)])
        self.font.ToUnicode = self._stream(meanings)

    def _stream(self, data: bytes, entries: Mapping[str, int] = MappingProxyType({})) -> Object:
        return self._pdf.make_stream(
            zlib.compress(data, 9), Dictionary({"/Filter": Name.FlateDecode, **entries})
        )


def _meanings(chars: Iterable[str]) -> bytes:
    """The ToUnicode CMap of codes from 1 on."""
    lines = [
        f"<{code:04X}> <{char.encode('utf-16-be').hex().upper()}>\n" for code, char in enumerate(chars, 1)
    ]
    blocks = (lines[at : at + _BLOCK] for at in range(0, len(lines), _BLOCK))
    text = "".join(f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks)
    return _CMAP.format(blocks=text).encode("ascii")


def _tag(meanings: bytes) -> str:
    """Six capitals that differ where codes differ, so that no program takes two of these fonts for one."""
    number, letters = int.from_bytes(hashlib.sha256(meanings).digest()[:8], "big"), ""
    for _ in range(6):
        number, letter = divmod(number, 26)
        letters += chr(ord("A") + letter)
    return letters
