"""What is sent to a cluster's workers and what comes of it, with workers that fail on purpose; desks; the settings."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from distributed import KilledWorker

from extractors.errors import DiskFull, DocumentError, InstallationError, TimedOut
from extractors.limits import Limits
from extractors.reading import OcrOptions
from flows.elsewhere import TRIES, Elsewhere
from flows.fleet import Fleet, security
from flows.reader import Answered
from pipeline.elsewhere import Answer, Desk, Job, Place, marks, needs, offers
from pipeline.errors import ClaimtrailError, UsageError
from pipeline.ingest import Ingest, ocr_options
from pipeline.ingest_report import Report
from pipeline.intake import discover
from pipeline.matter import Matter
from pipeline.originals import FolderOriginals
from pipeline.pace import silent
from pipeline.packed import packed
from pipeline.settings import ClusterSettings, OriginalsSettings, load
from tests.conftest import Command
from tests.faults.killed import HereWorkers

Fault = Callable[[Job], "Answer | BaseException | None"]
"""What a worker makes of a job instead of reading it; None when it reads it."""


@dataclass
class Workers:
    """A scheduler with workers that read in this thread, or do what `fault` says; knows whom it asked for what."""

    fault: Fault = lambda _job: None
    names: Sequence[str] = ("tcp://a:1", "tcp://b:1")
    sees: bool = True
    status: str = "running"
    tasks: list[tuple[str, tuple[str, ...], bool]] = field(default_factory=list)
    """Worker, names of the documents, whether bytes went along; of every task."""

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:  # noqa: ARG002
        resources = {f"claimtrail {mark}": 1e9 for mark in marks(offers())}
        return {"workers": {name: {"resources": resources, "nthreads": 1} for name in self.names}}

    def run(self, *_asked: object, workers: Sequence[str], **_how: object) -> dict[str, bool]:
        return dict.fromkeys(workers, self.sees)

    def submit(
        self,
        _function: object,
        jobs: Sequence[Job],
        sent: Sequence[bytes | None],
        place: Place,
        workers: Sequence[str] | None,
        **_how: object,
    ) -> Future[Answered]:
        worker = (workers or self.names)[0]
        self.tasks.append((worker, tuple(job.name for job in jobs), any(of is not None for of in sent)))
        future: Future[Answered] = Future()
        try:
            pairs = zip(jobs, sent, strict=True)
            future.set_result(Answered(worker, tuple(self._read(job, of, place) for job, of in pairs)))
        except (CancelledError, KilledWorker) as error:
            future.set_exception(error)
        return future

    def _read(self, job: Job, sent: bytes | None, place: Place) -> Answer:
        answer = self.fault(job)
        if isinstance(answer, BaseException):
            raise answer
        if answer is not None:
            return answer
        if sent is None and not self.sees:
            return Answer(unseen=True)
        with tempfile.TemporaryDirectory() as scratch:
            path = place.opened(Path(scratch)).checked(job.sha256)
            found = packed(path, job.name, Path(scratch), job.limits, job.ocr)
            return Answer(found, tuple(child.path.read_bytes() for child in found.children))


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Three notes, and an archive with two more."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    for name in ("one", "two", "three"):
        (folder / f"{name}.txt").write_text(f"Note {name} of the site.", encoding="utf-8")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("four.txt", "Note four of the site.")
        archive.writestr("five.txt", "Note five of the site.")
    return folder


@pytest.fixture
def read(matter: Matter, evidence: Path) -> Callable[..., Report]:
    """Takes the evidence in on these workers."""

    def on(workers: Workers, stopped: Callable[[], bool] = lambda: False) -> Report:
        here: Any = HereWorkers()
        client: Any = workers
        run = Ingest(matter, here, ocr_options(matter))
        fleet = Fleet(client, matter.settings)
        with Elsewhere(run, discover([evidence]), client, fleet, silent, stopped) as reading:
            while reading.portion(2):
                pass
        return run.report

    return on


def once(fault: Fault, times: int = 1) -> Fault:
    """The fault befalls each document so many times."""
    seen: Counter[str] = Counter()

    def at_first(job: Job) -> Answer | BaseException | None:
        seen[job.sha256] += 1
        return fault(job) if seen[job.sha256] <= times else None

    return at_first


def only(name: str, fault: Fault) -> Fault:
    return lambda job: fault(job) if job.name == name else None


def lost(_job: Job) -> BaseException:
    return CancelledError()


def killed(_job: Job) -> BaseException:
    worker: Any = "tcp://a:1"
    return KilledWorker("task", worker, 3)


def slow(job: Job) -> Answer:
    return Answer(error=TimedOut(f"{job.name}: too long"))


def names(report: Report) -> list[str]:
    return sorted(outcome.shown.rpartition("/")[2] for outcome in report.ingested)


ALL = ["five.txt", "four.txt", "more.zip", "one.txt", "three.txt", "two.txt"]


@pytest.mark.parametrize(
    "workers",
    [
        Workers(),
        Workers(once(lost)),
        Workers(once(lost, 2)),
        Workers(once(slow)),
        Workers(once(only("one.txt", killed))),
        Workers(only("more.zip", lambda _job: Answer(heavy=True))),
        Workers(sees=False),
        Workers(once(lambda _job: Answer(unseen=True))),
    ],
    ids=[
        "well",
        "lost once",
        "lost twice",
        "slow once",
        "killed with others",
        "heavy",
        "by value",
        "one sees nothing",
    ],
)
def test_whatever_befalls_workers_all_is_read_once(
    workers: Workers, read: Callable[..., Report], matter: Matter
) -> None:
    report = read(workers)
    assert names(report) == ALL
    assert not report.failed
    with matter.reading() as tx:
        counts = tx.exec_driver_sql(
            "SELECT count(*) FROM audit WHERE action = 'read' GROUP BY subject"
        ).scalars()
        assert set(counts) == {1}


@pytest.mark.parametrize(
    ("fault", "code"),
    [(killed, "worker_died"), (lost, "worker_died"), (slow, "timed_out")],
    ids=("killed", "lost", "slow"),
)
def test_a_document_that_always_fails_is_recorded_and_the_others_are_read(
    fault: Fault, code: str, read: Callable[..., Report]
) -> None:
    workers = Workers(only("two.txt", fault))
    report = read(workers)
    assert [(failure.path.rpartition("/")[2], failure.error.code) for failure in report.failed] == [
        ("two.txt", code)
    ]
    assert names(report) == [name for name in ALL if name != "two.txt"]
    assert sum("two.txt" in several for _, several, _ in workers.tasks) <= TRIES


def test_a_task_is_small_and_what_may_take_long_is_alone(read: Callable[..., Report]) -> None:
    workers = Workers()
    read(workers)
    assert ("tcp://a:1", ("more.zip",), False) in workers.tasks
    assert not any(by_value for _, _, by_value in workers.tasks)


def test_a_worker_whose_disk_is_full_gets_no_more_work(read: Callable[..., Report]) -> None:
    full = Answer(unfit=DiskFull("No space left."))
    workers = Workers(lambda _job: full if workers.tasks[-1][0] == "tcp://a:1" else None)
    assert names(read(workers)) == ALL
    after = [worker for worker, _, _ in workers.tasks][2:]
    assert "tcp://b:1" in after
    assert after.count("tcp://a:1") <= 4  # what had been sent before its answer came


def test_when_no_worker_is_left_the_run_stops_and_says_why(
    read: Callable[..., Report], matter: Matter
) -> None:
    workers = Workers(lambda _job: Answer(unfit=DiskFull("No space left.")), names=("tcp://a:1",))
    with pytest.raises(DiskFull, match="tcp://a:1: No space left"):
        read(workers)
    assert names(read(Workers())) == ALL


def test_a_lost_scheduler_stops_the_run_and_the_next_one_finishes_it(read: Callable[..., Report]) -> None:
    workers = Workers(lost)

    def gone(job: Job) -> BaseException:
        workers.status = "closed"
        return CancelledError()

    workers.fault = gone
    with pytest.raises(InstallationError, match="scheduler was lost"):
        read(workers)
    assert names(read(Workers())) == ALL


def test_once_stopped_nothing_more_is_sent(read: Callable[..., Report]) -> None:
    workers = Workers()
    report = read(workers, stopped=lambda: len(workers.tasks) >= 1)
    assert 1 <= len(report.ingested) < len(ALL)
    assert names(read(Workers())) == [name for name in ALL if name not in names(report)]


def test_a_damaged_original_is_not_sent(read: Callable[..., Report], matter: Matter, evidence: Path) -> None:
    workers = Workers(lost, sees=False)
    digest = hashlib.sha256((evidence / "one.txt").read_bytes()).hexdigest()

    def spoil(job: Job) -> BaseException | None:
        path = FolderOriginals(matter.workspace.originals).path(digest)
        path.chmod(0o644)
        path.write_bytes(b"forged")
        return CancelledError()

    workers.fault = once(only("one.txt", spoil))
    report = read(workers)
    assert [failure.error.code for failure in report.failed] == ["original_damaged"]


def test_a_desk_reads_what_it_was_asked_for_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "originals").mkdir()
    (tmp_path / "note.txt").write_text("A note of the site.", encoding="utf-8")
    place = Place(OriginalsSettings(), tmp_path)
    originals = place.opened(tmp_path)
    kept = originals.keep(tmp_path / "note.txt", 10**6)
    job = Job(kept.sha256, "note.txt", kept.size, Limits(), OcrOptions())
    desk = Desk(tmp_path / "desk", 1)
    try:
        fetched, sent = desk.read(job, place, None), desk.read(job, place, b"A note of the site.")
        assert fetched.found == sent.found
        assert sent.found is not None
        forged = desk.read(job, place, b"Another note.")
        assert isinstance(forged.error, DocumentError)
        assert desk.read(replace(job, sha256="0" * 64), place, None).unseen
        assert desk.read(replace(job, name="x.pdf"), place, b"").error is not None
        assert desk.read(job, _stored(place, tmp_path), None).found == sent.found
        away = OriginalsSettings(url=f"local://{tmp_path}/nowhere")
        assert desk.read(replace(job, sha256="0" * 64), Place(away, tmp_path), None).unseen
        assert not any((tmp_path / "desk" / "scratch").iterdir())
    finally:
        desk.close()
    assert not (tmp_path / "desk").exists()


def _stored(place: Place, folder: Path) -> Place:
    """The same originals at an address that is no folder of this machine's."""
    (folder / "store").mkdir()
    store = Place(OriginalsSettings(url=f"local://{folder}/store"), folder)
    store.opened(folder / "kept").keep(folder / "note.txt", 10**6)
    assert store.file("0" * 64) is None
    return store


