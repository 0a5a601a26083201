"""Old Office files through LibreOffice itself, where it is installed: what it gives, and that it never stays behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from extractors.detect import media_type
from extractors.document import PageText
from extractors.errors import WorkerDied
from extractors.limits import Limits
from extractors.readers import read, soffice
from extractors.readers.draft import Draft, Input
from extractors.workers import Workers
from tests.extractors.test_no_network import Server
from tests.waiting import soon

pytestmark = [
    pytest.mark.skipif(soffice.installed() is None, reason="LibreOffice is not installed"),
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc"),
]

_NAMES = "".join(
    f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office",
        "draw": "drawing",
        "text": "text",
        "svg": "svg-compatible",
    }.items()
)
_FRAME = '<draw:frame svg:width="10cm" svg:height="3cm" text:anchor-type="as-char">'
_IMAGE = (
    '<draw:image xlink:href="http://127.0.0.1:PORT/plan.png" xlink:type="simple" xlink:actuate="onLoad"/>'
)


def flat(kind: str, body: str) -> str:
    """A flat OpenDocument file."""
    return (
        f'<?xml version="1.0"?><office:document{_NAMES} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2"'
        f' office:mimetype="application/vnd.oasis.opendocument.{kind}"><office:body><office:{kind}>{body}'
        f"</office:{kind}></office:body></office:document>"
    )


SLIDES = flat(
    "presentation",
    f"<draw:page>{_FRAME}<draw:text-box><text:p>Delay of piling 延期</text:p></draw:text-box></draw:frame></draw:page>",
)
LINKED = flat("text", f"<text:p>Plan {_FRAME}{_IMAGE}</draw:frame></text:p>")


def made(source: Path, kind: str) -> Path:
    """The file saved in an old form by LibreOffice."""
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        str(source.parent),
        str(source),
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    return source.with_suffix(f".{kind}")


@pytest.fixture(scope="module")
def old_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A letter, a workbook and slides in the forms of before 2007."""
    folder = tmp_path_factory.mktemp("old")
    letter = Document()
    letter.add_paragraph("Notice of delay 延期通知")
    for cell, text in zip(letter.add_table(1, 2).rows[0].cells, ("Delay", "14 days"), strict=True):
        cell.text = text
    letter.add_paragraph("Yours faithfully")
    letter.save(str(folder / "letter.docx"))
    book = openpyxl.Workbook()
    book.active.append(["Piles", 1250.5])
    book.save(folder / "book.xlsx")
    (folder / "slides.fodp").write_text(SLIDES, encoding="utf-8")
    sources = {"doc": "letter.docx", "xls": "book.xlsx", "ppt": "slides.fodp"}
    return {kind: made(folder / name, kind) for kind, name in sources.items()}


def draft_of(path: Path, scratch: Path, limits: Limits | None = None) -> Draft:
    scratch.mkdir(exist_ok=True)
    return read(Input(path, path.name, media_type(path, path.name), scratch, limits or Limits()))


def text_of(draft: Draft) -> str:
    return "\n".join(page.text for page in draft.pages if isinstance(page, PageText))


def processes_of(scratch: Path) -> list[int]:
    """The programs that work with a profile in this folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if str(scratch).encode() in told and b"UserInstallation" in told:
            found.append(int(folder.name))
    return found


def test_old_files_are_read_side_by_side_and_nothing_stays(
    old_files: dict[str, Path], tmp_path: Path
) -> None:
    with Workers(2, Limits()) as workers:
        running = {
            kind: workers.submit(draft_of, path, tmp_path / kind, seconds=120, name=path.name)
            for kind, path in old_files.items()
        }
        drafts = {kind: future.result(240) for kind, future in running.items()}
    assert {draft.notes[0] for draft in drafts.values()} == {"read by way of LibreOffice"}
    assert "Notice of delay 延期通知" in text_of(drafts["doc"])
    assert "Piles\t1250.5" in text_of(drafts["xls"])
    assert "Delay of piling 延期" in text_of(drafts["ppt"])
    assert "Delay\t14 days" in text_of(drafts["doc"])
    assert not processes_of(tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_conversion_that_takes_too_long_is_ended_and_the_text_is_found(
    old_files: dict[str, Path], tmp_path: Path
) -> None:
    draft = draft_of(old_files["doc"], tmp_path / "scratch", Limits(seconds=0.1))
    assert "took longer than 0 seconds" in draft.notes[0]
    assert "Notice of delay 延期通知" in text_of(draft)
    assert soon(lambda: not processes_of(tmp_path))


def _worker_of(process: int) -> int:
    """The first Python above a process: the worker that started it."""
    while b"soffice" in Path(f"/proc/{process}/cmdline").read_bytes():
        status = Path(f"/proc/{process}/status").read_text()
        process = int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))
    return process


def test_a_worker_that_is_killed_takes_libreoffice_along(old_files: dict[str, Path], tmp_path: Path) -> None:
    if not soffice._confinement() or "--kill-child" not in soffice._confinement():
        pytest.skip("the system gives no process a namespace of its own")
    with Workers(1, Limits()) as workers:
        running = workers.submit(draft_of, old_files["doc"], tmp_path / "scratch", seconds=120, name="a.doc")
        assert soon(lambda: bool(processes_of(tmp_path)))
        os.kill(_worker_of(min(processes_of(tmp_path))), signal.SIGKILL)
        with pytest.raises(WorkerDied):
            running.result(60)
    assert soon(lambda: not processes_of(tmp_path))


def test_links_are_not_followed_even_without_namespaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()
    path = tmp_path / "linked.fodt"
    path.write_text(LINKED.replace("PORT", str(server.port)), encoding="utf-8")
    monkeypatch.setattr(soffice, "_confinement", lambda: ())
    source = Input(path, path.name, "application/msword", tmp_path / "scratch", Limits())
    with soffice.converted(source, ".fodt", "docx") as result:
        assert "Plan" in text_of(draft_of(shutil.copy(result, tmp_path / "a.docx"), tmp_path / "other"))
    assert server.visits == 0
    made(path, "docx")
    server.close()
    assert server.visits > 0  # without our settings it comes for the picture
