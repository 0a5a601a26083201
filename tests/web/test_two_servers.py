"""Two machines serve one matter: records on a PostgreSQL server, originals in a folder that both see, an index each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from app.cli import run
from app.web import jobs as queue
from app.web.application import create_app
from app.web.jobs import Jobs, bundles_of
from app.web.options import ServeOptions
from app.web.worker import do
from pipeline import people
from pipeline.errors import RecordsAway
from pipeline.indexing import count_behind
from pipeline.matter import Matter
from pipeline.records import jobs
from pipeline.workspace import init, name_records
from tests.conftest import LETTER, Command, Template
from tests.waiting import soon
from tests.web.conftest import PASSWORD

API = "/api/v1"


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory, migrated_template: Template) -> tuple[Path, Path]:
    tmp_path = tmp_path_factory.mktemp("servers")
    url = migrated_template.copy()
    (tmp_path / "originals").mkdir()
    made = tmp_path / "one", tmp_path / "two"
    for root in made:
        name_records(init(root), url)
        with (root / "settings.yaml").open("a") as settings:
            settings.write(f"originals: {{url: '{tmp_path / 'originals'}'}}\n")
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    assert run(["ingest", str(tmp_path / "letter.txt"), "--workspace", str(made[0])]) == 0
    assert run(["reindex", "--workspace", str(made[1])]) == 0
    with Matter.open(made[0], "tester") as matter:
        people.add(matter, "mei", "handler", PASSWORD)
    return made


@contextmanager
def applications(*roots: Path) -> Iterator[list[FastAPI]]:
    apps = [create_app(root, ServeOptions(login=True)) for root in roots]
    try:
        yield apps
    finally:
        for app in apps:
            app.state.claimtrail.close()


def asked(apps: list[FastAPI], *steps: Callable[[list[httpx.AsyncClient]], Any]) -> None:
    """Steps of one browser that is sent to one server and then to the other, as a balancer does."""

    async def one_browser() -> None:
        cookies = httpx.Cookies()
        clients = [
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") for app in apps
        ]
        for client in clients:
            client._cookies = cookies
        for step in steps:
            await step(clients)

    anyio.run(one_browser)


def test_a_session_holds_on_both_and_ends_on_both(roots: tuple[Path, Path]) -> None:
    said: dict[str, str] = {}
    answers: list[int] = []

    async def log_in(clients: list[httpx.AsyncClient]) -> None:
        answer = await clients[0].post(f"{API}/login", json={"name": "mei", "password": PASSWORD})
        said.update(token=answer.json()["csrf_token"])

    async def work(clients: list[httpx.AsyncClient]) -> None:
        (row,) = (await clients[1].get(f"{API}/documents")).json()
        correction = {"title": "Refused"}
        for token in ("forged", said["token"]):
            headers = {"X-CSRF-Token": token}
            answers.append(
                (
                    await clients[1].post(
                        f"{API}/documents/{row['id']}/corrections", json=correction, headers=headers
                    )
                ).status_code
            )
        shown = (await clients[0].get(f"{API}/documents/{row['id']}")).json()
        assert shown["title"] == "Refused"

    async def log_out(clients: list[httpx.AsyncClient]) -> None:
        await clients[1].post(f"{API}/logout", headers={"X-CSRF-Token": said["token"]})
        answers.append((await clients[0].get(f"{API}/documents")).status_code)

    with applications(*roots) as apps:
        asked(apps, log_in, work, log_out)
    assert answers == [403, 200, 401]


def test_what_a_job_made_lies_on_the_server_that_was_asked(roots: tuple[Path, Path]) -> None:
    with Matter.open(roots[0], "tester") as one, Matter.open(roots[1], "tester") as two:
        job = Jobs(one).add("export", {}, "mei")
        assert Jobs(one).find(job)["state"] == jobs.QUEUED
        with pytest.raises(queue.NotFound, match="another server"):
            Jobs(two).find(job)
        for left, seconds in ((job, 0), ("of nobody", 0), ("being made", time.time())):
            bundles_of(one, left).mkdir(parents=True)
            os.utime(bundles_of(one, left), (seconds, seconds))
        Jobs(one)._recover()
        assert sorted(path.name for path in bundles_of(one, job).parent.iterdir()) == sorted(
            [job, "being made"]
        )


def test_a_server_brings_its_own_index_up_to_date_with_what_others_did(
    roots: tuple[Path, Path], claimtrail: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_process(queue: Jobs, job: Mapping[str, Any]) -> Mapping[str, Any]:
        return do(queue._matter.workspace.root, job, lambda _: None)

    monkeypatch.setattr(Jobs, "_done", in_process)
    (document,) = claimtrail("list", "--workspace", roots[0], "--json").json
    assert claimtrail("correct", document["id"], "--date", "2020-01-02", "--workspace", roots[0]).status == 0
    with Matter.open(roots[1], "tester") as two:
        assert count_behind(two) == 1
        work = Jobs(two)
        work.begin()
        try:
            assert soon(lambda: not count_behind(two))
        finally:
            work.close()
    found = claimtrail("search", "date:2020-01-02", "--workspace", roots[1], "--json").json
    assert found["total"] == 1


def test_how_a_job_ended_is_noted_once_the_records_are_back(
    matter: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = iter([RecordsAway("away"), RecordsAway("away")])
    ended = Jobs._end

    def end(work: Jobs, *arguments: Any) -> None:
        for error in away:
            raise error
        ended(work, *arguments)

    monkeypatch.setattr(Jobs, "_done", lambda *_: {"result": "done"})
    monkeypatch.setattr(Jobs, "_end", end)
    monkeypatch.setattr(queue, "LOOK_SECONDS", 0.01)
    work = Jobs(matter)
    job = work.add("verify", {}, "tester")
    work.begin()
    try:
        assert work.wait(job, 90)["state"] == jobs.DONE
    finally:
        work.close()
