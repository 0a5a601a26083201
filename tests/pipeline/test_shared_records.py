"""Records on a real PostgreSQL server: what is kept exactly, who waits for whom, and what goes wrong."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Document, Page
from pipeline.audit import BEFORE_ALL
from pipeline.errors import (
    ClaimtrailError,
    DiskFull,
    PackageMissing,
    RecordsAway,
    RecordsUnusable,
    UsageError,
    WorkspaceBusy,
    WrongMatter,
)
from pipeline.indexing import expected_in_index, index_step
from pipeline.ingest_report import Taken
from pipeline.matter import Matter
from pipeline.originals import Original
from pipeline.records import arrivals, audit_log, documents, holds, jobs, kinship, migrations, parties
from pipeline.records.codec import reading_rows
from pipeline.records.columns import json_text, json_value, sealed, unsealed
from pipeline.records.locations import Server
from pipeline.records.postgres import PostgresServer
from pipeline.records.store import Records
from pipeline.records.tables import audit, labels, metadata
from pipeline.settings import load
from pipeline.workspace import init, name_records
from tests import postgres
from tests.conftest import LETTER, Command, Template
from tests.faults.crash_cases import Driver
from tests.waiting import soon

anything = st.text(
    st.one_of(
        st.sampled_from("\0\ufdd0\ud800\udfffab文"), st.characters(), st.characters(categories=["Cs", "Cc"])
    )
)


@given(anything)
def test_every_text_comes_back_as_it_was(text: str) -> None:
    kept = sealed(text)
    assert unsealed(kept) == text
    assert "\0" not in kept
    kept.encode()  # no lone surrogates
    assert all(have == said or said in "\0\ufdd0" or said >= "\ud800" for have, said in zip(kept, text))  # noqa: B905


@given(st.lists(anything, min_size=2, max_size=2, unique=True))
def test_unequal_texts_stay_unequal(texts: list[str]) -> None:
    assert sealed(texts[0]) != sealed(texts[1])


values = st.recursive(
    st.one_of(anything, st.none(), st.integers(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(anything, inner, max_size=3)),
)


@given(values)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    kept = json_text(value)
    assert json_value(kept) == json_value(kept.encode()) == value
    assert "\\u0000" not in kept.replace("\\\\", "")


@pytest.fixture
def records_home() -> str:
    return "postgres"


@pytest.fixture
def url(migrated_template: Template) -> str:
    return migrated_template.copy()


def folder(tmp_path: Path, name: str, url: str) -> Path:
    """A machine's workspace on these records."""
    name_records(init(root := tmp_path / name), url)
    return root


def original(number: int, size: int = 1) -> Original:
    return Original(f"{number:064x}"[::-1], size)


def registered(matter: Matter, count: int, **more: int) -> list[str]:
    """Documents that wait to be read."""
    with matter.change() as change:
        for number in range(1, count + 1):
            documents.register(change.tx, original(number, **more), f"{number}.txt", 0)
    return [documents.id_of(original(number).sha256) for number in range(1, count + 1)]


def test_text_that_the_server_refuses_is_kept_with_its_offsets(matter: Matter) -> None:
    text = "Dear\0 Sir \ufdd0 <a@b.example>"
    pages = (Page(1, 0, len(text), 1.0, 1.0, "text", None, None),)
    read = Document(text, pages, "message/rfc822", title="T\0")
    document = registered(matter, 1)[0]
    at = text.index("<")
    with matter.change() as change:
        rows = reading_rows(read)
        rows.text["metadata"] = [["message-id", at, len(text)], ["x\0y", 0, 4]]
        documents.replace_reading(change.tx, document, rows)
        change.note("odd\0", document, said="\0")
    with matter.reading() as tx:
        found = documents.reading(tx, documents.summary(tx, document))
        assert (found.text, found.title) == (text, "T\0")
        assert kinship.message_ids(tx, ["message-id"]) == [(document, "<a@b.example>")]
        assert parties.words(tx, document, 0, 9) == (1, "Dear\0 Sir")
        assert list(audit_log.entries(tx))[-1].detail == {"said": "\0"}


