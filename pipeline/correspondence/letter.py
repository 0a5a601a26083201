"""Documents as correspondence: who wrote to whom and when, the numbers they bear, and what they cite."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from rapidfuzz.fuzz import ratio

from index.words import compact, fold
from pipeline.correspondence.mention import ANSWERED, MESSAGE, Mention, own

ROLES = (
    "sender",
    "recipient",
    "seller",
    "buyer",
    "engineer",
    "contractor",
    "subcontractor",
    "employer",
    "insurer",
)
"""Roles of parties that tell whose a document is, and whom "the Engineer's letter" means."""
ALIKE, SHORTEST_NAME = 88.0, 4
MOST_SUBJECTS = 50_000
"""Titles whose subjects are kept: whoever looks at one letter after the other asks for the same ones."""
BEGINNING, PART = 0.4, 0.7
"""The share of a name that is enough to tell it: where it begins with it, and anywhere."""
_REPLY = re.compile(
    r"^\s*(?:(?:re|aw|sv|fw|fwd|antwort|回复|答复|回覆|转发)\s*[:：]\s*|关于对?(?=.{4}))+", re.IGNORECASE
)
_ANSWERS = re.compile(r"^\s*(?:re|aw|sv|antwort|回复|答复|回覆)\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    """A document of any kind, as others may cite it and as it cites others.

    `parties` are (role, name) as read or corrected, the names in the form of the book of parties; `mentions` is all
    that it says of documents.
    """

    id: str
    name: str
    kind: str
    media_type: str
    date: datetime.date | None
    title: str | None
    parties: tuple[tuple[str, str], ...] = ()
    mentions: tuple[Mention, ...] = field(default=(), repr=False)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers (compact) that it bears."""
        return own(self.mentions, self.kind, self.name, self.is_mail)

    @property
    def is_mail(self) -> bool:
        """Whether it is an electronic message."""
        return self.media_type.startswith("message/")

    @cached_property
    def senders(self) -> frozenset[str]:
        """Who wrote it (compact)."""
        return self.named("sender", "seller")

    @cached_property
    def recipients(self) -> frozenset[str]:
        """To whom it goes (compact)."""
        return self.named("recipient", "buyer")

    def named(self, *roles: str) -> frozenset[str]:
        """The parties in these roles (compact)."""
        return frozenset(compact(name) for role, name in self.parties if role in roles) - {""}

    def spelled(self, *roles: str) -> str:
        """The first party in these roles as it is written, "" when none was read."""
        return next((name for role, name in self.parties if role in roles), "")

    def message(self, answered: bool = False) -> str | None:
        """Its id as a mail, or that of the mail that it answers."""
        role = ANSWERED if answered else MESSAGE
        return next((m.number for m in self.mentions if m.role == role), None)

    @cached_property
    def cites(self) -> tuple[Mention, ...]:
        """The documents that it cites, each number and each day of a sender once.

        What bears its own day, and nobody's name, is itself: "Report dated 14 March 2023".
        """
        found: dict[tuple[str, ...], Mention] = {}
        for mention in self.mentions:
            itself = not mention.number and not mention.side and mention.day == self.date
            if mention.role in (MESSAGE, ANSWERED) or mention.number in self.numbers or itself:
                continue
            by_day = (mention.sort, mention.side, mention.sender, str(mention.day))
            key = (mention.number,) if mention.number else by_day
            if key not in found or (mention.sort and not found[key].sort):
                found[key] = mention
        return tuple(found.values())

    @cached_property
    def subject(self) -> str:
        """What its title says it is about; "" where that is too little."""
        return subject_of(self.title or "")

    @cached_property
    def says_which(self) -> bool:
        """Whether it says itself which document it answers."""
        return self.message(answered=True) is not None or any(
            mention.side == "yours" for mention in self.cites
        )

    @property
    def says_re(self) -> bool:
        """Whether its title says that it is an answer."""
        return self.title is not None and _ANSWERS.match(self.title) is not None


class Shelf:
    """Letters, found by the numbers that they bear, their day, their ids as mails and their subjects."""

    def __init__(self, letters: Iterable[Letter]) -> None:
        self.letters: Mapping[str, Letter] = {letter.id: letter for letter in letters}
        self._numbers: dict[str, list[Letter]] = defaultdict(list)
        self._days: dict[datetime.date, list[Letter]] = defaultdict(list)
        self._messages: dict[str, list[Letter]] = defaultdict(list)
        self._subjects: dict[str, list[Letter]] = defaultdict(list)
        for letter in self.letters.values():
            self._add(letter)
        for same in self._subjects.values():
            same.sort(key=lambda letter: (letter.date or datetime.date.min, letter.id), reverse=True)

    def _add(self, letter: Letter) -> None:
        for number in letter.numbers:
            self._numbers[number].append(letter)
        if letter.date is not None:
            self._days[letter.date].append(letter)
        if (message := letter.message()) is not None:
            self._messages[message].append(letter)
        if letter.subject:
            self._subjects[letter.subject].append(letter)

    def bearing(self, number: str) -> Sequence[Letter]:
        """The letters that bear a number (compact)."""
        return self._numbers.get(number, ())

    def of_day(self, day: datetime.date) -> Sequence[Letter]:
        """The letters of a day."""
        return self._days.get(day, ())

    def with_message(self, message: str) -> Sequence[Letter]:
        """The mails with this id: one, unless copies differ in their bytes."""
        return self._messages.get(message, ())

    def about(self, subject: str) -> Sequence[Letter]:
        """The letters of a subject, answers among them, the latest first."""
        return self._subjects.get(subject, ())


@lru_cache(MOST_SUBJECTS)
def subject_of(title: str) -> str:
    """What a title says a letter is about, without "Re:" and the like (compact); "" where that is too little."""
    plain = compact(_REPLY.sub("", fold(title)))
    return plain if len(plain) >= 2 * SHORTEST_NAME or (plain and not plain.isascii()) else ""


def same_party(these: frozenset[str], those: frozenset[str]) -> bool | None:
    """Whether a party is among both (names compact, spelt alike or one within the other); None where one is unknown."""
    if not these or not those:
        return None
    return not these.isdisjoint(those) or any(_same(one, other) for one in these for other in those)


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < SHORTEST_NAME:
        return False
    share = len(short) / len(long)
    within = (share >= BEGINNING and long.startswith(short)) or (share >= PART and short in long)
    return within or ratio(one, other) >= ALIKE
