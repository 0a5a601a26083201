"""Claims: the list, and each with its events, course, deadlines, ledger and gaps; from there to the bundle."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from markupsafe import Markup

from app.web.access import Handler, Present, Unrestricted, Visitor, field_of, state_of
from app.web.forms import BundleForm
from app.web.reckoning import ClaimShown, row_address
from app.web.rendering import NOTICE, back_to, page, speech_of
from app.web.replies import status_of
from app.web.scope import Scope, Seen
from app.web.wording import Speech
from pipeline import timeline
from pipeline.bundle.order import ORDERS
from pipeline.bundle.profile import names as profile_names
from pipeline.chronology import Row
from pipeline.claims import Claim, qualified
from pipeline.deadlines import Deadline
from pipeline.errors import RegisterError, UsageError
from pipeline.gaps import Gaps
from pipeline.judgement import import_claims
from pipeline.notice_rules import ANSWERS
from pipeline.notices import told
from pipeline.overview import Overview
from pipeline.records import glances, matters
from pipeline.register import STATUSES, read_register

router = APIRouter()
MOST_ROWS = 300
"""Lines of a chronology or a ledger that a page shows; the files to download hold all of them."""
MAINLAND = ("gf-2017-0201", "prc-insurance")
"""Notice rules of claims that go before courts and arbitrators of mainland China."""
FRESH_SECONDS = 3.0
"""How long somebody who changed something waits for the claim as it is now, rather than as it was."""
GLANCE_SECONDS = 0.08
"""How long anybody else does, where it took no longer the last time: a small matter is worked out so soon."""
STRETCHES = (1, 2, 4)
"""How many times as wide as the page the picture of a claim's course can be seen."""
MOST_LISTED = 60
"""Documents of one kind of gap that are listed."""


@router.get("/claims")
def claims(request: Request, scope: Seen, visitor: Present) -> Response:
    """All claims, and the form for a register."""
    return _all_claims(request, scope, visitor)


def _all_claims(
    request: Request, scope: Scope, visitor: Visitor, text: str = "", problem: RegisterError | None = None
) -> Response:
    """With the register that somebody sent, where it has faults: nobody writes it twice."""
    with scope.matter.reading() as tx:
        found = [claim for claim in matters.all_claims(tx) if visitor.sees(claim.id)]
        links = glances.verdict_counts(tx)
    around = {"claims": found, "links": links, "text": text, "problem": problem}
    return page(request, visitor, "claims.html", status_of(problem) if problem else 200, **around)


async def pasted(request: Request) -> str:
    """The register in a form, as long as a request may be. Raises `UsageError`."""
    said = await field_of(request, "text")
    if said is None:
        raise UsageError("The form holds no register.", "Send it in the field `text`.")
    return said


@router.post("/claims/import")
def imported(
    request: Request, scope: Seen, visitor: Handler, _: Unrestricted, text: Annotated[str, Depends(pasted)]
) -> Response:
    """Load or update claims from a register; one with faults comes back with them, by line."""
    with tempfile.TemporaryDirectory(dir=scope.matter.workspace.web, prefix="register-") as folder:
        file = Path(folder) / "register.yaml"
        file.write_text(text, encoding="utf-8")
        try:
            import_claims(scope.matter, read_register(file))
        except RegisterError as problem:
            return _all_claims(request, scope, visitor, text, problem)
    return back_to("/claims", "saved")


