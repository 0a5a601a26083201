"""Tables of what came in and what was found in it."""

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

labels = Table(
    "labels",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", String, primary_key=True),
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
