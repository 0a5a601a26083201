"""`copy`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import yaml

from app.options import check_records, json_option, open_matter
from app.output import message, print_json, print_table, word
from app.progress import progress
from index.engines import engine_names
from pipeline.errors import UsageError
from pipeline.moving.copy import Copied, Places, copy_matter
from pipeline.settings import Settings
from pipeline.yaml_text import loaded


@click.command("copy")
@click.argument("workspace", type=click.Path(path_type=Path))
@click.argument("to", type=click.Path(path_type=Path))
@click.option(
    "--records", metavar="URL", help="A server for the copy's records: postgresql://user@host/database."
)
@click.option("--schema", metavar="NAME", help="The schema in that database, if not the user's usual one.")
@click.option("--originals", metavar="URL", help="A folder or address (s3://…) for the copy's originals.")
@click.option("--originals-option", "options", metavar="NAME=VALUE", multiple=True, help="Of that address.")
@click.option(
    "--search", type=click.Choice(engine_names()), help="The copy's search engine (default: the same)."
)
@json_option
def copy_command(
    workspace: Path,
    to: Path,
    records: str | None,
    schema: str | None,
    originals: str | None,
    options: tuple[str, ...],
    search: str | None,
    as_json: bool,
) -> int:
    """Copy a whole matter to a new workspace, compared and verified; to SQLite in its folder, or to a server.

    Started again after an interruption it goes on.

    \b
    Example:
      claimtrail copy northport northport-team --records postgresql://claims@db/northport --originals s3://claims/np
      claimtrail copy northport-team northport
    """
    check_records(records, schema)
    said: dict[str, Any] = {"url": records, "schema": schema}
    with open_matter(workspace) as matter, progress(quiet=as_json) as report:
        places = Places(
            {name: value for name, value in said.items() if value} if records else None,
            _originals(matter.settings, originals, options),
            search,
        )
        copied = copy_matter(matter, to, places, report)
    _tell(copied, as_json)
    return 0 if copied.ok else 1


def _originals(settings: Settings, url: str | None, given: Sequence[str]) -> Mapping[str, Any] | None:
    """The copy's setting; options that are not given are the matter's own for an address of the same kind."""
    if url is None:
        if given:
            raise UsageError("--originals-option goes with --originals.")
        return None
    own = settings.originals
    alike = own.url is not None and "://" in url and own.url.partition("://")[0] == url.partition("://")[0]
    options = {**(own.options if alike else {}), **dict(_option(text) for text in given)}
    return {"url": url, "options": options} if options else {"url": url}


def _option(text: str) -> tuple[str, Any]:
    """A name and a value as YAML has it: `endpoint_url=http://…`, `anon=true`."""
    name, sign, value = text.partition("=")
    try:
        if name and sign:
            return name, loaded(value)
    except yaml.YAMLError:
        pass
    raise UsageError(f"--originals-option {name}: cannot be read.", "Write it as NAME=VALUE.")


def _tell(copied: Copied, as_json: bool) -> None:
    if as_json:
        print_json(copied.as_json())
        return
    message(
        f"{copied.root}: {copied.rows['documents']} {word('documents')}, {word('copied_at')} {copied.at.seq}"
    )
    message(f"{copied.originals} {word('originals_copied' if copied.moved else 'originals_left')}")
    users, tokens = copied.rows["users"], copied.rows["tokens"]
    if users:
        message(f"{users} {word('users_copied')}, {tokens} {word('tokens_copied')}")
    for table, rows in copied.left.items():
        message(f"{rows} {word(f'left_{table}')}")
    if copied.faults:
        print_table(["where", "what"], [(fault.where, fault.what) for fault in copied.faults])
        message(f"{len(copied.faults)} {word('found_faults')}")
