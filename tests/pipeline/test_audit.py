from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audit import BEFORE_ALL, Entry, Head, Witness, check, entry
from pipeline.errors import RecordsUnusable
from pipeline.matter import Matter
from pipeline.records import audit_log
from pipeline.witnesses import audit_faults

pytestmark = pytest.mark.both_homes

details = st.dictionaries(
    st.text(max_size=5), st.one_of(st.text(max_size=8), st.integers(), st.none()), max_size=3
)


def chain(bodies: list[dict[str, object]]) -> list[Entry]:
    last, found = BEFORE_ALL, []
    for n, body in enumerate(bodies):
        found.append(entry(last, "2023-03-14T09:00:00Z", "tester", "seen", f"doc{n}", body))
        last = Head(found[-1].seq, found[-1].hash)
    return found


def head(entries: list[Entry]) -> list[Witness]:
    return [Witness("the head", Head(entries[-1].seq, entries[-1].hash))]


@given(st.lists(details, min_size=1, max_size=6))
def test_an_untouched_chain_is_whole(bodies: list[dict[str, object]]) -> None:
    entries = chain(bodies)
    assert check(entries, head(entries)) == []


@given(st.lists(details, min_size=1, max_size=6), st.data())
def test_a_changed_entry_is_named(bodies: list[dict[str, object]], data: st.DataObject) -> None:
    entries = chain(bodies)
    at = data.draw(st.integers(0, len(entries) - 1))
    entries[at] = replace(entries[at], actor="someone else")
    assert [fault.where for fault in check(entries)] == [f"audit {at + 1}"]


@given(st.lists(details, min_size=2, max_size=6), st.data())
def test_a_missing_entry_is_noticed(bodies: list[dict[str, object]], data: st.DataObject) -> None:
    entries = chain(bodies)
    known = head(entries)
    del entries[data.draw(st.integers(0, len(entries) - 1))]
    assert check(entries, known)


def test_a_cut_off_tail_is_noticed_by_the_head() -> None:
    entries = chain([{}, {}, {}])
    assert check(entries[:2]) == []
    faults = check(entries[:2], head(entries))
    assert [fault.what for fault in faults] == [
        "the tail is cut off: 1 entries are missing that the head knows of"
    ]


def test_a_rewritten_chain_is_noticed_by_the_head() -> None:
    known = head(chain([{"a": 1}, {"b": 2}]))
    assert check(chain([{"a": 1}, {"b": 3}]), known)


def test_a_head_older_than_the_chain_is_fine() -> None:
    entries = chain([{}, {}, {}])
    assert check(entries, head(entries[:2])) == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_records_refuse_to_change_the_audit(matter: Matter, statement: str) -> None:
    with matter.change() as change:
        change.note("seen", "doc")
    with pytest.raises((RecordsUnusable, sa.exc.IntegrityError)), matter.records.writing() as tx:
        tx.execute(sa.text(statement))
    assert audit_faults(matter) == []


def test_an_undone_change_leaves_no_entry(matter: Matter) -> None:

    def fail() -> None:
        with matter.change() as change:
            change.note("seen", "doc")
            raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        fail()
    with matter.reading() as tx:
        assert list(audit_log.entries(tx)) == []
