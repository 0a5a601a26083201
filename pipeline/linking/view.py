"""A document and an event as the link rules look at them, prepared once for many comparisons."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import PurePosixPath
from typing import TypeAlias

from extractors.document import Document, Page
from extractors.facts.amounts import find
from extractors.facts.fact import Day, Fact, Money
from index.words import Token, compact, fold, is_han, positions, tokens, without_hyphens
from pipeline.claims import Claim, Event
from pipeline.evidence import Evidence
from pipeline.parties import Book, names_of

SMALLEST = Decimal(100)
"""Smaller sums occur by chance."""
ENOUGH = 900
"""Bytes (UTF-8) of a text that ought to name what it is about; a Han character has three, and says as much."""
LONG_WORD = re.compile(r"[^\W\d_]{5,}")
"""A word of a title that says something; of Chinese, a part of it."""
_GROUPED = re.compile("[0-9],[0-9]")
_BETWEEN = r"(?:['\u2019]s)?[\W_]*"
"""What may stand between two tokens in a row: what is no word, and a possessive, which belongs to the one before."""
SHARED, NUMBERED, SHORT = 0.5, 1.25, 0.85
"""How much a keyword tells that other events of its claim, or its title, have too; one with a number; a short one."""


Sheet: TypeAlias = tuple[int, int, dict[str, list[Token]]]
"""A page: its number, where it starts, and its tokens by term."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where something was found: the page, and the slice of the document."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Loose:
    """A text before it is cut into tokens: folded; with every term somewhere in `terms`, those too that stand in it cut
    by a hyphen or with commas between their figures; whether words of it are cut by hyphens, and figures grouped by
    commas."""

    folded: str
    terms: str
    hyphens: bool
    grouped: bool

    @classmethod
    def of(cls, text: str) -> Loose:
        """The text so."""
        folded = fold(text)
        whole = without_hyphens(folded)
        cut, grouped = whole != folded, _GROUPED.search(folded) is not None
        parts = [folded, *([whole] if cut else []), *([folded.replace(",", "")] if grouped else [])]
        return cls(folded, "\n".join(parts), cut, grouped)


class Phrase:
    """Words to look for, as the index would: folded, simplified, Chinese by its characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.terms = tuple((term, position) for term, position, _, _ in _longest(tokens(text)))
        self._figures = any(term.isdigit() for term, _ in self.terms)
        self.longest = max((term for term, _ in self.terms), key=len, default="")

    def __bool__(self) -> bool:
        return bool(self.terms)

    @cached_property
    def _row(self) -> re.Pattern[str] | None:
        return _row(self.terms)

    @cached_property
    def _word(self) -> re.Pattern[str] | None:
        if len(self.terms) != 1 or not _is_word(term := self.terms[0][0]):
            return None
        return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)")

    def is_surely_in(self, text: Loose) -> bool:
        """True only for a single word that stands in a text, as can be seen without cutting it into tokens."""
        return self._word is not None and self._word.search(text.folded) is not None

    def may_be_in(self, text: Loose) -> bool:
        """False where the words surely do not stand in a row in a text, as can be seen without cutting it into
        tokens."""
        for term, _ in self.terms:
            if term not in text.terms:
                return False
        if self._row is None or text.hyphens or (self._figures and text.grouped):
            return True
        return self._row.search(text.folded) is not None

    def is_in(self, places: Mapping[str, Sequence[int]]) -> bool:
        """Whether the words stand in a row in a text, given as its terms with their positions."""
        first, offset = self.terms[0]
        starts = (position - offset for position in places.get(first, ()))
        return any(all(start + at in places.get(term, ()) for term, at in self.terms) for start in starts)


def _is_word(term: str) -> bool:
    """Whether a term stands wherever its letters do, with none beside them; a possessive s is none, nor are groups of
    figures."""
    return len(term) > 1 and not term.isdigit() and not is_han(term)


def _row(terms: Sequence[tuple[str, int]]) -> re.Pattern[str] | None:
    """What words in a row look like in a folded text, and some other texts besides; None where the terms are not in a
    row. Groups of figures have positions of their own: of a text with such it says nothing about numbers."""
    if not terms or any(after != before + 1 for (_, before), (_, after) in pairwise(terms)):
        return None
    # a bound that is looser than the tokens' own: no class of all Han characters, which takes long to compile
    words = _BETWEEN.join(re.escape(term) for term, _ in terms)
    before = "" if is_han(terms[0][0]) else "(?<![a-z0-9])"
    behind = "" if is_han(terms[-1][0]) else "(?![a-z0-9])"
    return re.compile(before + words + behind)


def _longest(found: list[Token]) -> list[Token]:
    """The widest token at each position: pairs of Han characters rather than single ones."""
    best: dict[int, Token] = {}
    for token in found:
        _, position, start, end = token
        if position not in best or end - start > best[position][3] - best[position][2]:
            best[position] = token
    return list(best.values())


def _names(evidence: Evidence) -> list[str]:
    """The file's name, and those of the mails and archives in which it was seen; not those of folders."""
    parts = [part for seen in evidence.summary.sightings for part in seen.path.split("/")]
    return list(
        dict.fromkeys((evidence.summary.name, *(part for part in parts if PurePosixPath(part).suffix)))
    )


