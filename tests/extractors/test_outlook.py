"""Outlook's .msg and winmail.dat: made here property by property, and then damaged."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.detect import media_type
from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, TooLarge
from extractors.limits import Limits
from extractors.readers import read as read_any
from extractors.readers.draft import Draft, Input
from extractors.readers.lzfu import rtf_of
from tests.extractors.compound_files import Tree, compound

SENT = struct.pack("<Q", 133_232_616_000_000_000)  # 2023-03-14 10:00 UTC
PICTURE = b"\x89PNG" + b"x" * 5000


def read(folder: Path, data: bytes, limits: Limits | None = None, name: str = "a.msg") -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    return read_any(Input(path, name, media_type(path, name), folder / "scratch", limits or Limits()))


def outcome(folder: Path, data: bytes) -> Draft | DocumentError:
    try:
        return read(folder, data)
    except DocumentError as error:
        return error


def text(draft: Draft) -> str:
    return "\f".join(page.text for page in draft.pages if isinstance(page, PageText))


def contents(draft: Draft) -> dict[str, bytes]:
    return {child.untrusted_name: child.path.read_bytes() for child in draft.children}


# --- .msg


def folder(head: int, **values: object) -> Tree:
    """A message's, recipient's or attachment's folder: keys are p<number> in hex."""
    tree: Tree = {}
    listed = bytes(head)
    for key, value in values.items():
        number = int(key[1:], 16)
        if isinstance(value, str):
            tree[f"__substg1.0_{number:04X}001F"] = value.encode("utf-16-le")
        elif isinstance(value, bytes) and len(value) == 8 and number in (0x0039, 0x0E06):
            listed += struct.pack("<HHI", 0x0040, number, 0) + value
        elif isinstance(value, bytes):
            tree[f"__substg1.0_{number:04X}0102"] = value
        elif isinstance(value, int):
            listed += struct.pack("<HHIII", 3, number, 0, value, 0)
    tree["__properties_version1.0"] = listed
    return tree


def message(**values: object) -> Tree:
    return folder(32, **values)


def attachment(name: str, data: bytes, **more: object) -> Tree:
    return folder(8, p3707=name, p3701=data, p3705=1, **more)


def recipient(name: str, address: str, kind: int) -> Tree:
    return folder(8, p3001=name, p39FE=address, p0C15=kind)


def sent_item(**more: object) -> Tree:
    return message(
        p0037="延期通知 Notice",
        p0C1A="Li Wei",
        p5D01="li@example.com",
        p0039=SENT,
        p1000="We are\r\nlate.",
        **more,
    )


def test_a_sent_item_reads_like_a_mail(tmp_path: Path) -> None:
    tree = sent_item(p1035="<1@example.com>", p1042="<0@example.com>", p1039="<0@example.com>")
    tree["__recip_version1.0_#00000000"] = recipient("Bob", "bob@example.com", 1)
    tree["__recip_version1.0_#00000001"] = recipient("王", "wang@example.com", 2)
    draft = read(tmp_path, compound(tree))
    assert text(draft) == (
        "From: Li Wei <li@example.com>\nTo: Bob <bob@example.com>\nCc: 王 <wang@example.com>\n"
        "Date: Tue, 14 Mar 2023 10:00:00 +0000\nSubject: 延期通知 Notice\n\nWe are\nlate."
    )
    assert draft.title == "延期通知 Notice"
    assert draft.metadata == (
        ("Message-ID", "<1@example.com>"),
        ("In-Reply-To", "<0@example.com>"),
        ("References", "<0@example.com>"),
    )


def test_the_header_fields_it_came_with_go_first(tmp_path: Path) -> None:
    head = "From: =?utf-8?b?5p2O?= <li@example.com>\r\nMessage-ID: <7@x>\r\nReply-To: c@example.com\r\n\r\n"
    draft = read(tmp_path, compound(sent_item(p007D=head)))
    assert text(draft).startswith("From: 李 <li@example.com>\nDate: Tue, 14 Mar 2023")
    assert draft.metadata == (("Message-ID", "<7@x>"), ("Reply-To", "c@example.com"))


RTF = b"{\\rtf1\\ansi Notice of delay\\par}"
PLAIN_RTF = struct.pack("<IIII", len(RTF) + 12, len(RTF), 0x414C454D, 0) + RTF
HTML = "<html><head><meta charset='gbk'></head><body><p>关于延期</p></body></html>".encode("gbk")


