"""Writing the book that follows from the documents, and noting what must be done again because it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from index.words import compact
from pipeline.claims import Claim
from pipeline.parties import Book, names_of
from pipeline.partybook.names import Names, gather
from pipeline.partybook.unify import Party, unify
from pipeline.records import documents, matters, parties


def bind(tx: sa.Connection) -> Names:
    """Make the book anew from what the records hold; returns the names that it was made of.

    Documents whose parties are called otherwise now are indexed again; where the register's parties have other names
    than before, all documents are looked through for them and linked again.
    """
    claims = matters.all_claims(tx)
    old = Book.read(tx)
    before = parties.bound(tx)
    names = gather(tx)
    after = _rows(unify(names))
    if before != after:
        parties.replace_bound(tx, after)
    new = Book.read(tx)
    sought_changed(tx, claims, old, new)
    documents.undo(tx, "index", _renamed(names, before, after))
    return names


def sought_changed(tx: sa.Connection, claims: Sequence[Claim], old: Book, new: Book) -> None:
    """Have the register's names looked for again, and links made again, where they are others than before."""
    if sought(claims, old) != sought(claims, new):
        for step in ("parties", "link"):
            documents.undo(tx, step)


def sought(claims: Sequence[Claim], book: Book) -> dict[str, tuple[str, ...]]:
    """The names that are looked for in texts: those of the register's parties, with all that the book knows of them."""
    found: dict[str, dict[str, None]] = {}
    for claim in claims:
        for party in claim.parties:
            found.setdefault(party.name, {}).update(dict.fromkeys(names_of(party, book)))
    return {name: tuple(own) for name, own in found.items()}


def _rows(found: Sequence[Party]) -> dict[str, str]:
    """The book's lines: every name whose party is called otherwise, or that is spelled in several ways."""
    rows: dict[str, str] = {}
    for party in found:
        for name in party.members:
            if len(party.members) > 1 or len(name.spellings) > 1 or name.spelling != party.name:
                rows[name.spelling] = party.name
    return dict(sorted(rows.items()))


def _renamed(names: Names, before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """The documents that name a party whose name in the book, or whose aliases, changed."""
    changed = set(before.items()) ^ set(after.items())
    touched = {name for pair in changed for name in pair}
    keys = {compact(name) for name in touched}
    keys |= {compact(alias) for lines in (before, after) for alias, name in lines.items() if name in touched}
    found = {document for key in keys if key in names.names for document in names.names[key].documents}
    return found.union(*(names.known.get(key, set()) for key in keys))
