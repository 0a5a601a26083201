"""Known names in texts that OCR misread: found with their place and doubt, and never another company's name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Document, PageText, assemble
from extractors.facts.fact import Fact
from extractors.facts.parties import find
from extractors.facts.party_known import RULE, KnownNames

NAMES = {
    "Harbour Civil Ltd": ("HCL", "Harbour", "港务土木"),
    "Northport Authority": ("NPA",),
    "Aldersey Construction Ltd": (),
    "江岚建工集团有限公司": ("江岚建工",),
    "港务建设工程有限公司": (),
    "中铁三局集团有限公司": (),
}
KNOWN = KnownNames(NAMES, others=["Harbour Cavil Ltd"])


def page(text: str, source: str = "ocr") -> Document:
    return assemble([PageText(text, 595, 842, "ocr" if source == "ocr" else "text")], "text/plain")


def seen(text: str, source: str = "ocr", kind: str = "correspondence") -> list[Fact]:
    read = page(text, source)
    return KNOWN.seen_in(read, find(read, kind))


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Harb0ur Civi1 Ltd\nDear Sirs,", "Harbour Civil Ltd", "sender"),
        ("Harbaur Civil Ltd\nDear Sirs,", "Harbour Civil Ltd", "sender"),
        ("To: N0rthport Authority\nDear Sirs,", "Northport Authority", "recipient"),
        ("spoke to Harbour Clvil Lld today", "Harbour Civil Ltd", "mentioned"),
        (
            "Text\nthe works that were carried out last spring by Aldersev Construction",
            "Aldersey Construction Ltd",
            "mentioned",
        ),
        ("单位：江海建工集团有限公司\n", "江岚建工集团有限公司", "mentioned"),
        ("施工单位：港务士木\n", "Harbour Civil Ltd", "contractor"),
        ("江岗建工集团有限公司\n致：北港港务局", "江岚建工集团有限公司", "sender"),
        (
            "说明\n上述施工组织设计文件以及全部附图已于前日由江岚建工集困有限公司提交",
            "江岚建工集团有限公司",
            "mentioned",
        ),
    ],
)
def test_misread_names_are_found_in_their_role(text: str, name: str, role: str) -> None:
    found = [fact for fact in seen(text) if fact.value == name]
    assert [(fact.role, fact.rule) for fact in found] == [(role, RULE)]
    assert found[0].doubts == (f"read as {text[found[0].start : found[0].end]}",)
    assert 0.4 < found[0].confidence < 0.95


@pytest.mark.parametrize("text", ["the HCL works", "江岚建工来函", "Harbour Civil came late", "met NPA, who"])
def test_aliases_and_short_names_are_found_as_they_are(text: str) -> None:
    (fact,) = seen(text, "text")
    assert (fact.role, fact.doubts) == ("mentioned", ())


@pytest.mark.parametrize(
    "text",
    [
        "Harbour Civil (Singapore) Pte Ltd wrote", "North Harbour Civil Ltd", "Harbour Civil Inc wrote",
        "Harbour Cavil Ltd wrote", "the harbour wall", "in Harbour Board matters", "Southport Authority",
        "NPA-12, NPA/L/3", "SNPAX", "港务建设工程有限公司上海分公司", "港务土木工程有限公司", "中铁二局集团有限公司",
        "江海建工", "天海建工集团有限公司", "江西路桥集团有限公司", "Construction Ltd", "",
    ],
)  # fmt: skip
def test_other_names_are_left_alone(text: str) -> None:
    assert [fact for fact in seen(text, kind="other") if fact.value in NAMES] == []


@pytest.mark.parametrize("text", ["Harbour Civic Ltd", "Harbaur Civil Ltd", "江岚建工集困有限公司"])
def test_in_a_files_own_text_a_letter_more_or_less_is_another_name(text: str) -> None:
    assert seen(text) != []
    assert seen(text, "text") == []


def test_a_name_that_was_read_right_needs_no_second_fact() -> None:
    assert seen("Harbour Civil Ltd\nTo: Northport Authority\nDear Sirs,\nHarbour Civil Limited.") == []


def test_between_two_known_names_the_nearer_is_meant_and_of_two_as_near_none() -> None:
    known = KnownNames({"Kestrel Marine Ltd": (), "Kestrol Marine Ltd": ()})
    near, between = page("by Kestrei Marine Ltd now"), page("by Kestral Marine Ltd now")
    assert {str(fact.value) for fact in known.seen_in(near, [])} <= {"Kestrel Marine Ltd"}
    assert known.seen_in(between, []) == []


def test_a_name_with_its_signatory_before_it_stands_by_itself() -> None:
    (fact,) = seen("工程概况说明\n王建国江岚建工集团有限公司\n")
    assert (fact.value, fact.doubts) == ("江岚建工集团有限公司", ())


def test_nothing_to_look_for() -> None:
    assert not KnownNames({})
    assert KnownNames({"": ()}).seen_in(page("text"), []) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["Harbour Civil Ltd", "Harb0ur", "港务土木", " ", "\n", "HCL", "İ", "(", "-", "江"])
                | st.text(max_size=5)))  # fmt: skip
def test_any_text_gives_sound_facts(parts: list[str]) -> None:
    read = page("".join(parts))
    for fact in KNOWN.seen_in(read, find(read, "other")):
        assert fact.value in NAMES
        assert 0 <= fact.start < fact.end <= len(read.text)
        assert 0 < fact.confidence <= 0.95


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 14), st.sampled_from("abdehkmnprtuvxy"))
def test_one_letter_misread_is_forgiven(at: int, letter: str) -> None:
    name = "Kestrel Bay Marine Ltd"
    at = [n for n, char in enumerate(name) if char.isalpha()][at]
    text = f"by {name[:at]}{letter.upper() if name[at].isupper() else letter}{name[at + 1 :]} now"
    assert [str(fact.value) for fact in KnownNames({name: ()}).seen_in(page(text), [])] == [name]
