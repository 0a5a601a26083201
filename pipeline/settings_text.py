"""Changing `settings.yaml` as a person would: other lines and their comments stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from pipeline.yaml_text import loaded


def changed(text: str, changes: Mapping[str, Any]) -> str:
    """The text with these settings instead of those of their names; None takes a setting out.

    Where the text cannot be changed line by line it is written anew, without comments. Raises yaml.YAMLError.
    """
    known = loaded(text) or {}
    wanted = {key: value for key, value in {**known, **changes}.items() if value is not None}
    said = {key: value for key, value in changes.items() if value is not None}
    kept = _without(text, set(changes)) if known else text
    by_lines = f"{kept.rstrip()}\n{_dumped(said) if said else ''}".lstrip("\n")
    try:
        if (loaded(by_lines) or {}) == wanted:
            return by_lines
    except yaml.YAMLError:
        pass
    return _dumped(wanted)


def _dumped(settings: Mapping[str, Any]) -> str:
    return "".join(_line(name, value) for name, value in settings.items())


def _line(name: str, value: Any) -> str:
    style = None if isinstance(value, dict | list) else False
    return yaml.safe_dump({name: value}, allow_unicode=True, default_flow_style=style, width=10_000)


def _without(text: str, names: set[str]) -> str:
    """The text without the lines of these settings."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.MappingNode):
        return text
    lines = text.splitlines(keepends=True)
    for key, value in reversed(node.value):
        if key.value in names:
            end = value.end_mark.line + (1 if value.end_mark.column else 0)
            del lines[key.start_mark.line : end]
    return "".join(lines)
