"""A draft claim report: what happened, on what basis, what was lost, what shows it. Every statement cites its source.

Its parts are those that practice asks of claim particulars: a summary; each event with cause, awareness, notice, basis
in the contract and response (SCL Delay and Disruption Protocol, 2nd edition, core principles 3 and 5); calculation;
evidence. In Chinese: 总论、根据、计算、证据. What no document proves is marked. Privileged documents are left out.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.casefile import CaseFile
from pipeline.chronology import chronology
from pipeline.claims import Party
from pipeline.deadlines import deadlines
from pipeline.gaps import gaps
from pipeline.ledger import Ledger, ledger, money
from pipeline.papers import figures
from pipeline.papers.citing import Bundled, Citer
from pipeline.papers.course import Course
from pipeline.papers.docx_form import as_docx
from pipeline.papers.html_form import as_html
from pipeline.papers.markdown_form import as_markdown
from pipeline.papers.paper import Paper, Section, Statement, Table
from pipeline.papers.words import LANGUAGES, Words
from pipeline.wording import Phrases

WORDS = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True)
class Report:
    """A draft report as a paper; `exhibits` are (id, what it is called, date) in the order of their numbers."""

    claim: str
    paper: Paper
    exhibits: tuple[tuple[str, str, datetime.date | None], ...]
    bundle: Bundled | None = None

    def as_json(self) -> dict[str, Any]:
        """`{"claim", "language", "heading", "note", "bundle", "sections", "exhibits"}`."""
        return {
            "claim": self.claim,
            "language": self.paper.language,
            "heading": self.paper.title,
            "note": " ".join(self.paper.notes),
            "bundle": {"name": self.bundle.name, "profile": self.bundle.profile} if self.bundle else None,
            "sections": [self._section(section, heading) for section, heading in self.paper.headings()],
            "exhibits": [
                {"number": n, "doc": doc, "name": name, "date": day.isoformat() if day else None}
                for n, (doc, name, day) in enumerate(self.exhibits, 1)
            ],
        }

    def _section(self, section: Section, heading: str) -> dict[str, Any]:
        tables = [block for block in section.blocks if isinstance(block, Table)]
        return {
            "heading": heading,
            "level": section.level,
            "statements": [self._statement(statement) for statement in section.statements],
            "tables": [
                {
                    "caption": table.caption,
                    "columns": list(table.columns),
                    "rows": [[self._statement(cell) for cell in row] for row in table.rows],
                }
                for table in tables
            ],
        }

    def _statement(self, statement: Statement) -> dict[str, Any]:
        source = self.paper.source(statement)
        cite = source.text if source else None
        return {"text": statement.text, "doc": statement.doc, "page": statement.page, "cite": cite}

    def as_markdown(self) -> str:
        """The report as Markdown."""
        return as_markdown(self.paper)

    def as_html(self) -> str:
        """The report as one HTML page without scripts."""
        return as_html(self.paper)

    def as_docx(self, made_at: datetime.datetime) -> bytes:
        """The report as a Word document."""
        return as_docx(self.paper, made_at)


def claim_report(
    case: CaseFile,
    today: datetime.date,
    language: str | None = None,
    bundle: Bundled | None = None,
    beside: Path | None = None,
) -> Report:
    """The draft report of a claim, in `language` (`en` or `zh`) or in that of most of its evidence.

    Pages are cited as those of `bundle`, for documents that are in it; with `beside`, the folder in which the report
    will lie, citations lead into the bundle.
    """
    case = case.without_privileged()
    draft = _Draft(case, today, Words(WORDS, language or _language(case)), bundle)
    citer = Citer(draft.words, {e.id: n for n, e in enumerate(case.in_order(), 1)}, bundle, beside)
    exhibits = tuple((e.id, draft.words.called(e), e.summary.date) for e in case.in_order())
    return Report(case.claim.id, draft.paper(citer), exhibits, bundle)


def _language(case: CaseFile) -> str:
    languages = [found.summary.language for found in case.evidence.values()]
    counts = Counter(language for language in languages if language in LANGUAGES)
    return counts.most_common(1)[0][0] if counts else "en"


class _Draft:
    """Writes the sections of one report."""

    def __init__(self, case: CaseFile, today: datetime.date, words: Words, bundle: Bundled | None) -> None:
        self.case, self.today, self.words, self.bundle = case, today, words, bundle
        self.clocks = deadlines(case, today)
        self.sums: Ledger = ledger(case)

    def paper(self, citer: Citer) -> Paper:
        claim = self.case.claim
        course = Course(self.case, self.words, self.clocks, self.sums)
        return Paper(
            language=self.words.language,
            title=self.words("heading", id=claim.id),
            header=f"{self.words('draft')} · {claim.id}",
            sections=(
                self._summary(),
                Section(self.words("course"), (Statement(self.words("course_note"), needs_source=False),)),
                *course.sections(),
                Section(
                    self.words("clocks"),
                    (figures.clocks_table(self.words, self.clocks),) if self.clocks else (),
                ),
                self._loss(),
                Section(
                    self.words("chronology"),
                    (figures.chronology_table(self.case, self.words, chronology(self.case)),),
                ),
                Section(self.words("open"), tuple(self._open_points()), items=True),
                Section(
                    self.words("exhibits"), (figures.exhibits_table(self.case, self.words, self.bundle),)
                ),
            ),
            citing=citer,
            labels=self.words.labels(),
            lines=(claim.title,),
            notes=tuple(self._notes()),
            contents=True,
            numbered=True,
        )

    def _notes(self) -> Iterator[str]:
        yield self.words("note", today=self.today)
        if self.bundle is None:
            yield self.words("no_bundle")
        else:
            day = self.bundle.made_at[:10]
            yield self.words("in_bundle", name=self.bundle.name, profile=self.bundle.profile, day=day)

    def _summary(self) -> Section:
        claim = self.case.claim
        status = self.words(
            "status",
            type=self.words.name(claim.type),
            status=self.words.name(claim.status),
            contract=self.words.name(claim.contract),
        )
        return Section(
            self.words("summary"),
            (
                Statement(self.words("identity", id=claim.id, title=claim.title), needs_source=False),
                Statement(status, needs_source=False),
                *self._references(),
                *(self._party(party) for party in claim.parties),
                self._amount(),
                figures.overview(self.case, self.words, self.clocks, self.sums),
            ),
        )

    def _references(self) -> Iterator[Statement]:
        for reference in self.case.claim.references:
            yield self._named("reference", (reference,), reference=reference)

    def _party(self, party: Party) -> Statement:
        return self._named("party", party.names, role=self.words.title(party.role), name=party.name)

    def _named(self, key: str, names: tuple[str, ...], **values: object) -> Statement:
        """A sentence that is proved by any page on which one of these names stands."""
        text, wanted = self.words(key, **values), Phrases(names)
        for found in self.case.in_order():
            if (hit := next(wanted.hits(self.case.view(found.id)), None)) is not None:
                return Statement(text, found.id, hit.page)
        return Statement(text)

    def _amount(self) -> Statement:
        claim = self.case.claim
        if claim.amount is None:
            return Statement(self.words("no_amount"), needs_source=False)
        text = self.words("amount", amount=money(claim.amount), currency=claim.currency or "")
        for found in self.case.in_order():
            for fact, value in found.sums():
                if value.amount == claim.amount and value.currency in (None, claim.currency):
                    return Statement(text, found.id, found.page_of(fact))
        return Statement(text)

    def _loss(self) -> Section:
        found = self.sums
        balance = self.words(
            "balance",
            claimed=money(found.claimed) if found.claimed is not None else "–",
            evidenced=money(found.evidenced),
            difference=money(found.difference) if found.difference is not None else "–",
            currency=found.currency or "",
        )
        tables = [figures.ledger_table(self.words, found), figures.costs_table(self.words, found)]
        tables.append(figures.uncounted_table(self.words, found))
        filled = tuple(table for table in tables if table.rows)
        return Section(self.words("loss"), (Statement(balance, needs_source=False), *filled))

    def _open_points(self) -> Iterator[Statement]:
        """What is to be done; these tell of what is missing, so they need no source."""
        found = gaps(self.case)
        for event in found.events_without_evidence:
            yield Statement(self.words("bare_event", event=event), needs_source=False)
        for missing in found.missing_kinds:
            text = self.words("missing_kind", event=missing.event, kind=self.words.name(missing.kind))
            yield Statement(text, needs_source=False)
        for lacking in found.missing_items:
            where = lacking.event or self.words("whole_claim")
            item, language = lacking.item, self.words.language
            told = {"name": item.name.in_language(language), "todo": item.todo.in_language(language)}
            yield Statement(self.words("missing_item", event=where, **told), needs_source=False)
        for lost in found.missing_references:
            number = self.words.phrase(lost.number) or lost.number
            yield self._because("missing_reference", lost.why, lost.doc, lost.page, number=number)
        for doubt in found.doubtful_facts:
            kind = self.words.title(doubt.kind)
            yield self._because("doubtful", doubt.why, doubt.doc, doubt.page, kind=kind, value=doubt.value)
        for document in found.undated:
            text = self.words("undated", name=self.words.called(self.case.evidence[document]))
            yield Statement(text, document, 1)

    def _because(self, key: str, why: str, doc: str, page: int, **values: object) -> Statement:
        """With the reason, where the rules tell it in this language."""
        reason = self.words.phrase(why)
        text = self.words(f"{key}_why", why=reason, **values) if reason else self.words(key, **values)
        return Statement(text, doc, page)
