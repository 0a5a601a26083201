"""The word lists that come with the rules: YAML files of our own beside the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

# The loader in C takes a seventh of the time; every worker loads all lists when it starts.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def word_list(path: Path) -> Any:
    """What the file holds. Raises OSError or `yaml.YAMLError` where the installation is damaged."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  a SafeLoader
