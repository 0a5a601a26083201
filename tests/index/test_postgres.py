"""What only the engine on PostgreSQL has: a server that others share, is away, is damaged, or refuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import psycopg
import pytest

from index import engines, postgres_write
from index.engine import Address, Backing, SearchIndex
from index.entry import PageEntry
from index.errors import EngineMissing, IndexDamaged, IndexLocked, ServerRefused, ServerUnreachable
from index.packing import unpack_places
from index.postgres_shelf import Memory
from tests import postgres
from tests.index.places import address_of, kept_states, open_index, rebuild

pytestmark = pytest.mark.usefixtures("search_server")


def pages(doc: str, text: str, count: int = 1) -> list[PageEntry]:
    return [PageEntry(doc, number, text, f"{doc}.txt") for number in range(1, count + 1)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with rebuild(tmp_path, "postgres") as batch:
        batch.replace("a", pages("a", "alpha common", 3))
        batch.replace("b", pages("b", "beta common", 2))
    return tmp_path


def address(path: Path) -> Address:
    found = address_of(path)
    assert found is not None
    return found


def other_machine(path: Path) -> Path:
    """A folder of its own that shares the index."""
    folder = path.parent / f"{path.name}-elsewhere"
    engines.join(folder, "postgres", Backing(address=address(path)))
    (folder / "schema.txt").write_text(address(path).schema)
    return folder


def execute(path: Path, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address(path).url, autocommit=True) as connection:
        connection.execute(f"set search_path to {address(path).schema}")
        found = connection.execute(statement)  # type: ignore[call-overload]
        return list(found.fetchall()) if found.description else []


DAMAGE = (
    "drop schema {schema} cascade",
    "drop table lists_1",
    "drop table state",
    "delete from state",
    "update state set form = 99",
    "update state set generation = 7",
    "alter table terms_1 rename term to word",
    "delete from lists_1 where term = (select min(term) from lists_1)",
    "update lists_1 set list = substr(list, 1, length(list) / 2)",
    "update lists_1 set list = list || 'x'",
    "update segments_1 set columns = substr(columns, 1, 20)",
    "update segments_1 set columns = ''",
    "delete from segments_1",
    "delete from terms_1 where id = (select min(id) from terms_1)",
    "update terms_1 set term = 'other' where id = (select min(id) from terms_1)",
    "delete from pages_1 where id = (select min(id) from pages_1)",
    "update pages_1 set shown = '{{'",
    "update pages_1 set text = 'garbage'",
)


def examine(path: Path) -> None:
    if not open_index(path).healthy():
        raise IndexDamaged("not healthy")


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_noticed_and_mended_by_rebuilding(path: Path, damage: str) -> None:
    execute(path, damage.format(schema=address(path).schema))
    with pytest.raises(IndexDamaged) as caught:
        examine(path)
    assert "claimtrail reindex" in caught.value.remedy
    assert "alpha" not in caught.value.message
    with rebuild(path, "postgres") as batch:
        batch.replace("a", pages("a", "mended"))
    index = open_index(path)
    assert index.search("mended").total == index.count() == 1
    assert index.healthy()


def test_machines_share_one_index(path: Path) -> None:
    here, there = open_index(path), open_index(other_machine(path))
    with there.writer() as batch:
        batch.replace("c", pages("c", "gamma common"))
    assert here.search("common").total == 6
    with rebuild(path, "postgres") as batch:
        batch.replace("d", pages("d", "delta"))
        assert there.count() == 6
    assert there.doc_ids() == {"d"}
    assert kept_states(path) == 1


def test_a_folder_joins_only_an_index_that_there_is(tmp_path: Path, search_server: str) -> None:
    engines.join(tmp_path, "postgres", Backing(address=Address(search_server, "nobody_yet")))
    engines.join(tmp_path, "whoosh", Backing())
    assert not engines.is_built(tmp_path)


def test_matters_in_one_database_do_not_see_each_other(
    path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    with rebuild(other, "postgres") as batch:
        batch.replace("x", pages("x", "common"))
    assert address(other).url == address(path).url
    assert (open_index(path).count(), open_index(other).count()) == (5, 1)


def test_the_address_is_not_in_the_folder(path: Path) -> None:
    said = (path / "index.json").read_text()
    assert address(path).url not in said
    assert address(path).schema not in said


def test_writers_on_two_machines_take_turns(path: Path) -> None:
    here, there = open_index(path), open_index(other_machine(path))
    with here.writer() as batch:
        batch.delete("a")
        started = time.monotonic()
        with pytest.raises(IndexLocked), there.writer(timeout=0.3):
            pass
        assert time.monotonic() - started > 0.2
        with pytest.raises(IndexLocked), rebuild(other_machine(path), "postgres", timeout=0.1):
            pass
    with there.writer(timeout=60) as batch:
        batch.replace("c", pages("c", "common"))
    assert here.doc_ids() == {"b", "c"}


KILLED = """
import sys
from pathlib import Path
from index.engine import Address, Backing
from index.engines import open_index, rebuild
from index.entry import PageEntry
folder, what, *address = sys.argv[1:]
backing = Backing(address=Address(*address))
folder = Path(folder)
written = what == "writer"
with open_index(folder, backing).writer() if written else rebuild(folder, "postgres", backing=backing) as batch:
    batch.replace("k", [PageEntry("k", 1, "killed common", "k.txt")])
    batch._batch.flush()  # past the wrapper that every engine has
    print("there", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("what", ["rebuild", "writer"])
def test_of_a_killed_process_nothing_is_left(path: Path, what: str) -> None:
    """Neither its pages nor its lock, and no tables."""
    command = [sys.executable, "-c", KILLED, str(other_machine(path)), what]
    environment = {**os.environ, "PYTHONPATH": "."}
    with subprocess.Popen(
        [*command, address(path).url, address(path).schema],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        with pytest.raises(IndexLocked), open_index(path).writer(timeout=0.05):
            pass
        process.send_signal(signal.SIGKILL)
    with open_index(path).writer(timeout=60) as batch:
        batch.delete("b")
    index = open_index(path)
    assert index.doc_ids() == {"a"}
    assert index.search("killed").total == 0
    assert index.healthy()
    assert kept_states(path) == 1


def test_tables_that_somebody_reads_stay_until_the_next_time(path: Path) -> None:
    with psycopg.connect(address(path).url) as reader:
        reader.execute("select set_config('search_path', %s, false)", (address(path).schema,))
        reader.execute("select count(*) from pages_1")
        with rebuild(path, "postgres") as batch:
            batch.replace("c", pages("c", "gamma"))
        assert open_index(path).doc_ids() == {"c"}
        assert kept_states(path) == 2
    with rebuild(path, "postgres") as batch:
        batch.replace("d", pages("d", "delta"))
    assert kept_states(path) == 1


@pytest.fixture
def own_server() -> Iterator[postgres.Server]:
    """A server that a test may stop."""
    with postgres.serving() as server:
        yield server


def test_a_server_that_is_away_and_comes_back(own_server: postgres.Server, tmp_path: Path) -> None:
    place = Backing(address=Address(own_server.database(), "matter"))
    with engines.rebuild(tmp_path, "postgres", backing=place) as batch:
        batch.replace("a", pages("a", "alpha"))
    index = engines.open_index(tmp_path, place)
    own_server.stop("fast")
    for question in (lambda: index.search("alpha"), lambda: engines.open_index(tmp_path, place)):
        with pytest.raises(ServerUnreachable) as caught:
            question()
        assert caught.value.code == "search_server"
        assert "settings.yaml" in caught.value.remedy
    with pytest.raises(ServerUnreachable), index.writer():
        pass
    own_server.start()
    assert index.search("alpha").total == 1
    with index.writer() as batch:
        batch.replace("b", pages("b", "alpha"))
    assert index.search("alpha").total == 2


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@127.0.0.1:1/none",
        "postgresql://me:hunter2@[::1/none",
        "postgresql://me:hunter2@/none?host=/nowhere",
        "postgresql://me:hun/hunter2@127.0.0.1:1/none",
        "postgresql://me:x@hunter2@127.0.0.1:1/none",
        "postgres//me:hunter2@127.0.0.1/none",
        "host=127.0.0.1 port=1 password=hunter2 dbname=none",
        "postgresql://me:%zz@127.0.0.1/hunter2?password=hunter2&bad=1",
    ],
)
def test_a_password_is_never_told(url: str, tmp_path: Path) -> None:
    place = Backing(address=Address(url, "matter"))
    with pytest.raises(ServerUnreachable) as caught, engines.rebuild(tmp_path, "postgres", backing=place):
        pass
    assert "hunter2" not in f"{caught.value.message}{caught.value.remedy}{place!r}"


