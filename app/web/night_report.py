"""The report of a night, which is written in English, as people who read another language see it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.told import told
from pipeline.harmless import markdown

_ROW = re.compile(r"\| (.+) \| (\S+) \|")
_ITEM = re.compile(r"- (.+?): (.+)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]#|~!])")


def in_language(text: str, language: str) -> str:
    """The report's Markdown with its headings, counts and sentences in this language; names of files stay."""
    return text if language == "en" else "\n".join(_lines(text, language))


def _lines(text: str, language: str) -> Iterator[str]:
    for line in text.splitlines():
        signs, _, heading = line.partition(" ")
        if signs and not signs.strip("#"):
            yield f"{signs} {told(heading, language)}"
        elif row := _ROW.fullmatch(line):
            yield f"| {told(row[1], language)} | {row[2]} |"
        elif item := _ITEM.fullmatch(line):
            yield f"- {item[1]}: {_sentence(item[2], language)}"
        else:
            yield _sentence(line, language)


def _sentence(escaped: str, language: str) -> str:
    """What it says, escaped anew where it was told otherwise."""
    plain = _ESCAPED.sub(r"\1", escaped)
    said = told(plain, language)
    return escaped if said == plain else markdown(said)
