"""Poster frames: the few pictures that stand for a film. The same file gives the same ones on the same machine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from extractors.readers import film
from extractors.readers.film import Film, Picture
from extractors.readers.frame_choice import Look, chosen, look_at

MOST = 6
CANDIDATES = 18
"""Frames that are looked at to choose from."""
WALK = 48
"""Frames from one candidate to the next up to which decoding all of them is quicker than searching."""
LONGEST_SIDE = 4800
"""Pixels of the long side beyond which a frame is made smaller, as a photo is."""
_LOOK_SIDE, _SMALL = 320, (32, 18)


@dataclass(frozen=True, slots=True)
class Poster:
    """A frame: when it is shown, in seconds from the beginning, and its picture as JPEG, upright."""

    seconds: float
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Posters:
    """The frames that stand for a film, in order. `readable`: some frame could be decoded, if only black ones;
    `hurried`: the time did not suffice to look at all candidates."""

    frames: tuple[Poster, ...] = ()
    readable: bool = False
    hurried: bool = False
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    look: Look
    jpeg: bytes


def posters(path: Path, most: int, pixels: int, allowed: float) -> Posters:
    """At most `most` frames of the film at `path`, none of more than `pixels` pixels.

    After `allowed` seconds of this process's work (not of the clock, so that a busy machine chooses alike) the choice
    is made from what was seen by then. Raises MediaLibraryMissing.
    """
    deadline = time.process_time() + allowed
    with film.opened(path, pixels) as reel:
        if reel is None or reel.too_large:
            return Posters(too_large=reel is not None)
        apart = reel.count // CANDIDATES
        seen = _searched(reel, apart, deadline) if apart > WALK else []
    if len({each.look.seconds for each in seen}) * 2 < CANDIDATES and time.process_time() < deadline:
        with film.opened(path, pixels) as reel:
            step = 1 if apart > WALK else max(1, apart)
            seen = (_walked(reel, step, deadline) if reel else []) or seen
    return _best(seen, most, time.process_time() >= deadline)


def _best(seen: list[_Candidate], most: int, hurried: bool) -> Posters:
    seen = sorted(seen, key=lambda each: each.look.seconds)
    places = chosen([each.look for each in seen], most)
    frames = tuple(Poster(seen[at].look.seconds, seen[at].jpeg) for at in places)
    return Posters(frames, readable=bool(seen), hurried=hurried)


def _searched(reel: Film, apart: int, deadline: float) -> list[_Candidate]:
    """Candidates all over a long film: every third first, so that a choice made in haste still covers it."""
    numbers = [apart // 2 + apart * at for at in range(CANDIDATES)]
    seen = []
    for number in (*numbers[1::3], *numbers[0::3], *numbers[2::3]):
        if time.process_time() >= deadline:
            break
        found = _candidate(reel) if reel.go_to(number) else None
        seen += [found] if found else []
    return seen


def _walked(reel: Film, step: int, deadline: float) -> list[_Candidate]:
    """Candidates of a film that is read from beginning to end, however long that turns out to be: whenever there
    are too many, every second one is dropped and the steps become twice as long."""
    seen: list[_Candidate] = []
    going = reel.step(1 + step // 2)
    while going and time.process_time() < deadline:
        found = _candidate(reel)
        seen += [found] if found else []
        if len(seen) >= 2 * CANDIDATES:
            seen, step = seen[1::2], step * 2
        going = reel.step(step)
    return seen


def _candidate(reel: Film) -> _Candidate | None:
    picture = reel.picture()
    if picture is None:
        return None
    picture = _within(picture, LONGEST_SIDE)
    grey = _within(picture, _LOOK_SIDE).mean(axis=2).astype(np.uint8)
    small = film.smaller(picture, *_SMALL).astype(np.float32) / np.float32(255)
    return _Candidate(look_at(reel.seconds, grey, small), film.packed(picture))


def _within(picture: Picture, longest: int) -> Picture:
    """The picture made smaller, if need be, so that neither side is longer."""
    high, wide = picture.shape[:2]
    share = longest / max(wide, high)
    return (
        film.smaller(picture, max(1, round(wide * share)), max(1, round(high * share)))
        if share < 1
        else picture
    )
