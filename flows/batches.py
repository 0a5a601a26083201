"""Batches of the watched folder as flow runs, on a Prefect server that is started with the first of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

from extractors.reading import OcrMode
from flows.server import PrefectNotStarting, prefect_server
from pipeline.ingest import ingest
from pipeline.ingest_report import Report
from pipeline.intake import Found, Lost
from pipeline.matter import Matter
from pipeline.pace import Progress


class Batches:
    """Takes in batches of one matter: each a flow run, or a plain run where the settings say so.

    Intake never waits for Prefect's health: where its server does not start, `told` hears of it once and the batches
    are plain runs, with the same result in the records.
    """

    def __init__(self, matter: Matter, stop: Event, told: Callable[[PrefectNotStarting], None]) -> None:
        self._matter, self._stop, self._told = matter, stop, told
        wanted = matter.settings.watch.flow_runs or matter.settings.cluster is not None
        self._plain = not wanted and not os.environ.get("PREFECT_API_URL")
        self._stack = ExitStack()
        self._aside: ThreadPoolExecutor | None = None
        self._starting: Future[None] | None = None

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, *_: object) -> None:
        if self._aside is not None:
            self._aside.submit(self._stack.close).result()
            self._aside.shutdown()

    def prepare(self) -> None:
        """Begin to start the server, while files settle."""
        if not self._plain and self._aside is None:
            # Prefect takes SIGTERM for itself in the main thread, where it means: finish what is in hand.
            self._aside = ThreadPoolExecutor(1, thread_name_prefix="flow runs")
            self._starting = self._aside.submit(self._start)

    def take_in(
        self, found: Iterable[Found | Lost], ocr: OcrMode | None, progress: Progress, expected: int = 0
    ) -> Report:
        """Take one batch in, of `expected` files as far as that is known; returns what became of each."""
        self.prepare()
        if self._aside is None or self._starting is None or not self._started(self._starting):
            return ingest(self._matter, found, None, ocr, progress, expected)
        running = self._aside.submit(self._as_flow, found, ocr, progress, expected)
        try:
            return running.result()
        except KeyboardInterrupt:
            self._stop.set()
            running.result()
            raise

    def _start(self) -> None:
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")  # the batch's report says the rest
        own = not os.environ.get("PREFECT_API_URL")
        self._stack.enter_context(prefect_server(self._matter.workspace.root))
        if own:
            self._stack.callback(_hand_over)

    def _started(self, starting: Future[None]) -> bool:
        try:
            starting.result()
        except PrefectNotStarting as error:
            self._told(error)
            self._plain, self._aside = True, None
            return False
        return True

    def _as_flow(
        self, found: Iterable[Found | Lost], ocr: OcrMode | None, progress: Progress, expected: int
    ) -> Report:
        from flows.ingest import (
            ingest_as_flow,
        )  # Prefect takes seconds to load, and wants the server's address first

        return ingest_as_flow(self._matter, found, None, ocr, progress, self._stop.is_set, expected)


def _hand_over() -> None:
    """Before the server is stopped, it is told what waits to be told."""
    if "flows.ingest" in sys.modules:
        from flows.ingest import flush

        flush()
