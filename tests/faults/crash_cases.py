"""What the tests of kill -9 share: the driver that kills, workspaces with work to do, and what must be equal."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from app.cli import run
from pipeline.describe import evidence_json, history_json
from pipeline.indexing import open_search
from pipeline.matter import Matter
from pipeline.records import arrivals, audit_log, documents, likenesses, matters
from pipeline.register import body_of
from pipeline.verify import verify
from tests.conftest import LETTER

DRIVER = Path(__file__).parent / "killed.py"
SIGKILLED = -9
ONCE = ("taken in", "seen", "tied", "labelled", "received", "read", "claim imported")
"""Actions that the audit tells of once, however often the command was killed and given again."""


class Ended(NamedTuple):
    """How a command ended: exit status or negative signal, boundaries passed, seconds taken."""

    status: int
    passed: int
    seconds: float


class Driver:
    """Runs commands in children that can be killed at a boundary, or after a time with their whole group."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(DRIVER)],
            env={**os.environ, "CLAIMTRAIL_USER": "tester"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *arguments: str | Path, at: int = 0, number: int = signal.SIGKILL, after: float | None = None
    ) -> Ended:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        given = [str(argument) for argument in arguments]
        asked = {"at": at, "number": int(number), "after": after, "arguments": given}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate(timeout=90)


def state(root: Path) -> dict[str, Any]:
    """What records, index, originals, inbox and quarantine say, without the times."""
    with Matter.open(root, "test") as matter:
        with matter.reading() as tx:
            summaries = documents.summaries(tx)
            shown = {found.id: _document(tx, found.id) for found in summaries}
            links = [link.as_json() for link in matters.link_list(tx)]
            claims = [body_of(claim) for claim in matters.all_claims(tx)]
            aliases = matters.aliases(tx)
            once = [(e.action, e.subject) for e in audit_log.entries(tx) if e.action in ONCE]
        hits = open_search(matter).search("*", limit=1000).hits
        return {
            "shown": dict(sorted(shown.items())),
            "links": sorted(links, key=lambda link: (link["doc"], link["event"])),
            "claims": (claims, aliases),
            "once": sorted(once),
            "hits": sorted((hit.doc, hit.page, hit.kind, hit.date, hit.title, hit.events) for hit in hits),
            "originals": sorted(matter.originals.hashes()),
            "files": _files(root / "inbox") + _files(root / "quarantine"),
        }


def _document(tx: Any, document: str) -> dict[str, Any]:
    found = documents.evidence(tx, documents.summary(tx, document))
    labels, near = arrivals.label_list(tx, document), likenesses.likeness_list(tx, document)
    shown = {**evidence_json(found), **history_json(found, [], [], labels, near)}
    for sighting in shown["sightings"]:
        if sighting["received"] > "2026":  # else a person said so
            sighting.pop("received")
    for correction in found.summary.corrections:
        shown.setdefault("corrected", []).append((correction.field, correction.role, correction.value))
    return shown


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def settled(root: Path) -> dict[str, Any]:
    """The state, and that nothing is wrong and nothing half-done lies about."""
    assert verify(root).faults == ()
    assert not list((root / "scratch").iterdir())
    assert not list((root / "originals").glob(".incoming/*"))
    assert not list(root.glob(".*.json.*"))
    assert not [path for folder in ("quarantine", "reports") for path in (root / folder).rglob(".*")]
    return state(root)


def sql(root: Path, *statements: str) -> None:
    """Changes to the records from outside."""
    with sqlite3.connect(root / "records.sqlite") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def copies(prepared: Path, folder: Path) -> Iterator[Path]:
    """Copies of a workspace, one at a time, without end."""
    while True:
        shutil.rmtree(root := folder / "copy", ignore_errors=True)
        shutil.copytree(prepared, root)
        yield root


class Bundle:
    """An export of a claim beside the workspace, and what must be true of it whenever one looks."""

    def __init__(self, driver: Driver, root: Path, out: Path) -> None:
        self._run, self._root, self.out = driver.run, root, out
        self.command = ("export", "CLM-001", "--zip", "--workspace", root, "--out", out)

    def check_killed(self) -> None:
        """No half bundle has a final name."""
        for made in (self.out, self.out.with_name(f"{self.out.name}.zip")):
            assert not made.exists() or verify(made).faults == ()

    def finish(self) -> None:
        """The command again makes it, or says that it is there; the audit tells of it, once."""
        expected = 2 if self.out.exists() else 0
        assert self._run(*self.command).status == expected
        packed = self.out.with_name(f"{self.out.name}.zip")
        assert verify(self.out).faults == verify(packed).faults == ()
        assert sorted(path.name for path in self.out.parent.iterdir()) == [self.out.name, packed.name]
        assert self.told() == ["exporting", "exported"]
        assert verify(self._root).faults == ()

    def told(self) -> list[str]:
        """What the audit tells of the newest export, which is over."""
        with Matter.open(self._root, "test") as matter, matter.reading() as tx:
            entries = [entry for entry in audit_log.entries(tx) if "manifest" in entry.detail]
            assert matters.open_runs(tx, "export") == {}
        manifest = self.out / "data" / "manifest.json"
        name = (
            sha256(manifest.read_bytes()).hexdigest() if manifest.exists() else entries[-1].detail["manifest"]
        )
        return [entry.action for entry in entries if entry.detail["manifest"] == name]


