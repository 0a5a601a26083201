"""The process that works answers out for the pages says what its asker would have worked out, and may die."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from app.web.reckoner import Reckoner, ReckonerDied
from app.web.reckoning import KINDS, at_once
from pipeline.errors import NotFound
from pipeline.matter import Matter
from pipeline.records import documents
from tests.conftest import Command

TODAY = datetime.date(2024, 1, 1)


@pytest.fixture
def reckoner() -> Iterator[Reckoner]:
    made = Reckoner()
    yield made
    made.close()


def test_it_answers_as_its_asker_would_and_is_started_anew(
    filled: Command, matter: Matter, reckoner: Reckoner
) -> None:
    with matter.reading() as tx:
        letter = documents.summaries(tx)[0].id
    for kind in KINDS:
        name = letter if kind == "letters" else "CLM-001"
        assert reckoner(matter, kind, name, TODAY) == at_once(matter, kind, name, TODAY), kind
    with pytest.raises(NotFound, match="CLM-404"):
        reckoner(matter, "claim", "CLM-404", TODAY)
    with pytest.raises(ReckonerDied):
        reckoner(matter, "no such kind", "", TODAY)  # a fault of the program ends the process
    assert reckoner(matter, "parties", "", TODAY) == at_once(matter, "parties", "", TODAY)
    reckoner.close()
    with pytest.raises(ReckonerDied):
        reckoner(matter, "parties", "", TODAY)
