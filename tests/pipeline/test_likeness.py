from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.document import PageText, assemble
from extractors.extract import understand
from extractors.facts.fact import Fact
from pipeline.copies import find_copies
from pipeline.differences import differing, misread
from pipeline.likeness import FEWEST_TOKENS, MOST_COMPARED, Reading, candidates, compare, shingles, signature
from pipeline.matter import Matter
from pipeline.records import documents, likenesses
from pipeline.steps import VERSIONS
from tests.pipeline.case_builder import value_of

LETTER = """\
Harbour Civil Ltd
12 Quay Road, Northport
Date: {day} March 2023
Our ref: GC/L/{number:04d}

Dear Sirs,

{body}

We reserve all our rights under the Contract, including Clause 20.1,
and remain available to discuss the matter at your convenience.
Yours faithfully,
John Marsh
Project Manager, Harbour Civil Ltd
"""
REFUSED = """\
Access to Area B was refused again and our piling crew stood idle for six days.
We claim USD {amount} for the resulting costs and an extension of time of 42 days.
Kindly confirm receipt and instruct us without delay, since the following
trades depend on the platform being handed over in good time and order."""
CRANE = """\
Enclosed please find the revised programme for the basement of the terminal.
It shows that the failure of the tower crane has moved the slab by eleven days.
The invoice of USD 48,300.00 for plant hire is attached; our subcontractor says
that a replacement motor will be delivered by the end of the present month."""
REPORT = """\
DAILY SITE REPORT No. {number}
Project: Northport Container Terminal, Contract C-2023/017
Date: {day} March 2023   Weather: fine   Temperature: {warm} C
Labour: foremen {a} carpenters {b} steel fixers {c} general workers {d}
Plant: tower crane 1, excavator 2, concrete pump 1
Works carried out: formwork to basement walls grid A to C, rebar fixing continued
Deliveries: concrete {e} m3, reinforcement {f} t
Delays: none reported. Accidents: none reported. Visitors: none.
Inspections: the engineer attended the morning coordination meeting and walked the site.
Signed for the Contractor: J. Marsh     Signed for the Engineer: A. Tait
"""
CHINESE = """\
港务土木工程有限公司
北港建函〔2023〕{number}号
致：北港管理局
关于停工的函
由于B区场地未按期移交，我公司打桩班组停工六天，机械设备闲置，人工窝工，造成直接损失人民币1,250,000.00元，
并导致关键线路工期延误四十二天。
根据合同通用条款第20.1款的规定，我公司特此提出索赔意向，并保留进一步主张权利的全部权利。
2023年3月{day}日
"""
MISREAD = dict(zip("0O1lI5SB8oecaun", "O0lI1S58Bocecun", strict=True))


def letter(day: int = 16, number: int = 145, body: str = REFUSED, amount: str = "1,250,000.00") -> str:
    return LETTER.format(day=day, number=number, body=body.format(amount=amount))


def report(day: int, number: int, *counts: int) -> str:
    return REPORT.format(day=day, number=number, **dict(zip(("warm", *"abcdef"), counts, strict=True)))


def read(text: str) -> Reading:
    document = assemble([PageText(page, 595, 842) for page in text.split("\f")], "text/plain")
    return Reading(document.text, understand(document).facts, tuple(page.start for page in document.pages))


def rescanned(text: str, rate: float, chance: random.Random) -> str:
    """As a scanner may read a copy: characters taken for others or lost, a stamp, a line lost."""
    read = [_character(char, rate, chance) for char in text]
    lines = "".join(read).split("\n")
    del lines[-2]
    lines.insert(chance.randrange(len(lines)), "COPY - RECEIVED NORTHPORT AUTHORITY")
    return "\n".join(lines)


def _character(char: str, rate: float, chance: random.Random) -> str:
    if char.isspace() or chance.random() >= rate:
        return char
    return chance.choice((MISREAD.get(char, "x"), "", "."))


