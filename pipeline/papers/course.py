"""The events in a claim report: what happened, who knew, what notice was given, on what basis, what was answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.casefile import CaseFile
from pipeline.claims import Event, Response
from pipeline.deadlines import Deadline
from pipeline.evidence import Evidence
from pipeline.ledger import Ledger, money
from pipeline.papers.paper import Section, Statement, told
from pipeline.papers.telling import bearing_out, quotations
from pipeline.papers.words import Words
from pipeline.wording import Phrases

ROLES = ("respondent", "engineer", "insurer")
"""Those who answer a claim."""
MOST_LETTERS = 8
_CLAUSE = re.compile(r"(?i)\b(sub-?clause|clause|article|section)\b|第.+[条款项]")


class Course:
    """Writes a section for each event."""

    def __init__(self, case: CaseFile, words: Words, clocks: Sequence[Deadline], sums: Ledger) -> None:
        self.case, self.words, self.clocks, self.sums = case, words, clocks, sums

    def sections(self) -> Iterator[Section]:
        """The events in the order of the register."""
        for event in self.case.claim.events:
            when = self.words.days(event.start, event.end)
            heading = self.words("event_heading", event=event.id, title=event.title, when=when)
            yield Section(heading, tuple(self._told(event)), level=2)

    def _told(self, event: Event) -> Iterator[Statement]:
        yield from self._happened(event)
        yield from self._awareness(event)
        yield from self._notice(event)
        yield from self._basis(event)
        yield from self._response(event)
        yield from self._loss(event)

    def _clocks_of(self, event: Event) -> list[Deadline]:
        name = self.case.name_of(event)
        return [clock for clock in self.clocks if clock.event == name]

    def _happened(self, event: Event) -> Iterator[Statement]:
        best = next(iter(self.case.links_of(event)), None)
        proof = (best.document, best.page) if best else (None, None)
        text = self.words("happened", when=self.words.days(event.start, event.end), title=event.title)
        yield Statement(text, *proof)
        if event.description:
            found = bearing_out(self.case, event, event.description) or (None, None)
            yield Statement(self.words("description", text=event.description), *found)
        for quotation in quotations(self.case, event):
            told = self.words(
                "quotation",
                when=self._day(quotation.evidence),
                name=self.words.called(quotation.evidence),
                text=quotation.text,
            )
            yield Statement(told, quotation.evidence.id, quotation.page, quoted=True)

    def _day(self, found: Evidence) -> str:
        return found.summary.date.isoformat() if found.summary.date else self.words("no_date")

    def _awareness(self, event: Event) -> Iterator[Statement]:
        first = next((clock for clock in self._clocks_of(event) if clock.step == "notice"), None)
        day = event.aware or event.start
        proof = first.clock_evidence if first and first.clock_start == day else None
        yield Statement(self.words("aware", day=day), *((proof.doc, proof.page) if proof else (None, None)))
        mention = first.first_mention if first else None
        if mention is not None:
            yield Statement(self.words("mentioned", day=mention.day), mention.proof.doc, mention.proof.page)

    def _notice(self, event: Event) -> Iterator[Statement]:
        own = [clock for clock in self._clocks_of(event) if clock.by == "claimant"]
        if not own:
            yield Statement(self.words("no_rule"), needs_source=False)
        for clock in own:
            yield from self._taken(clock)

    def _taken(self, clock: Deadline) -> Iterator[Statement]:
        yield self.step(clock)
        if clock.consequence is not None:
            yield Statement(self.words(f"missed_{clock.consequence}"), needs_source=False)

    def step(self, clock: Deadline) -> Statement:
        """What became of a step, with its clause; one that was not taken has no document to cite."""
        days = (clock.done - clock.due).days if clock.done else -(clock.days_left or 0)
        text = self.words(
            f"step_{clock.status}",
            step=self.words.title(clock.step),
            by=self.words.name(clock.by),
            clause=self.words.clause(clock.clause),
            due=clock.due,
            done=clock.done or "",
            days=days if clock.done else abs(days),
        )
        proof = clock.done_evidence
        needs_source = clock.done is not None  # that it was not taken is no fact that a page could show
        return Statement(text, proof.doc, proof.page) if proof else Statement(text, needs_source=needs_source)

    def _basis(self, event: Event) -> Iterator[Statement]:
        told = [statement for found in self.case.evidence_of(event) for statement in self._invoked(found)]
        named_ones = [r for r in event.references if _CLAUSE.search(r)]
        if named_ones:
            clauses = self.words("and").join(self.words.clause(one) for one in named_ones)
            yield Statement(self.words("basis", clauses=clauses), *self._where_invoked(event, named_ones))
        elif not told:
            yield Statement(self.words("no_basis"), needs_source=False)
        yield from told[:MOST_LETTERS]

    def _invoked(self, found: Evidence) -> Iterator[Statement]:
        """The clauses that a letter names, on the page of the first."""
        clauses = [(fact, value) for fact, value in found.names("reference") if fact.role == "clause"]
        if clauses and found.summary.kind == "correspondence":
            values = self.words("and").join(dict.fromkeys(value for _, value in clauses[:6]))
            text = self.words("invoked", when=self._day(found), name=self.words.called(found), clauses=values)
            yield Statement(text, found.id, found.page_of(clauses[0][0]))

    def _where_invoked(self, event: Event, clauses: Sequence[str]) -> tuple[str, int] | tuple[None, None]:
        phrases = Phrases(clauses)
        for found in self.case.evidence_of(event):
            if (hit := next(phrases.hits(self.case.view(found.id)), None)) is not None:
                return found.id, hit.page
        numbers = {number for clause in clauses for number in re.findall(r"\d+(?:\.\d+)*", clause)}
        for found in self.case.evidence_of(event):
            for fact, value in found.names("reference"):
                if fact.role == "clause" and value.partition("(")[0] in numbers:
                    return found.id, found.page_of(fact)
        return None, None

    def _response(self, event: Event) -> Iterator[Statement]:
        answers = [self._answer(answer) for answer in event.responses]
        clocks = [clock for clock in self._clocks_of(event) if clock.by != "claimant"]
        steps = [statement for clock in clocks for statement in self._taken(clock)]
        yield from (*answers, *steps)
        cited = {statement.doc for statement in (*answers, *steps)}
        letters = [found for found in self._letters(event) if found.id not in cited]
        for found in letters[:MOST_LETTERS]:
            senders = self.words("and").join(party.name for party in self.case.senders(found))
            yield Statement(
                self.words("wrote", when=self._day(found), who=senders, name=self.words.called(found)),
                found.id,
                1,
            )
        if not answers and not letters and not any(step.doc for step in steps):
            yield Statement(self.words("no_response"), needs_source=False)

    def _answer(self, answer: Response) -> Statement:
        """A response that a person or the register recorded, on the page where its document begins."""
        amount = "" if answer.amount is None else f"{money(answer.amount)} {answer.currency or ''}".strip()
        key = f"answer_{answer.answer}"
        text = self.words(f"{key}_amount" if amount else key, day=answer.date, amount=amount)
        text = f"{text} {told(answer.note)}" if answer.note else text
        found = self.case.named(answer.evidence)
        return Statement(text, found.id, 1) if found else Statement(text)

    def _letters(self, event: Event) -> list[Evidence]:
        """Letters of the other side that are linked to the event, from its first day on."""
        linked = {found.id for found in self.case.evidence_of(event)}
        return [
            found
            for found in self.case.in_order()
            if found.id in linked
            and found.summary.kind == "correspondence"
            and found.summary.date is not None
            and found.summary.date >= event.start
            and any(party.role in ROLES for party in self.case.senders(found))
        ]

    def _loss(self, event: Event) -> Iterator[Statement]:
        name = self.case.name_of(event)
        rows = [row for row in self.sums.rows if row.counted and row.event == name]
        if not rows:
            yield Statement(self.words("no_loss"), needs_source=False)
            return
        total = money(self.sums.totals("event")[name])
        text = self.words("loss_of_event", amount=total, currency=self.sums.currency or "", count=len(rows))
        yield Statement(text, needs_source=False)
        for row in rows:
            text = self.words(
                "counted", text=row.description, amount=money(row.amount), currency=row.currency or ""
            )
            yield Statement(text, row.doc, row.page)
