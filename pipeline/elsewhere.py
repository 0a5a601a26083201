"""Reading documents for another machine: what is asked, what comes back, and the desk where it is done.

The one who asks has the records; a desk has neither records nor settings. Bytes travel by their hash: a desk fetches
an original where all machines see it, or is handed its bytes, and reads nothing whose hash is not the one asked for.
"""

from __future__ import annotations

import datetime
import hashlib
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from extractors.errors import DocumentError, InstallationError
from extractors.fitness import LANGUAGE, fitness, hash_of
from extractors.limits import Limits
from extractors.ocr.kept import READINGS, forget_unused
from extractors.readers.draft import Child
from extractors.reading import OcrOptions
from extractors.workers import Workers
from pipeline.clock import now
from pipeline.errors import OriginalDamaged, OriginalsAway, PackageMissing, SystemFault, named
from pipeline.originals import FolderOriginals, Originals, open_originals
from pipeline.packed import Packed, packed
from pipeline.settings import OriginalsSettings

MOST_SENT = 64 * 2**20
"""Bytes of one document, or of all files found inside one, that are sent from machine to machine in one piece."""
_KEPT = datetime.timedelta(hours=1)
"""How long a desk keeps readings of pages: for a second try of a document that took too long."""
_TIDY_EVERY = 100
"""Documents after which a desk looks for what it need not keep any more."""


@dataclass(frozen=True, slots=True)
class Job:
    """A document to be read elsewhere. `size` is the number of its bytes; `name` is what people know it by."""

    sha256: str
    name: str
    size: int
    limits: Limits
    ocr: OcrOptions


@dataclass(frozen=True)
class Place:
    """Where the originals of a matter lie, for whoever sees them: what its settings say, and its workspace's folder."""

    settings: OriginalsSettings
    root: Path

    def file(self, sha256: str) -> Path | None:
        """Where an original lies in a folder; None where it has an address that is the same for all machines."""
        found = open_originals(self.settings, self.root)
        return found.path(sha256) if isinstance(found, FolderOriginals) else None

    def opened(self, cache: Path) -> Originals:
        """The originals, with local copies in `cache` where they do not lie in a folder."""
        return open_originals(self.settings.model_copy(update={"cache": str(cache)}), self.root)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a job: `found`, with the bytes of its children in `files`, or why not.

    `error` is about the document, `unfit` about the machine that read it. `unseen`: the original does not lie where
    that machine looked. `heavy`: more was found inside than can be sent.
    """

    found: Packed | None = None
    files: tuple[bytes, ...] = ()
    error: DocumentError | None = None
    unfit: InstallationError | None = None
    unseen: bool = False
    heavy: bool = False


def needs(languages: Sequence[str]) -> dict[str, str]:
    """What a machine must be like to read as this one does, by name; see `extractors.fitness`."""
    return _with_form(fitness(languages))


def offers() -> dict[str, str]:
    """The same of this machine, with all languages that are installed."""
    return _with_form(fitness())


def marks(like: Mapping[str, str]) -> list[str]:
    """A short name for what a machine is like, and one for each language: equal where, and only where, all is equal."""
    common = "\n".join(f"{name}={of}" for name, of in sorted(like.items()) if not name.startswith(LANGUAGE))
    languages = [f"{name} {of}" for name, of in sorted(like.items()) if name.startswith(LANGUAGE)]
    return [hashlib.sha256(common.encode()).hexdigest()[:12], *languages]


def _with_form(like: dict[str, str]) -> dict[str, str]:
    here = Path(__file__).parent
    return like | {"form": hash_of([here / "records" / "codec.py", here / "packed.py", Path(__file__)])}


class Desk:
    """A place where documents are read for others, in worker processes with limits, without network.

    Several threads may ask at once. All it keeps lies in `folder`, is bounded, and may be deleted at any time.
    """

    def __init__(self, folder: Path, processes: int) -> None:
        self._folder, self._processes = folder, processes
        self._guard = threading.Lock()
        self._workers: dict[int, Workers] = {}
        self._opened: tuple[Place, Originals] | None = None
        self._read = 0
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "scratch").mkdir(parents=True)

    def read(self, job: Job, place: Place, sent: bytes | None) -> Answer:
        """Read one document: from these bytes, or else where the originals lie."""
        self._tidy()
        try:
            with tempfile.TemporaryDirectory(dir=self._folder / "scratch") as scratch:
                if sent is not None:
                    return self._answer(job, _written(job, sent, Path(scratch)), Path(scratch))
                return self._fetched(job, place, Path(scratch))
        except DocumentError as error:
            return Answer(error=error)
        except InstallationError as error:
            return Answer(unfit=error)
        except OSError as error:
            return Answer(unfit=SystemFault(named(error).message))

    def close(self) -> None:
        """End the worker processes at once, and delete what was kept."""
        with self._guard:
            for workers in self._workers.values():
                workers.stop()
            self._workers.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _fetched(self, job: Job, place: Place, scratch: Path) -> Answer:
        if (path := place.file(job.sha256)) is not None and not _is_seen(path):
            return Answer(unseen=True)
        try:
            borrowed = self._originals(place).lent(job.sha256)
            with borrowed as path:
                return self._answer(job, path, scratch)
        except (OriginalDamaged, OriginalsAway, PackageMissing):
            return Answer(
                unseen=True
            )  # the one who asks looks itself, and says what is wrong with an original

    def _answer(self, job: Job, path: Path, scratch: Path) -> Answer:
        ocr = replace(job.ocr, shared=self._folder / "ocr", slots=self._processes)
        seconds = job.limits.seconds_for(job.size)
        arguments = (path, job.name, scratch, job.limits, ocr)
        reading = self._pool(job.limits).submit(packed, *arguments, seconds=seconds, name=job.name)
        found = reading.result()
        if sum(child.path.stat().st_size for child in found.children) > MOST_SENT:
            return Answer(heavy=True)
        return Answer(found, tuple(child.path.read_bytes() for child in found.children))

    def _originals(self, place: Place) -> Originals:
        """Opened once a place, so that connections are kept."""
        with self._guard:
            if self._opened is None or self._opened[0] != place:
                self._opened = place, place.opened(self._folder / "fetched")
            return self._opened[1]

    def _pool(self, limits: Limits) -> Workers:
        with self._guard:
            if limits.memory not in self._workers:
                self._workers[limits.memory] = Workers(self._processes, limits)
            return self._workers[limits.memory]

    def _tidy(self) -> None:
        with self._guard:
            self._read += 1
            due, opened = self._read % _TIDY_EVERY == 0, self._opened
        if due:
            if opened is not None:
                opened[1].tidy()
            forget_unused(self._folder / "ocr" / READINGS, now() - _KEPT)


def _is_seen(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _written(job: Job, sent: bytes, scratch: Path) -> Path:
    if hashlib.sha256(sent).hexdigest() != job.sha256:
        raise OriginalDamaged(f"{job.name}: other bytes arrived than were sent.")
    path = scratch / "original"
    path.write_bytes(sent)
    return path


@contextmanager
def unpacked(found: Packed, files: Sequence[bytes], scratch: Path) -> Iterator[Packed]:
    """What was found elsewhere, with the files found inside it in a folder of `scratch` for the block."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        pairs = zip(found.children, files, strict=True)
        children = tuple(_put(child, Path(folder, str(at)), of) for at, (child, of) in enumerate(pairs))
        yield replace(found, children=children)


def _put(child: Child, path: Path, sent: bytes) -> Child:
    path.write_bytes(sent)
    return replace(child, path=path)
