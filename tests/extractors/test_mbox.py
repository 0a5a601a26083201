"""Mailboxes: where messages begin, quoting, limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.detect import media_type
from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Empty, TooLarge
from extractors.limits import Limits
from extractors.readers import mbox
from extractors.readers.draft import Draft, Input

LINE = b"From a@example.com Mon Mar 13 10:00:00 2023\n"
ONE = b"From: a@example.com\nDate: Mon, 13 Mar 2023 10:00:00 +0000\nSubject: Delay\n\nwords\n"
TWO = "From: b@example.com\nSubject: 延期\n\n更多\n".encode()


def read(folder: Path, data: bytes, limits: Limits | None = None) -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    return mbox.read(Input(path, "a.mbox", "application/mbox", folder / "scratch", limits or Limits()))


def bodies(draft: Draft) -> list[bytes]:
    return [child.path.read_bytes() for child in draft.children]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (LINE + ONE + b"\n" + LINE + TWO, [ONE + b"\n", TWO]),
        ((LINE + ONE).replace(b"\n", b"\r\n"), [ONE.replace(b"\n", b"\r\n")]),
        (LINE + ONE + b">From me\n>>From you\n", [ONE + b"From me\n>From you\n"]),
        (LINE + ONE + b"From Monday 10:00 on we stop\n", [ONE + b"From Monday 10:00 on we stop\n"]),
        (LINE + ONE + b"\nFrom here on\n", [ONE + b"\nFrom here on\n"]),
        (LINE + ONE + b"x" * 3_000_000, [ONE + b"x" * 3_000_000]),
        (b"noise\n\n" + LINE + ONE, [ONE]),
    ],
)
def test_messages_begin_at_their_from_line(tmp_path: Path, data: bytes, expected: list[bytes]) -> None:
    assert bodies(read(tmp_path, data)) == expected


def test_the_page_lists_the_messages(tmp_path: Path) -> None:
    draft = read(tmp_path, LINE + ONE + b"\n" + LINE + TWO)
    (page,) = draft.pages
    assert isinstance(page, PageText)
    assert page.text == (
        "a.mbox: 2 messages\n1\tMon, 13 Mar 2023 10:00:00 +0000\ta@example.com\tDelay\n2\t\tb@example.com\t延期\n"
    )
    assert [child.untrusted_name for child in draft.children] == ["00001 Delay.eml", "00002 延期.eml"]


def test_a_subject_never_becomes_a_path(tmp_path: Path) -> None:
    draft = read(tmp_path, LINE + b"Subject: ../../evil\n\nx\n")
    assert draft.children[0].path.parent == tmp_path / "scratch"


@pytest.mark.parametrize(
    ("data", "limits", "error"),
    [
        (b"", Limits(), Empty),
        (b"no message\n", Limits(), Corrupt),
        ((LINE + ONE + b"\n") * 3, Limits(archive_members=2), TooLarge),
        (LINE + ONE, Limits(archive_bytes=20), TooLarge),
    ],
)
def test_what_cannot_be_read_says_why(
    tmp_path: Path, data: bytes, limits: Limits, error: type[DocumentError]
) -> None:
    with pytest.raises(error):
        read(tmp_path, data, limits)


def test_the_type_is_told_from_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(LINE + ONE)
    assert media_type(path, "inbox") == "application/mbox"
