"""Pages of a PDF as pictures, for those that cannot be taken over as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2

from extractors.limits import Limits
from pipeline.renditions.picture import Placed, full_page

_RENDER_DPI = 200
_QUALITY = 85


class Unprintable(Exception):
    """The file cannot be shown on pages; the message says why, for people."""


def drawn(source: Path) -> Iterator[Placed | int]:
    """The pages as pictures, one at a time; a page that cannot be drawn is its number.

    Raises Unprintable when no page can.
    """
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        raise Unprintable("The file is damaged") from error
    try:
        total = len(document)
        if not total:
            raise Unprintable("The file is damaged: it has no pages")
        for at in range(total):
            yield _picture(document, at)
    finally:
        document.close()


def _picture(document: pypdfium2.PdfDocument, at: int) -> Placed | int:
    try:
        page = document[at]
        wide, high = page.get_size()
        most = (Limits().pixels / 4 / max(wide * high, 1.0)) ** 0.5
        bitmap = page.render(scale=min(_RENDER_DPI / 72, most))
        return full_page(bitmap.to_pil(), (wide, high), _QUALITY)
    except pypdfium2.PdfiumError:
        return at + 1
