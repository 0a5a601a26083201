"""Rich Text Format (specification 1.9.1): its text, with the code page of each font, and its table rows."""

from __future__ import annotations

import re

from extractors.errors import Corrupt, Empty
from extractors.readers.children import ChildStore
from extractors.readers.draft import Draft, Input
from extractors.readers.paging import paged
from extractors.readers.rtf_text import RtfText
from extractors.readers.text import bounded_bytes

MEDIA_TYPES = frozenset({"text/rtf", "application/rtf", "text/richtext"})

_COPIES = 6
"""How often a file's bytes may stand in memory at once, in one form or another, while it is read."""


def read(source: Input) -> Draft:
    """The text with its page breaks; pictures and files inside as children.

    Raises Empty without text or children, TooLarge, and Corrupt when the file does not begin as RTF.
    """
    data = bounded_bytes(source, source.limits.memory // _COPIES, "memory_mib")
    start = re.match(rb"[\s\0\xef\xbb\xbf]{0,64}\{\\rt", data)
    if start is None:
        raise Corrupt(f"{source.untrusted_name}: called RTF, but it does not begin with {{\\rtf")
    rtf = RtfText(data).parse()
    text, cells = rtf.result()
    store = ChildStore(source)
    for name, content in rtf.embedded.files:
        store.keep(name, content)
    if not text.strip() and not store.children:
        raise Empty(f"{source.untrusted_name}: there is neither text nor a picture in it")
    pages = paged(text, source.untrusted_name, source.limits, cells)
    return Draft(
        source.media_type, pages, tuple(store.children), notes=tuple(rtf.notes()), title=rtf.title or None
    )
