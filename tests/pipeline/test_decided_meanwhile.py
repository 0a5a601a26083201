"""What people decide while a document is being indexed or linked is not overlooked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pipeline import indexing
from pipeline.indexing import index_pending, index_step
from pipeline.linking import propose
from pipeline.linking.propose import link_pending
from pipeline.matter import Matter
from pipeline.records import documents, matters
from pipeline.steps import VERSIONS
from tests.conftest import Command

pytestmark = pytest.mark.both_homes


def corrected_by_somebody_else(workspace: Path, document: str) -> None:
    """A person's correction as a server takes it, at the very moment."""
    with Matter.open(workspace, "anna") as other, other.change() as change:
        matters.add_correction(change.tx, document, "party", "sender", "Quartz Ltd", change.actor)
        documents.undo(change.tx, "link", [document])
        documents.undo(change.tx, "index", [document])
        change.note("corrected", document, field="party", role="sender", value="Quartz Ltd")


def left(matter: Matter, step: str) -> list[str]:
    with matter.reading() as tx:
        name = index_step(matter) if step == "index" else step
        return documents.without_step(tx, name, VERSIONS[step], indexing.SETTLED)


def test_a_correction_while_the_index_is_written_is_found_afterwards(
    filled: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = filled("list", "--json").json[0]["id"]
    write = indexing._write
    once = [found]

    def interrupted(matter: Matter, batch: Any, ids: Iterable[str]) -> None:
        write(matter, batch, ids)
        if once:
            corrected_by_somebody_else(workspace, once.pop())

    with Matter.open(workspace, "night") as matter:
        with matter.change() as change:
            documents.undo(change.tx, "index", left(matter, "index") or [found])
        monkeypatch.setattr(indexing, "_write", interrupted)
        index_pending(matter)
        assert left(matter, "index") == [found]
        index_pending(matter)
        assert left(matter, "index") == []
    assert filled("search", "party:quartz", "--json").json["total"] > 0


def test_a_correction_while_links_are_worked_out_has_them_worked_out_again(
    filled: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = filled("list", "--json").json[0]["id"]
    read = propose.evidence_of
    once = [found]

    def interrupted(matter: Matter, ids: Any) -> Any:
        known = list(read(matter, ids))
        if once:
            corrected_by_somebody_else(workspace, once.pop())
        return known

    with Matter.open(workspace, "night") as matter:
        with matter.change() as change:
            documents.undo(change.tx, "link", [found])
        monkeypatch.setattr(propose, "evidence_of", interrupted)
        link_pending(matter)
        assert left(matter, "link") == [found]
        link_pending(matter)
        assert left(matter, "link") == []
