"""Whether 03/04/2023 is in March or April, where only other documents tell."""

from __future__ import annotations

import datetime
import hashlib
import itertools
from pathlib import Path

import pytest
import sqlalchemy as sa

from extractors.document import PageText, assemble
from extractors.extract import understand
from pipeline.date_orders import settle_orders
from pipeline.matter import Matter
from pipeline.originals import Original
from pipeline.partybook.edit import merge
from pipeline.records import audit_log, documents
from pipeline.records.codec import reading_rows, understanding_rows
from pipeline.records.tables import mentions
from pipeline.steps import VERSIONS
from tests.conftest import Command

BRITISH, AMERICAN = "Harbour Civil Ltd", "Oakfield Machinery Inc"


def letter(sender: str, dated: str, more: str = "") -> str:
    body = f"Dear Sirs,\nThe pump failed again. {more}\n\nYours faithfully"
    return f"{sender}\nNorth Road 1\n\nDate: {dated}\n\n{body}\n{sender}\n"


TEXTS = {
    "british 1": letter(BRITISH, "25/04/2023"),
    "american 1": letter(AMERICAN, "04/25/2023"),
    "british open": letter(BRITISH, "03/04/2023"),
    "american open": letter(AMERICAN, "03/04/2023"),
}


def take(matter: Matter, name: str, text: str) -> str:
    """Put a document into the records as intake does; returns its id."""
    read = assemble([PageText(text, 595, 842)], "text/plain")
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    document = documents.id_of(sha256)
    with matter.change() as change:
        documents.register(change.tx, Original(sha256, 1), name, 0)
        documents.replace_reading(change.tx, document, reading_rows(read))
        documents.replace_understanding(change.tx, document, understanding_rows(understand(read), read))
        documents.set_state(change.tx, document, "ok")
        for step, version in VERSIONS.items():
            documents.set_done(change.tx, document, step, version)
    return document


def own_date(matter: Matter, document: str) -> datetime.date | None:
    with matter.reading() as tx:
        return documents.summary(tx, document).date


def doubts(matter: Matter, document: str) -> list[str]:
    with matter.reading() as tx:
        found = documents.fact_list(tx, document)
    return [doubt for fact in found if fact.kind == "date" for doubt in fact.doubts]


def pending(matter: Matter, step: str) -> set[str]:
    with matter.reading() as tx:
        return set(documents.without_step(tx, step, VERSIONS[step], ("ok",)))


def test_the_documents_of_the_same_sender_decide_and_the_doubt_says_so(matter: Matter) -> None:
    ids = {name: take(matter, name, text) for name, text in TEXTS.items()}
    assert own_date(matter, ids["american open"]) == datetime.date(2023, 4, 3)
    assert "nothing says which" in doubts(matter, ids["american open"])[0]
    settle_orders(matter)
    assert own_date(matter, ids["british open"]) == datetime.date(2023, 4, 3)
    assert own_date(matter, ids["american open"]) == datetime.date(2023, 3, 4)
    (doubt,) = doubts(matter, ids["american open"])
    assert doubt.startswith("day and month could be the other way round: read month first")
    assert AMERICAN in doubt


def test_what_follows_from_the_date_is_done_again_and_nothing_else(matter: Matter) -> None:
    ids = {name: take(matter, name, text) for name, text in TEXTS.items()}
    assert set(settle_orders(matter)) == {ids["british open"], ids["american open"]}
    for step in ("likeness", "link", "index"):
        assert pending(matter, step) == {ids["british open"], ids["american open"]}
    assert pending(matter, "facts") == set()
    with matter.reading() as tx:
        kinds = [fact.kind for fact in documents.fact_list(tx, ids["american open"])]
        notes = [e.action for e in audit_log.entries(tx) if e.subject == ids["american open"]]
    assert "party" in kinds
    assert notes[-1] == "dates read anew"
    assert settle_orders(matter) == []


@pytest.mark.parametrize(
    "names", list(itertools.permutations(["american 1", "american open", "british 1"])), ids=" then ".join
)
def test_the_order_of_intake_does_not_matter(matter: Matter, names: tuple[str, ...]) -> None:
    ids = {}
    for name in names:
        ids[name] = take(matter, name, TEXTS[name])
        settle_orders(matter)
    assert own_date(matter, ids["american open"]) == datetime.date(2023, 3, 4)
    assert AMERICAN in doubts(matter, ids["american open"])[0]


def test_documents_like_it_decide_where_the_sender_is_unknown(matter: Matter) -> None:
    take(matter, "a", letter("Oakfield Machinery Inc", "04/25/2023"))
    alone = take(matter, "open", "Note\n\nDate: 03/04/2023\n\nThe pump failed again on site.\n")
    settle_orders(matter)
    assert own_date(matter, alone) == datetime.date(2023, 4, 3)  # one document of another sender is too few
    take(matter, "b", letter("Ridge Tools Corporation", "05/19/2023"))
    settle_orders(matter)
    assert own_date(matter, alone) == datetime.date(2023, 3, 4)
    assert "same language" in doubts(matter, alone)[0]


