"""Our own Markdown (the guide, the reports of nights) as HTML. What documents say stands in it escaped; raw HTML and
links to elsewhere than the web are not let through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PICTURE = re.compile(r"pictures/([\w.-]+\.webp)")
_WIDE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”]")
_NOT_WORD = re.compile(r"[^\w\- ]+")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text under its own heading: `anchor` leads to it, `body` is HTML, `plain` all its words."""

    level: int
    title: str
    anchor: str
    body: str
    plain: str


def as_html(text: str) -> str:
    """A text as HTML."""
    return _html(_parsed(text))


def sections(text: str, pictures: str = "") -> list[Section]:
    """A text cut at its headings; what stands before the first has an empty title.

    With `pictures`, the address of a folder, pictures of `pictures/NAME.webp` are shown from there; others never are.
    """
    tokens = _parsed(text)
    for token in tokens:
        for child in token.children or ():
            if child.type == "image" and pictures:
                _place(child, pictures)
    starts = [n for n, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0]
    cuts = [0, *starts, len(tokens)] if not starts or starts[0] else [*starts, len(tokens)]
    return [_section(tokens[a:b]) for a, b in pairwise(cuts) if a < b]


def _html(tokens: Sequence[Token]) -> str:
    """The tokens as HTML; what is wide can be scrolled by keys."""
    reader = _reader()
    return str(reader.renderer.render(list(tokens), reader.options, {})).replace(
        "<pre>", '<pre tabindex="0">'
    )


def _parsed(text: str) -> list[Token]:
    """The text's tokens; links to other files of the repository, which are not here, become plain words."""
    tokens = _reader().parse(text)
    for token, following in pairwise(tokens):
        if "right" in str(token.attrs.pop("style", "")):  # no page holds styles of its own
            token.attrs["class"] = "num"
        if token.type == "th_open" and not following.content:
            token.tag = "td"  # a corner of a table heads nothing
    for token in tokens:
        kept, is_out = [], False
        for child in token.children or ():
            if child.type == "link_open":
                is_out = not str(child.attrGet("href")).startswith(("#", "https://"))
            if not (is_out and child.type in ("link_open", "link_close")):
                kept.append(child)
        if token.children is not None:
            token.children = kept
            _join(kept)
    return tokens


def _join(children: Sequence[Token]) -> None:
    """Chinese has no blank where a line ends."""
    for before, end, after in zip(children, children[1:], children[2:], strict=False):
        if end.type == "softbreak" and _WIDE.match(before.content[-1:]) and _WIDE.match(after.content[:1]):
            end.type, end.content = "text", ""


def _section(tokens: Sequence[Token]) -> Section:
    head = tokens[0].type == "heading_open"
    title = tokens[1].content if head else ""
    body = tokens[3:] if head else tokens
    return Section(
        level=int(tokens[0].tag[1]) if head else 0,
        title="".join(t.content for t in (tokens[1].children or ())) if head else "",
        anchor=slug(title),
        body=_html(body),
        plain=" ".join([title, *(token.content for token in body if token.content)]),
    )


def _place(token: Token, pictures: str) -> None:
    name = _PICTURE.fullmatch(str(token.attrGet("src")))
    if name:
        token.meta = {"at": f"{pictures}{name[1]}"}


def slug(title: str) -> str:
    """The anchor of a heading, as the forges make it."""
    return _NOT_WORD.sub("", title.strip().lower()).replace(" ", "-")


def _image(_self: object, tokens: Sequence[Token], at: int, *_: object) -> str:
    """A picture that `_place` let in; no other, wherever it lies."""
    if "at" not in tokens[at].meta:
        return ""
    return f'<img src="{escape(tokens[at].meta["at"])}" alt="{escape(tokens[at].content)}" loading="lazy">'


@cache
def _reader() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.add_render_rule("image", _image)
    return made
