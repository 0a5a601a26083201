"""The workspace that `bench/web.py` serves: papers taken in by the command line, then judged by people. Seeded."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import sqlalchemy as sa

from app import cli
from bench.load_meter import run
from bench.web_inputs import SEED, Papers, register
from pipeline.indexing import index_pending
from pipeline.judgement import correct, judge, mark
from pipeline.matter import Matter
from pipeline.records import documents, glances, matters

JUDGED, REJECTED = 0.4, 0.25
"""The share of the proposed links that people judged before, and of these the share that they rejected."""
MARKED = 8


class BenchFailed(Exception):
    """The bench cannot go on; the message says why."""


@dataclass(frozen=True)
class Known:
    """What can be asked about in a workspace: ids of documents with their pages, of claims, and how much there is."""

    documents: Sequence[tuple[str, int]]
    claims: Sequence[str]
    pages: int
    links: int
    failed: int


def made(root: Path, papers: Path, pages: int) -> None:
    """A workspace of so many pages in the folder; what is there already stays. Raises `BenchFailed`."""
    if (root / "claimtrail.json").exists():
        return
    Papers(papers).write(pages)
    (papers.parent / "register.json").write_text(register(), encoding="utf-8")
    _here("init", root)
    _here("claims", "import", papers.parent / "register.json", "--workspace", root)
    _here("ingest", papers, "--workspace", root)
    with Matter.open(root, "bench") as matter:
        _judge(matter)


def _here(*arguments: str | Path) -> None:
    """Run a command within this process; some files of an intake cannot be read. Raises `BenchFailed`."""
    with redirect_stdout(StringIO()):
        status = cli.run([*map(str, arguments)])
    if status not in (0, 1):
        raise BenchFailed(f"{arguments[0]} ended with status {status}")


def command(*arguments: str | Path, statuses: Sequence[int] = (0,)) -> float:
    """Run a command of claimtrail; returns its seconds. Raises `BenchFailed`."""
    cost = run(*arguments)
    if cost.status not in statuses:
        raise BenchFailed(f"{arguments[0]} ended with status {cost.status}: {cost.said[-5:]}")
    return cost.seconds


def known(root: Path) -> Known:
    """What is in the workspace."""
    with Matter.open(root, "bench") as matter, matter.reading() as tx:
        found = documents.summaries(tx)
        return Known(
            [(one.id, one.page_count) for one in found if one.state in ("ok", "partial") and one.page_count],
            [claim.id for claim in matters.all_claims(tx)],
            sum(one.page_count for one in found),
            sum(glances.verdict_counts(tx).values()),
            sum(one.state == "failed" for one in found),
        )


def _judge(matter: Matter) -> None:
    """People's verdicts, marks and corrections, made as the pages make them: what follows is done once at the end."""
    chance = random.Random(SEED)
    people = matter.acting_as("bench", lambda: None)
    with matter.reading() as tx:
        links = sorted((link.document, link.event) for link in matters.link_list(tx))
    for document, event in links:
        if chance.random() < JUDGED:
            judge(people, document, event, "rejected" if chance.random() < REJECTED else "confirmed")
    for document, _ in chance.sample(links, min(MARKED, len(links))):
        mark(people, document, "privileged")
        correct(people, document, title=f"As corrected, {document[:4]}")
    with matter.change() as change:
        change.tx.execute(sa.text("ANALYZE"))
    index_pending(matter)