DOCUMENTS = {
    "letter": letter(),
    "report": report(7, 40, 18, 4, 11, 9, 23, 86, 12),
    "chinese": CHINESE.format(number=14, day=16),
}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize(("rate", "least"), [(0.0, 12), (0.01, 10), (0.03, 9), (0.05, 7)])
def test_most_rescans_are_found_however_badly_they_were_read(name: str, rate: float, least: int) -> None:
    # Those that are missed lost a digit of their own date or number: they cannot be told from another document.
    original, chance = read(DOCUMENTS[name]), random.Random(f"{name} {rate}")  # noqa: S311
    copies = [read(rescanned(DOCUMENTS[name], rate, chance)) for _ in range(12)]
    found = [near(original, copy) and compare(original, copy) is not None for copy in copies]
    assert sum(found) >= least


def near(one: Reading, other: Reading) -> bool:
    marks = signature(one), signature(other)
    return all(mark is not None for mark in marks) and candidates(marks[0], np.array([marks[1]])) == [0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(letter(), letter(17, 146, CRANE), id="another letter of the writer"),
        pytest.param(letter(), letter(17, 146), id="the same words with another date and number"),
        pytest.param(letter(), letter(17), id="another date alone"),
        pytest.param(letter(), letter(number=146), id="another number alone"),
        pytest.param(
            report(7, 40, 18, 4, 11, 9, 23, 86, 12),
            report(8, 41, 16, 4, 13, 8, 25, 54, 9),
            id="the next day's report",
        ),
        pytest.param(
            report(7, 40, 18, 4, 11, 9, 23, 86, 12),
            report(7, 40, 12, 3, 17, 5, 31, 14, 7),
            id="a form with other figures",
        ),
        pytest.param(
            CHINESE.format(number=14, day=16), CHINESE.format(number=15, day=17), id="a Chinese letter"
        ),
        pytest.param(letter(), letter() + letter() + letter(), id="an extract of a longer one"),
        pytest.param(letter(), "", id="nothing read"),
    ],
)
def test_other_documents_of_the_same_form_are_no_copies(one: str, other: str) -> None:
    assert compare(read(one), read(other)) is None
    assert compare(read(other), read(one)) is None


def test_a_copy_with_another_amount_is_shown_with_both_amounts() -> None:
    found = compare(read(letter()), read(letter(amount="1,350,000.00")))
    assert found is not None
    assert found.from_here()["facts"] == ["amount 1250000.00 / 1350000.00"]
    assert found.from_there()["facts"] == ["amount 1350000.00 / 1250000.00"]


def test_what_differs_is_counted_and_placed() -> None:
    original = f"{letter()}\fAnnex: photographs of the gate"
    copied = read(f"{letter()}\fAnnex: pictures of the eastern gate")
    found = compare(read(original), copied)
    assert found is not None
    assert found.from_here() == {"only_here": 1, "only_there": 2, "pages": [2], "facts": []}
    assert found.from_there() == {"only_here": 2, "only_there": 1, "pages": [2], "facts": []}


def test_a_short_text_has_no_signature() -> None:
    words = [f"word{n}" for n in range(FEWEST_TOKENS)]
    assert signature(read(" ".join(words[1:]))) is None
    assert signature(read(" ".join(words))) is not None


def test_one_foreign_letter_hardly_changes_a_signature() -> None:
    plain, with_han = signature(read(letter())), signature(read(letter() + " 印"))
    assert plain is not None
    assert with_han is not None
    assert (plain == with_han).mean() > 0.95


