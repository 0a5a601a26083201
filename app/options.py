"""Options that several commands share, and what they mean."""

from __future__ import annotations

import datetime
import getpass
import os
import zoneinfo
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from extractors.ocr import engines
from pipeline.errors import UsageError
from pipeline.matter import Matter
from pipeline.settings import records_at
from pipeline.workspace import DEFAULT

F = TypeVar("F", bound=Callable[..., Any])


def workspace_option(command: F) -> F:
    """`--workspace DIR`, else CLAIMTRAIL_WORKSPACE, else ./claimtrail-workspace; passed as `workspace: Path`."""
    return click.option(
        "--workspace",
        type=click.Path(path_type=Path),
        envvar="CLAIMTRAIL_WORKSPACE",
        default=DEFAULT,
        show_default=True,
        help="The matter's folder (or set CLAIMTRAIL_WORKSPACE).",
    )(command)


def json_option(command: F) -> F:
    """`--json`, passed as `as_json: bool`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(command)


def ocr_option(command: F) -> F:
    """`--ocr`, passed as `ocr: str | None`."""
    choice = click.Choice(["fast", "auto", "accurate"])
    return click.option("--ocr", type=choice, default=None, help="How hard to try on scans (default: auto).")(
        command
    )


def ocr_engine_option(command: F) -> F:
    """`--ocr-engine`, passed as `ocr_engine: str | None`."""
    choice = click.Choice(engines())
    text = "Which engine reads scans (default: chosen page by page)."
    return click.option("--ocr-engine", type=choice, default=None, help=text)(command)


def clock_options(command: F) -> F:
    """`--cron` and `--timezone` of the nightly run, passed as `cron: str` and `timezone: str`."""
    zone = click.option(
        "--timezone",
        default="UTC",
        show_default=True,
        callback=_zone,
        help="The zone of --cron, e.g. Asia/Shanghai.",
    )
    cron = click.option(
        "--cron", default="0 2 * * *", show_default=True, help="When to run: minute hour day month weekday."
    )
    return cron(zone(command))


def _zone(_context: click.Context, _option: click.Parameter, said: str) -> str:
    if said not in zoneinfo.available_timezones():
        raise UsageError(f"{said!r} is no time zone.", "Write it as Europe/London or Asia/Shanghai.")
    return said


def check_records(url: str | None, schema: str | None) -> None:
    """Refuse what --records and --schema cannot mean, before anything is made. Raises `UsageError`."""
    if schema and not url:
        raise UsageError("--schema goes with --records.")
    if url:
        records_at(url, schema)


class IsoDate(click.ParamType[datetime.date]):
    """A date such as 2023-03-14; also a month or a year, which stand for their first or last day."""

    name = "date"

    def __init__(self, last: bool = False) -> None:
        self._last = last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        from index.values import days_of  # what reads queries would delay every command

        if isinstance(value, datetime.date):
            return value
        try:
            days = days_of(str(value))
        except ValueError:
            return self.fail(f"{value!r} is not a date; write it as 2023-03-14.", param, ctx)
        return days.last if self._last else days.first


class Amount(click.ParamType[Decimal]):
    """A decimal number; thousands may be set apart by commas."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        from index.values import number_of

        try:
            return number_of(str(value))
        except ValueError:
            return self.fail(f"{value!r} is not an amount.", param, ctx)


def filter_options(sorts: tuple[str, ...]) -> Callable[[F], F]:
    """The filters of `search` and `list`, passed by their names."""

    def add(command: F) -> F:
        for option in reversed(_filters(sorts)):
            command = option(command)
        return command

    return add


def _filters(sorts: tuple[str, ...]) -> list[Callable[[F], F]]:
    return [
        click.option("--from", "date_from", type=IsoDate(), help="Dated on or after."),
        click.option("--to", "date_to", type=IsoDate(last=True), help="Dated on or before."),
        click.option("--kind", "kinds", help="Of this kind (may be repeated).", multiple=True),
        click.option("--party", "parties", help="With this party.", multiple=True),
        click.option("--claim", "claims", help="Linked to this claim.", multiple=True),
        click.option("--event", "events", help="Linked to this event (CLAIM/EVENT).", multiple=True),
        click.option("--min-amount", type=Amount(), help="Naming an amount of at least this."),
        click.option("--max-amount", type=Amount(), help="Naming an amount of at most this."),
        click.option("--language", "languages", help="In this language (zh, en, …).", multiple=True),
        click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True),
        click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True),
        click.option("--sort", type=click.Choice(sorts), default=sorts[0], show_default=True),
    ]


def open_matter(workspace: Path) -> Matter:
    """The matter in this folder, open for the person who runs the command."""
    return Matter.open(workspace, actor())


def actor() -> str:
    """Who is at work, for the audit: CLAIMTRAIL_USER, else the name of the login."""
    if said := os.environ.get("CLAIMTRAIL_USER"):
        return said
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
