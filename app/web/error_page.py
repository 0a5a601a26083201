"""Errors as people see them."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from app.web.access import Visitor, visitor_of
from app.web.rendering import page, speech_of
from app.web.replies import WebError


def error_page(request: Request, status: int, error: Mapping[str, str]) -> Response:
    """The page of an error `{"code", "message", "hint"}`."""
    told = speech_of(request).problem(error)
    return page(request, _visitor(request), "error.html", status, **told, status_code=status)


def _visitor(request: Request) -> Visitor | None:
    try:
        return visitor_of(request)
    except WebError:
        return None
