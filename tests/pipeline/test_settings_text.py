"""Settings changed in their file, with people's comments left where they stand."""

from __future__ import annotations

import pytest
import yaml

from pipeline.settings_text import changed

CASES = [
    ("", {"records": {"url": "x"}}, "records: {url: x}\n"),
    ("# only a comment\n", {"workers": 2}, "# only a comment\nworkers: 2\n"),
    ("workers: 1 # few\n", {"records": None}, "workers: 1 # few\n"),
    ("records: {url: x}\nworkers: 1 # few\n", {"records": None}, "workers: 1 # few\n"),
    ("records:\n  url: x\n  schema: y\n# of the office\nworkers: 1\n", {"records": None}, None),
    ("workers: 1\nrecords:\n  url: x\n", {"records": {"url": "z"}}, "workers: 1\nrecords: {url: z}\n"),
    ('{"workers": 1, "records": {"url": "x"}}', {"records": None, "search_engine": "tantivy"}, None),
    ("records: {url: x,\nschema: y}\nworkers: 1\n", {"records": None}, "workers: 1\n"),
    ("a: &x {b: 1}\nrecords: *x\n", {"a": None}, None),
]


@pytest.mark.parametrize(("text", "changes", "wanted"), CASES)
def test_only_what_is_named_changes(text: str, changes: dict, wanted: str | None) -> None:
    made = changed(text, changes)
    known = {**(yaml.safe_load(text) or {}), **changes}
    assert (
        yaml.safe_load(made) == {key: value for key, value in known.items() if value is not None} or not made
    )
    if wanted is not None:
        assert made == wanted
