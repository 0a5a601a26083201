"""What a check hands over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Fault(NamedTuple):
    """Something that a check found wrong: where, and what."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """`checked` counts files, pages, links, bookmarks, rows and audit entries looked at."""

    checked: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass
class Findings:
    """What has been checked so far, and what was wrong with it. `digests` are the SHA-256 of the files found."""

    folder: Path
    checked: int = 0
    faults: list[Fault] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    def fault(self, where: str, what: str) -> None:
        self.faults.append(Fault(where, what))

    def expect(self, holds: bool, where: str, what: str) -> bool:
        """Counts one thing as checked; a fault when it does not hold."""
        self.checked += 1
        if not holds:
            self.fault(where, what)
        return holds

    def attempt(self, where: str, step: Callable[[Findings], None]) -> None:
        """Runs a step of the check; one that cannot even read what it is to check is a fault."""
        try:
            step(self)
        except Exception as error:  # anything may be wrong with a damaged bundle; it is named in the fault
            self.fault(where, f"cannot be checked: {type(error).__name__}: {error}")

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file and link below the folder, with its path in the bundle."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_symlink() or not path.is_dir():
                yield path.relative_to(self.folder).as_posix(), path
