"""The steps of a night in their order: what the flow `nightly` runs as tasks, and what can be run without Prefect."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flows.batches import Batches
from flows.server import PrefectNotStarting
from flows.taking import take_in
from flows.watch import LOCK_SECONDS, Watcher
from pipeline.clock import now
from pipeline.matter import Matter
from pipeline.night import Night, close, heal, link_and_index, look_after, stamp
from pipeline.workspace import working


class Step:
    """One step: its name, and what it does. A plain object: Prefect does not look into it."""

    def __init__(self, name: str, do: Callable[[], None]) -> None:
        self.name, self.do = name, do


class NightRun:
    """A night on one matter. Each step can be run again safely."""

    def __init__(self, matter: Matter) -> None:
        self.matter = matter
        self.night = Night(now(), matter.workspace.root)
        self.report = ""

    def steps(self) -> list[Step]:
        """All steps, in order; after the last, `report` is the night for people, in Markdown."""
        return [
            Step("drain the inbox", self._drain),
            Step("heal", self._heal),
            Step("link and index", self._link_and_index),
            Step("look after", self._look_after),
            Step("time stamp", self._stamp),
            Step("report", self._close),
        ]

    def _drain(self) -> None:
        stop = threading.Event()
        with Batches(self.matter, stop, _passed_on) as batches:
            self.night.taken_in = Watcher(self.matter, self.matter.workspace.inbox, batches, stop).drain()

    def _heal(self) -> None:
        with working(self.matter.workspace, "nightly", LOCK_SECONDS):
            heal(self.matter, self.night, take_in)

    def _link_and_index(self) -> None:
        with working(self.matter.workspace, "nightly", LOCK_SECONDS):
            link_and_index(self.matter, self.night)

    def _look_after(self) -> None:
        look_after(self.matter, self.night)

    def _stamp(self) -> None:
        with working(self.matter.workspace, "nightly", LOCK_SECONDS):
            stamp(self.matter, self.night)

    def _close(self) -> None:
        with working(self.matter.workspace, "nightly", LOCK_SECONDS):
            self.report = close(self.matter, self.night)


def spend(matter: Matter) -> dict[str, Any]:
    """One night, without Prefect; returns its report as JSON."""
    run = NightRun(matter)
    for step in run.steps():
        step.do()
    return run.night.as_json()


def _passed_on(error: PrefectNotStarting) -> None:
    raise error  # as a flow it cannot be: the night itself is a flow run
