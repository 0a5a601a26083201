"""Tables of claims, of what people said and did, of users, runs and the audit."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, Table, UniqueConstraint

from pipeline.records.columns import String
from pipeline.records.tables.of_documents import metadata

# one row: the matter's id, by which a folder knows whether a server's records are its own
matter = Table("matter", metadata, Column("id", String, primary_key=True))

ties = Table(
    "ties",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("claim", String, primary_key=True),
)

claims = Table(
    "claims",
    metadata,
    Column("id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("body", JSON, nullable=False),
)

# states that people gave a claim, or that its register came to tell (`by_register`); nothing is ever taken out
status_changes = Table(
    "status_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("claim", String, nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("date", String, nullable=False),
    Column("evidence", ForeignKey("documents.id")),
    Column("note", String, nullable=False),
    Column("by_register", Boolean, nullable=False),
    Column("actor", String, nullable=False),
    Column("at", String, nullable=False),
)

# what the other side answered for an event, as people noted it
responses = Table(
    "responses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("claim", String, nullable=False, index=True),
    Column("event", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("date", String, nullable=False),
    Column("amount", String),
    Column("currency", String),
    Column("evidence", ForeignKey("documents.id")),
    Column("note", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("at", String, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("claim", String, primary_key=True),
    Column("event", String, primary_key=True),
    Column("page", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("claim", String, primary_key=True),
    Column("event", String, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("at", String, nullable=False),
)

# what a person says a link's evidence does for the event: supports, contradicts, neutral
stances = Table(
    "stances",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("claim", String, primary_key=True),
    Column("event", String, primary_key=True),
    Column("stance", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("at", String, nullable=False),
)

# how much more or less than usual each kind of reason weighs, by people's verdicts
link_weights = Table(
    "link_weights",
    metadata,
    Column("kind", String, primary_key=True),
    Column("factor", Float, nullable=False),
    Column("confirmed", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False, index=True),
    Column("field", String, nullable=False),
    Column("role", String, nullable=False),
    Column("value", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("at", String, nullable=False),
)

# what people say of single values as they were read; `value` NULL: there is none such
rulings = Table(
    "rulings",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("role", String, primary_key=True),
    Column("was", String, primary_key=True),
    Column("value", String),
    Column("actor", String, nullable=False),
    Column("at", String, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("mark", String, primary_key=True),
    Column("actor", String, nullable=False),
    Column("at", String, nullable=False),
)

party_names = Table(
    "party_names",
    metadata,
    Column("alias", String, primary_key=True),
    Column("name", String, nullable=False),
)

# which names mean one party; made anew from facts, ties, register and people's words
party_book = Table(
    "party_book",
    metadata,
    Column("alias", String, primary_key=True),
    Column("name", String, nullable=False),
)

# names that a person keeps apart, in compact form and in order
party_apart = Table(
    "party_apart",
    metadata,
    Column("one", String, primary_key=True),
    Column("other", String, primary_key=True),
    Column("actor", String, nullable=False),
    Column("at", String, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)

# how far the audit has come: one row, kept apart from the entries so that a cut-off tail is noticed
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("command", String, nullable=False),
    Column("started", String, nullable=False),
    Column("finished", String),
    Column("summary", JSON),
    Column("position", Integer, nullable=False, server_default="0"),
)

# searches that people keep; `query` is the query string of the page's address
saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("query", String, nullable=False),
    Column("at", String, nullable=False),
    UniqueConstraint("owner", "name"),
)

# who may log in to the pages; `claims` null: all of them; `password` null: tokens only
users = Table(
    "users",
    metadata,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("claims", JSON(none_as_null=True)),
    Column("password", String),
    Column("made", String, nullable=False),
)

# of sessions and tokens only the hash is kept: who reads the records cannot log in with it
sessions = Table(
    "sessions",
    metadata,
    Column("hash", String, primary_key=True),
    Column("user", ForeignKey("users.name"), nullable=False, index=True),
    Column("csrf", String, nullable=False),
    Column("begun", String, nullable=False),
    Column("seen", String, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("hash", String, primary_key=True),
    Column("user", ForeignKey("users.name"), nullable=False, index=True),
    Column("label", String, nullable=False),
    Column("made", String, nullable=False),
    Column("expires", String),
)

# long work that the pages were asked for: queued, running, done, failed; by the machine that has its files
jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("claim", String),
    Column("asked", JSON, nullable=False),
    Column("actor", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("made", String, nullable=False),
    Column("started", String),
    Column("finished", String),
    Column("tries", Integer, nullable=False),
    Column("result", JSON(none_as_null=True)),
    Column("error", JSON(none_as_null=True)),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("machine", String, nullable=False, server_default=""),
)
