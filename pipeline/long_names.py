"""File names of any length: a file's own name may be as long as a name can be, one made from it would be too long."""

from __future__ import annotations

import errno
import os
from pathlib import Path, PurePath

MOST_BYTES = 255
"""Of a file's name, on the file systems that there are."""
LONGEST_SUFFIX = 20


def is_there(path: Path) -> bool:
    """Whether there is such a file; of a name that is too long for any there is none. Raises `OSError`."""
    try:
        return path.exists()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return False
        raise


def fitting(name: str, more: str = "", room: int = 0) -> str:
    """A name with `more` before its suffix, cut so that `room` bytes are left behind it: `scan.pdf`, `scan (2).pdf`."""
    suffix = PurePath(name).suffix
    if _bytes(suffix) > LONGEST_SUFFIX:
        suffix = ""
    stem = name.removesuffix(suffix)
    while _bytes(stem + more + suffix) > MOST_BYTES - room:
        stem = stem[:-1]
    return stem + more + suffix


def _bytes(name: str) -> int:
    return len(os.fsencode(name))
