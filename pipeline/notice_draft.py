"""A draft notice of claim for one event: 索赔意向通知书, notice of claim, notification of a compensation event.

Its parts are those that the forms ask for: to whom, under which clause, what happened and when it was known, what is
claimed, that particulars follow, that rights are reserved (in China GB/T 50319-2013, form C.0.3). It states no fact
without its page. What the records do not know is a blank. Privileged documents are left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.casefile import CaseFile
from pipeline.claims import Event
from pipeline.deadlines import Deadline, deadlines
from pipeline.errors import NoNotice, NotFound
from pipeline.ledger import ledger, money
from pipeline.notice_rules import Form, Step, form
from pipeline.notices import claimants_side
from pipeline.papers.citing import Bundled, Citer
from pipeline.papers.figures import said
from pipeline.papers.paper import Paper, Section, Statement, Table
from pipeline.papers.telling import bearing_out, quotations
from pipeline.papers.words import Words
from pipeline.periods import period
from pipeline.wording import vocabulary

WORDS = Path(__file__).with_suffix(".yaml")
NOTICE, PARTICULARS = "notice", "particulars"


@dataclass(frozen=True)
class Notice:
    """A draft notice as a paper. `due` is the last day for it, None where no period is known; `given` the page of a
    notice that the evidence holds already."""

    event: str
    rule: str
    clause: str
    due: datetime.date | None
    given: tuple[str, int] | None
    to: tuple[str, ...]
    paper: Paper

    def as_json(self) -> dict[str, Any]:
        """`{"event", "rule", "clause", "due", "given", "to", "title", "notes", "statements"}`."""
        return {
            "event": self.event,
            "rule": self.rule,
            "clause": self.clause,
            "due": self.due.isoformat() if self.due else None,
            "given": {"doc": self.given[0], "page": self.given[1]} if self.given else None,
            "to": list(self.to),
            "title": self.paper.title,
            "notes": list(self.paper.notes),
            "statements": [
                {"text": s.text, "doc": s.doc, "page": s.page}
                for section in self.paper.sections
                for s in section.statements
            ],
        }


def notice_draft(
    case: CaseFile,
    event_id: str,
    today: datetime.date,
    language: str,
    bundle: Bundled | None = None,
    beside: Path | None = None,
) -> Notice:
    """The draft for an event of the claim. Raises `NotFound`; `NoNotice` where the contract form asks for none."""
    case = case.without_privileged()
    event = case.claim.event(event_id)
    if event is None:
        raise NotFound(
            f"Claim {case.claim.id} has no event {event_id!r}.",
            f"See claimtrail claims show {case.claim.id}.",
        )
    draft = _Draft(case, event, today, Words(WORDS, language))
    order = {found.id: number for number, found in enumerate(draft.evidence, 1)}
    return draft.notice(Citer(draft.words, order, bundle, beside))


class _Draft:
    """Writes one notice."""

    def __init__(self, case: CaseFile, event: Event, today: datetime.date, words: Words) -> None:
        self.case, self.event, self.today, self.words = case, event, today, words
        self.name = case.name_of(event)
        self.rules: Form = form(case.claim.contract)
        self.side = claimants_side(case)
        self.step = self._step(NOTICE)
        linked = {found.id for found in case.evidence_of(event)}
        self.evidence = [found for found in case.in_order() if found.id in linked]
        self.clocks = {clock.step: clock for clock in deadlines(case, today) if clock.event == self.name}

    def _step(self, key: str) -> Step:
        steps = {step.key: step for step in self.rules.steps(self.side)}
        if key in steps:
            return steps[key]
        raise NoNotice(
            f"{self.case.claim.id}: contract form {self.rules.name!r} sets no notice for this claim."
        )

    def notice(self, citer: Citer) -> Notice:
        clock = self.clocks.get(NOTICE)
        proof = clock.done_evidence if clock else None
        paper = Paper(
            language=self.words.language,
            title=self._of_form("title"),
            header=f"{self.words('draft')} · {self.name}",
            sections=tuple(self._sections()),
            citing=citer,
            labels=self.words.labels(),
            notes=tuple(self._notes(clock)),
            numbered=False,
        )
        return Notice(
            event=self.name,
            rule=self.rules.name,
            clause=self.step.clause,
            due=clock.due if clock else None,
            given=(proof.doc, proof.page) if proof else None,
            to=tuple(self._parties("to")),
            paper=paper,
        )

    def _of_form(self, key: str) -> str:
        """The sentence of this contract form, or that of all."""
        own = f"{key}_{self.rules.name}"
        return self.words(own if self.words.has(own) else key)

    def _notes(self, clock: Deadline | None) -> Iterator[str]:
        """For whoever finishes the draft; they do not go out."""
        yield self.words("note")
        if clock is None:
            yield self.words("due_unknown", clause=self.words.clause(self.step.clause))
            return
        clause = self.words.clause(clock.clause)
        if clock.done is not None:
            yield self.words("given_already", day=clock.done, due=clock.due)
        elif clock.due < self.today:
            yield self.words("overdue", due=clock.due, clause=clause, days=(self.today - clock.due).days)
        else:
            yield self.words("due", due=clock.due, clause=clause, days=(clock.due - self.today).days)

    def _sections(self) -> Iterator[Section]:
        yield Section("", (self._head(),))
        yield Section(self.words("opening_heading"), (self._opening(),))
        yield Section(self.words("event_heading"), tuple(self._happened()))
        yield Section(self.words("aware_heading"), (self._aware(),))
        yield Section(self.words("claimed_heading"), tuple(self._claimed()), items=True)
        yield Section(self.words("follow_heading"), tuple(self._following()))
        yield Section(
            self.words("evidence_heading"), (self._evidence(),) if self.evidence else (self._no_evidence(),)
        )
        yield Section("", (self._signature(),))

    def _head(self) -> Table:
        claim = self.case.claim
        references = self.words("and").join(claim.references) or self.words("blank_contract")
        contract = self.words("contract_form", references=references, form=self.words.title(self.rules.name))
        rows = [
            ("from", self._party("claimant")),
            ("to", self.words("and").join(self._parties("to"))),
            ("copy", self.words("and").join(self._parties("copy"))),
            ("date", self.words("blank_date")),
            ("our_reference", self.words("blank_reference")),
            ("contract", contract if claim.references else references),
            ("subject", self.words("subject_line", title=self.event.title, event=self.name)),
        ]
        cells = tuple((said(self.words(key)), said(text)) for key, text in rows if text)
        return Table("", (self.words("item"), self.words("content")), cells, widths=(1, 4))

    def _parties(self, line: str) -> Iterator[str]:
        """Those in the line To or Copy, by the form's rule; a blank for one that the register does not name."""
        lines = vocabulary(WORDS)["addressees"]
        rule = lines.get(f"{self.rules.name}/{self.side}") or lines.get(self.rules.name) or lines["default"]
        for roles in rule.get(line, []):
            named = next((p for role in roles for p in self.case.claim.parties if p.role == role), None)
            yield named.name if named else f"⟦{self.words.title(roles[0])}⟧"

    def _party(self, role: str) -> str:
        named = next((party.name for party in self.case.claim.parties if party.role == role), None)
        return named or f"⟦{self.words.title(role)}⟧"

    def _opening(self) -> Statement:
        own = f"opening_{self.rules.name}"
        key = own if self.words.has(own) else "opening"
        return Statement(self.words(key, clause=self.words.clause(self.step.clause)), needs_source=False)

    def _happened(self) -> Iterator[Statement]:
        event = self.event
        best = next(iter(self.case.links_of(event)), None)
        text = self.words("happened", when=self.words.days(event.start, event.end), title=event.title)
        yield Statement(text, best.document, best.page) if best else Statement(text)
        if event.description and (found := bearing_out(self.case, event, event.description)):
            yield Statement(event.description, *found)
        for quotation in quotations(self.case, event):
            about = quotation.evidence
            day = about.summary.date.isoformat() if about.summary.date else self.words("no_date")
            text = self.words("quotation", when=day, name=self.words.called(about), text=quotation.text)
            yield Statement(text, about.id, quotation.page, quoted=True)

    def _aware(self) -> Statement:
        day = self.event.aware or self.event.start
        clock = self.clocks.get(NOTICE)
        proof = clock.clock_evidence if clock and clock.clock_start == day else None
        text = self.words("aware", day=day)
        return Statement(text, proof.doc, proof.page) if proof else Statement(text)

    def _claimed(self) -> Iterator[Statement]:
        """What is claimed: no sum that no page shows, and no number of days, which nobody has worked out."""
        sums = ledger(self.case)
        rows = [row for row in sums.rows if row.counted and row.event == self.name]
        yield Statement(self._of_form("money"), needs_source=False)
        if rows:
            total = money(sums.totals("event")[self.name])
            text = self.words("evidenced", amount=total, currency=sums.currency or "")
            yield Statement(text, needs_source=False)
        for row in rows:
            text = self.words(
                "sum", text=row.description, amount=money(row.amount), currency=row.currency or ""
            )
            yield Statement(text, row.doc, row.page)
        if self.case.claim.type == "construction":
            yield Statement(self._of_form("time"), needs_source=False)

    def _following(self) -> Iterator[Statement]:
        steps = {step.key: step for step in self.rules.steps(self.side)}
        if (step := steps.get(PARTICULARS)) is not None:
            yield Statement(self._particulars(step), needs_source=False)
        yield Statement(self.words("continuing" if self.event.end is None else "records"), needs_source=False)
        yield Statement(self.words("reserved"), needs_source=False)

    def _particulars(self, step: Step) -> str:
        clause = self.words.clause(step.clause)
        own = dict(self.case.claim.periods).get(step.key)
        length = step.period if own is None else period(own)
        clock = self.clocks.get(PARTICULARS)
        if length is not None and step.runs_from == NOTICE:
            return self.words("particulars_within", period=length.told(self.words.language), clause=clause)
        if clock is not None:
            return self.words("particulars_day", due=clock.due, clause=clause)
        return self.words("particulars", clause=clause)

    def _evidence(self) -> Table:
        rows = tuple(
            (
                said(number),
                said(self.words.called(found)),
                said(found.summary.date or self.words("no_date")),
                said(found.summary.page_count),
                Statement(
                    "",
                    found.id,
                    next(k.page for k in self.case.links_of(self.event) if k.document == found.id),
                ),
            )
            for number, found in enumerate(self.evidence, 1)
        )
        columns = tuple(self.words(key) for key in ("number", "name", "date", "pages", "page_cited"))
        anchors = tuple(f"exhibit-{number}" for number in range(1, len(rows) + 1))
        return Table("", columns, rows, frozenset({0, 3}), anchors, widths=(7, 45, 16, 10, 22))

    def _no_evidence(self) -> Statement:
        return Statement(self.words("no_evidence"), needs_source=False)

    def _signature(self) -> Table:
        blanks = [("signed_for", self._party("claimant")), ("signatory", self.words("blank_signatory"))]
        cells = tuple((said(self.words(key)), said(text)) for key, text in blanks)
        return Table("", (self.words("signature"), ""), cells, widths=(1, 3))
