"""A production as it lies on the disk: every record with its files, which are looked for only below its own folder."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.loadfile.dat import Row, read_dat
from pipeline.loadfile.opt import by_document, read_opt

_FOR_DATA = frozenset({"data", "loadfiles", "load files", "load"})
_BESIDE = frozenset({"natives", "native", "images", "image", "img", "text", "texts", "ocr"})


@dataclass(frozen=True, slots=True)
class Produced:
    """A document of a production: its numbers, the files that stand for it, its family and what was said of it.

    `missing` are paths that the load files name and that do not lie below the production's folder.
    """

    begin: str
    end: str
    name: str
    native: Path | None
    images: tuple[Path, ...]
    text: Path | None
    parent: str = ""
    attach: tuple[str, str] = ("", "")
    sha256: str = ""
    said: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()


class Shelf:
    """The files of a production, found by the paths that load files write, however these are written.

    They are looked for below the DAT's folder only, or below the one around it where that is but a folder for data
    beside those for natives, images or texts. Links are not followed.
    """

    def __init__(self, dat: Path) -> None:
        own = dat.resolve().parent
        self._listings: dict[Path, dict[str, Path]] = {}
        self._roots = [own]
        if own.name.casefold() in _FOR_DATA and not _BESIDE.isdisjoint(self._listing(own.parent)):
            self._roots.append(own.parent)

    def find(self, written: str) -> Path | None:
        r"""The file that `D:\Prod\VOL001\NATIVES\1.msg` means: the longest end of the path that lies here."""
        parts = [
            part for part in _plain(written.replace("\\", "/")).split("/") if part not in ("", ".", "..")
        ]
        for at in range(len(parts)):
            for root in self._roots:
                if (path := self._below(root, parts[at:])) is not None:
                    return path
        return None

    def _below(self, root: Path, parts: Sequence[str]) -> Path | None:
        path: Path | None = root
        for part in parts:
            path = self._listing(path).get(part) if path is not None else None
        return path if path is not None and path.is_file() else None

    def _listing(self, folder: Path) -> dict[str, Path]:
        """What lies in a folder, by name without regard to case; nothing where it is none."""
        if folder not in self._listings:
            found = sorted(folder.iterdir()) if folder.is_dir() else []
            self._listings[folder] = {_plain(path.name): path for path in found if not path.is_symlink()}
        return self._listings[folder]


def _plain(path: str) -> str:
    """Without regard to case and to how accents are composed, in which systems differ."""
    return unicodedata.normalize("NFC", path).casefold()


def produced(dat: Path, opt: Path | None = None) -> list[Produced]:
    """The documents of a production in the order of its DAT. Raises LoadFileUnreadable.

    Without `opt` the OPT beside the DAT is read, where there is one of the same name.
    """
    beside = next((p for p in (dat.with_suffix(".opt"), dat.with_suffix(".OPT")) if p.is_file()), None)
    named = opt or beside
    images = by_document(read_opt(named)) if named else {}
    shelf = Shelf(dat)
    rows = read_dat(dat)
    return [_of(row, shelf, [image.path for image in images.get(row.known["begin"], ())]) for row in rows]


def _of(row: Row, shelf: Shelf, images: Sequence[str]) -> Produced:
    known = row.known
    native, text = known.get("native", ""), known.get("text", "")
    pictures = [shelf.find(path) for path in images]
    wanted = [(native, shelf.find(native)), (text, shelf.find(text)), *zip(images, pictures, strict=True)]
    begin = known["begin"]
    name = known.get("name") or PurePosixPath((native or begin).replace("\\", "/")).name
    return Produced(
        begin,
        known.get("end") or begin,
        name,
        shelf.find(native),
        tuple(path for path in pictures if path) if all(pictures) else (),
        shelf.find(text),
        known.get("parent", ""),
        (known.get("attach_begin", ""), known.get("attach_end", "")),
        known.get("sha256", "").lower(),
        tuple((key, value) for key, value in row.fields.items() if value),
        tuple(path for path, found in wanted if path and found is None and "\n" not in path),
    )


def parents(documents: Sequence[Produced]) -> dict[str, str]:
    """The first number of each attachment's parent, by the attachment's: as said, or the first of its family."""
    begins = {document.begin for document in documents}
    found = {}
    for document in documents:
        head = document.parent or document.attach[0]
        if head in begins and head != document.begin:
            found[document.begin] = head
    return found
