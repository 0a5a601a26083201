"""What people decide: verdicts, corrections, marks, the book of parties, the claims register."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from app.web import models
from app.web.access import Handler, Opened, Unrestricted
from app.web.scope import Seen
from pipeline.judgement import correct, import_claims, judge, mark
from pipeline.partybook.edit import merge, part, rename
from pipeline.partybook.entries import entries
from pipeline.register import read_register

router = APIRouter(tags=["deciding"], responses=models.REFUSALS)

Name = Annotated[str, Field(min_length=1, max_length=500)]
_STRICT = ConfigDict(extra="forbid")


class Verdict(BaseModel):
    """That a document is, or is not, evidence of an event (CLAIM/EVENT)."""

    model_config = _STRICT | {
        "json_schema_extra": {"examples": [{"doc": "3f9a", "event": "CLM-001/E1", "verdict": "confirmed"}]}
    }

    doc: Name
    event: Name
    verdict: Literal["confirmed", "rejected"]


class PartySaid(BaseModel):
    """A party in a role."""

    model_config = _STRICT

    role: Name
    name: Name


class Corrections(BaseModel):
    """What a document's kind (auto: as it was read), date, title or parties are."""

    model_config = _STRICT | {"json_schema_extra": {"examples": [{"kind": "invoice", "date": "2023-03-14"}]}}

    kind: Name | None = None
    date: Name | None = None
    title: Annotated[str, Field(max_length=2000)] | None = None
    parties: Annotated[list[PartySaid], Field(max_length=100)] = []


class MarkSaid(BaseModel):
    """A mark, or that it is to be taken away."""

    model_config = _STRICT

    mark: Literal["privileged"]
    clear: bool = False


class Merged(BaseModel):
    """That these are (with `undo`: are not) names of the party `name`."""

    model_config = _STRICT

    name: Name
    others: Annotated[list[Name], Field(min_length=1, max_length=100)]
    undo: bool = False


class Renamed(BaseModel):
    """What a party is called from now on."""

    model_config = _STRICT

    old: Name
    new: Name


@router.post("/links/verdict")
def verdict(said: Verdict, scope: Seen, _: Handler) -> dict[str, Any]:
    """A person's verdict on a link; it outlives every re-run: `claimtrail confirm` and `reject`."""
    return judge(scope.matter, scope.document(said.doc), scope.event(said.event), said.verdict)


@router.post("/documents/{doc}/corrections")
def corrections(doc: str, said: Corrections, scope: Seen, _: Handler) -> dict[str, Any]:
    """A person's corrections of what was read; they outlive every re-run: `claimtrail correct`."""
    parties = [f"{party.role}={party.name}" for party in said.parties]
    return correct(scope.matter, scope.document(doc), said.kind, said.date, said.title, parties)


@router.post("/documents/{doc}/marks")
def marks(doc: str, said: MarkSaid, scope: Seen, _: Handler) -> dict[str, Any]:
    """Mark a document privileged: it stays out of bundles: `claimtrail mark`."""
    return mark(scope.matter, scope.document(doc), said.mark, said.clear)


@router.get("/parties")
def parties(matter: Opened, _: Unrestricted) -> list[dict[str, Any]]:
    """The parties of register and documents, and why their names are one party's: `claimtrail parties list`."""
    with matter.reading() as tx:
        return [entry.as_json() for entry in entries(tx)]


@router.post("/parties/merge")
def merged(said: Merged, matter: Opened, _: Handler, __: Unrestricted) -> dict[str, Any]:
    """Say that names are one party's, or not after all: `claimtrail parties merge`."""
    return (part if said.undo else merge)(matter, said.name, said.others)


@router.post("/parties/rename")
def renamed(said: Renamed, matter: Opened, _: Handler, __: Unrestricted) -> dict[str, Any]:
    """Call a party by another name; the old one stays an alias: `claimtrail parties rename`."""
    return rename(matter, said.old, said.new)


@router.post("/claims/import")
def imported(
    register: Annotated[
        bytes,
        Body(media_type="application/yaml", description="The claims register, as the guide describes it."),
    ],
    matter: Opened,
    _: Handler,
    __: Unrestricted,
) -> Any:
    """Load or update claims from a register; people's verdicts stay: `claimtrail claims import`."""
    with tempfile.TemporaryDirectory(dir=matter.workspace.web, prefix="register-") as folder:
        file = Path(folder) / "register.yaml"
        file.write_bytes(register)
        return import_claims(matter, read_register(file))
