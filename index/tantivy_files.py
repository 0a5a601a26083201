"""The files of a Tantivy index: which state is the newest, and whether all of them are what was written."""

from __future__ import annotations

import errno
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexDamaged, SearchError, TextsAway

_META = "meta.json"
_LISTS = (_META, ".managed.json")
_FOOTER = 8
"""The last bytes of a file: the length of its footer, and a number that all files end in."""
_MAGIC = 1337
_BLOCK = 2**20
_REFUSED = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


@contextmanager
def guarded() -> Iterator[None]:
    """What Tantivy raises over damaged files, panics included, becomes one error that says what to do.

    Only the kind is named: the text may quote the evidence. A full disk and a folder that may not be written to are
    no damage, and stay what they are.
    """
    try:
        yield
    except (SearchError, TextsAway, KeyboardInterrupt, GeneratorExit, SystemExit):
        raise
    except BaseException as error:  # a panic is no Exception
        if isinstance(error, OSError) and error.errno in _REFUSED:
            raise
        raise IndexDamaged(f"The search index cannot be read ({type(error).__name__})") from error


def stamp(folder: Path) -> tuple[int, int]:
    """What changes with every commit."""
    found = (folder / _META).stat()
    return found.st_ino, found.st_mtime_ns


def check_files(folder: Path) -> None:
    """Raises `IndexDamaged` when a file is not what was written: each ends with the checksum of what is before."""
    for name in _LISTS:
        json.loads((folder / name).read_text(encoding="utf-8"))
    segments = {found["segment_id"].replace("-", "") for found in _read(folder)["segments"]}
    for path in folder.iterdir():
        if path.name.partition(".")[0] in segments and not _is_whole(path):
            raise IndexDamaged(f"{path} is damaged")


def _read(folder: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads((folder / _META).read_text(encoding="utf-8"))
    return found


def _is_whole(path: Path) -> bool:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(size - _FOOTER)
        length, magic = (int.from_bytes(file.read(4), "little") for _ in range(2))
        if magic != _MAGIC or length + _FOOTER > size:
            return False
        file.seek(size - _FOOTER - length)
        said = json.loads(file.read(length))["crc"]
        file.seek(0)
        return bool(_crc(file, size - _FOOTER - length) == said)


def _crc(file: object, size: int) -> int:
    found = 0
    while size > 0:
        block = file.read(min(_BLOCK, size))  # type: ignore[attr-defined]
        found, size = zlib.crc32(block, found), size - len(block)
    return found
