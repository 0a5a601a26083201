"""A company's name without its legal form, so that "Harbour Civil Limited" and "HARBOUR CIVIL LTD." are one name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from extractors.facts.plain import has_han, plain
from extractors.word_lists import word_list

_WORD = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.){2,}[^\W\d_]?)(?![^\W_])")
_AND = re.compile(r" ?[&+] ?")


@dataclass(frozen=True, slots=True)
class Core:
    """`core` is the name's letters and digits without its form, `form` the sort of its form ("" where it has none)."""

    core: str
    form: str
    words: tuple[str, ...]


@cache
def _forms() -> tuple[dict[str, str], re.Pattern[str], dict[str, str]]:
    """Latin forms by word, the Chinese forms that end a name, and these by word."""
    loaded: dict[str, dict[str, list[str]]] = word_list(Path(__file__).with_suffix(".yaml"))
    latin = {word: sort for sort, words in loaded["latin"].items() for word in words}
    han = {word: sort for sort, words in loaded["han"].items() for word in words}
    ends = re.compile(f"(?:{'|'.join(sorted(han, key=len, reverse=True))})$")
    return latin, ends, han


@lru_cache(maxsize=8192)
def core_of(name: str) -> Core:
    """The core of a name; a name that is nothing but a form has none."""
    text = _DOTTED.sub(lambda m: m[1].replace(".", ""), plain(name).lower)
    text = _AND.sub(" and ", text)
    return _han_core(text) if has_han(text) else _latin_core(text)


def _han_core(text: str) -> Core:
    _, ends, sorts = _forms()
    letters = "".join(_WORD.findall(text))
    form = ends.search(letters)
    if form is None:
        return Core(letters, "", (letters,) if letters else ())
    core = letters[: form.start()]
    return Core(core, sorts[form.group()], (core,) if core else ())


def _latin_core(text: str) -> Core:
    latin, _, _ = _forms()
    words = _WORD.findall(text)
    while words and words[0] == "the":
        words = words[1:]
    sorts: list[str] = []
    while words and words[-1] in latin:
        sorts.append(latin[words.pop()])
    while sorts and words and words[-1] == "and":  # Smith & Co
        words.pop()
    form = next((sort for sort in reversed(sorts) if sort), "")
    return Core("".join(words), form, tuple(words))


def compatible(one: str, other: str) -> bool:
    """Whether two forms can be those of one company: the same sort, or one of the names goes without."""
    return not one or not other or one == other


@cache
def _generic() -> tuple[frozenset[str], re.Pattern[str]]:
    loaded: dict[str, list[str]] = word_list(Path(__file__).with_suffix(".yaml"))["generic"]
    ends = re.compile(f"(?:{'|'.join(sorted(loaded['han'], key=len, reverse=True))})$")
    return frozenset(loaded["latin"]), ends


@lru_cache(maxsize=8192)
def telling(core: Core) -> str:
    """The beginning of a core up to the words of its trade: what tells it from other companies; all of it else."""
    latin, ends = _generic()
    if has_han(core.core):
        rest = core.core
        while (found := ends.search(rest)) and found.start() >= 2:
            rest = rest[: found.start()]
        return rest
    words = list(core.words)
    while words and words[-1] in latin:
        words.pop()
    return "".join(words) or core.core
