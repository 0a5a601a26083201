"""Building a bundle, from a case to a folder that can be handed over."""

from __future__ import annotations

import datetime
import glob
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from pipeline.bundle.bag import close_bag, zip_bag
from pipeline.bundle.binding import bind
from pipeline.bundle.case import BundleReport, Case, Exhibit, Progress
from pipeline.bundle.collecting import collect
from pipeline.bundle.errors import BundleExists, EmptyCase, OriginalChanged
from pipeline.bundle.exhibits.body import bodies
from pipeline.bundle.exhibits.press import Press, Runner, here
from pipeline.bundle.extras import add_extras
from pipeline.bundle.kept import COLUMNS, FILE, custody_record, custody_rows
from pipeline.bundle.layout import Item, seated
from pipeline.bundle.numbering import HandedOver, carried
from pipeline.bundle.order import ordered
from pipeline.bundle.plan import Body, Plan
from pipeline.bundle.profile import Profile, profile
from pipeline.bundle.sheets import settled
from pipeline.bundle.tables import (
    CHRONOLOGY_COLUMNS,
    INDEX_COLUMNS,
    chronology_rows,
    index_rows,
    manifest,
    sha256,
    write_csv,
    write_json,
)
from pipeline.bundle.volumes import Cut
from pipeline.originals import sync_folder
from pipeline.timestamps.bag import PROVES, add_stamp

_BLOCK = 2**20
Covered = tuple[int, ...]
_UNFINISHED = ".unfinished"
_PUBLISHED = "zip-published"
_MARGIN = 0.95
"""How much smaller than it should be a volume is cut again, so that few rounds are needed."""
_SHEET, _STAMP = 12_000, 400
"""Bytes that a sheet, and a stamp, add at most."""


def build(
    case: Case,
    out: Path,
    zip: bool = False,
    progress: Progress | None = None,
    publishing: Callable[[BundleReport], object] | None = None,
    run: Runner = here,
    ahead: int = 1,
    sealing: Callable[[bytes], bytes | None] | None = None,
) -> BundleReport:
    """Builds the bundle of a case as the folder `out`, and as `out`.zip beside it if wanted.

    Originals are opened by `run`, here or in a worker, up to `ahead` of them at a time. The folder appears under its
    name when all of it is there; `publishing` is called just before, so that no bundle need be handed over
    unrecorded. `sealing` is given the bytes that stand for the whole bundle and answers with their time stamp, if
    there is one to be had. Raises BundleExists, EmptyCase, UnknownProfile, OriginalChanged (a stored original is not
    what its hash says), FontMissing.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow a link that stands in the way
    packed = out.with_name(out.name + ".zip") if zip else None
    _recover(out, packed)
    _refuse_existing(out, packed)
    if not case.exhibits:
        raise EmptyCase(f"{case.claim_id}: there is no document to put into a bundle.")
    style = replace(profile(case.profile), prefix=case.prefix)
    tell = progress or _silent
    with _scratch(out) as scratch:
        folder = scratch / "bag"
        with Press(scratch, style.paper, run, ahead) as press:
            plan, size, covered = _filled(case, folder, press, style, tell)
        if sealing and (token := sealing((folder / PROVES).read_bytes())):
            add_stamp(folder, token)
        if packed:
            zip_bag(folder, scratch / "bag.zip", out.name, case.made_at)
        _refuse_existing(out, packed)
        report = _report(case, plan, folder, out, packed, size, covered)
        if publishing:
            publishing(report)
        _publish(scratch, report)
    return report


def _report(
    case: Case, plan: Plan, folder: Path, out: Path, packed: Path | None, size: int, covered: Covered
) -> BundleReport:
    name = sha256(folder / "data" / "manifest.json")
    front = plan.front if profile(case.profile).counts_front else ()
    numbering = HandedOver(
        case.made_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        name,
        front,
        carried(case.before, plan.blocks),
    )
    notes = (*_notes(plan), *_covering(plan, covered), *_too_large(case, plan, folder / "data"))
    return BundleReport(
        out,
        packed,
        plan.pages,
        len(plan.tabs),
        size,
        case.withheld,
        name,
        notes,
        len(plan.volumes),
        len(plan.gaps),
        numbering,
    )


def _silent(_done: int, _total: int, _what: str) -> None:
    """Progress that nobody wants to hear of."""


def _refuse_existing(*targets: Path | None) -> None:
    for target in targets:
        if target is not None and os.path.lexists(target):
            raise BundleExists(f"{target} exists already.")


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """A folder beside the target, on the same disk, so that the finished bundle only needs a new name."""
    out.parent.mkdir(parents=True, exist_ok=True)
    # After an interrupt a worker may still write there for a moment; what stays is removed by the next build.
    with tempfile.TemporaryDirectory(
        _UNFINISHED, _prefix(out), out.parent, ignore_cleanup_errors=True
    ) as name:
        yield Path(name)


def _prefix(out: Path) -> str:
    return f".claimtrail-{out.name}-"


def _publish(scratch: Path, report: BundleReport) -> None:
    if report.zip:
        _publish_zip(scratch, report.zip)
    (scratch / "bag").rename(report.path)
    sync_folder(report.path.parent)


def _publish_zip(scratch: Path, packed: Path) -> None:
    """Gives the zip its name, and leaves word which file that was, should a crash come before the folder has one."""
    bag = scratch / "bag.zip"
    (scratch / _PUBLISHED).write_text(str(bag.stat().st_ino), encoding="ascii")
    bag.rename(packed)


def _recover(out: Path, packed: Path | None) -> None:
    """Removes what a build that was killed left of this bundle: never anything that someone else put there."""
    pattern = f"{glob.escape(_prefix(out))}*{_UNFINISHED}"
    for left in out.parent.glob(pattern):
        word = left / _PUBLISHED
        ours = word.is_file() and packed is not None and packed.is_file() and not os.path.lexists(out)
        if packed is not None and ours and word.read_text(encoding="ascii") == str(packed.stat().st_ino):
            packed.unlink()
        shutil.rmtree(left, ignore_errors=True)


def _filled(
    case: Case, folder: Path, press: Press, style: Profile, tell: Progress
) -> tuple[Plan, int, Covered]:
    """Fills the folder of the bag; returns the plan, the bytes written, and the pages whose number covers something."""
    data = folder / "data"
    (data / "originals").mkdir(parents=True)
    plan, covered = _bound(case, _items(case, press, style, tell), press.scratch, data, style, tell)
    for tab in plan.tabs:
        _copy_original(tab.exhibit, folder / tab.original)
    write_csv(data / "index.csv", INDEX_COLUMNS, index_rows(case, plan, style))
    write_csv(data / "chronology.csv", CHRONOLOGY_COLUMNS, chronology_rows(case, plan))
    (data / "audit.jsonl").write_text("".join(f"{e}\n" for e in case.audit), encoding="utf-8", newline="\n")
    write_csv(folder / FILE, COLUMNS, custody_rows(case, plan))
    add_extras(case, plan, style, data)
    record = {**manifest(case, plan, data), "custody": custody_record(case, plan)}
    write_json(data / "manifest.json", record)
    info = {"Bagging-Date": case.made_at.date().isoformat(), "External-Identifier": case.claim_id}
    return plan, close_bag(folder, {**info, "External-Description": case.title}), covered


def _items(case: Case, press: Press, style: Profile, tell: Progress) -> list[Item]:
    """The documents as pages, and the numbers kept free, in their order."""
    order = ordered(case, style)
    found: list[Body] = []
    for body in bodies([place.exhibit for place in order], press, style):
        tell(len(found), len(order), order[len(found)].exhibit.name)
        found.append(body)
    press.close()
    return seated(order, found, case.before, style)


def _bound(
    case: Case, items: Sequence[Item], scratch: Path, data: Path, style: Profile, tell: Progress
) -> tuple[Plan, Covered]:
    """Writes the volumes. What a page weighs is seen only when it is bound: too large a volume is cut anew."""
    cut = Cut(case.max_pages, case.max_bytes)
    if case.max_bytes is not None:
        cut = replace(cut, weights=tuple(_weight(item.body, scratch) for item in items))
    while True:
        sheets = settled(case, items, style, scratch / "sheets.pdf", cut)
        plan = sheets.plan
        numbering = partial(_numbering, tell, plan.pages)
        covered: list[int] = []
        for volume in plan.volumes:
            covered += bind(sheets, volume, case, style, data / volume.file, numbering)
        worst = max(_excess(case, plan, data), default=0.0)
        if worst <= 1.0 or cut.bytes is None:
            return plan, tuple(covered)
        for volume in plan.volumes:
            (data / volume.file).unlink()
        cut = replace(cut, bytes=int(cut.bytes / worst * _MARGIN))


def _numbering(tell: Progress, pages: int, done: int) -> None:
    tell(done, pages, "numbering pages")


def _weight(body: Body, scratch: Path) -> int:
    """The bytes that an exhibit's pages take in a file of their own, and their stamps."""
    if not body.slices:
        return _SHEET
    out = scratch / "weighed.pdf"
    collect(body.slices, out)
    return out.stat().st_size + _SHEET + _STAMP * body.leaves


