"""Which names mean one party: evidence from all documents, the book that follows, the register's names in texts."""

from pipeline.partybook.bind import bind
from pipeline.partybook.known import bring_parties

__all__ = ["bind", "bring_parties"]
