"""Memory of the process that holds the records: it does not grow with what is taken in. Larger loads are in bench/."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

pytestmark = pytest.mark.long
MIB = 2**20
MEASURED = """
import resource, sys
from app.cli import run
status = run(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print("peak", status, peak * (1 if sys.platform == "darwin" else 1024), file=sys.stderr)
"""
WRITTEN = """the crane at gate four was out of order and so work on the east wall had to stop until noon when men came
with new parts to mend it"""


def ingested(workspace: Path, source: Path) -> tuple[dict[str, Any], int]:
    """The report, and the peak of memory in bytes of the command's own process."""
    subprocess.run([sys.executable, "-m", "app", "init", str(workspace)], check=True, capture_output=True)
    command = [sys.executable, "-c", MEASURED, "ingest", str(source), "--workspace", str(workspace), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240)
    _, status, peak = ended.stderr.splitlines()[-1].split()
    assert status in ("0", "1"), ended.stderr
    return json.loads(ended.stdout), int(peak)


def zipped(path: Path, size: int) -> Path:
    """A stored zip of two files that nothing can read, `size` bytes in all."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in range(2):
            with archive.open(f"{number}.dat", "w") as member:
                member.write(bytes([number, 0xD1, 0, 7]))
                for _ in range(size // 2 // MIB):
                    member.write(bytes(MIB))
    return path


def printed(path: Path, pages: int) -> Path:
    """A PDF of closely written pages."""
    canvas, words = Canvas(str(path), pagesize=(595, 842)), WRITTEN.split()
    for number in range(pages):
        text = canvas.beginText(30, 810)
        text.setFont("Helvetica", 6)
        for row in range(110):
            first = (number * 7 + row * 3) % len(words)
            text.textLine(" ".join([*words[first:], *words[:first]]))
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="there is no resource module")
def test_the_bytes_of_an_archive_do_not_come_into_memory(tmp_path: Path) -> None:
    small, little = ingested(tmp_path / "small", zipped(tmp_path / "small.zip", 2 * MIB))
    large, much = ingested(tmp_path / "large", zipped(tmp_path / "large.zip", 200 * MIB))
    assert len(small["ingested"]) == len(large["ingested"]) == 1
    assert {failed["reason"].partition(":")[0] for failed in large["failed"]} == {"unsupported"}
    assert much - little < 40 * MIB


@pytest.mark.skipif(sys.platform == "win32", reason="there is no resource module")
def test_the_words_of_a_long_document_do_not_come_into_memory(tmp_path: Path) -> None:
    """As objects the words of this one, with their places, take 100 MiB."""
    _, little = ingested(tmp_path / "short", printed(tmp_path / "short.pdf", 1))
    report, much = ingested(tmp_path / "long", printed(tmp_path / "long.pdf", 100))
    assert [found["pages"] for found in report["ingested"]] == [100]
    assert much - little < 90 * MIB
