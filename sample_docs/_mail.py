"""E-mails and archives."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr, parseaddr

from sample_docs._blocks import Block, plain_lines
from sample_docs._plain import html_file

TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         "zip": "application/zip", "csv": "text/csv", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}  # fmt: skip


@dataclass(frozen=True)
class Envelope:
    """The headers of a mail. Addresses are written `Name <box@host>`, several split by `;`."""

    sender: str
    to: str
    subject: str
    date: str
    ident: str
    copied: str = ""
    answers: str = ""
    thread: str = ""
    charset: str = "utf-8"
    html: bool = False
    attachments: list[str] = field(default_factory=list)


def mail_file(envelope: Envelope, blocks: list[Block], attached: list[tuple[str, bytes]]) -> bytes:
    """An .eml with its parts in a fixed order and with fixed boundaries."""
    body = _body(envelope, blocks)
    message = MIMEMultipart("mixed", boundary=f"=_mixed_{envelope.ident.split('@')[0]}") if attached else body
    if attached:
        message.attach(body)
        for name, data in attached:
            message.attach(_attachment(name, data, envelope.charset))
    for key, value in _headers(envelope):
        message[key] = value
    return message.as_bytes()


def _body(envelope: Envelope, blocks: list[Block]) -> MIMEMultipart | MIMEText:
    text = MIMEText("\n".join(plain_lines(blocks)) + "\n", "plain", envelope.charset)
    if not envelope.html:
        return text
    both = MIMEMultipart("alternative", boundary=f"=_alt_{envelope.ident.split('@')[0]}")
    both.attach(text)
    page = html_file(blocks, envelope.subject, "utf-8", "en").decode()
    both.attach(MIMEText(page, "html", "utf-8"))
    return both


def _attachment(name: str, data: bytes, charset: str) -> MIMEBase:
    main, _, sub = TYPES[name.rsplit(".", 1)[-1]].partition("/")
    part = MIMEBase(main, sub)
    part.set_payload(data)
    encode_base64(part)
    plain = name.isascii()
    part.add_header("Content-Disposition", "attachment", filename=name if plain else (charset, "", name))
    return part


def _headers(envelope: Envelope) -> list[tuple[str, str | Header]]:
    headers: list[tuple[str, str | Header]] = [
        ("From", _addresses(envelope.sender, envelope.charset)),
        ("To", _addresses(envelope.to, envelope.charset)),
    ]
    if envelope.copied:
        headers.append(("Cc", _addresses(envelope.copied, envelope.charset)))
    subject = envelope.subject if envelope.subject.isascii() else Header(envelope.subject, envelope.charset)
    headers += [("Subject", subject), ("Date", envelope.date), ("Message-ID", f"<{envelope.ident}>")]
    if envelope.answers:
        headers += [
            ("In-Reply-To", f"<{envelope.answers}>"),
            ("References", " ".join(f"<{i}>" for i in envelope.thread.split())),
        ]
    return headers


def _addresses(written: str, charset: str) -> str:
    return ", ".join(formataddr(parseaddr(one.strip()), charset) for one in written.split(";"))


def archive(members: list[tuple[str, bytes]]) -> bytes:
    """A zip of the members, with fixed times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members:
            info = zipfile.ZipInfo(name, (2023, 8, 10, 18, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, data)
    return buffer.getvalue()
