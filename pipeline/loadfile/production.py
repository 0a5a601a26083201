"""A production as it lies on the disk: every record with its files, which are looked for only below its own folder."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.loadfile.dat import Row, read_dat
from pipeline.loadfile.opt import by_document, read_opt

_FOR_DATA = ("data", "loadfiles", "load files", "load")


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


@dataclass(frozen=True)
class Shelf:
    """The files below a production's folder, found by the paths that load files write, however these are written.

    `start` is the folder of the DAT below the root, with a slash behind it, or empty.
    """

    start: str
    files: dict[str, Path]

    @classmethod
    def of(cls, dat: Path) -> Shelf:
        """Looks once through the DAT's folder, or the one around it where that is but a folder for data.

        Links are not followed.
        """
        own = dat.resolve().parent
        root = own.parent if own.name.casefold() in _FOR_DATA else own
        found = {}
        for folder, _, names in os.walk(root):
            for name in names:
                path = Path(folder) / name
                if not path.is_symlink():
                    found[_plain(path.relative_to(root).as_posix())] = path
        return cls("" if own == root else f"{_plain(own.name)}/", found)

    def find(self, written: str) -> Path | None:
        r"""The file that `D:\Prod\VOL001\NATIVES\1.msg` means: the longest end of the path that lies here."""
        parts = [
            part for part in _plain(written.replace("\\", "/")).split("/") if part not in ("", ".", "..")
        ]
        for at in range(len(parts)):
            tail = "/".join(parts[at:])
            if path := self.files.get(self.start + tail) or self.files.get(tail):
                return path
        return None


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
    shelf = Shelf.of(dat)
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
