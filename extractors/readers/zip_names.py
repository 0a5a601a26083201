"""Names of archive members: in UTF-8 when the archive says so, else in whatever the packing program wrote."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from pathlib import Path

from extractors.readers.encodings import decode, plausibility

_UNICODE_PATH = 0x7075
_UTF8_FLAG = 0x800
_SURE = 0.3
"""How plausible a name must be in another encoding than that of APPNOTE."""


def member_name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant (APPNOTE 4.4.17, 4.6.9, appendix D). Untrusted: shown, never used as a path."""
    if info.flag_bits & _UTF8_FLAG:
        name = info.orig_filename
    else:
        raw = info.orig_filename.encode("cp437", "replace")
        name = _from_extra(info.extra, raw) or guessed_name(raw)
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "\ufffd", name) or "(no name)"


def local_name(path: Path, info: zipfile.ZipInfo) -> str:
    """The name in the member's own header. `zipfile` refuses a member whose two names differ; names are never
    used here, so the member can be read all the same."""
    with path.open("rb") as file:
        file.seek(info.header_offset)
        header = file.read(30)
        raw = file.read(int.from_bytes(header[26:28], "little"))
    return raw.decode("utf-8" if info.flag_bits & _UTF8_FLAG else "cp437")


def guessed_name(raw: bytes) -> str:
    """A name that no one told the encoding of, from its bytes."""
    if raw.isascii():
        return raw.decode("ascii")
    decoded = decode(raw)
    is_windows = decoded.encoding.startswith(
        "cp12"
    )  # the single-byte names in archives are DOS's, not Windows'
    is_sure = not decoded.lost and plausibility(decoded.text) >= _SURE
    return decoded.text if is_sure and not is_windows else raw.decode("cp437")


def _from_extra(extra: bytes, raw: bytes) -> str | None:
    """Info-ZIP's Unicode path, valid only while its checksum is that of the plain name."""
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, position)
        body = extra[position + 4 : position + 4 + size]
        if (
            kind == _UNICODE_PATH
            and len(body) > 5
            and struct.unpack_from("<I", body, 1)[0] == zlib.crc32(raw)
        ):
            return body[5:].decode("utf-8", "replace")
        position += 4 + size
    return None
