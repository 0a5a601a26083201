"""How long answers take, told with them where the server was started so."""

from __future__ import annotations

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "Server-Timing"


class Timed:
    """Puts the header `Server-Timing` (W3C) on every answer, in milliseconds: `app` from the moment when the
    application was handed the request until the answer's first byte, `cpu` what the whole process computed meanwhile
    (of others too, when it works on several requests)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, computed = time.perf_counter(), time.process_time()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                took, cpu = 1000 * (time.perf_counter() - begun), 1000 * (time.process_time() - computed)
                MutableHeaders(scope=message)[HEADER] = f"app;dur={took:.2f}, cpu;dur={cpu:.2f}"
            await send(message)

        await self._app(scope, receive, timed)