def test_names_sort_by_code_points_whatever_the_database_was_made_for(
    postgres_server: postgres.Server,
) -> None:
    icu = ("--locale-provider=icu", "--icu-locale=en-US", "--encoding=UTF8", "--locale=C")
    postgres_server.run("createdb", "--template=template0", *icu, "linguistic")
    records = Records(Server(postgres_server.url("linguistic")))
    names = ["b", "A", "ä", "a", "文", "_", "B"]
    with records.writing() as tx:
        for at, name in enumerate(names):
            parties.keep_apart(tx, name, f"{at}", "tester")
        found = list(tx.execute(sa.text("SELECT one FROM party_apart UNION SELECT other FROM party_apart")))
        inside = [row[0] for row in tx.execute(sa.text("SELECT other FROM party_apart ORDER BY other"))]
    assert len(found) > len(inside) - 1
    assert inside == sorted(inside)
    records.close()


def test_long_names_and_large_files_fit(matter: Matter) -> None:
    long = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz文0123456789", k=9000))  # noqa: S311
    document = registered(matter, 1, size=2**40)[0]
    with matter.change() as change:
        for _ in range(2):
            arrivals.add_sighting(change.tx, document, long, "x", "run")
        assert [arrivals.add_label(change.tx, document, "note", said) for said in (long, long, "b")] == [
            True,
            False,
            True,
        ]
        change.note("seen", long)
    with matter.reading() as tx:
        found = documents.summary(tx, document)
        assert (found.size, [sighting.path for sighting in found.sightings]) == (2**40, [long])
        assert tx.execute(sa.select(sa.func.count()).select_from(labels)).scalar() == 2


@pytest.mark.parametrize("home", ["sqlite", "postgres"])
def test_migrations_make_the_tables(home: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    on_server = home == "postgres"
    records = Records(Server(request.getfixturevalue("url")) if on_server else tmp_path / "r.sqlite")
    with records.reading() as tx:
        differences = compare_metadata(MigrationContext.configure(tx, opts={"compare_type": False}), metadata)
    found = {(what, getattr(thing, "name", None)) for what, thing in differences}
    # what may be long is unique by its hash on a server; one index is for the pages alone
    tables = ("labels", "sightings", "party_names", "party_book", "party_apart", "rulings")
    hashed = {("add_constraint", None), *(("remove_index", f"{table}_once") for table in tables)}
    assert found == {("remove_index", "facts_by_role")} | (hashed if on_server else set())
    records.close()


def test_records_made_before_an_earlier_number_came_get_it_too(tmp_path: Path) -> None:
    path, config = tmp_path / "r.sqlite", Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, "0013")
        for table in ("stances", "link_weights", "kind_evidence"):
            tx.execute(sa.text(f"DROP TABLE {table}"))
        tx.execute(sa.text("ALTER TABLE documents DROP COLUMN findings"))
    engine.dispose()
    records = Records(path)
    with records.reading() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": False})
        assert [what for what, _ in compare_metadata(context, metadata)] == ["remove_index"]
    records.close()


def test_the_audit_can_only_grow(matter: Matter) -> None:
    registered(matter, 1)
    with matter.change() as change:
        change.note("seen", "x")
    for harm in (sa.delete(audit), sa.update(audit).values(actor="other"), sa.text("TRUNCATE audit")):
        with pytest.raises(RecordsUnusable, match="append-only"), matter.change() as change:
            change.tx.execute(harm)


def test_a_reader_sees_one_state_while_others_write(matter: Matter, workspace: Path) -> None:
    with matter.reading() as tx, Matter.open(workspace, "other") as other:
        assert documents.summaries(tx) == []
        registered(other, 2)
        assert documents.summaries(tx) == []
    with matter.reading() as tx:
        assert len(documents.summaries(tx)) == 2


