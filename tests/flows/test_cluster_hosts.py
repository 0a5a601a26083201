"""Reading on a cluster of hosts of their own: one is cut off in the middle, a worker is killed, one differs.

The workers see nothing of the workspace: bytes travel by hash. All connections are by TLS.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image, ImageDraw

from extractors.ocr.tesseract import models
from pipeline.matter import Matter
from pipeline.records import documents
from pipeline.workspace import init
from tests.netns import Host, Lan, why_not

_WHY_NOT = why_not()
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(bool(_WHY_NOT), reason=str(_WHY_NOT)),
    pytest.mark.timeout(900),
]

SCANS = 10
PORT = 8786
PATIENCE = 120.0
QUICK = {
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "11s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "6s",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "4s",
}
"""So that a host that is cut off is missed within seconds."""


@dataclass
class Cluster:
    """The hosts, and the workspace on the one that writes."""

    office: Host
    desk: Host
    workers: list[Host]
    root: Path
    environment: dict[str, str]

    def claimtrail(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", *words, "--workspace", self.root / "matter"]
        return self.office.run(command, self.environment, PATIENCE)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler, two workers, a third whose Tesseract differs, and an office with Prefect's server."""
    root = tmp_path_factory.mktemp("cluster")
    _certificate(root)
    other = _other_models(root)
    with Lan() as lan, (root / "log").open("wb") as log:
        office, desk, first, second, third = (lan.host() for _ in range(5))
        address = f"tls://{desk.address}:{PORT}"
        tls = [f"--tls-{what}={root / 'tls.pem'}" for what in ("ca-file", "cert", "key")]
        dask = [sys.executable, "-m", "dask"]
        desk.start([*dask, "scheduler", "--host", address, "--no-dashboard", *tls], log, QUICK)
        for host in (first, second, third):
            reader = ["--preload", "flows.reader", "--nworkers", "1", "--nthreads", "1", "--no-dashboard"]
            place = ["--local-directory", str(root / host.address)]
            differs = {"TESSDATA_PREFIX": str(other)} if host is third else {}
            reader += [] if host is second else ["--no-nanny"]  # which starts a killed worker anew
            host.start(
                [*dask, "worker", address, *reader, *place, *tls],
                log,
                QUICK | differs,
                _made(root / "matter"),
            )
        environment = QUICK | {
            "PREFECT_API_URL": f"http://{office.address}:4200/api",
            "PREFECT_LOGGING_LEVEL": "WARNING",
        }
        environment |= {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
        environment["PREFECT_HOME"] = str(root / "prefect")
        server = ["-m", "prefect", "server", "start", "--host", office.address, "--port", "4200"]
        office.start([sys.executable, *server], log, environment)
        _workspace(root, address)
        _wait(lambda: _answers(office), PATIENCE)
        yield Cluster(office, desk, [first, second, third], root, environment)


def test_every_document_comes_out_right_and_once(cluster: Cluster) -> None:
    evidence = _evidence(cluster.root / "evidence")
    command = [sys.executable, "-m", "app", "ingest", evidence, "--ocr", "fast", "--json", "--workspace"]
    with (cluster.root / "report").open("wb") as out:
        taking = cluster.office.start([*command, cluster.root / "matter"], out, cluster.environment)
        first, second, _ = cluster.workers
        _wait(lambda: _read(cluster.root) >= 2, PATIENCE)
        first.cut_off()
        _wait(lambda: _read(cluster.root) >= 5, PATIENCE)
        os.kill(_reading_process(second), signal.SIGKILL)
        status = taking.wait(PATIENCE)
    said = (cluster.root / "report").read_text(encoding="utf-8")
    assert status == 0, said + (cluster.root / "log").read_text(encoding="utf-8", errors="replace")[-5000:]
    assert len(json.loads(said[said.index("{\n") :])["ingested"]) == SCANS + 5
    assert _entries(cluster.root, "read") == {1}
    texts = _texts(cluster.root)
    assert len(texts) == SCANS + 5
    for number in range(SCANS):
        assert f"note {_word(number)} of the site, row 15" in texts[f"note {number}.png"]
    assert "second of two" in texts["other.txt"]


def test_doctor_names_the_worker_that_differs(cluster: Cluster) -> None:
    checks = json.loads(cluster.claimtrail("doctor", "--json").stdout)["checks"]
    said = {
        check["name"]: check for check in checks if "worker" in check["name"] or check["name"] == "cluster"
    }
    (name,) = (name for name in said if name != "cluster")
    assert cluster.workers[2].address in name
    assert "language eng is" in said[name]["detail"]
    assert said["cluster"]["ok"]


def test_a_work_pool_takes_in_on_another_machine(cluster: Cluster) -> None:
    made = cluster.claimtrail("deploy", "--work-pool", "evidence", "--json")
    assert json.loads(made.stdout)["deployments"] == ["nightly/nightly", "take in/take in"], made.stderr
    (cluster.root / "late.txt").write_text("A late note of the site.", encoding="utf-8")
    _ask(cluster, {"paths": [str(cluster.root / "late.txt")], "workspace": str(cluster.root / "matter")})
    worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "evidence", "--run-once"]
    ended = cluster.desk.run(worker, cluster.environment, PATIENCE)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "late note" in _texts(cluster.root)["late.txt"]


