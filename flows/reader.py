"""A Dask worker that reads documents: `dask worker tcp://host:8786 --preload flows.reader --nworkers 1`.

At its start the worker says by Dask's resources what it is like (see `pipeline.elsewhere.marks`), so that only tasks
whose senders read exactly as it does come to it. It needs no records, no settings and no Prefect.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dask
from distributed import Worker, get_worker

from extractors.workers import prepare
from pipeline.elsewhere import Answer, Desk, Job, Place, marks, offers

PLENTY = 1e9
"""How much a worker has of each resource: they say what it is like, they do not run out."""
_DESK = "claimtrail_desk"
log = logging.getLogger("flows.reader")

# A document is read in a process of its own, which a daemon must not have. Read where the worker's process is started.
dask.config.set({"distributed.worker.daemon": False})


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers to a list of jobs, in order, and the address of the worker that gave them."""

    worker: str
    answers: tuple[Answer, ...]


def dask_setup(worker: Worker) -> None:
    """What Dask calls before the worker registers with the scheduler."""
    prepare()
    resources = {f"claimtrail {mark}": PLENTY for mark in marks(offers())}
    worker.state.total_resources.update(resources)
    worker.state.available_resources.update(resources)
    setattr(worker, _DESK, Desk(Path(worker.local_directory) / "claimtrail", worker.state.nthreads))
    log.info("reads documents as %s", ", ".join(sorted(resources)))


def dask_teardown(worker: Worker) -> None:
    """What Dask calls when the worker closes."""
    getattr(worker, _DESK).close()


def read_jobs(jobs: Sequence[Job], sent: Sequence[bytes | None], place: Place) -> Answered:
    """The task: reads documents one after the other. `sent` are their bytes, or None for each that is to be fetched."""
    worker = get_worker()
    desk: Desk = getattr(worker, _DESK)
    answers = (desk.read(job, place, of) for job, of in zip(jobs, sent, strict=True))
    return Answered(worker.address, tuple(answers))


def what_it_is_like() -> dict[str, str]:
    """Asked of a worker, for people who want to know why it gets no work."""
    return offers()


def sees(path: Path) -> bool:
    """Asked of a worker: whether a file lies where the one who asks sees it."""
    return path.is_file()