def test_writers_take_turns(workspace: Path) -> None:
    with Matter.open(workspace, "one") as one, Matter.open(workspace, "two", busy_seconds=0.1) as two:
        with one.change(), pytest.raises(WorkspaceBusy), two.change():
            pass
        with two.change() as change:
            change.note("seen", "x")


def test_it_goes_on_when_the_server_was_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIMTRAIL_LANG", "en")
    with (
        postgres.serving() as server,
        Matter.open(folder(tmp_path, "m", server.database()), "tester") as matter,
    ):
        assert matter.records.holder
        before = registered(matter, 2)
        server.stop("fast")
        with pytest.raises(RecordsAway) as away, matter.reading():
            pass
        assert "cannot be reached" in away.value.message
        with pytest.raises(RecordsAway):
            _ = matter.records.holder
        server.start()
        with matter.reading() as tx:
            assert {found.id for found in documents.summaries(tx)} == set(before)
        with matter.change() as change:
            assert holds.take(change.tx, before, matter.records.holder) == set(before)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("53100", DiskFull),
        ("55P03", WorkspaceBusy),
        ("40P01", WorkspaceBusy),
        ("53300", WorkspaceBusy),
        ("42501", RecordsAway),
        ("28P01", RecordsAway),
        ("57P01", RecordsAway),
        ("08006", RecordsAway),
        ("XX001", RecordsUnusable),
    ],
)
def test_what_the_server_says_has_a_name(state: str, kind: type[ClaimtrailError]) -> None:
    from psycopg.errors import lookup

    said = lookup(state)("it went wrong\nDETAIL: Key (value)=(text of a document)")
    home = PostgresServer(Server("postgresql://127.0.0.1/claims"), 1.0)
    found = home.named(sa.exc.OperationalError("INSERT", None, said))
    assert type(found) is kind
    assert "text of a document" not in found.message


SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        (f"postgresql://user:{SECRET}@127.0.0.1:9/claims", RecordsAway, "127.0.0.1"),
        (f"postgresql://127.0.0.1:9/claims?password={SECRET}", RecordsAway, "cannot be reached"),
        (f"mysql://user:{SECRET}@127.0.0.1/claims", UsageError, "no address of a PostgreSQL database"),
        (f"postgresql://user:{SECRET}@127.0.0.1:x/claims", UsageError, "cannot be read"),
        ("postgresql://127.0.0.1", UsageError, "no address"),
    ],
)
def test_an_address_that_leads_nowhere(
    tmp_path: Path, url: str, kind: type[ClaimtrailError], said: str
) -> None:
    root = init(tmp_path / "m").root
    (root / "settings.yaml").write_text(f"records: {{url: '{url}'}}\n")
    with pytest.raises(kind, match=said) as found:
        Matter.open(root, "tester")
    assert SECRET not in json.dumps(found.value.as_json()) + str(found.value)


@pytest.mark.parametrize(("name", "kind"), [("nobody@", RecordsAway), ("claimtrail@", RecordsAway)])
def test_no_such_user_or_database(
    tmp_path: Path, postgres_server: postgres.Server, name: str, kind: type[ClaimtrailError]
) -> None:
    url = postgres_server.url("not_there").replace("claimtrail@", name)
    with pytest.raises(kind, match="does not exist"):
        Matter.open(folder(tmp_path, "m", url), "tester")


def test_a_database_that_does_not_hold_every_character(
    tmp_path: Path, postgres_server: postgres.Server
) -> None:
    postgres_server.run("createdb", "--template=template0", "--encoding=LATIN1", "--locale=C", "latin")
    with pytest.raises(RecordsUnusable, match="LATIN1"):
        Matter.open(folder(tmp_path, "m", postgres_server.url("latin")), "tester")


