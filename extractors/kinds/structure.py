"""What a document's form says about its kind: media type, camera, mail headers, columns of sums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.document import Document
from extractors.facts.plain import Plain

_MAIL_TYPES = ("message/", "application/vnd.ms-outlook", "application/mbox")
_ARCHIVE_TYPES = (
    "application/zip",
    "application/x-tar",
    "application/gzip",
    "application/x-7z",
    "application/x-rar",
)
_CAMERA_KEYS = ("make", "model", "gps", "lens", "exposure", "focal")
_SUM_AT_END = re.compile(r"\d[ ]?[.,][ ]?\d\d\)?-?[ ]?[A-Z*]{0,3}$")
_HEADER = re.compile(
    r"^(?:from|to|sent|date|cc|subject|发件人|收件人|发送时间|日期|抄送|主题) ?:", re.MULTILINE
)
_SALUTATION = re.compile(r"[一-鿿]{1,3}(?:经理|总|工|先生|女士|老师|主任|总监|局长|处长) ?:(?=\n)")
"""A note to a person: 陆经理："""
_DAY = r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}|\d{4}年\d{1,2}月\d{1,2}日"
_CLOCK = r"(?:[上下]午)?\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?"
_MESSAGE = re.compile(
    rf"^\[?(?:{_DAY})[, ]{{1,2}}{_CLOCK}\]?(?: - | )(?:[^:\n]{{1,40}}: |[^\W\d][^\d:\n]{{1,24}}$)"
    rf"|^[^\W\d][^\d:\n]{{0,24}} (?:{_DAY})[, ]{{1,2}}{_CLOCK}$",
    re.MULTILINE,
)
"""A message of a chat that WhatsApp, WeChat or their like exported: day, time and who wrote."""
_MESSAGES = 3
_FIRST_CHARS = 12_000
_PRICE = re.compile(r"(?<![\d.,])\d{1,4}[.,]\d\d(?![\d.,])")
_LEGIBLE = re.compile(r"[^\W\d_]{3,}|\d{4,}|[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Sign:
    """Something in the form that speaks for `kind` with `weight` (a logit); `place` is where it can be seen."""

    kind: str
    weight: float
    place: tuple[int, int] | None = None


def signs(document: Document, first: Plain) -> Iterator[Sign]:
    """The signs of a document whose first page has this plain form."""
    yield from _by_type(document)
    yield from _picture(document)
    yield from _mail_headers(first)
    yield from _prices(document)
    salutation = _SALUTATION.match(first.text.lstrip()) if first.text else None
    if salutation:
        yield Sign("correspondence", 3.5, first.span(*salutation.span()))
    if sum(1 for _ in _MESSAGE.finditer(first.text[:_FIRST_CHARS])) >= _MESSAGES:
        yield Sign("correspondence", 6.0)
    scanned = any(p.source == "ocr" for p in document.pages[:1])
    yield from _sums(first.lower[:_FIRST_CHARS], 1.0 if scanned else 0.4)


def _by_type(document: Document) -> Iterator[Sign]:
    kind = document.media_type
    if kind.startswith(_MAIL_TYPES):
        yield Sign("correspondence", 9.0)
    elif kind.startswith("video/"):
        yield Sign("video", 12.0)
    elif kind.startswith("audio/"):
        yield Sign("other", 12.0)
    elif kind.startswith(_ARCHIVE_TYPES):
        yield Sign("other", 9.0)
    elif "spreadsheet" in kind or "excel" in kind or kind == "text/csv":
        yield Sign("other", 1.2)


def legible_words(document: Document) -> int:
    """How many words (or Han characters) of the pages can be read with some certainty."""
    count = 0
    for page in document.pages:
        if page.words:
            sure = (w for w in page.words if w.confidence is None or w.confidence >= 0.6)
            count += sum(1 for w in sure for _ in _LEGIBLE.finditer(document.text, w.start, w.end))
        else:
            count += sum(1 for _ in _LEGIBLE.finditer(document.text, page.start, page.end))
    return count


def _picture(document: Document) -> Iterator[Sign]:
    if not document.media_type.startswith("image/"):
        return
    words = legible_words(document)
    camera = next((m for m in document.metadata if any(k in m.key.lower() for k in _CAMERA_KEYS)), None)
    if words >= 25:
        return
    scarce = (1 - words / 25) * (0.5 if _PRICE.search(document.text, 0, document.body_end) else 1.0)
    if camera is not None:
        yield Sign("photo", 3.0 + 5.0 * scarce, (camera.start, camera.end))
    else:
        yield Sign("photo", 4.5 * scarce)


def _mail_headers(first: Plain) -> Iterator[Sign]:
    lines = {m.group(): m for m in _HEADER.finditer(first.lower[:3000])}
    if len(lines) >= 3:
        top = next(iter(lines.values()))
        yield Sign("correspondence", 1.5 + 0.5 * len(lines), first.span(*top.span()))


def _prices(document: Document) -> Iterator[Sign]:
    """Prices all over the picture of a slip, whatever became of its words."""
    if not document.media_type.startswith("image/"):
        return
    text = document.text[: document.body_end][:_FIRST_CHARS]
    prices = sum(1 for _ in _PRICE.finditer(text))
    lines = sum(1 for line in text.split("\n") if line.strip())
    if prices >= 3 and prices > 0.15 * lines:
        yield Sign("invoice", min(2.0, 0.5 + 0.25 * prices))


def _sums(text: str, share: float) -> Iterator[Sign]:
    """Lines that end with a sum, as on bills and till slips."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    ending = sum(1 for line in lines if _SUM_AT_END.search(line[-16:].upper()))
    if ending >= 3 and ending / len(lines) > 0.12:
        yield Sign("invoice", share * min(2.5, 0.8 + 5 * ending / len(lines)))
