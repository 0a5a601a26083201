"""The plain form of a piece of text, for matching, with the way back to the places in the document.

Full-width forms become half-width, dashes and quotes the plain ones, traditional characters simplified, and
the spaces that OCR and typesetters put between Han characters fall out ("编 号 ：" becomes "编号:").
Values are never taken from here: `Plain.span` leads back to the document's own characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from extractors.word_lists import word_list

HAN = "㐀-䶿一-鿿豈-﫿"
_HAN_GAP = re.compile(
    rf"(?<=[{HAN}])[ \t]{{1,2}}(?=[{HAN}])|(?<=(?<![{HAN}])[{HAN}])[ \t]{{3,8}}(?=[{HAN}] ?[:：])"
)
_HAS_HAN = re.compile(rf"[{HAN}]")
_DASHES = "‐‑‒–—―−﹣"
_SPACES = (
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff\r"
)
_SINGLE = {
    "’": "'",
    "‘": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "「": '"',
    "」": '"',
    "【": "[",
    "】": "]",
}


def vocabulary(folder: Path, name: str) -> dict[str, dict[str, list[str]]]:
    """A vocabulary file of two levels: `{group: {language or sort: [phrases]}}`."""
    loaded: dict[str, dict[str, list[str]]] = word_list(folder / name)
    return loaded


@cache
def _table() -> dict[int, str]:
    pairs = word_list(Path(__file__).parent / "variants.yaml")
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, _SPACES), " ")
    table |= {ord(a): b for a, b in _SINGLE.items()}
    table |= {ord(a): b for a, b in zip(_run(pairs["traditional"]), _run(pairs["simplified"]), strict=True)}
    return table


def _run(lines: str) -> str:
    return "".join(lines.split())


@dataclass(frozen=True)
class Plain:
    """`text` is the plain form of a slice; `cuts` and `shifts` tell how much fell out before each place."""

    text: str
    start: int
    cuts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    @cached_property
    def lower(self) -> str:
        """The text in small letters; as long as the text (a capital that would grow stays)."""
        low = self.text.lower()
        if len(low) == len(self.text):
            return low
        return "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)

    def origin(self, index: int) -> int:
        """The place in the document of the character at `index`."""
        at = bisect_right(self.cuts, index)
        return self.start + index + (self.shifts[at - 1] if at else 0)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The slice of the document that holds the characters `start:end` (`start < end`)."""
        return self.origin(start), self.origin(end - 1) + 1


def plain(text: str, start: int = 0, end: int | None = None) -> Plain:
    """The plain form of `text[start:end]`."""
    piece = text[start:end].translate(_table())
    if not _HAS_HAN.search(piece):
        return Plain(piece, start)
    kept: list[str] = []
    cuts: list[int] = []
    shifts: list[int] = []
    last = gone = 0
    for gap in _HAN_GAP.finditer(piece):
        kept.append(piece[last : gap.start()])
        gone += gap.end() - gap.start()
        cuts.append(gap.end() - gone)
        shifts.append(gone)
        last = gap.end()
    kept.append(piece[last:])
    return Plain("".join(kept), start, tuple(cuts), tuple(shifts))


def has_han(text: str) -> bool:
    """Whether there is a Han character in `text`."""
    return _HAS_HAN.search(text) is not None
