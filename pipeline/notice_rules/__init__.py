"""Notice rules: one YAML file per contract form, named as the register's `contract`.

A form's file says for each side who claims (`contractor`, `employer`) which steps there are. A step:
`key`, `clause`, `days` (calendar days, counted from the day after the clock starts), `from` (`awareness` or the key of
an earlier step, whose document starts the clock), `by` (claimant, respondent or engineer), `text` (what the
clause says, in our words), and where it applies `unless` (a step that makes this one needless). A step without
`days` is due only where the claim's register gives its period (`periods`). `rolls: CN` moves a last day that is no
working day of that country to the next one, where the rule says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.word_lists import word_list

_FOLDER = Path(__file__).parent
SIDES = ("contractor", "employer")
BY = ("claimant", "respondent", "engineer")
AWARENESS = "awareness"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a party must do within so many calendar days of something else; `days` is None where only the
    claim tells how many. `rolls` names the country (ISO 3166) on whose working days a period ends."""

    key: str
    clause: str
    days: int | None
    runs_from: str
    by: str
    text: str
    unless: str | None = None
    rolls: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A contract form with the steps that a claim of either side takes under it."""

    name: str
    title: str
    source: str
    contractor: tuple[Step, ...]
    employer: tuple[Step, ...]

    def steps(self, side: str) -> tuple[Step, ...]:
        """The steps of a claim that this side makes."""
        return self.employer if side == "employer" else self.contractor


def names() -> list[str]:
    """The forms that there are."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


@cache
def form(name: str) -> Form:
    """The form of that name. Raises `KeyError` for an unknown one, `ValueError` for a file with a fault."""
    if name not in names():
        raise KeyError(name)
    loaded = word_list(_FOLDER / f"{name}.yaml")
    contractor, employer = (_steps(name, loaded.get(side) or []) for side in SIDES)
    return Form(name, str(loaded["title"]), str(loaded["source"]), contractor, employer)


def _steps(name: str, entries: list[dict[str, Any]]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for entry in entries:
        step = Step(
            key=str(entry["key"]),
            clause=str(entry["clause"]),
            days=int(entry["days"]) if "days" in entry else None,
            runs_from=str(entry["from"]),
            by=str(entry["by"]),
            text=str(entry["text"]),
            unless=entry.get("unless"),
            rolls=entry.get("rolls"),
        )
        known = {AWARENESS, *(earlier.key for earlier in steps)}
        if step.runs_from not in known or step.by not in BY or step.days == 0 or step.key in known:
            raise ValueError(f"{name}.yaml: step {step.key!r} does not fit")
        steps.append(step)
    return tuple(steps)
