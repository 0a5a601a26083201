"""Worker processes: a parser that crashes, hangs or eats memory costs one document, never the run."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError, wait
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from extractors.errors import ClaimtrailError, DiskFull, TimedOut, TooLarge, WorkerDied
from extractors.limits import Limits

T = TypeVar("T")

MAX_TASKS = 200
"""Documents after which a worker is replaced, so that what a library leaks does not add up."""
_LOOK_SECONDS = 1.0
"""How soon it is seen that the pool broke while nobody asks it for anything."""
_NICENESS = 5
"""Documents are read behind what people do at the pages on the same machine."""
_PRELOADED = ["extractors.workers", "extractors.ready"]
"""What the server that workers are forked from has imported: nothing that starts threads."""
_NETWORK_EVENTS = frozenset(
    {
        *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"),
        *("socket.getaddrinfo", "socket.getnameinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
    }
)
_PR_SET_PDEATHSIG = 1
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000


class Workers:
    """A pool of processes for reading documents. Use as a context manager.

    `processes` is their number. Each keeps to `limits.memory`, cannot reach the network, and takes the programs
    it has started (Tesseract) with it when it ends. A pool that breaks as a whole (a process that cannot be started or
    ended on a machine without room) is replaced by a new one: what was at work then counts as a worker that died.
    """

    def __init__(self, processes: int, limits: Limits) -> None:
        self.processes = max(1, processes)
        self._limits = limits
        self._waiting: dict[Future[Any], str] = {}
        self._guard = threading.Lock()
        self._over = threading.Event()
        self._watch: threading.Thread | None = None
        self._pool: Any = self._made()

    def _made(self) -> Any:
        return ProcessPool(
            max_workers=self.processes,
            max_tasks=MAX_TASKS,
            initializer=_confine,
            initargs=(self._limits.memory,),
            context=_context(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            while self._waiting:
                wait(list(self._waiting))
            self._over.set()
            self._pool.close()
            self._pool.join()
        else:
            self.stop()

    def stop(self) -> None:
        """Ends the workers at once; whoever waits for what they were doing gets a CancelledError."""
        self._over.set()
        with self._guard:
            self._pool.stop()
            self._pool.join()
        for outcome in list(
            self._waiting
        ):  # the pool leaves the futures of tasks that were running as they are
            with contextlib.suppress(InvalidStateError):
                outcome.set_exception(CancelledError())

    def submit(self, function: Callable[..., T], *args: Any, seconds: float, name: str) -> Future[T]:
        """Runs `function(*args)` in a worker; both must be picklable.

        The future gives its result, or raises the ClaimtrailError that it raised, TimedOut after `seconds` of work,
        TooLarge when the memory did not suffice, or WorkerDied when the process crashed. `name` stands in the
        messages.
        """
        outcome: Future[T] = Future()
        outcome.set_running_or_notify_cancel()
        with self._guard:
            if self._over.is_set():
                outcome.set_exception(CancelledError())
                return outcome
            try:
                running = self._sound().schedule(_guarded, args=(name, function, args), timeout=seconds)
            except (OSError, BrokenProcessPool) as error:
                outcome.set_exception(_translated(error, seconds, name))
                return outcome  # the next document asks for workers anew
            self._waiting[outcome] = name
        outcome.add_done_callback(self._waiting.pop)
        running.add_done_callback(lambda done: self._ended(done, outcome, seconds, name))
        return outcome

    def _ended(self, done: Future[T], outcome: Future[T], seconds: float, name: str) -> None:
        if not self._over.is_set():  # else what was running broke because of that: no fault of its document
            _pass_on(done, outcome, seconds, name)

    def _sound(self) -> Any:
        """The pool, or a new one where it broke; to be asked for with the guard in hand."""
        if self._watch is None:
            self._watch = threading.Thread(target=self._look, daemon=True)
            self._watch.start()
        if not self._pool.active:
            broken, self._pool = self._pool, self._made()
            threading.Thread(target=_end, args=(broken,), daemon=True).start()
            for outcome, name in list(self._waiting.items()):
                with contextlib.suppress(InvalidStateError):
                    outcome.set_exception(
                        WorkerDied(f"{name}: the programs that read documents had to be ended")
                    )
        return self._pool

    def _look(self) -> None:
        """Wakes those who wait for a pool that broke: it does not do so itself."""
        while not self._over.wait(_LOOK_SECONDS):
            with self._guard:
                if self._waiting and not self._over.is_set():
                    self._sound()


def _end(pool: Any) -> None:
    """Takes down what is left of a pool that broke; whatever part of it is gone is not there to be ended."""
    pool.stop()
    with contextlib.suppress(OSError, RuntimeError):
        pool.join()


def prepare() -> None:
    """Starts the server that workers are forked from, where there is one, and does not wait until it is ready.

    Whoever will need workers calls this before it loads what it needs itself, so that both load side by side.
    """
    _context()
    if sys.platform == "linux":
        forkserver.ensure_running()


def _context() -> BaseContext:
    """Forked from a clean server on Linux (safe with threads, and quick); started anew elsewhere."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy starts its threads when the server imports it
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _guarded(name: str, function: Callable[..., T], args: tuple[Any, ...]) -> T:
    try:
        return function(*args)
    except MemoryError as error:
        raise TooLarge(f"{name}: reading it takes more memory than limits.memory_mib") from error


