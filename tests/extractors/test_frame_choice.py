"""Which frames stand for a film: told with looks made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.readers.frame_choice import Look, chosen, look_at


def look(
    seconds: float, shade: float, sharp: float = 100.0, light: float = 200.0, contrast: float = 40.0
) -> Look:
    return Look(seconds, np.full((18, 32, 3), shade, np.float32), light, contrast, sharp)


def test_each_scene_is_shown_before_any_twice() -> None:
    looks = [look(n, shade) for n, shade in enumerate([0.1] * 9 + [0.5] * 2 + [0.9] * 7)]
    shades = [looks[at].small[0, 0, 0] for at in chosen(looks, 3)]
    assert [round(float(s), 1) for s in shades] == [0.1, 0.5, 0.9]


def test_no_more_than_there_is_to_see() -> None:
    assert len(chosen([look(n / 10, 0.5) for n in range(10)], 6)) == 1
    assert 2 <= len(chosen([look(n * 10, 0.5) for n in range(18)], 6)) <= 3


def test_a_blurred_frame_gives_way_to_a_sharp_one_of_the_same_scene() -> None:
    looks = [look(0, 0.5, sharp=5), look(1, 0.5, sharp=100), look(2, 0.9, sharp=4), look(3, 0.9, sharp=20)]
    assert chosen(looks, 2) == [1, 3]


def test_a_plain_scene_is_not_blurred_because_another_has_more_edges() -> None:
    looks = [look(0, 0.2, sharp=5000), look(1, 0.8, sharp=30)]
    assert chosen(looks, 6) == [0, 1]


@pytest.mark.parametrize("unseen", [{"light": 20.0}, {"contrast": 1.0}], ids=["dark", "flat"])
def test_what_shows_nothing_is_never_chosen(unseen: dict[str, float]) -> None:
    looks = [look(0, 0.0, **unseen), look(1, 0.4), look(2, 1.0, **unseen)]
    assert chosen(looks, 6) == [1]
    assert chosen(looks[:1], 6) == []


def test_spots_of_light_in_the_night_show_something() -> None:
    grey = np.zeros((180, 320), np.uint8)
    assert not look_at(0.0, grey, np.zeros((18, 32, 3), np.float32)).shows_something
    grey[60:90, 100:160] = 230
    assert look_at(0.0, grey, np.zeros((18, 32, 3), np.float32)).shows_something


def test_soft_edges_are_less_sharp() -> None:
    hard = np.tile(np.repeat(np.array([0, 255], np.uint8), 8), (180, 20))
    soft = np.cumsum(np.ones((180, 320)), axis=1).astype(np.uint8)
    small = np.zeros((18, 32, 3), np.float32)
    assert look_at(0, hard, small).sharp > 20 * look_at(0, soft, small).sharp


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 500), st.floats(0, 255), st.floats(0, 90)), max_size=30),
    st.integers(0, 8),
)
def test_the_choice_is_in_order_and_within_bounds(frames: list[tuple[float, ...]], most: int) -> None:
    looks = [
        look(n, shade, sharp, light, contrast) for n, (shade, sharp, light, contrast) in enumerate(frames)
    ]
    places = chosen(looks, most)
    assert places == sorted(set(places))
    assert len(places) <= most
    assert all(looks[at].shows_something for at in places)
    assert bool(places) == (most > 0 and any(each.shows_something for each in looks))
