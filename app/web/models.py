"""The forms of the API's answers, for its description: what is told here holds; further keys may stand beside."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Form(BaseModel):
    """An object that may hold more than is told."""

    model_config = ConfigDict(extra="allow")


class Problem(Form):
    """What is wrong, and what to do."""

    code: str
    message: str
    hint: str


class Refusal(BaseModel):
    """The form of every error."""

    error: Problem

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "error": {
                        "code": "not_found",
                        "message": "There is no claim 'CLM-9'.",
                        "hint": "See claims.",
                    }
                }
            ]
        }
    )


class Hit(Form):
    """A page that matches; in `snippet` matches stand between <mark> and </mark>, the rest is escaped as HTML."""

    doc: str
    page: int
    score: float
    kind: str
    date: str | None
    name: str
    title: str | None
    snippet: str
    claims: list[str]
    events: list[str]


class Waiting(Form):
    """How much waits for a person: proposed links, doubtful values, contradictions, documents that were not read."""

    links: int
    facts: int
    findings: int
    failed: int


class SearchAnswer(Form):
    """`total` counts pages, `facets` count documents; `facets_estimated` says where they are only near."""

    query: str
    total: int
    took_ms: float
    hits: list[Hit]
    facets: dict[Literal["kind", "claim", "year", "party"], dict[str, int]]
    facets_estimated: bool = False


class DocumentRow(Form):
    """A document in the list."""

    id: str
    sha256: str
    name: str
    kind: str
    date: str | None
    pages: int
    language: str
    claims: list[str]
    state: str = Field(description="ok, partial, failed, or open while it is being read")
    reason: str | None


class Sighting(Form):
    path: str
    received: str


class Page(Form):
    number: int
    width: float
    height: float
    text: str
    source: str
    engine: str | None
    confidence: float | None


class Document(Form):
    """One document with its pages, facts, links and history; boxes are fractions of the page from its top left."""

    id: str
    sha256: str
    name: str
    media_type: str
    parent: str | None
    children: list[str]
    sightings: list[Sighting]
    kind: str
    kind_confidence: float
    language: str
    title: str | None
    date: str | None
    pages: list[Page]
    dates: list[dict[str, Any]]
    parties: list[dict[str, Any]]
    amounts: list[dict[str, Any]]
    references: list[dict[str, Any]]
    links: list[dict[str, Any]]
    history: list[dict[str, Any]]


class Claim(Form):
    """A claim in the register's form."""

    id: str
    title: str
    type: str
    status: str
    contract: str
    references: list[str]
    currency: str | None
    amount: str | None
    parties: list[dict[str, Any]]
    events: list[dict[str, Any]]


class Link(Form):
    doc: str
    page: int
    event: str
    score: float
    status: Literal["proposed", "confirmed", "rejected"]
    reasons: list[dict[str, Any]]


class Ledger(Form):
    claim: str
    currency: str | None
    claimed: str | None
    evidenced: str
    difference: str | None
    rows: list[dict[str, Any]]


class Gaps(Form):
    events_without_evidence: list[Any]
    missing_kinds: list[Any]
    unlinked_documents: list[Any]
    missing_references: list[Any]
    doubtful_facts: list[Any]
    undated: list[Any]


class Job(Form):
    """Long work; once `state` is done, `result` holds the JSON of the command that does the same."""

    id: str
    kind: str
    claim: str | None
    state: Literal["queued", "running", "done", "failed"]
    made: str
    started: str | None
    finished: str | None
    progress: dict[str, Any] | None
    result: Any
    error: Problem | None


class VisitorAnswer(Form):
    """Who asks; `claims` null means all. `csrf_token` goes into X-CSRF-Token where a browser changes something."""

    name: str
    role: Literal["viewer", "handler", "admin"]
    claims: list[str] | None
    csrf_token: str


def ok(form: Any, status: int = 200, also: tuple[str, ...] = ()) -> dict[int | str, dict[str, Any]]:
    """The description of a good answer; `also` are the forms of files in which it comes where it is asked for."""
    return {status: {"model": form, **forms(*also)[200]}}


def forms(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """The description of an answer as JSON, or as a file in one of these forms where it is asked for."""
    return {200: {"content": {one: {"schema": {"type": "string"}} for one in media_types}}}


def file(media_type: str) -> dict[int | str, dict[str, Any]]:
    """The description of a file as answer."""
    return {200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}


_SAID = {
    400: "The request cannot be read, or names another host",
    401: "A login or a token is needed",
    403: "The role, the claims or the form's token do not allow it",
    404: "There is no such thing, or it may not be seen",
    409: "It does not fit the present state: an id that is not enough, or work that is going on",
    413: "Too much was sent",
    422: "The parameters or the content do not have the form that is asked for",
    429: "Too many tries",
    503: "Something about the installation is to be mended first",
    507: "The disk is full",
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal, "description": said} for status, said in _SAID.items()
}
