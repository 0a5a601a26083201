"""`python -m bench [WORKSPACE]`: accuracy on the sample documents, then the speed of intake and search.

With a workspace that holds the samples already, only the accuracy is measured.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.samples import DOCUMENTS, REGISTER, compare, links_f1
from pipeline.describe import evidence_json, history_json
from pipeline.ingest import ingest
from pipeline.intake import discover
from pipeline.judgement import import_claims
from pipeline.matter import Matter
from pipeline.records import documents, matters
from pipeline.register import read_register
from pipeline.workspace import init


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("workspace", nargs="?", type=Path)
    parser.add_argument("--misses", action="store_true", help="name everything that was missed")
    given = parser.parse_args(arguments)
    if given.workspace:
        accuracy(given.workspace, given.misses)
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "matter"
        speed(root)
        accuracy(root, given.misses)


def speed(root: Path) -> None:
    """Take the samples in and print how long it took."""
    init(root)
    with Matter.open(root, "bench") as matter:
        import_claims(matter, read_register(REGISTER))
        started = time.monotonic()
        report = ingest(matter, discover([DOCUMENTS], ["*.expected.json"]))
        seconds = time.monotonic() - started
    pages = sum(outcome.pages for outcome in report.ingested)
    print(f"intake: {len(report.ingested)} documents, {pages} pages in {seconds:.1f} s ({pages / seconds:.2f} pages/s)")


def accuracy(root: Path, misses: bool) -> None:
    """Print how much of the samples' truth is in the workspace."""
    with Matter.open(root, "bench") as matter, matter.reading() as tx:
        shown: dict[str, dict[str, Any]] = {}
        paths: dict[str, list[str]] = {}
        for summary in documents.summaries(tx):
            found = documents.evidence(tx, summary)
            paths[summary.id] = [seen.path for seen in summary.sightings]
            answer = {**evidence_json(found), **history_json(found, [], [])}
            shown |= dict.fromkeys(paths[summary.id], answer)
        links = matters.link_list(tx)
    for what, score in sorted(compare(shown).items()):
        print(f"{what:<16} {score.found:>4} of {score.asked:>4}  {score.share:.3f}")
        for missed in score.missed if misses else ():
            print(f"    {missed}")
    precision, recall, f1, differences = links_f1((p, x.event) for x in links for p in paths[x.document])
    print(f"links            precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    for difference in differences if misses else ():
        print(f"    {difference}")


if __name__ == "__main__":
    main()
