"""All documents and links of a matter by the little that lists and figures need: no text, no reasons."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from pipeline.claims import qualified
from pipeline.links import Status
from pipeline.records import rulings
from pipeline.records.chunks import chunks
from pipeline.records.tables import corrections, documents, links, ties, verdicts
from pipeline.rulings import own_day


class Head(NamedTuple):
    """A document as `evidence.Summary` has it, people's corrections in place."""

    id: str
    name: str
    kind: str
    language: str
    date: datetime.date | None
    given_claims: tuple[str, ...]


class Standing(NamedTuple):
    """A link that is proposed or confirmed, without its reasons; `event` is CLAIM/EVENT."""

    document: str
    event: str
    status: Status


def heads(tx: sa.Connection) -> list[Head]:
    """Every document, oldest first."""
    said: dict[str, dict[str, str]] = defaultdict(dict)
    fields = sa.select(corrections.c.document, corrections.c.field, corrections.c.value)
    wanted = corrections.c.field.in_(("kind", "date"))
    for document, field, value in tx.execute(fields.where(wanted).order_by(corrections.c.id)).tuples():
        said[document][field] = value
    given: dict[str, list[str]] = defaultdict(list)
    for document, claim in tx.execute(
        sa.select(ties.c.document, ties.c.claim).order_by(ties.c.claim)
    ).tuples():
        given[document].append(claim)
    days = rulings.own_days(tx)
    columns = (documents.c.id, documents.c.name, documents.c.kind, documents.c.language, documents.c.date)
    query = sa.select(*columns).order_by(documents.c.taken_at, documents.c.id)
    return [
        Head(
            document,
            name,
            said.get(document, {}).get("kind", kind or "other"),
            language or "und",
            _day(said.get(document, {}).get("date", own_day(date, days.get(document, {})))),
            tuple(given[document]) if document in given else (),
        )
        for document, name, kind, language, date in tx.execute(query).tuples()
    ]


def standing(tx: sa.Connection, only: Sequence[str] | None = None) -> list[Standing]:
    """The links of all documents that stand, or of those with these ids."""
    if only is None:
        return _standing(tx, None)
    return [found for part in chunks(only) for found in _standing(tx, part)]


def _standing(tx: sa.Connection, ids: Sequence[str] | None) -> list[Standing]:
    said = sa.select(verdicts.c.document, verdicts.c.claim, verdicts.c.event, verdicts.c.verdict)
    proposed = sa.select(links.c.document, links.c.claim, links.c.event)
    if ids is not None:
        said, proposed = said.where(verdicts.c.document.in_(ids)), proposed.where(links.c.document.in_(ids))
    judged = {
        (document, claim, event): verdict for document, claim, event, verdict in tx.execute(said).tuples()
    }
    found = [
        Standing(document, qualified(claim, event), "proposed")
        for document, claim, event in tx.execute(proposed).tuples()
        if (document, claim, event) not in judged
    ]
    found += [
        Standing(document, qualified(claim, event), "confirmed")
        for (document, claim, event), verdict in judged.items()
        if verdict == "confirmed"
    ]
    return found


def _day(said: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(said) if said else None
