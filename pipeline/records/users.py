"""Users, their sessions and tokens in the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from pipeline.clock import now, stamp
from pipeline.records.tables import sessions, tokens, users

Row = Mapping[str, Any]


def count(tx: sa.Connection) -> int:
    """How many users there are."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(users)).scalar() or 0)


def every(tx: sa.Connection) -> list[Row]:
    """All users with `tokens`, the labels of theirs, in order of name."""
    labels: dict[str, list[str]] = {}
    for row in tx.execute(sa.select(tokens).order_by(tokens.c.made, tokens.c.label)):
        labels.setdefault(row.user, []).append(row.label)
    found = tx.execute(sa.select(users).order_by(users.c.name)).mappings()
    return [{**row, "tokens": labels.get(row["name"], [])} for row in found]


def find(tx: sa.Connection, name: str) -> Row | None:
    """The user of that name."""
    return _one(tx, sa.select(users).where(users.c.name == name))


def put(tx: sa.Connection, name: str, role: str, claims: Sequence[str] | None, password: str | None) -> None:
    """Add a user."""
    row = {"name": name, "role": role, "claims": claims, "password": password, "made": stamp(now())}
    tx.execute(users.insert().values(row))


def change(tx: sa.Connection, name: str, **values: Any) -> None:
    """Change a user's role, claims or password."""
    tx.execute(sa.update(users).where(users.c.name == name).values(**values))


def remove(tx: sa.Connection, name: str) -> None:
    """Remove a user with all sessions and tokens."""
    for table in (sessions, tokens):
        tx.execute(sa.delete(table).where(table.c.user == name))
    tx.execute(sa.delete(users).where(users.c.name == name))


def begin_session(tx: sa.Connection, digest: str, name: str, csrf: str) -> None:
    """Note a session by its hash."""
    at = stamp(now())
    row = {"hash": digest, "user": name, "csrf": csrf, "begun": at, "seen": at}
    tx.execute(sessions.insert().values(row))


def session(tx: sa.Connection, digest: str) -> Row | None:
    """A session with its user's name, role and claims."""
    return _one(tx, sa.select(sessions, users).join(users).where(sessions.c.hash == digest))


def saw_session(tx: sa.Connection, digest: str) -> None:
    """Note that a session is in use."""
    tx.execute(sa.update(sessions).where(sessions.c.hash == digest).values(seen=stamp(now())))


def end_sessions(tx: sa.Connection, name: str | None = None, digest: str | None = None) -> None:
    """End all sessions of a user, or one."""
    mine = sessions.c.hash == digest if digest is not None else sessions.c.user == name
    tx.execute(sa.delete(sessions).where(mine))


def forget_sessions(tx: sa.Connection, begun: str, seen: str) -> None:
    """Forget sessions that began, or were last seen, before these moments."""
    tx.execute(sa.delete(sessions).where(sa.or_(sessions.c.begun < begun, sessions.c.seen < seen)))


def add_token(tx: sa.Connection, digest: str, name: str, label: str, expires: str | None) -> None:
    """Note a token by its hash."""
    row = {"hash": digest, "user": name, "label": label, "made": stamp(now()), "expires": expires}
    tx.execute(tokens.insert().values(row))


def token(tx: sa.Connection, digest: str) -> Row | None:
    """A token with its user's name, role and claims."""
    return _one(tx, sa.select(tokens, users).join(users).where(tokens.c.hash == digest))


def drop_tokens(tx: sa.Connection, name: str, label: str) -> int:
    """Withdraw a user's tokens of that label; how many there were."""
    same = sa.and_(tokens.c.user == name, tokens.c.label == label)
    return tx.execute(sa.delete(tokens).where(same)).rowcount


def _one(tx: sa.Connection, query: sa.Select[Any]) -> Row | None:
    found = tx.execute(query).mappings().first()
    return None if found is None else {str(key): value for key, value in found.items()}
