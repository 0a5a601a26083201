"""A draft claim report: what happened, who gave notice when, what was lost. Every statement cites its source.

A statement that no document proves is marked as such. Privileged documents are left out. Values that come from
documents are escaped, so that a report is safe to open.
"""

from __future__ import annotations

import datetime
import html
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.casefile import CaseFile
from pipeline.chronology import chronology, named
from pipeline.claims import Party
from pipeline.deadlines import Deadline, deadlines
from pipeline.gaps import gaps
from pipeline.harmless import markdown
from pipeline.ledger import Entry, ledger, money
from pipeline.wording import Phrases, vocabulary

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the report and the page that proves it; `doc` and `page` are None where nothing does."""

    text: str
    doc: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its statements. `needs_source` is False where they tell what is missing."""

    heading: str
    statements: tuple[Statement, ...]
    needs_source: bool = True


@dataclass(frozen=True)
class Report:
    """A draft report; `exhibits` are (id, what it is called, date) in the order of their numbers."""

    claim: str
    language: str
    heading: str
    note: str
    sections: tuple[Section, ...]
    exhibits: tuple[tuple[str, str, datetime.date | None], ...]

    def as_json(self) -> dict[str, Any]:
        """`{"claim", "language", "heading", "note", "sections", "exhibits"}`; each statement with its doc and page."""
        return {
            "claim": self.claim,
            "language": self.language,
            "heading": self.heading,
            "note": self.note,
            "sections": [
                {
                    "heading": section.heading,
                    "statements": [
                        {"text": s.text, "doc": s.doc, "page": s.page} for s in section.statements
                    ],
                }
                for section in self.sections
            ],
            "exhibits": [
                {"number": n, "doc": doc, "name": name, "date": day.isoformat() if day else None}
                for n, (doc, name, day) in enumerate(self.exhibits, 1)
            ],
        }

    def as_markdown(self) -> str:
        """The report as Markdown."""
        blocks = [f"# {markdown(self.heading)}", markdown(self.note)]
        for section in self.sections:
            lines = [
                f"- {markdown(s.text)} {markdown(self._source(section, s))}".rstrip()
                for s in section.statements
            ]
            blocks += [f"## {markdown(section.heading)}", "\n".join(lines) or markdown(self._word("none"))]
        lines = [f"{markdown(line)}  " for line in self._exhibit_lines()]
        return "\n\n".join([*blocks, f"## {markdown(self._word('exhibits'))}", "\n".join(lines)]) + "\n"

    def as_html(self) -> str:
        """The report as one HTML page without scripts."""
        parts = [f"<h1>{html.escape(self.heading)}</h1>", f"<p>{html.escape(self.note)}</p>"]
        for section in self.sections:
            items = "".join(self._item(section, statement) for statement in section.statements)
            body = f"<ul>{items}</ul>" if items else f"<p>{html.escape(self._word('none'))}</p>"
            parts += [f"<h2>{html.escape(section.heading)}</h2>", body]
        parts.append(f"<h2>{html.escape(self._word('exhibits'))}</h2>")
        parts += [
            f'<p id="exhibit-{n}">{html.escape(line)}</p>' for n, line in enumerate(self._exhibit_lines(), 1)
        ]
        head = f'<head><meta charset="utf-8"><title>{html.escape(self.claim)}</title></head>'
        body = "\n".join(["<body>", *parts, "</body>"])
        return f'<!DOCTYPE html>\n<html lang="{self.language}">{head}\n{body}\n</html>\n'

    def _item(self, section: Section, statement: Statement) -> str:
        source = html.escape(self._source(section, statement))
        if statement.doc is not None:
            source = f'<a href="#exhibit-{self._number(statement.doc)}">{source}</a>'
        return f"<li>{html.escape(statement.text)} {source}</li>"

    def _source(self, section: Section, statement: Statement) -> str:
        if statement.doc is None:
            return self._word("unsourced") if section.needs_source else ""
        return self._word("cite", number=self._number(statement.doc), page=statement.page)

    def _number(self, doc: str) -> int:
        return next(n for n, (known, _, _) in enumerate(self.exhibits, 1) if known == doc)

    def _exhibit_lines(self) -> Iterator[str]:
        for number, (_, name, day) in enumerate(self.exhibits, 1):
            date = day.isoformat() if day else self._word("no_date")
            yield self._word("exhibit", number=number, name=name, date=date)

    def _word(self, key: str, **values: object) -> str:
        return _words(self.language, key, **values)


def claim_report(case: CaseFile, today: datetime.date, language: str | None = None) -> Report:
    """The draft report of a claim, in `language` (`en` or `zh`) or in that of most of its evidence."""
    case = case.without_privileged()
    draft = _Draft(case, today, language or _language(case))
    sections = (
        draft.claim(),
        draft.parties(),
        draft.course(),
        draft.clocks(),
        draft.loss(),
        draft.open_points(),
    )
    exhibits = tuple((found.id, named(found), found.summary.date) for found in case.in_order())
    note = draft.word("note", today=today.isoformat())
    return Report(case.claim.id, draft.language, draft.word("heading"), note, sections, exhibits)


