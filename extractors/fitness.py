"""What readings depend on besides the file: our own code, the engines, their models, the libraries that parse.

Two machines with the same fitness read a file the same way, so that either may read it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from collections.abc import Iterable
from pathlib import Path

from extractors.errors import ClaimtrailError
from extractors.extract import CLASSIFY_VERSION, FACTS_VERSION, READ_VERSION
from extractors.ocr import engine
from extractors.ocr.policy import BEST, FAST
from extractors.ocr.tesseract import models
from extractors.readers import soffice

LANGUAGE = "language "
"""Begins the names of what only one language of OCR depends on."""
_LIBRARIES = (
    *("charset-normalizer", "lxml", "numpy", "olefile", "opencv-python-headless", "openpyxl", "pdfminer.six"),
    *("pdfplumber", "pi-heif", "pikepdf", "pillow", "py7zr", "pymediainfo", "pypdfium2", "pytesseract"),
    *("onnxruntime", "rapidfuzz", "rapidocr", "xlrd"),
)
_OURS = (".py", ".yaml", ".npz", ".json", ".txt")
_TURNED = "osd"
"""Tesseract's model that tells how a page lies; used whatever the languages are."""


def fitness(languages: Iterable[str] | None = None) -> dict[str, str]:
    """Versions and hashes by name; of OCR's languages these, or all that are installed. What is not there is "missing",
    or a language without an entry.
    """
    found = {
        "python": platform.python_version().rpartition(".")[0],
        "claimtrail": f"{_version('claimtrail')} {hash_of(_own_files())}",
        "steps": f"read {READ_VERSION}, classify {CLASSIFY_VERSION}, facts {FACTS_VERSION}",
        "LibreOffice": "installed" if soffice.installed() else "missing",
        **{name: _engine_version(name) for name in (FAST, BEST)},
        **{name: _version(name) for name in _LIBRARIES},
    }
    return found | {f"{LANGUAGE}{name}": of for name, of in _models(languages).items()}


def hash_of(files: Iterable[Path]) -> str:
    """The beginning of a hash over these files."""
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{path.name}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]


def _own_files() -> list[Path]:
    return sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in _OURS)


def _models(languages: Iterable[str] | None) -> dict[str, str]:
    try:
        files = models()
    except ClaimtrailError:
        return {}
    wanted = sorted(files if languages is None else {*languages, _TURNED})
    return {name: _hash(files[name]) for name in wanted if name in files}


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:12]


def _engine_version(name: str) -> str:
    try:
        return engine(name).version
    except ClaimtrailError:
        return "missing"


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
