"""The texts of single pages, for whoever shows pages of many documents at once."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from pipeline.records.tables import pages, texts


def page_texts(tx: sa.Connection, wanted: Sequence[tuple[str, int]]) -> list[str]:
    """The texts of pages by document and number, in the order asked for; an empty one where there is no such page."""
    named = sorted({document for document, _ in wanted})
    numbers = sorted({number for _, number in wanted})
    query = sa.select(texts.c.document, texts.c.text).where(texts.c.document.in_(named))
    whole = {row.document: row.text for row in tx.execute(query)}
    spans = sa.select(pages.c.document, pages.c.number, pages.c.start, pages.c.end).where(
        pages.c.document.in_(named), pages.c.number.in_(numbers)
    )
    found = {
        (row.document, row.number): whole[row.document][row.start : row.end] for row in tx.execute(spans)
    }
    return [found.get(page, "") for page in wanted]
