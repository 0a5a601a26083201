"""Who may log in to the pages: users with a password (argon2id) or tokens, a role, and the claims that they see.

Of passwords, sessions and tokens the records hold hashes only. Sessions and tokens are 256 random bits, for which one
round of SHA-256 is enough.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, get_args

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline.clock import now, stamp
from pipeline.errors import NotFound, UsageError
from pipeline.matter import Matter
from pipeline.records import matters, users

Role = Literal["viewer", "handler", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
SHORTEST, LONGEST = 10, 1000
"""Characters of a password."""
LONGEST_NAME = 64
IDLE = datetime.timedelta(hours=12)
AT_MOST = datetime.timedelta(days=7)
"""A session ends after so long without use, and after so long in any case."""
SEEN_EVERY = datetime.timedelta(minutes=5)
"""How often the records are told that a session is in use."""
_MARK = "ct_"
_hasher = PasswordHasher()
_AT_ONCE = threading.Semaphore(2)
"""Each hashing takes 64 MiB: a flood of logins must not take all memory."""


@cache
def _nobody() -> str:
    """Compared with where there is no such user, so that both answers take as long."""
    return _hasher.hash(secrets.token_hex(16))


def add(
    matter: Matter, name: str, role: str, password: str | None, claims: Sequence[str] = ()
) -> dict[str, Any]:
    """Add a user; without claims they see all. Raises `UsageError`, `NotFound` for a claim. Returns the user's JSON."""
    _check_name(name)
    hashed = None if password is None else _hashed(password)
    with matter.change() as change:
        if users.find(change.tx, name) is not None:
            raise UsageError(f"There is a user {name!r} already.", "See claimtrail users list.")
        for claim in claims:
            matters.claim(change.tx, claim)
        users.put(change.tx, name, _role(role), list(claims) or None, hashed)
        change.note("user added", f"user/{name}", role=role, claims=list(claims))
        return _user(change.tx, name)


def change_user(
    matter: Matter, name: str, role: str | None = None, claims: Sequence[str] | None = None
) -> dict[str, Any]:
    """Change a user's role, or claims (an empty list: all). Raises `UsageError`, `NotFound`."""
    with matter.change() as change:
        _user(change.tx, name)
        if role is not None:
            users.change(change.tx, name, role=_role(role))
        if claims is not None:
            for claim in claims:
                matters.claim(change.tx, claim)
            users.change(change.tx, name, claims=list(claims) or None)
        change.note(
            "user changed", f"user/{name}", role=role, claims=None if claims is None else list(claims)
        )
        return _user(change.tx, name)


def remove(matter: Matter, name: str) -> dict[str, Any]:
    """Remove a user; sessions and tokens end at once. Raises `NotFound`."""
    with matter.change() as change:
        removed = _user(change.tx, name)
        users.remove(change.tx, name)
        change.note("user removed", f"user/{name}")
    return removed


def set_password(matter: Matter, name: str, password: str) -> dict[str, Any]:
    """Give a user a new password; sessions end at once. Raises `NotFound`, `UsageError`."""
    hashed = _hashed(password)
    with matter.change() as change:
        found = _user(change.tx, name)
        users.change(change.tx, name, password=hashed)
        users.end_sessions(change.tx, name=name)
        change.note("password set", f"user/{name}")
    return found


def listed(matter: Matter) -> list[dict[str, Any]]:
    """All users: `{"name", "role", "claims", "password", "made", "tokens"}`; claims None means all."""
    with matter.reading() as tx:
        return [_as_json(row) for row in users.every(tx)]


