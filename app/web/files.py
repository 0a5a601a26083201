"""Files as answers: nothing in them runs in the browser, and their names are text, never paths or headers."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from pipeline.harmless import safe_name

INERT = "sandbox; default-src 'none'"
FOR_EVER = "private, max-age=31536000, immutable"
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


def attachment(
    path: Path, name: str, media_type: str = "application/octet-stream", then: BackgroundTask | None = None
) -> FileResponse:
    """A file to be saved under this name, whatever the name holds."""
    headers = {
        "Content-Disposition": disposition(name),
        "Content-Security-Policy": INERT,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return FileResponse(path, media_type=media_type, headers=headers, background=then)


def disposition(name: str) -> str:
    """Content-Disposition for a file of this name: plain ASCII for old programs, all of it by RFC 8187."""
    safe = safe_name(name.encode("utf-8", "replace").decode())
    plain = _PLAIN.sub("_", safe).strip("_.") or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def made_file(content: str | bytes, media_type: str, name: str) -> Response:
    """What was made for this answer, to be saved."""
    return Response(
        content.encode("utf-8", "replace") if isinstance(content, str) else content,
        media_type=media_type,
        headers={"Content-Disposition": disposition(name), "Content-Security-Policy": "sandbox"},
    )
