"""The steps of a document, in order. Raising a step's version makes it and those after it be done again.

"book": its names are in the book of parties; "parties": the register's names were looked for in its text.
"""

from __future__ import annotations

from extractors.extract import CLASSIFY_VERSION, FACTS_VERSION, READ_VERSION

BOOK_VERSION = 1
PARTIES_VERSION = 1
LIKENESS_VERSION = 2
LEARN_VERSION = 1
LINK_VERSION = 2
INDEX_VERSION = 1

VERSIONS = {
    "read": READ_VERSION,
    "classify": CLASSIFY_VERSION,
    "facts": FACTS_VERSION,
    "learn": LEARN_VERSION,
    "book": BOOK_VERSION,
    "parties": PARTIES_VERSION,
    "likeness": LIKENESS_VERSION,
    "link": LINK_VERSION,
    "index": INDEX_VERSION,
}


def after(step: str) -> tuple[str, ...]:
    """The steps that depend on this one."""
    order = tuple(VERSIONS)
    return order[order.index(step) + 1 :]
