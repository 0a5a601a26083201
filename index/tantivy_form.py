"""The form in which pages are stored in a Tantivy index: fields, and the terms of a text.

A page's text goes in as one string of its words, which Tantivy cuts at the spaces: making an object of every word
would take ten times as long. Such a string has one term at each place. Where terms share a place (the groups of
`1,250.00`, both halves of a word that a line break cuts), they and what surrounds them stand once more far behind
the text, so that a phrase which needs one of them is found there whole. Further behind stand a document's name and
title, on its first page.

A Han character is a term; a run of them is a phrase. Terms for all pairs of characters would answer sooner, but are
half of what they are found in: they would double the index and take five times as long to write. So only pairs that
are frequent in the trade are terms as well, behind the text, which spares most looks for the most frequent phrases.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import PurePath
from typing import Any, NamedTuple

import tantivy

from index import words
from index.entry import PageEntry
from index.fields import KEYWORD_FIELDS, TEXT_FIELDS, normal
from index.packing import whole_amount
from index.spacing import GAP, HAN_MARK, Spaced, spaced, spaced_all
from index.terms import keyword_values

REACH = 8
"""How many places to each side count as surroundings. Longer phrases that need such a term are not found there: the
pages that hold one of their words as such a term (field `SHARED`) are to be read."""
SHARED = "shared"
"""The field of the terms that share a place with another: groups of numbers, wholes of words that a line break cuts."""
ORDERS = {"date": "order_date", "-date": "order_date_down", "name": "order_name"}
"""The columns by which hits are put in order; their values are all different."""
PAGE_KEY = "order_date"
CARD = "card"
"""The field of what facets need to know of a document, the same on all of its pages (see `card`)."""
CARD_NUMBER = "card_number"
"""The column of the cards' numbers, which are told apart but for one chance in 10**15 for each two (`card_number`)."""
APART = 512
"""Places between things that no phrase runs across. Phrases that are wider are looked for on the pages themselves."""
LEVELS = 12
"""How often the documents are halved for samples."""
SAMPLE = "sample"
"""The field of samples: a document of level `n` holds the terms "1" to "n"; every second one of them level `n + 1`."""
_WORDS = "words"
_LONGEST = 16_000
"""Characters of a term; Tantivy passes over terms of more than 65,530 bytes."""
_AT_ONCE = 20_000
"""Characters."""
_ROOM = 30_000
"""Bytes of each list on a card."""
_LAST = "~"
_UNIT = "\x00"


def schema() -> tantivy.Schema:
    """All fields: words, keywords, columns to filter, count and sort by, and what is needed to show a page."""
    made = tantivy.SchemaBuilder()
    for name in TEXT_FIELDS:
        made.add_text_field(name, tokenizer_name=_WORDS)
    for name in (*KEYWORD_FIELDS, SAMPLE, SHARED, CARD):
        made.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("count_kind", "count_claim", "count_party", *ORDERS.values()):
        made.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("date", "amount"):
        made.add_integer_field(name, indexed=True, fast=True)
    made.add_integer_field("month", fast=True)
    made.add_unsigned_field(CARD_NUMBER, fast=True)
    made.add_integer_field("page", stored=True)
    made.add_boolean_field("first", stored=True)
    for name in ("facts", "said"):
        made.add_bytes_field(name, stored=True)
    return made.build()


def prepare(index: tantivy.Index) -> None:
    """Makes the index cut texts as they are handed over here; to be called whenever one is made or opened."""
    cutter = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    index.register_tokenizer(_WORDS, cutter.filter(tantivy.Filter.custom_stopword([GAP])).build())


class Kept(NamedTuple):
    """What is stored of a page: all that its text fields hold and a hit shows; its other facts are not.

    `text` is None where the index does not hold it (`entry.text` never does); `is_first` says whether it is the
    first page of its document.
    """

    entry: PageEntry
    text: str | None
    is_first: bool

    @property
    def page(self) -> tuple[str, int, str | None]:
        """As `engine.Backing.texts_of` asks for it."""
        return self.entry.doc, self.entry.page, self.text


def documents(entries: Iterable[PageEntry], keeps_text: bool) -> Iterator[tantivy.Document]:
    """The pages of one document, the first one first, in the form of the schema."""
    is_first = True
    for some in _together(entries):
        for entry, page in zip(some, spaced_all([entry.text for entry in some]), strict=True):
            yield _document(entry, page, is_first, keeps_text)
            is_first = False


