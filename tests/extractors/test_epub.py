"""Electronic books made here."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from extractors.detect import media_type
from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Empty, Encrypted, TooLarge
from extractors.limits import Limits
from extractors.readers import read as read_any
from extractors.readers.draft import Draft, Input

PICTURE = b"\xff\xd8\xff" + b"x" * 30_000
CONTAINER = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'


def opf(*spine: str) -> str:
    refs = "".join(f'<itemref idref="{name}"/>' for name in spine)
    return (
        '<package xmlns:dc="d"><metadata><dc:title>保修手册</dc:title><dc:creator>Wang</dc:creator></metadata>'
        '<manifest><item id="one" href="one%20.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="two" href="../two.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/>'
        f'<item id="p" href="p.jpg" media-type="image/jpeg"/></manifest><spine>{refs}</spine></package>'
    )


def book(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def whole(*spine: str) -> dict[str, str | bytes]:
    return {
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": opf(*spine),
        "OPS/one .xhtml": "<html><body><h1>Warranty</h1><table><tr><td>a</td><td>b</td></tr></table></body></html>",
        "two.xhtml": "<html><body><p>第二章</p></body></html>",
        "OPS/p.jpg": PICTURE,
    }


def read(folder: Path, data: bytes, limits: Limits | None = None) -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    kind = media_type(path, "a.epub")
    return read_any(Input(path, "a.epub", kind, folder / "scratch", limits or Limits()))


def test_chapters_come_in_the_order_of_the_spine(tmp_path: Path) -> None:
    draft = read(tmp_path, book(whole("two", "one")))
    pages = [page for page in draft.pages if isinstance(page, PageText)]
    assert [page.text.split() for page in pages] == [["第二章"], ["Warranty", "a", "b"]]
    assert [(c.column, pages[1].text[c.start : c.end]) for c in pages[1].cells] == [(0, "a"), (1, "b")]
    assert draft.title == "保修手册"
    assert draft.metadata == (("epub author", "Wang"),)
    assert [child.path.read_bytes() for child in draft.children] == [PICTURE]


def test_a_missing_chapter_is_noted(tmp_path: Path) -> None:
    draft = read(tmp_path, book(whole("one", "gone")))
    assert draft.notes == ("chapter OPS/gone.xhtml: missing or damaged, not read",)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"META-INF/rights.xml": "<x/>"}, Encrypted),
        ({"META-INF/container.xml": "<x/>"}, Corrupt),
        ({"META-INF/container.xml": "no xml"}, Corrupt),
        ({"OPS/book.opf": "<package/>"}, Empty),
        ({"OPS/zeros": b"\0" * 60_000_000}, TooLarge),
    ],
)
def test_what_cannot_be_read_says_why(
    tmp_path: Path, change: dict[str, str | bytes], error: type[DocumentError]
) -> None:
    with pytest.raises(error):
        read(tmp_path, book(whole("one") | change))
