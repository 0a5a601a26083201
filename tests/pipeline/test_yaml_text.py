"""YAML that people write wrongly, or to do harm, wherever it is read: a named error, and the run goes on."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml

from pipeline.errors import RegisterError, UsageError
from pipeline.inbox import described
from pipeline.register import read_register
from pipeline.settings import load
from pipeline.yaml_text import loaded

BROKEN = [
    "[" * 1200,
    "{a: " * 1200,
    'workers: !!float ""',
    "workers: !!timestamp x",
    "workers: !!int x",
    "a: 2023-99-99",
    "workers: " + "9" * 5000,
    "!!python/object:os.system x",
    "*nowhere",
    "- [a\n",
    "\t: x",
]


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_what_cannot_be_read_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"file\.yaml"):
        load(path)
    with pytest.raises(RegisterError, match=r"file\.yaml"):
        read_register(path)
    (tmp_path / "letter.txt").write_text("a letter", encoding="utf-8")
    path.rename(tmp_path / "letter.txt.yaml")
    labels = dict(described(tmp_path / "letter.txt", tmp_path, []).labels)
    assert "letter.txt.yaml" in labels["sidecar_fault"]


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_there_is_one_kind_of_error(text: str) -> None:
    with contextlib.suppress(yaml.YAMLError):
        loaded(text)


def test_a_sum_beyond_all_sums_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.yaml"
    for amount in ("1e999999", "NaN", "9" * 60):
        path.write_text(f'claims: [{{id: a, title: b, type: other, amount: "{amount}"}}]', encoding="utf-8")
        with pytest.raises(RegisterError, match="amount"):
            read_register(path)
