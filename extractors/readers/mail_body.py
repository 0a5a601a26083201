"""What of a mail is its text, and what is attached to it."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.document import Cell
from extractors.errors import TooLarge
from extractors.readers.children import ChildStore
from extractors.readers.encodings import decode
from extractors.readers.html import declared_charset, html_text
from extractors.readers.mime import Part, parse

SMALLEST_PICTURE = 300
"""Bytes below which a picture is a tracking pixel or a spacer."""

Block = tuple[str, tuple[Cell, ...]]

_INLINE_TYPES = ("text/", "message/delivery-status", "message/disposition-notification", "message/partial")
_SIGNATURES = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-keys",
    }
)
_ENVELOPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
_PLAIN_ENOUGH = 200
"""A plain text shorter than this may be a mere "your program cannot show HTML"."""


@dataclass
class MailBody:
    """Takes the parts of a mail apart: `blocks` of text in order, children in the store, notes for people."""

    name: str
    store: ChildStore
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, part: Part) -> None:
        """Takes a part and all parts within it. Raises TooLarge beyond the store's limits."""
        self._note(*part.defects)
        kind = part.media_type
        if kind == "multipart/encrypted":
            self._note("the body is encrypted and was not read")
        elif kind == "multipart/signed":
            self._take_signed(part)
        elif kind == "multipart/alternative" and part.parts:
            self._take_alternative(part)
        elif part.parts:
            for inner in part.parts:
                self.take(inner)
        else:
            self._take_leaf(part)

    def _take_signed(self, part: Part) -> None:
        for inner in part.parts:
            if inner.media_type in _SIGNATURES:
                self._note("the mail is signed; the signature was not checked")
            else:
                self.take(inner)

    def _take_alternative(self, part: Part) -> None:
        """One way of saying it becomes text; pictures and calendar entries of the other ways are kept."""
        chosen = _chosen(part.parts)
        for option in part.parts:
            if option is chosen:
                self.take(option)
                continue
            for leaf in leaves(option):
                if (
                    not leaf.media_type.startswith("text/")
                    or leaf.filename
                    or leaf.media_type == "text/calendar"
                ):
                    self._take_leaf(leaf)

    def _take_leaf(self, part: Part) -> None:
        if part.media_type in _SIGNATURES:
            self._note("the mail is signed; the signature was not checked")
        elif part.media_type in _ENVELOPES:
            self._take_envelope(part)
        elif _is_inline(part):
            self._take_text(part)
        else:
            self._attach(part)

    def _take_envelope(self, part: Part) -> None:
        if part.parameters.get("smime-type", "").lower() == "signed-data":
            self._note("the body is wrapped in its signature and was not opened")
            self._attach(part)
        else:
            self._note("the body is encrypted and was not read")

    def _take_text(self, part: Part) -> None:
        block, notes = text_of(part)
        self._note(*notes)
        if "-----BEGIN PGP MESSAGE-----" in block[0]:
            self._note("the body is encrypted with PGP and was not read")
        if block[0].strip():
            self.blocks.append(block)

    def _attach(self, part: Part) -> None:
        content, fault = part.content()
        name = attachment_name(part, content)
        if not content.strip():
            self._note(f"attachment {name}: it is empty")
        elif part.media_type.startswith("image/") and len(content) < SMALLEST_PICTURE:
            self._note("tiny pictures were left out")
        else:
            if fault:
                self._note(f"attachment {name}: {fault}")
            self.store.keep(name, content)

    def _note(self, *notes: str) -> None:
        self.notes += [note for note in notes if note not in self.notes]


def leaves(part: Part) -> Iterator[Part]:
    """The parts that hold no parts, in order."""
    if not part.parts:
        yield part
    for inner in part.parts:
        yield from leaves(inner)


def _chosen(options: tuple[Part, ...]) -> Part:
    """Plain text where it says as much as the HTML does, else the HTML, else the last (RFC 2046, 5.1.4)."""
    by_type = {
        kind: next((o for o in options if _offers(o, kind)), None) for kind in ("text/plain", "text/html")
    }
    plain, html = by_type["text/plain"], by_type["text/html"]
    if plain is None or html is None:
        return plain or html or options[-1]
    said = len(_first_text(plain, "text/plain").strip())
    if said >= _PLAIN_ENOUGH:
        return plain
    shown = len(_first_text(html, "text/html").strip())
    return html if shown > 4 * said + 50 else plain


def _offers(option: Part, kind: str) -> bool:
    return any(leaf.media_type == kind and _is_inline(leaf) for leaf in leaves(option))


def _first_text(option: Part, kind: str) -> str:
    return next(
        text_of(leaf)[0][0] for leaf in leaves(option) if leaf.media_type == kind and _is_inline(leaf)
    )


def _is_inline(part: Part) -> bool:
    if part.media_type == "text/calendar" or not part.media_type.startswith(_INLINE_TYPES):
        return False
    return part.disposition != "attachment" and not part.filename


def text_of(part: Part) -> tuple[Block, tuple[str, ...]]:
    """The text of an inline part with its table cells, and notes on what was lost."""
    content, fault = part.content()
    charset = part.parameters.get("charset")
    is_html = part.media_type == "text/html"
    decoded = decode(content, charset or (declared_charset(content) if is_html else None))
    notes = decoded.notes + ((fault,) if fault else ())
    if is_html:
        page = html_text(decoded.text)
        return (page.text, page.cells), notes + page.notes
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
    return (text.strip("\n"), ()), notes


def unflowed(text: str, delete_space: bool) -> str:
    """Paragraphs of format=flowed text put together again (RFC 3676, 4.2)."""
    done: list[str] = []
    open_quotes = ""
    is_open = False
    for line in text.split("\n"):
        quotes = line[: len(line) - len(line.lstrip(">"))]
        body = line[len(quotes) :].removeprefix(" ")
        if is_open and quotes == open_quotes and body != "-- ":
            done[-1] += body
        else:
            done.append(f"{quotes} {body}" if quotes else body)
        is_open = body.endswith(" ") and body != "-- "
        if is_open and delete_space:
            done[-1] = done[-1][:-1]
        open_quotes = quotes
    return "\n".join(done)


def attachment_name(part: Part, content: bytes) -> str:
    """The sender's name for an attachment; else one made of its type, or of the subject of an attached mail."""
    if part.media_type == "message/rfc822" and not part.filename:
        subject = parse(content[:100_000]).header("subject")
        return f"{_shown(subject or '') or 'message'}.eml"
    name = _shown(part.filename or "")
    return name or f"attachment{mimetypes.guess_extension(part.media_type) or ''}"


def _shown(name: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", name).strip()[:200]


def check_count(parts: int, most: int, name: str) -> None:
    """Raises TooLarge for a mail of more parts than archive_members."""
    if parts > most:
        raise TooLarge(f"{name}: {parts} parts, more than the limit archive_members ({most})")
