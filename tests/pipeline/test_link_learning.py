"""What verdicts teach of the link rules in a workspace, and what it is good for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.links import Judged, judged_matter, mean_average_precision
from bench.links_claims import MadeMatter, made_matter
from pipeline.judgement import judge
from pipeline.linking import relink
from pipeline.linking.explained import explained
from pipeline.linking.learned import KINDS, LEAST, MOST, Example, examples, learn, weights_of
from pipeline.linking.propose import weights_in_use
from pipeline.linking.view import Events
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.records import documents, matters
from tests.app.test_commands import id_of
from tests.conftest import Command, say


def example(confirmed: bool, **weights: float) -> Example:
    return Example(tuple(weights.get(kind, 0.0) for kind in KINDS), 0.0, confirmed)


def factors(found: list[Example]) -> dict[str, float]:
    return {one.kind: one.factor for one in learn(found)}


def test_no_verdicts_teach_nothing() -> None:
    assert learn([]) == []


@pytest.mark.parametrize(("times", "least", "most"), [(1, 0.0, 0.1), (3, 0.02, 0.25), (40, 0.3, 0.5)])
def test_a_few_verdicts_change_little_and_dozens_matter(times: int, least: float, most: float) -> None:
    """Links by date alone are rejected, links by reference confirmed."""
    pairs = [example(False, date=2.5), example(True, reference=2.6)] * times
    found = factors(pairs)
    assert least <= 1 - found["date"] <= most
    assert found["reference"] >= 1.0
    assert found["amount"] == pytest.approx(1.0)


def test_that_all_is_confirmed_or_rejected_says_little_of_the_rules() -> None:
    for confirmed in (True, False):
        found = factors([example(confirmed, text=2.0, date=1.0, party=1.0)] * 30)
        assert all(0.75 < factor < 1.25 for factor in found.values())


weights_drawn = st.tuples(*(st.floats(-2, 5) for _ in KINDS))


@given(st.lists(st.tuples(weights_drawn, st.booleans()), max_size=40), st.randoms())
def test_factors_are_bounded_and_do_not_depend_on_the_order(
    drawn: list[tuple[tuple[float, ...], bool]], chance: random.Random
) -> None:
    pairs = [Example(weights, 0.0, confirmed) for weights, confirmed in drawn]
    found = learn(pairs)
    chance.shuffle(pairs)
    assert all(LEAST <= one.factor <= MOST for one in found)
    assert [one.factor for one in learn(pairs)] == pytest.approx([one.factor for one in found], abs=2e-3)


def test_what_was_learned_is_told_with_its_counts() -> None:
    (date,) = (
        one
        for one in learn([example(False, date=2.5)] * 12 + [example(True, date=2.0)] * 3)
        if one.kind == "date"
    )
    assert (date.confirmed, date.rejected) == (3, 12)
    assert date.detail.startswith(f"date weighs {date.factor:.2f} of usual here: of 15 judged links")


def by_pattern(matter: MadeMatter) -> MadeMatter:
    """A matter in which people take only what bears a reference or a party's own report for evidence of an event."""
    wanted = {one.id for one in matter.papers if one.summary.kind in ("correspondence", "invoice")}
    return MadeMatter(matter.claims, matter.papers, frozenset(p for p in matter.truth if p[0] in wanted))


def test_ranking_of_links_that_were_never_judged_gets_better_where_verdicts_follow_a_pattern() -> None:
    judged = [by_pattern(made_matter(seed, claims=2)) for seed in (201, 202)]
    held_out = [by_pattern(made_matter(seed, claims=2)) for seed in (301, 302)]
    taught: list[Example] = []
    for matter in judged:
        proposed = [pair for pair in judged_matter(matter) if pair.score >= 0.3]
        verdicts = {(pair.document, pair.event): pair.right for pair in proposed}
        taught += examples(matter.papers, Events(matter.claims, matter.book), verdicts)
    weights = weights_of(learn(taught))

    def ranked(matters_: list[MadeMatter], **more: object) -> float:
        pairs = [
            Judged(p.document, f"{at} {p.event}", p.sum, p.right)
            for at, one in enumerate(matters_)
            for p in judged_matter(one, **more)  # type: ignore[arg-type]
        ]
        return mean_average_precision(pairs)

    assert ranked(held_out, weights=weights) > ranked(held_out) + 0.01


# in a workspace


def link_of(matter: Matter, name: str) -> Link:
    with matter.reading() as tx:
        (document,) = (found.id for found in documents.summaries(tx) if found.name == name)
        return next(link for link in matters.link_list(tx, document=document) if link.event == "CLM-001/E1")


def test_linking_learns_from_verdicts_and_forgets_with_them(filled: Command, workspace: Path) -> None:
    with Matter.open(workspace, "tester") as matter:
        usual = link_of(matter, "L-0145.txt")
        judge(matter, usual.document, usual.event, "rejected")
        assert weights_in_use(matter) == []  # until links are worked out anew
        relink(matter, ["CLM-001"])
        learned = {one.kind: one for one in weights_in_use(matter)}
        assert (learned["reference"].rejected, learned["reference"].confirmed) == (1, 0)
        answer = explained(matter, usual.document, usual.event)
        reference = next(reason for reason in answer["reasons"] if reason["kind"] == "reference")
        assert reference["weight"] == pytest.approx(
            reference["usual"] * learned["reference"].factor, abs=2e-3
        )
        assert {one["kind"] for one in answer["learned"]} == set(KINDS)
        assert link_of(matter, "L-0145.txt").status == "rejected"  # whatever was learned


def test_learning_can_be_switched_off(filled: Command, workspace: Path) -> None:
    filled("reject", id_of(filled, "L-0145.txt"), "CLM-001/E1")
    filled("link")
    say(workspace, "links: {learn: false}\n")
    filled("link")
    with Matter.open(workspace, "tester") as matter:
        assert weights_in_use(matter) == []
    answer = filled("link", "--explain", id_of(filled, "L-0145.txt"), "CLM-001/E1", "--json").json
    assert answer["learned"] == []
    assert all(reason["weight"] == reason["usual"] for reason in answer["reasons"])


def test_the_explanation_tells_what_was_learned(filled: Command) -> None:
    for name in ("L-0145.txt", "leaflet.txt"):
        filled("reject", id_of(filled, name), "CLM-001/E1")
    filled("link")
    told = filled("link", "--explain", id_of(filled, "L-0145.txt"), "CLM-001/E1").out
    assert "reference weighs 0." in told
    assert "1 rejected" in told
