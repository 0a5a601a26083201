"""A query tree in the words of Tantivy.

Only what ranks pages has a score: words and phrases do, all else counts 0. Tantivy knows no words near each other
in any order: they are asked for as the phrases that they may make. Where these would be too many, or an expression too
large for it, the pages that come into question are read (`Read`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from index.evaluate import wild_pattern
from index.packing import highest, lowest
from index.spacing import HAN_MARK, known_pairs
from index.tantivy_form import APART, REACH, SHARED, cut
from index.tree import AmountRange, And, DateRange, Everything, Keyword, Near, Node, Not, Or, Part, Phrase
from index.words import is_han

MOST_PHRASES = 100
"""Phrases that words near each other are asked for as; where they could be more, their pages are read."""
_HAN_BOOST = 1.1
"""Makes up for the pairs, which lengthen a Chinese page, and so lower its rank beside others."""

Read = Callable[[Phrase | Near, Query], Query]
"""Those of the query's pages that match when they are read."""

_LETTER = f"[^{HAN_MARK[0]}]"
"""Any letter but those of Han terms."""
_META = re.compile(r"[\\.+*?()|\[\]{}^$#&\-~]")
_FIRST, _LAST_DAY = 1, 9_999_999


class Place(NamedTuple):
    """A term of a phrase at its distance from the first; an expression instead, where it is not one term.

    `edits` letters of it may be wrong, `prefix` says that it may go on behind `term`: quicker ways to the same terms.
    """

    offset: int
    term: str
    pattern: str | None = None
    edits: int = 0
    prefix: bool = False


