"""How fast pages go into the index and come out of it, per engine and number of pages.

    python -m bench.search --pages 2000 --pages 10000 --engine tantivy --curves docs/pictures/search.svg

Every engine is measured in a process of its own, and asked the same fifty queries (`search_queries.py`) over the same
pages (`search_pages.py`), whose texts stand beside the index in SQLite, as a workspace's records hold them. SQLite's
FTS5 is measured beside them (trigram tokenizer, so that it too finds Chinese inside sentences) with those queries that
it can express, without facets. Times are on the clock: a busy machine shows in them, and less in those of the
processor (`cpu`), which are this process's own: what a server does for it is not in them. The curves are of the latter.
For `postgres` a server is made for the run (Debian's PostgreSQL).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import TypeAlias

from bench.curve import Line, plot
from bench.search_pages import documents
from bench.search_queries import QUERIES
from bench.search_server import served, size_of
from index.engine import Address, Backing
from index.engines import engine_names, open_index, rebuild
from index.entry import PageEntry

FTS5 = "fts5"
Times: TypeAlias = tuple[float, float, float, float]
_COMMIT = 20_000
"""Pages after which FTS5 and the texts are committed."""


@dataclass
class Taken:
    """What taking pages in cost: seconds on the clock and of the processor, without making the pages."""

    seconds: float = 0.0
    cpu: float = 0.0
    text: int = 0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Counts what the block takes."""
        clock, cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds += time.perf_counter() - clock
        self.cpu += time.process_time() - cpu


@dataclass(frozen=True)
class Row:
    """One row of the table; times in milliseconds.

    `first` is of queries that were not asked before, `repeated` the best of some further rounds: an engine may have
    kept what it counted, as for the next page of the same hits. Both are told on the clock, and of the processor
    (`cpu`), which others leave alone.
    """

    engine: str
    pages: int
    queries: int
    pages_per_s: int
    pages_per_cpu_s: int
    index_of_text: float
    open_ms: float
    first_p50_ms: float
    first_p95_ms: float
    repeated_p50_ms: float
    repeated_p95_ms: float
    cpu_first_p50_ms: float
    cpu_first_p95_ms: float
    cpu_p50_ms: float
    cpu_p95_ms: float
    peak_mb: int
    slowest: dict[str, float] = field(default_factory=dict)


class KeptTexts:
    """The texts of documents in SQLite, and where their pages end, as records hold them."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path)
        self._base.execute("create table if not exists texts (doc text primary key, ends text, text text)")

    def keep(self, pages: Sequence[PageEntry]) -> None:
        """Keeps the texts of a document's pages."""
        ends = json.dumps([0, *accumulate(len(entry.text) for entry in pages)])
        text = "".join(entry.text for entry in pages)
        self._base.execute("insert into texts values (?, ?, ?)", (pages[0].doc, ends, text))

    def commit(self) -> None:
        """Makes them last."""
        self._base.commit()

    def __call__(self, wanted: Sequence[tuple[str, int]]) -> list[str]:
        docs = sorted({doc for doc, _ in wanted})
        query = f"select doc, ends, text from texts where doc in ({','.join('?' * len(docs))})"  # noqa: S608
        found = {doc: (json.loads(ends), text) for doc, ends, text in self._base.execute(query, docs)}
        return [_page(*found[doc], page) for doc, page in wanted]


def _page(ends: list[int], text: str, page: int) -> str:
    return text[ends[page - 1] : ends[page]]


def measured(engine: str, pages: int, rounds: int, beside: Path | None = None) -> Row:
    """One engine with so many pages; `beside` is where its files are made, which are removed afterwards."""
    with tempfile.TemporaryDirectory(dir=beside) as folder, served(engine) as address:
        if engine == FTS5:
            return _measured_fts5(Path(folder), pages, rounds)
        return _measured_engine(Path(folder), engine, address, pages, rounds)


def _measured_engine(folder: Path, engine: str, address: Address | None, pages: int, rounds: int) -> Row:
    texts, taken = KeptTexts(folder / "texts"), Taken()
    backing = Backing(texts, address)
    with taken.counting():
        writing = rebuild(folder / "index", engine, backing=backing)
        batch = writing.__enter__()
    for document in documents(pages):
        texts.keep(document)
        taken.text += sum(len(entry.text.encode()) for entry in document)
        with taken.counting():
            batch.replace(document[0].doc, document)
    texts.commit()
    with taken.counting():
        writing.__exit__(None, None, None)
    files = sum(file.stat().st_size for file in (folder / "index").rglob("*") if file.is_file())
    size = size_of(address) if address else files
    started = time.perf_counter()
    index = open_index(folder / "index", backing)
    opened = 1000 * (time.perf_counter() - started)
    times = {query: _timed(lambda q=query: index.search(q), rounds) for query in QUERIES}  # type: ignore[misc]
    return _row(engine, pages, taken, size, opened, times)


