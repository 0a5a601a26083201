"""Forms with files for long work: taken in within limits, checked, and put into the queue."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from app.web.access import CSRF_FIELD, CSRF_HEADER, Visitor, check_token, state_of
from app.web.jobs import uploads_of
from app.web.login import local
from app.web.queue import Asked, ask
from app.web.scope import Scope
from app.web.uploads import BadUpload, Upload, receive
from extractors.limits import Limits
from pipeline.errors import UsageError

Checked = Callable[[Upload], Asked]
"""What a form asks for. Raises what is wrong with it."""


async def take(
    request: Request,
    response: Response,
    scope: Scope,
    visitor: Visitor,
    wait: float,
    checked: Checked,
    largest: int = 0,
) -> Any:
    """Receive a form and put into the queue what it asks for; the job, or where the form says to go on to.

    One file may hold as much as a document, or `largest` bytes. Raises what `receive` and `checked` raise.
    """
    state, job = state_of(request), uuid.uuid4().hex
    limit = largest or limits_of(scope).file_bytes
    form = await receive(request, uploads_of(scope.matter, job), state.options, limit)
    try:
        check_token(request, visitor, request.headers.get(CSRF_HEADER) or form.fields.get(CSRF_FIELD))
        asked = await run_in_threadpool(checked, form)
    except BaseException:  # also when the one who asked goes away
        await run_in_threadpool(shutil.rmtree, form.folder, ignore_errors=True)
        raise
    answer = await run_in_threadpool(ask, request, response, visitor, asked, wait, job)
    if (wanted := form.fields.get("next")) is not None:  # a page's form, sent without scripts
        return RedirectResponse(local(wanted), 303)
    return answer


def limits_of(scope: Scope) -> Limits:
    """The limits under which the matter's files are read."""
    return scope.matter.settings.limits.limits()


def claim_of(form: Upload, scope: Scope, visitor: Visitor) -> str | None:
    """The claim to which a form ties its files. Raises `UsageError` where one must be, `NotFound`, `BadUpload`."""
    if not form.names:
        raise BadUpload("The form holds no file.")
    claim = form.fields.get("claim") or None
    if claim is None and visitor.claims is not None:
        raise UsageError(
            "Say to which claim the files belong.", f"Yours: {', '.join(sorted(visitor.claims))}."
        )
    return None if claim is None else scope.claim(claim)


def one_of(form: Upload, name: str, known: tuple[str, ...]) -> str | None:
    """A field of a fixed set of values; None where it is empty. Raises `UsageError`."""
    said = form.fields.get(name)
    if not said or said in known:
        return said or None
    raise UsageError(f"{said[:40]!r} is no value of {name}.", f"One of {', '.join(known)}.")
