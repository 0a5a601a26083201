"""What a command loads before it begins: everybody waits for that at every start."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", ["intake", "judgement", "finding", "links", "register"])
def test_commands_do_not_load_what_only_others_need(command: str) -> None:
    ask = f"import sys, app.commands.{command}; print('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"prefect", "fastapi", "docx", "reportlab", "rfc3161_client", "tantivy", "pipeline.bundle.build"}
    if command == "intake":
        heavy |= {"app.answers", "pipeline.casefile", "pipeline.deadlines"}
    assert not heavy & set(loaded)
