"""Is everything there that the work needs? Each check says what it found and, when it is not well, how to mend it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from extractors.detect import media_type
from extractors.errors import ClaimtrailError
from extractors.ocr import engine
from extractors.ocr.policy import BEST, FAST
from extractors.readers import film, media_tags, soffice
from index.engines import DEFAULT_ENGINE, engine_of
from index.errors import SearchError
from pipeline.bundle.fonts import han
from pipeline.errors import NoWorkspace
from pipeline.indexing import count_behind, open_search
from pipeline.matter import Matter
from pipeline.originals.folder import FolderOriginals
from pipeline.records import holds
from pipeline.settings import OcrSettings, Settings

ENOUGH_SPACE = 2 * 2**30
MANY_PAGES = 30_000
"""Beyond so many pages a search with the default engine takes more than a second now and then."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `remedy` is empty when it is well."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """`{"name", "ok", "detail", "remedy"}`."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "remedy": self.remedy}


def examine(root: Path) -> list[Check]:
    """All checks, those of the workspace in `root` included when there is one."""
    try:
        matter = Matter.open(root, "doctor")
    except NoWorkspace:
        return [*_installation(Settings()), _space(Path.cwd()), Check("workspace", True, f"none in {root}")]
    except ClaimtrailError as error:
        return [*_installation(Settings()), Check("workspace", False, error.message, error.remedy)]
    with matter:
        return [*_installation(matter.settings), _space(root), *_of(matter)]


def _of(matter: Matter) -> Iterator[Check]:
    yield _database(matter)
    if matter.settings.originals.url is not None:
        there = _attempt("originals", matter.originals.examine)
        yield there
        if there.ok and isinstance(matter.originals, FolderOriginals):
            yield replace(_space(matter.originals.root), name="disk of the originals")
    yield _index(matter)


def _installation(settings: Settings) -> Iterator[Check]:
    ocr = settings.ocr
    if ocr.engine == "auto":
        yield _attempt("OCR", lambda: _ocr(FAST, ocr))
        yield _attempt("second OCR engine", lambda: _ocr(BEST, ocr))
    else:
        yield _attempt("OCR", lambda: _ocr(ocr.engine, ocr))
    yield _attempt("libmagic", lambda: media_type(Path(__file__), "doctor.py"))
    yield _attempt("videos", lambda: f"OpenCV {film.version()}, pymediainfo {media_tags.version()}")
    yield _attempt("fonts", lambda: str(han().face.filename))
    yield _libreoffice()


def _libreoffice() -> Check:
    """It is not required: without it old Office files give their text alone."""
    found = soffice.installed()
    missing = "not installed: of .doc, .xls and .ppt the text alone is read, without pictures and layout"
    return Check("LibreOffice", True, found or missing, "" if found else soffice.HINT)


def _ocr(name: str, settings: OcrSettings) -> str:
    found = engine(name)
    found.check(settings.languages)
    return f"{found.name} {found.version}, {', '.join(settings.languages)}"


def _attempt(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except ClaimtrailError as error:
        return Check(name, False, error.message, error.remedy)


def _space(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    detail = f"{free / 2**30:.1f} GiB free"
    return Check("disk", free >= ENOUGH_SPACE, detail, "" if free >= ENOUGH_SPACE else "Free at least 2 GiB.")


def _database(matter: Matter) -> Check:
    try:
        faults, which = matter.records.integrity_faults(), matter.records.description()
    except ClaimtrailError as error:
        return Check("database", False, error.message, error.remedy)
    remedy = f"Restore {matter.records.name} from a back-up." if faults else ""
    return Check("database", not faults, faults[0] if faults else f"{which}, sound{_in_hand(matter)}", remedy)


def _in_hand(matter: Matter) -> str:
    """Who reads documents just now: nobody else does while that process lives, whether it works or hangs."""
    with matter.reading() as tx:
        found = holds.holders(tx)
    return "".join(f"; {count} documents are being read by {name}" for name, count in found)


def _index(matter: Matter) -> Check:
    try:
        with closing(open_search(matter)) as index:
            pages, engine_name = index.count(), engine_of(matter.workspace.index)
        large = engine_name == DEFAULT_ENGINE and pages > MANY_PAGES
        remedy = "A faster engine answers at once: claimtrail reindex --engine tantivy." if large else ""
        return Check(
            "index", True, f"{pages} pages, engine {engine_name}{_behind(matter)}", remedy or _other(matter)
        )
    except SearchError as error:
        return Check("index", False, error.message, error.remedy)


def _other(matter: Matter) -> str:
    """What to do where the settings name an engine and the index was built with another: nothing else tells."""
    wanted = matter.settings.search_engine
    if wanted in (DEFAULT_ENGINE, engine_of(matter.workspace.index)):
        return ""
    return f"settings.yaml names the engine {wanted}: claimtrail reindex --engine {wanted}."


def _behind(matter: Matter) -> str:
    """How far an index of this machine's own lacks what others brought to the records that they share."""
    count = count_behind(matter)
    return (
        f"; {count} documents come into it with the next intake here or claimtrail reindex" if count else ""
    )
