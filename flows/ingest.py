"""Taking in as a Prefect flow: the same steps as `pipeline.ingest.Ingest.run`, seen in Prefect's pages.

Correctness stays in the records: nothing is cached or persisted by Prefect. Reading maps over the documents with
second tries for what time can heal; one task links and writes the index, because the index has one writer.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from prefect import flow, task, unmapped
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.task_runners import ThreadPoolTaskRunner

from extractors.errors import DocumentError
from extractors.reading import OcrMode
from extractors.workers import Workers
from pipeline import harmless
from pipeline.errors import PackageMissing
from pipeline.ingest import Ingest, ocr_options, sweep
from pipeline.ingest_report import Outcome, Report, Taken
from pipeline.intake import Found, Lost
from pipeline.matter import Matter
from pipeline.pace import Progress, silent
from pipeline.settings import ClusterSettings

LIST = 10


def never() -> bool:
    """No one says stop."""
    return False


def ingest_as_flow(
    matter: Matter,
    found: Iterable[Found | Lost],
    claim: str | None = None,
    ocr: OcrMode | None = None,
    progress: Progress = silent,
    stopped: Callable[[], bool] = never,
    expected: int = 0,
    command: str = "ingest",
) -> Report:
    """Take files in as a flow run, read by the cluster that the settings name if any; returns what became of each.

    Once `stopped` says so, the documents in hand are finished and no other is begun: those stay open for the next run.
    """
    os.environ.setdefault("PREFECT_HOME", str(matter.workspace.root / "prefect"))
    sweep(matter)
    processes = matter.settings.processes()
    with Workers(processes, matter.settings.limits.limits()) as workers:
        options = ocr_options(matter, ocr)
        run = Ingest(matter, workers, options, claim, f"{command} flow", progress, expected)
        if (cluster := matter.settings.cluster) is not None:
            return _on_cluster(cluster, run, found, progress, stopped)
        runner: Any = ThreadPoolTaskRunner(max_workers=processes)
        return _ingest.with_options(task_runner=runner)(_Heap(run, found, stopped))


def _on_cluster(
    cluster: ClusterSettings,
    run: Ingest,
    found: Iterable[Found | Lost],
    progress: Progress,
    stopped: Callable[[], bool],
) -> Report:
    try:
        from flows.cluster import Asking, ingest_on  # Dask takes a second to load
    except ModuleNotFoundError as error:
        raise PackageMissing(f"cluster in settings.yaml needs the package {error.name}.") from error
    return ingest_on(cluster, Asking(run, found, progress, stopped))


class _Heap:
    """What a flow run works on. Prefect looks into lists and dataclasses that it is given, but not into this."""

    def __init__(self, run: Ingest, found: Iterable[Found | Lost], stopped: Callable[[], bool]) -> None:
        self.run = run
        self._found, self._stopped = found, stopped
        self._reporting = threading.Lock()

    def taken(self) -> list[Taken]:
        """What comes in now, all of it kept and registered."""
        fresh = [taken for item in self._found if (taken := self.run.take(item)) is not None]
        return fresh or self.left()

    def left(self) -> list[Taken]:
        """What another run left open; nothing once it was said to stop."""
        return [] if self._stopped() else self.run.unseen(self.run.left_open())

    def read(self, several: Sequence[Taken]) -> tuple[list[Taken], list[Taken]]:
        """Reads documents; returns the children found in them, and what is worth another try."""
        children: list[Taken] = []
        again: list[Taken] = []
        for taken in several:
            if self._stopped():
                break
            try:
                outcome = self.run.attempt(taken)
            except DocumentError as error:
                if error.heals:
                    again.append(taken)
                    continue
                outcome = self.run.record_failure(taken, error)
            children += self.settle(outcome)
        return children, again

    def settle(self, outcome: Outcome) -> list[Taken]:
        """Enters an outcome into the report of the run, from whichever thread; returns the children to be read."""
        with self._reporting:
            return self.run.settle(outcome)


@flow(name="ingest", validate_parameters=False, persist_result=False)
def _ingest(heap: _Heap) -> Report:
    run, waiting = heap.run, heap.taken()
    while waiting:
        ended = [future.result() for future in _read.map(unmapped(heap), lists(waiting))]
        again = [taken for _, left in ended for taken in left]
        states = _read_again.map(unmapped(run), again, return_state=True)
        outcomes = [_outcome(run, taken, state) for taken, state in zip(again, states, strict=True)]
        waiting = [child for children, _ in ended for child in children]
        waiting += [child for outcome in outcomes for child in heap.settle(outcome)]
        waiting = waiting or heap.left()
    return finish(run)


def finish(run: Ingest) -> Report:
    """The end of a flow run: links, index, and the report as an artifact."""
    _link_and_index(run)
    create_markdown_artifact(markdown=markdown(run.report), key="ingest", description="What was taken in")
    return run.report


def lists(waiting: Sequence[Taken]) -> list[_List]:
    """The documents in lists of ten: a task costs more than reading a small document."""
    return [_List(waiting[at : at + LIST]) for at in range(0, len(waiting), LIST)]


class _List:
    """Some documents, and how Prefect's pages name their task."""

    def __init__(self, several: Sequence[Taken]) -> None:
        self.several = several
        self.first = several[0].document


@task(
    name="read",
    task_run_name="read {several.first} and on",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def _read(heap: _Heap, several: _List) -> tuple[list[Taken], list[Taken]]:
    return heap.read(several.several)


def _heals(_task: Any, _run: Any, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, DocumentError) and error.heals


@task(
    name="read again",
    task_run_name="read {taken.document} again",
    retries=1,
    retry_delay_seconds=2,
    retry_condition_fn=_heals,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def _read_again(run: Ingest, taken: Taken) -> Outcome:
    return run.attempt(taken)


@task(name="link and index", cache_policy=NO_CACHE, persist_result=False)
def _link_and_index(run: Ingest) -> None:
    run.finish()


def _outcome(run: Ingest, taken: Taken, state: State[Any]) -> Outcome:
    found = state.result(raise_on_failure=False)
    if isinstance(found, Outcome):
        return found
    if isinstance(found, DocumentError):
        return run.record_failure(taken, found)
    raise found


def markdown(report: Report) -> str:
    """The report of a run for people. Names and reasons only, no text of any document."""
    lines = [f"# Run {report.run[:8]}", "", "| | |", "| --- | ---: |"]
    lines += [
        f"| taken in | {len(report.ingested)} |",
        f"| already known | {len(report.duplicates)} |",
        f"| failed | {len(report.failed)} |",
    ]
    if report.failed:
        lines += ["", "## Failed", "", "| path | code | reason |", "| --- | --- | --- |"]
        lines += [
            f"| {harmless.markdown(f.path)} | {f.error.code} | {harmless.markdown(f.error.message)} |"
            for f in report.failed
        ]
    return "\n".join(lines) + "\n"


@contextmanager
def told_to(address: str) -> Iterator[None]:
    """Tell of runs to the server at this address, also where Prefect was loaded when another one was the right one."""
    with temporary_settings({PREFECT_API_URL: address}):
        yield


def flush() -> None:
    """Hand over to the server what it has not been told yet, before it is stopped."""
    APILogWorker.drain_all(timeout=5)
    EventsWorker.drain_all(timeout=5)
