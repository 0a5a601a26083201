"""A large TIFF strip by strip, so that a colour drawing of hundreds of megapixels never lies in memory whole.

Strips are packed each on its own (TIFF 6.0, section 3), so each, behind a head that tells of one strip only, is a
small TIFF that Pillow reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image, TiffImagePlugin

_LENGTH, _COMPRESSION, _PLANAR = 257, 259, 284
_OFFSETS, _COUNTS, _ROWS = 273, 279, 278
_TILED = 322
_KEPT = (254, 256, 257, 258, 259, 262, 266, 277, 284, 292, 293, 317, 320, 338, 339, 347, 530, 531, 532)
"""What says how pixels are packed: bits, compression, fill order, colours, predictor, JPEG's tables and samples."""
_UNPACKED, _CUT_ROWS = 1, 64
_WHOLE_ONLY = (6, 34712)
"""Old JPEG and JPEG 2000: their strips do not stand alone."""


def has_strips(frame: Image.Image) -> bool:
    """Whether the page that is open is a TIFF whose strips can be read one by one."""
    if not isinstance(frame, TiffImagePlugin.TiffImageFile):
        return False
    tags = frame.tag_v2
    packing, offsets = tags.get(_COMPRESSION, 1), tags.get(_OFFSETS, ())
    parts = len(offsets) == len(tags.get(_COUNTS, ())) and (len(offsets) > 1 or packing == _UNPACKED)
    return parts and tags.get(_PLANAR, 1) == 1 and _TILED not in tags and packing not in _WHOLE_ONLY


def strips(path: Path, frame: Image.Image) -> Iterator[Image.Image]:
    """The strips of the page that is open, from the top, each decoded. Raises what Pillow does on damaged ones."""
    assert isinstance(frame, TiffImagePlugin.TiffImageFile)  # noqa: S101  as has_strips says
    tags = frame.tag_v2
    with path.open("rb") as file:
        for offset, count, rows in _places(tags):
            file.seek(offset)
            with Image.open(_alone(tags, rows, file.read(count)), formats=("TIFF",)) as strip:
                strip.load()
                yield strip


def _places(tags: TiffImagePlugin.ImageFileDirectory_v2) -> Iterator[tuple[int, int, int]]:
    """(where it begins, its bytes, its rows) of each strip; one that is not packed is cut into smaller ones."""
    left = tags[_LENGTH]
    for offset, count in zip(tags[_OFFSETS], tags[_COUNTS], strict=True):
        rows = min(tags.get(_ROWS, left), left)
        if rows <= 0:
            return
        left -= rows
        if tags.get(_COMPRESSION, 1) != _UNPACKED:
            yield offset, count, rows
            continue
        line = count // rows
        for row in range(0, rows, _CUT_ROWS):
            here = min(_CUT_ROWS, rows - row)
            yield offset + row * line, here * line, here


def _alone(tags: TiffImagePlugin.ImageFileDirectory_v2, rows: int, data: bytes) -> BytesIO:
    """A TIFF of one strip."""
    head = TiffImagePlugin.ImageFileDirectory_v2(prefix=tags.prefix)
    for tag in _KEPT:
        if tag in tags:
            head.tagtype[tag] = tags.tagtype[tag]
            head[tag] = tags[tag]
    head[_LENGTH], head[_ROWS], head[_COUNTS], head[_OFFSETS] = rows, rows, len(data), 0
    out = BytesIO()
    head.save(out)  # adds the length of the head to the offset
    out.write(data)
    out.seek(0)
    return out
