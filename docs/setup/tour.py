"""Draws tour.svg: what the command line says on the sample documents. Run it after `make demo`."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WORKSPACE = "demo-workspace"
COMMANDS = (
    ("""search '"Area 4" AND access' --limit 3""", 14),
    ("search 工期 --limit 3", 11),
    ("links CLM-001", 14),
    ("deadlines CLM-001 --today 2023-08-01", 8),
    ("verify demo-bundle", 2),
)


def main() -> None:
    """Write the picture."""
    console = Console(record=True, width=150, file=io.StringIO())
    for command, lines in COMMANDS:
        console.print(Text(f"$ claimtrail {command}", style="bold green"))
        for line in _answer(command).splitlines()[:lines]:
            if line.strip():
                console.print(_line(line.rstrip()), no_wrap=True, overflow="crop")
        console.print()
    svg = console.export_svg(title="claimtrail")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # nothing is loaded from elsewhere
    (Path(__file__).parents[1] / "pictures" / "tour.svg").write_text(svg, encoding="utf-8")


def _line(line: str) -> Text:
    """Indentation and words as two pieces, so that every viewer places the words by column."""
    words = line.lstrip()
    return Text(" " * (len(line) - len(words))).append(words, style="white")


def _answer(command: str) -> str:
    program = Path(sys.executable).with_name("claimtrail")
    environment = {**os.environ, "CLAIMTRAIL_WORKSPACE": WORKSPACE, "CLAIMTRAIL_LANG": "en", "COLUMNS": "150"}
    line = ["bash", "-c", f"{program} {command}"]
    ended = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr


if __name__ == "__main__":
    main()
