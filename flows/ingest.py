"""Taking in as a Prefect flow: the same steps as `pipeline.ingest.Ingest.run`, seen in Prefect's pages.

Correctness stays in the records: nothing is cached or persisted by Prefect. Reading maps over the documents with
retries for what time can heal; one task links and writes the index, because the index has one writer.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from prefect import flow, task, unmapped
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.task_runners import ThreadPoolTaskRunner

from extractors.errors import DocumentError
from extractors.reading import OcrMode
from extractors.workers import Workers
from pipeline import harmless
from pipeline.ingest import Ingest, ocr_options, sweep
from pipeline.ingest_report import Outcome, Report, Taken
from pipeline.intake import Found, Lost
from pipeline.matter import Matter


def ingest_as_flow(
    matter: Matter, found: Iterable[Found | Lost], claim: str | None, ocr: OcrMode | None
) -> Report:
    """Take files in as a flow run named after the workspace; returns what became of each."""
    os.environ.setdefault("PREFECT_HOME", str(matter.workspace.root / "prefect"))
    sweep(matter)
    processes = matter.settings.processes()
    with Workers(processes, matter.settings.limits.limits()) as workers:
        run = Ingest(matter, workers, ocr_options(matter, ocr), claim, command="ingest flow")
        runner: Any = ThreadPoolTaskRunner(max_workers=processes)
        return _ingest.with_options(task_runner=runner)(_Heap(run, found))


class _Heap:
    """What a flow run works on. Prefect looks into lists and dataclasses that it is given, but not into this."""

    def __init__(self, run: Ingest, found: Iterable[Found | Lost]) -> None:
        self.run = run
        self._found = found

    def taken(self) -> list[Taken]:
        """What an earlier run left open and what comes in now, all of it kept and registered."""
        fresh = (taken for item in self._found if (taken := self.run.take(item)) is not None)
        return [*self.run.left_open(), *fresh]


@flow(name="ingest", validate_parameters=False, persist_result=False)
def _ingest(heap: _Heap) -> Report:
    run, waiting = heap.run, heap.taken()
    while waiting:
        states = _read.map(unmapped(run), waiting, return_state=True)
        outcomes = [_outcome(run, taken, state) for taken, state in zip(waiting, states, strict=True)]
        waiting = [child for outcome in outcomes for child in run.settle(outcome)]
    _link_and_index(run)
    create_markdown_artifact(markdown=markdown(run.report), key="ingest", description="What was taken in")
    return run.report


def _heals(_task: Any, _run: Any, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, DocumentError) and error.heals


@task(
    name="read",
    task_run_name="read {taken.document}",
    retries=2,
    retry_delay_seconds=2,
    retry_condition_fn=_heals,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def _read(run: Ingest, taken: Taken) -> Outcome:
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
