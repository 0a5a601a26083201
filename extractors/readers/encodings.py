"""Bytes to text when nobody says, or somebody says wrongly, which encoding they are in."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SAMPLE = 65_536
"""Bytes looked at to judge an encoding, from the first one that is not ASCII."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# What stands beneath a label is often the larger set of its family (WHATWG Encoding Standard, 4.2).
_WIDER = {
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "iso8859-9": "cp1254",
}
_NAMES = {
    "unicode": "utf-16",
    "x-gbk": "gbk",
    "gb_2312-80": "gb2312",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
}
_CANDIDATES = ("gb18030", "big5hkscs", "cp1252")
_PLAUSIBLE = 0.25
"""Mean score of the characters that are not ASCII from which an answer is taken without a second opinion."""
_NEVER = frozenset({"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined"})
_ORDINARY = re.compile("[\\t\\r\\n -~\xa0-\u017f\u0400-\u045f\u3000-\u30ff\uff01-\uff5e]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text` holds U+FFFD for each of the `lost` bytes or sequences that mean nothing in `encoding`."""

    text: str
    encoding: str
    lost: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the reading: empty when nothing was lost."""
        if not self.lost:
            return ()
        return (f"{self.lost} undecodable characters were replaced (read as {self.encoding})",)


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text of `data`. A byte order mark decides, then the declared encoding if the bytes agree, then they."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data[len(bom) :], encoding)
    return _decoded(data, _encoding(data, known(declared)))


def known(label: str | None) -> str | None:
    """Python's name of the encoding that a label of a mail or a page means; None for a label nobody knows."""
    if not label:
        return None
    name = label.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_NAMES.get(name, name)).name
        b"\0\0\0\0".decode(found, "replace")  # a LookupError tells those that do not make text ("hex", "zip")
    except (LookupError, ValueError):
        return None
    return None if found in _NEVER else _WIDER.get(found, found)


def _encoding(data: bytes, declared: str | None) -> str:
    if declared and declared != "utf-8" and _fits(data, declared):
        return declared
    if b"\0" in data[:SAMPLE] and (wide := _wide(data)):
        return wide
    if not _NOT_ASCII.search(data):
        return "iso2022_jp" if b"\x1b$" in data and _strict(data, "iso2022_jp") else "utf-8"
    return "utf-8" if _mostly_utf8(data) else _judged(data, declared)


def _fits(data: bytes, encoding: str) -> bool:
    """Whether the bytes can be text in the declared encoding: all decode, and UTF-8 is not the better guess."""
    if encoding.startswith("utf-16"):
        return _wide(data) is not None
    if encoding.startswith(("iso2022", "hz", "utf-7")):
        return _strict(data, encoding)
    text = _sampled(data, encoding)
    if _NOT_ASCII.search(data) and _strict(data, "utf-8"):
        return plausibility(text) > plausibility(_sampled(data, "utf-8"))
    return "\ufffd" not in text and plausibility(text) >= 0


def _wide(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: nearly all of its characters must be of scripts in common use."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = data[:SAMPLE].decode(encoding, "replace")
        good = sum(1 for c in text if c in _common() or _ORDINARY.match(c))
        if text and good / len(text) > 0.7:
            return encoding
    return None


def _strict(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _mostly_utf8(data: bytes) -> bool:
    """Valid UTF-8, or UTF-8 in which few sequences of many are broken (a cut, a stray byte)."""
    if _strict(data, "utf-8"):
        return True
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for c in text if c > "\x7f") - broken
    return whole > 10 * broken


def _judged(data: bytes, declared: str | None) -> str:
    if wide := _wide(data):
        return wide
    candidates = ([declared] if declared else []) + list(_CANDIDATES)
    scores = {name: plausibility(_sampled(data, name)) for name in candidates}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] >= _PLAUSIBLE:
        return best
    return _second_opinion(data, scores) or best


def _second_opinion(data: bytes, scores: dict[str, float]) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(_sample(data)).best()
    if best is None:
        return None
    name = known(best.encoding)
    return name if name and plausibility(_sampled(data, name)) >= max(scores.values()) else None


def _sample(data: bytes) -> bytes:
    first = _NOT_ASCII.search(data)
    start = first.start() if first else 0
    return data[start : start + SAMPLE]


def _sampled(data: bytes, encoding: str) -> str:
    sample = data[:SAMPLE] if encoding.startswith("utf-") else _sample(data)
    try:
        return codecs.getincrementaldecoder(encoding)("replace").decode(sample, final=len(sample) < SAMPLE)
    except (UnicodeError, LookupError):
        return "\ufffd"


def plausibility(text: str) -> float:
    """From -3 to 1: how much the characters beyond ASCII look like what people write."""
    scores = list(_scores(text))
    return sum(scores) / len(scores) if scores else 0.5


def _scores(text: str) -> Iterable[float]:
    before = " "
    for char in text:
        if char >= "\x80" or (char < " " and char not in "\t\n\r\f"):
            yield _score(char, before)
        before = char


def _score(char: str, before: str) -> float:
    code = ord(char)
    if char == "\ufffd":
        return -3.0
    if code < 0xA0 or 0xE000 <= code <= 0xF8FF or 0xD800 <= code <= 0xDFFF:
        return -2.0
    if code < 0x250:
        return _latin_score(char, before)
    if char in _common():
        return 1.0
    if char in "“”‘’–—…•€™、。，；：？！（）《》【】「」％￥":
        return 0.8
    if 0x3040 <= code <= 0x30FF:
        return 0.6
    if 0x3400 <= code <= 0x9FFF:
        return 0.4 if _in_gb2312(char) else -0.4
    return 0.3 if char.isalnum() and before.isalnum() else 0.0


def _latin_score(char: str, before: str) -> float:
    """Accented letters stand among plain ones; a run of them is another encoding, read wrongly."""
    if before >= "\x80":
        return -0.5
    if char.isalpha():
        return 0.7 if before.isalpha() or char.isupper() or before.isspace() else 0.1
    return 0.5 if char in "£§°©®«»±²³·½¼¥\xa0" else 0.1


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_han.txt").read_text(encoding="utf-8").splitlines()
    return frozenset("".join(line for line in lines if not line.startswith("#")))


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _decoded(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    lost = text.count("\ufffd") - data.count("\ufffd".encode(encoding, "ignore") or b"\xff\xfe\xfd")
    return Decoded(text, encoding, max(0, lost))
