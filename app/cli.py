"""`claimtrail`: the command line. Commands live in `app/commands/`; each is loaded when it is called."""

from __future__ import annotations

import gc
import importlib
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from app.output import print_error
from extractors.errors import ClaimtrailError
from index.errors import SearchError
from pipeline.errors import named

COMMANDS = {
    "init": "setup",
    "doctor": "setup",
    "extract": "intake",
    "ingest": "intake",
    "watch": "watch",
    "schedule": "schedule",
    "deploy": "deploy",
    "retry": "intake",
    "load": "intake",
    "claims": "register",
    "events": "events",
    "parties": "register",
    "link": "links",
    "links": "links",
    "confirm": "links",
    "reject": "links",
    "stance": "links",
    "correct": "judgement",
    "settle": "judgement",
    "mark": "judgement",
    "review": "judgement",
    "chronology": "casework",
    "deadlines": "casework",
    "ledger": "casework",
    "gaps": "casework",
    "report": "papers",
    "notice": "papers",
    "custody": "papers",
    "search": "finding",
    "list": "finding",
    "show": "finding",
    "reindex": "finding",
    "export": "handover",
    "verify": "handover",
    "copy": "copying",
    "stamp": "handover",
    "serve": "serve",
    "users": "users",
}
READ = ("extract", "ingest", "retry", "load")
"""Commands that are sure to read documents."""
GROUPS = ("claims", "events", "parties", "users")
"""Names behind which another one stands."""


@contextmanager
def _loading() -> Iterator[None]:
    """Next to nothing becomes garbage while modules are loaded: looking for it takes a tenth of that time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class Commands(click.Group):
    """Finds a command by its name and loads only the module that holds it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        with _loading():
            module = importlib.import_module(f"app.commands.{COMMANDS[cmd_name]}")
        found = getattr(module, f"{cmd_name}_command")
        assert isinstance(found, click.Command)  # noqa: S101  a table and its modules that must agree
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="claimtrail")
def cli() -> None:
    """From a folder of evidence to a searchable index and a bundle that holds.

    \b
    Example:
      claimtrail init matter && cd matter
      claimtrail --help
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end with the exit status of the contract."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that is not UTF-8 shows ? for what it lacks
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(given))


def run(arguments: list[str]) -> int:
    """Run a command; returns its exit status. Every error is named, with what to do."""
    as_json = "--json" in arguments
    arguments = _behind_the_name(arguments)
    try:
        if arguments and arguments[0] in READ:
            from extractors.workers import prepare  # the other commands need not load it

            prepare()
        answer = cli.main(args=arguments, prog_name="claimtrail", standalone_mode=False)
        return int(answer or 0)
    except (ClaimtrailError, SearchError) as error:
        return _refused(error, as_json)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        return _unfinished(error, as_json)
    except click.UsageError as error:
        hint = f"See {error.ctx.command_path if error.ctx else 'claimtrail'} --help."
        print_error({"code": "usage", "message": error.format_message(), "hint": hint}, as_json)
        return 2
    except (click.Abort, KeyboardInterrupt):
        print_error(
            {"code": "interrupted", "message": "Interrupted.", "hint": "What was finished is kept."}, as_json
        )
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        return _refused(named(error), as_json)


def _unfinished(error: click.exceptions.NoArgsIsHelpError, as_json: bool) -> int:
    """A group without a command's name behind it: its help, or with --json an error."""
    if as_json:
        path = error.ctx.command_path if error.ctx else "claimtrail"
        said = {"code": "usage", "message": f"{path} needs a command.", "hint": f"See {path} --help."}
        print_error(said, as_json)
    else:
        error.show()
    return 2


def _behind_the_name(arguments: list[str]) -> list[str]:
    """The arguments with `--workspace` and `--json` behind the command's name, where people put them before it."""
    names: list[str] = []
    early: list[str] = []
    rest = list(arguments)
    while rest and (not names or (len(names) == 1 and names[0] in GROUPS)):
        words = 2 if rest[0] == "--workspace" else 1
        if rest[0].partition("=")[0] in ("--workspace", "--json"):
            early += rest[:words]
        elif rest[0].startswith("-"):
            break
        else:
            names += rest[:words]
        rest = rest[words:]
    unfinished = not names or (len(names) == 1 and names[0] in GROUPS)
    return [*names, *rest] if unfinished else [*names, *early, *rest]


def _refused(error: ClaimtrailError | SearchError, as_json: bool) -> int:
    print_error(error.as_json(), as_json)
    return error.exit_code
