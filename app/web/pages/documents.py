"""A document: its pages as pictures and text with what was found on them, what people say of it, and its history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from app.web.access import Handler, Present, state_of
from app.web.addresses import with_query
from app.web.api import deciding
from app.web.forms import ValueForm
from app.web.leaf import leaf
from app.web.rendering import back_to, page, speech_of
from app.web.scope import Scope, Seen
from extractors.facts.fact import PARTY_ROLES
from extractors.facts.finding import Language
from extractors.kinds import KINDS
from pipeline.claims import qualified
from pipeline.contradictions import is_corrected
from pipeline.correspondence.graph import Correspondence
from pipeline.evidence import Summary, name_of
from pipeline.judgement import AUTO, MARKS, correct, judge, mark, take_back
from pipeline.linking.explained import explained
from pipeline.links import STANCES
from pipeline.page_pictures import has_pictures
from pipeline.records import arrivals, documents, findings, glances, likenesses, matters, precedents, rulings
from pipeline.records.said import of_value
from pipeline.rulings import FINDING, SUM_ROLES

router = APIRouter()
ZOOMS = ("fit", "100", "150", "200")
MOST_ELSEWHERE = 200
"""Facts of other pages that are listed."""
PRIVILEGED = "privileged"
WAIT_SECONDS = 0.05
"""How long the page waits for its correspondence; what takes longer is shown when it is loaded again."""


@router.get("/documents/{doc}")
def document(
    request: Request,
    scope: Seen,
    visitor: Present,
    doc: str,
    number: Annotated[int, Query(alias="page")] = 1,
    find: str = "",
    zoom: str = "fit",
) -> Response:
    """One page of a document and all about the document. Raises `NotFound`."""
    wanted = scope.document(doc)
    kept = state_of(request).kept
    letters = kept.begin_letters(wanted)
    with scope.matter.reading() as tx:
        found = documents.summary(tx, wanted)
        shown = leaf(tx, found, number, find, speech_of(request)) if found.page_count else None
        about = {**_people(tx, scope, found), **_around(tx, scope, found)}
    about |= _letters(kept.letters(found.id, letters, WAIT_SECONDS), scope)
    state_of(request).trail.note(visitor.name, "viewed", found.id)
    at = {"page": number if number != 1 else None, "find": find, "zoom": zoom if zoom in ZOOMS[1:] else None}
    return page(
        request,
        visitor,
        "document.html",
        doc=found,
        leaf=shown,
        number=number,
        find=find,
        zoom=zoom if zoom in ZOOMS else ZOOMS[0],
        zooms=ZOOMS,
        pictured=has_pictures(found.media_type, number) and shown is not None,
        elsewhere=shown.elsewhere[:MOST_ELSEWHERE] if shown else (),
        address=lambda **changed: with_query(f"/documents/{found.id}", {**at, **changed}),
        kinds=KINDS,
        auto=AUTO,
        roles=PARTY_ROLES,
        sum_roles=SUM_ROLES,
        marks=MARKS,
        stances=STANCES,
        **about,
    )


def _people(tx: sa.Connection, scope: Scope, found: Summary) -> dict[str, Any]:
    """What rules and people say of the document: its links, what they may be linked to besides, and why its kind."""
    claims = [claim for claim in matters.all_claims(tx) if scope.visitor.sees(claim.id)]
    titles = {qualified(claim.id, event.id): event.title for claim in claims for event in claim.events}
    links = [link for link in matters.link_list(tx, document=found.id) if link.event in titles]
    linked = {link.event for link in links}
    return {
        "links": links,
        "titles": titles,
        "unlinked": [event for event in titles if event not in linked],
        "kind_why": documents.kind_why(tx, found.id),
        "like": [one for one in precedents.precedent_list(tx, found.id) if scope.sees(one["doc"])],
        "labels": arrivals.label_list(tx, found.id),
        "rulings": [one for one in rulings.of_document(tx, found.id) if one.kind != FINDING],
        "findings": _contradictions(tx, found.id),
    }


@dataclass(frozen=True, slots=True)
class _Contradiction:
    """A finding as the page tells of it: whether anybody looked at it, and answered (`said`) or put a sum right."""

    message: Callable[[Language], str]
    code: str
    parts: str
    settled: bool
    said: bool
    mended: bool


def _contradictions(tx: sa.Connection, document: str) -> list[_Contradiction]:
    held = findings.finding_list(tx, document)
    done = findings.answered(tx, {document: held}).get(document, frozenset())
    stands = {name_of(one): of_value(tx, document, FINDING, *name_of(one)) for one in held}
    return [
        _Contradiction(
            one.message,
            *name_of(one),
            settled=name_of(one) in done,
            said=(answer := stands[name_of(one)]) is not None,
            mended=answer is None or is_corrected(answer.value),
        )
        for one in held
    ]


def _around(tx: sa.Connection, scope: Scope, found: Summary) -> dict[str, Any]:
    """The documents around it, and what was done with it."""
    near = [one for one in likenesses.likeness_list(tx, found.id) if scope.sees(one.other)]
    family = [one for one in (found.parent, *found.children) if one and scope.sees(one)]
    told = scope.history(entry.as_json() for entry in glances.history_of(tx, found.id))
    return {
        "near": near,
        "family": family,
        "names": _names(tx, [*family, *(one.other for one in near)]),
        "history": told,
    }


def _letters(found: Correspondence | None, scope: Scope) -> dict[str, Any]:
    """Who answers whom, as far as it may be seen; `letters_later` when it is still worked out."""
    told = (found or Correspondence()).as_json()
    return {
        "answers": [one for one in told["answers"] if scope.sees(one["doc"])],
        "answered_by": [one for one in told["answered_by"] if scope.sees(one["doc"])],
        "cites_missing": told["cites_missing"],
        "letters_later": found is None,
    }


def _names(tx: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    return {one.id: one.name for one in documents.summaries(tx, ids)}


@router.post("/documents/{doc}/verdict")
def verdict(
    scope: Seen,
    _: Handler,
    doc: str,
    event: Annotated[str, Form()],
    said: Annotated[str, Form(alias="verdict")],
    back: Annotated[str, Form()] = "",
) -> Response:
    """Confirm or reject a link. Raises `NotFound`, `UsageError`."""
    chosen = said if said in ("confirmed", "rejected") else "rejected"
    found = judge(scope.matter, scope.document(doc), scope.event(event), chosen)
    return back_to(back, chosen, f"/documents/{found['doc']}")


@router.post("/documents/{doc}/corrections")
def corrections(
    scope: Seen,
    _: Handler,
    doc: str,
    kind: Annotated[str, Form()] = "",
    date: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
    party: Annotated[str, Form()] = "",
    sum_role: Annotated[str, Form()] = "",
    amount: Annotated[str, Form(max_length=60)] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Correct what was read: only what differs from it is noted. Raises `NotFound`, `UsageError`."""
    found = scope.summary(doc)
    correct(
        scope.matter,
        found.id,
        kind=kind if kind and kind != found.kind else None,
        date=date if date and date != str(found.date) else None,
        title=title.strip() if title.strip() and title.strip() != found.title else None,
        parties=[f"{role}={party.strip()}"] if party.strip() else (),
        amounts=[f"{sum_role}={amount.strip()}"] if amount.strip() else (),
    )
    return back_to(back, "corrected", f"/documents/{found.id}")


