"""The quick way to the words of a page comes to the same words as the tokenizer, at the same places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import words
from index.spacing import GAP, HAN_MARK, known_pairs, positions, spaced, spaced_all

HARD = st.sampled_from(
    [
        *"ab1234,,..'’s-_ \n\u00ad\u2010工期延é，ﬁＡ１İ　\x00\ud7ff",
        "1,250",
        "'s",
        "-\n",
        "工期",
        "合 同",
        "\ufdd0",
        "㎡",
        "12,345,678.00",
    ]
)

RUNES = "ᚠᚡᚢᚣ"


def terms(text: str) -> set[tuple[str, int]]:
    """The terms with their places, but for the wholes of words that a line break cuts."""
    page = spaced(text)
    base = [(word.removeprefix(HAN_MARK), at) for at, word in enumerate(page.text.split()) if word != GAP]
    groups = [(group, at + place) for place, found in page.numbers for at, group in enumerate(found)]
    return {*base, *groups}


@given(st.one_of(st.lists(HARD, max_size=14).map("".join), st.text(st.characters(exclude_characters=RUNES))))
def test_same_words_at_the_same_places(text: str) -> None:
    wanted = {(term, place) for term, place, *_ in words.tokens(text)}
    if spaced(text).is_broken:
        assert terms(text) <= wanted
    else:
        assert terms(text) == wanted
    assert positions(text) == words.positions(text)


@pytest.mark.parametrize(
    ("text", "cut", "pairs"),
    [
        ("Delay of Area_B", "delay of area b", []),
        ("the Contractor’s 1,250's", "the contractor 1250 s", []),
        ("合同 工\n期，延误x工期", "合 同 工 期 ᚢ 延 误 x 工 期", ["合同", "工期", "延误", "工期"]),
        ("", "", []),
        ("\ud800 a", "a", []),
    ],
)
def test_a_page_as_one_string(text: str, cut: str, pairs: list[str]) -> None:
    page = spaced(text)
    assert page.text.replace(HAN_MARK, "").split() == cut.split()
    assert page.pairs.replace(HAN_MARK, "").split() == pairs


def test_known_pairs_are_two_folded_characters() -> None:
    assert len(known_pairs()) > 300
    assert all(
        len(pair) == 2 and words.fold(pair) == pair and all(map(words.is_han, pair)) for pair in known_pairs()
    )


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["a" * 200_000, "-\n" * 60_000, "工 " * 60_000, "1,234" * 40_000, "a's" * 60_000]
)
def test_no_page_takes_for_ever(text: str) -> None:
    assert spaced(text).text


@given(st.lists(st.lists(HARD, max_size=8).map("".join), min_size=1, max_size=5))
def test_pages_together_are_as_each_alone(texts: list[str]) -> None:
    together, alone = spaced_all(texts), map(spaced, texts)
    for one, other in zip(together, alone, strict=True):
        assert (one.text.split(), *one[1:]) == (other.text.split(), *other[1:])
