"""Events that nobody has entered yet: dated happenings in the evidence that no event of the claim covers."""

from pipeline.suggest.grouped import Suggestion, suggest
from pipeline.suggest.register_text import register_text

__all__ = ["Suggestion", "register_text", "suggest"]
