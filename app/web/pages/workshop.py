"""What keeps the place in order: settings, users, and whether all is there that the work needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.web.access import Admin, Handler, Opened, Unrestricted, state_of
from app.web.rendering import back_to, page
from flows.doctor import doctor_answer
from pipeline import people
from pipeline.addresses import without_secrets
from pipeline.settings import Settings

router = APIRouter()


@router.get("/settings")
def settings(request: Request, matter: Opened, visitor: Unrestricted) -> Response:
    """The settings that hold, which of them the workspace sets, and who may log in."""
    usual = dict(_flat(Settings().model_dump()))
    held = _flat(matter.settings.model_dump(by_alias=True))
    rows = [(name, _shown(name, value), usual.get(name)) for name, value in held]
    users = people.listed(matter) if visitor.may("admin") else []
    return page(request, visitor, "settings.html", rows=rows, users=users, root=matter.workspace.root.name)


def _shown(name: str, value: Any) -> Any:
    """A value without what only the program may know: it may stand in an address, or among a store's options."""
    if name.startswith("originals.options."):
        return "…"
    return without_secrets(value) if isinstance(value, str) and "://" in value else value


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
    return back_to(f"/jobs/{state_of(request).jobs.add('verify', {}, visitor.name)}")


@router.post("/doctor/reindex")
def reindex(request: Request, visitor: Admin, _: Unrestricted) -> Response:
    """Begin to build the search index anew."""
    return back_to(f"/jobs/{state_of(request).jobs.add('reindex', {'engine': None}, visitor.name)}")
