"""How answers are printed: JSON for programs on stdout, tables for people; messages go to stderr."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import click

from pipeline.harmless import terminal

_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON may hold as it is, but a terminal obeys, or no stream takes."""


TOLD = ("reason", "reasons", "why_not", "detail", "remedy", "doubts", "what", "warning", "check", "note")
"""Columns that hold what rules and errors say."""

NAMED = {
    "kind": "kind_",
    "status": "",
    "counted": "",
    "ok": "",
    "state": "state_",
    "role": "role_",
    "reasons": "",
}
"""Columns whose values have Chinese names, and how these begin in `words.yaml`."""


def print_json(value: Any) -> None:
    """One JSON value on stdout, Chinese as it is; what a terminal would obey is written as an escape."""
    is_unicode = "utf" in (sys.stdout.encoding or "").lower()
    text = json.dumps(value, ensure_ascii=not is_unicode, indent=1)
    click.echo(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_error(error: Mapping[str, str], as_json: bool) -> None:
    """An error in the contract's form on stdout with --json, in words on stderr without."""
    if as_json:
        print_json({"error": dict(error)})
        return
    from app.told import told_error

    said = told_error(error, language())
    message(f"{word('error')}: {said['message']} [{said['code']}]")
    if said["hint"]:
        message(f"  → {said['hint']}")


def message(text: str) -> None:
    """A line for people, on stderr."""
    click.echo(terminal(text), err=True)


def in_words(sentence: str | None) -> str:
    """What a rule says, in the person's language."""
    if language() != "zh" or not sentence:
        return sentence or ""
    from app.told import in_chinese  # only who reads Chinese needs the catalogue

    return in_chinese(sentence)


def say(text: str) -> None:
    """Lines for people, on stdout."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(terminal(text).encode(encoding, "replace").decode(encoding))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on stdout; `columns` are keys of `words.yaml`."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(word(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(column, cell)) for column, cell in zip(columns, row, strict=True)))
    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS") or 160)
    Console(width=width, highlight=False).print(table)


def _cell(column: str, cell: Any) -> str:
    said = "" if cell is None else str(cell)
    if column in TOLD:
        return terminal(in_words(said))
    if language() == "zh" and column in NAMED:
        said = _words().get(NAMED[column] + said, {}).get("zh", said)
    return terminal(said)


@cache
def language() -> str:
    """`zh` or `en`: what CLAIMTRAIL_LANG says, else the locale of the terminal."""
    said = next(
        (v for k in ("CLAIMTRAIL_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(k))), ""
    )
    return "zh" if said.casefold().startswith("zh") else "en"


def word(key: str) -> str:
    """A word or sentence of the interface in the person's language; unknown keys stand for themselves."""
    return _words().get(key, {}).get(language(), key)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    import yaml

    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    )
    return found
