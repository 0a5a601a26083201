"""Worker processes: whatever happens in one costs one document."""

from __future__ import annotations

import errno
import operator
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

from extractors.detect import media_type
from extractors.errors import Empty, TimedOut, TooLarge, WorkerDied
from extractors.limits import Limits
from extractors.workers import Workers
from tests.waiting import alive, soon


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, Limits(memory=400 * 2**20)) as pool:
        yield pool


def run(workers: Workers, function: Callable[..., Any], *args: Any, seconds: float = 30) -> Any:
    return workers.submit(function, *args, seconds=seconds, name="letter.pdf").result(60)


def test_a_result_comes_back(workers: Workers) -> None:
    assert run(workers, operator.mul, 6, 7) == 42


@pytest.mark.parametrize(
    ("function", "args", "error", "says"),
    [
        (time.sleep, (60,), TimedOut, "1 seconds"),
        (os._exit, (3,), WorkerDied, "status 3"),
        (os.abort, (), WorkerDied, "SIGABRT"),
        (bytearray, (600 * 2**20,), TooLarge, "memory"),
        (operator.getitem, ({}, "key"), WorkerDied, "KeyError"),
        (socket.create_connection, (("127.0.0.1", 9),), WorkerDied, "PermissionError"),
        (socket.getaddrinfo, ("localhost", 80), WorkerDied, "PermissionError"),
    ],
)
def test_misfortune_is_named_and_the_next_document_is_read(
    workers: Workers, function: Callable[..., Any], args: tuple[Any, ...], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=rf"letter\.pdf.*{says}"):
        run(workers, function, *args, seconds=1 if function is time.sleep else 30)
    assert run(workers, operator.mul, 6, 7) == 42


def test_errors_about_documents_arrive_as_themselves(workers: Workers, tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(Empty, match=r"plan\.pdf") as caught:
        run(workers, media_type, tmp_path / "x", "plan.pdf")
    assert caught.value.remedy == Empty.hint


def test_programs_that_a_worker_started_end_with_it(workers: Workers, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    sleeps = ["/bin/sh", "-c", f"echo $$ > {told}.new; mv {told}.new {told}; exec sleep 300"]
    for seconds in (1, 10, 30):
        with pytest.raises(TimedOut):
            run(workers, subprocess.run, sleeps, seconds=seconds)
        if told.exists():  # else the machine was so busy that it had not begun
            break
    process = int(told.read_text())
    assert soon(lambda: not alive(process))


def meet(folder: Path, me: str, other: str) -> int:
    """The number of this process, once the other one is at work too."""
    (folder / me).touch()
    assert soon((folder / other).exists, 50)
    return os.getpid()


def test_several_work_side_by_side(tmp_path: Path) -> None:
    with Workers(2, Limits()) as pool:
        ended = [pool.submit(meet, tmp_path, me, other, seconds=60, name=me) for me, other in ("ab", "ba")]
        pids = {future.result(90) for future in ended}
        assert len(pids) == 2
        assert os.getpid() not in pids


def test_what_was_going_on_ends_when_the_run_is_broken_off() -> None:
    seen: list[int] = []

    def broken_off() -> None:
        with Workers(1, Limits()) as pool:
            seen.append(pool.submit(os.getpid, seconds=30, name="pid").result(30))
            pool.submit(time.sleep, 300, seconds=400, name="slow")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert soon(lambda: not alive(seen[0]))


def test_ctrl_c_is_for_the_parent_alone(workers: Workers) -> None:
    pid = run(workers, os.getpid)
    os.kill(pid, signal.SIGINT)
    assert run(workers, os.getpid) == pid


def test_stopping_wakes_whoever_waits() -> None:
    workers = Workers(1, Limits())
    future = workers.submit(time.sleep, 60, seconds=90, name="slow.pdf")
    threading.Timer(0.5, workers.stop).start()
    with pytest.raises(CancelledError):
        future.result(timeout=55)


@pytest.mark.parametrize("failing", ["at the start", "later"])
def test_a_pool_that_breaks_is_replaced(monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    started = forkserver.connect_to_new_process
    missing = 1

    def without_room(fds: Any) -> Any:
        nonlocal missing
        missing -= 1
        if missing >= 0:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return started(fds)

    with Workers(2, Limits()) as workers:
        if failing == "later":
            assert run(workers, operator.mul, 6, 7) == 42
        monkeypatch.setattr(forkserver, "connect_to_new_process", without_room)
        first = workers.submit(os._exit, 3, seconds=30, name="first.pdf")
        second = workers.submit(time.sleep, 60, seconds=90, name="second.pdf")
        with pytest.raises(WorkerDied, match=r"first\.pdf"):
            first.result(timeout=50)
        if failing == "later":
            with pytest.raises(WorkerDied, match=r"second\.pdf"):
                second.result(timeout=50)
        assert missing <= 0
        assert run(workers, operator.mul, 6, 7) == 42
        if failing == "at the start":
            workers.stop()
            with pytest.raises(CancelledError):
                run(workers, operator.mul, 6, 7)
