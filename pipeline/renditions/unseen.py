"""Text of a page that was invisible from the start: what an earlier, bad OCR left would be found beside ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Page, Pdf, Stream

_INVISIBLE = 3
_SHOWS = {"Tj", "TJ", "'", '"'}
_MOST = 4 * 2**20
"""Bytes of packed content up to which a page is looked through; the page of a scan has a few hundred."""
_BROKEN = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError)


def drop_unseen(pdf: Pdf, page: Page) -> None:
    """Takes out the text that is shown in mode 3 (PDF 32000-1, 9.3.6). A page that cannot be read stays as it is."""
    try:
        if _length(page) > _MOST:
            return
        operations = list(pikepdf.parse_content_stream(page))
        kept = list(_without_unseen(operations))
        if len(kept) < len(operations):
            page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))
    except _BROKEN:
        return


def _length(page: Page) -> int:
    content = page.obj.get("/Contents", Array())
    parts = [content] if isinstance(content, Stream) else list(content)
    return sum(len(part.read_raw_bytes()) for part in parts)


def _without_unseen(operations: Iterable[Any]) -> Iterator[Any]:
    """The operations without those that show text, in text objects that show nothing but invisible text.

    In one that shows visible text too, what is shown moves the place of what follows, and must stay.
    """
    mode, outer, block, seen = 0, list[int](), list[Any](), False
    for operation in operations:
        name = str(operation.operator)
        if name == "q":
            outer.append(mode)
        elif name == "Q" and outer:
            mode = outer.pop()
        elif name == "Tr":
            mode = int(operation.operands[0])
        elif name == "BT":
            yield from block
            block, seen = [], False
        elif name in _SHOWS:
            seen = seen or mode != _INVISIBLE
        block.append(operation)
        if name == "ET":
            yield from block if seen else (op for op in block if str(op.operator) not in _SHOWS)
            block, seen = [], False
    yield from block
