"""Checking the workspace, and bundles that somebody sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.web import models
from app.web.access import Handler, Unrestricted, has_form
from app.web.queue import Asked, Wait, ask
from app.web.scope import Seen
from app.web.sending import one_of, take
from app.web.uploads import Upload
from pipeline.errors import UsageError

router = APIRouter(tags=["work"], responses=models.REFUSALS)

LARGEST = 4 * 2**30
"""Bytes of a bundle that is sent to be checked."""
_FILE = {"type": "string", "format": "binary"}
_FORM = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "bundle": {
                            **_FILE,
                            "description": "A bundle as a zip: it is checked, not the workspace.",
                        },
                        "against": {
                            "type": "string",
                            "enum": ["true", "false"],
                            "description": "Check the workspace, and that its audit holds the bundle's entries.",
                        },
                        "ca": {
                            **_FILE,
                            "description": "CA certificates (PEM) that must vouch for time stamps.",
                        },
                    },
                }
            }
        }
    }
}


@router.post("/verify", status_code=202, responses=models.ok(models.Job, 202), openapi_extra=_FORM)
async def verify(
    request: Request,
    response: Response,
    scope: Seen,
    visitor: Handler,
    _: Unrestricted,
    wait: Wait = 0.0,
) -> Any:
    """Check every hash, the audit chain, records and index, or a bundle that is sent: `claimtrail verify`."""
    if has_form(request):
        return await take(request, response, scope, visitor, wait, _checking, LARGEST)
    return await run_in_threadpool(ask, request, response, visitor, Asked("verify", NOTHING), wait)


NOTHING: Mapping[str, Any] = {"names": [], "bundle": None, "against": False, "ca": None}
"""What is asked of a check of the workspace alone."""


def _checking(form: Upload) -> Asked:
    found = {name: at for at, name in enumerate(form.sent_as)}
    if len(found) < len(form.names) or not found.keys() <= {"bundle", "ca"}:
        raise UsageError(
            "The form holds other files than a bundle and a CA.", "Send `bundle`, `ca`, or neither."
        )
    against = one_of(form, "against", ("true", "false")) == "true"
    if against and "bundle" not in found:
        raise UsageError("There is no bundle to hold the audit against.", "Send it as `bundle`.")
    return Asked(
        "verify",
        {"names": form.names, "bundle": found.get("bundle"), "against": against, "ca": found.get("ca")},
    )
