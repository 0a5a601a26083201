"""`python -m bench [WORKSPACE]`: accuracy on the sample documents, and the speed of intake.

With a workspace that holds the samples already, only the accuracy is measured; with --again, what was read there is
understood and linked anew by the present code, which takes seconds where reading takes minutes.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.links import Judged, judged, mean_average_precision, printed, reliability
from bench.samples import DOCUMENTS, REGISTER, as_expected, compare, links_f1, wanted_links
from bench.suggestions import places
from extractors.extract import understand
from pipeline.describe import evidence_json, history_json
from pipeline.evidence import Evidence
from pipeline.ingest import ingest
from pipeline.intake import discover
from pipeline.judgement import import_claims
from pipeline.linking.scale import PROPOSED
from pipeline.linking.thread import threads
from pipeline.linking.view import Events
from pipeline.linking.weigh import weighed
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.parties import Book
from pipeline.records import documents, matters
from pipeline.register import read_register
from pipeline.workspace import init

FIRST = 3
"""Suggestions that people certainly look at."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("workspace", nargs="?", type=Path)
    parser.add_argument("--again", action="store_true", help="understand and link anew")
    parser.add_argument("--misses", action="store_true", help="name everything that was missed")
    given = parser.parse_args(arguments)
    if given.workspace:
        accuracy(given.workspace, given.again, given.misses)
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "matter"
        speed(root)
        accuracy(root, False, given.misses)


def speed(root: Path) -> None:
    """Take the samples in and print how long it took."""
    init(root)
    with Matter.open(root, "bench") as matter:
        import_claims(matter, read_register(REGISTER))
        started = time.monotonic()
        report = ingest(matter, discover([DOCUMENTS], ["*.expected.json"]))
        seconds = time.monotonic() - started
    pages = sum(outcome.pages for outcome in report.ingested)
    print(
        f"intake: {len(report.ingested)} documents, {pages} pages in {seconds:.1f} s ({pages / seconds:.2f} pages/s)"
    )


def accuracy(root: Path, again: bool, misses: bool) -> None:
    """Print how much of the samples' truth is in the workspace."""
    with Matter.open(root, "bench") as matter:
        found = list(_evidence(matter, again))
        links = _links(matter, found, again)
    paths = {evidence.id: [seen.path for seen in evidence.summary.sightings] for evidence in found}
    shown: dict[str, dict[str, Any]] = {}
    for evidence in found:
        answer = {**evidence_json(evidence), **history_json(evidence, [], [])}
        shown |= dict.fromkeys(paths[evidence.id], answer)
    for what, score in sorted(compare(shown).items()):
        print(f"{what:<16} {score.found:>4} of {score.asked:>4}  {score.share:.3f}")
        for missed in score.missed if misses else ():
            print(f"    {missed}")
    precision, recall, f1, differences = links_f1(
        (path, event) for doc, event in links for path in paths[doc]
    )
    print(f"links            precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    for difference in differences if misses else ():
        print(f"    {difference}")
    with Matter.open(root, "bench") as matter:
        pairs = _judged(matter, found)
    print(f"links            mean average precision {mean_average_precision(pairs):.3f}; scores:")
    printed(reliability((pair.score, pair.right) for pair in pairs))
    with Matter.open(root, "bench") as matter:
        _print_suggested(matter, found, frozenset((x.document, x.event) for x in pairs if x.right), misses)


def _evidence(matter: Matter, again: bool) -> Iterator[Evidence]:
    with matter.reading() as tx:
        for summary in documents.summaries(tx):
            found = documents.evidence(tx, summary)
            yield _understood(found) if again and found.document.pages else found


def _understood(found: Evidence) -> Evidence:
    new = understand(found.document)
    answer = new.classification
    about = replace(
        found.summary,
        kind=answer.kind,
        kind_confidence=answer.confidence,
        language=answer.language,
        title=answer.title,
        date=new.date,
    )
    return replace(found, summary=about, facts=new.facts)


def _links(matter: Matter, found: Sequence[Evidence], again: bool) -> list[tuple[str, str]]:
    with matter.reading() as tx:
        if not again:
            return [(link.document, link.event) for link in matters.link_list(tx)]
    every = _weighed(matter, found)
    return [(link.document, link.event) for link in every if link.score >= PROPOSED]


def _weighed(matter: Matter, found: Sequence[Evidence]) -> list[Link]:
    """The links of every document to every event by the present code, however low they score."""
    with matter.reading() as tx:
        events, kin = Events(matters.all_claims(tx), Book.read(tx)), threads(tx)
    read = [evidence for evidence in found if evidence.document.pages]
    return [link for links in weighed(read, events, kin).values() for link in links]


def judged_samples(root: Path) -> list[Judged]:
    """Every pair of a sample and an event in a workspace that holds the samples, understood and weighed anew."""
    with Matter.open(root, "bench") as matter:
        return _judged(matter, list(_evidence(matter, again=True)))


def _print_suggested(
    matter: Matter, found: Sequence[Evidence], truth: frozenset[tuple[str, str]], misses: bool
) -> None:
    with matter.reading() as tx:
        claims, book, kin = matters.all_claims(tx), Book.read(tx), threads(tx)
    read = [evidence for evidence in found if evidence.document.pages]
    again = list(places(claims, read, book, kin, truth))
    ranks = [place for _, place, _ in again if place is not None]
    first = sum(rank <= FIRST for rank in ranks)
    print(
        f"events           {len(ranks)} of {len(again)} left out are suggested, {first} among the first {FIRST}"
    )
    for name, place, many in again if misses else ():
        print(f"    {name}: {place or 'not'} of {many}")


def _judged(matter: Matter, found: Sequence[Evidence]) -> list[Judged]:
    paths = {evidence.id: [seen.path for seen in evidence.summary.sightings] for evidence in found}
    wanted = wanted_links()
    links = _weighed(matter, found)
    truth = frozenset(
        (link.document, link.event)
        for link in links
        if any((as_expected(path), link.event) in wanted for path in paths[link.document])
    )
    return judged(links, truth)


if __name__ == "__main__":
    main()
