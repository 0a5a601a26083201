"""Office files of before 2007 (.doc, .xls, .ppt): by LibreOffice where it is installed, else their text alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType

from extractors.errors import DocumentError, Empty, Unsupported
from extractors.readers import docx, pptx, xlsx
from extractors.readers.doc_text import doc_draft
from extractors.readers.draft import Draft, Input
from extractors.readers.ppt_text import ppt_draft
from extractors.readers.soffice import HINT, ConversionFailed, converted, installed
from extractors.readers.xls_book import xls_draft


@dataclass(frozen=True)
class _Form:
    """How LibreOffice is told of the file, what it makes of it, who reads that, and who reads without it."""

    suffix: str
    wanted: str
    reader: ModuleType
    fallback: Callable[[Input], Draft] | None = None


_FORMS = {
    "application/msword": _Form(".doc", "docx", docx, doc_draft),
    "application/vnd.ms-excel": _Form(".xls", "xlsx", xlsx, xls_draft),
    "application/vnd.ms-powerpoint": _Form(".ppt", "pptx", pptx, ppt_draft),
    "application/vnd.ms-works": _Form(".wps", "docx", docx),
    "application/vnd.wordperfect": _Form(".wpd", "docx", docx),
    "application/x-hwp": _Form(".hwp", "docx", docx),
    "application/vnd.visio": _Form(".vsd", "pptx", pptx),
}
MEDIA_TYPES = frozenset(_FORMS)


def read(source: Input) -> Draft:
    """The draft of the converted file, else of the text that is found without LibreOffice, said in a note.

    Raises Empty, Encrypted, Corrupt, TooLarge, and Unsupported (the hint names LibreOffice) when there is no
    other way to read it.
    """
    if not source.path.stat().st_size:
        raise Empty(f"{source.untrusted_name}: the file has no bytes")
    form = _FORMS[source.media_type]
    try:
        return _by_libreoffice(source, form)
    except ConversionFailed as error:
        return _without(source, form, str(error))


def _by_libreoffice(source: Input, form: _Form) -> Draft:
    path = converted(source, form.suffix, form.wanted)
    try:
        draft: Draft = form.reader.read(replace(source, path=path))
    except DocumentError as error:
        raise ConversionFailed(f"what LibreOffice made of it cannot be read ({error.code})") from error
    return replace(draft, notes=("read by way of LibreOffice", *draft.notes))


def _without(source: Input, form: _Form, why: str) -> Draft:
    """The fallback's draft; without one, or without text, the file is refused with a hint."""
    try:
        if form.fallback is not None:
            draft = form.fallback(source)
            return replace(draft, notes=(f"text only, without pictures and layout: {why}", *draft.notes))
    except Empty:
        if installed():
            raise
    raise Unsupported(f"{source.untrusted_name}: no text can be found in it ({why})", HINT)
