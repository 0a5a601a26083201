"""Whether a name is a person's or a company's."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from extractors.facts.party_forms import companies_in
from extractors.facts.party_names import is_person
from extractors.facts.plain import has_han, plain, vocabulary
from extractors.word_lists import word_list

Nature = Literal["person", "company", "unknown"]

_INITIALS = re.compile(
    r"(?:^|[ .])[A-Z]\.? ?(?:[A-Z]\.? )*[A-ZÀ-Þ][\w'’\-]+$"
    r"|^[A-ZÀ-Þ][\w'’\-]+,? (?:[A-Z]\.? ?){1,3}$"
)
_WORDS_OF_PEOPLE = re.compile(
    r"attn|attention|prepared by|checked by|signed by|taken by|chair|联系人|经办人|记录人|主持人|检查人"
    r"|检验员|检测人|检验人|查勘人|主检|姓名|车主|法定代表人",
    re.IGNORECASE,
)
_RULES_OF_COMPANIES = ("party.letterhead", "party.shop", "party.registered", "party.vat_invoice")
_SYLLABLES = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxzcsryw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie"
    r"|in|iu|ou|ua|ui|un|uo|ue|a|e|i|o|u)-?){1,3}"
)
"""Chinese names in Latin letters."""
_NOT_OF_PEOPLE = re.compile(r"[&/@\d]|\b(?:and|of|the|for)\b", re.IGNORECASE)


def nature(name: str, rules: Collection[str] = (), words: Collection[str] = ()) -> Nature:
    """Whether a name is a person's or a company's.

    `rules` found it, and `words` gave it its roles (labels, closings): they decide where the name does not tell.
    """
    told, like_a_person = _by_name(name)
    if told != "unknown":
        return told
    of_company = any(rule in _RULES_OF_COMPANIES for rule in rules)
    if not like_a_person:
        return "company" if of_company else "unknown"
    if of_company:
        return "unknown" if has_han(name) else "company"
    return "person" if has_han(name) or _among_people(rules, words) else "unknown"


@lru_cache(maxsize=16384)
def _by_name(name: str) -> tuple[Nature, bool]:
    """What the name itself tells, and whether it could be a person's."""
    text = plain(name)
    if any(company.confidence >= 0.55 for company in companies_in(text)):
        return "company", False
    person = is_person(text.text)
    return ("person" if _titled(text.text) or _by_form(text.text) else "unknown"), person


def without_title(name: str) -> str:
    """A person's name without "Mr", "Dr", 先生."""
    words = name.split()
    titles, han_titles = _titles()
    while len(words) > 1 and words[0].rstrip(".").lower() in titles:
        words = words[1:]
    bare = " ".join(words)
    for title in han_titles:
        if has_han(bare) and bare.endswith(title) and len(bare) > len(title) + 1:
            return bare[: -len(title)]
    return bare


def _titled(name: str) -> bool:
    titles, han_titles = _titles()
    words = name.split()
    if len(words) > 1 and words[0][:1].isupper() and words[0].rstrip(".").lower() in titles:
        return True
    bare = name.replace(" ", "")
    return any(bare.endswith(title) for title in han_titles) and is_person(name)


def _by_form(name: str) -> bool:
    """Whether the name has a person's initials, a common given name, or a Chinese surname in Latin letters."""
    if _NOT_OF_PEOPLE.search(name) or has_han(name) or not is_person(name):
        return False
    words = name.replace(",", " ").split()
    if _INITIALS.fullmatch(name) or (len(words) == 2 and any(len(w.rstrip(".")) == 1 for w in words)):
        return True
    given, surnames = _known_names()
    if len(words) <= 4 and (words[0].lower() in given or words[-1].lower() in given):
        return True
    return len(words) in (2, 3) and any(
        surname.lower() in surnames and all(_SYLLABLES.fullmatch(w.lower()) for w in rest)
        for surname, rest in ((words[0], words[1:]), (words[-1], words[:-1]))
    )


def _among_people(rules: Collection[str], words: Collection[str]) -> bool:
    by_list = any(rule.startswith("party.attend") for rule in rules)
    return by_list or any(_WORDS_OF_PEOPLE.search(said) for said in words)


@cache
def _known_names() -> tuple[frozenset[str], frozenset[str]]:
    loaded: dict[str, list[str]] = word_list(Path(__file__).with_suffix(".yaml"))
    return frozenset(loaded["given"]), frozenset(loaded["surnames"])


@cache
def _titles() -> tuple[frozenset[str], tuple[str, ...]]:
    """Titles before a name in small letters, and Chinese ones behind it, the longest first."""
    persons = vocabulary(Path(__file__).parent, "company_forms.yaml")["persons"]
    before = frozenset(title.lower() for title in persons["titles"])
    return before, tuple(sorted(persons["han_titles"], key=len, reverse=True))