@pytest.mark.parametrize(
    ("values", "body"),
    [
        ({"p1013": HTML}, "关于延期"),
        ({"p1009": PLAIN_RTF}, "Notice of delay"),
        ({"p1000": "plain words", "p1013": b"<p>plain words</p>"}, "plain words"),
        ({"p1000": "no HTML", "p1013": b"<p>" + b"the real text " * 30}, ("the real text " * 30).strip()),
    ],
)
def test_the_body_is_found_in_any_form(tmp_path: Path, values: dict[str, object], body: str) -> None:
    draft = read(tmp_path, compound(message(p0037="s", **values)))
    assert text(draft).partition("\n\n")[2].strip() == body


def test_old_items_tell_their_code_page(tmp_path: Path) -> None:
    tree = folder(32, p3FFD=936)
    tree["__substg1.0_0037001E"] = "施工延期".encode("gbk")
    assert text(read(tmp_path, compound(tree))).strip() == "Subject: 施工延期"


def test_attachments_are_children(tmp_path: Path) -> None:
    tree = sent_item()
    tree["__attach_version1.0_#00000000"] = attachment("../../照片.png", PICTURE)
    tree["__attach_version1.0_#00000001"] = attachment("empty.txt", b"")
    tree["__attach_version1.0_#00000002"] = folder(8, p3707="linked.docx", p3705=2)
    tree["__attach_version1.0_#00000003"] = folder(8, p3707="drawing", p3705=6)
    draft = read(tmp_path, compound(tree))
    assert contents(draft) == {"../../照片.png": PICTURE}
    assert draft.children[0].path.parent == tmp_path / "scratch"
    assert draft.notes == (
        "attachment empty.txt: it is empty",
        "attachment linked.docx: it was not sent along, only where it lay, not read",
        "attachment drawing: an object of another program, not read",
    )


def nested(depth: int) -> Tree:
    tree = sent_item()
    tree["__attach_version1.0_#00000000"] = attachment("a.txt", b"inner file")
    if depth:
        inner = folder(8, p3705=5, p3001="Forwarded")
        deeper = nested(depth - 1)
        listed = deeper["__properties_version1.0"]
        assert isinstance(listed, bytes)
        deeper["__properties_version1.0"] = listed[8:]
        inner["__substg1.0_3701000D"] = deeper
        tree["__attach_version1.0_#00000001"] = inner
    return tree


def test_a_message_within_a_message_becomes_a_mail(tmp_path: Path) -> None:
    draft = read(tmp_path, compound(nested(2)))
    mail = contents(draft)["延期通知 Notice.eml"]
    (tmp_path / "inner").mkdir()
    inner = read(tmp_path / "inner", mail, name="b.eml")
    assert inner.media_type == "message/rfc822"
    assert text(inner).startswith(
        "From: Li Wei <li@example.com>\nDate: Tue, 14 Mar 2023 10:00:00 +0000\nSubject: 延期"
    )
    assert contents(inner)["a.txt"] == b"inner file"
    assert b"a.txt" in contents(inner)["延期通知 Notice.eml"]
    again = read(tmp_path, compound(nested(2)))
    assert contents(again)["延期通知 Notice.eml"] == mail


def test_messages_nested_too_deeply_are_noted(tmp_path: Path) -> None:
    draft = read(tmp_path, compound(nested(3)), Limits(archive_depth=2))
    assert any("archive_depth" in note and note.endswith("not read") for note in draft.notes)


def test_too_many_attachments_are_refused(tmp_path: Path) -> None:
    tree = sent_item()
    tree |= {f"__attach_version1.0_#{n:08X}": attachment(f"{n}", b"x") for n in range(4)}
    with pytest.raises(TooLarge, match="archive_members"):
        read(tmp_path, compound(tree), Limits(archive_members=3))


@pytest.mark.parametrize("data", [compound(message())[:700], compound(message())])
def test_an_item_that_holds_no_message_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(DocumentError):
        read(tmp_path, data)


# --- compressed RTF

EXAMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
"""The example of [MS-OXRTFCP] 3.1."""


def test_compressed_rtf_is_unpacked() -> None:
    assert rtf_of(EXAMPLE) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf_of(PLAIN_RTF) == RTF


@pytest.mark.parametrize("data", [b"", EXAMPLE[:10], b"\0" * 20])
def test_other_compression_is_refused(data: bytes) -> None:
    with pytest.raises(Corrupt):
        rtf_of(data)


@given(st.binary(max_size=300))
def test_compressed_rtf_never_fails_on_any_bytes(data: bytes) -> None:
    assert len(rtf_of(struct.pack("<IIII", 0, 2**32 - 1, 0x75465A4C, 0) + data)) <= 9 * len(data)


# --- winmail.dat


