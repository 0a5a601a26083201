from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.picture_hash import PictureHash, turned
from pipeline.gallery import FAR, NEAR_SHEET, NEAR_WHOLE, NEAR_WHOLE_OF_SHEETS, Gallery
from pipeline.likeness import MOST_COMPARED
from pipeline.picture_likeness import Pictured, PicturePage, agree, candidates, compare_pictures, near_pages

NOON = datetime.datetime(2023, 7, 14, 12, 0)  # noqa: DTZ001  # a camera knows no zone


def bytes_of(seed: int, changed: int = 0) -> bytes:
    """A hash: the same for the same seed, with so many bits changed."""
    bits = np.unpackbits(np.frombuffer(np.random.default_rng(seed).bytes(32), np.uint8))
    bits[np.random.default_rng([seed, changed]).permutation(255)[:changed] + 1] ^= 1
    return np.packbits(bits).tobytes()


def a_photo(seed: int, changed: int = 0, size: tuple[int, int] = (4000, 3000)) -> PictureHash:
    return PictureHash(bytes_of(seed, changed), None, *size)


def a_sheet(seed: int, changed: int = 0) -> PictureHash:
    return PictureHash(bytes_of(seed + 500, 70 if changed else 0), bytes_of(seed, changed), 1240, 1754)


def document(*pictures: PictureHash | None, words: str = "", **more: object) -> Pictured:
    """Pages with these pictures, or with a text of their own, and the same words on each."""
    read = tuple(words.split())
    pages = [
        PicturePage(number, picture, read if picture else (), "" if picture else f"own{number}")
        for number, picture in enumerate(pictures, 1)
    ]
    return replace(Pictured(tuple(pages)), **more)  # type: ignore[arg-type]


hashes = st.builds(
    lambda kind, seed, changed: kind(seed, changed),
    st.sampled_from([a_photo, a_sheet]),
    st.integers(0, 3),
    st.integers(0, 90),
)


@given(st.lists(hashes, max_size=6), st.lists(hashes, max_size=6))
def test_distances_are_the_same_from_either_side(first: list[PictureHash], second: list[PictureHash]) -> None:
    there, here = Gallery.of(second), Gallery.of(first)
    forth = np.array([there.distances(each) for each in first]).reshape(len(first), len(second))
    back = np.array([here.distances(each) for each in second]).reshape(len(second), len(first))
    assert (forth == back.T).all()


@given(hashes, st.integers(0, 3))
def test_a_hash_is_its_own_copy_however_it_is_turned(found: PictureHash, quarters: int) -> None:
    lying = replace(
        found,
        whole=turned(found.whole, quarters),
        sheet=found.sheet and turned(found.sheet, quarters),
    )
    assert Gallery.of([found]).distances(lying).tolist() == [0]


@given(st.lists(st.lists(hashes, max_size=5), max_size=8), hashes)
def test_a_gallery_that_grew_answers_like_one_made_at_once(
    parts: list[list[PictureHash]], wanted: PictureHash
) -> None:
    grown, whole = Gallery(), Gallery.of(each for part in parts for each in part)
    for part in parts:
        grown.add(part)
    assert len(grown) == len(whole)
    assert grown.distances(wanted).tolist() == whole.distances(wanted).tolist()


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (a_photo(1), a_photo(1, NEAR_WHOLE), True),
        (a_photo(1), a_photo(1, NEAR_WHOLE + 1), False),
        (a_sheet(1), a_sheet(1, NEAR_SHEET), True),
        (a_sheet(1), a_sheet(1, NEAR_SHEET + 1), False),
        (a_sheet(1), a_photo(501, NEAR_WHOLE), True),  # one was taken for paper, the other not
        (a_sheet(1), replace(a_sheet(2), whole=bytes_of(501, NEAR_WHOLE_OF_SHEETS)), True),
        (a_sheet(1), replace(a_sheet(2), whole=bytes_of(501, NEAR_WHOLE_OF_SHEETS + 1)), False),
        (a_photo(1), a_photo(2), False),
    ],
)
def test_how_many_bits_may_differ(one: PictureHash, other: PictureHash, near: bool) -> None:
    assert bool(Gallery.of([one]).distances(other)[0] < FAR) is near


FORM = "daily report foremen carpenters steel fixers labourers weather fine plant crane site diary"


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        pytest.param("", "", True, id="nothing to read"),
        pytest.param("no entry", "no entry", True, id="a sign"),
        pytest.param("on we the", "wo is", True, id="what is made of handwriting"),
        pytest.param("appendix a", "appendix b", False, id="another letter of a series"),
        pytest.param("photo 3", "photo 4", False, id="another number of a series"),
        pytest.param("附 件 一", "附 件 二", False, id="another Chinese number of a series"),
        pytest.param("", "photo 4", True, id="nothing was read of one"),
        pytest.param(FORM, FORM, True, id="a page of text"),
        pytest.param(f"{FORM} 12 4 9", f"{FORM} 12 4 9", True, id="a form"),
        pytest.param(f"{FORM} 12 4 9", f"{FORM} 7 8 31", False, id="a form filled in anew"),
        pytest.param(f"{FORM} 12", "delay of the works owing to late possession " * 2, False, id="a letter"),
        pytest.param(FORM, "", False, id="a page of text and one without"),
    ],
)
def test_words_that_were_surely_read_must_agree(here: str, there: str, expected: bool) -> None:
    one, other = (document(a_sheet(1), words=words).pages[0] for words in (here, there))
    assert agree(one, other) is agree(other, one) is expected


