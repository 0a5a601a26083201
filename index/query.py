"""The query language: from what a person typed to a tree that every engine understands.

    query   := any
    any     := all (OR all)*
    all     := clause ([AND] clause)*          words side by side must all match; AND binds tighter than OR
    clause  := NOT clause | -clause | ( any ) | field: value | value
    value   := word | wild* | fuzzy~1 | "phrase" | "near these"~5 | [low TO high] | >=low | ( any )

Only upper-case AND, OR and NOT are operators. `name:` is a field when the name is one; an unknown name directly
followed by its value is an error, any other colon is punctuation. A clause of punctuation alone is passed over.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from index import fields, phrases, values
from index.entry import SORTS, Sort
from index.errors import FilterError, QueryError
from index.lexer import LITERAL, Lexeme, lexemes
from index.tree import AmountRange, DateRange, Everything, Keyword, Node, Not, Part, Phrase, both, either

MAX_DEPTH = 50
"""Brackets inside brackets."""
MAX_LENGTH = 10_000
"""Characters of a query."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The options of a search. They mean the same as the fields; several values of one option are alternatives.

    Both dates and both amounts belong to their range. A party is given by any words of one of its names.
    """

    date_from: datetime.date | None = None
    date_to: datetime.date | None = None
    kinds: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    languages: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


NO_FILTERS = Filters()


def check_part(limit: int, offset: int, sort: Sort) -> None:
    """Raises `FilterError` for an order that there is not, or a part of the hits that cannot be."""
    if sort not in SORTS:
        raise FilterError(f'There is no order "{sort}"', f"Choose one of {', '.join(SORTS)}.")
    if limit < 0 or offset < 0:
        raise FilterError("The number of hits and where they begin cannot be negative")


def parse(query: str, filters: Filters = NO_FILTERS) -> Node:
    """The tree of a query and its filters; an empty query (or `*`) is everything.

    Raises `QueryError` with the position for a query, `FilterError` for a filter that cannot be read.
    """
    if len(query) > MAX_LENGTH:
        raise QueryError(f"The query is longer than {MAX_LENGTH} characters", MAX_LENGTH, "Shorten it.")
    return both([_Parser(query).whole(), *_filter_nodes(filters)])


class _Parser:
    def __init__(self, query: str) -> None:
        self._lexemes = list(lexemes(query))
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        if self._now.kind == "end":
            return Everything()
        node = self._any("text")
        if self._now.kind == ")":
            raise QueryError(
                "This bracket was never opened", self._now.start, "Leave it out, or open it with (."
            )
        if node is None:
            raise QueryError(
                "There is no word to search for", 0, "Give at least one word, or * for everything."
            )
        return node

    @property
    def _now(self) -> Lexeme:
        return self._lexemes[self._at]

    def _take(self) -> Lexeme:
        lexeme = self._now
        self._at += 1
        return lexeme

    def _any(self, field: str) -> Node | None:
        found = [self._all(field)]
        while self._now.kind == "or":
            self._take()
            found.append(self._all(field))
        nodes = [node for node in found if node is not None]
        return either(nodes) if nodes else None

    def _all(self, field: str) -> Node | None:
        found = [self._clause(field)]
        while self._now.kind not in ("end", ")", "or"):
            if self._now.kind == "and":
                self._take()
            found.append(self._clause(field))
        nodes = [node for node in found if node is not None]
        return both(nodes) if nodes else None

    def _clause(self, field: str) -> Node | None:
        lexeme = self._take()
        match lexeme.kind:
            case "not":
                child = self._nested(lexeme, field, self._clause)
                return None if child is None else Not(child)
            case "field":
                return self._nested(lexeme, lexeme.text, self._value)
            case "(":
                return self._group(lexeme, field)
            case "word" | "phrase" | "range":
                return _leaf(field, lexeme)
        self._at -= 1
        raise self._misplaced(lexeme)

    def _nested(self, lexeme: Lexeme, field: str, rule: Callable[[str], Node | None]) -> Node | None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"More than {MAX_DEPTH} levels", lexeme.start, "Simplify the query.")
        node = rule(field)
        self._depth -= 1
        return node

    def _value(self, field: str) -> Node | None:
        opening = self._lexemes[self._at - 1]
        if self._now.kind not in ("word", "phrase", "range", "("):
            raise QueryError(f'A value is missing after "{opening.text}:"', self._now.start)
        return self._clause(field)

    def _group(self, opening: Lexeme, field: str) -> Node | None:
        if self._now.kind == ")":
            raise QueryError("There is nothing between these brackets", opening.start, "Leave them out.")
        node = self._nested(opening, field, self._any)
        if self._now.kind != ")":
            raise QueryError("This bracket is never closed", opening.start, "Close it with ).")
        self._take()
        return node

    def _misplaced(self, lexeme: Lexeme) -> QueryError:
        if lexeme.kind == "end":
            return QueryError(
                "The query ends where a word is needed", lexeme.start, "Say what to search for."
            )
        if lexeme.kind == ")":
            previous = self._lexemes[self._at - 1].kind if self._at else ""
            if previous not in ("and", "or", "not"):
                return QueryError(
                    "This bracket was never opened", lexeme.start, "Leave it out, or open it with (."
                )
            return QueryError("A word is needed before this bracket", lexeme.start)
        return QueryError(
            f"{lexeme.text} needs something to search for on both sides",
            lexeme.start,
            f'Write it in lower case or in quotes if it is meant as a word: "{lexeme.text.lower()}".',
        )


def _leaf(field: str, lexeme: Lexeme) -> Node | None:
    if field == "date":
        return values.date_range(lexeme) if lexeme.kind == "range" else _date(lexeme)
    if field == "amount":
        return values.amount_range(lexeme) if lexeme.kind == "range" else _amount(lexeme)
    if lexeme.kind == "range":
        raise QueryError(
            "A range needs the field date: or amount:", lexeme.start, "Write date:[2023-01-01 TO 2023-03-31]."
        )
    if field in fields.KEYWORD_FIELDS:
        return _keyword(field, lexeme)
    return _text(field, lexeme)


def _date(lexeme: Lexeme) -> DateRange:
    return values.date_word(lexeme.text, lexeme.start)


def _amount(lexeme: Lexeme) -> AmountRange:
    return values.amount_word(lexeme.text, lexeme.start)


def _keyword(field: str, lexeme: Lexeme) -> Node | None:
    if lexeme.suffix is not None:
        raise QueryError(
            f'"~" has no meaning for {field}:', lexeme.start, f"Use {field}:value or {field}:val*."
        )
    if lexeme.kind == "word" and any(char in lexeme.text for char in "*?"):
        return Keyword(field, fields.normal_pattern(field, lexeme.text), wild=True)
    value = fields.normal(field, lexeme.text)
    if not value:
        raise QueryError(f'A value is missing after "{field}:"', lexeme.start)
    return Keyword(field, f"{value}*", wild=True) if field == "doc" else Keyword(field, value)


def _text(field: str, lexeme: Lexeme) -> Node | None:
    if lexeme.kind == "phrase":
        if lexeme.suffix is None:
            return phrases.phrase(field, lexeme.text)
        return phrases.near(field, lexeme.text, min(int(lexeme.suffix[:6]), MAX_LENGTH))
    if lexeme.suffix is not None:
        return _fuzzy(field, lexeme)
    if lexeme.text.strip("*") == "" and "*" in lexeme.text:
        return Everything() if field == "text" else Phrase(field, (Part("*", how="wild"),))
    if "*" in lexeme.text or "?" in lexeme.text:
        return phrases.wild(field, lexeme.text, lexeme.start)
    return phrases.phrase(field, lexeme.text.replace(LITERAL, " "))


def _fuzzy(field: str, lexeme: Lexeme) -> Node | None:
    edits = int(lexeme.suffix or 2)
    if edits > 2:
        raise QueryError(
            "A word can have 1 or 2 letters wrong, not more", lexeme.start, "Write word~1 or word~2."
        )
    if "*" in lexeme.text or "?" in lexeme.text:
        raise QueryError(
            '"~" and "*" cannot be used on the same word', lexeme.start, "Choose one of the two."
        )
    return phrases.fuzzy(field, lexeme.text, edits)


def _filter_nodes(filters: Filters) -> list[Node]:
    nodes: list[Node] = []
    if filters.date_from or filters.date_to:
        nodes.append(_dates(filters.date_from, filters.date_to))
    if filters.min_amount is not None or filters.max_amount is not None:
        nodes.append(_amounts(filters.min_amount, filters.max_amount))
    keywords = {
        "kind": filters.kinds,
        "claim": filters.claims,
        "event": filters.events,
        "language": filters.languages,
        "state": filters.states,
    }
    for field, chosen in keywords.items():
        if chosen:
            nodes.append(either([Keyword(field, fields.normal(field, value)) for value in chosen]))
    if filters.parties:
        nodes.append(either([_party(name) for name in filters.parties]))
    return nodes


def _dates(low: datetime.date | None, high: datetime.date | None) -> Node:
    if low and high and low > high:
        raise FilterError(
            f"The range of dates from {low} to {high} holds no day", "The earlier date comes first."
        )
    return DateRange(low, high)


def _amounts(low: Decimal | None, high: Decimal | None) -> Node:
    if low is not None and high is not None and low > high:
        raise FilterError(
            f"The range of amounts from {low} to {high} is empty", "The smaller amount comes first."
        )
    return AmountRange(low, high)


def _party(name: str) -> Node:
    found = phrases.phrase("party", name)
    if found is None:
        raise FilterError(f'"{name}" holds no word of a name')
    return found
