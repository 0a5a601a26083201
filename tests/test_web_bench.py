"""The bench of the pages on a small matter: all that it asks for is answered, with people and an intake at work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.web import QUICK, Result, Work, broken, measured, told
from bench.web_matter import Known, known, made
from bench.web_people import Answer, Seen, percentile
from bench.web_routes import PAGES, ROUTES


@pytest.mark.long
def test_everything_is_answered_while_a_heap_is_taken_in(tmp_path: Path) -> None:
    root, size = tmp_path / "workspace", replace(QUICK, pages=14, heap=2, people=3)
    made(root, tmp_path / "papers", size.pages)
    before = known(root)
    assert before.pages >= size.pages
    result = measured(root, tmp_path, size)
    assert result.as_json()["failures"] == []
    assert set(result.alone.answers) == set(ROUTES)
    assert set(result.crowd.answers) <= {*PAGES, "a verdict"}
    assert all(answer.server > 0 for answers in result.alone.answers.values() for answer in answers)
    assert known(root).pages > before.pages
    assert {"home", "api gaps"} <= {line.split("  ")[0].strip() for line in told(result)}


def test_a_broken_promise_is_told() -> None:
    slow, failing = Seen(), Seen()
    for took in (10.0, 250.0):
        slow.add("home", "/", Answer(200, took, 1.0, took, b""))
    failing.add("claim", "/claims/C", Answer(503, 1.0, 1.0, 1.0, b"workspace_busy"))
    result = made_up(slow, failing)
    assert list(broken(result)) == [
        "home, alone: p95 250 ms",
        "the intake took 1.50 times as long with people",
        "503 /claims/C: b'workspace_busy'",
    ]


def made_up(alone: Seen, crowd: Seen) -> Result:
    nothing = Known([], [], 0, 0, 0)
    return Result(nothing, alone, crowd, Work(2.0, None), Work(3.0, None), 0.1)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([1], 0.95, 1),
        ([3, 1, 2], 0.5, 2),
        (range(1, 101), 0.95, 95),
        (range(1, 21), 0.95, 19),
        ([1, 9], 0.95, 9),
    ],
)
def test_percentiles_are_of_the_nearest_rank(values: list[float], share: float, expected: float) -> None:
    assert percentile(list(values), share) == expected
