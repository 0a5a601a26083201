"""What people say of names: merged, renamed, or not the same after all. It outlives every re-run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rapidfuzz.process import extract

from index.words import compact
from pipeline.errors import NotFound, UsageError
from pipeline.indexing import index_pending
from pipeline.linking.propose import link_pending
from pipeline.matter import Change, Matter
from pipeline.parties import Book
from pipeline.partybook.bind import bind
from pipeline.partybook.known import bring_parties
from pipeline.partybook.names import Names, gather
from pipeline.records import matters, parties

_ALIKE = 70.0
_HINT = "See claimtrail parties list."


def merge(matter: Matter, name: str, others: Sequence[str]) -> dict[str, Any]:
    """Record that these are names of the party `name`; returns `{"name", "aliases", "unseen"}`.

    `unseen` are names that stand in no document and not in the register: they are known from now on. Raises `NotFound`
    when none of the names is known.
    """
    name, others = _given(name, others)
    with matter.change() as change:
        names = gather(change.tx)
        known = [one for one in (name, *others) if names.get(one)]
        if not known:
            raise _unknown(names, name)
        parties.may_be_one(change.tx, [name, *others])
        _say(change, others, name)
        change.note("merged", "parties", names=list(others), name=name)
    matter.afterwards(bring_up_to_date)
    unseen = [one for one in (name, *others) if one not in known]
    return {"name": name, "aliases": list(others), "unseen": unseen}


def rename(matter: Matter, old: str, new: str) -> dict[str, Any]:
    """Record what a party is called from now on; its old name stays an alias. Returns `{"name", "aliases"}`.

    Raises `NotFound` when no document, register or person knows the old name.
    """
    new, (old,) = _given(new, [old])
    with matter.change() as change:
        names = gather(change.tx)
        if names.get(old) is None:
            raise _unknown(names, old)
        bind(change.tx)
        called = Book.read(change.tx).name_of(old)
        _say(change, list(dict.fromkeys((old, called))), new)
        change.note("renamed", "parties", names=[old], name=new)
    matter.afterwards(bring_up_to_date)
    return {"name": new, "aliases": [one for one in (old,) if one != new]}


def part(matter: Matter, name: str, others: Sequence[str]) -> dict[str, Any]:
    """Take merges back: these are no names of the party, whoever joined them. Returns `{"name", "apart"}`.

    Raises `NotFound` for a name that is not one of the party's, `UsageError` for one that the register gives it.
    """
    name, others = _given(name, others)
    with matter.change() as change:
        bind(change.tx)
        names, book = gather(change.tx), Book.read(change.tx)
        for other in others:
            _check_joined(names, book, name, other)
            for spelling in _spellings(change, other):
                parties.forget_alias(change.tx, spelling)
            parties.keep_apart(change.tx, name, other, change.actor)
        bind(change.tx)
        change.note("parted", "parties", names=list(others), name=name)
    matter.afterwards(bring_up_to_date)
    return {"name": name, "apart": list(others)}


def bring_up_to_date(matter: Matter) -> None:
    """Names, links and index as they follow from what changed."""
    bring_parties(matter)
    link_pending(matter)
    index_pending(matter)


def _say(change: Change, names: Sequence[str], name: str) -> None:
    for other in names:
        if other != name:
            matters.put_alias(change.tx, other, name)
    bind(change.tx)


def _given(name: str, others: Sequence[str]) -> tuple[str, list[str]]:
    name, others = name.strip(), [other.strip() for other in others]
    if not all(compact(one) for one in (name, *others)) or not others:
        raise UsageError("A party needs a name, with letters or digits.")
    others = [other for other in dict.fromkeys(others) if other != name]
    if not others:
        raise UsageError(f"{name!r} is that name already.")
    return name, others


def _check_joined(names: Names, book: Book, name: str, other: str) -> None:
    for one in (name, other):
        if names.get(one) is None:
            raise _unknown(names, one)
    if book.name_of(other) != book.name_of(name) or compact(other) == compact(name):
        raise NotFound(f"{other!r} is no name of {name!r}.", _HINT)
    for claim in names.claims:
        for party in claim.parties:
            keys = {compact(known) for known in party.names}
            if {compact(name), compact(other)} <= keys:
                hint = f"Take it out of the aliases of {party.name} in the register and import that again."
                raise UsageError(f"{other!r} is a name of {party.name!r} in the register ({claim.id}).", hint)


def _spellings(change: Change, other: str) -> list[str]:
    return [alias for alias in matters.aliases(change.tx) if compact(alias) == compact(other)]


def _unknown(names: Names, name: str) -> NotFound:
    """The error for a name that nothing knows, with the names that are nearly the same."""
    spellings = {one.key: one.spelling for one in names.names.values() if one.spellings}
    near = [
        spellings[key]
        for _, _, key in extract(compact(name), {k: k for k in spellings}, limit=3, score_cutoff=_ALIKE)
    ]
    hint = f"Did you mean {' or '.join(near)}? {_HINT}" if near else _HINT
    return NotFound(f"No party is called {name!r}.", hint)