def attribute(level: int, number: int, content: bytes) -> bytes:
    head = struct.pack("<BHHI", level, number, 0, len(content))
    return head + content + struct.pack("<H", sum(content) & 0xFFFF)


def properties(*items: tuple[int, int, bytes]) -> bytes:
    """(type, number, value) as [MS-OXTNEF] 2.1.3.4 writes them."""
    out = struct.pack("<I", len(items))
    for kind, number, value in items:
        out += struct.pack("<HH", kind, number)
        if kind in (0x1E, 0x1F, 0x102, 0xD):
            out += struct.pack("<II", 1, len(value))
        out += value + b"\0" * (-len(value) % 4)
    return out


def tnef(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def wide(value: str) -> bytes:
    return value.encode("utf-16-le") + b"\0\0"


def file_in_tnef(name: str, data: bytes, *more: bytes) -> bytes:
    named = attribute(2, 0x9002, bytes(14)) + attribute(2, 0x8010, name.encode("gbk") + b"\0")
    return named + attribute(2, 0x800F, data) + b"".join(more)


PAGE = attribute(1, 0x9007, struct.pack("<II", 936, 0))


def test_winmail_gives_text_and_attachments(tmp_path: Path) -> None:
    mapi = properties((0x1F, 0x0037, wide("延期")), (0x40, 0x0039, SENT), (0x1F, 0x1035, wide("<1@x>")))
    data = tnef(
        PAGE,
        attribute(1, 0x9003, mapi),
        attribute(1, 0x800C, b"We are late.\0"),
        file_in_tnef("照片.png", PICTURE),
        file_in_tnef("../b.txt", b"words"),
    )
    draft = read(tmp_path, data, name="winmail.dat")
    assert text(draft) == "Date: Tue, 14 Mar 2023 10:00:00 +0000\nSubject: 延期\n\nWe are late."
    assert contents(draft) == {"照片.png": PICTURE, "../b.txt": b"words"}
    assert draft.metadata == (("Message-ID", "<1@x>"),)


def test_winmail_takes_long_names_rtf_and_inner_messages(tmp_path: Path) -> None:
    inner = tnef(
        attribute(1, 0x9003, properties((0x1F, 0x0037, wide("Inner")))), file_in_tnef("c.txt", b"deep")
    )
    carried = attribute(
        2, 0x9005, properties((3, 0x3705, struct.pack("<I", 5)), (0xD, 0x3701, bytes(16) + inner))
    )
    long_name = attribute(2, 0x9005, properties((0x1F, 0x3707, wide("a long name.txt"))))
    body = attribute(1, 0x9003, properties((0x102, 0x1009, PLAIN_RTF)))
    data = tnef(body, file_in_tnef("ALONGN~1.TXT", b"words", long_name), file_in_tnef("x", b"", carried))
    draft = read(tmp_path, data, name="winmail.dat")
    assert "Notice of delay" in text(draft)
    found = contents(draft)
    assert found["a long name.txt"] == b"words"
    assert b"Subject: Inner" in found["Inner.eml"]


def test_a_named_property_is_stepped_over(tmp_path: Path) -> None:
    named = struct.pack("<HH", 0x1F, 0x8000) + bytes(16) + struct.pack("<II", 1, 6) + b"a\0b\0\0\0\0\0"
    named += struct.pack("<II", 1, 4) + b"x\0\0\0"
    rest = properties((0x1F, 0x0037, wide("Found")))
    data = tnef(attribute(1, 0x9003, struct.pack("<I", 2) + named + rest[4:]))
    assert text(read(tmp_path, data, name="winmail.dat")).strip() == "Subject: Found"


def test_a_cut_off_winmail_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    data = tnef(attribute(1, 0x800C, b"We are late.\0"), file_in_tnef("a.txt", b"words" * 100))[:-200]
    draft = read(tmp_path, data, name="winmail.dat")
    assert "We are late." in text(draft)
    assert "it breaks off; what follows was not read" in draft.notes


WHOLE_MSG = compound(nested(1))
WHOLE_TNEF = tnef(
    PAGE, attribute(1, 0x9003, properties((0x1F, 0x0037, wide("Found")))), file_in_tnef("a", b"words")
)


@settings(max_examples=150, deadline=None)
@given(
    base=st.sampled_from([WHOLE_MSG, WHOLE_TNEF]),
    cut=st.integers(0, 9000),
    changes=st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 255)), max_size=8),
)
def test_damage_ends_in_a_draft_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, base: bytes, cut: int, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(base[: max(cut, 600)])
    for at, value in changes:
        data[at % len(data)] = value
    assert isinstance(outcome(tmp_path_factory.mktemp("d"), bytes(data)), Draft | DocumentError)
