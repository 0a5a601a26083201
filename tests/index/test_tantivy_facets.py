"""Among many pages Tantivy's facets are estimates: every value is there, and its number is near the true one."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from random import Random

from index.engines import open_index, rebuild
from index.entry import PageEntry
from index.tantivy_facets import EXACT_PAGES

LONG = {"photo": 1, "invoice": 2, "minutes": 6, "other": 12}


def documents() -> list[list[PageEntry]]:
    chance = Random(20230314)  # noqa: S311 - the same in every run
    made = []
    for number in range(1000):
        kind = "contract" if number == 7 else chance.choice(sorted(LONG))
        day = datetime.date(2020 + number % 3, 1 + number % 12, 1)
        pages = chance.randint(1, 2 * LONG.get(kind, 1))
        claims = ("CLM-001", "CLM-002")[: number % 3]
        made.append(
            [
                PageEntry(
                    f"d{number}", page, "seen", "x.pdf", kind=kind, date=day, claims=claims, parties=("HCL",)
                )
                for page in range(1, pages + 1)
            ]
        )
    return made


def test_estimates_are_near_and_nothing_is_missing(tmp_path: Path) -> None:
    made = documents()
    with rebuild(tmp_path, "tantivy") as batch:
        for pages in made:
            batch.replace(pages[0].doc, pages)
    found = open_index(tmp_path).search("seen")
    assert found.total == sum(map(len, made)) > 3 * EXACT_PAGES
    firsts = [pages[0] for pages in made]
    told = (
        (found.facets.kind, Counter(page.kind for page in firsts)),
        (found.facets.claim, Counter(claim for page in firsts for claim in page.claims)),
        (found.facets.year, Counter(str(page.date.year) for page in firsts if page.date)),
        (found.facets.month, Counter(f"{page.date:%Y-%m}" for page in firsts if page.date)),
        (found.facets.party, Counter({"HCL": len(firsts)})),
    )
    for estimated, true in told:
        assert set(estimated) == set(true)
        for value, count in true.items():
            assert abs(estimated[value] - count) <= max(4, 0.25 * count), value


def test_few_pages_are_counted_one_by_one(tmp_path: Path) -> None:
    made = [pages for pages in documents() if pages[0].kind == "photo"]
    with rebuild(tmp_path, "tantivy") as batch:
        for pages in made:
            batch.replace(pages[0].doc, pages)
    found = open_index(tmp_path).search("seen")
    assert found.total <= EXACT_PAGES
    assert found.facets.kind == {"photo": len(made)}
    assert sum(found.facets.month.values()) == len(made)