def _pass_on(done: Future[T], outcome: Future[T], seconds: float, name: str) -> None:
    with contextlib.suppress(InvalidStateError):  # stopped in between
        _settle(done, outcome, seconds, name)


def _settle(done: Future[T], outcome: Future[T], seconds: float, name: str) -> None:
    try:
        error = done.exception()
    except CancelledError as cancelled:
        outcome.set_exception(cancelled)
        return
    if error is None:
        outcome.set_result(done.result())
    else:
        outcome.set_exception(_translated(error, seconds, name))


def _translated(error: BaseException, seconds: float, name: str) -> BaseException:
    if isinstance(error, ClaimtrailError) or not isinstance(error, Exception):
        return error
    if isinstance(error, ProcessExpired):
        return WorkerDied(f"{name}: the program that read it died ({_how(error.exitcode)})")
    found: ClaimtrailError
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        found = DiskFull(f"No space left while reading {name}.")
    elif isinstance(error, FutureTimeout):
        found = TimedOut(f"{name}: reading it took longer than {seconds:.0f} seconds")
    else:
        found = WorkerDied(f"{name}: reading it failed ({type(error).__name__})")
    found.__cause__ = error
    return found


def _how(exitcode: int) -> str:
    if exitcode >= 0:
        return f"exit status {exitcode}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-exitcode).name
    return f"signal {-exitcode}"


def _confine(memory: int) -> None:
    """Runs in a new worker before its first document."""
    sys.addaudithook(_refuse_network)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    if sys.platform == "win32":
        return
    os.nice(_NICENESS)
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, _end_with_children)
    if sys.platform == "linux":
        import resource

        libc = ctypes.CDLL(None)
        _keep_freed_memory(libc)
        _leave_network(libc)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _keep_freed_memory(libc: Any) -> None:
    """Pictures of pages come and go: glibc would return each one's memory to the system and ask for it again, which
    takes an eighth of the time that a page costs outside of OCR."""
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_MMAP_THRESHOLD, 32 * 2**20)
        libc.mallopt(_M_TRIM_THRESHOLD, 128 * 2**20)


def return_memory() -> None:
    """Gives the system back what was freed, before a pause or other work: `_keep_freed_memory` holds on to it."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "malloc_trim"):
            libc.malloc_trim(0)


def _leave_network(libc: Any) -> None:
    """A network of its own with nothing in it, for this process and all that it starts: libraries in C, Tesseract,
    LibreOffice. Where the system does not let it have one, `_refuse_network` alone stands guard.

    Root keeps its user, because in a user namespace it would lose the right to read other people's files.
    """
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWNET if user == 0 else _CLONE_NEWUSER | _CLONE_NEWNET) != 0 or user == 0:
        return
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with contextlib.suppress(OSError):
            Path("/proc/self", name).write_text(text, encoding="ascii")


def _end_with_children(_signal: int, _frame: FrameType | None) -> None:
    """Tesseract runs in the worker's process group and must not outlive it."""
    os.killpg(0, signal.SIGKILL)


def _refuse_network(event: str, _args: tuple[Any, ...]) -> None:
    if event in _NETWORK_EVENTS:
        raise PermissionError("documents are read without the network")