def test_without_an_address_it_says_where_it_goes(tmp_path: Path) -> None:
    with (
        pytest.raises(ServerUnreachable, match="No address") as caught,
        engines.rebuild(tmp_path, "postgres"),
    ):
        pass
    assert "search_url" in caught.value.remedy


def test_a_user_without_the_right_is_told(postgres_server: postgres.Server, tmp_path: Path) -> None:
    url = postgres_server.database()
    postgres_server.run("psql", "-d", url, "-c", "create role reader login")
    place = Backing(address=Address(url.replace("claimtrail@", "reader@"), "matter"))
    with pytest.raises(ServerRefused) as caught, engines.rebuild(tmp_path, "postgres", backing=place):
        pass
    assert "right" in caught.value.remedy


MISSING = """
import sys
from pathlib import Path
from index.engines import open_index, rebuild
from index.errors import EngineMissing
with rebuild(Path(sys.argv[1]), "whoosh"):
    pass
open_index(Path(sys.argv[1])).search("x")
assert "psycopg" not in sys.modules
sys.modules["psycopg"] = None
try:
    with rebuild(Path(sys.argv[1]), "postgres"):
        pass
except EngineMissing as error:
    print(error.remedy)
"""


def test_the_driver_is_needed_for_this_engine_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MISSING, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert "pip install 'claimtrail[team]'" in done.stdout, done.stderr
    assert EngineMissing.exit_code == 2


