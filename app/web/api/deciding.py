"""What people decide: verdicts, corrections, marks, the book of parties, the claims register."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field

from app.answers import review_answer
from app.web import models
from app.web.access import Handler, Opened, Unrestricted, state_of
from app.web.dates import DAY, Money
from app.web.scope import Seen
from app.web.values import OneOf, at_most_one, either, one_given
from extractors.facts.fact import PARTY_ROLES
from extractors.kinds import KINDS
from pipeline.claims import qualified
from pipeline.contradictions import answer_finding, clear_finding
from pipeline.course import respond, set_status, undo_response, undo_status
from pipeline.errors import UsageError
from pipeline.judgement import (
    AUTO,
    MARKS,
    correct,
    import_claims,
    judge,
    mark,
    rule,
    take_stance,
    unrule,
)
from pipeline.links import Stance
from pipeline.notice_rules import ANSWERS
from pipeline.partybook.edit import merge, part, rename
from pipeline.register import STATUSES, read_register
from pipeline.rulings import FINDING, RELIED_ON, SUM_ROLES

router = APIRouter(tags=["deciding"], responses=models.REFUSALS)

Name = Annotated[str, Field(min_length=1, max_length=500)]
EventName = Annotated[str, Field(min_length=3, max_length=500, pattern="^[^/]+/", description="CLAIM/EVENT.")]
Note = Annotated[str, Field(max_length=2000)]
Currency = Annotated[str | None, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")]
_STRICT = ConfigDict(extra="forbid")


class Verdict(BaseModel):
    """That a document is, or is not, evidence of an event (CLAIM/EVENT)."""

    model_config = _STRICT | {
        "json_schema_extra": {"examples": [{"doc": "3f9a", "event": "CLM-001/E1", "verdict": "confirmed"}]}
    }

    doc: Name
    event: EventName
    verdict: Literal["confirmed", "rejected"]
    stance: Stance | None = None


class StanceSaid(BaseModel):
    """What linked evidence does for an event; null takes back what was said."""

    model_config = _STRICT

    doc: Name
    event: EventName
    stance: Stance | None


class PartySaid(BaseModel):
    """A party in a role; the name "auto" takes a correction back."""

    model_config = _STRICT

    role: Annotated[str, OneOf(PARTY_ROLES)]
    name: Annotated[str, Field(max_length=500, pattern=r"\S")]


class AmountSaid(BaseModel):
    """A sum in a role; null takes a correction back."""

    model_config = _STRICT

    role: Annotated[str, OneOf(SUM_ROLES)]
    value: Money
    currency: Currency = None

    def said(self) -> str:
        """As `correct` takes it."""
        if self.value is None:
            return f"{self.role}={AUTO}"
        return f"{self.role}={self.value:f} {self.currency or ''}"


class ValueSaid(BaseModel):
    """A value that was read in a role, as `gaps` tells of it: that it is right, what it is (`value`), that there is
    none such (`wrong`), or that what was said of it is taken back (`clear`).

    Of a finding `role` is the code and `read` the message: it is accepted, or the sum that is wrong is `value`."""

    model_config = _STRICT | {
        "json_schema_extra": {
            "examples": [
                {"kind": "amount", "role": "total", "read": "84500.00 USD", "value": "34500.00 USD"}
            ],
            **at_most_one("value", "wrong", "clear"),
        }
    }

    kind: Annotated[str, OneOf((*RELIED_ON, FINDING))]
    role: Name
    read: Name
    value: Name | None = None
    wrong: bool = False
    clear: bool = False


class Corrections(BaseModel):
    """What a document's kind (auto: as it was read), date, title, parties or sums are."""

    model_config = _STRICT | {
        "json_schema_extra": {
            "examples": [{"kind": "invoice", "date": "2023-03-14"}],
            **one_given("kind", "date", "title", "parties", "amounts"),
        }
    }

    kind: Annotated[str, OneOf((*KINDS, AUTO))] | None = None
    date: Annotated[str, Field(pattern=f"^({DAY}|{AUTO})$")] | None = None
    title: Annotated[str, Field(max_length=2000)] | None = None
    parties: Annotated[list[PartySaid], Field(max_length=100)] = []
    amounts: Annotated[list[AmountSaid], Field(max_length=20)] = []


class StatusSaid(BaseModel):
    """That a claim came to have a status on a day (today unless given), or that the last one is taken back."""

    model_config = _STRICT | {"json_schema_extra": either("status", "undo")}

    status: Annotated[str, OneOf(STATUSES)] | None = None
    date: datetime.date | None = None
    evidence: Name | None = None
    note: Note = ""
    undo: bool = False