def test_machines_are_alike_only_where_all_that_matters_is_equal() -> None:
    here = needs(["eng"])
    assert set(marks(here)) <= set(marks(offers()))
    for name in here:
        assert not set(marks(here)) <= set(marks(here | {name: "another"})), name
    assert set(marks(here)) <= set(marks(here | {"language fra": "more"}))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("cluster: tcp://host:8786", "tcp://host:8786"),
        (
            "cluster: {address: 'tls://10.0.0.5:8786', ca: ca.pem, cert: c.pem, key: k.pem}",
            "tls://10.0.0.5:8786",
        ),
        ("cluster: null", None),
        ("cluster: http://host:8786", "wrong"),
        ("cluster: tcp://host", "wrong"),
        ("cluster: tls://host:8786", "wrong"),
        ("cluster: {address: 'tcp://host:8786', ca: ca.pem, cert: c.pem, key: k.pem}", "wrong"),
        ("cluster: {address: 'tls://host:8786', ca: ca.pem}", "wrong"),
    ],
)
def test_the_setting_is_an_address_or_one_with_its_files(
    tmp_path: Path, text: str, address: str | None
) -> None:
    (tmp_path / "settings.yaml").write_text(text, encoding="utf-8")
    if address == "wrong":
        with pytest.raises(UsageError, match="cluster"):
            load(tmp_path / "settings.yaml")
        return
    found = load(tmp_path / "settings.yaml").cluster
    assert (found.address if found else None) == address


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    cluster = ClusterSettings(address="tls://host:8786", ca="ca.pem", cert="c.pem", key="k.pem")
    with pytest.raises(ClaimtrailError, match=r"ca\.pem"):
        security(cluster, tmp_path)


