"""What a file is, told from its bytes. The name it came with is only asked when several text types fit."""

from __future__ import annotations

import re
import zipfile
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from extractors.detect_media import PLAYLISTS, SUFFIXES, media_by_head
from extractors.detect_ole import ole_type
from extractors.errors import Empty, Encrypted, FileUnreachable, LibmagicMissing

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

HEAD_BYTES = 64 * 1024
_OOXML_FOLDERS = {"word/": DOCX, "xl/": XLSX, "ppt/": PPTX}
_GENERIC_OLE = {"application/x-ole-storage", "application/CDFV2", "application/vnd.ms-office"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

_MAYBE_TEXT = {
    "application/octet-stream",
    "application/mbox",
    "application/x-mswinurl",
    "application/x-setupscript",
    "application/x-wine-extension-ini",
    "application/xml",
}

_TEXT_SUFFIXES = frozenset((".txt", ".text", ".md", ".log", ".csv", ".tsv"))

_SUFFIX_TYPES: dict[str, tuple[str, ...]] = {
    ".pdf": ("application/pdf",),
    ".docx": (DOCX,),
    ".docm": (DOCX,),
    ".xlsx": (XLSX,),
    ".xlsm": (XLSX,),
    ".pptx": (PPTX,),
    ".pptm": (PPTX,),
    ".ppsx": (PPTX,),
    ".potx": (PPTX,),
    ".doc": ("application/msword", "text/rtf", "text/xml"),
    ".xls": ("application/vnd.ms-excel", "text/"),
    ".ppt": ("application/vnd.ms-powerpoint",),
    ".odt": ("application/vnd.oasis.opendocument.text",),
    ".ods": ("application/vnd.oasis.opendocument.spreadsheet",),
    ".odp": ("application/vnd.oasis.opendocument.presentation",),
    ".ott": ("application/vnd.oasis.opendocument.text-template",),
    ".ots": ("application/vnd.oasis.opendocument.spreadsheet-template",),
    ".otp": ("application/vnd.oasis.opendocument.presentation-template",),
    ".fodt": ("application/vnd.oasis.opendocument.text-flat-xml",),
    ".fods": ("application/vnd.oasis.opendocument.spreadsheet-flat-xml",),
    ".fodp": ("application/vnd.oasis.opendocument.presentation-flat-xml",),
    ".epub": ("application/epub+zip",),
    ".rtf": ("text/rtf",),
    ".jpg": ("image/jpeg",),
    ".jpeg": ("image/jpeg",),
    ".png": ("image/png",),
    ".gif": ("image/gif",),
    ".bmp": ("image/bmp", "image/x-ms-bmp"),
    ".tif": ("image/tiff",),
    ".tiff": ("image/tiff",),
    ".webp": ("image/webp",),
    ".heic": ("image/heic", "image/heif"),
    ".heif": ("image/heic", "image/heif"),
    ".svg": ("image/svg+xml",),
    ".eml": ("message/rfc822",),
    ".msg": ("application/vnd.ms-outlook", "message/rfc822"),
    ".html": ("text/html", "text/xml"),
    ".htm": ("text/html", "text/xml"),
    ".csv": ("text/csv", "text/plain"),
    ".txt": ("text/", "message/rfc822", "application/json", "application/x-ndjson"),
    ".zip": ("application/zip",),
    ".7z": ("application/x-7z-compressed",),
    ".rar": ("application/x-rar",),
    ".tar": ("application/x-tar",),
    ".gz": ("application/gzip",),
    ".tgz": ("application/gzip",),
    ".bz2": ("application/x-bzip2",),
    ".xz": ("application/x-xz",),
    ".mbox": ("application/mbox",),
    **SUFFIXES,
}
"""What a suffix promises; a type that ends in "/" stands for all of its family."""


def media_type(path: Path, untrusted_name: str) -> str:
    """The media type of the bytes at `path`, such as "application/pdf".

    Raises Empty for a file of no bytes, Encrypted for an Office file behind a password, FileUnreachable, and
    LibmagicMissing when the system lacks the library.
    """
    head = _head(path)
    if not head:
        raise Empty(f"{untrusted_name}: the file is empty")
    found = _refined(_asked(path), path, head, suffix_of(untrusted_name))
    if found == "application/encrypted":
        raise Encrypted(f"{untrusted_name}: the file is protected with a password")
    return found


def suffix_note(media_type: str, untrusted_name: str) -> str | None:
    """A note for people when the name's suffix promises another type than the content is; else None."""
    suffix = suffix_of(untrusted_name)
    promised = _SUFFIX_TYPES.get(suffix)
    if promised is None or any(_fits(media_type, each) for each in promised):
        return None
    return f"the name ends in {suffix} but the content is {media_type}"


def suffix_of(untrusted_name: str) -> str:
    """The suffix of a name in lower case, with its dot; "" when there is none."""
    return PurePosixPath(untrusted_name.replace("\\", "/")).suffix.lower()


def _fits(found: str, promised: str) -> bool:
    return found.startswith(promised) if promised.endswith("/") else found == promised


def _head(path: Path) -> bytes:
    if not path.is_file():
        raise FileUnreachable(f"{path.name}: there is no such file")
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise FileUnreachable(f"{path.name}: {error.strerror}") from error


@cache
def _libmagic() -> Any:
    try:
        import magic
    except ImportError as error:
        raise LibmagicMissing("libmagic, which tells what a file is, is not installed") from error
    return magic.Magic(mime=True)


def _asked(path: Path) -> str:
    answer: str = _libmagic().from_file(str(path))
    return answer


def _refined(answer: str, path: Path, head: bytes, suffix: str) -> str:
    if answer in _GENERIC_OLE:
        return ole_type(path) or "application/x-ole-storage"
    if answer == "application/zip" or (answer == "application/octet-stream" and head.startswith(b"PK\3\4")):
        return _zip_type(path)
    if answer == "image/heif" or _is_heif(head):
        return "image/heic"
    if answer in PLAYLISTS or (answer.startswith(("video/", "audio/")) and _is_text(head)):
        answer = "text/plain"
    if answer == "application/octet-stream" and (recording := media_by_head(head)):
        return recording
    if answer.startswith(("text/", "message/")) or answer in _MAYBE_TEXT:
        return _text_type(answer, head, suffix)
    if _is_mistaken(answer, head, suffix):
        return _text_type("text/plain", head, suffix)
    return answer


def _is_mistaken(answer: str, head: bytes, suffix: str) -> bool:
    """Whether words that happen to begin a text were taken for a type's mark: "PA" begins a plotter's file too."""
    promised = _SUFFIX_TYPES.get(suffix, ())
    return suffix in _TEXT_SUFFIXES and not any(_fits(answer, each) for each in promised) and _is_text(head)


def _is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS


def _zip_type(path: Path) -> str:
    """OOXML by its parts, OpenDocument and EPUB by their `mimetype` member (ODF 1.3 part 2, clause 3.3)."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                told = archive.read("mimetype").decode("ascii").strip()
                return told if told.startswith("application/") else "application/zip"
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return "application/zip"
    if "[Content_Types].xml" not in names:
        return "application/zip"
    return next(
        (kind for name in names for folder, kind in _OOXML_FOLDERS.items() if name.startswith(folder)),
        "application/zip",
    )


_HEADER = re.compile(rb"([!-9;-~]{1,76})[ \t]*:", re.ASCII)
_MAIL_HEADERS = frozenset(
    b"from to cc bcc subject date sender reply-to message-id received return-path delivered-to mime-version "
    b"content-type content-transfer-encoding in-reply-to references x-mailer dkim-signature".split()
)
_TRANSPORT_HEADERS = frozenset(
    b"message-id received return-path delivered-to mime-version content-type content-transfer-encoding "
    b"x-mailer dkim-signature in-reply-to".split()
)


def _text_type(answer: str, head: bytes, suffix: str) -> str:
    if b"%PDF-" in head[:1024] or (suffix == ".pdf" and b"endobj" in head):
        return "application/pdf"
    if answer == "application/octet-stream" and not _is_text(head):
        return answer
    if answer in ("text/rtf", "application/rtf") or head.startswith(b"{\\rtf"):
        return "text/rtf"
    single = suffix in (".eml", ".msg", ".mht")
    if not single and (answer == "application/mbox" or _is_mbox(head)):
        return "application/mbox"
    if _is_mail(head, named=single, claimed=answer == "message/rfc822"):
        return "message/rfc822"
    return _markup_or_plain(answer, head, suffix)


_FLAT_ODF = re.compile(
    rb"""office:mimetype=["'](application/vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation|graphics))["']"""
)


_FIRST_TAG = re.compile(rb"<(?:[a-z_][\w.-]{0,60}:)?([a-z_][\w.-]{0,60})")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


def _markup_or_plain(answer: str, head: bytes, suffix: str) -> str:
    sample = head.replace(b"\0", b"").lower()
    is_page = re.search(rb"<!doctype html|<html[\s>]", sample) is not None
    if is_page and (suffix != ".md" or sample.lstrip().startswith(b"<")):
        return "text/html"
    if suffix in (".html", ".htm", ".xhtml") and re.search(rb"<[a-z]+[^<>]*>", sample):
        return "text/html"
    if answer == "text/html":
        return "text/plain" if suffix in (".txt", ".md", ".log") else "text/html"
    if (flat := _FLAT_ODF.search(sample)) and b"<office:document" in sample:
        return f"{flat[1].decode('ascii')}-flat-xml"
    if answer in ("text/xml", "application/xml"):
        root = _FIRST_TAG.search(_COMMENT.sub(b"", sample))
        return "image/svg+xml" if root and root[1] == b"svg" else "text/xml"
    if suffix in (".csv", ".tsv") or (answer == "text/csv" and suffix != ".txt"):
        return "text/csv"
    return "text/plain"


def _is_text(head: bytes) -> bool:
    """Whether bytes that libmagic has no name for are text all the same: hardly any control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    controls = sum(head.count(bytes([code])) for code in range(32) if code not in (9, 10, 12, 13, 27))
    return b"\0" not in head and controls * 200 < len(head)


_SEPARATOR_BYTES = 1000


def _is_mbox(head: bytes) -> bool:
    """RFC 4155: messages one after the other, each behind a line "From sender date"."""
    separator, _, rest = head[: 2 * _SEPARATOR_BYTES].partition(b"\n")
    begins = len(separator) < _SEPARATOR_BYTES and re.match(rb"From \S+ .*\d\d:\d\d", separator)
    return begins is not None and _HEADER.match(rest) is not None


def _is_mail(head: bytes, named: bool, claimed: bool) -> bool:
    """RFC 5322: header fields from the first line on. Where no suffix says that it is a mail, one field alone must be
    one that only mail programs write: letters begin with "Date:". Where libmagic does not say so either, such a field
    is asked for in any case, because people type "From:" and "To:" into memos as well."""
    known = _header_names(head) & _MAIL_HEADERS
    carried = bool(known & _TRANSPORT_HEADERS)
    return bool(known) if named else (claimed and (carried or len(known) > 1)) or (carried and len(known) > 1)


def _header_names(head: bytes) -> set[bytes]:
    names: set[bytes] = set()
    for number, line in enumerate(head.removeprefix(b"\xef\xbb\xbf").lstrip().splitlines()[:400]):
        if not line.strip():
            break
        if line[:1] in b" \t" or (number == 0 and line.startswith((b"From ", b">From "))):
            continue
        field = _HEADER.match(line)
        if field is None:
            break
        names.add(field[1].lower())
    return names
