"""Lone surrogates, as names of files on old disks have them: no file of an engine holds half a character.

What is written and what is asked has U+FFFD in their place, so that either finds the other, whatever the engine.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from typing import Any, TypeVar

from index.engine import Batch
from index.entry import PageEntry
from index.query import Filters

_LONE = re.compile("[\ud800-\udfff]")
_TEXTS = {
    kind.__name__: tuple(field.name for field in dataclasses.fields(kind)) for kind in (PageEntry, Filters)
}
_Facts = TypeVar("_Facts", PageEntry, Filters)


def encodable(text: str) -> str:
    """The text, as long as it was, with nothing in it that UTF-8 has no bytes for."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _LONE.sub("\ufffd", text)
    return text


def all_encodable(facts: _Facts) -> _Facts:
    """The same with every text in it encodable."""
    changed = {
        name: new
        for name in _TEXTS[type(facts).__name__]
        if (new := _encodable_value(old := getattr(facts, name))) is not old
    }
    return dataclasses.replace(facts, **changed) if changed else facts


def _encodable_value(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, tuple) and any(encodable(one) is not one for one in value if isinstance(one, str)):
        return tuple(map(_encodable_value, value))
    return value


class EncodableBatch:
    """A batch that is given nothing else (see `engine.Batch`)."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    def replace(self, doc: str, entries: Iterable[PageEntry]) -> None:
        self._batch.replace(encodable(doc), map(all_encodable, entries))

    def delete(self, doc: str) -> None:
        self._batch.delete(encodable(doc))
