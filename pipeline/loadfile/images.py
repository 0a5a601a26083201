"""The pages of a document that was produced as images, in one file."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pikepdf
from PIL import Image, UnidentifiedImageError

from extractors.errors import Corrupt, Unsupported

_BILEVEL = "1"


def one_file(images: Sequence[Path], scratch: Path) -> Path:
    """The file that shows all pages: the one there is, else a PDF of PDFs or a TIFF of pictures, made in `scratch`.

    Nothing is lost on the way, and the same images give the same bytes. Raises Corrupt or Unsupported.
    """
    each = list(dict.fromkeys(images))
    if len(each) == 1:
        return each[0]
    kinds = {path.suffix.lower() == ".pdf" for path in each}
    if len(kinds) > 1:
        raise Unsupported(f"{each[0].name}: its pages are partly PDFs and partly pictures.")
    try:
        return _pdf(each, scratch / "pages.pdf") if kinds == {True} else _tiff(each, scratch / "pages.tif")
    except (pikepdf.PdfError, UnidentifiedImageError, OSError) as error:
        raise Corrupt(f"{each[0].name} and the pages after it cannot be put together: {error}") from error


def _pdf(pages: Sequence[Path], out: Path) -> Path:
    with ExitStack() as sources, pikepdf.new() as pdf:
        for page in pages:
            pdf.pages.extend(sources.enter_context(pikepdf.open(page)).pages)
        pdf.save(out, deterministic_id=True)
    return out


def _tiff(pages: Sequence[Path], out: Path) -> Path:
    with ExitStack() as sources:
        frames = [sources.enter_context(Image.open(page)) for page in pages]
        bilevel = all(frame.mode == _BILEVEL for frame in frames)
        how = "group4" if bilevel else "tiff_adobe_deflate"
        density = frames[0].info.get("dpi", (300, 300))
        frames[0].save(out, save_all=True, append_images=frames[1:], compression=how, dpi=density)
    return out
