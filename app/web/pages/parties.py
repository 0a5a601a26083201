"""The book of parties: which names mean one, why, and what people say of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from app.web.access import Handler, Opened, Unrestricted, state_of
from app.web.addresses import neighbours
from app.web.rendering import back_to, page
from index.words import compact
from pipeline.partybook.edit import merge, part, rename
from pipeline.partybook.entries import Entry

router = APIRouter()
ROWS = 60


@router.get("/parties")
def parties(
    request: Request,
    visitor: Unrestricted,
    find: Annotated[str, Query(max_length=300)] = "",
    offset: Annotated[int, Query(ge=0, le=10**7)] = 0,
) -> Response:
    """The parties with most documents first; with `find`, those with such a name."""
    known = state_of(request).kept.parties()
    found = sorted(
        (one for one in known.found if _is_called(one, compact(find))), key=lambda one: -one.documents
    )
    return page(
        request,
        visitor,
        "parties.html",
        find=find,
        known=known,
        rows=found[offset : offset + ROWS],
        total=len(found),
        offset=offset,
        **neighbours("/parties", {"find": find}, offset, ROWS, len(found)),
    )


def _is_called(one: Entry, wanted: str) -> bool:
    return not wanted or any(wanted in compact(name) for name in (one.name, *one.aliases))


@router.post("/parties/rename")
def renamed(
    matter: Opened,
    _: Handler,
    __: Unrestricted,
    old: Annotated[str, Form(max_length=300)],
    new: Annotated[str, Form(max_length=300)],
    back: Annotated[str, Form()] = "/parties",
) -> Response:
    """Call a party by another name. Raises `NotFound`, `UsageError`."""
    rename(matter, old, new)
    return back_to(back, "saved", "/parties")


@router.post("/parties/merge")
def merged(
    matter: Opened,
    _: Handler,
    __: Unrestricted,
    name: Annotated[str, Form(max_length=300)],
    other: Annotated[str, Form(max_length=300)],
    undo: Annotated[bool, Form()] = False,
    back: Annotated[str, Form()] = "/parties",
) -> Response:
    """Say that `other` is a name of the party, or with `undo` that it is not. Raises `NotFound`, `UsageError`."""
    (part if undo else merge)(matter, name, [other])
    return back_to(back, "saved", "/parties")
