"""What people said last of one thing, who did and when: a link, a field of a document, a single value, a finding."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from pipeline.records.tables import corrections, rulings, verdicts


class Said(NamedTuple):
    """`value` is None where somebody said that there is no such value."""

    value: str | None
    actor: str
    at: str

    def is_by(self, actor: str, *value: str | None) -> bool:
        """Whether this person said it; and said this `value`, where one is given."""
        return self.actor == actor and (not value or self.value == value[0])


def of_link(tx: sa.Connection, document: str, event: str) -> Said | None:
    """The verdict on a link to CLAIM/EVENT; None where there is none."""
    claim, _, name = event.partition("/")
    return _one(tx, verdicts, verdicts.c.verdict, document=document, claim=claim, event=name)


def of_field(tx: sa.Connection, document: str, field: str, role: str) -> Said | None:
    """The correction of what a document has one of; None where there is none."""
    return _one(tx, corrections, corrections.c.value, document=document, field=field, role=role)


def of_value(tx: sa.Connection, document: str, kind: str, role: str, was: str) -> Said | None:
    """The ruling on a value as it was read, or on a finding; None where there is none."""
    return _one(tx, rulings, rulings.c.value, document=document, kind=kind, role=role, was=was)


def _one(tx: sa.Connection, table: sa.Table, value: sa.Column[Any], **key: str) -> Said | None:
    own = (table.c[name] == part for name, part in key.items())
    row = tx.execute(sa.select(value, table.c.actor, table.c.at).where(*own)).first()
    return None if row is None else Said(*row)
