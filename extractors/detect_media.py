"""Videos and sound recordings that libmagic does not know, and playlists that it takes for them."""

from __future__ import annotations

PLAYLISTS = frozenset(
    {
        "application/vnd.apple.mpegurl",
        "application/x-mpegurl",
        "audio/x-mpegurl",
        "audio/x-scpls",
        "application/sdp",
        "application/dash+xml",
        "application/smil+xml",
        "application/xspf+xml",
    }
)
"""Texts that name recordings elsewhere: they are read as texts, and nothing in them is followed."""

_RECORDINGS = ("video/", "audio/", "application/ogg", "application/mxf", "application/vnd.rn-realmedia")
_VIDEO = ".mp4 .m4v .mov .3gp .3g2 .mkv .webm .avi .mpg .mpeg .vob .wmv .asf .flv .mts .m2ts .ogv .dv .mxf .rm .rmvb"
_AUDIO = ".mp3 .m4a .aac .wav .ogg .oga .opus .flac .amr .awb .wma .aif .aiff .au .ac3 .caf .mka .weba"
SUFFIXES: dict[str, tuple[str, ...]] = dict.fromkeys(f"{_VIDEO} {_AUDIO}".split(), _RECORDINGS)
"""Which of the two families a container is of is no matter of its suffix."""

_STARTS = {b"caff": "audio/x-caf", b"ID3": "audio/mpeg", b"RF64": "audio/x-wav", b"BW64": "audio/x-wav"}
_BOXES = {b"ftyp": "video/mp4", b"moov": "video/quicktime", b"mdat": "video/quicktime"}
_SPACE = (b"wide", b"free", b"skip")
_SYNC = 0x47
_PACKETS = ((188, 0), (192, 4), (204, 0))
"""Lengths of MPEG-2 transport packets (ISO 13818-1; with a time before each on Blu-ray and cameras; with parity),
and where the sync byte stands in each."""


def media_by_head(head: bytes) -> str | None:
    """The type of a recording by its first bytes; None where they are not those of one."""
    for start, kind in _STARTS.items():
        if head.startswith(start):
            return kind
    box = head[4:8]
    if box in _SPACE and (size := int.from_bytes(head[:4], "big")) >= 8:
        box = head[size + 4 : size + 8]
    return _BOXES.get(box) or ("video/mp2t" if _is_transport(head) else None)


def _is_transport(head: bytes) -> bool:
    return any(_in_step(head, length, first) for length, first in _PACKETS)


def _in_step(head: bytes, length: int, first: int) -> bool:
    beats = head[first : first + 8 * length : length]
    return len(beats) >= 3 and set(beats) == {_SYNC}
