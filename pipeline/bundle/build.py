"""Building a bundle, from a case to a folder that can be handed over."""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.bundle.bag import close_bag, zip_bag
from pipeline.bundle.binding import bind
from pipeline.bundle.case import BundleReport, Case, Exhibit, Progress
from pipeline.bundle.errors import BundleExists, EmptyCase, OriginalChanged
from pipeline.bundle.exhibits.body import body_of
from pipeline.bundle.exhibits.press import Press, Runner, here
from pipeline.bundle.kept import COLUMNS, FILE, custody_record, custody_rows
from pipeline.bundle.plan import Body, Plan, in_order
from pipeline.bundle.profile import Profile, profile
from pipeline.bundle.sheets import Sheets, settled
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
from pipeline.originals import sync_folder
from pipeline.timestamps.bag import PROVES, add_stamp

_BLOCK = 2**20
_UNFINISHED = ".unfinished"
_PUBLISHED = "zip-published"


def build(
    case: Case,
    out: Path,
    zip: bool = False,
    progress: Progress | None = None,
    publishing: Callable[[BundleReport], object] | None = None,
    run: Runner = here,
    sealing: Callable[[bytes], bytes | None] | None = None,
) -> BundleReport:
    """Builds the bundle of a case as the folder `out`, and as `out`.zip beside it if wanted.

    Originals are opened by `run`, here or in a worker. The folder appears under its name when all of it is there;
    `publishing` is called just before, so that no bundle need be handed over unrecorded. `sealing` is given the bytes
    that stand for the whole bundle and answers with their time stamp, if there is one to be had. Raises BundleExists,
    EmptyCase, UnknownProfile, OriginalChanged (a stored original is not what its hash says), FontMissing.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow a link that stands in the way
    packed = out.with_name(out.name + ".zip") if zip else None
    _recover(out, packed)
    _refuse_existing(out, packed)
    if not case.exhibits:
        raise EmptyCase(f"{case.claim_id}: there is no document to put into a bundle.")
    style = profile(case.profile)
    tell = progress or _silent
    with _scratch(out) as scratch:
        folder = scratch / "bag"
        plan, size = _filled(case, folder, Press(scratch, style.paper, run), style, tell)
        if sealing and (token := sealing((folder / PROVES).read_bytes())):
            add_stamp(folder, token)
        if packed:
            zip_bag(folder, scratch / "bag.zip", out.name, case.made_at)
        _refuse_existing(out, packed)
        name = sha256(folder / "data" / "manifest.json")
        notes = tuple(_notes(plan))
        report = BundleReport(out, packed, plan.pages, len(plan.tabs), size, case.withheld, name, notes)
        if publishing:
            publishing(report)
        _publish(scratch, report)
    return report


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
    with tempfile.TemporaryDirectory(prefix=_prefix(out), suffix=_UNFINISHED, dir=out.parent) as name:
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


def _filled(case: Case, folder: Path, press: Press, style: Profile, tell: Progress) -> tuple[Plan, int]:
    """Fills the folder of the bag; returns the plan and the bytes written."""
    data = folder / "data"
    (data / "originals").mkdir(parents=True)
    exhibits = in_order(case)
    sheets = _sheets(case, exhibits, press, style, tell)
    plan = sheets.plan
    bind(sheets, case, style, data / "bundle.pdf", lambda n: tell(n, plan.pages, "numbering pages"))
    for tab in plan.tabs:
        _copy_original(tab.exhibit, folder / tab.original)
    write_csv(data / "index.csv", INDEX_COLUMNS, index_rows(plan))
    write_csv(data / "chronology.csv", CHRONOLOGY_COLUMNS, chronology_rows(case, plan))
    (data / "audit.jsonl").write_text("".join(f"{e}\n" for e in case.audit), encoding="utf-8", newline="\n")
    write_csv(folder / FILE, COLUMNS, custody_rows(case, plan))
    record = {**manifest(case, plan, data / "bundle.pdf"), "custody": custody_record(case, plan)}
    write_json(data / "manifest.json", record)
    info = {"Bagging-Date": case.made_at.date().isoformat(), "External-Identifier": case.claim_id}
    return plan, close_bag(folder, {**info, "External-Description": case.title})


def _sheets(case: Case, exhibits: Sequence[Exhibit], press: Press, style: Profile, tell: Progress) -> Sheets:
    bodies: list[Body] = []
    for exhibit in exhibits:
        tell(len(bodies), len(exhibits), exhibit.name)
        bodies.append(body_of(exhibit, press, style))
    press.close()
    return settled(case, exhibits, bodies, style, press.scratch / "sheets.pdf")


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


def _notes(plan: Plan) -> Iterator[str]:
    for tab in plan.tabs:
        if tab.first is None or tab.body.note:
            yield f"{tab.number}: {tab.exhibit.name}: {tab.body.note or 'no pages to show'}"
