"""What a document says of documents: its own numbers, the numbers and days that it cites, the ids of mails."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extractors.document import Document
from extractors.facts.fact import Day, Fact
from extractors.facts.reference_citations import citation_of, is_words
from extractors.facts.reference_labelled import OF_A_BATCH
from extractors.word_lists import word_list
from index.words import compact, fold

NUMBERED = ("letter", "invoice", "report")
"""Roles of references that name a document which the matter should hold when it is cited."""
NAMES = (*NUMBERED, "order")
"""Roles of references that name a document at all."""
BEARS = {"correspondence": "letter", "invoice": "invoice", "inspection_report": "report"}
"""Which of them a document of a kind bears itself."""
MESSAGE, ANSWERED = "message", "answered message"
"""Roles of the id of a mail, and of that which it answers."""
SHORTEST = 4
"""Letters and digits of a number that is told from others; "No. 5" is not."""
TOP = 300
"""Characters at the top in which a number with a label is that of a document whose kind has none of its own."""
BEFORE = 24
"""How many characters before a number are looked at for "your"."""
_STATED, _IN_CITATION = 40, 80
"""How far from a number the day of the document may stand: alone, and in a citation."""
_DATED = re.compile(r"[\s,;:，、()（）\]]{0,3}(?:dated|dtd\.?|of|的)?[\s(（]{0,2}(?:the\s)?", re.IGNORECASE)
_SAME_DAY = re.compile(r"even date|same date|today's date|同日", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A number that a document bears or cites, a day by which it cites a document, or the id of a mail.

    `number` is compact, "" where no number is cited; `day` is that of the document meant, as far as
    it is said. `role` is that of the reference, or `MESSAGE` or `ANSWERED`. `sort`, `side` and `sender` are those of
    the citation ("" where it says nothing). `headed`: it stands behind a label at the top. `words` are as written.
    """

    role: str
    number: str
    day: datetime.date | None
    sort: str
    side: str
    sender: str
    headed: bool
    page: int
    start: int
    end: int
    words: str


def mentions(facts: Sequence[Fact], document: Document) -> list[Mention]:
    """All that a document mentions, in order of place; its mail's ids last."""
    ordered = sorted(facts, key=lambda fact: fact.start)
    numbers = [fact for fact in ordered if number_of(fact) is not None]
    days = [fact for fact in ordered if isinstance(fact.value, Day)]
    found: list[Mention] = []
    for fact in ordered:
        if fact.kind == "reference" and is_words(fact):
            found += _by_day(fact, days, numbers, document)
        elif (number := number_of(fact)) is not None:
            page = document.page_at(fact.start).number
            found.append(_by_number(fact, number, days, document.text, page))
    return [*found, *_messages(document)]


def own(found: Sequence[Mention], kind: str, name: str, is_mail: bool = False) -> frozenset[str]:
    """The numbers (compact) that a document of this kind bears: those in its file's name, else its sender's first.

    A mail has none but what it calls its reference: it is told by its id.
    """
    numbers = [m for m in found if m.number and m.role in NAMES]
    others = {m.number for m in numbers if m.side}
    plain = compact(name)
    for roles in (NUMBERED, NAMES):
        named = {m.number for m in numbers if m.role in roles and m.number in plain}
        if named:
            return frozenset(named - others or named)
    mine = [m for m in numbers if m.number not in others and m.role in NUMBERED]
    stated = [] if is_mail else [m.number for m in mine if m.role == BEARS.get(kind)]
    headed = [m.number for m in mine if m.headed]
    return frozenset((stated or headed)[:1])


def number_of(fact: Fact) -> str | None:
    """The compact number by which a fact names a document; None for any other fact."""
    if (
        fact.kind != "reference"
        or fact.role not in NAMES
        or not isinstance(fact.value, str)
        or is_words(fact)
        or fact.why.startswith(OF_A_BATCH)
    ):
        return None
    number = compact(fact.value)
    return number if len(number) >= SHORTEST and any(char.isdigit() for char in number) else None


def is_yours(fact: Fact, text: str) -> bool:
    """Whether the words around a number say that it is another's than the document's."""
    before = text[max(0, fact.start - BEFORE) : fact.start].rpartition("\n")[2]
    said = fold(f"{fact.why} {before}")
    return any(word in said for word in _yours())


def bare_numbers(facts: Sequence[Fact]) -> list[Mention]:
    """The numbers among the facts without the text: the words that decided their roles are all there is."""
    ordered = sorted(facts, key=lambda fact: fact.start)
    return [_by_number(fact, n, (), "", 1) for fact in ordered if (n := number_of(fact)) is not None]


def _by_number(fact: Fact, number: str, days: Sequence[Fact], text: str, page: int) -> Mention:
    said = citation_of(fact)
    side = (said.side or "theirs") if said else "yours" if is_yours(fact, text) else ""
    sort, sender = (said.sort, said.sender) if said else ("", "")
    headed = fact.start < TOP and compact(fact.why) not in ("", number)
    day = _stated_day(fact, days, text, said is not None)
    return Mention(
        fact.role, number, day, sort, side, sender, headed, page, fact.start, fact.end, str(fact.value)
    )


def _stated_day(fact: Fact, days: Sequence[Fact], text: str, in_citation: bool) -> datetime.date | None:
    """The day that stands right behind a number ("GC/L/0145 dated 14 March 2023"), or beside it in a citation."""
    for day in days:
        near = fact.end <= day.start <= fact.end + _STATED
        if near and isinstance(day.value, Day) and _DATED.fullmatch(text, fact.end, day.start):
            return day.value.start
    beside = [d for d in days if in_citation and -_IN_CITATION < d.start - fact.start < _IN_CITATION]
    nearest = min(beside, key=lambda d: abs(d.start - fact.start), default=None)
    return nearest.value.start if nearest and isinstance(nearest.value, Day) else None


def _by_day(
    fact: Fact, days: Sequence[Fact], numbers: Sequence[Fact], document: Document
) -> Iterator[Mention]:
    if (said := citation_of(fact)) is None:
        return
    first, last = (bisect_left(days, at, key=lambda day: day.start) for at in (fact.start, fact.end))
    inside = [day.value.start for day in days[first:last] if isinstance(day.value, Day)]
    if not inside and _SAME_DAY.search(str(fact.value)):
        inside = [d.value.start for d in days if d.role == "document" and isinstance(d.value, Day)][:1]
    # a value is a fact once, in its best place; in these words it may stand again
    number = next((number_of(n) for n in numbers if str(n.value) in str(fact.value)), None) or ""
    page = document.page_at(fact.start).number
    for day in dict.fromkeys(inside):
        about = (said.sort, said.side, said.sender)
        yield Mention(fact.role, number, day, *about, False, page, fact.start, fact.end, str(fact.value))


def _messages(document: Document) -> Iterator[Mention]:
    """The mail's own id and that of the mail that it answers: In-Reply-To, else the last of References (RFC 5322)."""
    if not document.media_type.startswith("message/"):
        return
    answered = (document.meta("In-Reply-To") or "").split()[:1] or (
        document.meta("References") or ""
    ).split()[-1:]
    ids = ((MESSAGE, (document.meta("Message-ID") or "").split()[:1]), (ANSWERED, answered))
    for role, found in ids:
        for message in found:
            yield Mention(role, message, None, "", "", "", False, 1, 0, 0, message)


@cache
def _yours() -> tuple[str, ...]:
    loaded = word_list(Path(__file__).with_suffix(".yaml"))
    return tuple(fold(word) for words in loaded["yours"].values() for word in words)
