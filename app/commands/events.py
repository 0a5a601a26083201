"""`events …`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from app.answers import SUGGESTED_BY, suggestions_of, suggestions_text
from app.files import write_form
from app.options import json_option, open_matter, workspace_option
from app.output import print_json, print_table
from pipeline.casefile import load_case
from pipeline.suggest import Suggestion


@click.group("events")
def events_command() -> None:
    """Events of claims: suggest those that the register lacks."""


@events_command.command("suggest")
@click.argument("claim")
@click.option("--sort", type=click.Choice(SUGGESTED_BY), default="score", help="Likeliest first, or by day.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write them to a new file in the form of the register, FILE.yaml, to be pasted into it.",
)
@workspace_option
@json_option
def events_suggest(claim: str, sort: str, out: Path | None, workspace: Path, as_json: bool) -> None:
    """Dated happenings in the evidence that no event covers, with a title, the words and the page of each source.

    Example: claimtrail events suggest CLM-001 --out events.yaml
    """
    with open_matter(workspace) as matter:
        case = load_case(matter, claim)
        found = suggestions_of(matter, case, sort)
    if out is not None:
        text = suggestions_text(case, found)
        write_form(out, {".yaml": lambda: text, ".yml": lambda: text})
    if as_json:
        print_json([one.as_json() for one in found])
    elif out is None:
        columns = ["score", "date", "end", "title", "doc", "page", "text"]
        print_table(columns, [row for one in found for row in _suggested(one)])


def _suggested(one: Suggestion) -> Iterator[list[Any]]:
    """A row for the suggestion with its best source, and one for each other source below it."""
    head: list[Any] = [f"{one.score:.2f}", one.date, one.end, one.title]
    for told in one.told:
        yield [*head, told.doc, told.page, told.text]
        head = ["", "", "", ""]
