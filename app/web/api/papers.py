"""Papers that people edit, sign and hand over: draft reports and notices, chains of custody."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from app.web import models
from app.web.access import Unrestricted
from app.web.api.work import built
from app.web.dates import DayFrom, on_or_after
from app.web.files import made_file
from app.web.scope import Scope, Seen
from pipeline.claim_report import claim_report
from pipeline.clock import now
from pipeline.custody import as_paper, custody
from pipeline.errors import NotFound
from pipeline.notice_draft import notice_draft
from pipeline.papers.citing import Bundled, bundle_at, last_bundle
from pipeline.papers.docx_form import as_docx
from pipeline.papers.html_form import as_html
from pipeline.papers.markdown_form import as_markdown
from pipeline.papers.paper import Paper

router = APIRouter(tags=["papers"], responses=models.REFUSALS)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Language = Literal["en", "zh"]
Form = Annotated[Literal["json", "docx", "html", "md"], Query(alias="format")]
Bundle = Annotated[
    str | None,
    Query(description="Cite the pages of the bundle that this job built; default: of the one exported last."),
]
FORMS = models.forms(DOCX, "text/html", "text/markdown")


@router.get("/claims/{claim}/report", responses=FORMS)
def report(
    claim: str,
    scope: Seen,
    request: Request,
    language: Language | None = None,
    bundle: Bundle = None,
    form: Form = "json",
) -> Any:
    """A draft report in which every statement cites its page: `claimtrail report`."""
    case = scope.case(claim)
    draft = claim_report(case, now().date(), language, _cited(request, scope, case.claim.id, bundle))
    return draft.as_json() if form == "json" else _file(draft.paper, form, f"{case.claim.id} report")


@router.get("/claims/{claim}/events/{event}/notice", responses=FORMS)
def notice(
    claim: str,
    event: str,
    scope: Seen,
    request: Request,
    language: Language = "en",
    today: Annotated[DayFrom, Query(description="Reckon from this day instead of today.")] = None,
    bundle: Bundle = None,
    form: Form = "json",
) -> Any:
    """A draft notice of claim by the rule of the contract form: `claimtrail notice`."""
    case = scope.case(claim)
    day, cited = on_or_after(today) or now().date(), _cited(request, scope, case.claim.id, bundle)
    found = notice_draft(case, event, day, language, cited)
    return found.as_json() if form == "json" else _file(found.paper, form, f"{case.claim.id} {event} notice")


@router.get(
    "/documents/{doc}/custody", responses=models.forms(DOCX, "text/html", "text/markdown", "text/csv")
)
def chain(
    doc: str,
    scope: Seen,
    _: Unrestricted,
    language: Language = "en",
    form: Annotated[Literal["json", "docx", "html", "md", "csv"], Query(alias="format")] = "json",
) -> Any:
    """The chain of custody of a document, each line with its audit entry: `claimtrail custody`."""
    found = custody(scope.matter, scope.document(doc))
    if form == "json":
        return found.as_json()
    name = f"{found.about.id} custody"
    if form == "csv":
        return made_file(found.as_csv(), "text/csv", f"{name}.csv")
    return _file(as_paper(found, language), form, name)


def _cited(request: Request, scope: Scope, claim: str, job: str | None) -> Bundled | None:
    """The bundle whose pages are cited: the one that a job built, else the one exported last."""
    if job is None:
        return last_bundle(scope.matter, claim)
    found, path = built(request, scope.matter, scope.visitor, job)
    if found["claim"] != claim:
        raise NotFound(f"Job {job} built no bundle of {claim}.")
    return replace(bundle_at(path), path=None)  # where it lies here leads nobody there


def _file(paper: Paper, form: Literal["docx", "html", "md"], name: str) -> Response:
    match form:
        case "docx":
            return made_file(as_docx(paper, now()), DOCX, f"{name}.docx")
        case "html":
            return made_file(as_html(paper), "text/html", f"{name}.html")
        case "md":
            return made_file(as_markdown(paper), "text/markdown", f"{name}.md")
