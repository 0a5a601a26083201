"""Time stamps of bundles: tag files of the bag beside the manifest of tags, whose bytes they prove.

That manifest holds the hash of the manifest of the payload, and so of everything in the bundle.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError

PROVES = "tagmanifest-sha256.txt"
STAMP = "timestamp.tsr"
IS_STAMP = re.compile(r"timestamp(-[1-9]\d{0,2})?\.tsr")
"""The first stamp, and later ones (`timestamp-2.tsr`), which renew it while its certificate can still be checked."""
LARGEST = 2**26
BROKEN = (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile)
"""What reading a zip raises that is damaged, locked with a password, or packed in a way that Python does not know."""


def bundle_file(bundle: Path, name: str) -> bytes:
    """A file of a bundle, a folder or its zip. Raises `UsageError` where there is none such."""
    try:
        if bundle.is_dir():
            return _limited(bundle / name)
        with zipfile.ZipFile(bundle) as packed:
            inside = packed.getinfo(f"{_top(packed)}/{name}")
            if inside.file_size > LARGEST:
                raise ValueError(f"{name} is too large")
            return packed.read(inside)
    except (LookupError, ValueError, *BROKEN) as error:
        raise UsageError(
            f"{bundle} is no whole bundle: {error}", "Name a bundle that export made."
        ) from error


def claim_of(bundle: Path) -> str:
    """The claim whose bundle it says it is. Raises `UsageError`."""
    try:
        value: Any = json.loads(bundle_file(bundle, "data/manifest.json"))
        return str(value["claim"]["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{bundle} has no manifest.json that can be read.", "Name a bundle that export made."
        ) from error


def stamps_in(bundle: Path) -> Iterator[tuple[str, bytes]]:
    """The stamps of a bundle, by name."""
    for name in sorted(filter(IS_STAMP.fullmatch, _names(bundle))):
        yield name, bundle_file(bundle, name)


def add_stamp(bundle: Path, raw: bytes) -> str:
    """Lay a stamp into a bundle, beside those that are there; returns its name. A zip is replaced as a whole."""
    taken = set(_names(bundle))
    name = next(n for n in (STAMP, *(f"timestamp-{k}.tsr" for k in range(2, 1000))) if n not in taken)
    if bundle.is_dir():
        with (bundle / name).open("xb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        return name
    copy = bundle.with_name(f".{bundle.name}.stamped")
    try:
        shutil.copyfile(bundle, copy)
        with zipfile.ZipFile(copy, "a") as packed:
            packed.writestr(f"{_top(packed)}/{name}", raw)
        copy.replace(bundle)
    finally:
        copy.unlink(missing_ok=True)
    return name


def _names(bundle: Path) -> list[str]:
    """Names of the files at the top of a bundle."""
    if bundle.is_dir():
        return [path.name for path in bundle.iterdir() if path.is_file()]
    try:
        with zipfile.ZipFile(bundle) as packed:
            top = f"{_top(packed)}/"
            return [name.removeprefix(top) for name in packed.namelist() if name.startswith(top)]
    except (IndexError, *BROKEN):
        return []  # that it is no bundle is told by who checks it


def _top(packed: zipfile.ZipFile) -> str:
    return packed.namelist()[0].partition("/")[0]


def _limited(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is too large")
    return path.read_bytes()
