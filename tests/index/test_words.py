from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import words


def terms(text: str) -> list[str]:
    return [term for term, *_ in words.tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GC/L/0145", ["gc", "l", "0145"]),
        ("C-2023/017", ["c", "2023", "017"]),
        ("Possession of Area_B", ["possession", "of", "area", "b"]),
        ("the Contractor’s notice", ["the", "contractor", "notice"]),
        ("the Contractor's", ["the", "contractor"]),
        ("O'Brien", ["o", "brien"]),
        ("it'sx", ["it", "sx"]),
        ("Café Ａ１２", ["cafe", "a12"]),
        ("ﬁnal Straße", ["final", "strasse"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zerowidth"]),
        ("工期延误", ["工", "期", "延", "误"]),
        ("工 期\n延误", ["工", "期", "延", "误"]),
        ("體積，⻓度", ["体", "积", "长", "度"]),
        ("第3期A区", ["第", "3", "期", "a", "区"]),
        ("", []),
        ("—…，。/", []),
    ],
)
def test_words_are_folded_and_cut(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,250.00", {"1250": [0], "1": [0], "250": [1], "00": [1]}),
        ("12,345,678", {"12345678": [0], "12": [0], "345": [1], "678": [2]}),
        ("1,25", {"1": [0], "25": [1]}),
        ("a1,250", {"a1": [0], "250": [1]}),
        ("1,250kg", {"1": [0], "250kg": [1]}),
        ("合计1,250元", {"合": [0], "计": [1], "1250": [2], "1": [2], "250": [3], "元": [3]}),
    ],
)
def test_grouped_numbers_are_found_whole_and_by_groups(text: str, expected: dict[str, list[int]]) -> None:
    assert words.positions(text) == expected


def test_punctuation_leaves_a_gap_between_han_and_none_between_words() -> None:
    assert words.positions("延误，工期") == {"延": [0], "误": [1], "工": [3], "期": [4]}
    assert words.positions("delay, access") == {"delay": [0], "access": [1]}


def test_word_broken_at_a_line_end_is_found_whole_too() -> None:
    assert words.positions("late posses-\nsion of")["possession"] == [1, 2]
    assert "portarea" not in words.positions("Port-\nArea")
    assert "wellknown" not in words.positions("well-known")


@given(st.text())
def test_every_token_is_the_folded_slice_it_points_at(text: str) -> None:
    for term, position, start, end in words.tokens(text):
        assert 0 <= start < end <= len(text)
        assert position >= 0
        assert words.compact(term) in words.compact(text[start:end])


@given(st.text(alphabet=st.sampled_from("工期延误 \n，a1-,0'é")))
def test_positions_never_fall_and_every_letter_is_in_a_token(text: str) -> None:
    found = [token for token in words.tokens(text) if len(token[0]) == token[3] - token[2]]
    covered = {at for _, _, start, end in words.tokens(text) for at in range(start, end)}
    letters = {at for at, char in enumerate(text) if char.isalnum()}
    assert letters <= covered
    han = [position for term, position, *_ in found if words.is_han(term)]
    assert han == sorted(han)


@given(st.text(alphabet="工期體積ＡｂÉﬁ０ "))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert words.fold(words.fold(text)) == words.fold(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("GC/L/0145", "gcl0145"), (" gc l-0145 ", "gcl0145"), ("合同編號 Ａ－１", "合同编号a1")],
)
def test_references_are_compared_without_punctuation(text: str, expected: str) -> None:
    assert words.compact(text) == expected


def test_importing_loads_no_conversion_tables() -> None:
    code = "import sys, index.words; print('opencc' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )
