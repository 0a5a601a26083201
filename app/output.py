"""How answers are printed: JSON for programs on stdout, tables for people; messages go to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import click


def print_json(value: Any) -> None:
    """One JSON value on stdout, Chinese as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_error(error: Mapping[str, str], as_json: bool) -> None:
    """An error in the contract's form on stdout with --json, in words on stderr without."""
    if as_json:
        print_json({"error": dict(error)})
        return
    click.echo(f"{word('error')}: {error['message']} [{error['code']}]", err=True)
    if error["hint"]:
        click.echo(f"  → {error['hint']}", err=True)


def message(text: str) -> None:
    """A line for people, on stderr."""
    click.echo(text, err=True)


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
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS") or 160)
    Console(width=width, highlight=False).print(table)


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
