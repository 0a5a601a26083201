"""Documents in the records: registering what came in, replacing what a step found, reading it back."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from extractors.document import Document, Page
from extractors.facts.fact import Day, Fact
from extractors.picture_hash import PictureHash
from pipeline.clock import now, stamp
from pipeline.errors import AmbiguousName, NotFound
from pipeline.evidence import Correction, Evidence, Sighting, Summary, standing
from pipeline.originals import Original
from pipeline.records import codec, findings, rulings
from pipeline.records.chunks import chunks
from pipeline.records.dialects import added, insert
from pipeline.records.tables import (
    corrections,
    date_orders,
    documents,
    facts,
    family,
    kind_evidence,
    marks,
    mentions,
    page_hashes,
    pages,
    party_ties,
    sightings,
    steps,
    texts,
    ties,
)
from pipeline.rulings import money_of, own_day, ruled, settled, with_sums

ID_LENGTH = 16
UNKNOWN_MEDIA = "application/octet-stream"
AT = "@"
"""Between the name of a step that each machine does for itself and the machine's id."""
_SAID = 1_000_000
"""Positions from which on children are such by a load file's word; reading the parent again leaves them."""
_FEW = 16
"""Pages that are fetched at a time where they are read one by one."""


def id_of(sha256: str) -> str:
    """A document's id: the first 16 hex digits of its hash, so that it is the same wherever the file comes in."""
    return sha256[:ID_LENGTH]


def register(tx: sa.Connection, original: Original, name: str, depth: int) -> bool:
    """Make a document of an original; False when it was one already."""
    row = {
        "id": id_of(original.sha256),
        "sha256": original.sha256,
        "size": original.size,
        "name": name,
        "depth": depth,
        "taken_at": stamp(now()),
        "state": "open",
    }
    return added(tx, documents, row)


def set_children(tx: sa.Connection, parent: str, children: Sequence[tuple[str, str]]) -> None:
    """Replace the children that were found in a document: (id, name), in order."""
    tx.execute(sa.delete(family).where(family.c.parent == parent, family.c.position < _SAID))
    rows = [
        {"parent": parent, "position": n, "child": c, "name": name} for n, (c, name) in enumerate(children)
    ]
    if rows:
        tx.execute(family.insert(), rows)


def add_child(tx: sa.Connection, parent: str, child: str, name: str) -> bool:
    """Note that a load file says so of two documents; False where it is known, or would go round in a circle."""
    if parent == child or child in _ancestors(tx, parent):
        return False
    known = tx.execute(sa.select(family.c.child, family.c.position).where(family.c.parent == parent)).all()
    if any(row.child == child for row in known):
        return False
    position = max([_SAID - 1, *(row.position for row in known)]) + 1
    tx.execute(family.insert().values(parent=parent, position=position, child=child, name=name))
    return True


def _ancestors(tx: sa.Connection, document: str) -> set[str]:
    found: set[str] = set()
    waiting = [document]
    while waiting:
        query = sa.select(family.c.parent).where(family.c.child == waiting.pop())
        above = set(tx.execute(query).scalars()) - found
        found |= above
        waiting += above
    return found


def replace_reading(
    tx: sa.Connection,
    document: str,
    read: codec.ReadingRows,
    pictures: Iterable[tuple[int, PictureHash]] = (),
) -> None:
    """Replace what the step `read` found: the text, its pages, and the hashes of those that are pictures."""
    for table in (texts, pages, page_hashes):
        tx.execute(sa.delete(table).where(table.c.document == document))
    tx.execute(texts.insert().values(document=document, **read.text))
    if read.pages:
        tx.execute(pages.insert(), [{"document": document, **row} for row in read.pages])
    hashes = [{"document": document, "page": number, **asdict(found)} for number, found in pictures]
    if hashes:
        tx.execute(page_hashes.insert(), hashes)
    _update(tx, document, media_type=read.media_type, page_count=len(read.pages))


