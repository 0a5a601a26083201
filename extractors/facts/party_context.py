"""Whether a name stands for itself in a text, or is a part of a longer one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from extractors.facts.party_forms import companies_in
from extractors.facts.party_names import is_person
from extractors.facts.plain import has_han, plain, vocabulary

_AROUND = 70
_WORD_BEFORE = re.compile(r"([^\W_][\w'’.&]*) ?$")
_WORD_BEHIND = re.compile(r" ([^\W_][\w'’]*)")
_INITIALS = re.compile(r"[A-Z][A-Z0-9&]{1,7}")
_IN_SENTENCE = re.compile(r"[\w,)'’\"：:] ?$")
"""What stands before a word whose capital is its own and not the sentence's."""
_JOINS = "-&/+_"


def stands_alone(source: str, start: int, end: int, name: str, same: Callable[[str], bool]) -> bool:
    """Whether `source[start:end]` is a party's name by itself.

    `same` tells whether the full name of a company that covers the place is still the party's; `name` is how the
    party is called there: capitals as initials, one word, or more.
    """
    first, last = max(0, start - _AROUND), min(len(source), end + _AROUND)
    text = plain(source, first, last)
    for company in companies_in(text):
        a, b = text.span(company.start, company.end)
        if a < end and start < b and (a < start or end < b):
            return same(source[a:b]) or _behind_person(source, a, b, start, end)
    before, behind = source[first:start], source[end:last]
    if has_han(name):
        return _bounded_han(before, behind, name)
    return _bounded_latin(before, behind, source[start:end], name)


def _behind_person(source: str, first: int, last: int, start: int, end: int) -> bool:
    """Whether what makes a company's name longer is the person before it, as in a signature: 王建国港务土木有限公司."""
    before = "".join(source[first:start].split())
    return end == last and 2 <= len(before) <= 3 and has_han(before) and is_person(before)


def _bounded_han(before: str, behind: str, name: str) -> bool:
    """A short Chinese name stands by itself between other signs; a longer one anywhere that no company covers it."""
    letters = sum(1 for c in name if c.isalnum())
    if letters > 2:
        return not (behind[:2] in ("分公", "支公") or (behind[:1] in ("局", "院") and letters < 4))
    return not (has_han(before[-1:]) or has_han(behind[:1]))


def _bounded_latin(before: str, behind: str, read: str, name: str) -> bool:
    if _letter(before[-1:]) or _letter(behind[:1]) or behind[:1] in ("@",):
        return False
    if _INITIALS.fullmatch(name):
        joined = (before[-1:] in _JOINS and before) or (behind[:1] in _JOINS and behind)
        return read.isupper() and not joined
    if not read[:1].isupper() and not read[:1].isdigit():
        return False
    if behind[:1] == "-" or before[-1:] in ("-", "&"):
        return False
    word = _WORD_BEFORE.search(before.rpartition("\n")[2])
    if word and word[1][0].isupper() and not _opens(word[1]):
        return False
    if len(name.split()) > 1:
        return True
    following = _WORD_BEHIND.match(behind)
    return _IN_SENTENCE.search(before) is not None and not (following and following[1][0].isupper())


def _letter(char: str) -> bool:
    return char.isalnum() and not has_han(char)


@cache
def _small() -> frozenset[str]:
    forms = vocabulary(Path(__file__).parent, "company_forms.yaml")["latin"]
    return frozenset([*forms["not_first"], *forms["small"]])


def _opens(word: str) -> bool:
    """Whether a capital word before a name belongs to the sentence: "To", "The", "Contractor", or one that ends it."""
    return word.endswith(".") or word.lower().strip(".'’") in _small()