def _together(entries: Iterable[PageEntry]) -> Iterator[list[PageEntry]]:
    """Pages whose words are cut at once: few enough for arrays that fit a processor's cache."""
    some: list[PageEntry] = []
    length = 0
    for entry in entries:
        some.append(entry)
        length += len(entry.text)
        if length >= _AT_ONCE:
            yield some
            some, length = [], 0
    if some:
        yield some


def _document(entry: PageEntry, page: Spaced, is_first: bool, keeps_text: bool) -> tantivy.Document:
    made = tantivy.Document()
    made.add_text("text", _bounded(page.text))
    if page.pairs:
        made.add_text("text", page.pairs)
    _add_shared(made, entry.text, page)
    if is_first:
        head = (PurePath(entry.name).stem, entry.title or "")
        _add_known(made, "text", _several(head, APART))
        made.add_text("text", " ".join(spaced(name).pairs for name in head))
    _add_known(made, "name", _several((entry.name,)))
    _add_known(made, "title", _several((entry.title or "",)))
    _add_known(made, "party", _several((*entry.parties, *entry.aliases)))
    _add_known(made, "path", _several(entry.paths))
    for field in KEYWORD_FIELDS:
        for value in _keywords(field, keyword_values(entry, field)):
            made.add_text(field, value)
    _add_columns(made, entry)
    _add_stored(made, entry, is_first, keeps_text)
    return made


def placed(text: str) -> list[tuple[str, int]]:
    """Every term of a text with its place, those that share one included."""
    found = words.tokens(text)
    return [(HAN_MARK + term if words.is_han(term) else cut(term), place) for term, place, _, _ in found]


def _bounded(text: str) -> str:
    """The words with endless ones cut."""
    return text if len(text) < _LONGEST else " ".join(map(cut, text.split()))


def cut(term: str) -> str:
    """The term as it is stored: an endless one by its beginning."""
    return term[:_LONGEST]


def _add_shared(made: tantivy.Document, text: str, page: Spaced) -> None:
    """Adds the terms that share a place, with those around them."""
    if not page.numbers and not page.is_broken:
        return
    cut_text = page.text.split()
    extra = [(group, place + at) for place, groups in page.numbers for at, group in enumerate(groups)]
    if page.is_broken:
        base = {(word, place) for place, word in enumerate(cut_text)}
        extra = [one for one in dict.fromkeys(placed(text)) if one not in base]
    near = _around((place for _, place in extra), len(cut_text))
    beside = [(word, place) for place in near if (word := cut_text[place]) != GAP]
    _add_known(made, "text", _pretokenized(beside + extra, APART))
    for term in {term for term, _ in extra}:
        made.add_text(SHARED, term)


def _around(places: Iterable[int], most: int) -> set[int]:
    near: set[int] = set()
    for place in places:
        near.update(range(max(0, place - REACH), min(most, place + REACH + 1)))
    return near


@lru_cache(maxsize=256)
def _several(names: tuple[str, ...], behind: int = 0) -> tantivy.PreTokenizedString | None:
    """The terms of several names, set apart from one another, so many places behind what the field holds already."""
    found = [
        (term, place + number * APART) for number, name in enumerate(names) for term, place in placed(name)
    ]
    return _pretokenized(found, behind)


def _pretokenized(terms: list[tuple[str, int]], behind: int) -> tantivy.PreTokenizedString | None:
    ordered = sorted(terms, key=lambda one: one[1])
    tokens = [tantivy.Token(term, place + behind, 0, 0) for term, place in ordered]
    return tantivy.PreTokenizedString("", tokens) if tokens else None


def _add_known(made: tantivy.Document, field: str, terms: tantivy.PreTokenizedString | None) -> None:
    if terms is not None:
        made.add_pre_tokenized_text(field, terms)


@lru_cache(maxsize=4096)
def _keywords(field: str, raw: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for one in raw if (value := normal(field, one))))


def _add_columns(made: tantivy.Document, entry: PageEntry) -> None:
    made.add_text("count_kind", entry.kind)
    for claim in dict.fromkeys(filter(None, entry.claims)):
        made.add_text("count_claim", claim)
    for party in dict.fromkeys(filter(None, entry.parties)):
        made.add_text("count_party", party)
    if entry.date:
        made.add_integer("date", entry.date.toordinal())
        made.add_integer("month", 100 * entry.date.year + entry.date.month)
    for amount in entry.amounts:
        made.add_integer("amount", whole_amount(amount))
    written = _card(entry.doc, entry.kind, entry.date, entry.claims, entry.parties)
    made.add_text(CARD, written)
    number = card_number(written)
    made.add_unsigned(CARD_NUMBER, number)
    for level in range(1, _level(number) + 1):
        made.add_text(SAMPLE, str(level))
    for order, value in zip(ORDERS.values(), _orders(entry), strict=True):
        made.add_text(order, value)


@lru_cache(maxsize=64)
def _card(
    doc: str, kind: str, date: datetime.date | None, claims: tuple[str, ...], parties: tuple[str, ...]
) -> str:
    """What facets need to know of a document: kind, month, claims, parties, and what tells it from any other one."""
    month = 100 * date.year + date.month if date else 0
    own = hashlib.blake2b(doc.encode(), digest_size=8).hexdigest()
    facts = [kind, month, _fitting(claims), _fitting(parties), own]
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _fitting(values: Iterable[str]) -> list[str]:
    """The different ones, as many as a term has room for: thousands."""
    different = [value for value in dict.fromkeys(values) if value]
    sizes = accumulate(len(value.encode()) + 3 for value in different)
    return [value for value, size in zip(different, sizes, strict=True) if size < _ROOM]


def card_number(card: str) -> int:
    """A number of 52 bits, which fractions of 64 hold as well, as good as chance."""
    return int.from_bytes(hashlib.blake2b(card.encode(), digest_size=8).digest(), "big") >> 12


def _orders(entry: PageEntry) -> Iterator[str]:
    """What hits are sorted by: date, date from the newest on, name; equal ones by date, name, document and page."""
    date = entry.date.isoformat() if entry.date else _LAST
    down = f"{9_999_999 - entry.date.toordinal():07}" if entry.date else _LAST
    rest = _UNIT.join((entry.name[:200], entry.doc, f"{entry.page:09}"))
    yield _UNIT.join((date, rest))
    yield _UNIT.join((down, rest))
    yield _UNIT.join((entry.name[:200], date, rest))


def _level(number: int) -> int:
    """To how many of the ever smaller samples a document belongs, by a hash that is as good as chance."""
    mixed = (number * 0x9E3779B97F4A7C15 % 2**64) >> (64 - LEVELS)
    return LEVELS if mixed == 0 else (mixed & -mixed).bit_length() - 1


def _add_stored(made: tantivy.Document, entry: PageEntry, is_first: bool, keeps_text: bool) -> None:
    made.add_bytes(
        "facts",
        _facts(
            (entry.doc, entry.kind, entry.date and entry.date.isoformat(), entry.name, entry.title),
            (entry.claims, entry.events, entry.parties, entry.aliases, entry.paths),
        ),
    )
    made.add_integer("page", entry.page)
    made.add_boolean("first", is_first)
    if keeps_text:
        made.add_bytes("said", zlib.compress(entry.text.encode()))


@lru_cache(maxsize=64)
def _facts(one: tuple[str | None, ...], several: tuple[tuple[str, ...], ...]) -> bytes:
    """What a document's pages have in common: the same bytes, of which Tantivy's own compression leaves little."""
    return json.dumps([*one, *several], ensure_ascii=False, separators=(",", ":")).encode()


def kept(raw: tantivy.Document) -> Kept:
    """What is stored of a page."""
    facts: list[Any] = json.loads(bytes(raw["facts"][0]))
    doc, kind, date, name, title = facts[:5]
    claims, events, parties, aliases, paths = map(tuple, facts[5:])
    entry = PageEntry(
        doc=doc,
        page=raw["page"][0],
        text="",
        name=name,
        kind=kind,
        title=title,
        date=date and datetime.date.fromisoformat(date),
        parties=parties,
        aliases=aliases,
        claims=claims,
        events=events,
        paths=paths,
    )
    said = raw.get_first("said")
    text = None if said is None else zlib.decompress(bytes(said)).decode()
    return Kept(entry, text, raw["first"][0])


def page_key(entry: PageEntry) -> str:
    """The page's value in the column `PAGE_KEY`: no other page has it."""
    return next(_orders(entry))