def test_what_is_read_of_a_photo_may_be_lost_in_a_smaller_copy() -> None:
    board = document(a_photo(1), words=f"{FORM} 14").pages[0]
    assert agree(board, document(a_photo(1), words="").pages[0])
    assert not agree(board, document(a_photo(1), words="entrance hall second floor " * 4).pages[0])


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        pytest.param([a_photo(1)], [a_photo(1, 10)], 1, id="a photo"),
        pytest.param([a_photo(1)], [a_photo(2)], 0, id="two photos"),
        pytest.param([a_sheet(n) for n in range(6)], [a_sheet(n, 30) for n in range(6)], 6, id="all pages"),
        pytest.param([a_sheet(n) for n in range(6)], [a_sheet(n, 30) for n in range(4)], 4, id="most pages"),
        pytest.param(
            [a_sheet(n) for n in range(6)], [a_sheet(n, 30) for n in range(3)], 0, id="half of them"
        ),
        pytest.param([a_sheet(1), a_sheet(2)], [a_sheet(1), a_sheet(3)], 0, id="a common cover"),
        pytest.param([a_sheet(1), a_sheet(2)], [a_sheet(2), a_sheet(1)], 0, id="another order"),
        pytest.param(
            [a_sheet(n) for n in range(8)],
            [a_sheet(0), a_sheet(9), *map(a_sheet, range(1, 8))],
            8,
            id="one more",
        ),
        pytest.param([None, *map(a_photo, range(3))], [None, *map(a_photo, range(3))], 4, id="own text"),
        pytest.param([None, None], [None, None], 0, id="text alone is for the comparison of texts"),
        pytest.param([], [], 0, id="nothing"),
    ],
)
def test_pages_are_matched_in_order(
    here: Sequence[PictureHash | None], there: Sequence[PictureHash | None], expected: int
) -> None:
    one, other = document(*here), document(*there)
    forth, back = compare_pictures(one, other), compare_pictures(other, one)
    assert len(forth.pairs if forth else ()) == len(back.pairs if back else ()) == expected
    if forth and back:
        assert forth.score == back.score
        assert [(p.here.number, p.there.number) for p in forth.pairs] == [
            (p.there.number, p.here.number) for p in back.pairs
        ]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 4), max_size=7), st.lists(st.integers(0, 4), max_size=7))
def test_as_many_pages_are_matched_as_can_be(first: list[int], second: list[int]) -> None:
    one, other = document(*map(a_photo, first)), document(*map(a_photo, second))
    pairs = near_pages(one, other)
    assert len(pairs) == longest(first, second)
    assert all(first[p.here.number - 1] == second[p.there.number - 1] for p in pairs)
    numbers = [(p.here.number, p.there.number) for p in pairs]
    assert numbers == sorted(numbers)


def longest(first: list[int], second: list[int]) -> int:
    """The length of the longest common subsequence, by definition."""
    if not (first and second):
        return 0
    if first[0] == second[0]:
        return 1 + longest(first[1:], second[1:])
    return max(longest(first[1:], second), longest(first, second[1:]))


@pytest.mark.parametrize(
    ("seconds", "picture", "expected"),
    [
        (0, a_photo(1), True),
        (2, a_photo(1), True),  # a burst
        (180, a_photo(1), False),  # the same place minutes later
        (180, a_sheet(1), True),  # a sheet of paper photographed twice
        (None, a_photo(1), True),  # a messenger took the time out
    ],
)
def test_the_time_taken_tells_two_photos_of_one_place(
    seconds: int | None, picture: PictureHash, expected: bool
) -> None:
    later = None if seconds is None else NOON + datetime.timedelta(seconds=seconds)
    found = compare_pictures(document(picture, taken=NOON), document(picture, taken=later))
    assert (found is not None) is expected


def test_what_differs_is_told_from_either_side() -> None:
    here = document(a_photo(1), a_photo(2), words="gate 4", taken=NOON, size=4_000_000)
    there = document(a_photo(1, 8, (1600, 1200)), a_photo(2, 24, (1600, 1200)), words="gate", size=150_000)
    found = compare_pictures(here, there)
    assert found is None  # a number more is another of the series
    there = document(a_photo(1, 8, (1600, 1200)), a_photo(2, 24, (1600, 1200)), size=150_000)
    found = compare_pictures(here, there)
    assert found is not None
    assert found.score == pytest.approx(1 - 16 / 256)
    said, back = found.differs(["amount 1 / 2"]), found.turned().differs([])
    assert (said["only_here"], said["only_there"], said["pages"]) == (4, 0, [1, 2])
    assert (back["only_here"], back["only_there"], back["pages"]) == (0, 4, [])
    assert said["facts"] == ["amount 1 / 2"]
    assert said["taken"] == ["2023-07-14T12:00:00", None] == back["taken"][::-1]
    assert said["bytes"] == [4_000_000, 150_000] == back["bytes"][::-1]
    assert said["pictures"][0] == {
        "page": 1,
        "page_there": 1,
        "distance": 8,
        "pixels": [4000, 3000],
        "pixels_there": [1600, 1200],
    }


def test_candidates_are_the_likeliest_first() -> None:
    album = document(*map(a_photo, range(3)))
    known = [
        ("cover", a_photo(0)),
        ("copy", a_photo(0, 20)),
        ("copy", a_photo(1, 20)),
        *((f"other{n}", a_photo(50 + n)) for n in range(5)),
    ]
    gallery, owners = Gallery.of(each for _, each in known), [name for name, _ in known]
    assert candidates(album, gallery, owners) == ["copy", "cover"]
    assert candidates(Pictured(), gallery, owners) == []
    many = Gallery.of([a_photo(0)] * 50)
    assert len(candidates(album, many, [str(n) for n in range(50)])) == MOST_COMPARED
