"""Texts of every kind, for training and measuring: written by us as templates, filled by chance, worn as paper is.

A template (`kinds_templates/<kind>.<language>.yaml`, a family each) says how such a paper goes; its slots are filled
from `words.yaml` or drawn. The same family and number always give the same text, whatever else is added.
"""

from __future__ import annotations

import hashlib
import random
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import opencc
import yaml

from bench.kinds_noise import cut, misread, without_spaces
from bench.kinds_slots import drawn
from extractors.document import Document, PageText, assemble

TEMPLATES = Path(__file__).parent / "kinds_templates"
_BRACES = re.compile(r"\{([^{}]*)\}")
_SEPARATORS = ("\t", "    ", "\n", " | ", " ", "  ")
_MARKS = "#?~*"
Words = dict[str, list[str]]


@dataclass(frozen=True)
class Family:
    """One sort of paper: its template, the kind it is of, and the language it is in."""

    kind: str
    language: str
    name: str
    lines: tuple[str, ...]

    @property
    def path(self) -> str:
        """Its name among all: `invoice/en/receipt`."""
        return f"{self.kind}/{self.language}/{self.name}"


@dataclass(frozen=True)
class Text:
    """A filled and worn template; `noise` is the share of characters that were misread."""

    family: Family
    pages: tuple[str, ...]
    noise: float
    whole: bool
    also: Family | None = None
    """Another family of the same kind of which it has lines too."""

    def document(self) -> Document:
        """The text as it would come from a file: typed, or read by OCR."""
        source = "ocr" if self.noise else "text"
        pages = [PageText(page, 595, 842, "ocr" if source == "ocr" else "text") for page in self.pages]
        return assemble(pages, "application/pdf")


@cache
def families() -> tuple[Family, ...]:
    """All families, in order of kind, language and name."""
    found = []
    for path in sorted(TEMPLATES.glob("*.yaml")):
        if path.stem == "words":
            continue
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [
            Family(path.stem.split(".")[0], language, name, tuple(text.strip().split("\n")))
            for language, templates in loaded.items()
            for name, text in templates.items()
        ]
    return tuple(sorted(found, key=lambda f: (f.kind, f.language, f.name)))