@router.get("/claims/{claim}")
def claim(request: Request, scope: Seen, visitor: Present, claim: str, stretch: str = "") -> Response:
    """One claim, its course drawn `stretch` times as wide. Raises `NotFound`."""
    wide = next((each for each in STRETCHES if str(each) == stretch), STRETCHES[0])
    decided = NOTICE in request.query_params  # whoever just changed something wants to see it
    known = state_of(request).kept.claim(scope.claim(claim), FRESH_SECONDS if decided else GLANCE_SECONDS)
    found = known.found.overview
    events = [(qualified(found.claim.id, event.id), event) for event in found.claim.events]
    rows, t = found.rows[:MOST_ROWS], speech_of(request)
    texts = {row.text: _called(row, found.names, t) for row in found.rows}
    jobs = [row for row in state_of(request).jobs.newest() if _is_bundle(row, found.claim.id)]
    return page(
        request,
        visitor,
        "claim.html",
        known=known,
        claim=found.claim,
        events=events,
        found=found,
        names={doc: name for doc, name in found.names.items() if scope.sees(doc)},
        gaps=_gaps(found.gaps, scope),
        picture=Markup(_put(_course(known.found, wide), texts)),  # noqa: S704  all of it is escaped where it is made
        stretch=wide,
        stretches=STRETCHES,
        rows=rows,
        texts=texts,
        told=told,
        by_event=_by_event(found),
        profiles=profile_names(),
        usual=usual_profile(found.claim),
        orders=ORDERS,
        statuses=STATUSES,
        answers=ANSWERS,
        can_stamp=scope.matter.settings.timestamp is not None,
        bundles=jobs[:5],
        most=MOST_LISTED,
        row_address=row_address,
    )


def _called(row: Row, names: Mapping[str, str], t: Speech) -> str:
    """What a line of the chronology says; a document without a title is called by its kind, in the language."""
    kind, colon, name = row.text.partition(": ")
    known = f"kind.{kind.lower().replace(' ', '_')}"
    if row.doc and colon and names.get(row.doc) == name and known in t.words:
        return f"{t.words[known]}{t('word.colon')}{name}"
    return row.text


def _put(picture: str, texts: Mapping[str, str]) -> str:
    """The picture with these texts in place of what it says."""
    for said, wanted in texts.items():
        if said != wanted:
            picture = picture.replace(html.escape(said), html.escape(wanted))
    return picture


def _course(shown: ClaimShown, stretch: int) -> str:
    """The picture of the claim's course: the one that is kept, or a wider one."""
    if stretch == STRETCHES[0]:
        return shown.picture
    found = shown.overview
    return timeline.as_part(found.rows, f"{found.claim.id}: {found.claim.title}", row_address, stretch)


def usual_profile(claim: Claim) -> str:
    """For whom the bundle of such a claim most likely is."""
    if claim.contract in MAINLAND or claim.currency == "CNY":
        return "cn"
    return "hk" if claim.currency == "HKD" else "uk"


def _is_bundle(row: Mapping[str, Any], claim: str) -> bool:
    return bool(row["kind"] == "export" and row["claim"] == claim)


def _gaps(found: Gaps, scope: Scope) -> Gaps:
    """The gaps without documents that may not be seen: those of no claim are for people who see all of them."""
    seen: Iterable[str] = (doc for doc in found.unlinked_documents if scope.sees(doc))
    return replace(found, unlinked_documents=tuple(seen))


def _by_event(found: Overview) -> dict[str, list[Deadline]]:
    steps: dict[str, list[Deadline]] = {}
    for deadline in found.deadlines:
        steps.setdefault(deadline.event, []).append(deadline)
    return steps


@router.post("/claims/{claim}/bundle")
def bundle(
    request: Request, scope: Seen, visitor: Handler, claim: str, said: Annotated[BundleForm, Form()]
) -> Response:
    """Begin to build the claim's bundle, and show how far it is. Raises `NotFound`."""
    job = state_of(request).jobs.add("export", said.model_dump(), visitor.name, scope.claim(claim))
    return back_to(f"/jobs/{job}")


@router.post("/claims/link")
def link_all(request: Request, visitor: Handler, _: Unrestricted) -> Response:
    """Propose links of all claims anew, and show how far it is."""
    return back_to(f"/jobs/{state_of(request).jobs.add('link', {}, visitor.name)}")


@router.post("/claims/{claim}/link")
def link(request: Request, scope: Seen, visitor: Handler, claim: str) -> Response:
    """Propose links anew, and show how far it is. Raises `NotFound`."""
    return back_to(f"/jobs/{state_of(request).jobs.add('link', {}, visitor.name, scope.claim(claim))}")
