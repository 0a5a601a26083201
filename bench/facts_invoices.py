"""Number, date, total and issuer of invoices, ours beside invoice2data's, in one run (`bench.facts --invoice2data`).

The invoices are those of the sample documents that are typed; with a folder, also the PDF files in it that have the
answers beside them in a JSON file of the same name, as the samples in invoice2data's repository do (its wheel brings
none). invoice2data knows an invoice by a template; where none fits, its first guesses count.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rapidfuzz.fuzz import ratio

from bench.samples import DOCUMENTS, expectations
from extractors.extract import Understanding, understand
from extractors.facts.fact import Money
from extractors.limits import Limits
from extractors.reading import OcrOptions, read_document
from index.words import compact

RIVAL = Path(__file__).with_name("facts_invoices_rival.py")
FIELDS = ("number", "date", "total", "issuer")
_ALIKE = 85.0
Answer = dict[str, str | None]


@dataclass(frozen=True)
class Invoice:
    """A file and what stands in it; a field that is not known is not asked."""

    path: Path
    truth: Answer


def compare_invoices(rival: str, folder: Path | None) -> None:
    """Measure both and print a row for each field."""
    invoices = [*_samples(), *(_answered(folder) if folder else ())]
    question = json.dumps([str(invoice.path) for invoice in invoices])
    told = subprocess.run([rival, str(RIVAL)], input=question, capture_output=True, text=True, check=True)
    theirs: list[Answer] = json.loads(told.stdout)
    with tempfile.TemporaryDirectory() as scratch:
        ours = [_ours(invoice.path, Path(scratch)) for invoice in invoices]
    print(f"\ninvoices: {len(invoices)}, by template {sum(bool(one.get('template')) for one in theirs)}")
    for field in FIELDS:
        asked = [at for at, invoice in enumerate(invoices) if invoice.truth.get(field)]
        rights = [
            sum(_right(field, invoices[at].truth[field], answers[at].get(field)) for at in asked)
            for answers in (ours, theirs)
        ]
        print(
            f"  {field:<7} claimtrail {rights[0]} of {len(asked)}, invoice2data {rights[1]} of {len(asked)}"
        )


def _samples() -> Iterator[Invoice]:
    for name, truth in expectations().items():
        path = DOCUMENTS / name
        typed = path.suffix == ".pdf" and not truth.get("scan") and path.is_file()
        if typed and truth.get("kind") == "invoice":
            yield Invoice(
                path,
                {
                    "number": _first(truth, "references", "invoice", "value"),
                    "date": truth.get("date"),
                    "total": _first(truth, "amounts", "total", "value"),
                    "issuer": _first(truth, "parties", "seller", "name"),
                },
            )


def _first(truth: dict[str, Any], group: str, role: str, key: str) -> str | None:
    return next((each[key] for each in truth.get(group, []) if each["role"] == role), None)


def _answered(folder: Path) -> Iterator[Invoice]:
    for answers in sorted(folder.rglob("*.json")):
        path, said = answers.with_suffix(".pdf"), json.loads(answers.read_text(encoding="utf-8"))
        one = said[0] if isinstance(said, list) and said else said
        if path.is_file() and isinstance(one, dict):
            keys = {"number": "invoice_number", "date": "date", "total": "amount", "issuer": "issuer"}
            truth = {field: str(one[key]) for field, key in keys.items() if one.get(key) is not None}
            yield Invoice(path, {**truth, "date": truth.get("date", "")[:10] or None})


def _ours(path: Path, scratch: Path) -> Answer:
    document = read_document(path, path.name, scratch, Limits(), OcrOptions()).document
    return _answer(understand(document))


def _answer(found: Understanding) -> Answer:
    def value(role: str, kind: str) -> str | None:
        return next((_shown(f.value) for f in found.facts if f.kind == kind and f.role == role), None)

    return {
        "number": value("invoice", "reference"),
        "date": found.date.isoformat() if found.date else None,
        "total": value("total", "amount"),
        "issuer": value("seller", "party") or value("sender", "party"),
    }


def _shown(value: object) -> str:
    return f"{value.amount:f}" if isinstance(value, Money) else str(value)


def _right(field: str, truth: str | None, answer: str | None) -> bool:
    test: Callable[[str, str], bool] = {"total": _same_sum, "issuer": _alike}.get(field, _same)
    return bool(truth and answer) and test(str(truth), str(answer))


def _same(truth: str, answer: str) -> bool:
    return compact(truth) == compact(answer)


def _alike(truth: str, answer: str) -> bool:
    return ratio(compact(truth), compact(answer)) >= _ALIKE


def _same_sum(truth: str, answer: str) -> bool:
    try:
        return Decimal(truth) == Decimal(answer)
    except InvalidOperation:
        return False
