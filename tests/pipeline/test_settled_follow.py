"""What follows from a value that a person settled or corrected: who answers whom, links, gaps, clocks, course."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.facts.fact import Fact
from extractors.facts.reference_citations import citation_of, is_words
from pipeline.casefile import load_case
from pipeline.chronology import chronology
from pipeline.clock import now
from pipeline.correspondence.graph import STRONG
from pipeline.correspondence.lookup import correspondence_of
from pipeline.deadlines import deadlines
from pipeline.gaps import gaps
from pipeline.judgement import catch_up, correct, rule, take_back, unrule
from pipeline.matter import Matter
from pipeline.records import documents, heads, matters
from pipeline.redo import understand_outdated
from pipeline.rulings import settled
from tests.conftest import Command

Said = tuple[str, str, str, str, str | None]
"""A document, the kind, role and value that were read, and what it is."""
WORDS = "your letter dated 16 March 2023"
NUMBER: Said = ("reply.txt", "reference", "letter", "GC/L/0148", "GC/L/0145")
OWN: Said = ("reply.txt", "reference", "letter", "NPA/0771", "NPA/0777")
NOTICE: Said = ("notice.txt", "date", "document", "2023-03-24", "2023-03-27")
MOVED: Said = ("L-0145.txt", "date", "document", "2023-03-16", "2023-03-15")
TOGETHER = (NUMBER, OWN, NOTICE, MOVED)
ALONE: tuple[tuple[Said, set[str]], ...] = (
    (("by-day.txt", "reference", "letter", WORDS, None), set()),
    (("by-day.txt", "reference", "letter", WORDS, WORDS), {"L-0145.txt"}),
    (("by-day.txt", "reference", "letter", WORDS, "MT/X/9999"), set()),
    (("by-day.txt", "reference", "letter", WORDS, "GC/L/0145"), {"L-0145.txt"}),
    (("by-day.txt", "date", "mentioned", "2023-03-16", "2023-03-17"), set()),
    (("by-day.txt", "date", "mentioned", "2023-03-16", "2023-03-20"), set()),
    (("L-0145.txt", "date", "document", "2023-03-16", "2023-03-15"), set()),
    (("L-0145.txt", "date", "document", "2023-03-16", None), set()),
    (("L-0145.txt", "party", "sender", "Harbour Civil Ltd", "Quartz Ltd"), set()),
    (("by-day.txt", "party", "recipient", "Harbour Civil Ltd", "Quartz Ltd"), set()),
)
"""What is said alone, and what by-day.txt answers then as good as said."""

LETTERS = {
    "reply.txt": """\
Northport Authority

Our ref: NPA/0771
Date: 20 March 2023

To: Harbour Civil Ltd

Dear Sirs,

We refer to your letter GC/L/0148. We shall revert.

For and on behalf of Northport Authority
""",
    "by-day.txt": """\
Northport Authority

Date: 22 March 2023

To: Harbour Civil Ltd

Dear Sirs,

We refer to your letter dated 16 March 2023 and shall revert.

For and on behalf of Northport Authority
""",
    "rejoinder.txt": """\
Harbour Civil Ltd

Date: 28 March 2023

To: Northport Authority

Dear Sirs,

We refer to your letter NPA/0777.

For and on behalf of Harbour Civil Ltd
""",
    "notice.txt": """\
Harbour Civil Ltd

Our ref: GC/L/0190
Date: 24 March 2023

To: Northport Authority

Notice of claim under Sub-Clause 20.1

We hereby give notice of our claim for an extension of time: access to Area B was refused on 14 March 2023.

