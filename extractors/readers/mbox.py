"""Mailboxes (.mbox, RFC 4155): a listing as the page, every message as a child."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from extractors.errors import Corrupt, Empty
from extractors.pace import PaceFile
from extractors.readers.children import ChildStore
from extractors.readers.draft import Draft, Input
from extractors.readers.mime import parse
from extractors.readers.paging import paged

MEDIA_TYPES = frozenset({"application/mbox"})

_SEPARATOR = re.compile(rb"From \S.*\d\d:\d\d")
_QUOTED = re.compile(rb">+From ")
_LONGEST_LINE = 2**20
"""Bytes that are read at once: a line may have no end."""
_HEAD = 64 * 1024
"""Bytes of a message that are looked at for its subject."""


def read(source: Input) -> Draft:
    """A line for each message: number, date, sender, subject; the messages as children, without their "From "
    line and with one ">" taken off the quoted ones (RFC 4155, appendix A; the mboxrd form).

    Raises Empty, Corrupt when no message begins in it, TooLarge beyond archive_members and archive_bytes.
    """
    if not source.path.stat().st_size:
        raise Empty(f"{source.untrusted_name}: the file has no bytes")
    store, pace, size = ChildStore(source), PaceFile(source.scratch), source.path.stat().st_size
    lines = []
    with source.path.open("rb") as file:
        for path in _messages(file, store):
            lines.append(_taken(path, store))
            pace.reached("MiB", file.tell() // 2**20, size // 2**20)
    if not lines:
        raise Corrupt(f"{source.untrusted_name}: called a mailbox, but no message begins in it")
    listing = "\n".join([f"{source.untrusted_name}: {len(lines)} messages", *lines]) + "\n"
    pages = paged(listing, source.untrusted_name, source.limits)
    return Draft(source.media_type, pages, tuple(store.children))


def _messages(file: IO[bytes], store: ChildStore) -> Iterator[Path]:
    """Writes message by message; a message begins at a "From " line that follows an empty line or nothing."""
    path: Path | None = None
    out: IO[bytes] | None = None
    after_empty = at_line_start = True
    while line := file.readline(_LONGEST_LINE):
        if at_line_start and after_empty and _SEPARATOR.match(line):
            if out is not None and path is not None:
                out.close()
                yield path
            path = store.next_path()
            out = path.open("wb")
        elif out is not None:
            store.count(len(line))
            out.write(line[1:] if at_line_start and _QUOTED.match(line) else line)
        after_empty = at_line_start and not line.strip()
        at_line_start = line.endswith(b"\n")
    if out is not None and path is not None:
        out.close()
        yield path


def _taken(path: Path, store: ChildStore) -> str:
    """Adds the message to the children; its line in the listing."""
    with path.open("rb") as file:
        mail = parse(file.read(_HEAD))
    number = len(store.children) + 1
    date, sender, subject = (_one_line(mail.header(name)) for name in ("date", "from", "subject"))
    store.add(f"{number:05d} {subject[:80] or 'message'}.eml", path)
    return "\t".join((str(number), date, sender, subject))


def _one_line(value: str | None) -> str:
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", value or "").strip()[:300]
