"""Where everything stands in the bundle: order, tabs, page numbers. Arithmetic only, nothing is drawn here."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.bundle.case import Case, Exhibit, ExhibitLink
from pipeline.bundle.corners import Ink
from pipeline.renditions.geometry import Rect
from pipeline.renditions.layer import Laid

_LAST = datetime.date.max


@dataclass(frozen=True, slots=True)
class Slice:
    """`count` pages of the PDF `file`, from page `first` (from 0)."""

    file: Path
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Body:
    """An exhibit as pages. `starts[n]` is the leaf (from 0) on which page n + 1 of the document begins.

    `note` says why the pages are not the document's own, or why there are none. Of each leaf `laid` is what lies on
    it as invisible text, where it was recognised, `ink` what a stamp must not cover (None: nothing that is known of),
    `seen` where on it the document's page stands (None: it is the page).
    """

    slices: tuple[Slice, ...] = ()
    starts: tuple[int, ...] = ()
    note: str = ""
    laid: tuple[Laid | None, ...] = ()
    ink: tuple[Ink | None, ...] = ()
    seen: tuple[Rect | None, ...] = ()

    @property
    def leaves(self) -> int:
        return sum(part.count for part in self.slices)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many pages each part in front takes: title, index, chronology, and each tab's own sheet."""

    title: int
    index: int
    chronology: int
    sheets: tuple[int, ...]

    def at_least(self, other: Sizes) -> Sizes:
        """The greater of both, part by part."""
        return Sizes(
            max(self.title, other.title),
            max(self.index, other.index),
            max(self.chronology, other.chronology),
            tuple(map(max, self.sheets, other.sheets)),
        )


@dataclass(frozen=True, slots=True)
class Tab:
    """An exhibit in its place. `sheet` is the page number of its tab sheet, `first` that of its own first page.

    `last` is the last page that belongs to it; page numbers count from 1 at the title page. `first` is None when the
    exhibit has no pages.
    """

    number: int
    exhibit: Exhibit
    body: Body
    sheet: int
    first: int | None
    last: int

    def page(self, number: int | None) -> int:
        """The bundle's page that shows page `number` of the document; its first where no page is named."""
        if self.first is None:
            return self.sheet
        if number is None or not self.body.starts:
            return self.first
        return self.first + self.body.starts[min(max(number, 1), len(self.body.starts)) - 1]

    @property
    def map(self) -> list[int]:
        """The bundle's page for each page of the document."""
        return [self.page(number) for number in range(1, len(self.body.starts) + 1)] if self.first else []

    @property
    def laid(self) -> dict[int, Laid]:
        """What lies as invisible text on the bundle's pages that have some."""
        first = self.first or 0
        return {first + leaf: laid for leaf, laid in enumerate(self.body.laid) if laid is not None}

    @property
    def ink(self) -> dict[int, Ink]:
        """What is known of ink on the bundle's pages."""
        first = self.first or 0
        return {first + leaf: ink for leaf, ink in enumerate(self.body.ink) if ink is not None}

    @property
    def links(self) -> list[ExhibitLink]:
        """The links that stand, in order of event and page."""
        standing = (link for link in self.exhibit.links if link.status != "rejected")
        return sorted(standing, key=lambda link: (natural(link.event), link.page or 0))

    @property
    def original(self) -> str:
        """Its original's path in the bundle."""
        return f"data/originals/{self.number:04}-{safe_name(self.exhibit.name)}"


@dataclass(frozen=True)
class Plan:
    """The bundle's pages: sections by their first page, tabs in order."""

    sizes: Sizes
    index: int
    chronology: int
    documents: int
    tabs: tuple[Tab, ...]
    pages: int

    @cached_property
    def by_id(self) -> dict[str, Tab]:
        return {tab.exhibit.id: tab for tab in self.tabs}

    @cached_property
    def by_event(self) -> dict[str, list[tuple[Tab, ExhibitLink]]]:
        """The tabs that bear on each event, in order of tab and page."""
        found: dict[str, list[tuple[Tab, ExhibitLink]]] = {}
        for tab in self.tabs:
            for link in tab.links:
                found.setdefault(link.event, []).append((tab, link))
        return found


def laid_out(exhibits: Sequence[Exhibit], bodies: Sequence[Body], sizes: Sizes) -> Plan:
    """The plan that follows from the sizes of all parts."""
    index = 1 + sizes.title
    chronology = index + sizes.index
    page = documents = chronology + sizes.chronology
    tabs: list[Tab] = []
    for number, (exhibit, body, sheet) in enumerate(zip(exhibits, bodies, sizes.sheets, strict=True), 1):
        first = page + sheet
        after = first + body.leaves
        tabs.append(Tab(number, exhibit, body, page, first if body.leaves else None, after - 1))
        page = after
    return Plan(sizes, index, chronology, documents, tuple(tabs), page - 1)


def in_order(case: Case) -> list[Exhibit]:
    """The exhibits by date, undated ones last; what was inside a mail or an archive follows it."""
    by_id = {exhibit.id: exhibit for exhibit in case.exhibits}
    inside: dict[str | None, list[Exhibit]] = {}
    for exhibit in case.exhibits:
        inside.setdefault(exhibit.parent if exhibit.parent in by_id else None, []).append(exhibit)
    ordered: dict[str, Exhibit] = {}
    waiting = sorted(inside.get(None, []), key=_by_date, reverse=True)
    while waiting or len(ordered) < len(by_id):
        # Only a family that goes round in a circle has no member without a parent; it still must not be lost.
        exhibit = waiting.pop() if waiting else next(e for e in case.exhibits if e.id not in ordered)
        if exhibit.id in ordered:
            continue
        ordered[exhibit.id] = exhibit
        waiting += sorted(inside.get(exhibit.id, []), key=_by_place(exhibit.children), reverse=True)
    return list(ordered.values())


def _by_date(exhibit: Exhibit) -> tuple[object, ...]:
    return exhibit.date or _LAST, natural(exhibit.name), exhibit.id


def _by_place(children: Sequence[str]) -> Callable[[Exhibit], tuple[object, ...]]:
    """A sort key: the place that the parent gives its child, then its name."""
    places = {child: place for place, child in enumerate(children)}
    return lambda exhibit: (places.get(exhibit.id, len(places)), natural(exhibit.name), exhibit.id)


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A sort key that puts E2 before E10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    numbers = (p.lstrip("0") if p[0] in "0123456789" else p for p in parts)
    return tuple((len(n) if p[0] in "0123456789" else 1000, n) for p, n in zip(parts, numbers, strict=True))


_UNSAFE = set('/\\:*?"<>|%')
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MOST_BYTES = 120


def safe_name(untrusted: str) -> str:
    """A file name that every system takes: no separators, no control or direction characters, 120 bytes at most."""
    normal = unicodedata.normalize("NFC", untrusted)
    kept = "".join("_" if c in _UNSAFE or unicodedata.category(c) in _INVISIBLE else c for c in normal)
    stem, dot, suffix = kept.strip(" .").rpartition(".")
    if not dot or len(suffix.encode()) > 16:
        stem, suffix = stem + dot + suffix, ""
    room = _MOST_BYTES - len(suffix.encode()) - 1
    stem = stem.encode()[:room].decode(errors="ignore").strip(" .") or "file"
    return f"{stem}.{suffix}" if suffix else stem