def _words(path: str) -> str:
    """A path with its underscores and digits set apart: `IMG_Area4_gate.jpg` holds the words Area 4 and gate."""
    return re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|_", " ", path)


class DocumentView:
    """What the rules ask of a document."""

    def __init__(self, evidence: Evidence, sought: frozenset[str] | None = None) -> None:
        """`sought`: the terms that will be asked for, so that those of a long document need not all be kept in
        memory; None keeps all."""
        self.evidence = evidence
        self.date: datetime.date | None = evidence.summary.date
        self.kind = evidence.summary.kind
        self.is_picture = self.kind in ("photo", "video")
        self.paths = [positions(_words(path)) for path in _names(evidence)]
        self._sought = sought
        self._pages: list[Sheet] | None = None
        self._loose: list[Loose] = []
        self._cut: dict[int, Sheet] = {}
        self._present: frozenset[str] | None = None
        self._held: dict[str, bool] = {}
        self._places: dict[tuple[tuple[str, int], ...], tuple[Hit, ...]] = {}

    @property
    def pages(self) -> list[Sheet]:
        """For each page its number, where it starts, and its tokens by term, as far as they are sought."""
        if self._pages is None:
            self._pages = [self._tokenized(page) for page in self.evidence.document.pages]
        return self._pages

    def _tokenized(self, page: Page) -> Sheet:
        sought, terms = self._sought, defaultdict[str, list[Token]](list)
        for token in tokens(self.evidence.document.text[page.start : page.end]):
            if sought is None or token[0] in sought:
                terms[token[0]].append(token)
        return page.number, page.start, dict(terms)

    def places(self, phrase: Phrase) -> tuple[Hit, ...]:
        """Every place of a phrase, looked for once: the events of a claim share its parties, and rules their words."""
        found = self._places.get(phrase.terms)
        if found is None:
            found = self._places[phrase.terms] = tuple(self.hits(phrase))
        return found

    def hits(self, phrase: Phrase) -> Iterator[Hit]:
        """Every place of a phrase."""
        if self._sought is not None and not self._sought.issuperset(term for term, _ in phrase.terms):
            self._sought = self._pages = self._present = None  # asked for after all
        if self._sought is None and self._pages is None:
            sheets: Iterable[Sheet] = self._sheets_with(phrase)
        else:
            if self._present is None:
                self._present = frozenset(term for _, _, terms in self.pages for term in terms)
            sheets = self.pages if all(term in self._present for term, _ in phrase.terms) else ()
        for number, start, terms in sheets:
            for _, position, first, end in terms.get(phrase.terms[0][0], ()) if phrase else ():
                last = self._follows(phrase, position, end, terms)
                if last is not None:
                    yield Hit(number, start + first, start + max(last, end))

    def holds(self, phrase: Phrase) -> bool:
        """Whether a phrase stands in it."""
        if self._sought is None and any(phrase.is_surely_in(page) for page in self._loose_pages()):
            return True
        return next(self.hits(phrase), None) is not None

    def may_hold(self, term: str) -> bool:
        """False where a term surely stands nowhere in the document; looked for once, as many phrases share words."""
        if self._sought is not None:
            return True
        held = self._held.get(term)
        if held is None:
            held = self._held[term] = term in self._all_terms
        return held

    @cached_property
    def _all_terms(self) -> str:
        return "\n".join(page.terms for page in self._loose_pages())

    def _loose_pages(self) -> list[Loose]:
        document = self.evidence.document
        for page in document.pages[len(self._loose) :]:
            self._loose.append(Loose.of(document.text[page.start : page.end]))
        return self._loose

    def _sheets_with(self, phrase: Phrase) -> Iterator[Sheet]:
        """The pages on which a phrase may stand, each cut into tokens when it is first needed: most that are looked for
        stand on none."""
        for at, loose in enumerate(self._loose_pages()):
            if phrase.may_be_in(loose):
                if at not in self._cut:
                    self._cut[at] = self._tokenized(self.evidence.document.pages[at])
                yield self._cut[at]

    @staticmethod
    def _follows(phrase: Phrase, first: int, end: int, terms: dict[str, list[Token]]) -> int | None:
        """Where the last term ends of a phrase whose first one stands at this position; None where others follow."""
        offset = phrase.terms[0][1]
        for term, position in phrase.terms[1:]:
            wanted = first + position - offset
            found = next((t for t in terms.get(term, ()) if t[1] == wanted), None)
            if found is None:
                return None
            end = found[3]
        return end

    @cached_property
    def fullness(self) -> float:
        """How much (0 to 1) it means that something is not in it: little in a table, a note or a picture's caption."""
        document = self.evidence.document
        body = document.text[: min(ENOUGH, document.body_end)]
        return min(1.0, len(body.encode("utf-8", "surrogatepass")) / ENOUGH)

    @cached_property
    def title_terms(self) -> dict[str, list[int]]:
        """The terms of its title with their positions."""
        return positions(self.evidence.summary.title or "")

    @cached_property
    def event_days(self) -> list[tuple[Fact, Day]]:
        """The days on which it tells of something, its own not among them."""
        return [(f, d) for f, d in self.evidence.days() if f.role != "document" and d.start != self.date]

    @cached_property
    def references(self) -> list[tuple[str, Hit, str]]:
        """Its references in compact form, with place and role."""
        return [
            (compact(value), Hit(self.evidence.page_of(fact), fact.start, fact.end), fact.role)
            for fact, value in self.evidence.names("reference")
        ]


