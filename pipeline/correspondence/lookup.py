"""The correspondence around one document, as the records have it."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.correspondence.graph import Correspondence, correspondence
from pipeline.correspondence.letter import Shelf
from pipeline.records import letters


def correspondence_of(tx: sa.Connection, document: str) -> Correspondence:
    """What a document answers and cites, and what answers and cites it; nothing for one that was not read."""
    shelf = Shelf(letters.around(tx, document))
    letter = shelf.letters.get(document)
    if letter is None:
        return Correspondence()
    return correspondence(letter, shelf, letters.Names(tx))