@cache
def words() -> dict[str, Words]:
    """The words that fill slots: language -> slot -> choices."""
    loaded: dict[str, Words] = yaml.safe_load((TEMPLATES / "words.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def text_of(family: Family, number: int) -> Text:
    """Text `number` of a family: whole, or some lines of it, or blended with another family of its kind."""
    chance = random.Random(f"{family.path}/{number}")
    form = chance.random()
    also = chance.choice(_kin(family)) if form > 0.8 else None
    lines = _whole(family, chance)
    if also is not None:
        lines = _some_of([*lines, *_whole(also, chance)], chance, least=8)
    elif form > 0.55:
        lines = _some_of(lines, chance, least=4)
    pages = [_page(lines, family.language, chance)]
    if chance.random() < 0.08:
        pages.append(_attached(family, chance))
    noise = chance.choice([0.0, 0.0, 0.0, 0.01, 0.02, 0.04, 0.07, 0.1])
    return Text(
        family, tuple(_worn(page, family, noise, chance) for page in pages), noise, form <= 0.55, also
    )


@cache
def _kin(family: Family) -> tuple[Family, ...]:
    """The other families of its kind and language."""
    return tuple(
        f for f in families() if (f.kind, f.language) == (family.kind, family.language) and f != family
    )


def _whole(family: Family, chance: random.Random) -> list[str]:
    lines = [*_lines(family, chance)]
    while len(lines) < 60 and chance.random() < 0.4:
        lines += _lines(family, chance, goes_on=True)
    return lines


def _some_of(lines: list[str], chance: random.Random, least: int) -> list[str]:
    """Some lines in their order, so that no single one may be relied on."""
    count = min(len(lines), chance.randrange(least, least + 8))
    return [lines[at] for at in sorted(chance.sample(range(len(lines)), count))]


def texts(each: int) -> Iterator[Text]:
    """`each` texts of every family."""
    for family in families():
        for number in range(each):
            yield text_of(family, number)


def digest(each: int) -> str:
    """A fingerprint of the texts: of the first few of every family, and of how many are made."""
    found = hashlib.sha256(f"{each}".encode())
    for text in texts(3):
        found.update("\f".join((text.family.kind, *text.pages)).encode("utf-8", "replace"))
    return found.hexdigest()[:16]


def _page(lines: list[str], language: str, chance: random.Random) -> str:
    separator = chance.choice(_SEPARATORS)
    filled = [_filled(line, language, chance).replace(";;", separator) for line in lines]
    if chance.random() < 0.15:
        filled = cut(filled, chance)
    if chance.random() < 0.25:
        filled = _between_edges(filled, language, chance)
    blank = chance.choice(["\n", "\n", "\n\n"])
    return blank.join(_wrapped(line, language, chance) for line in filled if line.strip())


def _lines(family: Family, chance: random.Random, goes_on: bool = False) -> Iterator[str]:
    """The template's lines as they come this time: some headless, some without what is optional."""
    headless = goes_on or chance.random() < 0.35
    given = family.lines[len(family.lines) // 3 :] if chance.random() < 0.12 else family.lines
    sentences: list[str] = []
    for line in given:
        mark, rest = (line[0], line[2:]) if line[:1] in _MARKS and line[1:2] == " " else ("", line)
        if mark == "~":
            sentences.append(rest)
            continue
        yield from _some(sentences, chance)
        sentences = []
        if (mark == "#" and headless) or (mark == "?" and chance.random() < 0.5):
            continue
        if not mark and chance.random() < (0.5 if goes_on else 0.08):
            continue
        yield from ([rest] * chance.randrange(2, 8) if mark == "*" else [_cased(rest, mark, chance)])
    yield from _some(sentences, chance)


def _some(sentences: list[str], chance: random.Random) -> list[str]:
    count = chance.randrange(max(1, len(sentences) // 3), len(sentences) + 1) if sentences else 0
    chosen = chance.sample(sentences, count)
    return [" ".join(chosen)] if chosen and chance.random() < 0.4 else chosen


def _cased(line: str, mark: str, chance: random.Random) -> str:
    """A heading as it is, or spaced out, or between signs."""
    if mark != "#":
        return line
    return chance.choice(["{}", "{}", "{}", "** {} **", "{}:"]).replace("{}", line)


def _filled(line: str, language: str, chance: random.Random) -> str:
    known = words()[language]

    def choice(found: re.Match[str]) -> str:
        chosen = chance.choice(found.group(1).split("|"))
        if chosen in known:
            return chance.choice(known[chosen])
        return drawn(chosen, language, chance)

    while _BRACES.search(line):
        line = _BRACES.sub(choice, line)
    return line


def _between_edges(lines: list[str], language: str, chance: random.Random) -> list[str]:
    """With a running head and foot, as printed forms and copies have them."""
    name = chance.choice(words()[language]["company"])
    number = chance.randrange(1, 9)
    foot = f"第{number}页 共{number + 3}页" if language == "zh" else f"Page {number} of {number + 3}"
    return [*([name] if chance.random() < 0.6 else []), *lines, *([foot] if chance.random() < 0.7 else [])]


def _wrapped(line: str, language: str, chance: random.Random) -> str:
    width = chance.choice([28, 36, 44]) if language == "zh" else chance.choice([55, 75, 95])
    if len(line) <= width or "\t" in line or "   " in line or "\n" in line or " | " in line:
        return line
    if language == "zh":
        return "\n".join(line[at : at + width] for at in range(0, len(line), width))
    return "\n".join(textwrap.wrap(line, width))


def _attached(family: Family, chance: random.Random) -> str:
    """A page of something else, as enclosures hang on a document."""
    others = [f for f in families() if f.language == family.language]
    return _page(_whole(chance.choice(others), chance), family.language, chance)


def _worn(page: str, family: Family, noise: float, chance: random.Random) -> str:
    if family.language == "zh" and chance.random() < 0.12:
        page = _traditional().convert(page)
    if noise:
        page = misread(page, noise, chance)
        page = without_spaces(page, chance) if chance.random() < 0.1 else page
    upper = family.language == "en" and chance.random() < 0.06
    return page.upper() if upper else page
