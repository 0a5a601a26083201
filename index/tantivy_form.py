"""The form in which pages are stored in a Tantivy index: fields, and the terms of a text.

Tantivy takes the words that our tokenizer cut. Beside Latin words, which are terms of their own, a run of Han
characters is stored as its pairs of neighbours, each at the place of its first character, and its last character
alone: so the run `工期延误` is found by two terms that are much rarer than its four characters.

A page's text goes in as one string of its terms, which Tantivy cuts at the spaces: making an object of every word
would take ten times as long. Such a string has one term at each place. Where terms share a place (the groups of
`1,250.00`, both halves of a word that a line break cuts), they and what surrounds them stand once more far behind
the text, so that a phrase which needs one of them is found there whole. Further behind stand a document's name and
title, on its first page.
"""

from __future__ import annotations

import datetime
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import pairwise
from pathlib import PurePath
from typing import NamedTuple

import tantivy

from index import words
from index.entry import PageEntry
from index.fields import KEYWORD_FIELDS, TEXT_FIELDS, normal
from index.packing import whole_amount
from index.terms import NAME_GAP, keyword_values

REACH = 40
"""How many places to each side count as surroundings: no phrase that needs such a term may be longer."""
ORDERS = {"date": "order_date", "-date": "order_date_down", "name": "order_name"}
"""The columns by which hits are put in order; their values are all different."""
PAGE_KEY = "order_date"
HAN_MARK = "\x01\x01"
"""Before every term of Han characters: so a look for Latin words, wild or fuzzy, passes over all of them at once."""
_GAP = "\u16a2"
"""Stands for a place that holds no word; a rune, so that no evidence holds it."""
_WORDS = "words"
_LONGEST = 16_000
"""Characters of a term; Tantivy passes over terms of more than 65,530 bytes."""
_LAST = "~"
_UNIT = "\x00"


def schema() -> tantivy.Schema:
    """All fields: words, keywords, columns to filter, count and sort by, and what is needed to show a page."""
    made = tantivy.SchemaBuilder()
    for name in TEXT_FIELDS:
        made.add_text_field(name, tokenizer_name=_WORDS)
    for name in KEYWORD_FIELDS:
        made.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name == "doc")
    for name in ("count_kind", "count_claim", "count_party", *ORDERS.values()):
        made.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("date", "amount"):
        made.add_integer_field(name, indexed=True, fast=True)
    for name in ("year", "month"):
        made.add_integer_field(name, fast=True)
    made.add_bytes_field("stored", stored=True)
    return made.build()


def prepare(index: tantivy.Index) -> None:
    """Makes the index cut texts as they are handed over here; to be called whenever one is made or opened."""
    cutter = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    index.register_tokenizer(_WORDS, cutter.filter(tantivy.Filter.custom_stopword([_GAP])).build())


class Kept(NamedTuple):
    """A page as it was put in, but for its amounts and its text; `text` is None where the index does not hold it.

    `is_first` says whether it is the first one of its document.
    """

    entry: PageEntry
    text: str | None
    is_first: bool

    @property
    def page(self) -> tuple[str, int, str | None]:
        """As `engine.Backing.texts_of` asks for it."""
        return self.entry.doc, self.entry.page, self.text


def document(entry: PageEntry, is_first: bool, keeps_text: bool) -> tantivy.Document:
    """The page in the form of the schema; `is_first` says whether it is the first one of its document."""
    made = tantivy.Document()
    folded = words.fold(entry.text)
    made.add_text("text", spaced(folded))
    if words.shares_places(folded):
        _add_placed(made, "text", _shared(entry.text), NAME_GAP)
    if is_first:
        _add_placed(made, "text", _several((PurePath(entry.name).stem, entry.title or "")), NAME_GAP)
    _add_placed(made, "name", placed(entry.name))
    _add_placed(made, "title", placed(entry.title or ""))
    _add_placed(made, "party", _several((*entry.parties, *entry.aliases)))
    _add_placed(made, "path", _several(entry.paths))
    for field in KEYWORD_FIELDS:
        for value in {normal(field, raw) for raw in keyword_values(entry, field)} - {""}:
            made.add_text(field, value)
    _add_columns(made, entry)
    made.add_bytes("stored", _stored(entry, is_first, keeps_text))
    return made