def test_doctor_says_that_a_scheduler_does_not_answer(
    claimtrail: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.fleet.CONNECT_SECONDS", 0.3)
    (workspace / "settings.yaml").write_text("cluster: tcp://127.0.0.1:9", encoding="utf-8")
    checks = {check["name"]: check for check in claimtrail("doctor", "--json").json["checks"]}
    assert "tcp://127.0.0.1:9 cannot be reached" in checks["cluster"]["detail"]
    assert not checks["cluster"]["ok"]


@pytest.mark.parametrize(
    ("options", "code"),
    [(["--timezone", "Mars/Olympus"], "usage"), (["--cron", "now"], "usage"), ([], "prefect_away")],
)
def test_deployments_need_a_server_and_a_time(
    claimtrail: Command, monkeypatch: pytest.MonkeyPatch, options: list[str], code: str
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    answer = claimtrail("deploy", "--work-pool", "evidence", *options, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, code)


def test_a_server_of_flows_that_is_away_is_named_by_whoever_needs_it(
    claimtrail: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.server.ELSEWHERE_SECONDS", 0.0)
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setenv("no_proxy", "*")
    claimtrail("init", workspace)
    answer = claimtrail("schedule", "--now", "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, "prefect_away")
    assert "http://127.0.0.1:9 " in answer.json["error"]["message"]
