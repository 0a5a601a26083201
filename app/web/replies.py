"""Errors over HTTP: the contract's shape for programs, a page for people, and the status that fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from extractors.errors import ClaimtrailError, DocumentError
from index.errors import SearchError
from pipeline.errors import MatterError, named


class WebError(MatterError):
    """Something about a request, not about the matter. `status` is HTTP's."""

    code = "request"
    status = 400
    hint = "The requests are described at /api/docs."
    headers: Mapping[str, str] = {}


class LoginNeeded(WebError):
    code = "login_needed"
    status = 401
    hint = "Log in at /login, or send a token: Authorization: Bearer TOKEN (claimtrail users token NAME)."
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer realm="claimtrail"'}


class Forbidden(WebError):
    code = "forbidden"
    status = 403
    hint = "Ask whoever administers this workspace: claimtrail users."


class ForgedForm(WebError):
    code = "forged"
    status = 403
    hint = "Load the page again and send it from there; programs send the token in X-CSRF-Token."


class UnknownHost(WebError):
    code = "unknown_host"
    status = 400
    hint = "Name the host when the server is started: claimtrail serve --allowed-host NAME."


class TooManyTries(WebError):
    code = "too_many_tries"
    status = 429
    hint = "Wait, then try again."

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": str(seconds)}


class UploadRefused(WebError):
    code = "upload_refused"
    status = 413
    hint = "Send fewer or smaller files, or take them in on the server: claimtrail ingest."


class RequestTooLarge(WebError):
    code = "request_too_large"
    status = 413
    hint = "Send less at once, or work on the server: claimtrail claims import, claimtrail ingest."


_STATUS: Mapping[str, int] = {
    "usage": 400,
    "query": 400,
    "ambiguous": 409,
    "answered_meanwhile": 409,
    "not_found": 404,
    "register": 422,
    "no_notice": 422,
    "workspace_busy": 409,
    "index_locked": 409,
    "disk_full": 507,
}

PageOf = Callable[[Request, int, Mapping[str, str]], Response]
"""How an error looks to people: request, status, `{"code", "message", "hint"}`."""


def status_of(error: ClaimtrailError | SearchError) -> int:
    """HTTP's status for an error: 4xx where the request can be mended, 5xx where the server must be."""
    if isinstance(error, WebError):
        return error.status
    if error.code in _STATUS:
        return _STATUS[error.code]
    return 422 if isinstance(error, DocumentError) else 503


def install(app: FastAPI) -> None:
    """Answer every error in the contract's shape. `app.state.error_page` (a `PageOf`) is asked for people's pages."""
    for kind in (ClaimtrailError, SearchError):
        app.add_exception_handler(kind, _ours)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OSError, _system)
    app.add_exception_handler(Exception, _fault)


def refusal(request: Request, status: int, error: Mapping[str, str]) -> Response:
    """One error: a page for people where pages ask, JSON everywhere else."""
    page: PageOf | None = getattr(request.app.state, "error_page", None)
    if page is not None and _is_page(request):
        return page(request, status, error)
    return JSONResponse({"error": dict(error)}, status)


def _is_page(request: Request) -> bool:
    """Whether people look at it in a browser."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, ClaimtrailError | SearchError)  # noqa: S101  registered for these
    if isinstance(error, LoginNeeded) and _is_page(request) and request.method == "GET":
        asked = f"{request.url.path}?{request.url.query}".removesuffix("?")
        return RedirectResponse(f"/login?next={quote(asked, safe='')}", 303)
    answer = refusal(request, status_of(error), error.as_json())
    if isinstance(error, WebError):
        answer.headers.update(error.headers)
    return answer


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it
    said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:20])
    hint = "The parameters are described at /openapi.json."
    return refusal(request, 422, {"code": "usage", "message": said, "hint": hint})


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it
    if error.status_code == 400 and "exceeded maximum size" in str(error.detail):  # Starlette's, of one field
        return await _ours(request, RequestTooLarge("A field of the form is larger than 1 MiB."))
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "request")
    hint = "" if _is_page(request) else WebError.hint
    answer = refusal(request, error.status_code, {"code": code, "message": str(error.detail), "hint": hint})
    answer.headers.update(error.headers or {})
    return answer


async def _system(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)  # noqa: S101  registered for it
    return await _ours(request, named(error))


async def _fault(request: Request, _error: Exception) -> Response:  # which the server then logs
    hint = "The server's log says more."
    return refusal(request, 500, {"code": "fault", "message": "The server has a fault.", "hint": hint})
