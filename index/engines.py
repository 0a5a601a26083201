"""The index of a workspace: which engine, which folder, and how a rebuilt index takes the old one's place.

    index/index.json          names the engine, its schema and the folder that counts
    index/writer.lock         held by the one process that writes
    index/pages-…/            the engine's files; none where the index lies on a server

A rebuild fills a new folder beside the old one and then renames a new `index.json` over the old: whoever searches
meanwhile sees the old index, then the new one. The lock is the operating system's, so that of a process that was
killed does not last.
"""

from __future__ import annotations

import importlib
import json
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar, cast

from filelock import FileLock, Timeout

from index.encodable import EncodableBatch, all_encodable, encodable
from index.engine import (
    ALONE,
    LOCK_TIMEOUT,
    Backing,
    Batch,
    EngineModule,
    SearchIndex,
    SharedEngineModule,
)
from index.entry import Results, Sort
from index.errors import IndexDamaged, IndexLocked, IndexMissing, TextsAway, UnknownEngine
from index.query import NO_FILTERS, Filters

DEFAULT_ENGINE = "whoosh"
_SUFFIX = "_index.py"
_POINTER = "index.json"
_LOCK = "writer.lock"
_FOLDER = "pages-"
_ELSEWHERE = ""
"""Stands for the folder of an index that lies on a server."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Pointer:
    """The content of `index.json`."""

    engine: str
    schema: int
    folder: str


def engine_names() -> tuple[str, ...]:
    """The engines that there are: one for each file `<name>_index.py` of this package."""
    return tuple(
        sorted(path.name.removesuffix(_SUFFIX) for path in Path(__file__).parent.glob(f"*{_SUFFIX}"))
    )


def open_index(path: Path, backing: Backing = ALONE) -> SearchIndex:
    """The index of the folder `path`, with the engine it was built with.

    Raises `IndexMissing`, or `IndexDamaged` when it cannot be read or was built by another version.
    """
    return WorkspaceIndex(path, backing)


def is_built(path: Path) -> bool:
    """Whether there is an index in the folder (it may be damaged)."""
    return (path / _POINTER).exists()


def engine_of(path: Path) -> str:
    """The name of the engine that the index in the folder was built with. Raises as `open_index`."""
    return _pointer(path).engine


@contextmanager
def rebuild(
    path: Path, engine: str = DEFAULT_ENGINE, timeout: float = LOCK_TIMEOUT, backing: Backing = ALONE
) -> Iterator[Batch]:
    """A batch that becomes the whole index when the block ends; when it fails, the old index stays.

    Makes the folder when there is none. Raises `UnknownEngine` or `IndexLocked`.
    """
    module, shared = _module(engine), _shared(engine)
    path.mkdir(parents=True, exist_ok=True)
    with _locked(path, timeout):
        if shared is not None:
            with shared.rebuild(backing, timeout) as batch:
                yield EncodableBatch(batch)
            folder = _ELSEWHERE
        else:
            with _new_folder(path, module, timeout, backing) as (folder, batch):
                yield EncodableBatch(batch)
        _point(path, Pointer(engine, module.SCHEMA, folder))
        _sweep(path, folder)


@contextmanager
def _new_folder(
    path: Path, module: EngineModule, timeout: float, backing: Backing
) -> Iterator[tuple[str, Batch]]:
    folder = path / f"{_FOLDER}{secrets.token_hex(8)}"
    folder.mkdir()
    try:
        index = module.create_index(folder, folder / _LOCK, backing)
        with index.writer(timeout) as batch:
            yield folder.name, batch
        index.close()
    except BaseException:  # also an interruption leaves no folder behind
        shutil.rmtree(folder, ignore_errors=True)
        raise


def join(path: Path, engine: str, backing: Backing) -> None:
    """Makes the folder point to the index that other machines share, where the engine is such a one and it is built.

    Raises `UnknownEngine` or `ServerUnreachable`.
    """
    shared = _shared(engine)
    if shared is not None and shared.is_built(backing):
        path.mkdir(parents=True, exist_ok=True)
        _point(path, Pointer(engine, shared.SCHEMA, _ELSEWHERE))


class WorkspaceIndex:
    """The index that `index.json` names; follows it when the index is rebuilt (see `engine.SearchIndex`)."""

    def __init__(self, path: Path, backing: Backing = ALONE) -> None:
        self._path = path
        self._backing = backing
        self._guard = threading.RLock()
        self._pointer = _pointer(path)
        self._index = _opened(path, self._pointer, backing)

    @contextmanager
    def writer(self, timeout: float = LOCK_TIMEOUT) -> Iterator[Batch]:
        with _locked(self._path, timeout), self._current().writer(timeout) as batch:
            yield EncodableBatch(batch)

    def search(
        self,
        query: str,
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "score",
    ) -> Results:
        query, filters = encodable(query), all_encodable(filters)
        return self._ask(lambda index: index.search(query, filters, limit, offset, sort))

    def doc_ids(self) -> frozenset[str]:
        return self._ask(lambda index: index.doc_ids())

    def count(self) -> int:
        return self._ask(lambda index: index.count())

    def healthy(self) -> bool:
        return self._ask(lambda index: index.healthy())

    def close(self) -> None:
        self._index.close()

    def _ask(self, question: Callable[[SearchIndex], Answer]) -> Answer:
        """The answer of the current index; asked again when it was rebuilt or written in the middle of it."""
        try:
            return self._answer(question)
        except TextsAway as error:
            raise error.error from error

    def _answer(self, question: Callable[[SearchIndex], Answer]) -> Answer:
        try:
            return question(self._current())
        except IndexDamaged:
            with self._guard:
                self._pointer = _pointer(self._path)
                self._index = _opened(self._path, self._pointer, self._backing)
            return question(self._index)

    def _current(self) -> SearchIndex:
        with self._guard:
            pointer = _pointer(self._path)
            if pointer != self._pointer:
                opened = _opened(self._path, pointer, self._backing)
                self._index.close()
                self._pointer, self._index = pointer, opened
            return self._index


def _module(engine: str) -> EngineModule:
    if engine not in engine_names():
        raise UnknownEngine(f'There is no engine "{engine}"; there are {", ".join(engine_names())}')
    return cast(EngineModule, importlib.import_module(f"index.{engine}_index"))


def _shared(engine: str) -> SharedEngineModule | None:
    """The module of an engine whose index lies on a server; None for one that keeps it in the folder."""
    module = _module(engine)
    return cast(SharedEngineModule, module) if hasattr(module, "open_shared") else None


def _opened(path: Path, pointer: Pointer, backing: Backing) -> SearchIndex:
    if pointer.engine not in engine_names():
        raise IndexDamaged(f'The search index in {path} is of an engine "{pointer.engine}" that is not here')
    module = _module(pointer.engine)
    if pointer.schema != module.SCHEMA:
        raise IndexDamaged(
            f"The search index in {path} has form {pointer.schema}, this version needs {module.SCHEMA}"
        )
    shared = _shared(pointer.engine)
    if shared is not None:
        return shared.open_shared(backing)
    folder = path / pointer.folder
    return module.open_index(folder, folder / _LOCK, backing)


def _pointer(path: Path) -> Pointer:
    try:
        found = json.loads((path / _POINTER).read_text(encoding="utf-8"))
        pointer = Pointer(str(found["engine"]), int(found["schema"]), str(found["folder"]))
    except FileNotFoundError:
        raise IndexMissing(f"There is no search index in {path}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"{path / _POINTER} cannot be read: {error}") from error
    is_folder = pointer.folder.startswith(_FOLDER) and Path(pointer.folder).name == pointer.folder
    if pointer.folder != _ELSEWHERE and not is_folder:
        raise IndexDamaged(f"{path / _POINTER} names a folder that is none of an index")
    return pointer


def _point(path: Path, pointer: Pointer) -> None:
    temporary = path / f"{_POINTER}.new"
    temporary.write_text(json.dumps(asdict(pointer)), encoding="utf-8")
    temporary.replace(path / _POINTER)


def _sweep(path: Path, keep: str) -> None:
    """Removes what earlier rebuilds left, finished or not."""
    for folder in path.glob(f"{_FOLDER}*"):
        if folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(path: Path, timeout: float) -> Iterator[None]:
    lock = FileLock(path / _LOCK)
    try:
        lock.acquire(timeout=timeout)
    except Timeout:
        raise IndexLocked(f"The search index in {path} is being written by another process") from None
    try:
        yield
    finally:
        lock.release()
