"""The files of deploy/: what they start is there, with the options given, and nothing is open by default."""

from __future__ import annotations

import re
import shlex
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from app.cli import cli
from pipeline.settings import load

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SERVICES = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]


def unit(path: Path) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser


def commands() -> list[tuple[str, list[str]]]:
    """Where each command stands, and the command as a list."""
    found = [(path.name, shlex.split(unit(path)["Service"]["ExecStart"])) for path in UNITS]
    found += [(name, service["command"]) for name, service in SERVICES.items() if "command" in service]
    return [(where, [Path(said[0]).name, *said[1:]]) for where, said in found]


@pytest.mark.parametrize(
    ("where", "said"), commands(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_is_started_is_there_and_knows_its_options(where: str, said: list[str]) -> None:
    program, *rest = said
    assert program in {"claimtrail", "dask", "prefect"}
    if program == "claimtrail":
        command = cli.get_command(click.Context(cli), rest[0])
        assert command is not None
        known = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_as_nobody_special_and_may_write_little(path: Path) -> None:
    service = unit(path)["Service"]
    assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"]) == (
        "claims",
        "yes",
        "strict",
    )
    assert "RestrictNamespaces" not in service


def test_only_the_pages_are_published_and_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["pages"]
    assert all(str(port).startswith("127.0.0.1:") for port in published["pages"])


def test_every_volume_and_dependency_is_declared() -> None:
    whole: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    used = {
        volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])
    }
    assert used == set(whole["volumes"])
    assert all(set(service.get("depends_on", [])) <= set(SERVICES) for service in SERVICES.values())


def test_the_image_holds_what_the_program_is_made_of() -> None:
    copied = re.findall(
        r"^COPY (?!--)(\S+)", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for name in copied:
        assert (DEPLOY.parent / name).exists()
        assert f"!{name}" in allowed
    assert {"app", "extractors", "flows", "index", "pipeline"} <= set(copied)


def test_the_example_settings_are_accepted_and_hold_no_password() -> None:
    settings = load(DEPLOY / "settings.yaml")
    assert settings.search_engine == "postgres"
    assert not re.search(r"://[^/\s]*:[^/\s]*@", (DEPLOY / "settings.yaml").read_text(encoding="utf-8"))


def test_whoever_reads_documents_knows_no_password_and_reaches_nothing_outside() -> None:
    for name in ("worker", "scheduler", "prefect"):
        assert "env_file" not in SERVICES[name]
        assert SERVICES[name]["networks"] == ["inside"]


def test_the_folders_of_volumes_belong_to_who_writes_them() -> None:
    made = re.findall(r"install -d -o claims .*", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    written = [v.split(":")[1] for v in SERVICES["pages"]["volumes"] + SERVICES["prefect"]["volumes"]]
    assert all(folder in made[0].split() for folder in written)


def test_the_command_of_a_matter_says_how_it_is_used() -> None:
    script = DEPLOY / "systemd" / "claimtrail-matter"
    told = subprocess.run(["sh", str(script), "northport"], capture_output=True, text=True, check=False)  # noqa: S607
    assert (told.returncode, told.stderr.split(":")[0]) == (2, "Usage")
