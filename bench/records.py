"""Records on PostgreSQL against SQLite, in one run: `python -m bench.records [--rounds N] [FOLDER]`.

A server of Debian's packages is started on a Unix socket, with writes as safe as SQLite's. The same heap (letters,
mails, little PDFs; or the files of FOLDER) is taken in on both in turn; then the list of all documents, one document
whole, and one decision are asked for again and again, turn about. Prints the median of each, and the ratio.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.load_inputs import Heap
from pipeline.describe import evidence_json
from pipeline.ingest import ingest
from pipeline.intake import discover
from pipeline.judgement import mark
from pipeline.listing import Wanted, document_list
from pipeline.matter import Matter
from pipeline.records import documents
from pipeline.workspace import init, name_records
from tests import postgres

AS_SAFE = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
FILES = 200
HOMES = ("SQLite", "PostgreSQL")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.records", description=__doc__.partition("\n\n")[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=30)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch, postgres.serving() as server:
        make_safe(server)
        place = Path(scratch)
        heap = given.folder or made(place / "heap")
        roots = {home: init(place / home).root for home in HOMES}
        name_records(init(roots["PostgreSQL"]), server.database())
        seconds = {home: [taken_in(root, heap)] for home, root in roots.items()}
        told("ingest of the heap", seconds)
        for what, ask in QUESTIONS.items():
            told(what, asked(roots, ask, given.rounds))


def make_safe(server: postgres.Server) -> None:
    """Undo what makes the server of the tests quick."""
    for name in AS_SAFE:
        server.run("psql", "-d", "postgres", "-c", f"ALTER SYSTEM SET {name} = on")
    server.stop("fast")
    server.start()


def made(folder: Path) -> Path:
    """A heap of small files."""
    folder.mkdir()
    Heap(folder).grow(0, FILES)
    return folder


def taken_in(root: Path, heap: Path) -> float:
    """Seconds to take the heap in."""
    started = time.perf_counter()
    with Matter.open(root, "bench") as matter:
        ingest(matter, discover([heap]))
    return time.perf_counter() - started


def the_list(matter: Matter) -> None:
    """All documents, as `list` shows them."""
    document_list(matter, Wanted())


def one_document(matter: Matter) -> None:
    """One document with pages and facts, as `show` does."""
    with matter.reading() as tx:
        found = documents.summaries(tx)[0].id
        evidence_json(documents.evidence(tx, documents.summary(tx, found)))


def a_decision(matter: Matter) -> None:
    """A mark: one transaction with an entry of the audit."""
    with matter.reading() as tx:
        found = documents.summaries(tx)[0].id
    mark(matter, found, "privileged")


QUESTIONS: dict[str, Callable[[Matter], None]] = {
    "list": the_list,
    "show": one_document,
    "mark": a_decision,
}


def asked(roots: dict[str, Path], ask: Callable[[Matter], None], rounds: int) -> dict[str, list[float]]:
    """Seconds of each answer, by home; both are open, as in the pages' server."""
    seconds: dict[str, list[float]] = {home: [] for home in roots}
    matters = {home: Matter.open(root, "bench") for home, root in roots.items()}
    for _ in range(rounds):
        for home, matter in matters.items():
            started = time.perf_counter()
            ask(matter)
            seconds[home].append(time.perf_counter() - started)
    for matter in matters.values():
        matter.close()
    return seconds


def told(what: str, seconds: dict[str, list[float]]) -> None:
    """Prints the medians in milliseconds, and PostgreSQL's to SQLite's."""
    medians = {home: 1000 * statistics.median(found) for home, found in seconds.items()}
    ratio = medians["PostgreSQL"] / medians["SQLite"]
    print(
        f"{what:<20}" + "".join(f"{home} {ms:>10.1f} ms   " for home, ms in medians.items()) + f"{ratio:.2f}"
    )


if __name__ == "__main__":
    main()