For and on behalf of Harbour Civil Ltd
""",
}  # fmt: skip


@pytest.fixture
def told(filled: Command, workspace: Path, tmp_path: Path) -> Iterator[Matter]:
    """The claim with its letters, in the hand of somebody who has what follows worked out when all is said."""
    folder = tmp_path / "letters"
    folder.mkdir()
    for name, text in LETTERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert filled("ingest", folder, "--claim", "CLM-001").status == 0
    with Matter.open(workspace, "tester") as matter:
        yield matter.acting_as("anna", lambda: None)


class Told:
    """What follows from the facts, as the records have it."""

    def __init__(self, matter: Matter) -> None:
        self.ids = ids_of(matter)
        with matter.reading() as tx:
            links = {name: matters.link_list(tx, document=doc) for name, doc in self.ids.items()}
        self.events = {name: {link.event for link in found} for name, found in links.items()}
        self.answers = {name: answers(matter, doc) for name, doc in self.ids.items()}
        case = load_case(matter, "CLM-001")
        self.missing = set(gaps(case).as_json()["missing_references"])
        self.noticed = {one.done for one in deadlines(case, now().date()) if one.step == "notice"} - {None}
        self.days = {
            name: {row.date for row in chronology(case) if row.doc == doc} for name, doc in self.ids.items()
        }


def ids_of(matter: Matter) -> dict[str, str]:
    with matter.reading() as tx:
        return {head.name: head.id for head in heads.heads(tx)}


def answers(matter: Matter, document: str) -> set[str]:
    """What a document answers, as far as it is as good as said."""
    with matter.reading() as tx:
        return {edge.target.name for edge in correspondence_of(tx, document).answers if edge.score >= STRONG}


def test_all_that_rests_on_a_value_follows_and_comes_back(told: Matter) -> None:
    before = Told(told)
    for name, *value, said in TOGETHER:
        rule(told, before.ids[name], value[0], value[1], value[2], said)
    catch_up(told)
    after = Told(told)
    assert (before.answers["reply.txt"], after.answers["reply.txt"]) == (set(), {"L-0145.txt"})
    assert (before.events["reply.txt"], after.events["reply.txt"]) == (set(), {"CLM-001/E1"})
    assert (before.events["by-day.txt"], after.events["by-day.txt"]) == ({"CLM-001/E1"}, set())
    assert (before.answers["rejoinder.txt"], after.answers["rejoinder.txt"]) == (set(), {"reply.txt"})
    assert before.missing == {"GC/L/0148", "NPA/0777"}
    assert after.missing == {"letter of 2023-03-16 from Harbour Civil Ltd"}
    assert (before.noticed, after.noticed) == ({datetime.date(2023, 3, 24)}, {datetime.date(2023, 3, 27)})
    assert datetime.date(2023, 3, 27) in after.days["notice.txt"] - before.days["notice.txt"]
    with told.change() as change:
        documents.undo(change.tx, "facts")
    understand_outdated(told)  # everything is found anew
    catch_up(told)
    assert vars(Told(told)) == vars(after)
    for name, *value, _ in TOGETHER:
        unrule(told, before.ids[name], value[0], value[1], value[2])
    catch_up(told)
    assert vars(Told(told)) == vars(before)

    ids = before.ids
    for (name, *value, said), expected in ALONE:
        assert answers(told, ids["by-day.txt"]) == {"L-0145.txt"}
        rule(told, ids[name], value[0], value[1], value[2], said)
        assert answers(told, ids["by-day.txt"]) == expected, (name, *value, said)
        unrule(told, ids[name], value[0], value[1], value[2])
    for given in ({"date": "2023-03-15"}, {"parties": ["sender=Quartz Ltd"]}, {"kind": "invoice"}):
        correct(told, ids["L-0145.txt"], **given)  # type: ignore[arg-type]
        assert answers(told, ids["by-day.txt"]) == set(), given
        field, role = {"parties": ("party", "sender")}.get(next(iter(given)), (next(iter(given)), "document"))
        take_back(told, ids["L-0145.txt"], field, role)
    assert answers(told, ids["by-day.txt"]) == {"L-0145.txt"}


def test_a_settled_citation_says_still_what_it_cites() -> None:
    words = Fact("reference", "letter", WORDS, 0, 31, 0.6, "reference.cited.letter.yours", doubts=("unsure",))
    same, other, number = (settled(words, value) for value in (WORDS, WORDS.replace("16", "17"), "GC/L/0145"))
    assert [is_words(fact) for fact in (same, other, number)] == [True, True, False]
    for fact in (same, other, number):
        said = citation_of(fact)
        assert said is not None
        assert (said.sort, said.side, fact.confidence, fact.doubts) == ("letter", "yours", 1.0, ())
