"""Search, the list of documents, and one document with its pages and files."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse
from fastapi.responses import Response as Answer
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from app.answers import document_answer
from app.web import models, paging
from app.web.access import Present, state_of
from app.web.dates import DayFrom, DayTo, Money, on_or_after, on_or_before
from app.web.files import FOR_EVER, attachment
from app.web.replies import Forbidden, WebError
from app.web.scope import Scope, Seen
from index.entry import Sort
from index.query import Filters, parse
from index.tree import And, Keyword, Node, Not, Or
from pipeline.errors import NotFound
from pipeline.listing import Wanted, document_list
from pipeline.page_pictures import MEDIA_TYPE, Size, picture_tag
from pipeline.records import documents
from pipeline.searchable import write_rendition

router = APIRouter(tags=["finding"], responses=models.REFUSALS)

ListSort = Literal["taken", "date", "-date", "name", "-name", "kind", "-kind"]
Words = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=50)]


class Narrowed(BaseModel):
    """The filters of `search` and `list`, named as their options."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    date_from: DayFrom = Field(
        None, alias="from", description="Dated on or after: 2023, 2023-03, 2023-03-14."
    )
    date_to: DayTo = Field(None, alias="to", description="Dated on or before.")
    kind: Words = []
    party: Words = []
    claim: Words = []
    event: Words = []
    min_amount: Money = None
    max_amount: Money = None
    language: Words = []

    def filters(self, scope: Scope) -> Filters:
        """As the index takes them, for what the visitor may see."""
        return Filters(
            date_from=on_or_after(self.date_from),
            date_to=on_or_before(self.date_to),
            kinds=tuple(self.kind),
            parties=tuple(self.party),
            claims=scope.claims(self.claim),
            events=tuple(self.event),
            min_amount=self.min_amount,
            max_amount=self.max_amount,
            languages=tuple(self.language),
        )

    def wanted(self, scope: Scope) -> Wanted:
        """As the list takes them, for what the visitor may see."""
        found = self.filters(scope)
        return Wanted(
            found.date_from, found.date_to, found.kinds, found.parties, found.claims, found.events,
            found.min_amount, found.max_amount, found.languages,
        )  # fmt: skip


class SearchAsked(Narrowed):
    """What `search` takes."""

    query: str = Field(
        "*", max_length=10_000, description="The query language of the guide; * finds everything."
    )
    limit: int = Field(20, ge=0, le=paging.MOST)
    offset: int = Field(0, ge=0, le=paging.FARTHEST)
    sort: Sort = "score"


class ListAsked(Narrowed):
    """What `list` takes."""

    limit: int = Field(paging.MOST, ge=0, le=paging.MOST)
    offset: int = Field(0, ge=0, le=paging.FARTHEST)
    sort: ListSort = "taken"


@router.get("/search", responses=models.ok(models.SearchAnswer))
def search(asked: Annotated[SearchAsked, Query()], scope: Seen, request: Request, response: Response) -> Any:
    """Search the pages: what `claimtrail search` finds."""
    if not scope.whole and (asked.event or asks_of_claims(parse(asked.query))):
        asked.event = list(_own_events(scope, asked))
    found = state_of(request).search()
    results = found.search(asked.query, asked.filters(scope), asked.limit, asked.offset, asked.sort)
    paging.tell(request, response, results.total, asked.limit, asked.offset)
    return scope.results(results).as_json(asked.query)


def _own_events(scope: Scope, asked: SearchAsked) -> list[str]:
    """Whoever sees some claims only names claims and events by parameters: else a query would tell of others."""
    if asks_of_claims(parse(asked.query)):
        raise Forbidden(
            "A query of yours cannot name claims or events.", "Use the parameters claim and event."
        )
    found = scope.events(asked.event)
    if len(found) < len(asked.event):
        raise NotFound("There is no such event.")
    return found


def asks_of_claims(node: Node) -> bool:
    match node:
        case And(children) | Or(children):
            return any(asks_of_claims(child) for child in children)
        case Not(child):
            return asks_of_claims(child)
        case Keyword(field=field):
            return field in ("claim", "event")
    return False


