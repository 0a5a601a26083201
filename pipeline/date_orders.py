"""The order of day and month where a document does not say it: that of its siblings.

Documents that prove an order by themselves (14/03/2023, or a weekday) vote: first those of the same sender, then those
in the same language that reckon in the same currency, then those in the same language. Only what documents prove
counts, never what they were told, so the state after a run does not depend on the order in which they came in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from extractors.extract import dates_again
from extractors.facts.date_order import Hint
from index.words import compact
from pipeline.evidence import READ
from pipeline.matter import Matter
from pipeline.parties import Book
from pipeline.records import date_orders, documents
from pipeline.records.date_orders import DateOrder, Told
from pipeline.steps import after

SHARE = 0.8
"""So many of the documents that vote must agree."""
FEWEST_OF_A_KIND = 2
"""Documents of other senders that must vote before they are followed."""


@dataclass(frozen=True, slots=True)
class _Group:
    """A reason to be alike: documents with the same key vote for one another; `why` says which they are."""

    by: str
    key: Hashable
    why: str
    fewest: int


def settle_orders(matter: Matter) -> list[str]:
    """Read undecided dates anew where other documents speak for another order than they did; returns the documents."""
    with matter.reading() as tx:
        if not date_orders.any_undecided(tx):
            return []
        known = date_orders.orders(tx, READ)
        book = Book.read(tx)
    changed = [found for found in _verdicts(known, book) if found[0].told != found[1]]
    for order, told in changed:
        _read_anew(matter, order, told)
    return [order.document for order, _ in changed]


def _verdicts(known: Sequence[DateOrder], book: Book) -> Iterator[tuple[DateOrder, Told | None]]:
    """Every document that leaves dates undecided and proves nothing, with the order that its siblings tell it."""
    votes: defaultdict[Hashable, Counter[str]] = defaultdict(Counter)
    for order in known:
        for group in _groups(order, book) if order.proved else ():
            votes[group.by, group.key][order.proved or ""] += 1
    for order in known:
        if order.undecided and not order.proved:
            yield order, _told(order, book, votes)


def _told(order: DateOrder, book: Book, votes: defaultdict[Hashable, Counter[str]]) -> Told | None:
    """What the first of its groups says that is large enough and agrees."""
    for group in _groups(order, book):
        cast = votes[group.by, group.key]
        total = cast.total()
        if total >= group.fewest:
            winner, count = cast.most_common(1)[0]
            if count >= SHARE * total:
                return Told(winner, group.by, group.why)
    return None


def _groups(order: DateOrder, book: Book) -> Iterator[_Group]:
    """The groups of a document, the nearest first."""
    for name in sorted({book.name_of(sender) for sender in order.senders}):
        yield _Group("sender", compact(name), f"as the other documents of {name} are", 1)
    alike = f"as other documents in the same language ({order.language})"
    if order.currency:
        key = (order.language, order.currency)
        yield _Group("currency", key, f"{alike} and currency ({order.currency}) are", FEWEST_OF_A_KIND)
    yield _Group("language", order.language, f"{alike} are", FEWEST_OF_A_KIND)


def _read_anew(matter: Matter, order: DateOrder, told: Told | None) -> None:
    hint = Hint(told.order == "month", told.by == "sender", told.why) if told else None
    with matter.reading() as tx:
        read = documents.reading(tx, documents.summary(tx, order.document))
    found = dates_again(read, order.kind, hint)
    with matter.change() as change:
        date_orders.replace_dates(change.tx, order.document, found, told)
        for step in after("facts"):
            documents.undo(change.tx, step, [order.document])
        change.note("dates read anew", order.document, first=told.order if told else None)
