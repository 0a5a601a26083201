"""What keeps the place in order: settings, and whether all is there that the work needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from app.web.access import Admin, Handler, Opened, Unrestricted, state_of
from app.web.api.checking import verify as check
from app.web.rendering import back_to, page
from app.web.scope import Seen
from index.engines import engine_names
from pipeline.addresses import without_secrets
from pipeline.settings import Settings

router = APIRouter()
CHECKING = ("verify", "reindex", "stamp")


@router.get("/settings")
def settings(request: Request, matter: Opened, visitor: Unrestricted) -> Response:
    """The settings that hold, and which of them the workspace sets."""
    usual = dict(_flat(Settings().model_dump()))
    held = _flat(matter.settings.model_dump(by_alias=True))
    rows = [(name, _shown(name, value), usual.get(name)) for name, value in held]
    return page(request, visitor, "settings.html", rows=rows, root=matter.workspace.root.name)


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
    known = state_of(request).kept.checks()
    jobs = [row for row in state_of(request).jobs.newest() if row["kind"] in CHECKING][:5]
    return page(
        request,
        visitor,
        "doctor.html",
        known=known,
        answer=known.found,
        jobs=jobs,
        engines=engine_names(),
        engine=matter.settings.search_engine,
        can_stamp=matter.settings.timestamp is not None,
    )


@router.post("/doctor/verify")
async def verify(request: Request, scope: Seen, visitor: Handler, whole: Unrestricted) -> Response:
    """Begin to check every hash and the audit, or a bundle that is sent. Raises what the API raises."""
    job = await check(request, Response(), scope, visitor, whole)
    return back_to(f"/jobs/{job['id']}")


@router.post("/doctor/stamp")
def stamp(request: Request, visitor: Handler, _: Unrestricted) -> Response:
    """Begin to have the audit's head time-stamped."""
    return back_to(f"/jobs/{state_of(request).jobs.add('stamp', {'job': None}, visitor.name)}")


@router.post("/doctor/reindex")
def reindex(
    request: Request, visitor: Admin, _: Unrestricted, engine: Annotated[str, Form()] = ""
) -> Response:
    """Begin to build the search index anew."""
    wanted = engine if engine in engine_names() else None
    return back_to(f"/jobs/{state_of(request).jobs.add('reindex', {'engine': wanted}, visitor.name)}")
