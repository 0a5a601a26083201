"""YAML that people write: whatever is wrong with it is one kind of error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

LONGEST = 16 * 2**20
"""Characters of a file: a register of many thousand events is shorter."""


def without(tags: Sequence[str], among: type[yaml.SafeLoader] = yaml.SafeLoader) -> Mapping[str, Any]:
    """How a loader tells what a plain text means (`yaml_implicit_resolvers`), without what these tags stand for."""
    left_out = {f"tag:yaml.org,2002:{tag}" for tag in tags}
    return {
        first: [(tag, pattern) for tag, pattern in found if tag not in left_out]
        for first, found in among.yaml_implicit_resolvers.items()
    }


class Verbatim(yaml.SafeLoader):
    """Leaves numbers and words for true and false as they are written: to YAML the reference 0145 is 101, 12:30 is
    750, and a sum of money is rounded to 16 digits."""


Verbatim.yaml_implicit_resolvers = dict(without(("int", "float", "bool")))


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
