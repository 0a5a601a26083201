"""The inbox: files to take in, what runs took in, the reports of nights, and what lies in quarantine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from markupsafe import Markup

from app.web.access import Admin, Handler, Present, Unrestricted, state_of
from app.web.api.intake import OCR_MODES, extract, production, upload
from app.web.markdown import as_html
from app.web.night_report import in_language
from app.web.rendering import back_to, page, speech_of
from app.web.scope import Seen
from extractors.ocr import engines
from extractors.reading import OcrMode
from flows.server import prefect_pages
from pipeline.errors import NotFound, UsageError
from pipeline.inbox import held_back
from pipeline.records import glances, matters

router = APIRouter()
MOST_RUNS, MOST_REPORTS, MOST_HELD = 20, 30, 200
TAKING = ("ingest", "retry", "load", "watch", "night", "extract")


@router.get("/inbox")
def inbox(request: Request, scope: Seen, visitor: Present) -> Response:
    """The forms, and what came of what was sent before."""
    with scope.matter.reading() as tx:
        claims = scope.ids(claim.id for claim in matters.all_claims(tx))
        runs = glances.newest_runs(tx, MOST_RUNS) if scope.whole else []
        failed = glances.state_counts(tx)["failed"] if scope.whole else 0
    jobs = [row for row in state_of(request).jobs.newest() if row["kind"] in TAKING]
    seen = [row for row in jobs if scope.whole or row["actor"] == visitor.name]
    return page(
        request,
        visitor,
        "inbox.html",
        claims=claims,
        must_name=not scope.whole,
        modes=OCR_MODES,
        engines=engines(),
        prefect=prefect_pages(scope.matter.workspace.root) if scope.whole else None,
        jobs=seen[:MOST_RUNS],
        runs=runs,
        failed=failed,
        reports=[path.name for path in _reports(scope.matter.workspace.root)[:MOST_REPORTS]]
        if scope.whole
        else [],
        held=held_back(scope.matter.workspace.quarantine)[:MOST_HELD] if scope.whole else [],
    )


@router.post("/inbox")
async def take(request: Request, scope: Seen, visitor: Handler) -> Response:
    """Take the files of a form in, and show how far it is. Raises what the API's upload raises."""
    job = await upload(request, Response(), scope, visitor)
    return back_to(f"/jobs/{job['id']}")


@router.post("/inbox/production")
async def produced(request: Request, scope: Seen, visitor: Handler) -> Response:
    """Take the production of a form in, and show how far it is. Raises what the API raises."""
    job = await production(request, Response(), scope, visitor)
    return back_to(f"/jobs/{job['id']}")


@router.post("/inbox/read")
async def read(request: Request, scope: Seen, visitor: Handler) -> Response:
    """Read the files of a form without keeping them, and show what was found. Raises what the API raises."""
    job = await extract(request, Response(), scope, visitor)
    return back_to(f"/jobs/{job['id']}")


@router.post("/inbox/drain")
def drain(
    request: Request, visitor: Handler, _: Unrestricted, ocr: Annotated[OcrMode | None, Form()] = None
) -> Response:
    """Begin to take in what lies in the inbox."""
    return back_to(f"/jobs/{state_of(request).jobs.add('watch', {'ocr': ocr}, visitor.name)}")


@router.post("/inbox/night")
def night(request: Request, visitor: Admin, _: Unrestricted) -> Response:
    """Begin a nightly run at once."""
    return back_to(f"/jobs/{state_of(request).jobs.add('night', {}, visitor.name)}")


@router.post("/inbox/retry")
def again(
    request: Request,
    scope: Seen,
    visitor: Handler,
    document: Annotated[str, Form()] = "",
    back: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Try a failed document again, or all of them; from review on to the next. Raises `NotFound`, `UsageError`."""
    if not document and not scope.whole:
        raise UsageError("You see some claims only.", "Try the documents again one by one.")
    wanted = scope.document(document) if document else None
    job = state_of(request).jobs.add("retry", {"doc": wanted}, visitor.name)
    return back_to(back, "trying") if back.startswith("/review") else back_to(f"/jobs/{job}")


@router.get("/inbox/reports/{name}")
def report(request: Request, scope: Seen, visitor: Present, name: str) -> Response:
    """The report of a night. Raises `NotFound`."""
    found = {path.name: path for path in _reports(scope.matter.workspace.root)} if scope.whole else {}
    if name not in found:
        raise NotFound(f"There is no report {name!r}.", "See the inbox.")
    said = found[name].read_text(encoding="utf-8", errors="replace")
    text = in_language(said, speech_of(request).language)
    return page(request, visitor, "report.html", name=name, text=Markup(as_html(text)))  # noqa: S704  see there


def _reports(root: Path) -> list[Path]:
    """The reports of nights, the newest first."""
    return sorted((root / "reports").glob("nightly-*.md"), key=lambda path: path.name, reverse=True)
