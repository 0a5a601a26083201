"""The claims register: a YAML file in, claims out; every fault is named with its line."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from pipeline.claims import Claim, Event, Party, Response, StatusChange
from pipeline.errors import RegisterError
from pipeline.notice_rules import form
from pipeline.periods import period
from pipeline.yaml_text import Verbatim, loaded, without

ClaimType = Literal["construction", "warranty", "insurance", "other"]
Status = Literal["open", "submitted", "accepted", "part_accepted", "rejected", "arbitration", "closed"]
PartyRole = Literal["claimant", "respondent", "engineer", "insurer", "owner", "subcontractor", "other"]
Answer = Literal["accepted", "part_accepted", "rejected", "more_information"]
CLAIM_TYPES: tuple[str, ...] = get_args(ClaimType)
STATUSES: tuple[str, ...] = get_args(Status)
PARTY_ROLES: tuple[str, ...] = get_args(PartyRole)


def _period(value: int | str) -> int | str:
    """Days as a number, other periods as they are written. Raises ValueError for what is no period."""
    told = int(value) if isinstance(value, str) and value.isdecimal() else value
    period(told)
    return told


Word = Annotated[str, Field(min_length=1)]
LONGEST_ID = 200
Identifier = Annotated[Word, Field(pattern=r"^[^\s/]+$", max_length=LONGEST_ID)]
Span = Annotated[int | str, AfterValidator(_period)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Amount = Annotated[Decimal, Field(max_digits=30)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PartyEntry(_Entry):
    role: PartyRole
    name: Word
    aliases: tuple[Word, ...] = ()
    contract_role: Literal["employer", "contractor"] | None = None

    def party(self) -> Party:
        return Party(self.role, self.name, self.aliases, self.contract_role)


class ResponseEntry(_Entry):
    answer: Answer
    date: datetime.date
    amount: Amount | None = None
    currency: Currency | None = None
    evidence: Word | None = None
    note: str = ""

    def response(self) -> Response:
        return Response(self.answer, self.date, self.amount, self.currency, self.evidence, self.note)


class StatusEntry(_Entry):
    status: Status
    date: datetime.date
    evidence: Word | None = None
    note: str = ""

    def change(self) -> StatusChange:
        return StatusChange(self.status, self.date, self.evidence, self.note)


class EventEntry(_Entry):
    id: Identifier
    title: Word
    start: datetime.date | None = None
    date: datetime.date | None = None
    end: datetime.date | None = None
    aware: datetime.date | None = None
    description: str = ""
    keywords: tuple[Word, ...] = ()
    references: tuple[Word, ...] = ()
    instructed: bool = False
    responses: tuple[ResponseEntry, ...] = ()

    @model_validator(mode="after")
    def _one_time(self) -> EventEntry:
        if (self.start is None) == (self.date is None):
            raise ValueError("give either `date` or `start`")
        if self.end and self.end < (self.start or self.end):
            raise ValueError("`end` is before `start`")
        return self

    def event(self) -> Event:
        start = self.start or self.date
        assert start is not None  # noqa: S101  what _one_time has checked
        return Event(
            id=self.id,
            title=self.title,
            start=start,
            end=self.end,
            aware=self.aware,
            description=self.description,
            keywords=self.keywords,
            references=self.references,
            instructed=self.instructed,
            responses=tuple(entry.response() for entry in self.responses),
        )


class ClaimEntry(_Entry):
    id: Identifier
    title: Word
    type: ClaimType
    status: Status | None = None
    contract: Literal[
        "fidic-1999", "fidic-2017", "gf-2017-0201", "nec4", "none", "prc-insurance", "warranty"
    ] = "none"
    periods: dict[Word, Span] = Field(default_factory=dict)
    checklist: Annotated[Word, Field(pattern=r"^[\w-]+$")] | None = None
    history: tuple[StatusEntry, ...] = ()
    references: tuple[Word, ...] = ()
    currency: Currency | None = None
    amount: Amount | None = None
    parties: tuple[PartyEntry, ...] = ()
    events: tuple[EventEntry, ...] = ()

    @model_validator(mode="after")
    def _unique_events(self) -> ClaimEntry:
        if twice := _first_twice(event.id for event in self.events):
            raise ValueError(f"event {twice} stands twice")
        return self

    @model_validator(mode="after")
    def _known_periods(self) -> ClaimEntry:
        rules = form(self.contract)
        known = {step.key for step in (*rules.contractor, *rules.employer)}
        if unknown := sorted(set(self.periods) - known):
            told = ", ".join(sorted(known)) or "none"
            raise ValueError(f"{self.contract} has no step {unknown[0]} (`periods` may name: {told})")
        return self

    @property
    def _newest(self) -> str | None:
        newest = max(self.history, key=lambda entry: entry.date, default=None)
        return newest.status if newest else None

    def claim(self) -> Claim:
        return Claim(
            id=self.id,
            title=self.title,
            type=self.type,
            status=self.status or self._newest or "open",
            contract=self.contract,
            references=self.references,
            currency=self.currency,
            amount=self.amount,
            parties=tuple(entry.party() for entry in self.parties),
            events=tuple(event.event() for event in self.events),
            periods=tuple(self.periods.items()),
            checklist=self.checklist,
            history=tuple(entry.change() for entry in self.history),
        )


class Register(_Entry):
    claims: tuple[ClaimEntry, ...]


class _Loader(Verbatim):
    """Leaves dates as text too, so that a wrong one is named with its line like any other fault; takes a key once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                twice = f"{key.value} stands twice"
                raise yaml.constructor.ConstructorError(None, None, twice, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = dict(without(("timestamp",), Verbatim))


def read_register(path: Path) -> tuple[Claim, ...]:
    """The claims in a register file, in its order. Raises `RegisterError` naming file, line and what is wrong."""
    text = _text(path)
    try:
        content = loaded(text, _Loader)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise RegisterError(f"{path.name}, line {mark.line + 1 if mark else 1}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise RegisterError(f"{path.name}: {error}") from error
    try:
        entries = Register.model_validate(content).claims
    except ValidationError as error:
        raise RegisterError(_faults(path.name, node, error)) from error
    ids = [entry.id for entry in entries]
    if twice := _first_twice(iter(ids)):
        second = ids.index(twice, ids.index(twice) + 1)
        raise RegisterError(
            f"{path.name}, line {_line(node, ('claims', second))}: claim {twice} stands twice"
        )
    return tuple(entry.claim() for entry in entries)


def claim_of(body: Mapping[str, Any]) -> Claim:
    """The claim that `body_of` was given."""
    return ClaimEntry.model_validate(body).claim()


def body_of(claim: Claim) -> dict[str, Any]:
    """A claim as JSON, in the register's own form."""
    return {
        "id": claim.id,
        "title": claim.title,
        "type": claim.type,
        "status": claim.status,
        "contract": claim.contract,
        "references": list(claim.references),
        "currency": claim.currency,
        "amount": None if claim.amount is None else format(claim.amount, "f"),
        "parties": [_party_body(party) for party in claim.parties],
        "events": [_event_body(event) for event in claim.events],
        **({"periods": dict(claim.periods)} if claim.periods else {}),
        **({"checklist": claim.checklist} if claim.checklist else {}),
        **({"history": [_told(change.as_json()) for change in claim.history]} if claim.history else {}),
    }


def _party_body(party: Party) -> dict[str, Any]:
    body: dict[str, Any] = {"role": party.role, "name": party.name, "aliases": list(party.aliases)}
    return body | ({"contract_role": party.contract_role} if party.contract_role else {})


def _told(body: dict[str, Any]) -> dict[str, Any]:
    """What a register can tell of a response or a status: not who noted it."""
    return {key: value for key, value in body.items() if key not in ("actor", "seen")}


def _event_body(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "title": event.title,
        "start": event.start.isoformat(),
        "end": event.end.isoformat() if event.end else None,
        "aware": event.aware.isoformat() if event.aware else None,
        "description": event.description,
        "keywords": list(event.keywords),
        "references": list(event.references),
        **({"instructed": True} if event.instructed else {}),
        **({"responses": [_told(each.as_json()) for each in event.responses]} if event.responses else {}),
    }


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegisterError(f"{path.name} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error
    except OSError as error:
        raise RegisterError(f"{path} cannot be read: {error.strerror}", "Check the path.") from error


def _faults(name: str, node: yaml.Node | None, error: ValidationError) -> str:
    return "; ".join(
        f"{name}, line {_line(node, fault['loc'])}: "
        f"{''.join(f'{part}.' for part in fault['loc'])[:-1] or 'the register'}: "
        f"{fault['msg'].removeprefix('Value error, ')}"
        for fault in error.errors()[:20]
    )


def _line(node: yaml.Node | None, path: tuple[int | str, ...]) -> int:
    """The line (from 1) of the deepest node on the way to `path`."""
    line = node.start_mark.line if node else 0
    for part in path:
        found = _child(node, part)
        if found is None:
            break
        line, node = found
    return line + 1


def _child(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line, value
    return None


def _first_twice(ids: Iterator[str]) -> str | None:
    seen: set[str] = set()
    for found in ids:
        if found in seen:
            return found
        seen.add(found)
    return None
