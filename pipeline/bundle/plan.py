"""Where everything stands in the bundle: tabs, pages, numbers, volumes. Plain data; `layout` works it out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.bundle.case import Exhibit, ExhibitLink
from pipeline.bundle.corners import Ink
from pipeline.bundle.numbering import Block
from pipeline.harmless import safe_name
from pipeline.renditions.geometry import Rect
from pipeline.renditions.layer import Laid


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
    """How many pages each part in front takes: title, index, chronology, changes; and each item's own sheet."""

    title: int
    index: int
    chronology: int
    changes: int
    sheets: tuple[int, ...]

    @property
    def front(self) -> int:
        """The pages of all parts in front."""
        return self.title + self.index + self.chronology + self.changes

    def at_least(self, other: Sizes) -> Sizes:
        """The greater of both, part by part."""
        return Sizes(
            max(self.title, other.title),
            max(self.index, other.index),
            max(self.chronology, other.chronology),
            max(self.changes, other.changes),
            tuple(map(max, self.sheets, other.sheets)),
        )


@dataclass(frozen=True, slots=True)
class Tab:
    """An exhibit in its place. `sheet` is the page on which it begins: its tab sheet where it has one; `first` is its
    own first page.

    `last` is the last page that belongs to it; pages count from 1 at the title page. `first` is None when the exhibit
    has no pages. `labels` are the numbers printed on its pages, from `sheet` on; `volume` is the one it stands in.
    """

    number: int
    exhibit: Exhibit
    body: Body
    sheet: int
    first: int | None
    last: int
    labels: tuple[str, ...] = ()
    group: str = ""
    volume: int = 1

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
    def has_sheet(self) -> bool:
        """Whether a sheet of its own stands before its pages."""
        return self.first != self.sheet

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


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that a document had in an earlier bundle and that are kept free; `moved` is its tab now, if any."""

    number: int
    sheet: int
    last: int
    first_label: str
    last_label: str
    moved: int | None = None
    volume: int = 1


@dataclass(frozen=True, slots=True)
class Volume:
    """A PDF of the bundle: its file below `data`, and the pages that it holds (from 1, through all volumes)."""

    number: int
    file: str
    first: int
    last: int


@dataclass(frozen=True)
class Plan:
    """The bundle's pages, counted through all volumes: sections by their first page, tabs and gaps in order.

    `labels` are the numbers that the pages print; `front` the pages of title, index, chronology and changes in their
    order, which in a bundle that grew may go on behind the documents. `blocks` is what the records keep of it.
    """

    sizes: Sizes
    front: tuple[int, ...]
    documents: int
    tabs: tuple[Tab, ...]
    gaps: tuple[Gap, ...]
    labels: tuple[str, ...]
    volumes: tuple[Volume, ...]
    blocks: tuple[Block, ...]

    @property
    def pages(self) -> int:
        return len(self.labels)

    @property
    def index(self) -> int:
        return self.front[self.sizes.title]

    @property
    def chronology(self) -> int:
        return self.front[self.sizes.title + self.sizes.index]

    @property
    def changes(self) -> int | None:
        """The first page of the sheet of changes, if there is one."""
        at = self.sizes.title + self.sizes.index + self.sizes.chronology
        return self.front[at] if self.sizes.changes else None

    def label(self, page: int) -> str:
        """The number printed on a page."""
        return self.labels[page - 1]

    def volume_of(self, page: int) -> Volume:
        """The volume that holds a page."""
        return next(volume for volume in self.volumes if page <= volume.last)

    @cached_property
    def rows(self) -> list[Tab | Gap]:
        """Tabs and gaps in the order of their pages."""
        return sorted([*self.tabs, *self.gaps], key=lambda row: row.sheet)

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


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A sort key that puts E2 before E10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    numbers = (p.lstrip("0") if p[0] in "0123456789" else p for p in parts)
    return tuple((len(n) if p[0] in "0123456789" else 1000, n) for p, n in zip(parts, numbers, strict=True))