def _measured_fts5(folder: Path, pages: int, rounds: int) -> Row:
    base, taken = sqlite3.connect(folder / "pages"), Taken()
    base.execute("create virtual table pages using fts5(text, tokenize='trigram', content='')")
    texts = sqlite3.connect(folder / "texts")
    texts.execute("create table texts (number integer primary key, text text)")
    for number, entry in enumerate((page for document in documents(pages) for page in document), 1):
        taken.text += len(entry.text.encode())
        texts.execute("insert into texts values (?, ?)", (number, entry.text))
        with taken.counting():
            base.execute("insert into pages (rowid, text) values (?, ?)", (number, entry.text))
            if number % _COMMIT == 0:
                base.commit()
    with taken.counting():
        base.commit()
    texts.commit()
    size = (folder / "pages").stat().st_size
    asked = {query: asking for query in QUERIES if (asking := _for_fts5(query))}
    times = {query: _timed(lambda a=a: _ask_fts5(base, texts, a), rounds) for query, a in asked.items()}  # type: ignore[misc]
    return _row(FTS5, pages, taken, size, 0.0, times)


def _for_fts5(query: str) -> str | None:
    """The query in the words of FTS5; None for what it has no words for, and for words under three letters."""
    if any(sign in query for sign in "~*?:") or "/" in query or "," in query:
        return None
    found: list[str] = []
    for word in (
        query.replace("“", '"').replace("”", '"').replace("(", "( ").replace(")", " )").split('"')[:1]
    ):
        for one in word.split():
            minus, bare = one.startswith("-"), one.lstrip("-")
            if bare not in ("OR", "AND", "(", ")") and len(bare) < 3:
                return None
            found.append(
                f'NOT "{bare}"' if minus else bare if bare in ("OR", "AND", "(", ")") else f'"{bare}"'
            )
    quoted = query.replace("“", '"').replace("”", '"').split('"')
    return f'"{quoted[1]}"' if len(quoted) == 3 else " ".join(found)


def _ask_fts5(base: sqlite3.Connection, texts: sqlite3.Connection, asked: str) -> object:
    """How many pages match, and the best twenty with their texts."""
    total = base.execute("select count(*) from pages where pages match ?", (asked,)).fetchone()
    best = base.execute("select rowid from pages where pages match ? order by rank limit 20", (asked,))
    return total, [texts.execute("select text from texts where number = ?", row).fetchone() for row in best]


def _timed(run: Callable[[], object], rounds: int) -> Times:
    """The first run and the best of the further ones, each on the clock and of the processor."""
    clock, cpu = [], []
    for _ in range(1 + rounds):
        started = time.perf_counter(), time.thread_time()
        run()
        clock.append(1000 * (time.perf_counter() - started[0]))
        cpu.append(1000 * (time.thread_time() - started[1]))
    return clock[0], min(clock[1:]), cpu[0], min(cpu[1:])


def _row(engine: str, pages: int, taken: Taken, size: int, opened: float, times: dict[str, Times]) -> Row:
    first, repeated, cpu_first, cpu = (sorted(column) for column in zip(*times.values(), strict=True))
    worst = sorted(times.items(), key=lambda item: -item[1][3])[:8]
    return Row(
        engine=engine,
        pages=pages,
        queries=len(times),
        pages_per_s=round(pages / taken.seconds),
        pages_per_cpu_s=round(pages / taken.cpu),
        index_of_text=round(size / taken.text, 2),
        open_ms=round(opened, 1),
        first_p50_ms=_at(first, 0.5),
        first_p95_ms=_at(first, 0.95),
        repeated_p50_ms=_at(repeated, 0.5),
        repeated_p95_ms=_at(repeated, 0.95),
        cpu_first_p50_ms=_at(cpu_first, 0.5),
        cpu_first_p95_ms=_at(cpu_first, 0.95),
        cpu_p50_ms=_at(cpu, 0.5),
        cpu_p95_ms=_at(cpu, 0.95),
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        slowest={query: round(ms, 2) for query, (*_, ms) in worst},
    )


def _at(ranked: Sequence[float], share: float) -> float:
    """The value that so large a share of them does not exceed."""
    return round(ranked[min(len(ranked) - 1, round(share * len(ranked)))], 2)


def curves(rows: Iterable[Row]) -> str:
    """The chart: the 95th of a hundred queries, by number of pages."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        lines.setdefault(row.engine, []).append((row.pages, row.cpu_p95_ms))
    drawn = [Line(name, sorted(points)) for name, points in lines.items()]
    return plot(
        "95 of 100 queries take at most (ms of the processor), by number of pages", drawn, by_tens=True
    )


def main() -> int:
    """Prints one JSON object per engine and number of pages, and draws the curves where asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.search",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--pages", type=int, action="append", help="how many pages (may be given several times)"
    )
    parser.add_argument("--engine", action="append", choices=[*engine_names(), FTS5])
    parser.add_argument("--rounds", type=int, default=3, help="how often each query is asked again")
    parser.add_argument("--folder", type=Path, help="where files are made meanwhile (a million pages: 5 GB)")
    parser.add_argument("--curves", type=Path, help="the SVG file to draw")
    options = parser.parse_args()
    rows: list[Row] = []
    for pages in options.pages or [2000]:
        for engine in options.engine or [*engine_names(), FTS5]:
            with multiprocessing.get_context("spawn").Pool(1) as alone:
                rows.append(alone.apply(measured, (engine, pages, options.rounds, options.folder)))
            print(json.dumps(asdict(rows[-1]), ensure_ascii=False), flush=True)
    if options.curves:
        options.curves.write_text(curves(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
