"""A workspace whose search index lies on a PostgreSQL server: its commands, its settings, and a second machine."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from app.cli import run
from index.engines import engine_of
from pipeline.errors import UsageError
from pipeline.indexing import index_pending, open_search
from pipeline.matter import Matter
from pipeline.records import audit_log
from pipeline.settings import Settings, load
from pipeline.workspace import init, name_records
from tests import postgres
from tests.conftest import Command, Template, put_documents


def set_up(root: Path, **settings: object) -> None:
    file = root / "settings.yaml"
    said = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    file.write_text(yaml.safe_dump(said | settings), encoding="utf-8")


def answers(command: Command) -> list[object]:
    found = [
        command("search", query, "--json").json for query in ("Area", "工期", "kind:invoice", "possess*", "*")
    ]
    return [
        (one["total"], one["facets"], {(hit["doc"], hit["page"], hit["snippet"]) for hit in one["hits"]})
        for one in found
    ]


def test_a_workspace_of_one_machine_searches_on_a_server(
    filled: Command, workspace: Path, postgres_url: str, tmp_path: Path
) -> None:
    before = answers(filled)
    set_up(workspace, search_url=postgres_url)
    assert filled("reindex", "--engine", "postgres", "--json").json["engine"] == "postgres"
    assert answers(filled) == before
    assert postgres_url not in "".join(path.read_text() for path in (workspace / "index").glob("*.json"))
    (tmp_path / "new.txt").write_text("Access to Area C was refused.", encoding="utf-8")
    assert filled("ingest", tmp_path / "new.txt").status == 0
    assert filled("search", '"Area C"', "--json").json["total"] == 1
    assert filled("verify", workspace).status == 0
    assert {check["name"]: check["ok"] for check in filled("doctor", "--json").json["checks"]}["index"]
    assert filled("reindex", "--engine", "whoosh").status == 0
    assert filled("search", '"Area C"', "--json").json["total"] == 1


def test_a_server_that_is_away_is_told_without_the_password(
    filled: Command, workspace: Path, postgres_url: str
) -> None:
    set_up(workspace, search_url=postgres_url)
    assert filled("reindex", "--engine", "postgres").status == 0
    set_up(workspace, search_url="postgresql://me:hunter2@127.0.0.1:1/nowhere")
    for command in (("search", "Area"), ("reindex",), ("verify", str(workspace)), ("doctor",)):
        for form in ((), ("--json",)):
            told = filled(*command, *form)
            assert told.status in (1, 2)
            assert "hunter2" not in told.out + told.err
    assert filled("search", "Area", "--json").json["error"]["code"] == "search_server"
    set_up(workspace, search_url=postgres_url)
    assert filled("search", "Area", "--json").json["total"] > 0


def test_without_an_address_the_engine_says_what_is_missing(filled: Command) -> None:
    told = filled("reindex", "--engine", "postgres", "--json")
    assert told.status == 2
    assert "search_url" in told.json["error"]["hint"]
    assert filled("search", "Area", "--json").json["total"] > 0, "the old index still serves"


def test_a_second_machine_joins_the_index_of_the_first(
    tmp_path: Path, migrated_template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records and index on one server: what one machine takes in the other finds, and nobody builds it twice."""
    url = migrated_template.copy()
    here, there = tmp_path / "here", tmp_path / "there"
    for root in (here, there):
        name_records(init(root), url)
        set_up(root, search_engine="postgres")
    monkeypatch.setenv("CLAIMTRAIL_WORKSPACE", str(here))
    assert run(["ingest", str(put_documents(tmp_path / "evidence"))]) == 0
    with Matter.open(there, "tester") as matter:
        index = open_search(matter)
        assert index.search("Area B").total > 0
        assert engine_of(matter.workspace.index) == "postgres"
        assert index_pending(matter) == 0
        assert index.search("Area B").hits[0].snippet
        assert index.healthy()
        with matter.reading() as tx:
            actions = [entry.action for entry in audit_log.entries(tx)]
    assert actions.count("reindexed") == 1


def test_two_matters_share_a_database(tmp_path: Path, postgres_server: postgres.Server) -> None:
    url = postgres_server.database()
    totals = []
    for name in ("one", "two"):
        root = tmp_path / name
        init(root)
        set_up(root, search_engine="postgres", search_url=url)
        (tmp_path / f"{name}.txt").write_text(f"Access was refused in {name}.", encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CLAIMTRAIL_WORKSPACE", str(root))
            assert run(["ingest", str(tmp_path / f"{name}.txt")]) == 0
    for name in ("one", "two"):
        with Matter.open(tmp_path / name, "tester") as matter:
            totals.append([open_search(matter).search(query).total for query in ("refused", "one", "two")])
    assert totals == [[1, 1, 0], [1, 0, 1]]


@pytest.mark.parametrize(
    "url", ["mysql://me:hunter2@host/base", "hunter2", "postgresql://me:hunter2@host", "://"]
)
def test_an_address_that_is_none_is_refused_when_it_is_read(tmp_path: Path, url: str) -> None:
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump({"search_url": url}), encoding="utf-8")
    with pytest.raises(UsageError, match="search_url") as caught:
        load(tmp_path / "settings.yaml")
    assert "hunter2" not in f"{caught.value.message}{caught.value.remedy}{caught.value.__cause__}"


def test_the_address_is_that_of_the_records_unless_told() -> None:
    records = {"url": "postgresql+psycopg://me:secret@host:5433/base"}
    assert Settings().search_address() is None
    assert (
        Settings.model_validate({"records": records}).search_address()
        == "postgresql://me:secret@host:5433/base"
    )
    other = Settings.model_validate({"records": records, "search_url": "postgres://elsewhere/base"})
    assert other.search_address() == "postgresql://elsewhere/base"