def test_without_the_driver_it_says_what_to_install(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(PackageMissing, match="psycopg") as missing:
        Matter.open(folder(tmp_path, "m", url), "tester")
    assert "claimtrail[team]" in missing.value.remedy


def test_schemas_hold_matters_apart(tmp_path: Path, postgres_url: str) -> None:
    for name in ("one", "two"):
        name_records(made := init(tmp_path / name), postgres_url, f"matter_{name}")
        with Matter.open(made.root, "tester") as matter:
            registered(matter, 1 if name == "one" else 3)
    with Matter.open(tmp_path / "one", "tester") as one, one.reading() as tx:
        assert len(documents.summaries(tx)) == 1
    assert load(tmp_path / "one" / "settings.yaml").records is not None


def test_init_joins_or_says_why_not(
    claimtrail: Command, tmp_path: Path, url: str, migrated_template: Template
) -> None:
    root, other = tmp_path / "machine", migrated_template.copy()
    assert claimtrail("init", root, "--records", url).status == 0
    assert claimtrail("init", root, "--records", url).status == 0
    assert claimtrail("init", root, "--records", other, "--json").json["error"]["code"] == "usage"
    assert (
        claimtrail("init", tmp_path / "x", "--records", "nothing", "--json").json["error"]["code"] == "usage"
    )
    assert not (tmp_path / "x").exists()
    assert claimtrail("init", tmp_path / "x", "--schema", "s", "--json").json["error"]["code"] == "usage"
    text = (root / "settings.yaml").read_text()
    (root / "settings.yaml").write_text(text.replace(url, other))
    assert claimtrail("list", "--json", "--workspace", root).json["error"]["code"] == "wrong_matter"
    (root / "settings.yaml").write_text("workers: 1\n")
    assert claimtrail("list", "--json", "--workspace", root).json["error"]["code"] == "wrong_matter"


def test_a_folder_with_records_of_its_own_does_not_lose_them(tmp_path: Path, url: str) -> None:
    for name in ("empty", "full"):
        made = init(tmp_path / name)
        with Matter.open(made.root, "tester") as matter:
            if name == "full":
                registered(matter, 1)
        name_records(made, url)
    Matter.open(tmp_path / "empty", "tester").close()
    with pytest.raises(WrongMatter, match="records of its own"):
        Matter.open(tmp_path / "full", "tester")


def test_each_machine_is_a_witness_and_an_older_one_is_no_fault(tmp_path: Path, url: str) -> None:
    with Matter.open(folder(tmp_path, "one", url), "tester") as one:
        with one.change() as change:
            change.note("seen", "a")
        with Matter.open(folder(tmp_path, "two", url), "tester") as two:
            assert two.audit_witness().head == one.audit_witness().head != BEFORE_ALL
            with two.change() as change:
                change.note("seen", "b")
        with one.change() as change:
            change.note("seen", "c")
        with one.reading() as tx:
            assert [entry.action for entry in audit_log.entries(tx)] == ["seen"] * 3


def test_what_lives_holds_and_what_died_lets_go(tmp_path: Path, url: str) -> None:
    one = Matter.open(folder(tmp_path, "one", url), "tester")
    with Matter.open(folder(tmp_path, "two", url), "tester") as two:
        ids = registered(one, 5)
        with one.change() as change:
            assert holds.take(change.tx, ids[:2], one.records.holder) == set(ids[:2])
        with two.records.taking() as tx:
            assert holds.take(tx, ids[:3], two.records.holder) == {ids[2]}
        with two.records.taking() as tx:
            assert holds.take_open(tx, "facts", 1, two.records.holder, 1) == [ids[3]]
            with one.records.taking() as meanwhile:  # nobody waits: what another is taking is passed over
                assert holds.take_open(meanwhile, "facts", 1, one.records.holder, 9) == [ids[4]]
        with one.reading() as reading:
            assert holds.in_hand(reading) == set(ids)
        one.close()
        with two.records.taking() as tx:
            assert set(holds.take_open(tx, "facts", 1, two.records.holder, 9)) == {*ids[:2], ids[4]}
            holds.release_all(tx, two.records.holder)
            assert holds.in_hand(tx) == set()


def test_only_one_machine_at_a_time_goes_over_all_documents(tmp_path: Path, url: str) -> None:
    driver = Driver()
    with Matter.open(folder(tmp_path, "one", url), "tester") as one:
        (tmp_path / "two.txt").write_text(LETTER, encoding="utf-8")
        command = ("ingest", tmp_path / "two.txt", "--workspace", folder(tmp_path, "two", url))
        with one.records.alone(), one.records.alone():
            for seconds in (2.0, 8.0, 30.0):  # what it takes to read on a busy machine
                assert driver.run(*command, after=seconds).status == -9  # it waits, and is killed
                with one.reading() as tx:
                    states = [found.state for found in documents.summaries(tx)]
                    linked = not documents.without_step(tx, "link", 2, ("ok",))
                if states == ["ok"]:
                    break
            assert (states, linked) == (["ok"], False)
        assert driver.run(*command).status == 0
        with one.reading() as tx:
            assert documents.without_step(tx, "link", 2, ("ok",)) == []
    driver.close()


def test_each_machine_has_its_own_index_and_jobs(tmp_path: Path, url: str, claimtrail: Command) -> None:
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    roots = [folder(tmp_path, name, url) for name in ("one", "two")]
    assert claimtrail("ingest", tmp_path / "letter.txt", "--workspace", roots[0]).status == 0
    with Matter.open(roots[0], "tester") as one, Matter.open(roots[1], "tester") as two:
        assert index_step(one) != index_step(two)
        assert (len(expected_in_index(one).must), len(expected_in_index(two).must)) == (1, 0)
        with one.records.writing() as tx:
            for at in range(3):
                jobs.add(tx, f"j{at}", "verify", {}, "tester", machine=one.machine)
            assert not jobs.waiting(tx, machine=two.machine)
            assert jobs.begin_next(tx, two.machine) is None
            assert (jobs.begin_next(tx, one.machine) or {})["id"] == "j0"
            jobs.requeue(tx, 5, two.machine)
            assert jobs.running(tx, one.machine) == ["j0"]
            assert [row["id"] for row in jobs.newest(tx, one.machine)] == ["j2", "j1", "j0"]
    shutil.copytree(roots[0], tmp_path / "copy")
    with Matter.open(tmp_path / "copy", "tester") as copy, Matter.open(roots[0], "tester") as one:
        assert copy.machine != one.machine


def test_an_index_of_ones_own_follows_what_other_machines_decide(
    tmp_path: Path, url: str, claimtrail: Command
) -> None:
    (tmp_path / "originals").mkdir()
    one, two = (folder(tmp_path, name, url) for name in ("one", "two"))
    for root in (one, two):
        with (root / "settings.yaml").open("a") as said:
            said.write(f"originals: {{url: '{tmp_path / 'originals'}'}}\n")
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    (tmp_path / "note.txt").write_text("The note of the other machine.", encoding="utf-8")
    assert claimtrail("ingest", tmp_path / "letter.txt", "--workspace", one).status == 0
    assert claimtrail("ingest", tmp_path / "note.txt", "--workspace", two).status == 0
    (document,) = claimtrail("search", "date:2023-03-16", "--workspace", two, "--json").json["hits"]
    assert claimtrail("correct", document["doc"], "--date", "2020-01-02", "--workspace", one).status == 0
    assert claimtrail("verify", two, "--json").json["faults"] == []
    behind = claimtrail("search", "date:2020-01-02", "--workspace", two, "--json").json
    assert (behind["total"], behind["behind"]) == (0, 1)
    assert "1 documents come into this machine's index" in claimtrail("search", "x", "--workspace", two).err
    (check,) = (
        one
        for one in claimtrail("doctor", "--workspace", two, "--json").json["checks"]
        if one["name"] == "index"
    )
    assert "1 documents come into it" in check["detail"]
    with Matter.open(one, "tester") as matter:  # a document that another reads again is no surplus meanwhile
        with matter.change() as change:
            holds.take(change.tx, [document["doc"]], matter.records.holder)
            documents.set_state(change.tx, document["doc"], "open")
            documents.undo_all(change.tx, document["doc"])
        assert claimtrail("verify", two, "--json").json["faults"] == []
        checks = claimtrail("doctor", "--workspace", two, "--json").json["checks"]
        assert f"1 documents are being read by claimtrail, process {os.getpid()}" in next(
            check["detail"] for check in checks if check["name"] == "database"
        )
    assert claimtrail("ingest", tmp_path / "note.txt", "--workspace", two).status == 0
    found = claimtrail("search", "date:2020-01-02", "--workspace", two, "--json").json
    assert (found["total"], found.get("behind")) == (1, None)


def test_who_waits_for_another_machine_says_for_which(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("pipeline.records.postgres.TELL_SECONDS", 0.3)
    name = f"claimtrail, process {os.getpid()} on {socket.gethostname()}"
    with (
        Matter.open(folder(tmp_path, "one", url), "tester") as one,
        Matter.open(folder(tmp_path, "two", url), "tester", busy_seconds=0.1) as two,
    ):
        waiting = threading.Thread(target=lambda: _be_alone(two))
        with one.records.alone():
            waiting.start()
            assert soon(lambda: len(caplog.records) >= 2)
        waiting.join()
        assert name in caplog.records[0].getMessage()
        assert "silent for" in caplog.records[1].getMessage()
        with one.change(), pytest.raises(WorkspaceBusy) as busy, two.change():
            pass
        assert name in busy.value.message


def _be_alone(matter: Matter) -> None:
    with matter.records.alone():
        pass


LONG_NAME = "".join(random.Random(2).choices("abcdefghijklmnopqrstuvwxyz文北港0123456789", k=5000))  # noqa: S311


def test_names_longer_than_an_ordered_index_takes(
    tmp_path: Path, url: str, claimtrail: Command, register_file: Path
) -> None:
    where = ("--workspace", folder(tmp_path, "one", url))
    said = register_file.read_text(encoding="utf-8").replace("HCL, ", f"HCL, {LONG_NAME}, ")
    register_file.write_text(said, encoding="utf-8")
    assert claimtrail("claims", "import", register_file, *where).status == 0
    assert claimtrail("parties", "rename", "Northport Authority", LONG_NAME[7:], *where).status == 0
    assert claimtrail("parties", "merge", LONG_NAME[7:], LONG_NAME[::-1], *where).status == 0
    assert claimtrail("parties", "merge", LONG_NAME[7:], LONG_NAME[::-1], "--undo", *where).status == 0


def test_a_document_that_another_has_in_hand_is_left_to_it(
    tmp_path: Path, url: str, claimtrail: Command
) -> None:
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    with Matter.open(folder(tmp_path, "one", url), "tester") as one:
        kept = one.originals.keep(tmp_path / "letter.txt", 10**6)
        document = documents.id_of(kept.sha256)
        with one.change() as change:
            documents.register(change.tx, kept, "letter.txt", 0)
            holds.take(change.tx, [document], one.records.holder)
        two = folder(tmp_path, "two", url)
        answer = claimtrail("ingest", tmp_path / "letter.txt", "--workspace", two, "--json").json
        assert [found["id"] for found in answer["duplicates"]] == [document]
        with one.reading() as tx:
            assert documents.state(tx, document) == "open"
            assert [sighting.path for sighting in documents.summary(tx, document).sightings] == ["letter.txt"]
    answer = claimtrail("ingest", tmp_path / "letter.txt", "--workspace", two, "--json").json
    assert [found["id"] for found in answer["ingested"]] == [document]
    assert Taken(document, "x", again=False).elsewhere is False
