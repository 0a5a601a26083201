"""Which document of the matter a citation means: by its number, else by its day, its kind and who wrote to whom."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from index.words import compact
from pipeline.correspondence.letter import Letter, Shelf, same_party
from pipeline.correspondence.mention import Mention

FITS = {
    "letter": ("correspondence", "other"),
    "mail": ("correspondence",),
    "notice": ("correspondence", "other", "work_record"),
    "invoice": ("invoice",),
    "report": ("inspection_report", "work_record", "other"),
    "minutes": ("minutes",),
}
"""The kinds of document that a word of a citation may mean."""
NUMBER, NUMBER_AND_DAY, OTHER_DAY, LATER = 0.95, 0.98, 0.75, 0.3
DAY, EXACT_KIND, SENDER, RECIPIENT, OTHER_SENDER = 0.6, 0.05, 0.2, 0.1, -0.25
NEAR = 0.12
"""Candidates whose scores are not further apart cannot be told from each other."""
TOLERANCE = datetime.timedelta(days=1)
"""A mail that crosses midnight or time zones may bear the day after that of its answer."""
MISREAD = 85.0
"""Likeness (0 to 100) from which a number is taken for a misreading of another."""
_FUNCTIONS = ("engineer", "contractor", "subcontractor", "employer", "insurer")
_FUNCTIONS_HAN = {
    "监理": "engineer",
    "总监": "engineer",
    "工程师": "engineer",
    "承包人": "contractor",
    "施工单位": "contractor",
    "乙方": "contractor",
    "分包": "subcontractor",
    "发包人": "employer",
    "业主": "employer",
    "建设单位": "employer",
    "甲方": "employer",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that a citation may mean, how likely (0 to 1), and why."""

    letter: Letter
    score: float
    why: str


def resolve(mention: Mention, by: Letter, shelf: Shelf) -> list[Candidate]:
    """The documents that a citation of `by` means, best first: several where they cannot be told from each other."""
    bearing = (
        [letter for letter in shelf.bearing(mention.number) if letter.id != by.id] if mention.number else []
    )
    if bearing:
        return _best(_numbered(mention, by, letter) for letter in bearing)
    if mention.day is None or not mention.sort:
        return []
    return _best(_candidates(mention, by, shelf.of_day(mention.day)))


def _best(found: Iterator[Candidate]) -> list[Candidate]:
    ordered = sorted(found, key=lambda one: (-one.score, one.letter.id))
    return [one for one in ordered if one.score >= ordered[0].score - NEAR]


def _numbered(mention: Mention, by: Letter, letter: Letter) -> Candidate:
    why = f"number {mention.words}"
    if letter.date and by.date and letter.date > by.date + TOLERANCE:
        return Candidate(letter, LATER, f"{why}, but it is dated later ({letter.date})")
    if mention.day is None or letter.date is None:
        return Candidate(letter, NUMBER, why)
    if mention.day == letter.date:
        return Candidate(letter, NUMBER_AND_DAY, f"{why} and date {mention.day}")
    return Candidate(letter, OTHER_DAY, f"{why}, but it is dated {letter.date} and not {mention.day}")


def _candidates(mention: Mention, by: Letter, letters: Sequence[Letter]) -> Iterator[Candidate]:
    for letter in letters:
        if letter.id == by.id or letter.kind not in FITS[mention.sort] or _is_other(mention.number, letter):
            continue
        if (fit := _fit(mention, by, letter)) is not None:
            score, whys = fit
            number = (f"number {mention.words} is not found",) if mention.number else ()
            yield Candidate(letter, score, ", ".join((f"date {mention.day}", *whys, *number)))


def _is_other(number: str, letter: Letter) -> bool:
    """Whether a document bears another number than the one cited, which is no misreading of it."""
    return bool(number and letter.numbers) and max(ratio(number, own) for own in letter.numbers) < MISREAD


def _fit(mention: Mention, by: Letter, letter: Letter) -> tuple[float, list[str]] | None:
    """How well a document of the right day and kind fits, and by what; None where it cannot be the one meant."""
    writer, reader = parties_meant(mention, by)
    wrote, read = same_party(writer, letter.senders), same_party(reader, letter.recipients)
    if wrote is False and same_party(reader, letter.senders):
        return None  # it went the other way
    score = DAY + (EXACT_KIND if letter.is_mail == (mention.sort == "mail") else -EXACT_KIND)
    score += SENDER if wrote else OTHER_SENDER if wrote is False else 0.0
    score += RECIPIENT if read else 0.0
    said = {True: "sender fits", False: "another sender was read", None: "sender unknown"}
    return score, [said[wrote], *(["recipient fits"] if read else [])]


def parties_meant(mention: Mention, by: Letter) -> tuple[frozenset[str], frozenset[str]]:
    """(who wrote, who read) the document that a citation means, as compact names; empty where it does not say."""
    if mention.side == "yours":
        return by.recipients, by.senders
    if mention.side == "ours":
        return by.senders, by.recipients
    if mention.sender:
        return _named(mention.sender, by), frozenset()
    return frozenset(), frozenset()


def _named(sender: str, by: Letter) -> frozenset[str]:
    """The party that "the Engineer" or a name means."""
    said = sender.lower().removeprefix("the ").strip()
    role = (
        said
        if said in _FUNCTIONS
        else next((r for w, r in _FUNCTIONS_HAN.items() if said.startswith(w)), None)
    )
    return by.named(role) if role else frozenset({compact(said)}) - {""}


def described(mention: Mention, by: Letter) -> str:
    """A document that the matter lacks, in words: its number, else "letter of 2023-03-14 from Northport Authority"."""
    if mention.number:
        return mention.words
    writer = {"yours": by.spelled("recipient", "buyer"), "ours": by.spelled("sender", "seller")}.get(
        mention.side
    )
    sender = writer or mention.sender
    sort = {"mail": "e-mail"}.get(mention.sort, mention.sort)
    return f"{sort} of {mention.day}" + (f" from {sender}" if sender else "")


def is_to_come(mention: Mention, by: Letter) -> bool:
    """Whether what is cited by its day alone was not yet written when the letter was."""
    return mention.day is not None and by.date is not None and mention.day > by.date + TOLERANCE
