"""Events that nobody has entered yet: dated happenings in the evidence that no event of the claim covers."""

from pipeline.suggest.grouped import Suggestion, suggest
from pipeline.suggest.register_text import as_event, free_ids, register_text

__all__ = ["Suggestion", "as_event", "free_ids", "register_text", "suggest"]