def _language(case: CaseFile) -> str:
    counts = Counter(
        found.summary.language for found in case.evidence.values() if found.summary.language in LANGUAGES
    )
    return counts.most_common(1)[0][0] if counts else "en"


class _Draft:
    """Writes the sections of one report."""

    def __init__(self, case: CaseFile, today: datetime.date, language: str) -> None:
        self.case = case
        self.today = today
        self.language = language

    def word(self, key: str, **values: object) -> str:
        return _words(self.language, key, **values)

    def name(self, key: str) -> str:
        """A role, kind, step or status in the report's language."""
        names: dict[str, str] = vocabulary(_FILE)["names"].get(self.language, {})
        return names.get(key, key.replace("_", " "))

    def claim(self) -> Section:
        claim = self.case.claim
        status = self.word(
            "status",
            type=self.name(claim.type),
            status=self.name(claim.status),
            contract=self.name(claim.contract),
        )
        return Section(
            self.word("claim"),
            (
                Statement(self.word("identity", id=claim.id, title=claim.title)),
                Statement(status),
                self._amount(),
            ),
        )

    def _amount(self) -> Statement:
        claim = self.case.claim
        if claim.amount is None:
            return Statement(self.word("no_amount"))
        text = self.word("amount", amount=money(claim.amount), currency=claim.currency or "")
        for found in self.case.in_order():
            for fact, value in found.sums():
                if value.amount == claim.amount and value.currency in (None, claim.currency):
                    return Statement(text, found.id, found.page_of(fact))
        return Statement(text)

    def parties(self) -> Section:
        return Section(self.word("parties"), tuple(self._party(party) for party in self.case.claim.parties))

    def _party(self, party: Party) -> Statement:
        text = self.word("party", role=self.name(party.role), name=party.name)
        wanted = Phrases(party.names)
        for found in self.case.in_order():
            if (hit := next(wanted.hits(self.case.view(found.id)), None)) is not None:
                return Statement(text, found.id, hit.page)
        return Statement(text)

    def course(self) -> Section:
        return Section(self.word("course"), tuple(self._happenings()))

    def _happenings(self) -> Iterator[Statement]:
        for row in chronology(self.case):
            when = row.date.isoformat()
            if row.end is not None:
                when = self.word("range", start=when, end=row.end.isoformat())
            key = "event" if row.event else "told"
            yield Statement(self.word(key, when=when, title=row.text, text=row.text), row.doc, row.page)
            event = self.case.claim.event(row.event.partition("/")[2]) if row.event else None
            if event is not None and event.description:
                yield Statement(self.word("description", text=event.description), row.doc, row.page)

    def clocks(self) -> Section:
        return Section(self.word("clocks"), tuple(self._clock(d) for d in deadlines(self.case, self.today)))

    def _clock(self, found: Deadline) -> Statement:
        days = (found.done - found.due).days if found.done else (found.due - self.today).days
        text = self.word(
            found.status,
            event=found.event,
            step=self.name(found.step),
            clause=found.clause,
            due=found.due.isoformat(),
            done=found.done.isoformat() if found.done else "",
            days=days,
        )
        proof = found.done_evidence or found.clock_evidence
        return Statement(text, proof.doc, proof.page) if proof else Statement(text)

    def loss(self) -> Section:
        found = ledger(self.case)
        balance = self.word(
            "balance",
            claimed=money(found.claimed) if found.claimed is not None else "–",
            evidenced=money(found.evidenced),
            difference=money(found.difference) if found.difference is not None else "–",
            currency=found.currency or "",
        )
        return Section(self.word("loss"), (*(self._sum(row) for row in found.rows), Statement(balance)))

    def _sum(self, row: Entry) -> Statement:
        key = "counted" if row.counted else "not_counted"
        values = {"text": row.description, "amount": money(row.amount), "currency": row.currency or ""}
        return Statement(self.word(key, why=row.why_not, **values), row.doc, row.page)

    def open_points(self) -> Section:
        return Section(self.word("open"), tuple(self._open_points()), needs_source=False)

    def _open_points(self) -> Iterator[Statement]:
        found = gaps(self.case)
        for event in found.events_without_evidence:
            yield Statement(self.word("bare_event", event=event))
        for kind in found.missing_kinds:
            yield Statement(self.word("missing_kind", event=kind.event, kind=self.name(kind.kind)))
        for lost in found.missing_references:
            yield Statement(
                self.word("missing_reference", number=lost.number, why=lost.why), lost.doc, lost.page
            )
        for doubt in found.doubtful_facts:
            text = self.word("doubtful", kind=self.name(doubt.kind), value=doubt.value, why=doubt.why)
            yield Statement(text, doubt.doc, doubt.page)
        for document in found.undated:
            yield Statement(self.word("undated", name=named(self.case.evidence[document])), document, 1)


_FILE = Path(__file__).with_suffix(".yaml")


def _words(language: str, key: str, **values: object) -> str:
    text: str = vocabulary(_FILE)[language][key]
    return text.format(**values) if values else text
