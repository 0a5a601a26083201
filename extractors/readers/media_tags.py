"""What a container of moving pictures or sound says of itself, told by MediaInfo: streams, times, device, tags.

MediaInfo follows references to other files and hosts (reference movies, playlists), so it is given the bytes alone and
reads them `sealed`: it can open nothing.
"""

from __future__ import annotations

import importlib.metadata
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.errors import MediaLibraryMissing
from extractors.readers.sealed import POSSIBLE, sealed

_LONGEST = 500
_MOST_TRACKS = 100
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]+")
_SIZE_UNKNOWN = "72057594037927935"
"""The size (2^56 - 1) by which Matroska says that it is not known (RFC 8794, 6.2): a live recording, not a cut."""


@dataclass(frozen=True, slots=True)
class Track:
    """A stream, or the container itself (`kind` "General"); names of fields are MediaInfo's in lower case."""

    kind: str
    fields: Mapping[str, str]

    def text(self, *names: str) -> str:
        """The first of these fields that is there, else ""."""
        return next((self.fields[name] for name in names if self.fields.get(name)), "")

    def number(self, name: str) -> float:
        """A field as a number; 0 where it is missing or none."""
        try:
            value = float(self.fields.get(name, ""))
        except ValueError:
            return 0.0
        return value if math.isfinite(value) else 0.0


@dataclass(frozen=True, slots=True)
class Container:
    """A file as MediaInfo sees it. `cut_off`: its own sizes say that its end is missing."""

    general: Track
    tracks: tuple[Track, ...]
    cut_off: bool

    def first(self, kind: str) -> Track | None:
        """The first stream of a kind ("Video", "Audio")."""
        return next((track for track in self.tracks if track.kind == kind), None)

    @property
    def encrypted(self) -> bool:
        """Whether some stream is."""
        return any(track.text("encryption") for track in (self.general, *self.tracks))


_NOTHING = Container(Track("General", {}), (), False)


def version() -> str:
    """pymediainfo's version. Raises MediaLibraryMissing."""
    _library()
    return importlib.metadata.version("pymediainfo")


def container(path: Path) -> Container:
    """What the file at `path` says of itself; nothing at all where it is no container that MediaInfo knows.

    Raises MediaLibraryMissing.
    """
    library = _library()
    if not POSSIBLE:
        return _NOTHING
    with path.open("rb") as file, sealed():
        answer = library.parse(file, output="JSON", full=False)
    try:
        told = json.loads(answer, strict=False).get("media") or {}
    except (ValueError, AttributeError):
        return _NOTHING
    return _container(told.get("track") or [])


def _library() -> Any:
    try:
        from pymediainfo import MediaInfo
    except ImportError as error:
        raise MediaLibraryMissing(
            "pymediainfo, which reads what videos say of themselves, is missing"
        ) from error
    if not MediaInfo.can_parse():
        raise MediaLibraryMissing("MediaInfo's library, which pymediainfo brings along, cannot be loaded")
    return MediaInfo


def _container(told: Sequence[Mapping[str, Any]]) -> Container:
    tracks = [Track(str(track.get("@type")), dict(_fields(track))) for track in told[:_MOST_TRACKS]]
    if not tracks or tracks[0].kind != "General":
        return _NOTHING
    extra = told[0].get("extra")
    cut = isinstance(extra, dict) and extra.get("IsTruncated") == "Yes" and _SIZE_UNKNOWN not in str(extra)
    return Container(tracks[0], tuple(tracks[1:]), cut)


def _fields(track: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    extra = track.get("extra")
    for source in (extra if isinstance(extra, dict) else {}, track):
        for name, value in source.items():
            cleaned = _UNPRINTABLE.sub(" ", value).strip() if isinstance(value, str) else ""
            if cleaned:
                yield name.casefold(), cleaned[:_LONGEST]