def _ask(cluster: Cluster, parameters: dict[str, object]) -> None:
    """Asks Prefect's server for a run of the deployment, as its pages do."""
    command = f"""
import json, sys, urllib.request as u
api = "http://{cluster.office.address}:4200/api/deployments"
deployment = json.load(u.urlopen(api + "/name/take%20in/take%20in"))["id"]
body = json.dumps({{"parameters": json.loads(sys.argv[1]), "state": {{"type": "SCHEDULED"}}}}).encode()
u.urlopen(u.Request(f"{{api}}/{{deployment}}/create_flow_run", body, {{"Content-Type": "application/json"}}))
"""
    asked = cluster.office.run([sys.executable, "-S", "-c", command, json.dumps(parameters)], {}, PATIENCE)
    assert asked.returncode == 0, asked.stderr


def _read(root: Path) -> int:
    return int(_rows(root, "SELECT count(*) FROM documents WHERE state = 'ok'")[0][0])


def _texts(root: Path) -> dict[str, str]:
    """The text of every document that was read, by name."""
    with Matter.open(root / "matter", "tester") as matter, matter.reading() as tx:
        return {
            found.name: documents.reading(tx, found).text
            for found in documents.summaries(tx)
            if found.state == "ok"
        }


def _entries(root: Path, action: str) -> set[int]:
    """How many entries of this action the audit has for each document."""
    return {
        int(row[0])
        for row in _rows(root, "SELECT count(*) FROM audit WHERE action = ? GROUP BY subject", action)
    }


def _rows(root: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{root}/matter/records.sqlite?mode=ro", uri=True)) as records:
        return records.execute(query, values).fetchall()


def _reading_process(host: Host) -> int:
    """The worker itself: what the nanny started, which is neither a nanny nor a process that reads."""
    for pid in host.processes():
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        if b"spawn_main" in words and b"dask" in Path(f"/proc/{parent}/cmdline").read_bytes():
            return pid
    raise AssertionError("no worker runs there")


def _wait(ready: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until
        time.sleep(0.2)


def _answers(office: Host) -> bool:
    command = f"import urllib.request as u; u.urlopen('http://{office.address}:4200/api/health', timeout=2)"
    return office.run([sys.executable, "-S", "-c", command], {}, 20).returncode == 0


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _workspace(root: Path, address: str) -> None:
    init(root / "matter")
    Matter.open(root / "matter", "tester").close()
    shutil.copy(root / "tls.pem", root / "matter" / "tls.pem")
    pem = "ca: tls.pem, cert: tls.pem, key: tls.pem"
    settings = f'cluster: {{address: "{address}", {pem}}}\nocr: {{engine: tesseract, languages: [eng]}}\n'
    (root / "matter" / "settings.yaml").write_text(settings, encoding="utf-8")


def _word(number: int) -> str:
    return (
        "alpha",
        "bravo",
        "delta",
        "golf",
        "hotel",
        "india",
        "kilo",
        "lima",
        "oscar",
        "papa",
        "romeo",
        "tango",
    )[number]


def _evidence(folder: Path) -> Path:
    """Scans, a mail with an attachment, and an archive with two files."""
    folder.mkdir()
    for number in range(SCANS):
        page = Image.new("L", (1000, 1400), 255)
        draw = ImageDraw.Draw(page)
        for row in range(16):
            draw.text(
                (60, 60 + 80 * row), f"Delivery note {_word(number)} of the site, row {row}", 0, font_size=34
            )
        page.save(folder / f"note {number}.png", dpi=(150, 150))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@harbour.example", "b@northport.example", "Access"
    mail["Date"] = "Tue, 14 Mar 2023 09:00:00 +0000"
    mail.set_content("Access to Area B was refused.")
    mail.add_attachment(b"Minutes of the meeting.", maintype="text", subtype="plain", filename="minutes.txt")
    (folder / "mail.eml").write_bytes(mail.as_bytes())
    with zipfile.ZipFile(folder / "two.zip", "w") as archive:
        archive.writestr("one.txt", "The first of two letters.")
        archive.writestr("other.txt", "The second of two letters.")
    return folder


def _other_models(root: Path) -> Path:
    """Tesseract's models as here, but English is another one."""
    folder = root / "tessdata"
    folder.mkdir()
    for name, path in models().items():
        (folder / f"{name}.traineddata").symlink_to(path if name != "eng" else models()["osd"])
    return folder


def _certificate(root: Path) -> None:
    """One certificate for all, which is its own authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cluster")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (root / "tls.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