class Maker:
    """Makes queries for one state of an index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, read: Read) -> None:
        self._schema = schema
        self._searcher = searcher
        self._read = read

    def query(self, node: Node) -> Query:
        """The pages that match, with a score where words rank them."""
        match node:
            case Everything():
                return _unranked(Query.all_query())
            case And(children):
                return self._all(children)
            case Or(children):
                return Query.boolean_query([(Occur.Should, self.query(child)) for child in children])
            case Not():
                return self._all((node,))
            case Phrase():
                return self._phrase(node)
            case Near():
                return self._near(node)
            case Keyword():
                return _unranked(self._keyword(node))
            case DateRange(low, high):
                first = low.toordinal() if low else _FIRST
                return _unranked(self._between("date", first, high.toordinal() if high else _LAST_DAY))
            case AmountRange(low, high, low_open, high_open):
                least = None if low is None else lowest(low, low_open)
                most = None if high is None else highest(high, high_open)
                return _unranked(self._between("amount", least, most))

    def _all(self, children: Sequence[Node]) -> Query:
        wanted = [(Occur.Must, self.query(child)) for child in children if not isinstance(child, Not)]
        barred = [(Occur.MustNot, self.query(child.child)) for child in children if isinstance(child, Not)]
        if not wanted:
            wanted = [(Occur.Must, _unranked(Query.all_query()))]
        return Query.boolean_query(wanted + barred)

    def _between(self, field: str, low: int | None, high: int | None) -> Query:
        if low is None and high is None:
            return Query.exists_query(field)
        return Query.range_query(self._schema, field, tantivy.FieldType.Integer, low, high)

    def _keyword(self, node: Keyword) -> Query:
        if not node.wild:
            return Query.term_query(self._schema, node.field, node.value, "basic")
        return self._single(node.field, _wild(node.value, 0))

    def _phrase(self, phrase: Phrase) -> Query:
        pairs = _known(phrase)
        if pairs and len(phrase.parts) == 2:
            return Query.boost_query(Query.term_query(self._schema, "text", pairs[0]), _HAN_BOOST)
        found = self._or_read(phrase, self._whole(phrase), phrase.parts, phrase.width)
        return self._with_pairs(pairs, found) if pairs else found

    def _with_pairs(self, pairs: Sequence[str], found: Query) -> Query:
        """Those of the pages found that hold the pairs, which they do anyway: looking there first is quicker."""
        holding = [
            _unranked(Query.term_query(self._schema, "text", pair, "basic")) for pair in dict.fromkeys(pairs)
        ]
        return Query.boolean_query(
            [(Occur.Must, one) for one in (*holding, Query.boost_query(found, _HAN_BOOST))]
        )

    def _or_read(self, node: Phrase | Near, found: Query, parts: Sequence[Part], width: int) -> Query:
        """What was found, and those pages where a term that shares its place is too far from another to be found."""
        if node.field != "text" or width <= REACH:
            return found
        alone = [self._single("text", _place(part)) for part in parts]
        shared = Query.boolean_query([(Occur.Should, self._single(SHARED, _place(part))) for part in parts])
        wanted = [(Occur.Must, one) for one in (*alone, shared)]
        more = Query.boolean_query([*wanted, (Occur.MustNot, found)])
        if not self._searcher.search(more, limit=1).hits:
            return found
        return _best([found, self._read(node, more)])

    def _whole(self, phrase: Phrase) -> Query:
        places = _without_any([_place(part) for part in phrase.parts])
        if len(places) > 1 and not (
            phrase.width <= APART and all(self._takes(place.pattern) for place in places)
        ):
            exact = [part for part in phrase.parts if part.how == "exact"]
            alone = [(Occur.Must, self._phrase(replace(phrase, parts=(part,)))) for part in exact]
            return self._read(phrase, Query.boolean_query(alone) if alone else Query.all_query())
        return self._together(phrase.field, places)

    def _together(self, field: str, places: list[Place]) -> Query:
        if len(places) == 1:
            return self._single(field, places[0])
        if all(place.pattern is None for place in places):
            return Query.phrase_query(self._schema, field, [(place.offset, place.term) for place in places])
        patterns: list[str | tuple[int, str]] = [
            (place.offset, place.pattern or _escaped(place.term)) for place in places
        ]
        return Query.regex_phrase_query(self._schema, field, patterns)

    def _single(self, field: str, place: Place) -> Query:
        if place.pattern is None:
            return Query.term_query(self._schema, field, place.term)
        if place.edits:
            return Query.fuzzy_term_query(self._schema, field, place.term, place.edits)
        if place.prefix:
            return Query.fuzzy_term_query(self._schema, field, place.term, 0, prefix=True)
        if not self._takes(place.pattern):
            return Query.term_set_query(self._schema, field, self._expanded(field, place.term))
        return Query.regex_query(self._schema, field, place.pattern)

    def _takes(self, pattern: str | None) -> bool:
        """Whether Tantivy takes the expression: it has a limit to their size."""
        try:
            _ = pattern and Query.regex_query(self._schema, "text", pattern)
        except ValueError:
            return False
        return True

    def _expanded(self, field: str, wild: str) -> list[str]:
        """The terms that a word with `*` and `?` stands for, one by one."""
        fits = wild_pattern(wild).fullmatch
        known = self._searcher.terms_with_prefix(field, re.split(r"[*?]", wild)[0])
        return [term for term, _ in known if fits(term)]

    def _near(self, node: Near) -> Query:
        phrases = list(_arranged(node))
        parts = [part for phrase in node.phrases for part in phrase.parts]
        pairs = [pair for phrase in node.phrases for pair in _known(phrase)]
        if phrases:
            found = _best([self._whole(phrase) for phrase in phrases])
            found = self._or_read(
                node, found, parts, node.slop + sum(phrase.width for phrase in node.phrases)
            )
            return self._with_pairs(pairs, found) if pairs else found
        everywhere = [(Occur.Must, self._phrase(phrase)) for phrase in dict.fromkeys(node.phrases)]
        return self._read(node, Query.boolean_query(everywhere))


def _known(phrase: Phrase) -> list[str]:
    """The pairs of neighbouring Han characters in the phrase that are terms of their own."""
    if phrase.field != "text":
        return []
    han = {part.offset: part.term for part in phrase.parts if part.how == "exact" and is_han(part.term)}
    pairs = (char + han.get(offset + 1, "") for offset, char in han.items())
    return [HAN_MARK + pair for pair in pairs if pair in known_pairs()]


def _place(part: Part) -> Place:
    if part.how == "exact":
        return Place(part.offset, HAN_MARK + part.term if is_han(part.term) else cut(part.term))
    if part.how == "wild":
        return _wild(part.term, part.offset)
    return Place(part.offset, part.term, _loose(part.term, part.edits), part.edits)


def _wild(term: str, offset: int) -> Place:
    """A term with `*` for any letters and `?` for one; a `?` alone may be a Han character."""
    if term == "?":
        return Place(offset, term, f"{_LETTER}|{HAN_MARK}.")
    literal = term.rstrip("*")
    if literal != term and not set("*?") & set(literal):
        return Place(offset, literal, _escaped(literal) + ".*", prefix=True)
    return Place(offset, term, "".join({"*": ".*", "?": "."}.get(char) or _escaped(char) for char in term))


def _without_any(places: list[Place]) -> list[Place]:
    """Without the words amid a phrase that may be any: between two others something always stands."""
    inner = [place for place in places[1:-1] if place.pattern != ".*"]
    return [places[0], *inner, places[-1]] if len(places) > 2 else places


def _loose(term: str, edits: int) -> str:
    """The expression for a word with some letters inserted, dropped, changed or swapped; it fits no Han character."""
    forms = {tuple(map(_escaped, term))}
    for _ in range(edits):
        forms |= {form for known in forms for form in _edited(known)}
    return "|".join("".join(form) for form in sorted(forms) if form)


def _edited(form: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for at in range(len(form) + 1):
        yield (*form[:at], _LETTER, *form[at:])
        if at < len(form):
            yield form[:at] + form[at + 1 :]
            yield (*form[:at], _LETTER, *form[at + 1 :])
        if at + 1 < len(form):
            yield (*form[:at], form[at + 1], form[at], *form[at + 2 :])


def _arranged(near: Near) -> list[Phrase]:
    """The phrases that words near each other may make; none when that would be too many.

    The first one stands at 0 and every other one as far before or behind it as the stretch allows.
    """
    others = near.phrases[1:]
    words = sum(phrase.width for phrase in near.phrases)
    reach = near.slop + words
    if (2 * reach + 1) ** len(others) > 4 * MOST_PHRASES:
        return []
    found: dict[Phrase, None] = {}
    for starts in product(range(-reach, reach + 1), repeat=len(others)):
        begun = list(zip(near.phrases, (0, *starts), strict=True))
        length = max(at + phrase.width for phrase, at in begun) - min(0, *starts)
        if length - words <= near.slop and len(set(begun)) == len(begun):
            found |= dict.fromkeys(_joined(begun))
    return list(found)


def _joined(begun: list[tuple[Phrase, int]]) -> Iterator[Phrase]:
    """The phrases as one, each beginning at its place; nothing where a Han character would share one that it cannot."""
    earliest = min(at for _, at in begun)
    parts = sorted(
        {replace(part, offset=part.offset + at - earliest) for phrase, at in begun for part in phrase.parts},
        key=lambda part: (part.offset, part.term),
    )
    places = {part.offset: part.term for part in parts if is_han(part.term)}
    if all(places.get(part.offset, part.term) == part.term or _may_end_a_number(part) for part in parts):
        yield Phrase(begun[0][0].field, tuple(parts), parts[-1].offset + 1)


def _may_end_a_number(part: Part) -> bool:
    """Whether it may be a later group of a number, which stands where what follows the number does (1,250号)."""
    return part.how != "exact" or (len(part.term) == 3 and part.term.isdecimal())


def _escaped(text: str) -> str:
    return _META.sub(lambda match: "\\" + match[0], text)


def _unranked(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _best(queries: Sequence[Query]) -> Query:
    """A page that several of them find counts as found by the best one."""
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries)
