"""What every answer says to browsers, and what is turned away before any work is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.access import CHECKED_LATER, LARGEST, UNCHANGING
from app.web.options import ServeOptions
from app.web.replies import ForgedForm, RequestTooLarge, UnknownHost, WebError, refusal

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""No inline code, nothing from elsewhere, no frames."""
MOST_PASSED = 8 * LARGEST
"""Bytes of a request that is too large that are let by before the answer, unread."""
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""Set where a route did not set the header itself."""


class SecurityHeaders:
    """Puts `HEADERS` on every answer."""

    def __init__(self, app: ASGIApp, options: ServeOptions) -> None:
        self._app, self._secure = app, options.secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if self._secure:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, with_headers)


class HostCheck:
    """Turns away requests for a host name that the server was not given: so no name that an attacker points at
    this machine (DNS rebinding) reaches it."""

    def __init__(self, app: ASGIApp, options: ServeOptions) -> None:
        self._app, self._hosts = app, options.hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = Headers(scope=scope).getlist("host")
            if len(given) != 1 or host_of(given[0]) not in self._hosts:
                await _turn_away(send, UnknownHost("This server does not go by the name of the request."))
                return
        await self._app(scope, receive, send)


class Gate:
    """Turns away changes that come from the pages of another site, and requests that are too large."""

    def __init__(self, app: ASGIApp, options: ServeOptions) -> None:  # noqa: ARG002  as all of them are made
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in UNCHANGING:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if _foreign(headers):
            await _turn_away(send, ForgedForm("The request comes from another site's page."))
        elif scope["path"] in CHECKED_LATER:  # an upload, which has limits of its own
            await self._app(scope, receive, send)
        elif not _small(headers.get("content-length", "0")):
            await _too_large(scope, receive, send)
        else:
            await self._within(scope, receive, send)

    async def _within(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The request, as long as it is not too much: it need not say how long it is."""
        taken, more, begun = 0, True, False

        async def counted() -> Message:
            nonlocal taken, more
            if taken <= LARGEST:
                message = await receive()
                taken, more = taken + len(message.get("body", b"")), bool(message.get("more_body"))
            return message if taken <= LARGEST else {"type": "http.disconnect"}

        async def answered(message: Message) -> None:
            nonlocal begun
            if begun or taken <= LARGEST:  # what was made of a part of a request is no answer
                begun = True
                await send(message)

        try:
            await self._app(scope, counted, answered)
        except ClientDisconnect:
            if taken <= LARGEST:
                raise
        if taken > LARGEST and not begun:
            await _too_large(scope, receive, send, more)


def _small(length: str) -> bool:
    return length.isascii() and length.isdecimal() and int(length[:20]) <= LARGEST


def host_of(header: str) -> str:
    """The name in a Host header, without its port, in lower case; empty where it cannot be read."""
    name, colon, port = header.strip().casefold().rpartition(":")
    if not colon or "]" in port:
        name, port = header.strip().casefold(), ""
    return name.removesuffix(".") if not port or port.isdecimal() else ""


def _foreign(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.casefold() != headers.get("host", "").casefold()


async def _too_large(scope: Scope, receive: Receive, send: Send, more: bool = True) -> None:
    """Tell so, once it was sent: a browser whose connection ends while it sends shows its own page instead."""
    passed = 0
    while more and passed <= MOST_PASSED:
        message = await receive()
        passed += len(message.get("body", b""))
        more = bool(message.get("more_body"))
    error = RequestTooLarge(f"The request is larger than {LARGEST // 2**20} MiB.")
    answer = await run_in_threadpool(refusal, Request(scope), error.status, error.as_json())
    await answer(scope, receive, send)


async def _turn_away(send: Send, error: WebError) -> None:
    body = json.dumps({"error": error.as_json()}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
