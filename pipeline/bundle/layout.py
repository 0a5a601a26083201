"""Working out where everything stands: which numbers the pages get, and where volumes end. Nothing is drawn here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.bundle.case import Exhibit
from pipeline.bundle.numbering import Block, HandedOver, Number, following, numbered, positions, standing
from pipeline.bundle.order import Ordered
from pipeline.bundle.plan import Body, Gap, Plan, Sizes, Tab
from pipeline.bundle.profile import Profile
from pipeline.bundle.volumes import Cut, cut

_UNSHOWN = 1
"""Pages of the sheet of a document that has none of its own."""


@dataclass(frozen=True, slots=True)
class Item:
    """What takes numbers in the bundle: a document, or numbers that are kept free (`exhibit` None).

    `block` are the numbers that it has from an earlier bundle.
    """

    tab: int
    exhibit: Exhibit | None
    body: Body
    group: str
    block: Block | None
    moved: int | None = None


def seated(
    order: Sequence[Ordered], bodies: Sequence[Body], before: HandedOver | None, profile: Profile
) -> list[Item]:
    """Documents and kept-free numbers in the order of their pages.

    A document keeps its numbers where its pages are as many as they were; else it gets new ones as a late document
    does, and its old ones are kept free.
    """
    known, tab = standing(before), max((b.tab for b in (before.blocks if before else ())), default=0)
    items: list[Item] = []
    for (exhibit, group), body in zip(order, bodies, strict=True):
        block = known.get(exhibit.id)
        if block is not None and _fits(block, body, profile):
            items.append(Item(block.tab, exhibit, body, group, block))
        else:
            tab += 1
            items.append(Item(tab, exhibit, body, group, None))
    return _arranged(items, _free(items, before), before, profile)


def _fits(block: Block, body: Body, profile: Profile) -> bool:
    return block.leaves == body.leaves and bool(block.sheet) == profile.has_sheet(body.leaves)


def _free(items: Sequence[Item], before: HandedOver | None) -> list[Item]:
    taken = {item.tab: item for item in items}
    now = {item.exhibit.id: item.tab for item in items if item.exhibit}
    return [
        Item(block.tab, None, Body(), "", block, now.get(block.document))
        for block in (before.blocks if before else ())
        if block.tab not in taken
    ]


def _arranged(items: list[Item], free: list[Item], before: HandedOver | None, profile: Profile) -> list[Item]:
    if before is None:
        return items
    fixed = [(item.block.first, item) for item in [*items, *free] if item.block]
    held = [item for _, item in sorted(fixed, key=lambda found: found[0])]
    late = [item for item in items if item.block is None]
    if not profile.inserts:
        heading = profile.word("group.late")
        return [*held, *(replace(item, group=heading) for item in late)]
    places = {item.tab: at for at, item in enumerate(held)}
    known = [item.block.last for item in held if item.block]
    gone = [item.exhibit is None for item in held]
    wanted = [places[item.tab] if item.block else None for item in items]
    return [late[at] if new else held[at] for new, at in positions(known, gone, wanted)]


def first_sizes(items: Sequence[Item], profile: Profile) -> Sizes:
    """The least that every part may take, without a sheet of changes."""
    return Sizes(1, 1, 1, 0, tuple(_least(item, profile) for item in items))


def _least(item: Item, profile: Profile) -> int:
    if item.exhibit is None and item.block is not None:
        return item.block.pages if profile.fills else 1
    if item.block is not None:
        return item.block.sheet
    return _UNSHOWN if profile.has_sheet(item.body.leaves) else 0


@dataclass(frozen=True, slots=True)
class _Run:
    """The pages of an item or of the front: its numbers, and which item it is (None: the front)."""

    first: Number
    pages: int
    item: int | None


def laid_out(
    items: Sequence[Item], sizes: Sizes, profile: Profile, before: HandedOver | None, cutting: Cut
) -> Plan:
    """The plan that follows from the sizes of all parts."""
    counts = [size + item.body.leaves for size, item in zip(sizes.sheets, items, strict=True)]
    slots = list(before.front) if before else []
    newest = before.newest if before else 0
    if profile.counts_front and before is None:
        slots = list(range(1, sizes.front + 1))
        newest = sizes.front
    fixed = [(item.block.first, item.block.last) if item.block else None for item in items]
    firsts = numbered(fixed, counts, newest, profile.inserts)
    if profile.counts_front:
        end = max([newest, *(f[0] + c - 1 for f, c in zip(firsts, counts, strict=True))])
        slots += range(end + 1, end + 1 + sizes.front - len(slots))
    runs = _runs(firsts, counts, slots if profile.counts_front else None, sizes.front)
    return _plan(items, sizes, runs, firsts, profile, cutting)


def _runs(
    firsts: Sequence[Number], counts: Sequence[int], slots: Sequence[int] | None, front: int
) -> list[_Run]:
    """All pages in their order: by number where the front is counted, else the front first."""
    own = [_Run(first, count, at) for at, (first, count) in enumerate(zip(firsts, counts, strict=True))]
    if slots is None:
        return [_Run((n,), 1, None) for n in range(1, front + 1)] + own
    return sorted([*own, *(_Run((n,), 1, None) for n in slots)], key=lambda run: run.first)


def _plan(
    items: Sequence[Item],
    sizes: Sizes,
    runs: Sequence[_Run],
    firsts: Sequence[Number],
    profile: Profile,
    cutting: Cut,
) -> Plan:
    labels: list[str] = []
    front: list[int] = []
    places: dict[int, int] = {}
    for run in runs:
        if run.item is None:
            front.append(len(labels) + 1)
            labels.append(profile.front_label(run.first[0]))
        else:
            places[run.item] = len(labels) + 1
            labels += [profile.label(following(run.first, step)) for step in range(run.pages)]
    volumes = cut(cutting, len(labels), [places[at] for at in range(len(items))])
    tabs, gaps, blocks = [], [], []
    for at, (item, size) in enumerate(zip(items, sizes.sheets, strict=True)):
        place, first = places[at], firsts[at]
        volume = next(v.number for v in volumes if place <= v.last)
        if item.exhibit is not None:
            tabs.append(_tab(item, item.exhibit, place, size, labels, volume))
            blocks.append(_block(item, item.exhibit, first, size))
        elif item.block is not None:
            ends = profile.label(item.block.first), profile.label(item.block.last)
            gaps.append(Gap(item.tab, place, place + size - 1, *ends, item.moved, volume))
    return Plan(
        sizes,
        tuple(front),
        min(places.values()),
        tuple(tabs),
        tuple(gaps),
        tuple(labels),
        volumes,
        tuple(blocks),
    )


def _tab(item: Item, exhibit: Exhibit, place: int, size: int, labels: Sequence[str], volume: int) -> Tab:
    first, after = place + size, place + size + item.body.leaves
    own = tuple(labels[place - 1 : after - 1])
    shown = first if item.body.leaves else None
    return Tab(item.tab, exhibit, item.body, place, shown, after - 1, own, item.group, volume)


def _block(item: Item, exhibit: Exhibit, first: Number, size: int) -> Block:
    return Block(item.tab, exhibit.id, size, item.body.leaves, first, exhibit.facts)