def test_only_the_likeliest_are_compared() -> None:
    mark = signature(read(letter()))
    other = signature(read(CHINESE.format(number=14, day=16)))
    assert mark is not None
    assert other is not None
    close = mark.copy()
    close[:10] = 0
    known = np.array([other, close, mark, *[close] * 50])
    found = candidates(mark, known)
    assert found[:2] == [2, 1]
    assert len(found) == MOST_COMPARED
    assert 0 not in found
    assert candidates(mark, np.zeros((0, 64), dtype=np.uint32)) == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.text("abcdefgh", min_size=3, max_size=8), min_size=80, max_size=200, unique=True), st.data()
)
def test_signatures_agree_about_as_often_as_the_texts_do(words: list[str], data: Any) -> None:
    kept = data.draw(st.integers(40, len(words)))
    one, other = read(" ".join(words)), read(" ".join(words[:kept]))
    marks = [signature(one), signature(other)]
    if marks[1] is None:
        return
    first, second = set(shingles(one.compact)), set(shingles(other.compact))
    expected = len(first & second) / len(first | second)
    assert abs(float((marks[0] == marks[1]).mean()) - expected) < 0.35


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=400))
def test_a_text_is_its_own_copy_and_one_without_text_is_nobodys(text: str) -> None:
    reading = Reading(text)
    found = compare(reading, Reading(text))
    assert (found is not None) == bool(reading.compact)
    if found is not None:
        assert found.score == 1.0
        assert found.from_here() == {"only_here": 0, "only_there": 0, "pages": [], "facts": []}


def made(kind: Any, role: str, value: str) -> Fact:
    return Fact(kind, role, value_of(kind, value), 0, 1, 0.9, "test")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("GC/L/0145", "GC/L/O145", True),  # a letter in the place of a digit
        ("GC/L/0145", "GCIL/0145", True),
        ("GC/L/0145", "GC/L/01", True),  # its end lost
        ("GC/L/0145", "GC/L/145", True),
        ("MTC/L-0087", "MTC/L-00k7", True),
        ("099", "Na. 099", True),
        ("23452000000018830127", "234520n0000018830127", True),
        ("GC/L/0145", "GC/L/0146", False),
        ("GC/L/0145", "GC/L/015", False),
        ("DR/1", "DR/11", False),
        ("DR/9", "DR/10", False),
        ("GC/L/0145", "NA/7", False),
        ("HZJL-复-2023-014", "HZJL-夏-2023-014", True),
    ],
)
def test_misread_references_do_not_contradict(one: str, other: str, expected: bool) -> None:
    facts = made("reference", "letter", one), made("reference", "letter", other)
    assert misread(*facts) is expected
    assert misread(*reversed(facts)) is expected


@pytest.mark.parametrize(
    ("here", "there", "text", "expected"),
    [
        ([("date", "document", "2023-03-16")], [("date", "document", "2023-03-17")], "", 1),
        ([("date", "document", "2023-03-16")], [("date", "mentioned", "2023-03-16")], "", 0),
        ([("date", "document", "2023-03-16")], [], "", 0),
        ([("amount", "total", "1200.00 USD")], [("amount", "total", "1250.00 USD")], "", 1),
        ([("party", "sender", "A Ltd")], [("party", "sender", "B Ltd")], "", 0),
        ([("reference", "letter", "GC/L/0145")], [("reference", "letter", "NA/9")], "", 1),
        ([("reference", "letter", "GC/L/0145")], [("reference", "letter", "NA/9")], "ourgcl0145", 0),
    ],
)
def test_facts_that_contradict(here: Sequence[Any], there: Sequence[Any], text: str, expected: int) -> None:
    first, second = [made(*fact) for fact in here], [made(*fact) for fact in there]
    assert len(list(differing(first, second, "", text))) == expected


def test_comparing_again_changes_nothing(filled: Any, matter: Matter) -> None:
    def rows() -> list[Any]:
        with matter.reading() as tx:
            ids = [found.id for found in documents.summaries(tx)]
            return [likenesses.likeness_list(tx, document) for document in ids]

    before = rows()
    assert find_copies(matter) == 0
    with matter.change() as change:
        documents.undo(change.tx, "likeness")
    assert find_copies(matter) == len(before)
    assert rows() == before
    with matter.reading() as tx:
        assert not documents.without_step(tx, "likeness", VERSIONS["likeness"], ("ok", "partial"))
