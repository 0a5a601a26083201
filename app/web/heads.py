"""HEAD wherever GET is (RFC 9110, 9.3.2): the same head, and nothing sent of the body."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BY_PATH = "http.response.pathsend"
"""With this extension of ASGI a file is named, not read: it would be read for nothing."""


class Heads:
    """Has HEAD answered by the routes of GET, and keeps the body of their answers back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})

        # parts of a file are a matter of GET alone (RFC 9110, 14.2)
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        extensions = {**(scope.get("extensions") or {}), BY_PATH: {}}
        await self._app(
            {**scope, "method": "GET", "headers": headers, "extensions": extensions}, receive, headed
        )
