"""How far a long piece of work has come, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """`done` of `of` are done of the stage `what` (reading, comparing, names, linking, indexing, building).

    `item` is in hand. `of` may grow: what an archive holds is only known once it is open.
    """

    what: str
    done: int
    of: int
    item: str = ""


Progress = Callable[[Pace], None]
Told = Callable[[int, int], None]
"""Called with how many are done, and of how many."""


def silent(_pace: Pace) -> None:
    """Progress that no one wants to see."""


def untold(_done: int, _of: int) -> None:
    """The same, of a single stage."""


def steps(progress: Progress, what: str) -> Callable[[int, int, str], None]:
    """What a single stage calls that tells of each thing in hand, passed on under the stage's name."""
    return lambda done, of, item: progress(Pace(what, done, of, item))


def stage(progress: Progress, what: str) -> Told:
    """What a single stage calls, passed on under its name."""
    return lambda done, of: progress(Pace(what, done, of))
