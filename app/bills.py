"""The sums of bills for people: their lines as a table, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.output import language, print_table, say, word
from extractors.facts.finding import sentence

COLUMNS = ("description", "quantity", "unit", "rate", "amount", "tax_rate", "currency", "page")


def print_findings(findings: Sequence[Mapping[str, Any]]) -> None:
    """A line for each contradiction of a document's JSON, with its page, in the person's language."""
    for found in findings:
        said = sentence(found["code"], found["parts"], "zh" if language() == "zh" else "en")
        say(f"  ! {word('finding')}: {said}  ({word('page')} {found['page']})")


def print_lines(lines: Sequence[Mapping[str, Any]]) -> None:
    """The lines of a bill, as the JSON has them, as a table; nothing where there are none."""
    if lines:
        print_table(COLUMNS, [[_shown(line, column) for column in COLUMNS] for line in lines])


def _shown(line: Mapping[str, Any], column: str) -> Any:
    value = line[column]
    return f"{value} %" if column == "tax_rate" and value is not None else value
