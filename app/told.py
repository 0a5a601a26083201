"""What the rules and errors say, for people who read Chinese.

Programs get what the rules say in English (the contract); it stands so in the records too, whose readings may be years
old. For people the sentence is looked up by the template that it was made from: `chinese/*.yaml` has the templates of
all of it, as a message catalogue has, and for each the Chinese one. A sentence that has none is shown as it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from extractors.facts.finding import templates as finding_templates

LONGEST = 2000
"""Letters of a sentence from which on it is none of ours."""
DEEPEST = 3
_PLACE = re.compile(r"\{\w*\}")
_FILLED = re.compile(r"\{(\w+)(?::(\w+))?\}")
_WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]+")
_LOOSE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=“)|(?<=”) (?=[\u4e00-\u9fff])")
"""Blanks beside quotation marks, which Chinese does not have."""
_QUOTED = re.compile(r"""^(['"])(.*)\1$""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Template:
    """An English sentence with places, and its Chinese with the same places by number; `weight`: letters of its own."""

    pattern: re.Pattern[str]
    chinese: str
    weight: int


def told(sentence: str, language: str) -> str:
    """A sentence of a rule or an error as people who read `language` ("en", "zh") are told it; a code before it is for
    programs."""
    if language != "zh":
        return sentence
    code, colon, message = sentence.partition(": ")
    return in_chinese(message if colon and code in _words()["code"] else sentence)


def told_code(code: str, language: str) -> str:
    """What the code of an error means, for people who read Chinese; for others the code."""
    return _words()["code"].get(code, code) if language == "zh" else code


def told_error(error: Mapping[str, str], language: str) -> dict[str, str]:
    """An error `{"code", "message", "hint"}` as people are told it; a message without Chinese of its own stands behind
    what its code means."""
    message, hint = error["message"], error.get("hint") or ""
    said = told(message, language)
    if language == "zh" and said == message and error["code"] in _words()["code"]:
        said = f"{_words()['code'][error['code']]}：{message}"
    return {"code": error["code"], "message": said, "hint": told(hint, language)}


@lru_cache(4096)
def in_chinese(sentence: str, depth: int = 0) -> str:
    """The sentence in Chinese; itself where the catalogue does not have it."""
    found = _whole(sentence, depth)
    if found is not None:
        return found
    parts = sentence.split("; ")
    if len(parts) > 1:
        said = [_whole(part, depth) for part in parts]
        if all(said):
            return "；".join(filter(None, said))
    return sentence


def _whole(sentence: str, depth: int) -> str | None:
    if depth > DEEPEST or len(sentence) > LONGEST:
        return None
    words = set(_WORD.findall(sentence))
    fitting = (one for word in words for one in _catalogue().get(word, ()))
    for template in sorted(set(fitting), key=lambda one: -one.weight):
        if match := template.pattern.fullmatch(sentence):
            return _filled(template.chinese, match.groups(), depth)
    return None


def _filled(chinese: str, values: Sequence[str], depth: int) -> str:
    def value(place: re.Match[str]) -> str:
        number, sort = place.groups()
        if not number.isdigit():
            return place[0]
        return _as_read(values[int(number) - 1], sort or "", depth)

    return _LOOSE.sub("", _FILLED.sub(value, chinese))


def _as_read(value: str, sort: str, depth: int) -> str:
    if sort == "told":
        return in_chinese(value, depth + 1)
    if sort == "list":
        return "，".join(in_chinese(part, depth + 1) for part in value.split(", "))
    if sort:
        return _words()[sort].get(value.strip("'\"").replace(" ", "_"), value)
    quoted = _QUOTED.match(value)
    return f"“{quoted[2]}”" if quoted else value


@cache
def _catalogue() -> Mapping[str, Sequence[_Template]]:
    """The templates by the longest word that each has of its own."""
    found: dict[str, list[_Template]] = defaultdict(list)
    for english, chinese in templates():
        own = _PLACE.split(english)
        places = ["(.+?)" if one == "{}" else r"(\d[\d.,-]*)" for one in _PLACE.findall(english)]
        pattern = "".join(re.escape(text) + place for text, place in zip(own, [*places, ""], strict=True))
        word = max(_WORD.findall(" ".join(own)), key=len)
        found[word].append(_Template(re.compile(pattern, re.DOTALL), chinese, sum(map(len, own))))
    return found


def templates() -> Iterator[tuple[str, str]]:
    """(English, Chinese) of every sentence.

    In English `{}` stands for a value, `{n}` for a number; in Chinese `{1}` for the first of them, `{1:kind}` for one
    that has a name of its own, `{1:told}` for one that is a sentence itself.
    """
    for file in sorted(files("app.chinese").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml") and file.name not in ("words.yaml", "codes.yaml"):
            yield from yaml.safe_load(file.read_text(encoding="utf-8")).items()
    for english, chinese in finding_templates():
        numbered = {name: f"{{{at}}}" for at, name in enumerate(_PLACE.findall(english), 1)}
        yield _PLACE.sub("{}", english), _PLACE.sub(lambda one, at=numbered: at[one[0]], chinese)  # type: ignore[misc]


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    def loaded(name: str) -> dict[str, dict[str, str]]:
        return dict(yaml.safe_load(files("app.chinese").joinpath(name).read_text(encoding="utf-8")))

    return {**loaded("words.yaml"), "code": loaded("codes.yaml")}  # type: ignore[dict-item]
