"""What the link rules say of a document and an event, what events of one document say of each other, and scores."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.links import Judged, f1, judged_matter, mean_average_precision, reliability
from bench.links_claims import made_matter
from bench.links_scale import KNOTS, by, fitted
from pipeline.evidence import Evidence
from pipeline.linking.rivals import rival
from pipeline.linking.scale import LEAST, MOST, even, score
from pipeline.linking.thread import Threads
from pipeline.linking.view import Events
from pipeline.linking.weigh import said, weighed
from pipeline.links import Link, Reason
from pipeline.parties import Book
from tests.pipeline.case_builder import CONTRACTOR, claim, event, evidence

ALONE = Threads({}, {}, {})
LONG = " The works went on as planned in the other parts of the site and nothing else is to be told." * 10


def reasons(found: Evidence, *events: object, at: str = "E1", **more: object) -> dict[str, Reason]:
    """The reasons of a document for an event, by how their detail begins."""
    about = claim(*(events or (event(keywords=("Area B", "access")),)), **more)  # type: ignore[arg-type]
    return {
        reason.detail.split(":")[0]: reason
        for reason in said(found, Events([about], Book({})))[f"CLM-1/{at}"]
    }


def weight(found: Evidence, detail: str, *events: object, **more: object) -> float | None:
    reason = next((r for d, r in reasons(found, *events, **more).items() if d.startswith(detail)), None)
    return None if reason is None else round(reason.weight, 2)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Refusal of access", "Refusal of access\nIt was refused.", 0.85),
        ("Area B: refusal of access", "Area B: refusal of access\nIt was refused.", 1.0),
        ("Progress in March", "Access was refused.", None),
        (None, "Access was refused.", None),
    ],
    ids=["a short word", "a word with more to it", "in the text only", "no title"],
)
def test_keywords_in_the_title_count(title: str | None, text: str, expected: float | None) -> None:
    found = evidence("a.pdf", text, title=title)
    assert weight(found, "its title says", event(keywords=("Area B", "access")), title="Delays") == (
        None if expected is None else round(0.8 * expected, 2)
    )


def test_a_title_that_stands_nowhere_in_the_text_counts_with_the_place_of_the_word_or_none() -> None:
    somewhere = reasons(evidence("a.pdf", "Of Area B.", title="Area B – NOTICE 7"))["its title says Area B"]
    nowhere = reasons(evidence("b.pdf", "Of that.", title="Area B – NOTICE 7"))["its title says Area B"]
    assert (somewhere.page, somewhere.start, somewhere.end) == (1, 3, 9)
    assert (nowhere.page, nowhere.start, nowhere.end) == (None, None, None)


def test_words_of_the_whole_claim_tell_less_than_words_of_one_event() -> None:
    own = evidence("a.pdf", "The crane." + LONG)
    alone = reasons(own, event(keywords=("crane", "gate")))["keywords"].weight
    shared = reasons(own, event(keywords=("crane", "gate")), event("E2", keywords=("crane",)))[
        "keywords"
    ].weight
    in_title = reasons(own, event(keywords=("crane", "gate")), title="The crane")["keywords"].weight
    numbered = reasons(evidence("b.pdf", "Pier 3." + LONG), event(keywords=("Pier 3", "gate")))[
        "keywords"
    ].weight
    assert shared == in_title < alone < numbered


@pytest.mark.parametrize(
    ("text", "date", "told"),
    [
        ("On 14 March 2023 access was refused.", "2023-03-20", True),
        ("On 14 March 2023 we had tea." + LONG + " Access is fine.", "2023-03-20", False),
        ("On 15 May 2023 access was refused.", "2023-05-20", False),
        ("On 14 March 2023 access will be given.", "2023-01-10", False),
    ],
    ids=["beside each other", "far apart", "another day", "a plan"],
)
def test_a_day_of_the_event_beside_its_words(text: str, date: str, told: bool) -> None:
    value = "2023-05-15" if "May" in text else "2023-03-14"
    facts = [("date", "event", value, " ".join(text.split()[1:4]))]
    found = evidence("a.pdf", text, date=date, facts=facts)
    assert (weight(found, "tells of access") is not None) is told


def test_a_day_that_was_yet_to_come_is_a_plan() -> None:
    facts = [("date", "event", "2023-03-14", "14 March 2023")]
    late, early = (
        weight(evidence("a.pdf", "14 March 2023", date=date, facts=facts), "names the day")
        for date in ("2023-03-20", "2022-11-20")
    )
    assert late is not None
    assert early is not None
    assert early < late


@pytest.mark.parametrize("detail", ["names none of the claim's parties", "has none of the event's keywords"])
def test_what_is_not_in_a_note_says_less_than_what_is_not_in_a_letter(detail: str) -> None:
    note, letter = weight(evidence("a.pdf", "Rain 44 mm."), detail), weight(evidence("b.pdf", LONG), detail)
    assert letter is not None
    assert note is not None
    assert letter < 10 * note < 0


def test_the_files_name_counts_by_keywords_and_less_by_words_of_the_title() -> None:
    happening = event(title="Gearbox replaced", keywords=("Area B",))
    assert weight(evidence("Area_B gate.pdf"), "its name says", happening) == 0.9
    assert weight(evidence("gearbox open.jpg"), "its name says", happening) == 0.4
    assert weight(evidence("scan 3.jpg"), "its name says", happening) is None


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ({"A/1": 6.0, "A/2": 2.3}, -1.05),
        ({"A/1": 12.0, "A/2": 2.0}, -1.5),
        ({"A/1": 3.0, "A/2": 2.6}, None),
        ({"A/1": 1.9, "A/2": 0.1}, None),
        ({"B/1": 2.6, "A/2": 2.6}, -0.4),
        ({"B/1": 4.6, "A/2": 2.6}, -1.6),
        ({"B/1": 12.0, "A/2": 2.6}, -2.0),
        ({"B/1": 2.6, "A/2": 6.0}, None),
        ({"A/2": 2.6}, None),
    ],
)
def test_what_tells_more_of_one_event_tells_less_of_another(
    sums: dict[str, float], expected: float | None
) -> None:
    ranked = sorted(sums, key=lambda e: -sums[e])
    against = rival("A/2", sums, ranked)
    assert (None if against is None else round(against.weight, 3)) == expected


def test_a_picture_of_a_day_of_two_claims_is_proposed_for_neither_and_of_one_claim_for_that() -> None:
    picture = evidence("DSC_1.jpg", "", kind="photo", date="2023-03-15")
    one = claim(event(end="2023-03-20"))
    two = claim(event(end="2023-03-20"), id="CLM-2")

    def found(*claims: object) -> dict[str, float]:
        links = weighed([picture], Events(claims, Book({})), ALONE)[picture.id]  # type: ignore[arg-type]
        return {link.event: link.score for link in links}

    both, single = found(one, two), found(one)
    assert both["CLM-1/E1"] == both["CLM-2/E1"] < 0.5
    assert single["CLM-1/E1"] > both["CLM-1/E1"]


def test_the_order_of_claims_and_documents_does_not_matter() -> None:
    matter = made_matter(5, claims=2)
    forth = weighed(matter.papers, Events(matter.claims, matter.book), ALONE)
    back = weighed(matter.papers[::-1], Events(matter.claims[::-1], matter.book), ALONE)

    def sorted_links(links: list[Link]) -> list[Link]:
        return sorted(links, key=lambda link: link.event)

    assert {d: sorted_links(links) for d, links in forth.items()} == {
        d: sorted_links(links) for d, links in back.items()
    }


# scores


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_a_greater_sum_is_never_a_lower_score(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert LEAST <= score(low) <= score(high) <= MOST


def test_at_even_a_link_is_as_likely_right_as_wrong() -> None:
    assert score(even()) == pytest.approx(0.5, abs=1e-6)
    assert 1.5 < even() < 3.5


@given(st.lists(st.tuples(st.floats(-3, 9), st.booleans()), max_size=60))
def test_the_fitted_map_rises_whatever_it_is_fitted_on(pairs: list[tuple[float, bool]]) -> None:
    found = fitted((Judged("d", "C/E", weight, right), 1.0) for weight, right in pairs)
    assert all(0 < low < high < 1 for low, high in pairwise(found))


def test_the_map_follows_what_it_is_fitted_on() -> None:
    half = [(Judged(str(n), "C/E", 3.25, n % 2 == 0), 1.0) for n in range(400)]
    none = [(Judged(str(n), "C/E", 0.0, False), 1.0) for n in range(400)]
    assert by(KNOTS, fitted([*half, *none]))(3.25) == pytest.approx(0.5, abs=0.03)
    assert by(KNOTS, fitted([*half, *none]))(0.0) < 0.02


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ([(3.0, True), (2.0, True), (1.0, False)], 1.0),
        ([(3.0, False), (2.0, True)], 0.5),
        ([(3.0, True), (2.0, False), (1.0, True)], (1 + 2 / 3) / 2),
        ([(3.0, False)], 0.0),
    ],
)
def test_average_precision_by_hand(sums: list[tuple[float, bool]], expected: float) -> None:
    pairs = [Judged(str(n), "C/E", weight, right) for n, (weight, right) in enumerate(sums)]
    assert mean_average_precision(pairs) == pytest.approx(expected)


def test_reliability_by_hand() -> None:
    found = reliability([(0.82, True), (0.84, True), (0.88, False), (0.86, True), (0.01, False)])
    (only,) = found.bins
    assert (only.count, only.said, only.right) == (4, pytest.approx(0.85), 0.75)
    assert found.ece == pytest.approx(0.1)


def test_links_of_claims_that_the_rules_never_saw_are_found_ranked_and_scored_as_they_say() -> None:
    pairs = [pair for seed in (101, 102, 103, 104) for pair in judged_matter(made_matter(seed, claims=2))]
    assert f1(pairs) > 0.7
    assert mean_average_precision(pairs) > 0.85
    assert reliability((pair.score, pair.right) for pair in pairs).ece < 0.12


def test_a_reason_quotes_the_words_on_which_it_rests() -> None:
    found = evidence("a.pdf", "Access was\nrefused.", sender=CONTRACTOR)
    quoted = Reason("text", 1.0, "keywords: access", 1, 18, 36).quoting(found.document.text)
    assert quoted.words == "Access was refused"
    assert quoted.as_json() == {
        "kind": "text", "weight": 1.0, "detail": "keywords: access", "page": 1, "start": 18, "end": 36,
        "words": "Access was refused",
    }  # fmt: skip
    assert Reason("kind", 0.2, "is a photo").quoting("abc").as_json()["words"] == ""
    assert len(Reason("text", 1.0, "x", 1, 0, 500).quoting("a" * 500).words) == 120
