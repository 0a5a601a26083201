"""E-mail: head lines, bodies, attachments, attached mails, and mails that are broken or hostile."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Empty, TooLarge
from extractors.limits import Limits
from extractors.readers import mail
from extractors.readers.draft import Draft, Input
from extractors.readers.mime import base64_bytes, header_text, parameters_of, parse

HEAD = (
    b"From: Site Office <site@example.com>\r\nTo: engineer@example.com\r\nDate: Tue, 14 Mar 2023 09:30:00 +0800\r\n"
    b"Subject: Notice of delay\r\nMIME-Version: 1.0\r\n"
)
SHOWN = (
    "From: Site Office <site@example.com>\nTo: engineer@example.com\nDate: Tue, 14 Mar 2023 09:30:00 +0800\n"
    "Subject: Notice of delay\n"
)
LETTER = "便道受阻，工期延误12天。请于2023年4月1日前回复。"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(2000)


def read(folder: Path, data: bytes, limits: Limits | None = None) -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    return mail.read(Input(path, "m.eml", "message/rfc822", folder / "scratch", limits or Limits()))


def text_of(draft: Draft) -> str:
    return "".join(page.text for page in draft.pages if isinstance(page, PageText))


def body_of(draft: Draft) -> str:
    return text_of(draft).partition("\n\n")[2].strip("\n")


def children_of(draft: Draft) -> list[tuple[str, bytes]]:
    return [(child.untrusted_name, child.path.read_bytes()) for child in draft.children]


def multipart(kind: str, *parts: bytes, boundary: bytes = b"=_b1") -> bytes:
    head = f'Content-Type: multipart/{kind}; boundary="{boundary.decode()}"\r\n\r\npreamble\r\n'.encode()
    return (
        head
        + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
        + b"--"
        + boundary
        + b"--\r\n"
    )


def part(kind: str, body: bytes, *headers: str) -> bytes:
    return "\r\n".join([f"Content-Type: {kind}", *headers, "", ""]).encode() + body


def test_head_lines_then_an_empty_line_then_the_text(tmp_path: Path) -> None:
    data = (
        HEAD
        + b"Cc: a@example.com\r\nMessage-ID: <1@x>\r\nIn-Reply-To: <0@x>\r\nReferences: <0@x>\r\n <00@x>\r\n"
    )
    data += (
        b"Received: from a by b; Tue, 14 Mar 2023 09:31:00 +0800\r\n\r\nDear Sirs,\r\n\r\nwe are delayed.\r\n"
    )
    draft = read(tmp_path, data)
    assert text_of(draft) == (
        "From: Site Office <site@example.com>\nTo: engineer@example.com\nCc: a@example.com\n"
        "Date: Tue, 14 Mar 2023 09:30:00 +0800\nSubject: Notice of delay\n\nDear Sirs,\n\nwe are delayed."
    )
    assert dict(draft.metadata) == {
        "Message-ID": "<1@x>",
        "In-Reply-To": "<0@x>",
        "References": "<0@x> <00@x>",
        "Received": "Tue, 14 Mar 2023 09:31:00 +0800",
    }
    assert draft.title == "Notice of delay"


def test_a_mail_made_by_the_standard_library_comes_back(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "张伟 <zhang@example.com>", "工程师 <e@example.com>"
    message["Subject"] = "关于第三标段施工便道受阻导致工期延误以及由此产生的全部费用的索赔通知（第二次）"
    message.set_content(LETTER)
    message.add_alternative(f"<p>{LETTER}</p>", subtype="html")
    message.add_attachment(PICTURE, maintype="image", subtype="png", filename="现场照片.png")
    draft = read(tmp_path, bytes(message))
    assert draft.title == message["Subject"]
    assert text_of(draft).startswith("From: 张伟 <zhang@example.com>\nTo: 工程师 <e@example.com>\n")
    assert body_of(draft) == LETTER
    assert children_of(draft) == [("现场照片.png", PICTURE)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?utf-8?B?5bel5pyf?= =?utf-8?B?5bu26K+v?=", "工期延误"),
        (b"=?utf-8?B?5bel5g==?=\r\n =?utf-8?B?nJ8=?=", "工期"),
        (b"=?gb2312?B?" + base64.b64encode("朱镕基".encode("gb18030")) + b"?=", "朱镕基"),
        (b"=?iso-8859-1?B?" + base64.b64encode("工期延误通知".encode("gb18030")) + b"?=", "工期延误通知"),
        (b"=?Big5?Q?" + "".join(f"={b:02X}" for b in "工期延誤".encode("big5")).encode() + b"?=", "工期延誤"),
        (b"=?iso-8859-1?Q?M=FCller_&_S=F6hne?= <m@x>", "Müller & Söhne <m@x>"),
        ("工期延误通知".encode("gb18030"), "工期延误通知"),
        ("Grüße".encode(), "Grüße"),
        (b"=?utf-8?X?abc?= x", "=?utf-8?X?abc?= x"),
        (b"=?no-such-charset?Q?plain?=", "plain"),
        (b"=?utf-8?B?!!!?=end", "end"),
        (b"=?utf-8*en?Q?language?=", "language"),
        (b"Re:\t  two\tblanks", "Re: two blanks"),
        (b"a =?utf-8?Q?b?= c =?utf-8?Q?d?= =?utf-8?Q?e?=", "a b c de"),
    ],
)
def test_header_fields(raw: bytes, expected: str) -> None:
    assert header_text(raw) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('text/plain; charset="gb2312"; name=a.txt', {"charset": "gb2312", "name": "a.txt"}),
        ("attachment; filename*=UTF-8''%E7%85%A7%E7%89%87.png", {"filename": "照片.png"}),
        (
            "attachment; filename*0*=utf-8''%E7%85; filename*1*=%A7%E7%89%87; filename*2=.png",
            {"filename": "照片.png"},
        ),
        ('attachment; filename*1="b.pdf"; filename*0="a "', {"filename": "a b.pdf"}),
        (r'attachment; filename="say \"x\".pdf"', {"filename": 'say "x".pdf'}),
        ('attachment; filename="never closed', {"filename": "never closed"}),
        ("attachment; filename*=no-such''%41", {"filename": "A"}),
        ("attachment; filename*=%41", {"filename": "A"}),
        ("attachment;;=; filename=", {"filename": ""}),
    ],
)
def test_parameters(value: str, expected: dict[str, str]) -> None:
    assert parameters_of(value) == expected


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ("text/plain; charset=gb2312", LETTER.encode("gb18030"), LETTER),
        ("text/plain; charset=us-ascii", LETTER.encode("gb18030"), LETTER),
        ("text/plain; charset=big5", "工期延誤".encode("big5"), "工期延誤"),
        (
            "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
            base64.b64encode(LETTER.encode()),
            LETTER,
        ),
        (
            "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: BASE64",
            base64.b64encode(b"abc") + b"=\r\n!!",
            "abc",
        ),
        ("text/plain\r\nContent-Transfer-Encoding: quoted-printable", b"a=20b=\r\nc =E9=XX", "a bc é=XX"),
        (
            "text/plain; format=flowed",
            b"one \r\ntwo\r\n> q \r\n> r\r\n-- \r\nsig\r\n",
            "one two\n> q r\n-- \nsig",
        ),
        ("text/plain; format=flowed; delsp=yes", "工期 \r\n延误\r\n".encode(), "工期延误"),
        ("text/html; charset=utf-8", b"<p>Dear <b>Sirs</b></p><script>x</script>", "Dear Sirs"),
        ("text/html", b'<meta charset="gb2312"><p>' + "注".encode("gb2312"), "注"),
        ("nonsense", b"as text", "as text"),
        ("text/plain\r\nContent-Transfer-Encoding: x-strange", b"as it is", "as it is"),
    ],
)
def test_bodies(tmp_path: Path, headers: str, body: bytes, expected: str) -> None:
    draft = read(tmp_path, HEAD + f"Content-Type: {headers}\r\n\r\n".encode() + body)
    assert body_of(draft) == expected


def test_alternative_takes_one_and_mixed_keeps_all_in_order(tmp_path: Path) -> None:
    both = multipart(
        "alternative", part("text/plain", b"in words"), part("text/html", b"<p>in HTML</p>"), boundary=b"in"
    )
    data = HEAD + multipart("mixed", both, part("text/plain", b"second"), part("text/html", b"<p>third</p>"))
    assert body_of(read(tmp_path, data)) == "in words\n\nsecond\n\nthird"


def test_html_is_taken_when_the_plain_text_says_nothing(tmp_path: Path) -> None:
    shown = b"<table><tr><td>Sum</td><td>1,250.00</td></tr></table>" + b"<p>words</p>" * 40
    data = HEAD + multipart(
        "alternative", part("text/plain", b"Please use an HTML reader."), part("text/html", shown)
    )
    page = read(tmp_path, data).pages[0]
    assert isinstance(page, PageText)
    assert [page.text[c.start : c.end] for c in page.cells] == ["Sum", "1,250.00"]
    assert "HTML reader" not in page.text


def test_pictures_of_the_way_not_taken_are_kept(tmp_path: Path) -> None:
    related = multipart(
        "related", part("text/html", b"<img>"), part("image/png", PICTURE, "Content-ID: <1>"), boundary=b"in"
    )
    invitation = part("text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR")
    data = HEAD + multipart("alternative", part("text/plain", b"words " * 50), related, invitation)
    names = [name for name, _ in children_of(read(tmp_path, data))]
    assert names == ["attachment.png", "attachment.ics"]


def test_attachments_are_written_under_our_names(tmp_path: Path) -> None:
    evil = ["../../etc/passwd", "C:\\x\\y.pdf", "a/b.pdf", "con", "\x01bell.pdf", "x" * 500]
    attached = [
        part("application/pdf", b"%PDF-1.4", f'Content-Disposition: attachment; filename="{n}"') for n in evil
    ]
    draft = read(tmp_path, HEAD + multipart("mixed", *attached))
    assert [child.untrusted_name for child in draft.children] == [*evil[:4], "bell.pdf", "x" * 200]
    assert {child.path.parent for child in draft.children} == {tmp_path / "scratch"}
    assert len({child.path for child in draft.children}) == len(evil)


def test_an_attached_mail_is_a_child_byte_for_byte(tmp_path: Path) -> None:
    inner = (
        HEAD.replace(b"Notice of delay", b"=?utf-8?B?57Si6LWU?=") + b"\r\nFrom the first mail\r\n\r\n.\r\n"
    )
    data = HEAD + multipart("mixed", part("text/plain", b"see below"), part("message/rfc822", inner))
    draft = read(tmp_path, data)
    assert children_of(draft) == [("索赔.eml", inner)]
    assert "first mail" not in text_of(draft)


def test_tiny_pictures_and_empty_attachments_are_only_noted(tmp_path: Path) -> None:
    pixel = part("image/gif", b"GIF89a" + bytes(30), "Content-ID: <p>")
    empty = part("application/pdf", b"", "Content-Disposition: attachment; filename=e.pdf")
    draft = read(tmp_path, HEAD + multipart("related", part("text/html", b"<p>x</p>"), pixel, empty))
    assert not draft.children
    assert draft.notes == ("tiny pictures were left out", "attachment e.pdf: it is empty")


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (part("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", b"MIAG"), "encrypted"),
        (multipart("encrypted", part("application/pgp-encrypted", b"Version: 1")), "encrypted"),
        (part("text/plain", b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQ"), "encrypted"),
        (
            multipart("signed", part("text/plain", b"ok"), part("application/pgp-signature", b"x")),
            "signature",
        ),
        (
            multipart(
                "mixed", part("application/pdf; name=a", b"JVBE\x00", "Content-Transfer-Encoding: base64")
            ),
            "base64",
        ),
        (b"Content-Type: multipart/mixed\r\n\r\nno parts at all", "read as text"),
    ],
)
def test_what_could_not_be_read_is_noted(tmp_path: Path, data: bytes, note: str) -> None:
    draft = read(tmp_path, HEAD + data)
    assert text_of(draft).startswith(SHOWN)
    assert any(note in each for each in draft.notes)


@pytest.mark.parametrize(
    "body",
    [
        multipart("mixed", part("text/plain", b"kept"))[:-10],
        multipart("mixed", part("text/plain", b"kept")).replace(b"\r\n", b"\n"),
        multipart("mixed", part("text/plain", b"kept")).replace(b"\r\n", b"\r"),
        multipart("mixed", part("text/plain", b"kept")).replace(b'; boundary="=_b1"', b""),
        multipart("mixed", multipart("mixed", part("text/plain", b"kept"), boundary=b"=_b1=")),
        multipart("mixed", multipart("mixed", part("text/plain", b"kept"))),
        multipart("mixed", b"\r\nkept"),
        b"Content-Type: text/plain\r\nthis line is no field\r\nX-Next: 1\r\n\r\nkept",
        b"Content-Type: text/plain\r\nkept",
    ],
)
def test_broken_structure_loses_no_text(tmp_path: Path, body: bytes) -> None:
    head = HEAD if b"\n" in body else HEAD.replace(b"\r\n", b"\r")
    assert body_of(read(tmp_path, head + body)).endswith("kept")


@pytest.mark.parametrize(
    "lead", [b"From site@example.com Tue Mar 14 09:30:00 2023\n", b"\r\n\r\n", b"\xef\xbb\xbf", b">From x\n"]
)
def test_what_mail_programs_put_before_the_header(tmp_path: Path, lead: bytes) -> None:
    assert text_of(read(tmp_path, lead + HEAD + b"\r\nwords")) == SHOWN + "\nwords"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Empty),
        (b"Dear Sirs, no header at all.\n\nBye", Corrupt),
        (bytes(range(256)) * 20, Corrupt),
        (b"Note: x\nTotal: 5\n\nwords", Corrupt),
        (HEAD + b"\r\n" + b"x" * 9000, TooLarge),
        (HEAD + multipart("mixed", *[part("text/plain", b"x")] * 9), TooLarge),
    ],
)
def test_refused_by_name(tmp_path: Path, data: bytes, error: type[DocumentError]) -> None:
    with pytest.raises(error, match=r"^m\.eml: ."):
        read(tmp_path, data, Limits(memory=36_000, archive_members=5))


def test_parts_nested_beyond_reason_are_text(tmp_path: Path) -> None:
    body = part("text/plain", b"innermost")
    for level in range(200):
        body = multipart("mixed", body, boundary=f"b{level}".encode())
    draft = read(tmp_path, HEAD + body)
    assert "innermost" in text_of(draft)
    assert any("nested" in note for note in draft.notes)


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"X-Long: " + b" =?utf-8?B?5bel?=" * 200_000 + b"\r\n\r\nwords",
        HEAD + b"X-Long: " + b"a\r\n b" * 400_000 + b"\r\n\r\nwords",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nwords\r\n" * 50_000,
    ],
    ids=["one long field", "many folded lines", "many parts"],
)
def test_mails_made_to_be_slow_are_quick_and_noted(tmp_path: Path, data: bytes) -> None:
    draft = read(tmp_path, data)
    assert "words" in text_of(draft)
    assert draft.notes


def test_total_size_of_attachments_is_limited(tmp_path: Path) -> None:
    attached = part("application/pdf; name=a.pdf", b"x" * 600)
    with pytest.raises(TooLarge, match="archive_mib"):
        read(tmp_path, HEAD + multipart("mixed", attached, attached), Limits(archive_bytes=1000))


@given(st.binary(max_size=200))
def test_base64_comes_back_whatever_surrounds_it(data: bytes) -> None:
    encoded = base64.encodebytes(data).replace(b"\n", b"\r\n ")
    assert base64_bytes(encoded) == (data, None)
    assert base64_bytes(b"!" + encoded)[0] == data


@given(st.binary(max_size=300), st.binary(max_size=100))
@settings(max_examples=100, deadline=None)
def test_no_bytes_can_break_the_parser(tail: bytes, body: bytes) -> None:
    mail_part = parse(
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n" + tail + b"\r\n\r\n--b\r\n" + body
    )
    assert mail_part.header("subject") == "Notice of delay"


TOKENS = [
    b"--b\r\n",
    b"--b--\r\n",
    b"--c\r\n",
    b"\r\n",
    b"Content-Type: multipart/alternative; boundary=c\r\n",
    b"words\r\n",
]
TOKENS += [
    b"Content-Type: text/html\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"\xff=?x?",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=25))
@settings(max_examples=100, deadline=None)
def test_no_order_of_parts_can_break_the_reader(
    tmp_path_factory: pytest.TempPathFactory, tokens: list[bytes]
) -> None:
    data = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"".join(tokens)
    assert text_of(read(tmp_path_factory.mktemp("mail"), data)).startswith(SHOWN)
