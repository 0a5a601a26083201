"""Suggestions as events of a register, for a person to choose from, correct and paste."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from pipeline.claims import Claim
from pipeline.harmless import terminal
from pipeline.suggest.grouped import Suggestion
from pipeline.suggest.telling import telling_words

MOST_KEYWORDS = 5
_NUMBER = re.compile(r"(?<![\w-])[A-Z]{2,}(?:[-/][\w\u4e00-\u9fff]+)*[-/]\d+(?![\w/-])")
"""What a letter or an instruction is called by: GC/L/0145, HZJL-停-2023-02."""
_TELLING = re.compile(
    r"\b(?=[A-Z0-9+/-]*[0-9])[A-Z]{1,4}[A-Z0-9+/-]{1,12}\b"
    r"|\b(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)"
    r"(?!(?:At|On|In|By|From|Until|Before|After|About|Since|To)\b)[A-Z][a-z]+ [0-9]{1,4}\b"
)
"""What tells an event from others: K1+260, RW-5, Pier 3, Area 4."""


def register_text(claim: Claim, found: Iterable[Suggestion], names: Mapping[str, str]) -> str:
    """A list of events in the form of the register (YAML), each below a comment that says what it rests on.

    The ids go on behind those of the claim. `names` are the documents' names by id.
    """
    head = (
        f"# Suggested events of {claim.id}: check them, and paste those that are right below its `events:`.\n"
    )
    numbered = zip(free_ids(claim), found, strict=False)
    return head + "events:\n" + "".join(_entry(event, one, names) for event, one in numbered)


def free_ids(claim: Claim) -> Iterator[str]:
    """Names for further events: E4, E5 … behind E1 to E3."""
    taken = {event.id for event in claim.events}
    return (name for n in range(1, 100_000) if (name := f"E{n}") not in taken)


def _entry(event: str, one: Suggestion, names: Mapping[str, str]) -> str:
    sources = "".join(
        f"  # {_line(names.get(told.doc, ''))} ({told.doc}), page {told.page}: {_line(told.text)}\n"
        for told in one.told
    )
    dumped = yaml.safe_dump([as_event(event, one)], allow_unicode=True, sort_keys=False, width=110)
    return sources + "".join(f"  {line}\n" for line in dumped.splitlines())


def as_event(event: str, one: Suggestion) -> dict[str, Any]:
    """The suggestion as an event of the register, under this id."""
    body: dict[str, Any] = {"id": event, "title": one.title, "start": one.date}
    if one.end is not None and one.end != one.date:
        body["end"] = one.end
    numbers = list(dict.fromkeys(_NUMBER.findall(one.text)))[:MOST_KEYWORDS]
    named = [name for name in _TELLING.findall(one.text) if not any(name in number for number in numbers)]
    keywords = list(dict.fromkeys((*named, *telling_words(one.text))))[:MOST_KEYWORDS]
    body |= {"description": one.text} | ({"keywords": keywords} if keywords else {})
    return body | ({"references": numbers} if numbers else {})


def _line(text: str) -> str:
    """A comment cannot end where it should not: no line ends, nothing that a terminal obeys."""
    return " ".join(terminal(text).split())