def replace_understanding(tx: sa.Connection, document: str, found: codec.UnderstandingRows) -> None:
    """Replace what the steps `classify` and `facts` found, and what the document says of names and of others."""
    for table, rows in ((facts, found.facts), (party_ties, found.ties), (mentions, found.mentions)):
        tx.execute(sa.delete(table).where(table.c.document == document))
        if rows:
            tx.execute(table.insert(), [{"document": document, **row} for row in rows])
    tx.execute(sa.delete(date_orders).where(date_orders.c.document == document))
    if found.order:
        tx.execute(date_orders.insert().values(document=document, **found.order))
    tx.execute(sa.delete(kind_evidence).where(kind_evidence.c.document == document))
    tx.execute(kind_evidence.insert().values(document=document, **found.speaks))
    _update(tx, document, **found.about)
    if rulings.of_document(tx, document) or _said_day(tx, document):
        cite_anew(tx, document)


def cite_anew(tx: sa.Connection, document: str) -> None:
    """Work out anew what a document says of others, and which numbers it bears, from its facts as they stand."""
    read = reading(tx, summary(tx, document), placed=False)
    tx.execute(sa.delete(mentions).where(mentions.c.document == document))
    rows = codec.mention_rows(_as_dated(fact_list(tx, document), _said_day(tx, document)), read)
    if rows:
        tx.execute(mentions.insert(), [{"document": document, **row} for row in rows])


def _said_day(tx: sa.Connection, document: str) -> str | None:
    """The day that a person gave to a document, in ISO form."""
    own = sa.and_(corrections.c.document == document, corrections.c.field == "date")
    return tx.execute(sa.select(corrections.c.value).where(own)).scalar()


def _as_dated(found: Sequence[Fact], said: str | None) -> list[Fact]:
    """The facts with the day that a person gave to the document: "your letter of even date" means that one."""
    day = Day(datetime.date.fromisoformat(said)) if said else None
    own = ("date", "document")
    return [settled(f, day) if day is not None and (f.kind, f.role) == own else f for f in found]


def set_state(tx: sa.Connection, document: str, state: str, reason: Mapping[str, str] | None = None) -> None:
    """Note how a document's steps ended."""
    _update(tx, document, state=state, reason=dict(reason) if reason else None)


def _update(tx: sa.Connection, document: str, **values: Any) -> None:
    tx.execute(sa.update(documents).where(documents.c.id == document).values(**values))


def set_done(tx: sa.Connection, document: str, step: str, version: int) -> None:
    """Note that a step is done in this version."""
    row = {"document": document, "step": step, "version": version, "done_at": stamp(now())}
    tx.execute(
        insert(tx, steps)
        .values(row)
        .on_conflict_do_update(
            index_elements=["document", "step"], set_={"version": version, "done_at": row["done_at"]}
        )
    )


def undo(tx: sa.Connection, step: str, only: Iterable[str] | None = None) -> None:
    """Note that a step must be done again, for all documents or for some; on whichever machine it was done."""
    everywhere = steps.c.step.startswith(f"{step}{AT}", autoescape=True)
    query = sa.delete(steps).where(sa.or_(steps.c.step == step, everywhere))
    if only is not None:
        for chunk in chunks(sorted(only)):
            tx.execute(query.where(steps.c.document.in_(chunk)))
    else:
        tx.execute(query)


def without_step(tx: sa.Connection, step: str, version: int, states: Sequence[str]) -> list[str]:
    """The documents in one of these states for which a step is not done in this version, oldest first."""
    done = sa.select(steps.c.document).where(steps.c.step == step, steps.c.version == version)
    query = (
        sa.select(documents.c.id)
        .where(documents.c.state.in_(states), documents.c.id.not_in(done))
        .order_by(documents.c.taken_at, documents.c.id)
    )
    return list(tx.execute(query).scalars())


def in_states(tx: sa.Connection, states: Sequence[str]) -> list[str]:
    """The documents in one of these states, in order of id."""
    query = sa.select(documents.c.id).where(documents.c.state.in_(states)).order_by(documents.c.id)
    return list(tx.execute(query).scalars())


def state(tx: sa.Connection, document: str) -> str | None:
    """How a document's steps ended, or "open"; None when there is no such document."""
    found = tx.execute(sa.select(documents.c.state).where(documents.c.id == document)).scalar()
    return None if found is None else str(found)


