"""Reading a file in a worker, and handing over what was found in the form in which it is written to the records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extractors.extract import extract
from extractors.limits import Limits
from extractors.picture_hash import PictureHash
from extractors.readers.draft import Child
from extractors.reading import OcrOptions
from pipeline.records.codec import ReadingRows, UnderstandingRows, reading_rows, understanding_rows


@dataclass(frozen=True)
class Packed:
    """All that one file yields; `children` lie in the scratch folder that was given."""

    reading: ReadingRows
    understanding: UnderstandingRows
    children: tuple[Child, ...]
    pictures: tuple[tuple[int, PictureHash], ...]
    """The hashes of the pages that are pictures, by number."""
    unread: tuple[str, ...]
    """The notes that say that a part of the file could not be read."""

    @property
    def kind(self) -> str:
        """The kind that the document was found to be."""
        return str(self.understanding.about["kind"])


def packed(path: Path, untrusted_name: str, scratch: Path, limits: Limits, ocr: OcrOptions) -> Packed:
    """Read a file and understand it. Raises as `extractors.extract.extract`."""
    found = extract(path, untrusted_name, scratch, limits, ocr)
    return Packed(
        reading_rows(found.document),
        understanding_rows(found.understanding, found.document),
        found.children,
        found.pictures,
        found.document.unread,
    )
