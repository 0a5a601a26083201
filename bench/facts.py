"""How well dates and sums are found, and what that costs, beside what one would take instead, in one run.

    python -m bench.facts                      # ours
    python -m bench.facts --rivals PYTHON      # and dateparser, price-parser and Recognizers-Text
    python -m bench.facts --misses             # name everything that was missed or is too much
    python -m bench.facts --invoice2data PYTHON [--invoices FOLDER]    # number, date, total and issuer of invoices

`PYTHON` is the interpreter of an environment of its own in which these are installed (`pip install dateparser
price-parser recognizers-text-suite`); what is missing there is left out. The sentences are those of
`facts_sentences.yaml`, hard cases of each sort with reviewed expectations; the pages are those of the sample
documents that need no OCR, whose expectations name what must be found but not all that may be.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bench.facts_invoices import compare_invoices
from bench.samples import DOCUMENTS, expectations
from extractors.document import Document, PageText, assemble
from extractors.facts import amounts, dates, find_facts
from extractors.facts.fact import Day, Fact, Money
from extractors.kinds import classify
from extractors.limits import Limits
from extractors.reading import OcrOptions, read_document

SENTENCES = Path(__file__).with_name("facts_sentences.yaml")
RIVALS = Path(__file__).with_name("facts_rivals.py")
_TYPED = (".pdf", ".docx", ".txt", ".csv", ".xlsx", ".eml", ".html", ".rtf")
Found = list[list[str]]
"""What was found in one text; each thing with the readings of it that are left open."""


@dataclass(frozen=True)
class Case:
    """A text, what it is asked for, and the right answers; `reference` is the date of the document it stands in."""

    sort: str
    about: str
    text: str
    want: tuple[str, ...]
    language: str
    reference: str = ""
    document: Document | None = field(default=None, repr=False, compare=False)

    def as_json(self) -> dict[str, str]:
        """What the other programs are told."""
        return {
            "about": self.about,
            "text": self.text,
            "language": self.language,
            "reference": self.reference,
        }


@dataclass
class Tally:
    """Of `wanted` things `hits` were found, among `found`; `clean` counts the texts that hold none, `false` those
    of them in which one was found."""

    wanted: int = 0
    found: int = 0
    hits: int = 0
    clean: int = 0
    false: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, case: Case, found: Found) -> None:
        """Count one text."""
        left, surplus = Counter(case.want), []
        for readings in found:
            hit = next((value for value in readings if left[value] > 0), None)
            if hit:
                left[hit] -= 1
            else:
                surplus.append("/".join(readings))
        missed = [value for value, count in left.items() for _ in range(count)]
        self.wanted += len(case.want)
        self.found += len(found)
        self.hits += len(case.want) - len(missed)
        self.clean += not case.want
        self.false += not case.want and bool(found)
        if missed or surplus:
            self.misses.append(f"{case.text[:90]!r}: missed {missed}, surplus {surplus}")

    def __str__(self) -> str:
        if not self.wanted:
            return f"false in {self.false} of {self.clean}"
        precision = self.hits / self.found if self.found else 0.0
        return f"recall {self.hits / self.wanted:.2f}  precision {precision:.2f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.facts",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rivals", metavar="PYTHON", help="an interpreter that has the other programs")
    parser.add_argument("--pages", type=int, default=12, help="so many sample pages for the other programs")
    parser.add_argument(
        "--misses", action="store_true", help="name everything that was missed or is too much"
    )
    parser.add_argument("--invoice2data", metavar="PYTHON", help="an interpreter that has invoice2data")
    parser.add_argument("--invoices", metavar="FOLDER", type=Path, help="its samples: PDF and JSON files")
    given = parser.parse_args(arguments)
    if given.invoice2data:
        compare_invoices(given.invoice2data, given.invoices)
        return
    _print_sentences(sentences(), given.rivals, given.misses)
    _print_pages(given.rivals, given.pages, given.misses)


def sentences() -> list[Case]:
    """The sentences with their expectations, in the order of the file."""
    return [
        Case(
            group["sort"],
            group["about"],
            text,
            tuple(_normal(value, group["about"]) for value in want),
            "zh" if any("一" <= c <= "鿿" for c in text) else "en",
            str(group.get("reference", "")),
        )
        for group in yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
        for text, *want in group["rows"]
    ]


def ours(case: Case) -> Found:
    """What claimtrail finds in a text."""
    if case.document is not None:
        found = find_facts(case.document, _kind(case.document))
        return [[shown(fact)] for fact in found if fact.kind == case.about.rstrip("s")]
    head = f"Date: {case.reference}\n\n" if case.reference else ""
    document = assemble([PageText(f"{head}{case.text}\n", 595, 842)], "text/plain", ())
    finder = dates.find if case.about == "dates" else amounts.find
    return [[shown(fact)] for fact in finder(document, "other") if fact.start >= len(head)]


def shown(fact: Fact) -> str:
    """A value as the expectations write it."""
    value = fact.value
    if isinstance(value, Day):
        return value.start.isoformat() + (f"..{value.end.isoformat()}" if value.end else "")
    assert isinstance(value, Money)
    return f"{value.amount.normalize():f} {value.currency or '?'}"


def _normal(value: object, about: str) -> str:
    if about == "dates":
        return str(value)
    number, _, code = str(value).partition(" ")
    return f"{Decimal(number).normalize():f} {code}"


@cache
def _kind(document: Document) -> str:
    return classify(document).kind


def _print_sentences(cases: Sequence[Case], rivals: str | None, misses: bool) -> None:
    begun = time.perf_counter()
    answers = {"claimtrail": [ours(case) for case in cases]}
    spent = {"claimtrail": time.perf_counter() - begun}
    for name, told in _asked(rivals, cases).items():
        answers[name], spent[name] = told["found"], told["seconds"]
    for sort in dict.fromkeys(case.sort for case in cases):
        print(f"\n{sort}")
        for name, found in answers.items():
            tally = Tally()
            for case, one in zip(cases, found, strict=True):
                if case.sort == sort and one is not None:
                    tally.add(case, one)
            if tally.wanted or tally.clean:
                print(f"  {name:<18} {tally}")
            for missed in tally.misses if misses and name == "claimtrail" else ():
                print(f"      {missed}")
    print("\nmilliseconds per sentence")
    for name, seconds in spent.items():
        asked = sum(one is not None for one in answers[name])
        print(f"  {name:<18} {1000 * seconds / max(1, asked):.2f}")


def _print_pages(rivals: str | None, most: int, misses: bool) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        documents = list(_documents(Path(scratch)))
    pages = sum(len(document.pages) for document, _ in documents)
    kinds = [_kind(document) for document, _ in documents]
    for (document, _), kind in zip(documents, kinds, strict=True):
        find_facts(document, kind)  # a worker reads many documents: what is loaded once is loaded
    begun = time.process_time()
    for (document, _), kind in zip(documents, kinds, strict=True):
        find_facts(document, kind)
    cost = 1000 * (time.process_time() - begun) / max(1, pages)
    print(f"\nsample documents without OCR: {len(documents)} documents, {pages} pages")
    cases = [case for document, truth in documents for case in _cases(document, truth)]
    for about in ("dates", "amounts"):
        tally = Tally()
        for case in cases:
            if case.about == about:
                tally.add(case, ours(case))
        print(f"  claimtrail, {about:<8} recall {tally.hits / max(1, tally.wanted):.3f} of {tally.wanted}")
        for missed in tally.misses if misses else ():
            if "missed []" not in missed:
                print(f"      {missed.partition(', surplus')[0]}")
    print(f"  claimtrail, all facts: {cost:.2f} ms of processor time per page")
    some = [case for case in cases if case.document and len(case.document.pages) == 1][: 2 * most]
    for name, told in _asked(rivals, some).items():
        asked = [(case, one) for case, one in zip(some, told["found"], strict=True) if one is not None]
        tally = Tally()
        for case, one in asked:
            tally.add(case, one)
        each = 1000 * told["seconds"] / max(1, len(asked))
        print(f"  {name}: recall {tally.hits / max(1, tally.wanted):.3f}, {each:.0f} ms per page")


def _documents(scratch: Path) -> Iterator[tuple[Document, dict[str, Any]]]:
    """The sample documents that can be read without OCR, with their truth."""
    for path, truth in expectations().items():
        source = DOCUMENTS / path
        if (
            "error" in truth
            or truth.get("scan")
            or source.suffix.lower() not in _TYPED
            or not source.is_file()
        ):
            continue
        document = read_document(source, source.name, scratch, Limits(), OcrOptions()).document
        if all(page.source == "text" for page in document.pages):
            yield document, truth


def _cases(document: Document, truth: dict[str, Any]) -> Iterator[Case]:
    days = [d["value"] + (f"..{d['end']}" if d.get("end") else "") for d in truth.get("dates", [])]
    sums = [f"{a['value']} {a['currency'] or '?'}" for a in truth.get("amounts", [])]
    text = document.text[: document.body_end]
    for about, want in (("dates", days), ("amounts", sums)):
        values = tuple(dict.fromkeys(_normal(value, about) for value in want))
        language = truth.get("language", "en")
        yield Case("samples", about, text, values, language, truth.get("date") or "", document)


def _asked(rivals: str | None, cases: Sequence[Case]) -> dict[str, Any]:
    """What the other programs find, by name; a text that one is not made for is None."""
    if rivals is None:
        return {}
    question = json.dumps([case.as_json() for case in cases])
    answer = subprocess.run([rivals, str(RIVALS)], input=question, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


if __name__ == "__main__":
    main()