@router.post("/documents/{doc}/corrections/withdraw")
def withdrawn(
    scope: Seen,
    _: Handler,
    doc: str,
    field: Annotated[Literal["kind", "date", "title", "party", "amount"], Form()],
    role: Annotated[str, Form(max_length=40)],
    back: Annotated[str, Form()] = "",
) -> Response:
    """Take a correction back: what was read stands again. Raises `NotFound`."""
    found = take_back(scope.matter, scope.document(doc), field, role)
    return back_to(back, "undone", f"/documents/{found['doc']}")


@router.post("/documents/{doc}/values")
def values(scope: Seen, visitor: Handler, doc: str, said: Annotated[ValueForm, Form()]) -> Response:
    """Say of a value that it is right, what it is, or that it is none. Raises `NotFound`, `UsageError`."""
    found = deciding.value(doc, said, scope, visitor)
    return back_to(said.back, "undone" if said.clear else "corrected", f"/documents/{found['doc']}")


@router.get("/documents/{doc}/why")
def why(
    request: Request,
    scope: Seen,
    visitor: Present,
    doc: str,
    event: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """What speaks for and against a link. Raises `NotFound`, `UsageError`."""
    found = scope.summary(doc)
    told = explained(scope.matter, found.id, scope.event(event))
    return page(request, visitor, "why.html", doc=found, told=told)


@router.post("/documents/{doc}/marks")
def marks(
    scope: Seen,
    _: Handler,
    doc: str,
    what: Annotated[str, Form(alias="mark", max_length=40)] = PRIVILEGED,
    clear: Annotated[bool, Form()] = False,
    back: Annotated[str, Form()] = "",
) -> Response:
    """Mark a document, or take a mark away. Raises `NotFound`, `UsageError`."""
    found = mark(scope.matter, scope.document(doc), what, clear)
    notice = "unmarked" if clear else "marked" if what == PRIVILEGED else "saved"
    return back_to(back, notice, f"/documents/{found['doc']}")
