"""Looks for names that are known beforehand, such as a register's, where OCR may have misread them.

A name of six letters may have one error and one of twelve two, a Chinese one of four characters one and of ten two;
its telling part, without the words of its trade, as many by its own length (of two or three Chinese characters one, if
all the rest is right). Signs that look alike cost a third. On
pages whose text is the file's own only signs that look alike may differ. What stands inside another company's longer
name is that company's, and of two known names the nearer is meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from extractors.document import Document, Page
from extractors.facts.fact import Fact
from extractors.facts.party_context import stands_alone
from extractors.facts.party_core import compatible, core_of, telling
from extractors.facts.party_shapes import ALIKE, differs_in_kind, skeleton, squeezed
from extractors.facts.plain import Plain, has_han, plain

RULE = "party.register"
_JUNK = re.compile(r"[\W_]+")
_LEAST_HAN, _LEAST_LATIN = 2, 2
_CORE_HAN, _CORE_LATIN = 4, 9
"""A name without its form is looked for from so many characters on (or from two words)."""
_MOST_PLACES = 40
"""Places of one piece of a name that are looked at on a page."""
_TELLING = 2.0
"""What a sign costs in a telling part of two or three."""
_LONG_REST = 6
_SURE, _SURE_OF_ALIAS = 0.95, 0.85


@dataclass(frozen=True, slots=True)
class Sought:
    """One form of a known name: `letters` are its letters and digits in small, `shape` the same as OCR sees them.

    `errors` is how many may be misread, and `most` how many in its beginning `telling`, which tells it from others;
    `pieces` are the parts of that, with their places, of which one stands in the text as it is if no more are.
    """

    name: str
    form: str
    letters: str
    shape: str
    errors: int
    telling: str
    told_at: int
    most: int
    pieces: tuple[tuple[int, str], ...]
    sure: float
    rest: str = ""
    """What follows the telling part, where a single sign of that may be misread if all of the rest is right."""


Pieces = dict[str, list[tuple[Sought, int]]]
"""What must stand in a text as it is -> the names of which it is a part, each with the part's place in it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A known name read at `start:end` of the document; `cost` is what was misread, in letters."""

    sought: Sought
    start: int
    end: int
    cost: float

    @property
    def confidence(self) -> float:
        """0 to 1: the share of the name that was read right, to the power of one and a half."""
        right = max(0.0, 1 - self.cost / len(self.sought.letters))
        return round(self.sought.sure * math.pow(right, 1.5), 2)


class KnownNames:
    """Names to look for, prepared once for many documents: `{name: all its names, itself included}`.

    `others` are names that belong to other parties, though they may be like these.
    """

    def __init__(self, names: Mapping[str, Sequence[str]], others: Iterable[str] = ()) -> None:
        self._sought = [s for name, forms in names.items() for s in _sought(name, forms)]
        self._pieces = _by_piece((piece, at, one) for one in self._sought for at, piece in one.pieces)
        self._whole = _by_piece((one.shape, 0, one) for one in self._sought)
        self._own = {name: {_letters(form) for form in (name, *forms)} for name, forms in names.items()}
        self._cores = {name: _standing_cores((name, *forms)) for name, forms in names.items()}
        self._form = {
            name: next((f for form in (name, *forms) if (f := core_of(form).form)), "")
            for name, forms in names.items()
        }
        self._others = {form for other in others for form in (_letters(other), *_standing_cores([other]))}

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._sought)

    def seen_in(self, document: Document, facts: Sequence[Fact]) -> list[Fact]:
        """The facts that follow, in order of place, each with the name that is known and the rule `party.register`.

        A name that was found, misread, in a role (`facts`) keeps it; else it is "mentioned", once, and only where no
        fact tells of the party already.
        """
        parties = [fact for fact in facts if fact.kind == "party" and fact.rule != RULE]
        seen = [hit for page in document.pages for hit in self._on_page(document, page)]
        found: dict[tuple[str, str], Fact] = {}
        told = {name for name in self._own for fact in parties if self._is(name, str(fact.value))}
        for hit in seen:
            for fact in _overlapping(parties, hit):
                if not self._is(hit.sought.name, str(fact.value)):
                    found.setdefault((hit.sought.name, fact.role), _fact(document, hit, fact.role))
                    told.add(hit.sought.name)
        for hit in sorted(seen, key=lambda h: (h.cost, -len(h.sought.letters), h.start)):
            if hit.sought.name not in told:
                told.add(hit.sought.name)
                found[hit.sought.name, "mentioned"] = _fact(document, hit, "mentioned")
        return sorted(found.values(), key=lambda f: (f.start, f.end, f.role))

    def _is(self, name: str, read: str) -> bool:
        """Whether a name that was read is one of a party's as they are known, but for its form."""
        if _letters(read) in self._own[name]:
            return True
        core = core_of(read)
        return core.core in self._cores[name] and compatible(core.form, self._form[name])

    def _on_page(self, document: Document, page: Page) -> list[Seen]:
        """The names on a page; none overlaps another, and where two parties are as near, neither is meant."""
        text = _Folded(document.text, page)
        hits = sorted(self._hits(text, page.source == "ocr"), key=lambda h: (h.cost, h.start - h.end))
        kept: list[Seen] = []
        for hit in hits:
            rivals = [k for k in kept if k.start < hit.end and hit.start < k.end]
            if not rivals:
                kept.append(hit)
        return [hit for hit in kept if not self._ambiguous(hit, hits)]

    @staticmethod
    def _ambiguous(hit: Seen, hits: Sequence[Seen]) -> bool:
        return hit.cost > 0 and any(
            other.sought.name != hit.sought.name
            and other.cost <= hit.cost
            and other.start < hit.end
            and hit.start < other.end
            for other in hits
        )

    def _hits(self, text: _Folded, misread: bool) -> Iterator[Seen]:
        for sought, start in text.candidates(self._pieces if misread else self._whole):
            hit = text.read(sought, start, misread)
            if hit is None:
                continue
            seen = Seen(sought, *text.place(*hit[:2]), hit[2])
            if self._means(text, seen):
                yield seen

    def _means(self, text: _Folded, hit: Seen) -> bool:
        """Whether the words at a hit are this party's name, and not another's or part of a longer one."""
        own = self._own[hit.sought.name]
        read = text.source[hit.start : hit.end]
        if _letters(read) in self._others - own or (hit.cost and not self._core_fits(hit.sought, read)):
            return False
        return stands_alone(text.source, hit.start, hit.end, hit.sought.form, self._same(hit.sought))

    def _core_fits(self, sought: Sought, read: str) -> bool:
        """Whether it is not the common form alone that makes two names alike: "… Ltd", 工程有限公司."""
        core, own = core_of(read), core_of(sought.form)
        if not core.form or not own.form:
            return True
        return compatible(core.form, own.form) and shape_distance(core.core, own.core) <= _errors(own.core)

    def _same(self, sought: Sought) -> Callable[[str], bool]:
        """Whether the full name of a company that covers a hit is still this party's, errors allowed."""

        def same(name: str) -> bool:
            if _letters(name) in self._others - self._own[sought.name]:
                return False
            core, own = core_of(name), core_of(sought.form)
            for read, known in ((_letters(name), sought.letters), (core.core, own.core)):
                if shape_distance(read, known) <= sought.errors and not differs_in_kind(read, known):
                    return compatible(core.form, self._form[sought.name])
            return False

        return same


