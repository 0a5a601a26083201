"""How pictures of pages are to be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

OcrMode = Literal["fast", "auto", "accurate"]
_HAN = ("chi_",)


@dataclass(frozen=True, slots=True)
class OcrOptions:
    """How pictures of pages are read: how hard (`mode`), in which languages (Tesseract's names), by which engine.

    `engine` "auto" leaves the choice to the policy. `shared` is a folder that the processes of this machine share: it
    keeps readings, and says how many pages are read at once (`slots`).
    """

    mode: OcrMode = "auto"
    languages: tuple[str, ...] = ("eng", "chi_sim")
    engine: str = "auto"
    shared: Path | None = None
    slots: int = 1

    @property
    def han(self) -> tuple[str, ...]:
        """The languages that are written in Han characters."""
        return tuple(each for each in self.languages if each.startswith(_HAN))

    @property
    def latin(self) -> tuple[str, ...]:
        """The other languages."""
        return tuple(each for each in self.languages if not each.startswith(_HAN))
