"""An index whose texts are kept by somebody else shows and finds the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from index.engine import Backing, SearchIndex
from tests.index.places import SERVED, open_index, rebuild
from tests.index.test_contract import PAGES

SHOWN = (
    "delay",
    "工期延误",
    "possession OR 移交",
    "*",
    "kind:photo",
    '"移交 工期 顺延 场地"~40',
    "posession~1",
)


class Keeper:
    """Keeps the texts, and what it was asked for."""

    def __init__(self) -> None:
        self.kept = {(entry.doc, entry.page): entry.text for entry in PAGES}
        self.asked: list[int] = []

    def __call__(self, wanted: Sequence[tuple[str, int]]) -> list[str]:
        self.asked.append(len(wanted))
        return [self.kept.get(page, "") for page in wanted]


def filled(path: Path, engine: str, backing: Backing) -> SearchIndex:
    with rebuild(path, engine, backing=backing) as batch:
        for doc in dict.fromkeys(entry.doc for entry in PAGES):
            batch.replace(doc, [entry for entry in PAGES if entry.doc == doc])
    return open_index(path, backing)


@pytest.mark.parametrize("query", SHOWN)
def test_answers_are_the_same(engine: str, tmp_path: Path, query: str) -> None:
    inside = filled(tmp_path / "inside", engine, Backing()).search(query)
    outside = filled(tmp_path / "outside", engine, Backing(Keeper())).search(query)
    assert replace(inside, took_ms=0) == replace(outside, took_ms=0)


@pytest.mark.parametrize("query", SHOWN)
def test_texts_that_cannot_be_had_are_no_damage(engine: str, tmp_path: Path, query: str) -> None:
    def away(_: Sequence[tuple[str, int]]) -> list[str]:
        raise ConnectionResetError("the records were started again")

    filled(tmp_path, engine, Backing(Keeper())).close()
    with pytest.raises(ConnectionResetError):
        open_index(tmp_path, Backing(away)).search(query)


def test_only_what_is_shown_is_asked_for(engine: str, tmp_path: Path) -> None:
    keeper = Keeper()
    index = filled(tmp_path, engine, Backing(keeper))
    assert index.search("*", limit=2).total == len(PAGES)
    assert keeper.asked == [2]
    assert not index.search("nowhere").hits
    assert index.search("*", limit=0).total == len(PAGES)
    assert keeper.asked == [2]


def test_the_text_of_today_is_shown(engine: str, tmp_path: Path) -> None:
    """A page that is no more, or was read anew since, is no reason to fail."""
    keeper = Keeper()
    index = filled(tmp_path, engine, Backing(keeper))
    keeper.kept = {("3f9a01", 1): "now of other things"}
    shown = {(hit.doc, hit.page): hit.snippet for hit in index.search("delay").hits}
    assert shown == {("3f9a01", 1): "now of other things", ("3f9a01", 2): ""}


def test_what_was_kept_inside_is_still_shown(engine: str, tmp_path: Path) -> None:
    filled(tmp_path, engine, Backing()).close()
    index = open_index(tmp_path, Backing(Keeper()))
    with index.writer() as batch:
        batch.replace("77b2", [entry for entry in PAGES if entry.doc == "77b2"])
    assert all("<mark>" in hit.snippet for hit in index.search("delay OR 工期").hits)


def test_the_words_of_a_page_are_not_in_the_files_twice(engine: str, tmp_path: Path) -> None:
    if engine == SERVED:
        pytest.skip("the index has no files")

    def size(backing: Backing) -> int:
        folder = tmp_path / str(backing.texts is None)
        filled(folder, engine, backing).close()
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())

    assert size(Backing(Keeper())) < size(Backing())
