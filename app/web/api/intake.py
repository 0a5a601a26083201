"""Taking documents in, reading them for an answer only, and trying failed ones again."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import Any, get_args

from fastapi import APIRouter, Request, Response

from app.web import models
from app.web.access import Handler, Visitor
from app.web.queue import Asked, Wait, ask
from app.web.scope import Scope, Seen
from app.web.sending import claim_of, one_of, take
from app.web.uploads import BadUpload, Upload
from extractors.ocr import engines
from extractors.reading import OcrMode
from pipeline.errors import UsageError

router = APIRouter(tags=["intake"], responses=models.REFUSALS)

OCR_MODES: tuple[OcrMode, ...] = get_args(OcrMode)
_FILES = {
    "type": "array",
    "minItems": 1,
    "maxItems": 2000,
    "items": {"type": "string", "format": "binary"},
}
_OCR = {"type": "string", "enum": list(OCR_MODES), "description": "How hard to try on scans."}
_CLAIM = {"type": "string", "description": "Tie all of them to this claim."}


def _form(**properties: Any) -> dict[str, Any]:
    """The description of a form with files."""
    schema = {"type": "object", "required": ["files"], "properties": {"files": _FILES, **properties}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


@router.post(
    "/documents",
    status_code=202,
    responses=models.ok(models.Job, 202),
    openapi_extra=_form(claim=_CLAIM, ocr=_OCR),
)
async def upload(
    request: Request, response: Response, scope: Seen, visitor: Handler, wait: Wait = 0.0
) -> Any:
    """Take files in, as many as a form holds: `claimtrail ingest`. The answer is a job; with `wait`, its result."""
    return await take(request, response, scope, visitor, wait, partial(_documents, scope, visitor))


def _documents(scope: Scope, visitor: Visitor, form: Upload) -> Asked:
    asked = {"names": form.names, "ocr": one_of(form, "ocr", OCR_MODES)}
    return Asked("ingest", asked, claim_of(form, scope, visitor))


@router.post(
    "/productions",
    status_code=202,
    responses=models.ok(models.Job, 202),
    openapi_extra=_form(
        dat={"type": "string", "description": "Which file is the DAT, where there are several."},
        opt={"type": "string", "description": "Which file names the images; else the .opt beside the DAT."},
        claim=_CLAIM,
        ocr=_OCR,
    ),
)
async def production(
    request: Request, response: Response, scope: Seen, visitor: Handler, wait: Wait = 0.0
) -> Any:
    """Take in a production: the load files and all that they name, each under its path: `claimtrail load`."""
    return await take(request, response, scope, visitor, wait, partial(_production, scope, visitor))


def _production(scope: Scope, visitor: Visitor, form: Upload) -> Asked:
    claim, mode = claim_of(form, scope, visitor), one_of(form, "ocr", OCR_MODES)
    named = {key: form.fields.get(key) or None for key in ("dat", "opt")}
    for name in filter(None, named.values()):
        if name not in form.names:
            raise UsageError(
                f"There is no file {name[:80]!r} in the form.", "Name it by its path in the form."
            )
    dats = [name for name in form.names if PurePosixPath(name).suffix.casefold() == ".dat"]
    if named["dat"] is None and len(dats) != 1:
        raise UsageError(f"The form holds {len(dats)} DAT files.", "Send one, or say which it is: dat=PATH.")
    asked = {"names": form.names, "dat": named["dat"] or dats[0], "opt": named["opt"], "ocr": mode}
    return Asked("load", asked, claim)


@router.post(
    "/extract",
    status_code=202,
    responses=models.ok(models.Job, 202),
    openapi_extra=_form(ocr=_OCR, ocr_engine={"type": "string", "enum": list(engines())}),
)
async def extract(
    request: Request, response: Response, scope: Seen, visitor: Handler, wait: Wait = 0.0
) -> Any:
    """Read files for an answer only: `claimtrail extract`. The files are removed at once, the result after an hour."""
    return await take(request, response, scope, visitor, wait, _reading)


def _reading(form: Upload) -> Asked:
    if not form.names:
        raise BadUpload("The form holds no file.")
    engine = one_of(form, "ocr_engine", tuple(engines()))
    return Asked("extract", {"names": form.names, "ocr": one_of(form, "ocr", OCR_MODES), "engine": engine})


@router.post("/documents/{doc}/retry", status_code=202, responses=models.ok(models.Job, 202))
def retry_one(
    doc: str, request: Request, response: Response, scope: Seen, visitor: Handler, wait: Wait = 0.0
) -> Any:
    """Try a failed document again: `claimtrail retry`."""
    return ask(request, response, visitor, Asked("retry", {"doc": scope.document(doc)}), wait)


@router.post("/documents/retry", status_code=202, responses=models.ok(models.Job, 202))
def retry_all(request: Request, response: Response, scope: Seen, visitor: Handler, wait: Wait = 0.0) -> Any:
    """Try all failed documents again: `claimtrail retry --all`."""
    if not scope.whole:
        raise UsageError("You see some claims only.", "Name the document that is to be tried again.")
    return ask(request, response, visitor, Asked("retry", {"doc": None}), wait)