class Answered(BaseModel):
    """What the other side answered for an event, or that the last answer is taken back."""

    model_config = _STRICT | {"json_schema_extra": either("answer", "undo")}

    answer: Annotated[str, OneOf(ANSWERS)] | None = None
    date: datetime.date | None = None
    amount: Money = None
    currency: Currency = None
    evidence: Name | None = None
    note: Note = ""
    undo: bool = False


class MarkSaid(BaseModel):
    """A mark, or that it is to be taken away."""

    model_config = _STRICT

    mark: Annotated[str, OneOf(MARKS)]
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
    return judge(scope.matter, scope.document(said.doc), scope.event(said.event), said.verdict, said.stance)


@router.get("/review", responses=models.ok(models.Waiting))
def waiting(scope: Seen) -> dict[str, int]:
    """How much waits for a person in each queue: `claimtrail review`."""
    claims = None if scope.whole else scope.claims()
    return review_answer(scope.matter, claims, scope.known())


@router.post("/links/stance")
def stance(said: StanceSaid, scope: Seen, _: Handler) -> dict[str, Any]:
    """What linked evidence does for an event; it outlives every re-run: `claimtrail stance`."""
    return take_stance(scope.matter, scope.document(said.doc), scope.event(said.event), said.stance)


@router.post("/documents/{doc}/corrections")
def corrections(doc: str, said: Corrections, scope: Seen, _: Handler) -> dict[str, Any]:
    """A person's corrections of what was read; they outlive every re-run: `claimtrail correct`."""
    parties = [f"{party.role}={party.name}" for party in said.parties]
    amounts = [amount.said() for amount in said.amounts]
    return correct(scope.matter, scope.document(doc), said.kind, said.date, said.title, parties, amounts)


@router.post("/documents/{doc}/values")
def value(doc: str, said: ValueSaid, scope: Seen, _: Handler) -> dict[str, Any]:
    """What a person says of a single value; it outlives every re-run: `claimtrail settle`."""
    if (said.value is not None) + said.wrong + said.clear > 1:
        raise UsageError("What is it?", "Give one of value, wrong and clear, or none where it is right.")
    wanted, of = scope.document(doc), (said.kind, said.role, said.read)
    if said.kind == FINDING:
        return _of_finding(said, scope, wanted)
    if said.clear:
        return unrule(scope.matter, wanted, *of)
    return rule(scope.matter, wanted, *of, None if said.wrong else said.value or said.read)


def _of_finding(said: ValueSaid, scope: Seen, document: str) -> dict[str, Any]:
    if said.wrong:
        raise UsageError("A finding is no value.", "Accept it as it is, or say with value what the sum is.")
    if said.clear:
        return clear_finding(scope.matter, document, said.role, said.read)
    return answer_finding(scope.matter, document, said.role, said.read, said.value)


@router.post("/documents/{doc}/marks")
def marks(doc: str, said: MarkSaid, scope: Seen, _: Handler) -> dict[str, Any]:
    """Mark a document, or take a mark away; some marks keep it out of bundles: `claimtrail mark`."""
    return mark(scope.matter, scope.document(doc), said.mark, said.clear)


@router.post("/claims/{claim}/status")
def status(claim: str, said: StatusSaid, scope: Seen, _: Handler) -> dict[str, Any]:
    """Note that a claim came to have a status, or take the last one back: `claimtrail claims status`."""
    if said.undo == (said.status is not None):
        raise UsageError("Say either a status or that the last is taken back.", "Give status, or undo.")
    wanted, evidence = scope.claim(claim), None if said.evidence is None else scope.document(said.evidence)
    if said.status is None:
        return undo_status(scope.matter, wanted)
    return set_status(scope.matter, wanted, said.status, said.date, evidence, said.note)


@router.post("/claims/{claim}/events/{event}/responses")
def responses(claim: str, event: str, said: Answered, scope: Seen, _: Handler) -> dict[str, Any]:
    """Note what the other side answered for an event, or take the last back: `claimtrail claims respond`."""
    if said.undo == (said.answer is not None):
        raise UsageError("Say either an answer or that the last is taken back.", "Give answer, or undo.")
    wanted = qualified(scope.claim(claim), event)
    if said.answer is None:
        return undo_response(scope.matter, wanted)
    evidence = None if said.evidence is None else scope.document(said.evidence)
    told = (said.answer, said.date, said.amount, said.currency, evidence, said.note)
    return respond(scope.matter, wanted, *told)


@router.get("/parties")
def parties(request: Request, _: Unrestricted) -> list[dict[str, Any]]:
    """The parties of register and documents, and why their names are one party's: `claimtrail parties list`."""
    return [entry.as_json() for entry in state_of(request).kept.parties_as_they_stand()]


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
