"""Sidecars: what people write in `name.ext.yaml` of the file `name.ext` that they put into the inbox.

A sidecar beside its file is read with it. One without its file may come before it, and is waited for; may come after
it, and is told to the document that the file became; or belongs to nothing, and is put into the quarantine.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from pipeline.yaml_text import Verbatim, loaded

ENDING = ".yaml"
LARGEST = 2**16
"""Bytes above which a file is no sidecar."""
_NAMED_AFTER_A_FILE = re.compile(r".+\.(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{1,5}")


def _no_number(said: Any) -> Any:
    """A number would be taken for the seconds since 1970."""
    if isinstance(said, str) and said.strip().isdecimal():
        raise ValueError("write a day as 2023-03-14")
    return said


class Sidecar(BaseModel):
    """What `name.ext.yaml` may say of `name.ext`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: str | None = None
    party: str | None = None
    source: str | None = None
    note: str | None = None
    received: Annotated[datetime.datetime | datetime.date | None, BeforeValidator(_no_number)] = None


def beside(path: Path) -> Path:
    """Where the sidecar of a file lies, if it has one."""
    return path.with_name(path.name + ENDING)


def subject(path: Path) -> Path | None:
    """The file that this one speaks of, by its name; None where the name is no sidecar's."""
    if path.suffix != ENDING or not _NAMED_AFTER_A_FILE.fullmatch(path.name.removesuffix(ENDING)):
        return None
    return path.with_name(path.name.removesuffix(ENDING))


def is_alone(path: Path) -> bool:
    """Whether this is a sidecar whose file is not beside it, and not a YAML file that is evidence itself."""
    of = subject(path)
    return of is not None and not of.exists() and _speaks_like_one(path)


def read(path: Path) -> tuple[Sidecar, str | None]:
    """What a sidecar says, and what is wrong with it; then it says nothing."""
    try:
        return Sidecar.model_validate(_content(path) or {}), None
    except (OSError, ValueError, yaml.YAMLError, ValidationError) as error:
        return Sidecar(), f"{path.name} cannot be read: {_first_line(error)}"


def _speaks_like_one(path: Path) -> bool:
    """By what it says. One that cannot be read counts too: with such a name it was meant to be one."""
    try:
        said = _content(path)
    except (TooLong, OSError):
        return False
    except (ValueError, yaml.YAMLError):
        return True
    return isinstance(said, dict) and not Sidecar.model_fields.keys().isdisjoint(said)


class TooLong(ValueError):
    """A YAML file that is larger than a sidecar may be."""


def _content(path: Path) -> Any:
    if path.stat().st_size > LARGEST:
        raise TooLong(f"it is larger than {LARGEST // 1024} KiB")
    return loaded(path.read_text(encoding="utf-8-sig"), Verbatim)


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        fault = error.errors()[0]
        return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
    return (str(error).splitlines() or [type(error).__name__])[0]
