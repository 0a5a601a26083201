"""What tests of several rooms share: a workspace, a small register, small documents, the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from app.cli import run
from pipeline.matter import Matter
from pipeline.workspace import init
from tests import postgres

# Speed is measured in bench/, not asserted here; the machine may be busy.
settings.register_profile("claimtrail", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("claimtrail")

REGISTER = """\
claims:
  - id: CLM-001
    title: Late possession of Area B
    type: construction
    contract: fidic-1999
    references: [C-2023/017]
    currency: USD
    amount: "1250000.00"
    parties:
      - {role: claimant, name: Harbour Civil Ltd, aliases: [HCL, 港务土木]}
      - {role: respondent, name: Northport Authority}
    events:
      - id: E1
        title: Access to Area B refused
        start: 2023-03-14
        end: 2023-04-30
        keywords: [Area B, access, possession]
        references: [GC/L/0145]
      - id: E2
        title: 塔吊故障停工
        start: 2023-08-07
        keywords: [塔吊, 停工]
"""

LETTER = """\
Harbour Civil Ltd
12 Quay Road, Northport

Our ref: GC/L/0145
Date: 16 March 2023

To: Northport Authority

Dear Sir,

Refusal of access to Area B

On 14 March 2023 access to Area B was refused. Possession of Area B was due under contract C-2023/017.
We claim the sum of US$1.25 million.

Yours faithfully,
For and on behalf of Harbour Civil Ltd
"""

DIARY = """\
施工日志

工程名称：北港码头工程
日期：2023年8月7日
施工单位：港务土木

今日塔吊发生故障，全部停工，工期延误一天。人工二十三名，机械闲置。
记录人：王建国
"""

LEAFLET = """\
Gardening club newsletter

Tulips are planted in October. Bring your own spade.
"""


MAKE_PREFECT_DATABASE = """
import asyncio
from prefect.server.database import provide_database_interface
asyncio.run(provide_database_interface().create_db())
"""


class Answer(NamedTuple):
    """What a command did: exit status, and what it printed on stdout and stderr."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Answer]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace that commands use without being told."""
    root = tmp_path / "matter"
    init(root)
    monkeypatch.setenv("CLAIMTRAIL_WORKSPACE", str(root))
    monkeypatch.setenv("CLAIMTRAIL_USER", "tester")
    monkeypatch.setenv("CLAIMTRAIL_LANG", "en")
    return root


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A real PostgreSQL server, started when the first test asks for it."""
    if postgres.binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.serving() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> str:
    """The address of an empty database."""
    return postgres_server.database()


@pytest.fixture(scope="session")
def prefect_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a Prefect server that has not run yet: making one takes five seconds of work each time."""
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent  # one for all processes
    home = base / "prefect-home"
    with FileLock(base / "prefect-home.lock"):
        if not home.exists():
            making = home.with_suffix(".new")
            environment = {**os.environ, "PREFECT_HOME": str(making)}
            subprocess.run(
                [sys.executable, "-c", MAKE_PREFECT_DATABASE], env=environment, check=True, timeout=120
            )
            making.rename(home)
    return home / "prefect.db"


@pytest.fixture
def with_prefect(workspace: Path, prefect_database: Path) -> Path:
    """A workspace whose own Prefect server has its database already."""
    (workspace / "prefect").mkdir()
    shutil.copy(prefect_database, workspace / "prefect")
    return workspace


@pytest.fixture
def matter(workspace: Path) -> Iterator[Matter]:
    with Matter.open(workspace, "tester") as opened:
        yield opened


@pytest.fixture
def claimtrail(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line in this process: `claimtrail("list", "--json").json`."""

    def call(*arguments: str | Path) -> Answer:
        capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Answer(status, out, err)

    return call


@pytest.fixture
def evidence_folder(tmp_path: Path) -> Path:
    """Three text documents: a letter and a diary that bear on events, and a leaflet that does not."""
    return put_documents(tmp_path / "evidence")


def put_documents(folder: Path) -> Path:
    (folder / "letters").mkdir(parents=True)
    (folder / "letters" / "L-0145.txt").write_text(LETTER, encoding="utf-8")
    (folder / "施工日志.txt").write_text(DIARY, encoding="utf-8")
    (folder / "leaflet.txt").write_text(LEAFLET, encoding="utf-8")
    return folder


@pytest.fixture
def register_file(tmp_path: Path) -> Path:
    path = tmp_path / "register.yaml"
    path.write_text(REGISTER, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has the register and the three documents, taken in once for all tests that begin with it."""
    folder = tmp_path_factory.mktemp("filled")
    put_documents(folder / "evidence")
    (folder / "register.yaml").write_text(REGISTER, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLAIMTRAIL_WORKSPACE", str(folder / "matter"))
        patch.setenv("CLAIMTRAIL_USER", "tester")
        for command in (["init"], ["claims", "import", "register.yaml"], ["ingest", "evidence"]):
            patch.chdir(folder)
            assert run(command) == 0
    return folder / "matter"


@pytest.fixture
def filled(
    filled_once: Path, workspace: Path, claimtrail: Command, evidence_folder: Path, register_file: Path
) -> Command:
    """The command line on a workspace that has the register and the three documents."""
    shutil.rmtree(workspace)
    shutil.copytree(filled_once, workspace)
    return claimtrail


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow files first, so that with several processes none of them is left alone at the end."""
    slow = (
        "test_samples.py",
        "test_crash.py",
        "test_ingest_flow.py",
        "test_schedule.py",
        "test_killed_at_steps.py",
        "test_killed_at_moments.py",
        "test_killed_schedule.py",
        "test_watch.py",
        "test_browser.py",
        "test_records_and_index.py",
    )
    items.sort(key=lambda item: item.path.name not in slow)
