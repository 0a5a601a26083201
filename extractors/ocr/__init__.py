"""OCR: a file per engine. `engine` finds one by its name in this folder."""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path
from typing import cast

from extractors.errors import InstallationError
from extractors.ocr.checked import Checked
from extractors.ocr.engine import Engine

_DECLARES = re.compile(r"^def engine\(\) -> \w+:", re.MULTILINE)


@cache
def engine(name: str) -> Engine:
    """The engine called `name`: what `engine()` of the module of that name gives, its answers checked."""
    if name not in engines():
        raise InstallationError(
            f"there is no OCR engine called {name}", hint=f"Choose one of: {', '.join(engines())}."
        )
    return Checked(cast(Engine, importlib.import_module(f"{__name__}.{name}").engine()))


@cache
def engines() -> tuple[str, ...]:
    """The names of the engines: the modules here that have a function `engine()`."""
    modules = sorted(p for p in Path(__file__).parent.glob("*.py") if p.name != Path(__file__).name)
    return tuple(p.stem for p in modules if _DECLARES.search(p.read_text(encoding="utf-8")))