class _Folded:
    """A page's letters and digits, folded and as shapes, with the way back to the document."""

    def __init__(self, source: str, page: Page) -> None:
        self.source = source
        self._plain: Plain = plain(source, page.start, page.end)
        self.letters = _JUNK.sub("", self._plain.lower)
        self.shape = skeleton(self.letters)
        self._origins: list[int] | None = None

    def candidates(self, pieces: Pieces) -> list[tuple[Sought, int]]:
        """The names that may stand on the page, each with where in the letters it may begin."""
        found: dict[tuple[str, str, int], tuple[Sought, int]] = {}
        for piece, of in pieces.items():
            at, places = self.shape.find(piece), 0
            while at >= 0 and places < _MOST_PLACES:
                for sought, offset in of:
                    start = max(0, at - offset)
                    found[sought.name, sought.letters, start] = sought, start
                at, places = self.shape.find(piece, at + 1), places + 1
        return list(found.values())

    def read(self, sought: Sought, start: int, misread: bool) -> tuple[int, int, float] | None:
        """(start, end, cost) of the reading nearest to the name around a place in the letters; None when too far."""
        size = len(sought.letters)
        if self.letters.startswith(sought.letters, start):
            return start, start + size, 0.0
        slack = sought.errors if misread else 0
        best: tuple[float, int, int] | None = None
        if misread and not self._begins(sought, start):
            return self._but_one(sought, start)
        for first in range(max(0, start - slack), start + slack + 1):
            longest = min(first + size + slack, len(self.letters))
            for last in range(first + size - slack, longest + 1):
                cost = self._cost(first, last, sought, slack)
                if cost is not None and (best is None or (cost, first - last) < (best[0], best[1] - best[2])):
                    best = (cost, first, last)
        return (best[1], best[2], best[0]) if best else None

    def _but_one(self, sought: Sought, start: int) -> tuple[int, int, float] | None:
        """The reading of a Chinese name of which one sign of its short telling part was misread and nothing else."""
        first = start + sought.told_at
        rest = first + len(sought.telling)
        read, size = self.shape[first:rest], len(sought.letters)
        if (
            not sought.rest
            or len(read) != len(sought.telling)
            or not self.shape.startswith(sought.rest, rest)
        ):
            return None
        wrong = Levenshtein.distance(read, sought.telling)
        end = start + size
        if wrong != 1 or differs_in_kind(self.letters[start:end], sought.letters):
            return None
        return start, end, _TELLING

    def _begins(self, sought: Sought, start: int) -> bool:
        """Whether what tells the name from others stands there, no more of it misread than may be."""
        size, most = len(sought.telling), sought.most
        start += sought.told_at
        near = self.shape[max(0, start - most) : start + size + most]
        if sought.telling in near:
            return True
        if Levenshtein.distance(near, sought.telling, score_cutoff=3 * most) > 3 * most:
            return False
        return any(
            Levenshtein.distance(near[a:b], sought.telling, score_cutoff=most) <= most
            for a in range(2 * most + 1)
            for b in range(a + size - most, a + size + most + 1)
        )

    def _cost(self, first: int, last: int, sought: Sought, errors: int) -> float | None:
        """What was misread: 1 for a letter, a third for one that looks alike; None when it is more than allowed."""
        near = errors + len(sought.letters) // 6 + 1  # two letters read as one ("rn") are two edits
        wrong = Levenshtein.distance(self.shape[first:last], sought.shape, score_cutoff=near)
        if first == last or wrong > near:
            return None
        read = self.letters[first:last]
        wrong = min(wrong, shape_distance(read, sought.letters)) if wrong > 0 else 0
        if wrong > errors or differs_in_kind(read, sought.letters):
            return None
        alike = max(0, Levenshtein.distance(read, sought.letters) - wrong)
        cost = wrong + ALIKE * alike
        return cost if cost <= errors + ALIKE * max(1, len(sought.letters) // 6) else None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The slice of the document of a slice of the letters."""
        if self._origins is None:
            lower = self._plain.lower
            self._origins = [at for at, char in enumerate(lower) if char.isalnum()]
        return self._plain.span(self._origins[start], self._origins[end - 1] + 1)


def shape_distance(one: str, other: str) -> int:
    """The edit distance of two names as shapes: signs that OCR takes for each other are the same."""
    plainly = Levenshtein.distance(skeleton(one), skeleton(other))
    return min(plainly, Levenshtein.distance(squeezed(one), squeezed(other))) if plainly else 0


def _by_piece(parts: Iterable[tuple[str, int, Sought]]) -> Pieces:
    found: Pieces = {}
    for piece, at, sought in parts:
        found.setdefault(piece, []).append((sought, at))
    return found


def _sought(name: str, forms: Iterable[str]) -> Iterator[Sought]:
    done: set[str] = set()
    for form in dict.fromkeys((name, *forms)):
        core = core_of(form)
        bare = "".join(core.core) if core.form or core.core != _letters(form) else ""
        sure = _SURE if core.form else _SURE_OF_ALIAS
        for letters, sure_of in (
            (_letters(form), sure),
            (bare if _tells(core.words) else "", _SURE_OF_ALIAS),
        ):
            if letters and letters not in done and len(letters) >= _LEAST_LATIN:
                done.add(letters)
                yield _prepared(name, form, letters, sure_of)


def _standing_cores(forms: Iterable[str]) -> frozenset[str]:
    """The cores of a party's names that tell it from others by themselves."""
    return frozenset(core.core for form in forms if _tells((core := core_of(form)).words) or core.form)


def _tells(words: Sequence[str]) -> bool:
    """Whether a name without its form still tells one party from the rest of the world."""
    letters = "".join(words)
    if has_han(letters):
        return len(letters) >= _CORE_HAN
    return len(letters) >= _CORE_LATIN and len(words) >= 2


def _prepared(name: str, form: str, letters: str, sure: float) -> Sought:
    shape, core = skeleton(letters), core_of(form)
    errors = _errors(core.core) + (1 if core.form else 0) if letters != core.core else _errors(letters)
    beginning = telling(core) if telling(core) in letters else letters
    at, most = letters.index(beginning), _errors(beginning)
    size, count = len(beginning), most + 1
    cuts = [round(size * n / count) for n in range(count + 1)]
    pieces = tuple((at + a, shape[at + a : at + b]) for a, b in pairwise(cuts))
    rest = shape[at + size :] if has_han(letters) and most == 0 and size > 1 else ""
    rest = rest if len(rest) >= _LONG_REST else ""
    pieces += ((at + size, rest),) if rest else ()
    return Sought(name, form, letters, shape, errors, shape[at : at + size], at, most, pieces, sure, rest)


def _errors(letters: str) -> int:
    """How many letters of a name OCR may have misread."""
    size = len(letters)
    if has_han(letters):
        return 0 if size < 4 else 1 if size < 10 else 2
    return 0 if size < 6 else 1 if size < 12 else 2


def _letters(name: str) -> str:
    return _JUNK.sub("", plain(name).lower)


def _overlapping(parties: Sequence[Fact], hit: Seen) -> Iterator[Fact]:
    """The facts that stand at the same words: each covers the better part of the other."""
    for fact in parties:
        common = min(fact.end, hit.end) - max(fact.start, hit.start)
        if common > 0 and 2 * common >= max(fact.end - fact.start, hit.end - hit.start):
            yield fact


def _fact(document: Document, hit: Seen, role: str) -> Fact:
    raw = " ".join(document.text[hit.start : hit.end].split())
    doubts = (f"read as {raw}",) if hit.cost else ()
    return Fact(
        "party", role, hit.sought.name, hit.start, hit.end, hit.confidence, RULE, hit.sought.form, doubts
    )
