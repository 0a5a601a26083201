"""BagIt (RFC 8493): a folder whose every file is named with its SHA-256."""

from __future__ import annotations

import datetime
import os
import zipfile
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from pipeline.bundle.tables import sha256

_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_ZIP_CHUNK = 2**20


def close_bag(folder: Path, info: Mapping[str, str]) -> int:
    """Makes a bag of a folder whose payload lies in `data/`; returns the bytes of all its files.

    `info` are further lines of bag-info.txt. Everything is on the disk when this returns.
    """
    payload = files_below(folder / "data")
    size = sum(path.stat().st_size for path in payload)
    own = {
        "Bag-Software-Agent": f"claimtrail {version('claimtrail')}",
        "Payload-Oxum": f"{size}.{len(payload)}",
    }
    _write(folder / "bagit.txt", _DECLARATION)
    _write(folder / "bag-info.txt", "".join(f"{key}: {_line(v)}\n" for key, v in {**info, **own}.items()))
    _write(folder / "manifest-sha256.txt", _manifest(folder, payload))
    tags = [folder / name for name in ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")]
    _write(folder / "tagmanifest-sha256.txt", _manifest(folder, tags))
    everything = files_below(folder)
    for path in everything:
        _settle(path)
    return sum(path.stat().st_size for path in everything)


def files_below(folder: Path) -> list[Path]:
    """All files in the folder and below, in order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _manifest(folder: Path, files: Iterable[Path]) -> str:
    return "".join(f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)


def _line(value: str) -> str:
    return " ".join(value.split())


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n", errors="replace")


def _settle(path: Path) -> None:
    """Puts the file on the disk for good, so that no crash leaves a half one behind the final name."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def zip_bag(folder: Path, out: Path, name: str, made_at: datetime.datetime) -> None:
    """Zips a bag, under the folder `name`; the same bag gives the same bytes. Pictures are not packed again."""
    moment = max(made_at, datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)).timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files_below(folder):
            entry = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", moment)
            packed = path.suffix.lower() in {".csv", ".json", ".jsonl", ".txt", ".eml", ".html"}
            entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as sink:
                while block := source.read(_ZIP_CHUNK):
                    sink.write(block)
    _settle(out)