def count_from(variable: str, usual: int) -> int:
    """How many kills to try: as many as the environment says, `all` for all there are."""
    said = os.environ.get(variable, "")
    return sys.maxsize if said == "all" else int(said or usual)


Case = Callable[[Path], tuple[str | Path, ...]]


def ingest(root: Path) -> tuple[str | Path, ...]:
    """New files, one of them twice, one that fails; some known already."""
    folder = root.parent / "evidence"
    (folder / "again.txt").write_text(LETTER, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing follows")
    return "ingest", folder


def watch(root: Path) -> tuple[str | Path, ...]:
    """Files with folders and sidecars that say things, one that fails, a sidecar that comes late."""
    shutil.copytree(root.parent / "evidence", root / "inbox" / "CLM-001" / "Harbour", dirs_exist_ok=True)
    put_into(root / "inbox")
    return "watch", "--once"


def put_into(inbox: Path) -> None:
    """A letter with a sidecar, and one that fails."""
    (inbox / "new.txt").write_text(LETTER.replace("0145", "0146"), encoding="utf-8")
    (inbox / "new.txt.yaml").write_text("party: Harbour\nreceived: 2023-03-20\nclaim: CLM-001\n")
    (inbox / "broken.pdf").write_bytes(b"%PDF-1.4 nothing follows")
    (inbox / "broken.pdf.yaml").write_text("note: by hand\n")


def link(root: Path) -> tuple[str | Path, ...]:
    """An event that came to mean another document."""
    _change_register(root)
    assert run(["claims", "import", str(root.parent / "register.yaml"), "--workspace", str(root)]) == 0
    sql(root, "DELETE FROM steps WHERE step IN ('link', 'likeness')")
    sql(root, "DELETE FROM links WHERE rowid = (SELECT min(rowid) FROM links)")
    return ("link",)


def claims_import(root: Path) -> tuple[str | Path, ...]:
    _change_register(root)
    return "claims", "import", root.parent / "register.yaml"


def _change_register(root: Path) -> None:
    register = root.parent / "register.yaml"
    text = register.read_text(encoding="utf-8").replace("keywords: [Area B,", "keywords: [spade,")
    register.write_text(text, encoding="utf-8")


def reindex(_root: Path) -> tuple[str | Path, ...]:
    return ("reindex",)


def night(root: Path) -> tuple[str | Path, ...]:
    """The inbox full, one document to be read again, one to be understood again, one to be tried again."""
    put_into(root / "inbox")
    first, second, third = _ids(root)
    sql(
        root,
        f"UPDATE steps SET version = 0 WHERE step = 'read' AND document = '{first}'",  # noqa: S608
        f"UPDATE steps SET version = 0 WHERE step = 'facts' AND document = '{second}'",  # noqa: S608
    )
    _quarantine(root, third)
    return ("night",)


def retry(root: Path) -> tuple[str | Path, ...]:
    """Two that will be read now, one of which lies in the quarantine, and one that will not."""
    put_into(root / "inbox")
    assert run(["watch", "--once", "--workspace", str(root)]) == 1
    first, second, *_ = _ids(root)
    sql(root, _failing(first))
    _quarantine(root, second)
    return "retry", "--all"


def _quarantine(root: Path, document: str) -> None:
    sql(root, _failing(document))
    (root / "quarantine" / f"{document}.txt").write_text("as it came")
    reason = json.dumps({"code": "timed_out", "document": document})
    (root / "quarantine" / f"{document}.txt.reason.json").write_text(reason)


def _failing(document: str) -> str:
    reason = json.dumps({"code": "timed_out", "message": "m", "hint": "h"})
    return f"UPDATE documents SET state = 'failed', reason = '{reason}' WHERE id = '{document}'"  # noqa: S608


def _ids(root: Path) -> list[str]:
    with Matter.open(root, "test") as matter, matter.reading() as tx:
        return sorted(found.id for found in documents.summaries(tx) if found.state == "ok")


def confirm(root: Path) -> tuple[str | Path, ...]:
    return "confirm", _ids(root)[0], "CLM-001/E2"


def reject(root: Path) -> tuple[str | Path, ...]:
    return "reject", _ids(root)[0], "CLM-001/E1"


def correct(root: Path) -> tuple[str | Path, ...]:
    said = ("--kind", "invoice", "--date", "2023-08-07", "--party", "seller=Harbour Civil Ltd")
    return "correct", _ids(root)[0], *said


def mark(root: Path) -> tuple[str | Path, ...]:
    return "mark", _ids(root)[0], "privileged"


def unmark(root: Path) -> tuple[str | Path, ...]:
    assert run(["mark", _ids(root)[0], "privileged", "--workspace", str(root)]) == 0
    return "mark", _ids(root)[0], "privileged", "--clear"


def merge(_root: Path) -> tuple[str | Path, ...]:
    return "parties", "merge", "Northport Authority", "Northport", "NPA"
