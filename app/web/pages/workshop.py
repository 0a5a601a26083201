"""What keeps the place in order: settings, users, and whether all is there that the work needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.web.access import Admin, Handler, Opened, Unrestricted, state_of
from app.web.api.checking import NOTHING
from app.web.rendering import back_to, page
from pipeline import people
from pipeline.doctor import doctor_answer
from pipeline.settings import Settings

router = APIRouter()


@router.get("/settings")
def settings(request: Request, matter: Opened, visitor: Unrestricted) -> Response:
    """The settings that hold, which of them the workspace sets, and who may log in."""
    usual = dict(_flat(Settings().model_dump()))
    rows = [(name, value, usual[name]) for name, value in _flat(matter.settings.model_dump())]
    users = people.listed(matter) if visitor.may("admin") else []
    return page(request, visitor, "settings.html", rows=rows, users=users, root=matter.workspace.root.name)


def _flat(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", ", ".join(value) if isinstance(value, tuple | list) else value


@router.get("/doctor")
def doctor(request: Request, matter: Opened, visitor: Unrestricted) -> Response:
    """Every check, and how to mend what is not well."""
    answer, _ = doctor_answer(matter.workspace.root)
    jobs = [row for row in state_of(request).jobs.newest() if row["kind"] in ("verify", "reindex")][:5]
    return page(request, visitor, "doctor.html", answer=answer, jobs=jobs)


@router.post("/doctor/verify")
def verify(request: Request, visitor: Handler, _: Unrestricted) -> Response:
    """Begin to check every hash and the audit."""
    return back_to(f"/jobs/{state_of(request).jobs.add('verify', NOTHING, visitor.name)}")


@router.post("/doctor/reindex")
def reindex(request: Request, visitor: Admin, _: Unrestricted) -> Response:
    """Begin to build the search index anew."""
    return back_to(f"/jobs/{state_of(request).jobs.add('reindex', {'engine': None}, visitor.name)}")
