"""Work that the command line does on files of its machine, done on files that are sent."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock

from app.web.jobs import KEPT_READINGS, Jobs, uploads_of
from app.web.worker import do, laid_out
from pipeline.clock import now, stamp
from pipeline.matter import Matter
from pipeline.pace import silent
from pipeline.records import jobs
from tests.pipeline.authority import Authority, serving
from tests.pipeline.test_loadfile import dat
from tests.waiting import soon
from tests.web.conftest import Server

API = "/api/v1"
MAIL = (
    b"From: a@example.com\r\nTo: b@example.com\r\nSubject: Gate 3\r\n"
    b"Date: Tue, 14 Mar 2023 09:00:00 +0000\r\n\r\nThe gate is shut."
)


@pytest.fixture
def client(served: Server) -> Iterator[httpx.Client]:
    with served.client() as found:
        yield found


def test_files_are_read_and_nothing_is_kept(client: httpx.Client, served: Server) -> None:
    before = client.get(f"{API}/documents").json()
    files = [("files", ("letters/Gate 3.eml", MAIL)), ("files", ("broken.pdf", b"%PDF-1.4"))]
    job = client.post(f"{API}/extract?wait=60", files=files, data={"ocr": "fast"}).json()
    assert (job["state"], job["error"]) == ("done", None)
    mail, broken = job["result"]
    assert (mail["name"], mail["date"], mail["kind"]) == ("Gate 3.eml", "2023-03-14", "correspondence")
    assert (broken["name"], set(broken["error"])) == ("broken.pdf", {"code", "message", "hint"})
    assert str(served.root) not in str(job)
    assert client.get(f"{API}/documents").json() == before
    assert client.delete(f"{API}/jobs/{job['id']}").status_code == 204
    assert client.get(f"{API}/jobs/{job['id']}").status_code == 404


def test_what_was_read_for_an_answer_is_forgotten(matter: Matter) -> None:
    with matter.records.writing() as tx:
        for name, kind in (("old", "extract"), ("link", "link"), ("new", "extract")):
            jobs.add(tx, name, kind, {}, "tester")
            jobs.end(tx, name, [])
        longer = stamp(now() - 2 * KEPT_READINGS)
        tx.exec_driver_sql("UPDATE jobs SET finished = ? WHERE id IN ('old', 'link')", (longer,))
    queue = Jobs(matter)
    queue._forget_readings()
    assert {row["id"] for row in queue.newest()} == {"link", "new"}


def production(**more: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    rows = dat(
        ("Bates Beg", "Bates End", "Native File"),
        ("ABC-1", "ABC-1", ".\\NATIVES\\0001\\ABC-1.eml"),
        ("ABC-2", "ABC-2", "NATIVES\\0001\\gone.eml"),
    )
    sent = {"vol/DATA/vol.dat": rows.encode(), "vol/NATIVES/0001/ABC-1.eml": MAIL, **more}
    return [("files", (name, data)) for name, data in sent.items()]


def test_a_production_is_taken_in_with_its_numbers(client: httpx.Client) -> None:
    asked = {"claim": "CLM-002", "dat": "vol/DATA/vol.dat"}
    job = client.post(f"{API}/productions?wait=60", files=production(), data=asked).json()
    assert (job["state"], job["error"], job["claim"]) == ("done", None, "CLM-002")
    told = job["result"]
    assert (told["records"], [one["bates"] for one in told["documents"]]) == (2, ["ABC-1"])
    assert [one["path"] for one in told["failed"]] == ["ABC-2"]
    (hit,) = client.get(f"{API}/search", params={"query": "ref:ABC-1"}).json()["hits"]
    assert (hit["name"], hit["claims"]) == ("ABC-1.eml", ["CLM-002"])


@pytest.mark.parametrize(
    ("address", "files", "asked"),
    [
        ("productions", [("a.txt", b"a")], {}),
        ("productions", [("a.dat", b"a"), ("b.dat", b"a")], {}),
        ("productions", [("a.dat", b"a")], {"dat": "../b.dat"}),
        ("productions", [("a.dat", b"a")], {"opt": "a.opt"}),
        ("productions", [("a.dat", b"a")], {"ocr": "best"}),
        ("extract", [("a.txt", b"a")], {"ocr_engine": "magic"}),
        ("verify", [("a.txt", b"a")], {}),
    ],
)
def test_forms_that_ask_for_what_cannot_be(
    client: httpx.Client, served: Server, address: str, files: list[tuple[str, bytes]], asked: dict[str, str]
) -> None:
    answer = client.post(f"{API}/{address}", files=[("files", one) for one in files], data=asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "usage")
    assert soon(lambda: not list((served.root / "web" / "uploads").iterdir()))


def test_files_of_an_upload_are_laid_out_below_their_folder_only(tmp_path: Path) -> None:
    names = ["a/b.txt", "A/b.txt", "a", "c:d/*e", "x/" + "y" * 300, "a/b.txt", "CON/nul"]
    sent, into = tmp_path / "sent", tmp_path / "into"
    sent.mkdir()
    into.mkdir()
    for at in range(len(names)):
        (sent / f"{at:06}").write_bytes(bytes([at]))
    laid = laid_out(sent, names, into)
    assert laid["a/b.txt"].read_bytes() == b"\0"
    assert "a" not in laid  # it is a folder
    assert all(path.resolve().is_relative_to(into) and path.is_file() for path in laid.values())


@pytest.fixture(scope="module")
def built(served: Server) -> dict[str, Any]:
    """A job that built a bundle of CLM-002 with many wishes, in a matter whose settings name an authority."""
    authority = Authority()
    authority.write_ca(served.root / "ca.pem")
    with serving(authority.answer) as url, served.client() as client:
        (served.root / "settings.yaml").write_text(
            f"timestamp: {{url: '{url}', ca: ca.pem}}\n", encoding="utf-8"
        )
        asked = {
            "profile": "us", "order": "kind", "prefix": "HCL", "renumber": True, "max_pages": 1, "max_mb": 50,
            "include_privileged": True, "privilege_log": True, "highlight": True, "timestamp": True,
        }  # fmt: skip
        job = client.post(f"{API}/claims/CLM-002/export?wait=60", json=asked).json()
        again = client.post(f"{API}/jobs/{job['id']}/stamp?wait=60").json()
        head = client.post(f"{API}/stamp?wait=60").json()
    (served.root / "settings.yaml").unlink()
    return {"job": job, "again": again, "head": head, "ca": authority.ca.pem()}


def test_a_bundle_is_built_as_it_is_wished_for_and_stamped(
    client: httpx.Client, built: dict[str, Any]
) -> None:
    job = built["job"]
    assert (job["error"], job["result"]["profile"]) == (None, "us")
    assert job["result"]["timestamp"]["authority"] == "CN=Test Stamps"
    assert (built["again"]["error"], built["again"]["result"]["stamped"]) == (None, "bundle-CLM-002.zip")
    assert (built["head"]["error"], built["head"]["result"]["stamped"]) == (None, "audit")
    with zipfile.ZipFile(io.BytesIO(client.get(job["download"]).content)) as bundle:
        names = {name.partition("/")[2] for name in bundle.namelist()}
        load_file = bundle.read("bundle-CLM-002/data/production.dat").decode("utf-8-sig")
    assert {"timestamp.tsr", "timestamp-2.tsr"} <= names
    assert "HCL" in load_file
    report = client.get(f"{API}/claims/CLM-002/report", params={"bundle": job["id"], "format": "md"})
    assert "HCL" in report.text
    assert client.get(f"{API}/claims/CLM-001/report", params={"bundle": job["id"]}).status_code == 404


def test_a_bundle_that_is_sent_is_checked(
    client: httpx.Client, served: Server, built: dict[str, Any]
) -> None:
    whole = client.get(built["job"]["download"]).content

    def checked(bundle: bytes, **more: str) -> dict[str, Any]:
        files = {"bundle": ("b.zip", bundle), "ca": ("ca.pem", built["ca"])}
        return dict(client.post(f"{API}/verify?wait=60", files=files, data=more).json())

    good, held = checked(whole), checked(whole, against="true")
    assert (good["result"]["ok"], len(good["result"]["notes"])) == (True, 2)
    assert held["result"]["checked"] > good["result"]["checked"] or held["result"]["ok"]
    assert checked(whole[:2000])["error"]["code"] == "usage"
    assert str(served.root) not in str(checked(b"no bundle"))


@pytest.mark.parametrize(
    "wrong", [{"profile": "fr"}, {"order": "size"}, {"prefix": "-"}, {"max_mb": 0}, {"zip": True}]
)
def test_a_bundle_cannot_be_wished_for_otherwise(client: httpx.Client, wrong: dict[str, Any]) -> None:
    assert client.post(f"{API}/claims/CLM-002/export", json=wrong).status_code == 422


def test_the_inbox_is_drained_unless_somebody_watches_it(matter: Matter) -> None:
    root = matter.workspace.root
    (root / "settings.yaml").write_text("watch: {flow_runs: false, settle_seconds: 0.1}\n", encoding="utf-8")
    (matter.workspace.inbox / "Gate 3.eml").write_bytes(MAIL)
    job = {"id": "j", "kind": "watch", "asked": {"ocr": "fast"}, "actor": "Li", "claim": None}
    with FileLock(root / ".watch.lock"):
        assert do(root, job, silent)["error"]["code"] == "workspace_busy"
    (one,) = do(root, job, silent)["result"]["ingested"]
    assert one["path"].endswith("Gate 3.eml")
    assert not [path for path in matter.workspace.inbox.iterdir() if path.is_file()]


def test_a_form_goes_nowhere_when_nobody_may_send_it(client: httpx.Client, matter: Matter) -> None:
    for address in ("extract", "productions", "verify"):
        headers = {"Origin": str(client.base_url).rstrip("/"), "X-CSRF-Token": "guess"}
        answer = client.post(f"{API}/{address}", files=production(), headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forged")
    assert not uploads_of(matter, "x").parent.exists()
