"""From Outlook's messages to drafts: the page, the children; and to mails, for messages within messages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from extractors.document import UNREAD, Cell
from extractors.errors import Corrupt
from extractors.readers.children import ChildStore
from extractors.readers.draft import Draft, Input
from extractors.readers.encodings import decode
from extractors.readers.html import declared_charset, html_text
from extractors.readers.layout import joined
from extractors.readers.lzfu import rtf_of
from extractors.readers.mail import KEPT, SHOWN
from extractors.readers.mail_body import SMALLEST_PICTURE
from extractors.readers.mapi import BODY, CLASS, HTML, RTF, Attachment, Message, text
from extractors.readers.paging import paged
from extractors.readers.rtf_text import RtfText

_PLAIN_ENOUGH = 200
"""A plain text shorter than this may be a mere "your program cannot show HTML"."""
_RASTER = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM")


@dataclass
class _Body:
    text: str = ""
    cells: tuple[Cell, ...] = ()
    notes: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)


def draft_of(source: Input, message: Message) -> Draft:
    """Head lines, an empty line, the text; attachments and attached messages as children.

    Raises Corrupt when the message has neither head, text nor attachments, TooLarge beyond the limits.
    """
    body = _body(message)
    head = [f"{name}: {value}" for name in SHOWN if (value := message.header(name))]
    if not head and not body.text.strip() and not message.attachments:
        raise Corrupt(f"{source.untrusted_name}: there is no message in it")
    store = ChildStore(source)
    notes = [*message.faults, *body.notes, *_attach(message, store)]
    for name, content in body.files:
        store.keep(name, content)
    whole, cells = joined([("\n".join(head) + "\n", ()), (body.text, body.cells)], between="\n")
    metadata = tuple((name, value) for name in KEPT if (value := message.header(name)))
    return Draft(
        source.media_type,
        paged(whole, source.untrusted_name, source.limits, cells),
        tuple(store.children),
        metadata,
        tuple(dict.fromkeys(notes)),
        message.header("Subject") or None,
    )


def _body(message: Message) -> _Body:
    """Plain text where it says as much as the HTML does, else the HTML, else the RTF."""
    plain = message.properties.get(BODY)
    found = _Body(_lines(plain) if isinstance(plain, str) else "")
    if len(found.text.strip()) < _PLAIN_ENOUGH:
        html = _html(message)
        if len(html.text.strip()) > 4 * len(found.text.strip()) + 50 or not found.text.strip():
            found = html
    if not found.text.strip():
        found = _rtf(message)
    if text(message.properties, CLASS).upper().startswith("IPM.NOTE.SMIME"):
        found.notes.append("the body is wrapped in a signature or encrypted and was not opened")
    return found


def _html(message: Message) -> _Body:
    raw = message.properties.get(HTML)
    if isinstance(raw, bytes):
        raw = decode(raw.rstrip(b"\0"), declared_charset(raw)).text
    if not isinstance(raw, str) or not raw.strip():
        return _Body()
    page = html_text(raw)
    return _Body(page.text, page.cells, list(page.notes))


def _rtf(message: Message) -> _Body:
    packed = message.properties.get(RTF)
    if not isinstance(packed, bytes) or not packed:
        return _Body()
    try:
        rtf = RtfText(rtf_of(packed)).parse()
    except Corrupt as error:
        return _Body(notes=[f"{error.message}, {UNREAD}"])
    shown, cells = rtf.result()
    return _Body(shown, cells, list(rtf.notes()), rtf.embedded.files)


def _lines(plain: str) -> str:
    return plain.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip("\n")


def _attach(message: Message, store: ChildStore) -> Iterator[str]:
    """Writes what is attached to the store; yields notes."""
    for number, attachment in enumerate(message.attachments, 1):
        name = attachment.name or f"attachment-{number}"
        if attachment.message is not None:
            store.keep(f"{_subject(attachment)}.eml", as_mail(attachment.message))
            yield f"attached message {_subject(attachment)}: written out as a mail (.eml)"
            yield from _lost_within(attachment.message)
        elif attachment.content is None:
            yield f"attachment {name}: {attachment.fault or 'its content is missing'}, {UNREAD}"
        elif not attachment.content.strip():
            yield f"attachment {name}: it is empty"
        elif len(attachment.content) < SMALLEST_PICTURE and attachment.content.startswith(_RASTER):
            yield "tiny pictures were left out"
        else:
            store.keep(name, attachment.content)


def _lost_within(message: Message) -> Iterator[str]:
    """Notes on what a message that is written out as a mail leaves behind."""
    yield from message.faults
    for attachment in message.attachments:
        if attachment.message is not None:
            yield from _lost_within(attachment.message)
        elif attachment.content is None:
            yield f"attachment {attachment.name}: {attachment.fault or 'its content is missing'}, {UNREAD}"


def _subject(attachment: Attachment) -> str:
    subject = attachment.message.header("Subject") if attachment.message is not None else ""
    return (subject or attachment.name)[:150] or "message"


def as_mail(message: Message) -> bytes:
    """The message as a mail (RFC 5322, 2045, 6532): the same message always gives the same bytes."""
    names = dict.fromkeys((*SHOWN, *KEPT))
    head = [f"{name}: {value}" for name in names if (value := message.header(name))]
    body = _body(message)
    parts = [_part("text/plain; charset=utf-8", body.text.encode("utf-8", "replace"))]
    parts += [_attached(a, n) for n, a in enumerate(message.attachments, 1)]
    boundary = "=_" + hashlib.sha256(b"".join(parts)).hexdigest()[:32]
    head += ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"', "", ""]
    lines = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return "\r\n".join(head).encode("utf-8", "replace") + lines + b"--%s--\r\n" % boundary.encode()


def _attached(attachment: Attachment, number: int) -> bytes:
    if attachment.message is not None:
        name = quote(f"{_subject(attachment)}.eml", errors="replace")
        content = as_mail(attachment.message)
    else:
        name = quote(attachment.name or f"attachment-{number}", errors="replace")
        content = attachment.content or b""
    return _part("application/octet-stream", content, f"attachment; filename*=utf-8''{name}")


def _part(media_type: str, content: bytes, disposition: str = "inline") -> bytes:
    head = f"Content-Type: {media_type}\r\nContent-Disposition: {disposition}\r\nContent-Transfer-Encoding: base64"
    return head.encode("ascii") + b"\r\n\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n")
