"""The particulars of a recording, as people would write them on a sheet: when, how long, where, with what."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from extractors.readers.media_tags import Container, Track

_RECORDED = (
    "com_apple_quicktime_creationdate",
    "datetimeoriginal",
    "date_time_original",
    "date_recorded",
    "recorded_date",
    "mastered_date",
    "creation_time",
    "creationdate",
)
"""What a camera or a person says of the recording, the surest first. QuickTime's creationdate names its zone."""
_CREATED = ("encoded_date",)
"""When the container was written. ISO 14496-12, 8.2.2: seconds since 1904 in UTC; MediaInfo adds "UTC" to those."""
_MOMENT = re.compile(
    r"(?P<year>\d{4})[-:/.](?P<month>\d\d)[-:/.](?P<day>\d\d)"
    r"(?:[T /]+(?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d+)?)?"
    r"[T ]*(?P<zone>(?:Z ?)?UTC|Z|[+-]\d\d:?\d\d)?"
)
_UNSET = ("1904-01-01", "1970-01-01", "1980-01-01")
"""Where the clocks of QuickTime, Unix and DOS begin: what stands in a file when nobody set the time."""
_FIRST, _LAST = "1980", "2099"
_PLACES = (
    "com_apple_quicktime_location_iso6709",
    "xyz",
    "recorded_location",
    "location",
    "location_eng",
)
_ISO6709 = re.compile(r"(?P<latitude>[+-]\d{2,6}(?:\.\d+)?)(?P<longitude>[+-]\d{3,7}(?:\.\d+)?)")
_MAKES = ("com_apple_quicktime_make", "com_android_manufacturer", "make", "encoded_hardware_companyname")
_MODELS = (
    "com_apple_quicktime_model",
    "com_android_model",
    "model",
    "encoded_hardware_name",
    "encoded_hardware",
)
_TAGS = (
    ("title", ("com_apple_quicktime_title", "title")),
    (
        "artist",
        ("com_apple_quicktime_artist", "com_apple_quicktime_author", "performer", "artist", "director"),
    ),
    ("description", ("com_apple_quicktime_description", "description")),
    ("comment", ("com_apple_quicktime_comment", "comment", "title_more")),
    ("copyright", ("com_apple_quicktime_copyright", "copyright")),
)


def particulars(told: Container) -> list[tuple[str, str]]:
    """("recorded", "2023-11-15 09:07:31 +00:00"), ("length", "00:00:06"), ("place", "50.415100,-4.875000") and so on.

    In the order of a sheet; what the file does not say, or says twice, is left out. Times stand as the file has
    them: with a zone or "UTC" where it names one, else by the device's own clock.
    """
    found: dict[str, str] = {}
    for label, value in _all(told):
        if value and value not in found.values():
            found[label] = value
    return list(found.items())


def sheet(pairs: list[tuple[str, str]]) -> str:
    """The particulars as lines of text."""
    return "".join(f"{label.capitalize()}: {value}\n" for label, value in pairs)


def seconds(told: Container) -> float:
    """How long it runs; 0 where the file does not say."""
    video = told.first("Video")
    return (video.number("duration") if video else 0.0) or told.general.number("duration")


def clock(time: float) -> str:
    """A time in a recording as hh:mm:ss, cut to the second."""
    whole = int(time) if math.isfinite(time) and time > 0 else 0
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _all(told: Container) -> Iterator[tuple[str, str]]:
    general = told.general
    recorded, created = _times(told)
    yield "recorded", recorded
    yield "created", "" if recorded else created
    yield "length", clock(seconds(told)) if seconds(told) else ""
    yield "place", next((place for name in _PLACES if (place := _position(general.text(name)))), "")
    yield "device", _device(general)
    yield "software", _software(general)
    for label, names in _TAGS:
        yield label, general.text(*names)
    video, audio = told.first("Video"), told.first("Audio")
    yield "picture", _picture(video) if video else ""
    yield "sound", _sound(audio) if audio else ""


def _times(told: Container) -> tuple[str, str]:
    """When it was recorded, and when the container was written."""
    general = told.general
    recorded = next((found for name in _RECORDED if (found := _moment(general.text(name)))), "")
    streams = (general, *told.tracks)
    created = next((found for t in streams if (found := _moment(t.text(*_CREATED)))), "")
    if created and not recorded and not created.endswith("UTC"):
        return created, ""
    return recorded, created


def _moment(text: str) -> str:
    """A time in one form for all containers; "" for none, one without a day, and a clock that was never set."""
    match = _MOMENT.search(text)
    if match is None:
        return ""
    day = f"{match['year']}-{match['month']}-{match['day']}"
    if day in _UNSET or not _FIRST <= match["year"] <= _LAST:
        return ""
    return " ".join(part for part in (day, match["time"], _zone(match["zone"])) if part)


def _zone(told: str | None) -> str:
    if not told or told[0] not in "+-":
        return "UTC" if told else ""
    return f"{told[:3]}:{told[-2:]}"


def _position(text: str) -> str:
    """ISO 6709 as decimal degrees "latitude,longitude", south and west negative; "" where it is none."""
    match = _ISO6709.search(text)
    if match is None:
        return ""
    latitude, longitude = _degrees(match["latitude"], 2), _degrees(match["longitude"], 3)
    if abs(latitude) > 90 or abs(longitude) > 180 or (latitude == 0 and longitude == 0):
        return ""
    return f"{latitude:.6f},{longitude:.6f}"


def _degrees(text: str, digits: int) -> float:
    """±DD.D, ±DDMM.M or ±DDMMSS.S (ISO 6709, annex H), with as many digits for the whole degrees."""
    whole, rest = text[1:].partition(".")[0], text[1 + digits :]
    if len(whole) <= digits:
        value = float(text[1:])
    elif len(whole) <= digits + 2:
        value = int(text[1 : 1 + digits]) + float(rest) / 60
    else:
        value = int(text[1 : 1 + digits]) + int(rest[:2]) / 60 + float(rest[2:]) / 3600
    return -value if text.startswith("-") else value


def _device(general: Track) -> str:
    make, model = general.text(*_MAKES), general.text(*_MODELS)
    if model.casefold().startswith(make.casefold()):
        make = ""
    told = f"{make} {model}".strip()
    return told or (general.text("producer") if general.text("bext_present") else "")


def _software(general: Track) -> str:
    android = general.text("com_android_version")
    return (
        f"Android {android}"
        if android
        else general.text("com_apple_quicktime_software", "encoded_application")
    )


def _picture(video: Track) -> str:
    wide, high = video.number("width"), video.number("height")
    rate, turn = video.number("framerate"), video.number("rotation") % 360
    parts = (
        f"{wide:.0f} × {high:.0f} pixels" if wide and high else "",
        f"turned {turn:.0f}°" if turn else "",
        f"{rate:.2f}".rstrip("0").rstrip(".") + " frames per second" if rate else "",
        video.text("format", "codecid"),
    )
    return ", ".join(part for part in parts if part)


def _sound(audio: Track) -> str:
    channels, rate = audio.number("channels"), audio.number("samplingrate")
    parts = (
        audio.text("format", "codecid"),
        f"{channels:.0f} channel{'s' if channels > 1 else ''}" if channels else "",
        f"{rate:.0f} Hz" if rate else "",
    )
    return ", ".join(part for part in parts if part)
