"""Snippets of hits: all of it is text, but for `<mark>` around what was sought."""

from __future__ import annotations

import html
import re

from markupsafe import Markup, escape

_MARKS = re.compile(r"(</?mark>)")


def marked(snippet: str) -> Markup:
    """A snippet as HTML in which nothing but balanced `<mark>` is markup, whatever an engine handed over."""
    out, is_open = Markup(), False
    for piece in _MARKS.split(snippet):
        if piece == "<mark>":
            out += Markup("") if is_open else Markup("<mark>")
            is_open = True
        elif piece == "</mark>":
            out += Markup("</mark>") if is_open else Markup("")
            is_open = False
        else:
            out += escape(html.unescape(piece))
    return out + Markup("</mark>") if is_open else out


def plain(snippet: str) -> str:
    """A snippet as text."""
    return " ".join(html.unescape(_MARKS.sub("", snippet)).split())