@router.get("/documents", responses=models.ok(list[models.DocumentRow]))
def listed(asked: Annotated[ListAsked, Query()], scope: Seen, request: Request, response: Response) -> Any:
    """Every document with its state: what `claimtrail list` prints, in parts."""
    if not scope.whole and len(scope.events(asked.event)) < len(asked.event):
        raise NotFound("There is no such event.")
    found = document_list(scope.matter, asked.wanted(scope), asked.sort, asked.limit, asked.offset)
    paging.tell(request, response, found.total, asked.limit, asked.offset)
    return [{**row.as_json(), "claims": scope.ids(row.claims)} for row in found.rows]


@router.get("/documents/{doc}", responses=models.ok(models.Document))
def shown(
    doc: str,
    scope: Seen,
    visitor: Present,
    request: Request,
    page: Annotated[int | None, Query(ge=1, le=10**6)] = None,
) -> Any:
    """One document with its pages, facts, links and history: what `claimtrail show` says."""
    answer, found = document_answer(scope.matter, scope.document(doc), page)
    state_of(request).trail.note(visitor.name, "viewed", found.id)
    return scope.shown(answer)


@router.get("/documents/{doc}/text", response_class=Answer, responses=models.file("text/plain"))
def text(doc: str, scope: Seen, visitor: Present, request: Request) -> PlainTextResponse:
    """The text of a document, its pages parted by form feeds."""
    found = scope.summary(doc)
    with scope.matter.reading() as tx:
        read = documents.reading(tx, found, placed=False)
    state_of(request).trail.note(visitor.name, "viewed", found.id)
    said = "\f".join(read.text[page.start : page.end] for page in read.pages)
    return PlainTextResponse(said.encode("utf-8", "replace"))


@router.get(
    "/documents/{doc}/pages/{number}/image", response_class=FileResponse, responses=models.file(MEDIA_TYPE)
)
def image(doc: str, number: int, scope: Seen, request: Request, size: Size = "page") -> Answer:
    """A picture of a page, drawn by us: 240, 1500 or 2800 pixels along its longer side (small, page, large)."""
    found = scope.summary(doc)
    tag = f'"{picture_tag(found, number, size)}"'
    path = state_of(request).pictures.picture(found, number, size)
    headers = {"ETag": tag, "Cache-Control": FOR_EVER}
    if tag in request.headers.get("if-none-match", ""):
        return Answer(status_code=304, headers=headers)
    return FileResponse(path, media_type=MEDIA_TYPE, headers=headers)


@router.get(
    "/documents/{doc}/original",
    response_class=FileResponse,
    responses=models.file("application/octet-stream"),
)
def original(doc: str, scope: Seen, visitor: Present, request: Request) -> FileResponse:
    """The original byte for byte, its hash checked, as a file to be saved; no browser opens it by itself."""
    found = scope.summary(doc)
    path = scope.matter.originals.checked(found.sha256)
    state_of(request).trail.note(visitor.name, "downloaded", found.id)
    return attachment(path, found.name)


@router.get(
    "/documents/{doc}/searchable.pdf", response_class=FileResponse, responses=models.file("application/pdf")
)
def searchable(doc: str, scope: Seen, visitor: Present, request: Request) -> FileResponse:
    """The document as a PDF in which every word is found, made anew."""
    found = scope.summary(doc)
    if found.state == "open":
        raise NotRead(f"{found.id} was not read yet.")
    holder = tempfile.TemporaryDirectory(dir=scope.matter.workspace.web, prefix="rendition-")
    out = Path(holder.name) / "out.pdf"
    try:
        with state_of(request).rendering:
            write_rendition(scope.matter, found, out)
    except BaseException:  # no answer takes it away then
        holder.cleanup()
        raise
    state_of(request).trail.note(visitor.name, "downloaded", found.id)
    name = f"{PurePath(found.name).stem or found.id}.searchable.pdf"
    return attachment(out, name, "application/pdf", BackgroundTask(holder.cleanup))


class NotRead(WebError):
    code = "not_read"
    status = 409
    hint = "Wait until its run has finished."