def _excess(case: Case, plan: Plan, data: Path) -> Iterator[float]:
    """How many times too large each volume is that could still be cut."""
    for volume in plan.volumes:
        held = [row for row in plan.rows if row.volume == volume.number]
        if case.max_bytes is not None and len(held) > 1:
            yield (data / volume.file).stat().st_size / case.max_bytes


def _too_large(case: Case, plan: Plan, data: Path) -> Iterator[str]:
    """The volumes that are larger than asked for: a document is never parted."""
    for volume in plan.volumes:
        size = (data / volume.file).stat().st_size
        pages = volume.last - volume.first + 1
        heavy = case.max_bytes is not None and size > case.max_bytes
        if heavy or (case.max_pages is not None and pages > case.max_pages):
            yield (
                f"{volume.file}: {pages} pages, {size / 10**6:.1f} MB: larger than asked for; documents are not parted"
            )


def _copy_original(exhibit: Exhibit, target: Path) -> None:
    """Copies the original and proves on the way that it is still the one that was taken in."""
    digest = hashlib.sha256()
    try:
        with exhibit.original.open("rb") as source, target.open("xb") as copy:
            while block := source.read(_BLOCK):
                digest.update(block)
                copy.write(block)
    except FileNotFoundError as error:
        raise OriginalChanged(f"{exhibit.name} ({exhibit.id}): its original is missing.") from error
    if digest.hexdigest() != exhibit.sha256:
        raise OriginalChanged(f"{exhibit.name} ({exhibit.id}): its original is not what was taken in.")


def _covering(plan: Plan, covered: Covered) -> Iterator[str]:
    """A note for each exhibit on whose pages there was no place without ink for the number."""
    for tab in plan.tabs:
        pages = [plan.label(page) for page in covered if (tab.first or page + 1) <= page <= tab.last]
        if pages:
            yield f"{tab.number}: {tab.exhibit.name}: the page number covers part of page {', '.join(pages)}"


def _notes(plan: Plan) -> Iterator[str]:
    for tab in plan.tabs:
        if tab.first is None or tab.body.note:
            yield f"{tab.number}: {tab.exhibit.name}: {tab.body.note or 'no pages to show'}"
