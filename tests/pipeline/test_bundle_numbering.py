"""Numbers that last: what was handed over keeps its numbers, and no number is ever given twice."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bundle import Exhibit
from pipeline.bundle.layout import first_sizes, laid_out, seated
from pipeline.bundle.numbering import HandedOver, Number, carried, inserted, numbered
from pipeline.bundle.order import ordered
from pipeline.bundle.plan import Body, Plan, Slice
from pipeline.bundle.profile import profile, roman
from pipeline.bundle.volumes import Cut
from tests.pipeline.bundle_cases import case_of

PROFILES = ("uk", "hk", "cn", "us")


def planned(name: str, held: dict[str, tuple[int, int]], before: HandedOver | None, front: int = 0) -> Plan:
    """The plan for documents of so many pages on such days: id -> (day, pages)."""
    exhibits = tuple(
        Exhibit(id_, "", f"{id_}.pdf", Path(), "", date=datetime.date(2023, 1, 1) + datetime.timedelta(day))
        for id_, (day, _) in held.items()
    )
    style = dataclasses.replace(profile(name), prefix="ABC" if name == "us" else "")
    order = ordered(case_of(*exhibits), style)
    bodies = [_body(held[found.exhibit.id][1]) for found in order]
    items = seated(order, bodies, before, style)
    sizes = first_sizes(items, style)
    sizes = dataclasses.replace(sizes, index=sizes.index + front, changes=1 if before else 0)
    return laid_out(items, sizes, style, before, Cut())


def _body(pages: int) -> Body:
    return Body((Slice(Path(), 0, pages),), tuple(range(pages))) if pages else Body()


def handed(name: str, plan: Plan, before: HandedOver | None) -> HandedOver:
    front = plan.front if name == "uk" else ()
    done = HandedOver("2023-06-01T08:00:00Z", "f" * 64, front, carried(before, plan.blocks))
    return HandedOver.from_json(done.as_json(), done.manifest)


def labels(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {tab.exhibit.id: tab.labels for tab in plan.tabs}


DOCUMENTS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1
)


@settings(max_examples=60)
@given(
    name=st.sampled_from(PROFILES),
    generations=st.lists(st.tuples(DOCUMENTS, st.integers(0, 3)), min_size=2, max_size=5),
)
def test_numbers_last_however_the_evidence_changes(
    name: str, generations: list[tuple[dict[str, tuple[int, int]], int]]
) -> None:
    before: HandedOver | None = None
    owners: dict[str, tuple[str, int]] = {}
    was: dict[str, tuple[str, ...]] = {}
    counts: dict[str, int] = {}
    for held, front in generations:
        plan = planned(name, held, before, front)
        now = labels(plan)
        for id_, printed in now.items():
            if id_ in was and counts[id_] == held[id_][1]:
                assert printed == was[id_]
            for at, label in enumerate(printed):
                assert owners.setdefault(label, (id_, at)) == (id_, at), f"{label} was given to another page"
        assert len(set(plan.labels)) == plan.pages
        assert len({tab.number for tab in plan.rows}) == len(plan.rows)
        if name == "uk":
            assert plan.labels == tuple(map(str, range(1, plan.pages + 1)))
        before = handed(name, plan, before)
        was |= now
        counts |= {id_: pages for id_, (_, pages) in held.items()}


def test_late_documents_are_inserted_behind_the_one_before_them_in_hong_kong() -> None:
    first = planned("hk", {"a": (0, 2), "c": (20, 1)}, None)
    assert labels(first) == {"a": ("1", "2", "3"), "c": ("4", "5")}
    before = handed("hk", first, None)
    held = {"a": (0, 2), "c": (20, 1)}
    second = planned("hk", held | {"b": (10, 1), "z": (30, 0)}, before)
    assert labels(second) == labels(first) | {"b": ("3-1", "3-2"), "z": ("6",)}
    assert [tab.exhibit.id for tab in second.tabs] == ["a", "b", "c", "z"]
    third = planned(
        "hk", held | {"b": (10, 1), "z": (30, 0), "b2": (12, 0), "0": (-5, 0)}, handed("hk", second, before)
    )
    assert labels(third) == labels(second) | {"b2": ("3-3",), "0": ("0-1",)}


@pytest.mark.parametrize(
    ("name", "wanted"), [("uk", ("9", "10")), ("cn", ("6", "7")), ("us", ("ABC-000000004", "ABC-000000005"))]
)
def test_late_documents_come_at_the_end_elsewhere(name: str, wanted: tuple[str, ...]) -> None:
    late = 1 if name != "us" else 2
    first = planned(name, {"a": (0, 2), "c": (20, 1)}, None)
    second = planned(name, {"a": (0, 2), "c": (20, 1), "b": (10, late)}, handed(name, first, None))
    assert labels(second) == labels(first) | {"b": wanted}
    assert second.tabs[-1].exhibit.id == "b"
    assert second.tabs[-1].number == 3


@pytest.mark.parametrize("name", PROFILES)
def test_a_withdrawn_document_leaves_its_numbers_free_and_may_come_back_to_them(name: str) -> None:
    all_of_it = {"a": (0, 2), "b": (10, 3), "c": (20, 1)}
    first = planned(name, all_of_it, None)
    before = handed(name, first, None)
    second = planned(name, {"a": (0, 2), "c": (20, 1), "d": (30, 1)}, before)
    (gap,) = second.gaps
    assert (gap.first_label, gap.last_label) == (labels(first)["b"][0], labels(first)["b"][-1])
    assert gap.last - gap.sheet + 1 == (len(labels(first)["b"]) if name == "uk" else 1)
    assert not set(labels(second)["d"]) & set(labels(first)["b"])
    third = planned(name, all_of_it | {"d": (30, 1)}, handed(name, second, before))
    assert labels(third) == labels(second) | labels(first)
    assert third.gaps == ()


@pytest.mark.parametrize("name", PROFILES)
def test_a_document_with_other_pages_gets_new_numbers(name: str) -> None:
    first = planned(name, {"a": (0, 2), "b": (10, 1)}, None)
    second = planned(name, {"a": (0, 5), "b": (10, 1)}, handed(name, first, None))
    (gap,) = second.gaps
    moved = second.by_id["a"]
    assert (gap.number, gap.moved, moved.number) == (1, 3, 3)
    assert not set(moved.labels) & set(labels(first)["a"])
    assert labels(second)["b"] == labels(first)["b"]


def test_front_pages_of_a_counted_bundle_stay_and_go_on_behind_the_documents() -> None:
    first = planned("uk", {"a": (0, 2)}, None)
    assert first.front == (1, 2, 3)
    second = planned("uk", {"a": (0, 2), "b": (1, 1)}, handed("uk", first, None), front=2)
    assert second.front == (1, 2, 3, 9, 10, 11)
    third = planned("uk", {"a": (0, 2), "b": (1, 1), "c": (2, 0)}, handed("uk", second, None))
    assert third.front == (1, 2, 3, 9, 10, 11)
    assert labels(third)["c"] == ("12",)


@pytest.mark.parametrize(
    ("before", "after", "first"),
    [
        ((88,), (89,), (88, 1)),
        ((88, 2), (89,), (88, 3)),
        ((88, 2), (88, 3), (88, 2, 1)),
        ((88, 2, 4), (88, 3), (88, 2, 5)),
        ((0,), (1,), (0, 1)),
        ((88,), None, (89,)),
        ((88, 2), None, (89,)),
    ],
)
def test_the_number_of_what_is_inserted(before: Number, after: Number | None, first: Number) -> None:
    assert inserted(before, after) == first


def test_new_numbers_at_the_end_go_on_behind_the_newest() -> None:
    assert numbered([((1,), (3,)), None, None], [3, 2, 1], 7, insert=False) == [(1,), (8,), (10,)]


@pytest.mark.parametrize(("number", "said"), [(1, "i"), (4, "iv"), (9, "ix"), (14, "xiv"), (1999, "mcmxcix")])
def test_roman(number: int, said: str) -> None:
    assert roman(number) == said