def resolve(tx: sa.Connection, prefix: str) -> str:
    """The id that begins with `prefix`. Raises `NotFound`, `AmbiguousName`."""
    wanted = prefix.strip().lower()
    query = sa.select(documents.c.id, documents.c.sha256)
    rows = tx.execute(query.where(documents.c.id.startswith(wanted[:ID_LENGTH], autoescape=True))).all()
    found = [row.id for row in rows if row.sha256.startswith(wanted)]
    if not found or not wanted:
        raise NotFound(f"There is no document {prefix!r}.")
    if len(found) > 1:
        raise AmbiguousName(f"{prefix!r} fits {len(found)} documents: {', '.join(sorted(found)[:5])} …")
    return str(found[0])


def summaries(tx: sa.Connection, only: Iterable[str] | None = None) -> list[Summary]:
    """Documents without their text, oldest first; all, or those with these ids."""
    if only is None:
        return _summaries(tx, None)
    return [found for chunk in chunks(sorted(set(only))) for found in _summaries(tx, chunk)]


def _summaries(tx: sa.Connection, ids: Sequence[str] | None) -> list[Summary]:
    query = sa.select(documents).order_by(documents.c.taken_at, documents.c.id)
    if ids is not None:
        query = query.where(documents.c.id.in_(ids))
    rows = tx.execute(query).mappings().all()
    around = _Surroundings(tx, ids)
    return [_summary(row, around) for row in rows]


class _Surroundings:
    """What other tables say of documents, fetched once for many."""

    def __init__(self, tx: sa.Connection, ids: Sequence[str] | None) -> None:
        self.parent: dict[str, str] = {}
        self.children: dict[str, list[str]] = defaultdict(list)
        self.sightings: dict[str, list[Sighting]] = defaultdict(list)
        self.corrections: dict[str, list[Correction]] = defaultdict(list)
        self.marks: dict[str, list[str]] = defaultdict(list)
        self.claims: dict[str, list[str]] = defaultdict(list)
        self.days = rulings.own_days(tx, ids)
        either = None if ids is None else sa.or_(family.c.child.in_(ids), family.c.parent.in_(ids))
        for row in _rows(tx, family, either, family.c.parent, family.c.position):
            self.parent.setdefault(row.child, row.parent)
            if row.child not in self.children[row.parent]:
                self.children[row.parent].append(row.child)
        for row in _rows(tx, sightings, _among(sightings, ids), sightings.c.id):
            self.sightings[row.document].append(Sighting(row.path, row.received))
        for row in _rows(tx, corrections, _among(corrections, ids), corrections.c.id):
            found = Correction(row.field, row.role, row.value, row.actor, row.at)
            self.corrections[row.document].append(found)
        for row in _rows(tx, marks, _among(marks, ids), marks.c.mark):
            self.marks[row.document].append(row.mark)
        for row in _rows(tx, ties, _among(ties, ids), ties.c.claim):
            self.claims[row.document].append(row.claim)


def _among(table: sa.Table, ids: Sequence[str] | None) -> Any:
    return None if ids is None else table.c.document.in_(ids)


def _rows(tx: sa.Connection, table: sa.Table, condition: Any, *order: Any) -> Sequence[sa.Row[Any]]:
    query = sa.select(table).order_by(*order)
    return tx.execute(query if condition is None else query.where(condition)).all()


def _summary(row: Mapping[Any, Any], around: _Surroundings) -> Summary:
    document = row["id"]
    said = {c.field: c.value for c in around.corrections[document] if c.field in ("kind", "date", "title")}
    day = said.get("date", own_day(row["date"], around.days.get(document, {})))
    return Summary(
        id=document,
        sha256=row["sha256"],
        size=row["size"],
        name=row["name"],
        depth=row["depth"],
        state=row["state"],
        reason=row["reason"],
        media_type=row["media_type"] or UNKNOWN_MEDIA,
        page_count=row["page_count"] or 0,
        kind=said.get("kind", row["kind"] or "other"),
        kind_confidence=1.0 if "kind" in said else row["kind_confidence"] or 0.0,
        language=row["language"] or "und",
        title=said.get("title", row["title"]),
        date=datetime.date.fromisoformat(day) if day else None,
        parent=around.parent.get(document),
        children=tuple(around.children[document]),
        sightings=tuple(around.sightings[document]),
        corrections=tuple(around.corrections[document]),
        marks=tuple(around.marks[document]),
        given_claims=tuple(around.claims[document]),
    )


def summary(tx: sa.Connection, document: str) -> Summary:
    """One document without its text. Raises `NotFound`."""
    found = summaries(tx, [document])
    if not found:
        raise NotFound(f"There is no document {document!r}.")
    return found[0]


