"""E-mail (RFC 5322): head lines and text as pages, what is attached as children. Nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.errors import Corrupt
from extractors.readers.children import ChildStore
from extractors.readers.draft import Draft, Input
from extractors.readers.layout import joined
from extractors.readers.mail_body import MailBody, check_count, leaves
from extractors.readers.mime import Part, parse
from extractors.readers.paging import paged
from extractors.readers.text import bounded_bytes

MEDIA_TYPES = frozenset({"message/rfc822", "message/news"})

SHOWN = ("From", "To", "Cc", "Date", "Subject")
"""The header fields that stand at the top of the text, in this order."""
KEPT = ("Message-ID", "In-Reply-To", "References", "Reply-To", "Sender")
"""The header fields that become metadata."""

_OF_MAIL = frozenset(
    {
        *("from", "to", "cc", "bcc", "date", "subject", "sender", "reply-to", "message-id", "received"),
        *("return-path", "mime-version", "content-type", "delivered-to", "x-mailer"),
    }
)
_COPIES = 6
"""How often a mail's bytes may stand in memory at once while it is taken apart."""


def read(source: Input) -> Draft:
    """Head lines, an empty line, the text; attachments and attached mails as children.

    Raises Empty, TooLarge, and Corrupt for bytes without a single header field of a mail.
    """
    mail = parse(bounded_bytes(source, source.limits.memory // _COPIES, "memory_mib"))
    if not any(name in _OF_MAIL for name, _ in mail.fields):
        raise Corrupt(f"{source.untrusted_name}: not a mail: it has no header fields such as From or Subject")
    check_count(sum(1 for _ in leaves(mail)), source.limits.archive_members, source.untrusted_name)
    body = MailBody(source.untrusted_name, ChildStore(source))
    body.take(mail)
    text, cells = joined([("\n".join(_head(mail)) + "\n", ()), joined(body.blocks)], between="\n")
    pages = paged(text, source.untrusted_name, source.limits, cells)
    return Draft(
        source.media_type,
        pages,
        children=tuple(body.store.children),
        metadata=tuple(_metadata(mail)),
        notes=tuple(body.notes),
        title=mail.header("subject") or None,
    )


def _head(mail: Part) -> Iterator[str]:
    for name in SHOWN:
        value = ", ".join(filter(None, mail.headers(name)))
        if value:
            yield f"{name}: {value}"


def _metadata(mail: Part) -> Iterator[tuple[str, str]]:
    for name in KEPT:
        if value := mail.header(name):
            yield name, value
    received = mail.header("received")
    if received and ";" in received:
        yield "Received", received.rpartition(";")[2].strip()