class EventView:
    """What the rules ask of an event."""

    def __init__(self, claim: Claim, event: Event, book: Book) -> None:
        self.claim = claim
        self.event = event
        self.keywords = [phrase for word in event.keywords if (phrase := Phrase(word))]
        self.telling = [_telling(phrase, claim, event) for phrase in self.keywords]
        self.title = Phrase(event.title)
        self.title_words = [Phrase(word) for word in LONG_WORD.findall(event.title)]
        self.references = {compact(ref): Phrase(ref) for ref in event.references if compact(ref)}
        self.parties = [
            (party, [p for n in names_of(party, book) if (p := Phrase(n))]) for party in claim.parties
        ]
        self.claim_references = {compact(ref): ref for ref in (claim.id, *claim.references) if compact(ref)}

    @cached_property
    def amounts(self) -> frozenset[Decimal]:
        """The amounts that the description names, without small ones, which occur by chance."""
        text = self.event.description
        document = Document(text, (Page(1, 0, len(text), 1.0, 1.0),), "text/plain")
        values = (fact.value for fact in find(document, "other"))
        return frozenset(v.amount for v in values if isinstance(v, Money) and abs(v.amount) >= SMALLEST)

    def phrases(self) -> Iterator[Phrase]:
        """All that is looked for in documents."""
        yield from (*self.keywords, self.title, *self.references.values())
        yield from (name for _, names in self.parties for name in names)


def _telling(phrase: Phrase, claim: Claim, event: Event) -> float:
    """How much a keyword tells of its event: what its whole claim is about does not tell one event from another."""
    others = [claim.title, *(k for other in claim.events if other is not event for k in other.keywords)]
    if any(phrase.is_in(positions(text)) for text in others):
        return SHARED
    if any(char.isdigit() for char in phrase.text):
        return NUMBERED
    return 1.0 if len(phrase.terms) > 1 else SHORT


class Events:
    """The events of some claims, prepared once for many documents; `terms` are those that the rules ask for."""

    def __init__(self, claims: Sequence[Claim], book: Book) -> None:
        self.views = tuple(EventView(claim, event, book) for claim in claims for event in claim.events)
        phrases = (phrase for view in self.views for phrase in view.phrases())
        self.terms = frozenset(term for phrase in phrases for term, _ in phrase.terms)
