"""Who answers whom: which document a citation means, the edges that this makes, and what is cited and not there."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import PageText, assemble
from extractors.facts import find_facts
from pipeline.correspondence.graph import STRONG, correspondence, edges_from, lacking
from pipeline.correspondence.letter import Letter, Shelf, same_party
from pipeline.correspondence.lookup import correspondence_of
from pipeline.correspondence.mention import mentions
from pipeline.evidence import Evidence
from pipeline.matter import Matter
from pipeline.records import arrivals, documents, letters, matters
from tests.conftest import Command
from tests.pipeline.case_builder import case, claim, event, evidence
from tests.pipeline.test_casefile import write

HCL, NPA, MT = "Harbour Civil Ltd", "Northport Authority", "Morven Tait LLP"


def letter(
    name: str,
    date: str | None = None,
    text: str = "",
    by: str | None = HCL,
    to: str | None = NPA,
    kind: str = "correspondence",
    media: str = "application/pdf",
    metadata: tuple[tuple[str, str], ...] = (),
    title: str | None = None,
) -> Letter:
    """A document whose citations are read from its text as they are of any; it is dated in its first line."""
    document = assemble([PageText(f"Date: {date}\n{text}" if date else text, 595, 842)], media, metadata)
    parties = tuple((role, who) for role, who in (("sender", by), ("recipient", to)) if who)
    day = datetime.date.fromisoformat(date) if date else None
    return Letter(
        name,
        f"{name}.pdf",
        kind,
        media,
        day,
        title,
        parties,
        tuple(mentions(find_facts(document, kind), document)),
    )


def edges(found: Letter, *others: Letter) -> list[tuple[str, str, bool]]:
    """(document, relation, whether it is as good as said) of the edges from a letter."""
    return [(e.target.id, e.relation, e.score >= STRONG) for e in edges_from(found, Shelf([found, *others]))]


ASKED = letter("asked", "2023-03-14", "Our ref: GC/L/0145\nDear Sirs, we ask for access.")


@pytest.mark.parametrize(
    ("text", "by", "to", "expected"),
    [
        ("We refer to your letter dated 14 March 2023.", NPA, HCL, [("asked", "reply", True)]),
        ("We refer to your letter of 14 March.", NPA, HCL, [("asked", "reply", True)]),
        ("Your ref: GC/L/0145", NPA, HCL, [("asked", "reply", True)]),
        ("Further to our letter dated 14 March 2023", HCL, NPA, [("asked", "follow-up", True)]),
        ("the letter from Harbour Civil Ltd dated 14 March 2023", MT, NPA, [("asked", "citation", True)]),
        ("the letter dated 14 March 2023", MT, None, [("asked", "citation", False)]),
        ("We refer to your letter dated 15 March 2023.", NPA, HCL, []),
        ("We refer to our letter dated 14 March 2023.", NPA, HCL, []),  # it is the other side's
        ("We refer to your invoice dated 14 March 2023.", NPA, HCL, []),  # it is a letter
        ("No word of any letter.", NPA, HCL, []),
    ],
)
def test_which_letter_is_meant(
    text: str, by: str, to: str | None, expected: list[tuple[str, str, bool]]
) -> None:
    assert edges(letter("reply", "2023-03-20", text, by, to), ASKED) == expected


def test_chinese_letters() -> None:
    asked = letter("来函", "2023-03-14", "关于B区移交的函", "港务土木工程有限公司", "北港管理局")
    reply = letter("复函", "2023-03-20", "贵公司3月14日来函收悉。", "北港管理局", "港务土木工程有限公司")
    assert edges(reply, asked) == [("来函", "reply", True)]


def test_a_number_with_its_day_is_the_surest_and_one_with_another_day_is_doubted() -> None:
    for day, score in (("14 March 2023", 0.98), ("15 March 2023", 0.75)):
        (edge,) = edges_from(
            letter("r", "2023-03-20", f"your letter GC/L/0145 of {day}", NPA, HCL), Shelf([ASKED])
        )
        assert edge.score == score
        assert (edge.page, edge.words) == (1, "GC/L/0145")
    assert "dated 2023-03-14 and not 2023-03-15" in edge.why


def test_a_misread_number_is_found_by_the_day_and_another_number_is_not() -> None:
    shelf = Shelf([ASKED])
    misread = letter("r", "2023-03-20", "your letter GC/L/O145 dated 14 March 2023", NPA, HCL)
    assert [edge.target.id for edge in edges_from(misread, shelf)] == ["asked"]
    other = letter("r", "2023-03-20", "your letter MT/77/2023 dated 14 March 2023", NPA, HCL)
    assert edges_from(other, shelf) == []
    assert [lost.reference for lost in lacking(other, shelf)] == ["MT/77/2023"]


def test_letters_that_cannot_be_told_from_each_other_are_all_candidates() -> None:
    twin = letter("twin", "2023-03-14", "Dear Sirs, and this.")
    found = edges_from(
        letter("r", "2023-03-20", "your letter dated 14 March 2023", NPA, HCL), Shelf([ASKED, twin])
    )
    assert [(e.target.id, e.ambiguous, round(e.score, 3)) for e in found] == [
        ("asked", True, 0.475),
        ("twin", True, 0.475),
    ]
    assert "one of 2 that fit" in found[0].why


def test_of_two_letters_of_a_day_the_one_whose_sender_fits() -> None:
    others = letter("others", "2023-03-14", "Dear Sirs", MT, HCL)
    found = edges(letter("r", "2023-03-20", "your letter dated 14 March 2023", NPA, HCL), ASKED, others)
    assert found == [("asked", "reply", True)]


def test_a_letter_does_not_cite_itself() -> None:
    alone = letter(
        "alone", "2023-03-14", "Our ref: GC/L/0150\nthis is our letter GC/L/0150 dated 14 March 2023"
    )
    assert edges(alone) == []
    report = letter("report", "2023-03-14", "Report dated 14 March 2023", kind="inspection_report")
    other = letter("other", "2023-03-14", "Something else of the day", kind="inspection_report")
    assert edges(report, other) == []


def test_answers_before_the_letter_and_circles() -> None:
    first = letter("first", "2023-03-14", "Our ref: GC/L/0145\nsee your letter NP/9001 dated 20 March 2023")
    second = letter("second", "2023-03-20", "Our ref: NP/9001\nYour ref: GC/L/0145", NPA, HCL)
    assert edges(second, first) == [("first", "reply", True)]
    assert edges(first, second) == []  # of the two directions the one that time allows
    alone = letter("second", "2023-03-20", "Our ref: NP/9001\nno answer", NPA, HCL)
    (edge,) = edges_from(first, Shelf([first, alone]))
    assert edge.score < 0.5
    assert "but it is dated later" in edge.why


def mail(name: str, date: str, subject: str, answers: str | None = None, **more: Any) -> Letter:
    head = (("Message-ID", f"<{name}@x>"), *((("In-Reply-To", f"<{answers}@x>"),) if answers else ()))
    return letter(name, date, "Hello", media="message/rfc822", metadata=head, title=subject, **more)


def test_mails_say_which_they_answer() -> None:
    first, second = mail("1", "2023-03-14", "Gate"), mail("2", "2023-03-13", "Re: Gate", "1", by=NPA, to=HCL)
    assert edges(second, first) == [("1", "reply", True)]
    third = mail("3", "2023-03-15", "Gate again", "1")
    assert edges(third, first) == [("1", "follow-up", True)]


@pytest.mark.parametrize(
    ("subject", "by", "to", "expected"),
    [
        ("Re: Access to Area B", NPA, HCL, [("asked", "reply", False)]),
        ("Access to Area B", NPA, HCL, [("asked", "reply", False)]),
        ("Re: Access to Area C", NPA, HCL, []),
        ("Re: Access to Area B", MT, HCL, []),
        ("Re: Access to Area B", None, HCL, []),
    ],
)
def test_the_same_subject_the_other_way_is_a_weak_sign(
    subject: str, by: str | None, to: str, expected: list[tuple[str, str, bool]]
) -> None:
    asked = letter("asked", "2023-03-14", "Dear Sirs", title="Access to Area B")
    assert edges(letter("r", "2023-03-20", "Dear Sirs", by, to, title=subject), asked) == expected


def test_a_subject_says_nothing_where_the_letter_says_which_it_answers() -> None:
    asked = letter("asked", "2023-03-14", "Dear Sirs", title="Access to Area B")
    text = "We refer to your letter dated 9 March 2023."
    assert edges(letter("r", "2023-03-20", text, NPA, HCL, title="Re: Access to Area B"), asked) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We refer to your letter dated 14 March 2023.", ["letter of 2023-03-14 from Harbour Civil Ltd"]),
        ("our e-mail of 14 March 2023", ["e-mail of 2023-03-14 from Northport Authority"]),
        ("your letters of 3 and 17 March 2023", ["letter of 2023-03-03 from Harbour Civil Ltd",
                                                 "letter of 2023-03-17 from Harbour Civil Ltd"]),
        ("the Engineer's letter dated 14 March 2023", ["letter of 2023-03-14 from the Engineer"]),
        ("your letter GC/L/0099 dated 14 March 2023", ["GC/L/0099"]),
        ("SI-014 of the site", []),  # an order that nothing says to be in the matter
        ("we shall reply by our letter dated 14 May 2023", []),  # yet to come
    ],
)  # fmt: skip
def test_what_is_cited_and_not_there(text: str, expected: list[str]) -> None:
    found = letter("r", "2023-03-20", text, NPA, HCL)
    assert [lost.reference for lost in lacking(found, Shelf([found]))] == expected


def test_the_name_of_a_file_may_hold_it() -> None:
    found = letter("r", "2023-03-20", "your letter GC/L/0099 dated 14 March 2023", NPA, HCL)
    assert [*lacking(found, Shelf([found]), {"gcl0099scanpdf"})] == []


def test_orders_are_found_by_number_when_a_file_is_named_so() -> None:
    order = letter("EI-027", "2023-03-02", "Engineer's Instruction EI-027", MT, HCL)
    assert edges(letter("r", "2023-03-20", "We priced EI-027.", HCL, MT), order) == [
        ("EI-027", "reply", True)
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (HCL, "Harbour Civil Ltd.", True),
        (HCL, "Harbour Civil", True),
        ("Northport Authority", "Northp0rt Authority", True),
        ("云溪新城开发建设有限公司", "建设有限公司", False),  # every second firm ends so
        (HCL, NPA, False),
        (HCL, "", None),
    ],
)
def test_which_names_are_one_party(one: str, other: str, same: bool | None) -> None:
    def party(name: str) -> frozenset[str]:
        return Letter("x", "x", "other", "", None, None, (("sender", name),)).senders

    assert same_party(party(one), party(other)) is same


def test_gaps_name_what_is_cited_by_its_day() -> None:
    from pipeline.gaps import gaps

    facts = [
        ("date", "mentioned", "2023-03-14", "14 March 2023"),
        ("party", "recipient", NPA),
    ]
    found = evidence(
        "reply.pdf",
        f"To {NPA}\nour letter, and your letter dated 14 March 2023",
        date="2023-03-20",
        facts=facts,
    )
    document = found.document
    words = [f for f in find_facts(document, "correspondence") if f.kind == "reference"]
    cites = Evidence(found.summary, document, (*found.facts, *words))
    about = claim(event())
    assert [(m.number, m.page, m.why) for m in gaps(case(about, [cites])).missing_references] == [
        (f"letter of 2023-03-14 from {NPA}", 1, 'cited in reply.pdf: "your letter dated 14 March 2023"')
    ]
    held = evidence("asked.pdf", "Dear Sirs", date="2023-03-14", sender=NPA)
    assert gaps(case(about, [cites, held])).missing_references == ()


DAYS = [f"2023-03-{day:02}" for day in range(1, 5)]


def _random_letters(drawn: list[tuple[int, int, int, bool]]) -> list[Letter]:
    found = []
    for n, (day, cited, way, by_number) in enumerate(drawn):
        by, to = ((HCL, NPA), (NPA, HCL), (MT, HCL))[way]
        words = f"Your ref: GC/L/{cited:04}" if by_number else f"your letter dated {cited % 4 + 1} March 2023"
        found.append(
            letter(f"{n}", DAYS[day], f"Our ref: GC/L/{n:04}\n{words}", by, to, title=f"Re: Subject {cited}")
        )
    return found


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 2), st.booleans()),
        min_size=1,
        max_size=7,
    )
)
def test_any_graph_is_sound(drawn: list[tuple[int, int, int, bool]]) -> None:
    found = _random_letters(drawn)
    shelf = Shelf(found)
    forth = {(e.source.id, e.target.id) for one in found for e in edges_from(one, shelf)}
    back = {(e.source.id, e.target.id) for one in found for e in correspondence(one, shelf).answered_by}
    assert forth == back
    assert all(source != target for source, target in forth)


LETTERS = {
    "asked.txt": f"{HCL}\n\nOur ref: GC/L/0145\nDate: 14 March 2023\n\nTo: {NPA}\n\nDear Sir,\n\nAccess to Area B\n\n"
    f"We ask for access.\n\nYours faithfully,\nFor and on behalf of {HCL}\n",
    "reply.txt": f"{NPA}\n\nOur ref: NP/9001\nDate: 20 March 2023\n\nTo: {HCL}\n\nDear Sir,\n\nAccess to Area B\n\n"
    "We refer to your letter dated 14 March 2023, and to our e-mail of 10 March 2023.\n\nYours faithfully,\n"
    f"For and on behalf of {NPA}\n",
    "third.txt": f"{MT}\n\nOur ref: MT/0007\nDate: 22 March 2023\n\nTo: {HCL}\n\nDear Sir,\n\nArea B\n\n"
    f"We refer to your letter GC/L/0145.\n\nYours faithfully,\nFor and on behalf of {MT}\n",
}


@pytest.fixture
def ids(matter: Matter) -> dict[str, str]:
    """The ids of the letters, put into the records with what is read from their text."""
    found = {}
    for name, text in LETTERS.items():
        document = assemble([PageText(text, 595, 842)], "text/plain")
        facts = tuple(find_facts(document, "correspondence"))
        about = evidence(name).summary
        write(matter, Evidence(about, document, facts))
        found[name] = about.id
    return found


def test_show_tells_who_answers_whom(claimtrail: Command, ids: dict[str, str]) -> None:
    asked = claimtrail("show", ids["asked.txt"], "--json").json["correspondence"]
    assert (asked["answers"], asked["cites_missing"]) == ([], [])
    assert [(e["doc"], e["relation"], e["page"]) for e in asked["answered_by"]] == [
        (ids["reply.txt"], "reply", 1),
        (ids["third.txt"], "reply", 1),
    ]
    reply = claimtrail("show", ids["reply.txt"], "--json").json["correspondence"]
    (edge,) = reply["answers"]
    assert (edge["doc"], edge["date"], edge["ambiguous"]) == (ids["asked.txt"], "2023-03-14", False)
    assert (edge["words"], edge["score"]) == ("your letter dated 14 March 2023", 0.95)
    (lost,) = reply["cites_missing"]
    assert (lost["reference"], lost["page"]) == (f"e-mail of 2023-03-10 from {NPA}", 1)
    printed = claimtrail("show", ids["reply.txt"]).out
    assert "sender fits, recipient fits" in " ".join(printed.split())
    assert "not held" in printed


def test_a_correction_changes_the_graph_at_once(claimtrail: Command, ids: dict[str, str]) -> None:
    claimtrail("correct", ids["asked.txt"], "--date", "2023-03-13")
    reply = claimtrail("show", ids["reply.txt"], "--json").json["correspondence"]
    assert reply["answers"] == []
    claimtrail("correct", ids["asked.txt"], "--date", "2023-03-14")
    claimtrail("correct", ids["asked.txt"], "--party", f"sender={NPA}", "--party", f"recipient={HCL}")
    reply = claimtrail("show", ids["reply.txt"], "--json").json["correspondence"]
    assert [edge["doc"] for edge in reply["answers"]] == []  # now it went the other way


def test_what_one_document_shows_is_what_the_whole_graph_has(matter: Matter) -> None:
    for n in range(14):
        day, other = f"2023-03-{n % 4 + 1:02}", (n * 5 + 3) % 14
        text = f"Date: {day}\nOur ref: GC/L/{n:04}\nYour ref: GC/L/{other:04}, and your letter dated {n % 5} March 2023"
        document = assemble([PageText(text, 595, 842)], "application/pdf")
        about = evidence(f"scan {n}.pdf", title=f"Re: Subject {n % 3}", date=day)
        write(matter, Evidence(about.summary, document, tuple(find_facts(document, "correspondence"))))
    with matter.change() as change:
        matters.put_claims(change.tx, [claim(event())])
    with matter.reading() as tx:
        shelf = Shelf(letters.everything(tx))
        names = letters.Names(tx)
        assert len(shelf.letters) == len(documents.summaries(tx)) == 14
        for found_letter in shelf.letters.values():
            whole = correspondence(found_letter, shelf, names)
            assert correspondence_of(tx, found_letter.id).as_json() == whole.as_json()
            to_it = [edge for one in shelf.letters.values() for edge in edges_from(one, shelf)]
            assert {*whole.answered_by} == {edge for edge in to_it if edge.target.id == found_letter.id}
        assert any(edges_from(one, shelf) for one in shelf.letters.values())
        assert correspondence_of(tx, "nothing").as_json() == {
            "answers": [],
            "answered_by": [],
            "cites_missing": [],
        }


def test_gaps_look_through_the_whole_matter(matter: Matter, ids: dict[str, str]) -> None:
    from pipeline.casefile import load_case
    from pipeline.gaps import gaps

    with matter.change() as change:
        matters.put_claims(change.tx, [claim(event())])
        arrivals.tie(change.tx, ids["reply.txt"], "CLM-1")  # the letter that it answers is of no claim
    case_file = load_case(matter, "CLM-1")
    assert [found.number for found in gaps(case_file).missing_references] == [
        f"e-mail of 2023-03-10 from {NPA}"
    ]
    assert {one.id for one in case_file.shelf.letters.values()} == {ids["asked.txt"], ids["reply.txt"]}


def test_gaps_prints_where_and_why(matter: Matter, ids: dict[str, str], claimtrail: Command) -> None:
    with matter.change() as change:
        matters.put_claims(change.tx, [claim(event())])
        arrivals.tie(change.tx, ids["reply.txt"], "CLM-1")
    printed = claimtrail("gaps", "CLM-1").out
    assert (
        f"e-mail of 2023-03-10 from {NPA}  {ids['reply.txt'][:8]} reply.txt  Page 1  cited in reply.txt: "
        in printed
    )
    assert "reference_sources" not in printed
    assert len(claimtrail("gaps", "CLM-1", "--json").json["reference_sources"]) == 1