ODD = (
    PageEntry("d\x00", 1, "late\x00site \x00 delay", "n\x00ame.pdf", kind="k\x00", title="t\x00le"),
    PageEntry("D1", 1, "工期\x00延误 100%_\\ x", "a%b_c\\.pdf", references=("A\x00/%_1",), claims=("C\x00",)),
    PageEntry("d1x", 1, "l" * 3_000 + " " + "é" * 3_000, "x", parties=("Müller\x00 & Co", "\x00")),
)
ODD_QUERIES = (
    *("late site", '"late site"', "delay", "工期延误", "工期 延误", "100", "l" * 3_000, "l" * 2_999 + "?"),
    *(
        "l" * 1_000 + "*",
        "é" * 2_000 + "*",
        "*é",
        "*%*",
        "kind:k\x00",
        "kind:k*",
        "doc:d",
        "doc:d1",
        "ref:a1",
    ),
    *("ref:a*", "claim:c\x00", "claim:*", "name:ame", "party:muller", "party:m?ller", "party:mull~1", "\x00"),
    *("doc:d\x00*", "sit~1", "l" * 2_990 + "~2", "-late"),
)


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_what_a_database_cannot_hold_as_text_is_found_all_the_same(
    odd: tuple[SearchIndex, SearchIndex], query: str
) -> None:
    answers = []
    for index in odd:
        try:
            found = replace(index.search(query), took_ms=0)
        except Exception as error:
            found = type(error)  # type: ignore[assignment]
        answers.append(found)
    assert answers[0] == answers[1]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, search_server: str) -> tuple[SearchIndex, SearchIndex]:
    made = []
    for engine in ("whoosh", "postgres"):
        path = tmp_path_factory.mktemp(engine)
        with rebuild(path, engine) as batch:
            for entry in ODD:
                batch.replace(entry.doc, [entry])
        made.append(open_index(path))
    return made[0], made[1]