def spaced(folded: str) -> str:
    """The terms of a folded text in order, one for each place, with spaces between them."""
    found: list[str] = []
    place = 0
    for kind, run, position, _, _ in words.runs(folded):
        if position > place:
            found.append(_GAP)
        if kind == "han":
            chars = run if run.isalnum() else "".join(run.split())
            found += [f"{HAN_MARK}{one}{two}" for one, two in pairwise(chars)]
            found.append(HAN_MARK + chars[-1])
            place = position + len(chars)
        else:
            found.append(cut(run.replace(",", "")))
            place = position + 1
    return " ".join(found)


def placed(text: str) -> list[tuple[str, int]]:
    """Every term of a text with its place, those that share one included."""
    tokens = words.tokens(text)
    han = {position: term for term, position, _, _ in tokens if words.is_han(term)}
    found = []
    for term, position, _, _ in tokens:
        if words.is_han(term):
            found.append((HAN_MARK + term + han.get(position + 1, ""), position))
        else:
            found.append((cut(term), position))
    return found


def cut(term: str) -> str:
    """The term as it is stored: an endless one by its beginning."""
    return term[:_LONGEST]


def _shared(text: str) -> list[tuple[str, int]]:
    found = sorted(placed(text), key=lambda one: one[1])
    often: dict[int, int] = {}
    for _, place in found:
        often[place] = often.get(place, 0) + 1
    near: set[int] = set()
    for place, count in often.items():
        if count > 1:
            near.update(range(place - REACH, place + REACH + 1))
    return [(term, place) for term, place in found if place in near]


def _several(names: Iterable[str]) -> list[tuple[str, int]]:
    """The terms of several names, set apart from one another."""
    return [
        (term, place + number * NAME_GAP) for number, name in enumerate(names) for term, place in placed(name)
    ]


def _add_placed(made: tantivy.Document, field: str, terms: list[tuple[str, int]], behind: int = 0) -> None:
    """Adds terms at their places, so many places behind what the field holds already."""
    if terms:
        ordered = sorted(terms, key=lambda one: one[1])
        tokens = [tantivy.Token(term, place + behind, 0, 0) for term, place in ordered]
        made.add_pre_tokenized_text(field, tantivy.PreTokenizedString("", tokens))


def _add_columns(made: tantivy.Document, entry: PageEntry) -> None:
    made.add_text("count_kind", entry.kind)
    for claim in dict.fromkeys(filter(None, entry.claims)):
        made.add_text("count_claim", claim)
    for party in dict.fromkeys(filter(None, entry.parties)):
        made.add_text("count_party", party)
    if entry.date:
        made.add_integer("date", entry.date.toordinal())
        made.add_integer("year", entry.date.year)
        made.add_integer("month", 100 * entry.date.year + entry.date.month)
    for amount in entry.amounts:
        made.add_integer("amount", whole_amount(amount))
    for order, value in zip(ORDERS.values(), _orders(entry), strict=True):
        made.add_text(order, value)


def _orders(entry: PageEntry) -> Iterator[str]:
    """What hits are sorted by: date, date from the newest on, name; equal ones by date, name, document and page."""
    date = entry.date.isoformat() if entry.date else _LAST
    down = f"{9_999_999 - entry.date.toordinal():07}" if entry.date else _LAST
    rest = _UNIT.join((entry.name[:200], entry.doc, f"{entry.page:09}"))
    yield _UNIT.join((date, rest))
    yield _UNIT.join((down, rest))
    yield _UNIT.join((entry.name[:200], date, rest))


def _stored(entry: PageEntry, is_first: bool, keeps_text: bool) -> bytes:
    kept = asdict(entry) | {"date": entry.date and entry.date.isoformat(), "first": is_first}
    del kept["amounts"]
    if not keeps_text:
        kept["text"] = None
    return zlib.compress(json.dumps(kept, ensure_ascii=False).encode())


def kept(raw: bytes) -> Kept:
    """What is stored of a page."""
    found = json.loads(zlib.decompress(raw))
    is_first, text, date = found.pop("first"), found.pop("text"), found.pop("date")
    lists = {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
    day = date and datetime.date.fromisoformat(date)
    return Kept(PageEntry(**found | lists, text="", date=day), text, is_first)


def page_key(entry: PageEntry) -> str:
    """The page's value in the column `PAGE_KEY`: no other page has it."""
    return next(_orders(entry))
