from __future__ import annotations

from pathlib import Path

from pipeline.matter import Matter
from pipeline.records import documents
from pipeline.records.page_texts import page_texts
from tests.conftest import Command


def test_single_pages_as_the_whole_document_has_them(filled: Command, workspace: Path) -> None:
    ids = [found["id"] for found in filled("list", "--json").json]
    with Matter.open(workspace, "tester") as matter, matter.reading() as tx:
        read = {one: documents.reading(tx, documents.summary(tx, one)) for one in ids}
        wanted = [(one, page.number) for one in reversed(ids) for page in reversed(read[one].pages)]
        whole = [
            read[one].text[page.start : page.end]
            for one in reversed(ids)
            for page in reversed(read[one].pages)
        ]
        assert page_texts(tx, wanted) == whole
        assert any(whole)
        assert page_texts(tx, [(ids[0], 10_000), ("nowhere", 1)]) == ["", ""]
        assert page_texts(tx, []) == []


def test_what_a_search_shows_comes_from_the_records(filled: Command, workspace: Path) -> None:
    hits = filled("search", "access", "--json").json["hits"]
    assert hits
    assert all("<mark>" in hit["snippet"] for hit in hits)
