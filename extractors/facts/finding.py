"""What is wrong with a document in itself: sums that do not add up, words that say another sum than the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from extractors.word_lists import word_list

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction within a document.

    `code` names it for programs (see `findings.yaml`); `parts` are the pieces of its message by name; `places` are the
    slices of the text that contradict each other, the one that is most likely wrong first.
    """

    code: str
    parts: tuple[tuple[str, str], ...]
    places: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.places or not all(0 <= start < end for start, end in self.places):
            raise ValueError(f"a finding needs a place in the text: {self.places}")

    @property
    def start(self) -> int:
        """Where it stands: the beginning of its first place."""
        return self.places[0][0]

    @property
    def end(self) -> int:
        """Where its first place ends."""
        return self.places[0][1]

    def message(self, language: Language = "en") -> str:
        """What is wrong, in a sentence without a full stop."""
        return sentence(self.code, dict(self.parts), language)


def finding(code: str, places: tuple[tuple[int, int], ...], **parts: Decimal | str) -> Finding:
    """A finding with its parts as text; decimals as they are written, without exponents."""
    said = tuple((name, f"{part:f}" if isinstance(part, Decimal) else part) for name, part in parts.items())
    return Finding(code, said, places)


def sentence(code: str, parts: Mapping[str, str], language: Language) -> str:
    """The message of a finding of this code, with these parts."""
    return _sentences()[code][language].format(**parts)


@cache
def _sentences() -> dict[str, dict[Language, str]]:
    loaded: dict[str, dict[Language, str]] = word_list(Path(__file__).with_name("findings.yaml"))
    return loaded


def templates() -> Iterator[tuple[str, str]]:
    """(English, Chinese) of the message of each code, with the names of its parts in braces."""
    return ((each["en"], each["zh"]) for each in _sentences().values())


def codes() -> tuple[str, ...]:
    """The codes of all findings there are."""
    return tuple(_sentences())
