"""Among many pages Tantivy's facets are estimates: every value is there, and its number is near the true one."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from index import tantivy_facets
from index.engines import open_index, rebuild
from index.entry import PageEntry

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


def test_estimates_are_near_and_say_so_and_nothing_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tantivy_facets, "EXACT_PAGES", 1500)
    made = documents()
    with rebuild(tmp_path, "tantivy") as batch:
        for pages in made:
            batch.replace(pages[0].doc, pages)
    found = open_index(tmp_path).search("seen")
    assert found.total == sum(map(len, made)) > 4500
    assert found.facets.estimated
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


def test_up_to_a_hundred_thousand_pages_documents_are_counted_one_by_one(tmp_path: Path) -> None:
    made = documents()
    with rebuild(tmp_path, "tantivy") as batch:
        for pages in made:
            batch.replace(pages[0].doc, pages)
    found = open_index(tmp_path).search("seen")
    assert not found.facets.estimated
    assert found.facets.kind == Counter(pages[0].kind for pages in made)
    assert sum(found.facets.month.values()) == len(made)


def test_cards_follow_what_is_told_of_a_document(tmp_path: Path) -> None:
    """Also in an index that stays open, which has learnt what was on the card before."""
    with rebuild(tmp_path, "tantivy") as batch:
        batch.replace("d1", [PageEntry("d1", page, "seen", "x.pdf", kind="photo") for page in (1, 2)])
        batch.replace("d2", [PageEntry("d2", 1, "seen", "x.pdf", kind="photo", parties=("A", "A", ""))])
    index = open_index(tmp_path)
    assert index.search("seen").facets.kind == {"photo": 2}
    with index.writer() as batch:
        batch.replace("d1", [PageEntry("d1", 1, "seen", "x.pdf", kind="invoice", claims=("C",))])
    found = index.search("seen")
    assert (found.total, found.facets.kind) == (2, {"invoice": 1, "photo": 1})
    assert (found.facets.claim, found.facets.party) == ({"C": 1}, {"A": 1})
    many = tuple(f"{number} " + "名" * 900 for number in range(100))
    with index.writer() as batch:
        batch.replace("d1", [PageEntry("d1", 1, "seen", "x.pdf", parties=many)])
    found = index.search("seen")
    assert found.facets.kind == {"other": 1, "photo": 1}
    assert set(found.facets.party) <= {*many, "A"}
    assert len(found.facets.party) > 5


def test_every_page_of_a_long_answer_is_the_same_as_at_once(tmp_path: Path) -> None:
    """The first hits are kept for whoever asks on; further ones are looked for again."""
    with rebuild(tmp_path, "tantivy") as batch:
        for number in range(330):
            batch.replace(f"d{number}", [PageEntry(f"d{number}", 1, "seen " * (number % 7 + 1), "x.pdf")])
    whole = [hit.doc for hit in open_index(tmp_path).search("seen", limit=330).hits]
    index = open_index(tmp_path)
    parts = [index.search("seen", limit=30, offset=offset).hits for offset in (0, 270, 60, 30, 320)]
    assert [len(hits) for hits in parts] == [30, 30, 30, 30, 10]
    for hits, offset in zip(parts, (0, 270, 60, 30, 320), strict=True):
        assert [hit.doc for hit in hits] == whole[offset : offset + 30]
    by_name = [hit.doc for hit in index.search("seen", limit=60, sort="name").hits]
    assert [hit.doc for hit in index.search("seen", limit=30, offset=30, sort="name").hits] == by_name[30:]
    assert not index.search("seen", limit=5, offset=500).hits
    assert not index.search("seen", limit=0).hits


@pytest.mark.long
def test_many_documents_of_one_page_are_counted(tmp_path: Path) -> None:
    """Tantivy refuses to count more than 65,000 values at once: six for each document were more."""
    parties, day = ("A", "B", "C"), datetime.date(2023, 3, 14)
    with rebuild(tmp_path, "tantivy") as batch:
        for number in range(11_000):
            doc = f"d{number}"
            batch.replace(doc, [PageEntry(doc, 1, "", "x", date=day, claims=("C",), parties=parties)])
    counts = open_index(tmp_path).search("*", limit=1).facets
    assert (counts.kind, counts.month) == ({"other": 11_000}, {"2023-03": 11_000})
    assert counts.party == dict.fromkeys(parties, 11_000)