def test_there_is_something_odd_to_find(odd: tuple[SearchIndex, SearchIndex]) -> None:
    totals = []
    for query in ODD_QUERIES:
        try:
            totals.append(odd[1].search(query).total)
        except Exception:
            totals.append(0)
    assert sum(map(bool, totals)) > 0.8 * len(totals)


@pytest.mark.parametrize("seed", range(2))
def test_many_changes(path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is replaced and deleted in whatever batches, the index holds what was last said of each document."""
    monkeypatch.setattr(postgres_write, "SEGMENT_PAGES", 20)
    monkeypatch.setattr(postgres_write, "LARGEST", 60)
    monkeypatch.setattr(postgres_write, "KNOWN_TERMS", 30)
    random = Random(seed)  # noqa: S311 - the same in every run
    kept = {"a": ("alpha", 3), "b": ("beta", 2)}
    index = open_index(path)
    for number in range(18):
        with index.writer() as batch:
            for _ in range(random.randint(0, 8)):
                doc = f"d{random.randrange(30)}"
                if random.random() < 0.3:
                    kept.pop(doc, None)
                    batch.delete(doc)
                else:
                    kept[doc] = (f"word{number}", random.randint(1, 9))
                    batch.replace(doc, pages(doc, f"common {kept[doc][0]} 工期", kept[doc][1]))
        assert index.doc_ids() == kept.keys()
        assert index.search("common", limit=1).total == sum(count for _, count in kept.values())
        assert index.search(f"word{number}").facets.kind.get("other", 0) == sum(
            word == f"word{number}" for word, _ in kept.values()
        )
    assert index.healthy()
    (segments,) = execute(path, "select count(*), sum(dead)::int, sum(pages)::int from segments_1")
    assert segments[0] < 12  # type: ignore[operator]
    assert execute(path, "select count(*)::int from pages_1") == [(segments[2],)]
    assert segments[1] <= segments[2] / 2  # type: ignore[operator]


def test_texts_that_others_keep_are_not_in_the_database(tmp_path: Path) -> None:
    with rebuild(tmp_path, "postgres", backing=Backing(lambda wanted: [""] * len(wanted))) as batch:
        batch.replace("a", pages("a", "alpha"))
    assert execute(tmp_path, "select text from pages_1") == [(None,)]


def test_a_state_is_read_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is remembered: when one page comes, the lists of the others are not read again."""
    index = open_index(path)
    assert index.search("common").total == 5
    with index.writer() as batch:
        batch.replace("c", pages("c", "common"))
    read: list[int] = []
    monkeypatch.setattr(
        "index.postgres_shelf.unpack_places", lambda blob: read.append(len(blob)) or unpack_places(blob)
    )
    assert index.search("common").total == 6
    assert len(read) == 1
    assert index.search("common").total == 6
    assert len(read) == 1


def test_an_old_server_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.postgres_server.OLDEST", 99)
    with pytest.raises(ServerRefused, match="99 or newer"), rebuild(path, "postgres"):
        pass
    assert open_index(path).count() == 5


def test_what_was_merged_away_is_forgotten() -> None:
    memory = Memory()
    memory.keep(("text", "a"), {1: np.arange(3), 2: np.arange(2)})
    memory.keep(("text", "b"), {1: np.arange(4)})
    memory.forget([2])
    assert {key: set(lists) for key, lists in memory.lists.items()} == {
        ("text", "a"): {2},
        ("text", "b"): set(),
    }
    assert memory.places == 2


def test_memory_is_bounded_and_needed_by_no_answer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("common", "alpha OR beta", '"alpha common"', "*", "com*", "alpha common")
    index = open_index(path)
    before = [replace(index.search(query), took_ms=0) for query in asked]
    monkeypatch.setattr("index.postgres_shelf.REMEMBERED_PLACES", 4)
    memory = Memory()
    for number in range(9):
        memory.keep(("text", str(number)), {1: np.arange(2)})
    assert memory.places == 4
    assert [key for _, key in memory.lists] == ["7", "8"]
    for _ in range(2):
        again = open_index(path)
        assert [replace(again.search(query), took_ms=0) for query in asked] == before
