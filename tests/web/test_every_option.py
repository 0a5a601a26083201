"""Every command and option is there over HTTP, or it is said why not: docs/api.md tells people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest

from app.cli import cli
from app.web.application import PREFIX, create_app

ELSEWHERE = {
    "extract FILES": "files", "ingest PATHS": "files", "load DAT": "dat", "stamp BUNDLE": "POST /jobs/{job}/stamp",
    "retry DOCUMENT": "doc", "retry --all": "POST /documents/retry",
    "confirm DOCUMENT": "doc", "reject DOCUMENT": "doc",
    "stance DOCUMENT": "doc", "stance --clear": "stance", "correct DOCUMENT": "doc", "correct --party": "parties",
    "correct --amount": "amounts", "settle DOCUMENT": "doc", "settle --as": "value", "mark DOCUMENT": "doc",
    "mark WHAT": "mark", "custody DOCUMENT": "doc", "show DOCUMENT": "doc", "show --text": "GET /documents/{doc}/text",
    "show --original": "GET /documents/{doc}/original", "show --searchable": "GET /documents/{doc}/searchable.pdf",
    "link CLAIM": "POST /claims/{claim}/link", "link --explain": "GET /links/explained",
    "claims import FILE": "application/yaml", "claims respond EVENT": "event",
    "deadlines CLAIM": "GET /claims/{claim}/deadlines",
    "chronology --out": "format", "deadlines --out": "format", "ledger --out": "format", "report --out": "format",
    "notice --out": "format", "custody --out": "format", "events suggest --out": "format", "verify PATH": "bundle",
    "users add --claim": "claims", "users change --claim": "claims", "users change --all-claims": "claims",
    "users add --no-password": "password", "users token --withdraw": "DELETE /users/{name}/tokens/{label}",
}  # fmt: skip
"""Where an option is called otherwise: the name of a parameter, or an operation of its own."""
NOT_THERE = {
    "init": "there is no server before there is a workspace",
    "serve": "it is the server",
    "deploy": "services and workers are set up on the machine that runs them",
    "copy": "a matter is moved by whoever keeps its machine, folders and databases",
    "watch --inbox": "paths of the server's machine are named on that machine",
    "schedule --cron": "a service's own; `POST /night` is one run at once",
    "schedule --timezone": "belongs to --cron",
    "schedule --now": "`POST /night` is always at once",
    "watch --once": "`POST /inbox` always drains it and ends; to watch is a service's",
    "ingest --exclude": "whoever sends files chooses them",
    "ingest --prefect": "work asked for over HTTP has a queue of its own, which outlives restarts",
    "export --out": "the bundle is fetched from the job, as a zip",
    "export --zip": "the bundle is fetched from the job, as a zip",
}
"""What has no counterpart, and why."""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command under its full name."""

    def below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        if not isinstance(command, click.Group):
            yield name, command
            return
        context = click.Context(command)
        for word in command.list_commands(context):
            found = command.get_command(context, word)
            assert found is not None
            yield from below(f"{name} {word}".strip(), found)

    yield from below("", cli)


COMMANDS = dict(commands())


def options(name: str) -> Iterator[tuple[str, str]]:
    """The options and arguments of a command, each with the name that a parameter would bear."""
    for one in COMMANDS[name].params:
        if one.name in ("workspace", "as_json", "help"):
            continue
        said = one.opts[-1] if one.param_type_name == "option" else str(one.name).upper()
        yield f"{name} {said}", said.lstrip("-").replace("-", "_").lower()


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What docs/api.md says of each command: the operation that does the same."""
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `claimtrail ([a-z ]+?)`[^|]*\| `([A-Z]+ [^`]+)`", text, re.MULTILINE)
    return dict(rows)


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    from app.cli import run

    root = tmp_path_factory.mktemp("described") / "matter"
    assert run(["init", str(root)]) == 0
    app = create_app(root)
    app.state.claimtrail.close()
    return dict(app.openapi())


def parameters(description: Mapping[str, Any], operation: str) -> set[str]:
    """The names of all that an operation takes: in its path, its query and its body, and the forms of the body."""
    method, _, path = operation.partition(" ")
    found = description["paths"][f"{PREFIX}{path}"][method.lower()]
    names = {one["name"] for one in found.get("parameters", ())}
    for form, body in found.get("requestBody", {}).get("content", {}).items():
        names |= {form, *_properties(description, body.get("schema", {}))}
    return names


def _properties(description: Mapping[str, Any], schema: Mapping[str, Any]) -> set[str]:
    if "$ref" in schema:
        return _properties(
            description, description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        )
    within = [_properties(description, one) for one in schema.get("anyOf", ())]
    return {*schema.get("properties", ()), *(name for names in within for name in names)}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_its_parameter(name: str, told: dict[str, str], description: dict[str, Any]) -> None:
    if name in NOT_THERE:
        assert name not in told
        return
    known = parameters(description, told[name])
    lost = []
    for option, parameter in options(name):
        wanted = ELSEWHERE.get(option, parameter)
        if option in NOT_THERE:
            continue
        if " " in wanted:
            assert parameters(description, wanted)
        elif wanted not in known:
            lost.append(f"{option}: {told[name]} has no {wanted}")
    assert lost == []


def test_no_exception_is_out_of_date() -> None:
    real = {*COMMANDS, *(option for name in COMMANDS for option, _ in options(name))}
    assert {*ELSEWHERE, *NOT_THERE} <= real
    assert not {*ELSEWHERE} & {*NOT_THERE}
    text = " ".join((Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8").split())
    assert [key for key in NOT_THERE if f"`claimtrail {key}`" not in text] == []
