"""YAML that people write: whatever is wrong with it is one kind of error."""

from __future__ import annotations

from typing import Any

import yaml

LONGEST = 16 * 2**20
"""Characters of a file: a register of many thousand events is shorter."""


def loaded(text: str, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> Any:
    """What the text says; None when it is empty. Raises yaml.YAMLError, also where the library raises others."""
    if len(text) > LONGEST:
        raise yaml.YAMLError(f"longer than {LONGEST} characters")
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506  a SafeLoader
    except RecursionError as error:
        raise yaml.YAMLError("nested too deeply") from error
    except (ValueError, IndexError, AttributeError, TypeError, KeyError, OverflowError) as error:
        raise yaml.YAMLError(f"it holds a value that cannot be read ({error})") from error
