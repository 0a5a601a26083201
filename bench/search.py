"""How fast pages go into the index and come out of it, per engine and number of pages.

    python bench/search.py --pages 2000 --pages 10000

The pages are made by a seeded generator: Chinese and English in turns, words drawn with natural frequencies
(Zipf and Mandelbrot), words of the trade as frequent as in a matter, documents of 1 to 20 pages. The queries are
the same for all engines and for SQLite's FTS5, which is measured beside them (trigram tokenizer, so that it too
finds Chinese inside sentences).
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import accumulate, groupby
from pathlib import Path

from index.engines import engine_names, open_index, rebuild
from index.entry import PageEntry

SEED = 20230314
KINDS = ("correspondence", "minutes", "invoice", "inspection_report", "contract", "work_record", "other")
SYLLABLES = [
    a + b for a in (*"bcdfghlmnprstvw", "st", "tr", "pl") for b in (*"aeiou", "an", "er", "is", "on")
]
LITTLE_EN = [
    *"aioe",
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "that",
    "for",
    "it",
    "as",
    "was",
    "with",
    "be",
    "by",
    "on",
    "not",
]
LITTLE_ZH = [
    *"的一是了在有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产"
]
TRADE_EN = ["notice", "delay", "contract", "site", "access", "engineer", "possession", "claim", "payment"]
COMMON_ZH = (
    "工期延误发包人承包人监理合同施工现场移交通知索赔费用损失验收图纸变更材料设备质量进度会议纪要付款发票保修"
)
QUERIES = (
    *(
        "delay",
        "notice",
        "contract delay",
        "possession OR access",
        "delay -notice",
        "delay*",
        "*ment",
        "posession~1",
    ),
    *(
        '"notice of delay"',
        '"delay to the contract"',
        '"access site"~5',
        "(delay OR access) AND contract",
        "ref 017",
    ),
    *(
        "工期延误",
        "发包人",
        "承包人 索赔",
        "工",
        "“施工现场移交”",
        "工期延误~1",
        '"工期 索赔"~10',
        "监理工程师通知",
    ),
    *("date:2023-03", "date:[2023-01-01 TO 2023-06-30] delay", "kind:invoice", "amount:[1000 TO 5000]"),
    *(
        "party:harbour",
        "claim:CLM-001 工期",
        "ref:GC/L/0145",
        "C-2023/017",
        "1,250.00",
        "*",
        "kind:minutes date:2022",
    ),
)


def english(rng: random.Random) -> Callable[[], str]:
    """Pages of made-up words: little words first, those of the trade among the few hundred most frequent."""
    made = ("".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(60_000))
    words = ranked([*LITTLE_EN, *made], TRADE_EN)
    weights = zipf(len(words))

    def page() -> str:
        chosen = rng.choices(words, cum_weights=weights, k=320)
        chosen[rng.randrange(300)] += f" {rng.randint(1, 9)},{rng.randint(0, 999):03d}.00"
        return "\n".join(" ".join(chosen[at : at + 12]) for at in range(0, len(chosen), 12))

    return page


def chinese(rng: random.Random) -> Callable[[], str]:
    """Pages of words of one to three characters; characters are as unevenly frequent as in print."""
    chars = [chr(0x4E00 + code) for code in rng.sample(range(20_000), 3_500)]
    weights = zipf(len(chars))
    made = (
        "".join(rng.choices(chars, cum_weights=weights, k=rng.choice((1, 2, 2, 2, 3)))) for _ in range(40_000)
    )
    trade = [COMMON_ZH[at : at + 2] for at in range(0, len(COMMON_ZH) - 1, 2)]
    words = ranked([*LITTLE_ZH, *made], trade)
    cumulated = zipf(len(words))

    def page() -> str:
        chosen = "".join(rng.choices(words, cum_weights=cumulated, k=480))
        return "\n".join(chosen[at : at + 34] + "，" for at in range(0, len(chosen), 34))

    return page


def ranked(words: list[str], trade: list[str]) -> list[str]:
    """The words in order of frequency, those of the trade put in from the thirtieth on, some ten apart."""
    different = list(dict.fromkeys(words))
    for number, word in enumerate(trade):
        different.insert(30 + 10 * number, word)
    return list(dict.fromkeys(different))


def zipf(count: int) -> list[float]:
    """Cumulated weights of words in order of frequency (Zipf's law as Mandelbrot has it)."""
    return list(accumulate(1 / (rank + 2.7) for rank in range(count)))


def entries(pages: int) -> Iterator[PageEntry]:
    """`pages` pages of documents, the same for every run."""
    rng = random.Random(SEED)
    makers = {"en": english(rng), "zh": chinese(rng)}
    made = number = 0
    while made < pages:
        number += 1
        language = rng.choice(("en", "zh"))
        date = datetime.date(2021, 1, 1) + datetime.timedelta(days=rng.randrange(1200))
        kind, party, claim = (
            rng.choice(KINDS),
            f"Harbour {rng.randint(1, 40)} Ltd",
            f"CLM-{rng.randint(1, 9):03d}",
        )
        for page in range(1, min(rng.randint(1, 20), pages - made) + 1):
            made += 1
            yield PageEntry(
                doc=f"{number:08x}",
                page=page,
                text=makers[language](),
                name=f"file-{number}.pdf",
                kind=kind,
                title=f"Document {number}",
                date=date,
                amounts=(Decimal(rng.randint(100, 900_000)) / 100,),
                parties=(party, "Northport Authority"),
                references=(f"GC/L/{rng.randint(1, 999):04d}",),
                claims=(claim,),
                events=(f"{claim}/E{rng.randint(1, 5)}",),
                language=language,
            )


def measured(engine: str, pages: int, rounds: int) -> dict[str, object]:
    """Pages taken in per second, size on disk, and the time of the queries."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        made = list(entries(pages))
        started = time.perf_counter()
        with rebuild(path, engine) as batch:
            for doc, group in groupby(made, key=lambda entry: entry.doc):
                batch.replace(doc, group)
        taken = time.perf_counter() - started
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        text = sum(len(entry.text.encode()) for entry in made)
        started = time.perf_counter()
        index = open_index(path)
        index.search("delay")
        first = 1000 * (time.perf_counter() - started)
        times = {query: timed(lambda q=query: index.search(q), rounds) for query in QUERIES}
    return summary(engine, pages, pages / taken, size / text, times) | {"open_and_first_ms": round(first, 1)}


def measured_fts5(pages: int, rounds: int) -> dict[str, object]:
    """The same for SQLite's FTS5, for those queries that it can express: words and phrases."""
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table pages using fts5(text, tokenize='trigram')")
    made = [(entry.text,) for entry in entries(pages)]
    started = time.perf_counter()
    base.executemany("insert into pages values (?)", made)
    taken = time.perf_counter() - started
    statement = (
        "select rowid, snippet(pages, 0, '<mark>', '</mark>', '…', 20) from pages where text match ? limit 20"
    )
    plain = ("delay", "notice", '"notice of delay"', "工期延误", "发包人", "监理工程师通知")
    quoted = {query: '"' + query.strip('"') + '"' for query in plain}
    times = {
        q: timed(lambda m=m: base.execute(statement, (m,)).fetchall(), rounds) for q, m in quoted.items()
    }
    return summary("fts5", pages, pages / taken, 0.0, times)


def timed(run: Callable[[], object], rounds: int) -> float:
    """The median time of some runs in milliseconds, the first one included."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def summary(engine: str, pages: int, rate: float, size: float, times: dict[str, float]) -> dict[str, object]:
    """One row of the table."""
    ranked = sorted(times.values())
    return {
        "engine": engine,
        "pages": pages,
        "pages_per_s": round(rate),
        "size_of_text": round(size, 2),
        "p50_ms": round(statistics.median(ranked), 1),
        "p95_ms": round(ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))], 1),
        "slowest": {q: round(ms, 1) for q, ms in sorted(times.items(), key=lambda item: -item[1])[:5]},
    }


def main() -> int:
    """Prints one JSON object per engine and number of pages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--pages", type=int, action="append", help="how many pages (may be given several times)"
    )
    parser.add_argument("--engine", action="append", choices=[*engine_names(), "fts5"])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for pages in options.pages or [2000]:
        for engine in options.engine or [*engine_names(), "fts5"]:
            run = (
                measured_fts5(pages, options.rounds)
                if engine == "fts5"
                else measured(engine, pages, options.rounds)
            )
            print(json.dumps(run, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
