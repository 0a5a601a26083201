"""Load files of a production: a Concordance DAT, an Opticon OPT, a text file per document, a PDF file per page.

Both are conventions of the trade and no published standards: fields parted by 0x14 (shown as ¶) and quoted with þ,
lines of a value parted by ®, UTF-8 with a byte-order mark; seven fields a page in the OPT. One PDF per page, because
that is what every review platform reads an OPT with; paths are relative to the DAT and go the way of Windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf

from pipeline.bundle.case import Exhibit
from pipeline.bundle.plan import Plan, Tab

DAT, OPT = "production.dat", "production.opt"
FIELDS = (
    "BEGBATES",
    "ENDBATES",
    "BEGATTACH",
    "ENDATTACH",
    "PARENTBATES",
    "DOCTYPE",
    "DOCDATE",
    "TITLE",
    "FROM",
    "TO",
    "FILENAME",
    "FILEPATH",
    "DATERECEIVED",
    "PGCOUNT",
    "SHA256",
    "NATIVELINK",
    "TEXTLINK",
)
_PART, _QUOTE, _LINE = "\x14", "þ", "®"


def write_load_files(plan: Plan, data: Path) -> None:
    """Writes DAT and OPT, the texts and the pages below the bundle's `data` folder."""
    (data / "text").mkdir()
    (data / "images").mkdir()
    rows = [_values(plan, tab, _text(tab, data)) for tab in plan.tabs]
    lines = [_joined(FIELDS), *(_joined(row) for row in rows)]
    (data / DAT).write_bytes("".join(f"{line}\r\n" for line in lines).encode("utf-8-sig", "replace"))
    (data / OPT).write_bytes("".join(f"{line}\r\n" for line in _images(plan, data)).encode("utf-8"))


def _joined(values: tuple[str, ...]) -> str:
    return _PART.join(f"{_QUOTE}{_value(value)}{_QUOTE}" for value in values)


def _value(value: str) -> str:
    """One line without what parts fields; a quote within is doubled."""
    plain = "".join(" " if char < " " else char for char in value)
    return " ".join(plain.split()).replace(_LINE, "(R)").replace(_QUOTE, _QUOTE * 2)


def _values(plan: Plan, tab: Tab, text: str) -> tuple[str, ...]:
    e = tab.exhibit
    first, last = _family(plan, tab)
    parent = plan.by_id.get(e.parent or "")
    seen = e.sightings[0] if e.sightings else None
    return (
        tab.labels[0],
        tab.labels[-1],
        first,
        last,
        parent.labels[0] if parent else "",
        e.kind,
        e.date.isoformat() if e.date else "",
        e.title,
        e.sender,
        "; ".join(e.recipients),
        e.name,
        seen.path if seen else "",
        seen.received.isoformat() if seen else "",
        str(len(tab.labels)),
        e.sha256,
        _windows(tab.original.removeprefix("data/")),
        _windows(text),
    )


def _windows(path: str) -> str:
    return path.replace("/", "\\")


def _family(plan: Plan, tab: Tab) -> tuple[str, str]:
    """The first and the last number of a mail or archive with all that was in it; empty for what stands alone."""
    head = tab
    seen = {tab.exhibit.id}
    while (parent := plan.by_id.get(head.exhibit.parent or "")) and parent.exhibit.id not in seen:
        head = parent
        seen.add(parent.exhibit.id)
    members = [head, *_inside(plan, head.exhibit, {head.exhibit.id})]
    if len(members) == 1:
        return "", ""
    return min(m.labels[0] for m in members), max(m.labels[-1] for m in members)


def _inside(plan: Plan, exhibit: Exhibit, seen: set[str]) -> Iterator[Tab]:
    for child in exhibit.children:
        if child not in seen and (tab := plan.by_id.get(child)):
            seen.add(child)
            yield tab
            yield from _inside(plan, tab.exhibit, seen)


def _text(tab: Tab, data: Path) -> str:
    """Writes what was read from a document, a form feed between its pages; returns the path, or nothing if none was."""
    document = tab.exhibit.read()
    if document is None or not document.text.strip():
        return ""
    path = f"text/{tab.labels[0]}.txt"
    pages = "\f".join(document.page_text(page.number) for page in document.pages)
    (data / path).write_bytes(pages.encode("utf-8-sig", "replace"))
    return path


def _images(plan: Plan, data: Path) -> Iterator[str]:
    """Writes each page of each document as a PDF of its own; yields its line of the OPT."""
    for volume in plan.volumes:
        with pikepdf.open(data / volume.file) as pdf:
            for tab in (tab for tab in plan.tabs if tab.volume == volume.number):
                for at, label in enumerate(tab.labels):
                    _write_page(pdf, tab.sheet + at - volume.first, data / "images" / f"{label}.pdf")
                    begins = "Y" if at == 0 else ""
                    pages = str(len(tab.labels)) if at == 0 else ""
                    yield f"{label},VOL{tab.volume:03},images\\{label}.pdf,{begins},,,{pages}"


def _write_page(source: pikepdf.Pdf, at: int, out: Path) -> None:
    """A page as it is, without its links, which lead to pages of the bundle."""
    with pikepdf.new() as pdf:
        pdf.pages.append(source.pages[at])
        if "/Annots" in pdf.pages[0].obj:
            del pdf.pages[0].obj["/Annots"]
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