def new_token(matter: Matter, name: str, label: str, days: int | None = None) -> str:
    """A new token for programs of a user; it is shown once and kept as a hash. Raises `NotFound`, `UsageError`."""
    if not label.strip() or len(label) > LONGEST_NAME:
        raise UsageError("A token needs a label.", "Say what it is for: --label backup.")
    token = _MARK + secrets.token_urlsafe(32)
    expires = None if days is None else stamp(now() + datetime.timedelta(days=days))
    with matter.change() as change:
        _user(change.tx, name)
        users.add_token(change.tx, digest(token), name, label.strip(), expires)
        change.note("token made", f"user/{name}", label=label.strip(), expires=expires)
    return token


def withdraw_token(matter: Matter, name: str, label: str) -> int:
    """Withdraw a user's tokens of that label; how many there were. Raises `NotFound`."""
    with matter.change() as change:
        _user(change.tx, name)
        gone = users.drop_tokens(change.tx, name, label)
        if not gone:
            raise NotFound(f"{name} has no token {label!r}.", "See claimtrail users list.")
        change.note("token withdrawn", f"user/{name}", label=label)
    return gone


def verified(matter: Matter, name: str, password: str) -> bool:
    """Whether this is the user's password; it takes as long where there is no such user."""
    with matter.reading() as tx:
        found = users.find(tx, name)
    known = (found or {}).get("password")
    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        nobody = (
            _nobody()
        )  # made by the first answer of either sort: were it made by one only, that would show
        try:
            _hasher.verify(known or nobody, password)
        except (VerificationError, InvalidHashError):
            return False
    return known is not None


def begin_session(matter: Matter, name: str) -> str:
    """A new session of a user who proved who they are; returns the secret for the cookie."""
    secret = secrets.token_urlsafe(32)
    with matter.change() as change:
        users.forget_sessions(change.tx, stamp(now() - AT_MOST), stamp(now() - IDLE))
        users.begin_session(change.tx, digest(secret), name, secrets.token_urlsafe(32))
        change.note("logged in", f"user/{name}")
    return secret


def end_session(matter: Matter, secret: str) -> None:
    """End a session; harmless where there is none."""
    with matter.records.writing() as tx:
        users.end_sessions(tx, digest=digest(secret))


def of_session(matter: Matter, secret: str) -> Mapping[str, Any] | None:
    """The user of a session that has not ended, with its `csrf`; None where there is none."""
    with matter.reading() as tx:
        found = users.session(tx, digest(secret))
    if found is None or found["begun"] < stamp(now() - AT_MOST) or found["seen"] < stamp(now() - IDLE):
        return None
    if found["seen"] < stamp(now() - SEEN_EVERY):
        with matter.records.writing() as tx:
            users.saw_session(tx, digest(secret))
    return found


def of_token(matter: Matter, token: str) -> Mapping[str, Any] | None:
    """The user of a token that has not expired; None where there is none."""
    with matter.reading() as tx:
        found = users.token(tx, digest(token))
    if found is None or (found["expires"] is not None and found["expires"] < stamp(now())):
        return None
    return found


def any_users(matter: Matter) -> bool:
    """Whether there is at least one user."""
    with matter.reading() as tx:
        return users.count(tx) > 0


def digest(secret: str) -> str:
    """What the records hold of a session or token."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _user(tx: sa.Connection, name: str) -> dict[str, Any]:
    found = next((row for row in users.every(tx) if row["name"] == name), None)
    if found is None:
        raise NotFound(f"There is no user {name!r}.", "See claimtrail users list.")
    return _as_json(found)


def _as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: row[key] for key in ("name", "role", "claims", "made", "tokens")}
    return {**kept, "password": row["password"] is not None}


def _role(said: str) -> Role:
    if said not in ROLES:
        raise UsageError(f"{said!r} is no role.", f"Roles: {', '.join(ROLES)}.")
    return said


def _check_name(name: str) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name != name.strip() or "/" in name:
        raise UsageError(
            f"{name!r} is no name for a user.", f"Up to {LONGEST_NAME} letters, digits and signs."
        )


def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"A password has {SHORTEST} to {LONGEST} characters.", "Choose several words.")
    with _AT_ONCE:
        return _hasher.hash(password)
