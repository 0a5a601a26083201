"""Office files of before 2007 (.doc, .xls, .ppt): by LibreOffice where it is installed, else their text alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from types import ModuleType

from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Empty, Unsupported
from extractors.readers import docx, pptx, xlsx
from extractors.readers.children import ChildStore
from extractors.readers.compound import opened
from extractors.readers.doc_text import doc_draft
from extractors.readers.draft import Child, Draft, Input
from extractors.readers.embedded import MOST
from extractors.readers.paging import HEIGHT, WIDTH
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
    with converted(source, form.suffix, form.wanted) as path:
        try:
            draft: Draft = form.reader.read(replace(source, path=path))
        except DocumentError as error:
            raise ConversionFailed(f"what LibreOffice made of it cannot be read ({error.code})") from error
    children = _embedded(source, draft.children)
    return replace(draft, children=children, notes=("read by way of LibreOffice", *draft.notes))


def _without(source: Input, form: _Form, why: str) -> Draft:
    """The fallback's draft and the files put into the document; with neither, it is refused with a hint."""
    note = f"text only, without pictures and layout: {why}"
    if form.fallback is not None:
        try:
            draft = form.fallback(source)
        except Empty:
            draft = Draft(source.media_type, (PageText("", WIDTH, HEIGHT),))
        draft = replace(draft, children=_embedded(source), notes=(note, *draft.notes))
        if draft.children or any(isinstance(p, PageText) and p.text.strip() for p in draft.pages):
            return draft
    if installed():
        raise Empty(f"{source.untrusted_name}: there is no text in it")
    raise Unsupported(f"{source.untrusted_name}: no text can be found in it ({why})", HINT)


def _embedded(source: Input, known: tuple[Child, ...] = ()) -> tuple[Child, ...]:
    """`known`, and the files that were put into the document and are not among them."""
    store = ChildStore(source, list(known))
    seen = {_digest(child.path.read_bytes()) for child in known}
    with contextlib.suppress(Corrupt), opened(source) as ole:
        for name, content in ole.embedded_files():
            if len(store.children) < MOST and _digest(content) not in seen:
                seen.add(_digest(content))
                store.keep(name, content)
    return tuple(store.children)


def _digest(data: bytes) -> bytes:
    return sha256(data).digest()
