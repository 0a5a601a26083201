"""Addresses as people may see them."""

from __future__ import annotations

import re

_SECRET = re.compile(r"(://)[^/\s]*@|\?\S*")


def without_secrets(said: str) -> str:
    """Text in which no address tells a user, a password or a query."""
    return _SECRET.sub(r"\1", said)
