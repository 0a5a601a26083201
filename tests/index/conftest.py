"""Every engine passes the same tests: `open_with` makes an index of the engine at hand from some pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

import pytest

from index.engine import SearchIndex
from index.engines import engine_names
from index.entry import PageEntry
from tests import postgres
from tests.index.places import SERVED, open_index, rebuild, serve

OpenWith = Callable[[Iterable[PageEntry]], SearchIndex]


@pytest.fixture(scope="session")
def search_server(postgres_server: postgres.Server) -> str:
    """The URL of a database in which each index of a test has a schema of its own."""
    url = postgres_server.database()
    serve(url)
    return url


@pytest.fixture(params=engine_names(), scope="module")
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == SERVED:
        request.getfixturevalue("search_server")
    return str(request.param)


@pytest.fixture(scope="module")
def open_with(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenWith]:
    opened: list[SearchIndex] = []

    def make(entries: Iterable[PageEntry], path: Path | None = None) -> SearchIndex:
        path = path or tmp_path_factory.mktemp("index")
        with rebuild(path, engine) as batch:
            for doc, pages in groupby(entries, key=lambda entry: entry.doc):
                batch.replace(doc, pages)
        opened.append(open_index(path))
        return opened[-1]

    yield make
    for index in opened:
        index.close()
