"""Uploads and long work: what becomes of them, also when a server ends in the middle or the workspace is busy."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import anyio
import httpx
import pytest

from app.cli import run
from app.web.application import create_app
from app.web.jobs import MOST_TRIES, MOST_WAITING, Jobs
from app.web.options import ServeOptions
from app.web.uploads import shown_name
from pipeline.matter import Matter
from pipeline.records import audit_log, jobs
from pipeline.verify import verify
from pipeline.workspace import working
from tests.waiting import soon
from tests.web.conftest import Server

API = "/api/v1"
NOTE = b"Gatekeeper's note\n\nDate: 15 March 2023\n\nAccess to Area B refused again on 15 March 2023.\n"


@pytest.fixture
def client(served: Server) -> Iterator[httpx.Client]:
    with served.client() as found:
        yield found


def test_an_upload_is_taken_in_under_the_names_it_bears(client: httpx.Client, served: Server) -> None:
    sent = [
        ("files", ("site/../../../notes/Gate note.txt", NOTE)),
        ("files", ("C:\\fakepath\\again.txt", NOTE)),
        ("files", ("门卫.txt", NOTE + b"2")),
        ("files", ("broken.pdf", b"%PDF-1.7 nothing")),
    ]
    before = {path for path in served.root.parent.rglob("*") if "matter" not in path.parts}
    answer = client.post(f"{API}/documents?wait=60", files=sent, data={"claim": "CLM-001", "ocr": "fast"})
    assert answer.status_code == 200
    job = answer.json()
    assert (job["kind"], job["claim"], job["state"], job["actor"]) == ("ingest", "CLM-001", "done", "tester")
    result = job["result"]
    paths = {row["path"] for key in ("ingested", "duplicates") for row in result[key]}
    assert paths == {"site/notes/Gate note.txt", "again.txt", "门卫.txt"}
    assert [(row["path"], row["reason"].split(":")[0]) for row in result["failed"]] == [
        ("broken.pdf", "corrupt")
    ]
    assert client.get(answer.headers["location"]).json()["result"] == result
    known = client.get(f"{API}/documents/{result['ingested'][0]['id']}").json()
    assert known["claims"] == ["CLM-001"]
    assert soon(lambda: not list((served.root / "web" / "uploads").iterdir()))
    assert {path for path in served.root.parent.rglob("*") if "matter" not in path.parts} == before


def test_a_form_without_scripts_leads_on(client: httpx.Client) -> None:
    sent = {"files": ("door.txt", NOTE + b"door")}
    answer = client.post(f"{API}/documents", files=sent, data={"next": "/inbox"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a/b.txt", "a/b.txt"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("..\\..\\x", "x"),
        ("...", "..."),
        ("..", "file"),
        ("", "file"),
        ("a\r\nb\x1b[31m.txt", "a\ufffd\ufffdb\ufffd[31m.txt"),
        ("/".join("abcdefghijklmnopqrstuvwxyz"), "/".join("ghijklmnopqrstuvwxyz")),
    ],
)
def test_names_of_uploads(given: str, shown: str) -> None:
    assert shown_name(given) == shown


def test_a_bundle_is_built_and_fetched(client: httpx.Client, served: Server, tmp_path: Path) -> None:
    answer = client.post(f"{API}/claims/CLM-002/export?wait=60", json={"profile": "uk"})
    job = answer.json()
    assert (job["state"], job["error"]) == ("done", None)
    assert (job["result"]["exhibits"], job["result"]["zip"]) == (1, "bundle-CLM-002.zip")
    assert str(served.root) not in answer.text
    fetched = client.get(job["download"])
    assert fetched.headers["content-type"] == "application/zip"
    assert fetched.headers["content-disposition"].startswith('attachment; filename="bundle-CLM-002.zip"')
    (tmp_path / "bundle.zip").write_bytes(fetched.content)
    assert verify(tmp_path / "bundle.zip").as_json()["faults"] == []
    alone = client.get(f"{job['download']}/{job['result']['pdfs'][0]}")
    assert alone.headers["content-disposition"].startswith('attachment; filename="bundle-CLM-002.pdf"')
    with ZipFile(tmp_path / "bundle.zip") as held:
        assert alone.content == held.read("bundle-CLM-002/data/bundle.pdf")
    for name in ("bundle-2.pdf", "bundle-CLM-002.zip", "..%2f..%2frecords.sqlite"):
        assert client.get(f"{job['download']}/{name}").status_code == 404


def test_a_job_that_fails_says_why(client: httpx.Client) -> None:
    answer = client.post(f"{API}/claims/CLM-002/export?wait=60", json={"confirmed_only": True})
    assert (answer.status_code, answer.json()["state"]) == (202, "failed")
    assert set(answer.json()["error"]) == {"code", "message", "hint"}
    assert client.get(f"{API}/jobs/{answer.json()['id']}/bundle").json()["error"]["code"] == "not_ready"


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("claims/CLM-001/link", "link CLM-001"),
        ("reindex", "reindex"),
        ("documents/retry", "retry --all"),
        ("verify", "verify ROOT"),
    ],
)
def test_jobs_answer_as_the_commands_do(
    client: httpx.Client, served: Server, capsys: pytest.CaptureFixture[str], address: str, command: str
) -> None:
    job = client.post(f"{API}/{address}?wait=60").json()
    assert (job["state"], job["error"]) == ("done", None)
    capsys.readouterr()
    where = [] if "ROOT" in command else ["--workspace", str(served.root)]
    run([*command.replace("ROOT", str(served.root)).split(), *where, "--json"])
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    steady = set(printed) - {"run", "checked", "changed"}
    assert {key: job["result"][key] for key in steady} == {key: printed[key] for key in steady}


def test_decisions_do_not_wait_for_whoever_has_the_workspace(client: httpx.Client, served: Server) -> None:
    leaflet = next(row["id"] for row in client.get(f"{API}/documents").json() if "leaflet" in row["name"])
    said = {"doc": leaflet, "event": "CLM-001/E2", "verdict": "confirmed"}
    found = {"query": "event:CLM-001/E2", "limit": 50}
    with Matter.open(served.root, "ingest") as matter, working(matter.workspace, "ingest"):
        answer = client.post(f"{API}/links/verdict", json=said)
        assert answer.json()["status"] == "confirmed"
        assert (
            client.post(f"{API}/documents/{leaflet}/corrections", json={"title": "Tulips"}).status_code == 200
        )
        links = client.get(f"{API}/claims/CLM-001/links").json()
        assert any(link["doc"] == leaflet and link["status"] == "confirmed" for link in links)
        assert client.get(f"{API}/search", params={"query": "tulips"}).json()["total"]
    until(lambda: leaflet in {hit["doc"] for hit in client.get(f"{API}/search", params=found).json()["hits"]})
    assert all(job["kind"] != "update" for job in client.get(f"{API}/jobs").json())


def test_looks_and_downloads_are_in_the_audit_but_in_no_bundle(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(NOTE)
    run(["ingest", str(tmp_path / "a.txt")])

    async def look(client: httpx.AsyncClient) -> None:
        (row,) = (await client.get(f"{API}/documents")).json()
        for of in ("", "", "/text", "/original", "/original"):
            assert (await client.get(f"{API}/documents/{row['id']}{of}")).status_code == 200

    in_process(workspace, ServeOptions(), look)
    with Matter.open(workspace, "t") as matter, matter.reading() as tx:
        noted = [(e.action, e.actor) for e in audit_log.entries(tx, {"web"})]
    assert noted == [("viewed", "tester"), ("downloaded", "tester"), ("downloaded", "tester")]
    assert verify(workspace).ok


# ---- limits


def in_process(root: Path, options: ServeOptions, do: Any) -> None:
    """Asks an application that no server runs: what it queues is not done."""
    app = create_app(root, options)

    async def asked() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            await do(client)

    try:
        anyio.run(asked)
    finally:
        app.state.claimtrail.close()


BOUND = "multipart/form-data; boundary=b"


def form(*parts: tuple[str, bytes], end: bytes = b"--b--\r\n") -> bytes:
    heads = [b"--b\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" for head, _ in parts]
    return b"".join(head + body + b"\r\n" for head, (_, body) in zip(heads, parts, strict=True)) + end


FILE = 'name="files"; filename="a.txt"'


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (form(*[(FILE, b"x")] * 4), 413, "upload_refused"),
        (form((FILE, b"x" * 3 * 2**20)), 413, "upload_refused"),
        (form((FILE, b"x" * 2**20 + b"y")), 413, "upload_refused"),  # one file above limits.file_mib
        (form((FILE, b"x"), end=b""), 400, "upload_unreadable"),
        (form(), 400, "upload_unreadable"),
        (form(('name="claim"', b"CLM-1")), 400, "upload_unreadable"),
        (form(('name="files"; filename=""', b"")), 400, "upload_unreadable"),
        (form((FILE, b"x"), ('name="claim"', b"y" * 20_000)), 400, "upload_unreadable"),
        (form(*[(f'name="f{n}"', b"") for n in range(30)]), 400, "upload_unreadable"),
        (form((f"{FILE}; x={'y' * 9000}", b"x")), 400, "upload_unreadable"),
        (form((FILE, b"x"), ('name="claim"', b"CLM-1")), 404, "not_found"),
        (form((FILE, b"x"), ('name="ocr"', b"best")), 400, "usage"),
        (b"\x00\xff" * 100, 400, "upload_unreadable"),
        (b"", 400, "upload_unreadable"),
    ],
)
@pytest.mark.parametrize("told", [True, False])
def test_uploads_that_are_refused_leave_nothing(
    workspace: Path, body: bytes, status: int, code: str, told: bool
) -> None:
    (workspace / "settings.yaml").write_text("limits: {file_mib: 1}\n", encoding="utf-8")

    async def pieces() -> Any:
        for at in range(0, len(body), 100_000):
            yield body[at : at + 100_000]

    async def send(client: httpx.AsyncClient) -> None:
        content = body if told else pieces()
        answer = await client.post(f"{API}/documents", content=content, headers={"Content-Type": BOUND})
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert (await client.get(f"{API}/jobs")).json() == []

    in_process(workspace, ServeOptions(upload_mib=2, upload_files=3), send)
    assert (
        not (workspace / "web" / "uploads").exists() or list((workspace / "web" / "uploads").iterdir()) == []
    )


@pytest.mark.parametrize("told", [True, False])
def test_a_request_that_is_too_large_is_refused(workspace: Path, told: bool) -> None:
    async def pieces() -> Any:
        for _ in range(10):
            yield b" " * 2**20

    async def send(client: httpx.AsyncClient) -> None:
        content = b" " * 10 * 2**20 if told else pieces()
        answer = await client.post(f"{API}/claims/import", content=content)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")

    in_process(workspace, ServeOptions(), send)


def test_an_upload_is_refused_where_the_disk_is_full(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    full = shutil.disk_usage(workspace)._replace(free=2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)

    async def send(client: httpx.AsyncClient) -> None:
        answer = await client.post(f"{API}/documents", files={"files": ("a.txt", b"x")})
        assert (answer.status_code, answer.json()["error"]["code"]) == (507, "disk_full")

    in_process(workspace, ServeOptions(), send)


# ---- servers that end


def began_before(matter: Matter, tries: int) -> str:
    """A job that is said to run, as a server leaves it that was killed."""
    with matter.records.writing() as tx:
        jobs.add(tx, "j", "verify", {}, "tester")
        jobs.begin_next(tx)
        tx.exec_driver_sql("UPDATE jobs SET tries = ?", (tries,))
    return "j"


def until(reached: Callable[[], bool]) -> None:
    assert soon(reached)


def test_a_job_with_which_a_server_ended_is_begun_again_by_one_of_two(matter: Matter) -> None:
    job = began_before(matter, MOST_TRIES - 1)
    first, second = Jobs(matter), Jobs(matter)
    first.begin()
    second.begin()
    try:
        assert (second.wait(job, 60)["state"], second.find(job)["tries"]) == ("done", MOST_TRIES)
        assert [queue._process is None for queue in (first, second)].count(True) == 1
    finally:
        first.close()
        second.close()


def test_a_job_with_which_servers_end_again_and_again_is_left(matter: Matter) -> None:
    job, queue = began_before(matter, MOST_TRIES), Jobs(matter)
    queue.begin()
    try:
        ended = queue.wait(job, 60)
    finally:
        queue.close()
    assert (ended["state"], ended["error"]["code"]) == ("failed", "job_interrupted")


def test_work_whose_process_dies_is_told_and_what_a_server_leaves_is_put_back(matter: Matter) -> None:
    queue = Jobs(matter)
    with working(matter.workspace, "test"):  # so that the jobs wait while their process or the server ends
        first, second = queue.add("link", {}, "tester"), queue.add("link", {}, "tester")
        queue.begin()
        until(lambda: (queue.progress(first) or {}).get("what") == "waiting")
        assert queue._process is not None
        queue._process.kill()
        died = queue.wait(first, 60)
        assert (died["state"], died["error"]["code"]) == ("failed", "job_interrupted")
        until(lambda: queue.progress(second) is not None)  # the next is done all the same
        queue.close()
    left = queue.find(second)
    assert (left["state"], left["tries"]) == ("queued", 0)


def test_many_who_wait_for_a_job_do_not_hold_up_the_others(matter: Matter) -> None:
    queue = Jobs(matter)
    job = queue.add("verify", {}, "tester")  # nobody does it
    threads = [threading.Thread(target=queue.wait, args=(job, 600), daemon=True) for _ in range(30)]
    for thread in threads:
        thread.start()
    until(lambda: sum(thread.is_alive() for thread in threads) <= MOST_WAITING)
    queue.close()
    assert queue.find(job)["state"] == "queued"
