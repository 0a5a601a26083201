"""Taking documents in, and trying failed ones again."""

from __future__ import annotations

import shutil
import uuid
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from app.web import models
from app.web.access import CSRF_FIELD, CSRF_HEADER, Handler, Visitor, check_token, state_of
from app.web.api.work import Asked, ask
from app.web.jobs import uploads_of
from app.web.login import local
from app.web.scope import Scope, Seen
from app.web.uploads import BadUpload, Upload, receive
from extractors.reading import OcrMode
from pipeline.errors import UsageError

router = APIRouter(tags=["intake"], responses=models.REFUSALS)

OCR_MODES: tuple[OcrMode, ...] = get_args(OcrMode)
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "claim": {"type": "string", "description": "Tie all of them to this claim."},
                        "ocr": {"type": "string", "enum": list(OCR_MODES)},
                    },
                }
            }
        },
    }
}


@router.post("/documents", status_code=202, responses=models.ok(models.Job, 202), openapi_extra=_FORM)
async def upload(
    request: Request,
    response: Response,
    scope: Seen,
    visitor: Handler,
    wait: Annotated[float, Query(ge=0, le=60, description="Seconds to wait for the result.")] = 0.0,
) -> Any:
    """Take files in, as many as a form holds: `claimtrail ingest`. The answer is a job; with `wait`, its result."""
    state, job = state_of(request), uuid.uuid4().hex
    limit = scope.matter.settings.limits.limits().file_bytes
    form = await receive(request, uploads_of(scope.matter, job), state.options, limit)
    try:
        check_token(request, visitor, request.headers.get(CSRF_HEADER) or form.fields.get(CSRF_FIELD))
        asked = await run_in_threadpool(_asked, form, scope, visitor)
    except BaseException:
        await run_in_threadpool(shutil.rmtree, form.folder, ignore_errors=True)
        raise
    answer = await run_in_threadpool(ask, request, response, visitor, asked, wait, job)
    if (wanted := form.fields.get("next")) is not None:  # a page's form, sent without scripts
        return RedirectResponse(local(wanted), 303)
    return answer


def _asked(form: Upload, scope: Scope, visitor: Visitor) -> Asked:
    """What is asked for, checked."""
    if not form.names:
        raise BadUpload("The form holds no file.")
    claim = form.fields.get("claim") or None
    if claim is None and visitor.claims is not None:
        raise UsageError(
            "Say to which claim the files belong.", f"Yours: {', '.join(sorted(visitor.claims))}."
        )
    return Asked(
        "ingest",
        {"names": form.names, "ocr": _mode(form.fields.get("ocr"))},
        None if claim is None else scope.claim(claim),
    )


def _mode(said: str | None) -> OcrMode | None:
    if not said:
        return None
    if said in OCR_MODES:
        return said
    raise UsageError(f"{said!r} says not how hard to try on scans.", f"One of {', '.join(OCR_MODES)}.")


@router.post("/documents/{doc}/retry", status_code=202, responses=models.ok(models.Job, 202))
def retry_one(
    doc: str,
    request: Request,
    response: Response,
    scope: Seen,
    visitor: Handler,
    wait: Annotated[float, Query(ge=0, le=60)] = 0.0,
) -> Any:
    """Try a failed document again: `claimtrail retry`."""
    return ask(request, response, visitor, Asked("retry", {"doc": scope.document(doc)}), wait)


@router.post("/documents/retry", status_code=202, responses=models.ok(models.Job, 202))
def retry_all(
    request: Request,
    response: Response,
    scope: Seen,
    visitor: Handler,
    wait: Annotated[float, Query(ge=0, le=60)] = 0.0,
) -> Any:
    """Try all failed documents again: `claimtrail retry --all`."""
    if not scope.whole:
        raise UsageError("You see some claims only.", "Name the document that is to be tried again.")
    return ask(request, response, visitor, Asked("retry", {"doc": None}), wait)