def test_documents_in_the_same_currency_come_before_those_in_the_same_language(matter: Matter) -> None:
    for name, dated, total in (
        ("a", "04/25/2023", "CAD 1,200.00"),
        ("b", "05/19/2023", "CAD 2,400.00"),
        ("c", "25/04/2023", "CHF 1,200.00"),
        ("d", "19/05/2023", "CHF 2,400.00"),
        ("e", "28/05/2023", "CHF 4,800.00"),
    ):
        take(matter, name, f"Note\n\nDate: {dated}\n\nThe pump cost {total} to mend.\n")
    ids = {
        total: take(matter, total, f"Note\n\nDate: 03/04/2023\n\nThe crane cost {total} to mend.\n")
        for total in ("CAD 350.00", "CHF 350.00", "SEK 350.00")
    }
    settle_orders(matter)
    assert own_date(matter, ids["CAD 350.00"]) == datetime.date(2023, 3, 4)
    assert own_date(matter, ids["CHF 350.00"]) == datetime.date(2023, 4, 3)
    assert "currency (CAD)" in doubts(matter, ids["CAD 350.00"])[0]
    assert "nothing says which" in doubts(matter, ids["SEK 350.00"])[0]


def test_a_sender_is_known_under_another_spelling_and_another_name(matter: Matter) -> None:
    take(matter, "a", letter("OAKFIELD MACHINERY, INC.", "04/25/2023"))
    same = take(matter, "same", letter(AMERICAN, "03/04/2023"))
    merged = take(matter, "merged", letter("Ridge Tools Corporation", "03/04/2023"))
    settle_orders(matter)
    assert own_date(matter, same) == datetime.date(2023, 3, 4)
    assert own_date(matter, merged) == datetime.date(2023, 4, 3)
    merge(matter, AMERICAN, ["Ridge Tools Corporation"])
    settle_orders(matter)
    assert own_date(matter, merged) == datetime.date(2023, 3, 4)


def test_the_letters_that_it_cites_by_their_day_follow(matter: Matter) -> None:
    take(matter, "a", letter(AMERICAN, "04/25/2023"))
    citing = take(matter, "citing", letter(AMERICAN, "05/06/2023", "We refer to your letter of 03/04/2023."))
    settle_orders(matter)
    with matter.reading() as tx:
        rows = tx.execute(sa.select(mentions).where(mentions.c.document == citing)).mappings()
        assert [row["day"] for row in rows] == ["2023-03-04"]


def test_documents_that_contradict_each_other_decide_nothing(matter: Matter) -> None:
    take(matter, "a", letter(AMERICAN, "04/25/2023"))
    take(matter, "b", letter(AMERICAN, "25/04/2023"))
    undecided = take(matter, "open", letter(AMERICAN, "03/04/2023"))
    settle_orders(matter)
    assert own_date(matter, undecided) == datetime.date(2023, 4, 3)
    assert "nothing says which" in doubts(matter, undecided)[0]


def test_a_document_that_decides_itself_is_not_told_by_others(matter: Matter) -> None:
    take(matter, "a", letter(AMERICAN, "04/25/2023"))
    told = take(matter, "open", letter(AMERICAN, "03/04/2023", "It was inspected on 28/04/2023."))
    assert settle_orders(matter) == []
    assert own_date(matter, told) == datetime.date(2023, 4, 3)
    assert doubts(matter, told) == []


def test_evidence_that_goes_takes_what_it_told_with_it(matter: Matter) -> None:
    proof = take(matter, "a", letter(AMERICAN, "04/25/2023"))
    told = take(matter, "open", letter(AMERICAN, "03/04/2023"))
    settle_orders(matter)
    assert own_date(matter, told) == datetime.date(2023, 3, 4)
    with matter.change() as change:
        documents.set_state(change.tx, proof, "failed")
    assert settle_orders(matter) == [told]
    assert own_date(matter, told) == datetime.date(2023, 4, 3)


def test_an_intake_settles_what_came_in_before(claimtrail: Command, tmp_path: Path) -> None:
    for name in ("american open", "american 1"):
        (tmp_path / f"{name}.txt").write_text(TEXTS[name])
        assert claimtrail("ingest", tmp_path / f"{name}.txt").status == 0
    rows = {row["name"]: row for row in claimtrail("list", "--json").json}
    assert rows["american open.txt"]["date"] == "2023-03-04"
    shown = claimtrail("show", rows["american open.txt"]["id"], "--json").json
    (found,) = [date for date in shown["dates"] if date["role"] == "document"]
    assert (found["value"], found["raw"], found["time"]) == ("2023-03-04", "03/04/2023", None)
    assert "read month first" in found["doubts"][0]
    assert "2023-03-04" in claimtrail("show", rows["american open.txt"]["id"]).out
