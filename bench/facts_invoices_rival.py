"""What invoice2data finds in the files named as JSON on stdin; run by `bench.facts_invoices` in its own environment.

It needs nothing of ours. Where no template fits, the first guesses that it proposes for a new template count.
"""

import json
import sys

from invoice2data import extract_data
from invoice2data.extract.loader import read_templates
from invoice2data.extract.suggestions import suggest_from_text
from invoice2data.input import pdftotext


def answer(path, templates):
    """Number, date, total and issuer of one file."""
    try:
        found = extract_data(path, templates) or {}
    except Exception:
        found = {}
    if found:
        return {
            "template": True,
            "number": str(found.get("invoice_number") or ""),
            "date": f"{found['date']:%Y-%m-%d}" if found.get("date") else None,
            "total": f"{found['amount']:.2f}" if found.get("amount") is not None else None,
            "issuer": found.get("issuer"),
        }
    return guess(path)


def guess(path):
    """Date and total as it guesses them; it proposes no number and no issuer."""
    try:
        said = suggest_from_text(pdftotext.to_text(path))
    except Exception:
        return {}
    date, total = said.get("date"), said.get("amount")
    return {
        "date": f"{date.parsed:%Y-%m-%d}" if date else None,
        "total": f"{total.parsed:.2f}" if total else None,
    }


def main():
    """Answer on stdout, in the order of the question."""
    templates = read_templates()
    json.dump([answer(path, templates) for path in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
