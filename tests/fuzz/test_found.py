"""What fuzzing found, made small: each case once broke its target. And each target stands a short blind run."""

from __future__ import annotations

import base64
import contextlib
import random
import zlib

import pytest

from tests.fuzz import seeds
from tests.fuzz.engine import mutated
from tests.fuzz.targets import targets


def huge_stream(data: bytes, name: str) -> bytes:
    """A compound file in which one stream says that it has more bytes than there are in the world."""
    at = data.index(name.encode("utf-16-le")) + 0x78
    return data[:at] + b"\xff" * 8 + data[at + 8 :]


HALF = b"&#xD83D;"
"""A reference to half a character, which some programs write for an emoji."""
FOUND: list[tuple[str, bytes]] = [
    ("read:rtf", rb"{\rtf1{\info{\title a\u-10179 b}}text\par}"),
    *(
        (name, seeds_of.replace(b">", b">" + HALF, 4))
        for name in ("part:document.xml", "part:slide.xml", "part:odt-content.xml", "part:ods-content.xml")
        for seeds_of in [next(targets()[name].seeds())]
    ),
    ("part:numbering.xml", b'<w:numbering xmlns:w="w"><w:' + HALF + b"abstractNum></w:numbering>"),
    ("part:workbook.xml", b'<workbook><sheets><sheet name="' + HALF + b'"/><!-- </workbook>'),
    ("part:book.opf", b'<package><manifest><item href="' + HALF + b'"></package>'),
    ("part:presentation.xml", b'<p:presentation><p:sldSz cx="' + HALF + b'"/>'),
    ("part:sheet.xml", b'<worksheet><sheetData><row><c t="s"><v>' + b"9" * 5000 + b"</v></c></row></sheetData>"),
    ("part:sheet.xml", b'<worksheet><sheetData><row><c s="' + b"9" * 5000 + b'"><v>1</v></c></row></sheetData>'),
    ("part:numbering.xml", b'<n><abstractNum abstractNumId="0"><lvl ilvl="' + b"9" * 5000 + b'"/></abstractNum></n>'),
    # folders within folders that lead back to themselves
    ("read:msg", zlib.decompress(base64.b64decode("eNq7cF7wwcKNUg8ZsAJODBEWhlEwCkbBKBgFo2AUjIJRMLIB42gQDGEAAPcJBOw="))),
    ("read:ppt", huge_stream(seeds.FILES["ppt"](), "Current User")),
    ("small:sidecar", b'note: !!float ""'),
    ("small:sidecar", b"note: !!timestamp x"),
    ("small:sidecar", b"[" * 1200),
    ("small:settings", b"workers: !!int x"),
    ("small:settings", b"workers: 2023-99-99"),
    ("small:settings", b"workers: " + b"9" * 5000),
    ("small:register", b"{a: " * 2000),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data"), FOUND, ids=[f"{n}-{name}" for n, (name, _) in enumerate(FOUND)])
def test_what_broke_a_target_breaks_it_no_more(name: str, data: bytes) -> None:
    target = targets()[name]
    with contextlib.suppress(*target.allowed):
        target.run(data)


@pytest.mark.parametrize("name", sorted(targets()))
def test_a_target_stands_its_seeds_and_some_changes(name: str) -> None:
    target = targets()[name]
    pool = list(target.seeds())
    chance = random.Random(name)  # noqa: S311
    quick = not name.startswith(("text:", "extract"))
    for data in (*pool, *(mutated(chance, pool, target.words) for _ in range(12 if quick else 2))):
        with contextlib.suppress(*target.allowed):
            target.run(data)


def test_every_format_has_a_seed_that_is_read() -> None:
    for name in seeds.FILES:
        target = targets()[f"read:{name}"]
        for data in target.seeds():
            target.run(data)