def evidence(tx: sa.Connection, found: Summary, placed: bool = True) -> Evidence:
    """A document with its text and facts; an unread one has no pages. `placed`: as for `reading`."""
    read = reading(tx, found, placed)
    why, wrong = tuple(kind_why(tx, found.id)), tuple(findings.finding_list(tx, found.id))
    done = findings.answered(tx, {found.id: wrong}).get(found.id, frozenset())
    return Evidence(found, read, said_facts(tx, found, read), why, wrong, done)


def said_facts(tx: sa.Connection, found: Summary, read: Document) -> tuple[Fact, ...]:
    """The facts of a document in order of place, with what people said of its values and sums."""
    return tuple(with_sums(fact_list(tx, found.id), found.corrections, read.text))


def reading(tx: sa.Connection, found: Summary, placed: bool = True) -> Document:
    """What the step `read` found; a document without pages when it was not read.

    `placed` False leaves out words and cells with their boxes, which take far more memory than the text.
    """
    text = tx.execute(sa.select(texts).where(texts.c.document == found.id)).mappings().first()
    if text is None:
        return Document("", (), found.media_type)
    columns = pages.c if placed else [each for each in pages.c if each.name not in codec.PLACES]
    query = sa.select(*columns).where(pages.c.document == found.id).order_by(pages.c.number)
    return codec.document_of(found.media_type, text, tx.execute(query).mappings().all())


def each_page(tx: sa.Connection, document: str) -> Iterator[tuple[str, Page]]:
    """The text of a document with each of its pages, read from the records one by one; nothing if it was not read."""
    text = tx.execute(sa.select(texts.c.text).where(texts.c.document == document)).scalar()
    query = sa.select(pages).where(pages.c.document == document).order_by(pages.c.number)
    for row in tx.execute(query.execution_options(yield_per=_FEW)).mappings():
        yield str(text), codec.page_of(row)


def fact_list(tx: sa.Connection, document: str) -> list[Fact]:
    """The facts of a document, in order of their place; a misread name gives way to the known one at its place, and
    a value to what people said of it."""
    return ruled(standing(all_facts(tx, document)), rulings.of_document(tx, document))


def all_facts(tx: sa.Connection, document: str) -> list[Fact]:
    """The facts of a document as the steps found them, the names that gave way to known ones included."""
    query = sa.select(facts).where(facts.c.document == document).order_by(facts.c.position)
    return [codec.fact_of(row) for row in tx.execute(query).mappings()]


def kind_why(tx: sa.Connection, document: str) -> list[str]:
    """The words that decided the kind."""
    return tx.execute(sa.select(documents.c.kind_why).where(documents.c.id == document)).scalar() or []


def amounts_by_document(tx: sa.Connection) -> dict[str, list[Decimal]]:
    """The amounts of every document."""
    found: dict[str, list[Decimal]] = defaultdict(list)
    said, sums = rulings.by_document(tx, "amount"), _said_sums(tx)
    columns = (facts.c.document, facts.c.role, facts.c.value, facts.c.currency)
    for row in tx.execute(sa.select(*columns).where(facts.c.kind == "amount")):
        was = f"{row.value} {row.currency}" if row.currency else row.value
        value = said[row.document].get((row.role, was), was) if row.document in said else was
        if value is not None and row.role not in sums.get(row.document, ()):
            found[row.document].append(Decimal(row.value) if value == was else money_of(value).amount)
    for document, roles in sums.items():
        found[document] += roles.values()
    return found


def _said_sums(tx: sa.Connection) -> dict[str, dict[str, Decimal]]:
    """The sums that people said in place of what was read in a role, by document and role."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in tx.execute(sa.select(corrections).where(corrections.c.field == "amount")):
        found[row.document][row.role] = money_of(row.value).amount
    return found


def undo_all(tx: sa.Connection, document: str) -> None:
    """Note that every step of a document must be done again."""
    tx.execute(sa.delete(steps).where(steps.c.document == document))


def count_below(tx: sa.Connection, confidence: float) -> int:
    """How many facts have less confidence than this."""
    query = sa.select(sa.func.count()).select_from(facts).where(facts.c.confidence < confidence)
    return int(tx.execute(query).scalar() or 0)
