"""Notice rules: one YAML file per contract form, named as the register's `contract`.

A form's file says for each side who claims (`contractor`, `employer`) which steps there are. A step:

- `key`, `clause`, `source` (where it is not the form's), `text` (what the clause says in our words, `en` and `zh`);
- `by`: who must take it (claimant, respondent or engineer), `through`: who else may hand it in for them;
- `days`, `weeks` or `months`: its period, counted from the day after the clock starts. A step without is due only
  where the claim's register gives its period (`periods`). `rolls: CN` moves a last day that is no working day of that
  country to the next one;
- `from`: what starts the clock: `awareness`, `end` (the last day of an event that lasts) or the key of an earlier step;
  then `clock` says whether it starts on the day on which that step's document was `sent` or `received`;
- `unless`: steps that make this one needless once they are taken (for `from: end`: on that day or later);
  `unless_answer`: recorded answers that do; `unless_instructed`: no period where the event arose from the
  engineer's own word;
- `needs`: steps without which this one never begins;
- `if_missed`: runs only where the step that it follows was not taken in time, `or_due`: also then, from its last day;
- `suspended`: two steps, `[from, to]`; the days between them do not count;
- `missed`: what follows when it is not taken in time (`MISSED`); `answers`: recorded answers of the other side
  that take it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.word_lists import word_list
from pipeline.periods import Period

_FOLDER = Path(__file__).parent
SIDES = ("contractor", "employer")
BY = ("claimant", "respondent", "engineer")
AWARENESS, END = "awareness", "end"
SENT, RECEIVED = "sent", "received"
LANGUAGES = ("en", "zh")
MISSED = (
    "time_barred",
    "lapsed",
    "deemed_accepted",
    "deemed_rejected",
    "deemed_valid",
    "final",
    "in_default",
)
ANSWERS = ("accepted", "part_accepted", "rejected", "more_information")
_UNITS = {"days": "day", "weeks": "week", "months": "month"}
_FIELDS = {
    "key",
    "clause",
    "source",
    "text",
    "by",
    "through",
    "days",
    "weeks",
    "months",
    "rolls",
    "from",
    "clock",
    "unless",
    "unless_answer",
    "unless_instructed",
    "needs",
    "if_missed",
    "or_due",
    "suspended",
    "missed",
    "answers",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a party must do within a period of something else; `period` is None where only the claim tells it.
    `rolls` names the country (ISO 3166) on whose working days a period ends. See the module for the other fields."""

    key: str
    clause: str
    source: str
    period: Period | None
    runs_from: str
    by: str
    texts: Mapping[str, str]
    clock: str = SENT
    through: tuple[str, ...] = ()
    rolls: str | None = None
    unless: tuple[str, ...] = ()
    unless_answer: tuple[str, ...] = ()
    unless_instructed: bool = False
    needs: tuple[str, ...] = ()
    if_missed: bool = False
    or_due: bool = False
    suspended: tuple[str, ...] = ()
    missed: str | None = None
    answers: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What the clause says, in the language of its form."""
        return in_own_language(self.texts, self.source)

    @property
    def days(self) -> int | None:
        """The period in days, where it is one of days or weeks."""
        return self.period.days if self.period else None


def in_own_language(texts: Mapping[str, str], source: str) -> str:
    """Words in the language of a form, which the name of its source shows."""
    return texts["en" if source.isascii() else "zh"]


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
    return read_form(name, loaded)


def read_form(name: str, loaded: Mapping[str, Any]) -> Form:
    """The form that a file's content makes. Raises `ValueError` that names the step with a fault."""
    source = str(loaded["source"])
    contractor, employer = (_steps(name, source, loaded.get(side) or []) for side in SIDES)
    return Form(name, str(loaded["title"]), source, contractor, employer)


def _steps(name: str, source: str, entries: list[dict[str, Any]]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for entry in entries:
        earlier = {step.key for step in steps}
        try:
            steps.append(_step(entry, source, earlier))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{name}.yaml: step {entry.get('key')!r} does not fit: {error}") from error
    return tuple(steps)


def _step(entry: dict[str, Any], source: str, earlier: set[str]) -> Step:
    if unknown := set(entry) - _FIELDS:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}")
    step = Step(
        key=str(entry["key"]),
        clause=str(entry["clause"]),
        source=str(entry.get("source", source)),
        period=_period(entry),
        runs_from=str(entry["from"]),
        by=str(entry["by"]),
        texts={language: str(entry["text"][language]) for language in LANGUAGES},
        clock=str(entry["clock"] if entry["from"] in earlier else entry.get("clock", SENT)),
        through=tuple(entry.get("through", ())),
        rolls=entry.get("rolls"),
        unless=tuple(entry.get("unless", ())),
        unless_answer=tuple(entry.get("unless_answer", ())),
        unless_instructed=bool(entry.get("unless_instructed", False)),
        needs=tuple(entry.get("needs", ())),
        if_missed=bool(entry.get("if_missed", False)),
        or_due=bool(entry.get("or_due", False)),
        suspended=tuple(entry.get("suspended", ())),
        missed=entry.get("missed"),
        answers=tuple(entry.get("answers", ())),
    )
    _check(step, earlier)
    return step


def _period(entry: dict[str, Any]) -> Period | None:
    given = [Period(int(entry[name]), unit) for name, unit in _UNITS.items() if name in entry]
    if len(given) > 1 or any(period.count < 1 for period in given):
        raise ValueError("one period of at least 1")
    return given[0] if given else None


def _check(step: Step, earlier: set[str]) -> None:
    wrong = [
        step.key in earlier and "its key stands twice",
        step.runs_from not in {AWARENESS, END, *earlier} and f"from {step.runs_from}",
        not {step.by, *step.through} <= {*BY} and f"by {step.by}",
        step.clock not in (SENT, RECEIVED) and f"clock {step.clock}",
        not {*step.unless, *step.suspended, *step.needs} <= earlier and "a step that does not come before it",
        len(step.suspended) not in (0, 2) and "suspended takes two steps",
        not {*step.answers, *step.unless_answer} <= {*ANSWERS} and "an unknown answer",
        step.missed not in (None, *MISSED) and f"missed: {step.missed}",
    ]
    if told := [each for each in wrong if each]:
        raise ValueError("; ".join(map(str, told)))
