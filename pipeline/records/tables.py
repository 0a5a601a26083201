"""The tables of a matter. They change by a migration only (`migrations/`)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)

from pipeline.records.columns import String, Text

metadata = MetaData()

# one row: the matter's id, by which a folder knows whether a server's records are its own
matter = Table("matter", metadata, Column("id", String, primary_key=True))

documents = Table(
    "documents",
    metadata,
    Column("id", String, primary_key=True),
    Column("sha256", String, nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("taken_at", String, nullable=False),
    # open: its steps are not all done; ok, partial, failed: how they ended
    Column("state", String, nullable=False, index=True),
    Column("reason", JSON),
    Column("media_type", String),
    Column("page_count", Integer),
    Column("kind", String),
    Column("kind_confidence", Float),
    Column("kind_why", JSON),
    Column("language", String),
    Column("title", String),
    Column("date", String),
    Column("findings", JSON, nullable=False, server_default="[]"),
)

# what speaks for a document's kind, so that it can be decided anew by what people said of documents alike
kind_evidence = Table(
    "kind_evidence",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("scores", JSON, nullable=False),
    Column("sketch", LargeBinary, nullable=False),
    # the kind for which its facts were found, where that is not the one that its text told
    Column("told", String),
    Column("precedents", JSON, nullable=False),
)

texts = Table(
    "texts",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("title", String),
    Column("metadata", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
)

pages = Table(
    "pages",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("source", String, nullable=False),
    Column("engine", String),
    Column("confidence", Float),
    Column("words", LargeBinary, nullable=False),
    Column("cells", LargeBinary, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("marks", JSON, nullable=False, server_default="[]"),
)

facts = Table(
    "facts",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("role", String, nullable=False),
    Column("value", String, nullable=False),
    Column("value_end", String),
    Column("currency", String),
    Column("time", String),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("rule", String, nullable=False),
    Column("why", String, nullable=False),
    Column("doubts", JSON, nullable=False),
)

# which order of day and month a document proves, and the one that its undecided dates were read in
date_orders = Table(
    "date_orders",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("proved", String),
    Column("undecided", Integer, nullable=False),
    Column("currency", String),
    Column("senders", JSON(none_as_null=True), nullable=False),
    Column("told", JSON(none_as_null=True)),
)

# what documents say of documents: numbers that they bear or cite, days by which they cite, ids of mails
mentions = Table(
    "mentions",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("role", String, nullable=False),
    Column("number", String, nullable=False, index=True),
    Column("day", String, index=True),
    Column("sort", String, nullable=False),
    Column("side", String, nullable=False),
    Column("sender", String, nullable=False),
    Column("headed", Boolean, nullable=False),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("words", String, nullable=False),
)

sightings = Table(
    "sightings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False, index=True),
    Column("path", String, nullable=False),
    Column("name", String, nullable=False),
    Column("received", String, nullable=False),
    Column("modified", String),
    Column("run", String, nullable=False),
    UniqueConstraint("document", "path"),
)

family = Table(
    "family",
    metadata,
    Column("parent", ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("child", ForeignKey("documents.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
)

steps = Table(
    "steps",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("step", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("done_at", String, nullable=False),
)

# the documents that processes of several machines are reading; `holder` is alive as long as its lock stands
holds = Table(
    "holds",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("holder", BigInteger, nullable=False),
)

ties = Table(
    "ties",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("claim", String, primary_key=True),
)

labels = Table(
    "labels",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", String, primary_key=True),
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

signatures = Table(
    "signatures",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("signature", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
)

page_hashes = Table(
    "page_hashes",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("whole", LargeBinary, nullable=False),
    Column("sheet", LargeBinary),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
)

# both directions of each pair, so that a document's own are those with its id
likenesses = Table(
    "likenesses",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("other", ForeignKey("documents.id"), primary_key=True, index=True),
    Column("score", Float, nullable=False),
    Column("differs", JSON, nullable=False),
    Column("by", String, nullable=False),
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

# what a document says of its parties' names; found with its facts
party_ties = Table(
    "party_ties",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("other", String, nullable=False),
    Column("scheme", String, nullable=False),
    Column("sure", Boolean, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
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
