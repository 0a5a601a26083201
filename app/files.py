"""Answers that are written to a new file, in the form that its suffix names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from click.decorators import FC

from app.output import message
from pipeline.errors import UsageError
from pipeline.workspace import write_atomically

Forms = dict[str, Callable[[], str | bytes]]
"""What makes the file, by suffix."""


def out_option(*suffixes: str) -> Callable[[FC], FC]:
    """`--out FILE`, whose suffix says in which form."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"Write to a new file: {', '.join(f'FILE.{suffix}' for suffix in suffixes)}.",
    )


def write_form(out: Path, forms: Forms) -> None:
    """Write a new file in the form that its suffix names, and say which."""
    if out.suffix.lower() not in forms:
        raise UsageError(f"{out.name} does not say in which form.", f"End it with {' or '.join(forms)}.")
    if out.exists():
        raise UsageError(f"{out} is there already.", "Name a new file.")
    write_atomically(out, forms[out.suffix.lower()]())
    message(str(out))
