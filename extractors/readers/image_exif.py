"""What a camera wrote into a picture (CIPA DC-008, EXIF 2.32): when, where and with what it was taken."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_CAMERA_TAGS = (
    (IFD.Exif, Base.DateTimeOriginal, "EXIF DateTimeOriginal"),
    (IFD.Exif, Base.DateTimeDigitized, "EXIF DateTimeDigitized"),
    (None, Base.DateTime, "EXIF DateTime"),
    (IFD.Exif, Base.OffsetTimeOriginal, "EXIF OffsetTimeOriginal"),
    (None, Base.Make, "EXIF Make"),
    (None, Base.Model, "EXIF Model"),
    (IFD.Exif, Base.LensModel, "EXIF LensModel"),
    (None, Base.Software, "EXIF Software"),
    (None, Base.ImageDescription, "EXIF ImageDescription"),
    (None, Base.Artist, "EXIF Artist"),
    (IFD.Exif, Base.UserComment, "EXIF UserComment"),
)
_MAX_LENGTH = 500
_BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OSError,
    SyntaxError,
    ZeroDivisionError,
    OverflowError,
)
"""What reading a damaged EXIF block raises."""


def exif_metadata(image: Image.Image) -> Iterator[tuple[str, str]]:
    """("EXIF DateTimeOriginal", "2023:03:14 09:12:44"), ("EXIF GPS", "22.319300,114.169400") and so on.

    What is missing or damaged is left out. Times stand as the camera wrote them (local time).
    """
    try:
        exif = image.getexif()
    except (*_BROKEN, struct.error):
        return
    blocks = {None: exif, IFD.Exif: _block(exif, IFD.Exif), IFD.GPSInfo: _block(exif, IFD.GPSInfo)}
    for block, tag, key in _CAMERA_TAGS:
        value = _text(blocks[block], tag)
        if value:
            yield key, value
    place = _position(blocks[IFD.GPSInfo])
    if place:
        yield "EXIF GPS", place


def orientation(image: Image.Image) -> int:
    """How the camera was held: 1 (upright) to 8 (EXIF 2.32, tag 0x0112); 1 when it is not told."""
    try:
        told = image.getexif().get(Base.Orientation, 1)
    except (*_BROKEN, struct.error):
        return 1
    return told if isinstance(told, int) and 1 <= told <= 8 else 1


def _block(exif: Image.Exif, which: IFD) -> Mapping[int, Any]:
    try:
        return exif.get_ifd(which)
    except (*_BROKEN, struct.error):
        return {}


def _text(block: Mapping[int, Any], tag: int) -> str:
    try:
        value = block.get(tag)
    except (*_BROKEN, struct.error):
        return ""
    if isinstance(value, bytes):
        value = re.sub(rb"^(ASCII|UNICODE|JIS)\0+|^\0{8}", b"", value).decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    cleaned = re.sub(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]+", " ", value).strip()
    return cleaned[:_MAX_LENGTH] if re.search(r"[1-9A-Za-z\u0080-\U0010ffff]", cleaned) else ""


def _position(block: Mapping[int, Any]) -> str:
    """Decimal degrees "latitude,longitude" (WGS 84), south and west negative."""
    try:
        latitude = _degrees(block[GPS.GPSLatitude], block.get(GPS.GPSLatitudeRef), "S")
        longitude = _degrees(block[GPS.GPSLongitude], block.get(GPS.GPSLongitudeRef), "W")
    except (*_BROKEN, struct.error):
        return ""
    sound = (
        math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    )
    if not sound or (latitude == 0 and longitude == 0):
        return ""
    return f"{latitude:.6f},{longitude:.6f}"


def _degrees(parts: Any, reference: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if isinstance(reference, bytes):
        reference = reference.decode("ascii", "replace")
    return -value if str(reference).strip().upper().startswith(negative) else value
