"""What tests of several rooms share: a workspace, a small register, small documents, the command line."""

from __future__ import annotations

import gc
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import sqlalchemy as sa
from filelock import FileLock
from hypothesis import HealthCheck, settings

from app.cli import run
from pipeline.matter import Matter
from pipeline.records.locations import Server
from pipeline.records.store import Records
from pipeline.workspace import init, name_records
from tests import postgres

if TYPE_CHECKING:
    from tests.object_store import ObjectStore

# Speed is measured in bench/, not asserted here; the machine may be busy. A test has the same examples at every run,
# so that what fails is the change that was made; `make explore` looks for more.
settings.register_profile(
    "claimtrail", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile("explore", deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "claimtrail"))
EXPLORED = "_hypothesis_internal_use_settings"
"""Where Hypothesis keeps the settings of a test; its own plugin for pytest asks there too."""

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


POSTGRES = "postgres"
HOMES = ("sqlite", POSTGRES)
"""Where the records of a test's workspace may lie; `records_home` says where."""


@pytest.fixture
def records_home(request: pytest.FixtureRequest) -> str:
    """Where this test's records lie: CLAIMTRAIL_TEST_RECORDS=postgres runs all tests on a real server."""
    home = os.environ.get("CLAIMTRAIL_TEST_RECORDS", HOMES[0])
    if home == POSTGRES and request.node.get_closest_marker("sqlite_only"):
        pytest.skip("about SQLite's file")
    return home


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of what the records must do wherever they lie run on both, unless one is asked for."""
    asked = "CLAIMTRAIL_TEST_RECORDS" in os.environ
    if (
        metafunc.definition.get_closest_marker("both_homes")
        and "records_home" in metafunc.fixturenames
        and not asked
    ):
        metafunc.parametrize("records_home", HOMES)


def say(workspace: Path, text: str) -> None:
    """Write these settings; where the records lie is kept."""
    path = workspace / "settings.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("records:")]
    path.write_text("\n".join([text.rstrip("\n"), *kept, ""]), encoding="utf-8")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records in a file that are migrated already: a copy of them costs a tenth of the migrations."""
    path = tmp_path_factory.mktemp("migrated") / "records.sqlite"
    Records(path).close()
    return path


@pytest.fixture
def workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records_home: str, request: pytest.FixtureRequest
) -> Path:
    """An empty workspace that commands use without being told."""
    root = tmp_path / "matter"
    made = init(root)
    if records_home == POSTGRES:
        url = request.getfixturevalue("migrated_template").copy()
        name_records(made, url)
    else:
        copy_migrated(request.getfixturevalue("migrated_file"), root)
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
def object_store() -> Iterator[ObjectStore]:
    """A real server that speaks S3, started when the first test asks for it."""
    from tests import object_store  # 0.4 s, which most tests need not wait for

    with object_store.serving() as server:
        yield server


def copy_migrated(records: Path, root: Path) -> None:
    """Give an empty workspace migrated records, of a matter of its own."""
    shutil.copy(records, root / records.name)
    with closing(sqlite3.connect(root / records.name)) as database, database:
        database.execute("UPDATE matter SET id = ?", [uuid.uuid4().hex])


class Template:
    """A database that is migrated already: a copy of it costs less than the migrations."""

    def __init__(self, server: postgres.Server) -> None:
        self._server, self._url = server, server.database()
        Records(Server(self._url)).close()

    def copy(self) -> str:
        """The address of a new database for a matter of its own."""
        name = f"copy_{uuid.uuid4().hex}"
        template = sa.make_url(self._url).database
        assert template is not None
        self._server.run("createdb", f"--template={template}", name)
        with sa.create_engine(
            Server(url := self._server.url(name)).address(), poolclass=sa.NullPool
        ).begin() as tx:
            tx.execute(sa.text("UPDATE matter SET id = :id"), {"id": uuid.uuid4().hex})
        return url


@pytest.fixture(scope="session")
def migrated_template(postgres_server: postgres.Server) -> Template:
    """What databases of tests are copied from."""
    return Template(postgres_server)


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


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Next to nothing becomes garbage while tests are collected; looking for it takes a third of that time.

    What was loaded stays to the end: it is left out when garbage is looked for later.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


SLOW = (
    "test_samples.py",
    "test_browser.py",
    "test_watch.py",
    "test_first_walk.py",
    "test_killed_at_steps.py",
    "test_sidecars.py",
    "test_schedule.py",
    "test_work.py",
    "test_interrupted.py",
    "test_near_pictures.py",
    "test_ocr_contract.py",
    "test_files_and_ocr.py",
    "test_options.py",
    "test_roles.py",
    "test_more_work.py",
    "test_crash.py",
    "test_pages.py",
    "test_records_and_index.py",
    "test_fuzzed.py",
    "test_ingest_flow.py",
)
"""The files that take longest, the longest first."""


def is_property(item: pytest.Item) -> bool:
    """Whether a test is given its examples by Hypothesis."""
    return isinstance(item, pytest.Function) and getattr(item.obj, "is_hypothesis_test", False)


def explore(test: Callable[..., object], times: int) -> None:
    """Let a property be tried with so many times its examples."""
    own: settings = getattr(test, EXPLORED, settings())
    setattr(test, EXPLORED, settings(own, max_examples=times * own.max_examples, derandomize=False))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow files first, so that with several processes none of them is left alone at the end."""
    if settings.get_current_profile_name() == "explore":
        items[:] = [item for item in items if is_property(item)]
        times = int(os.environ.get("HYPOTHESIS_TIMES", "20"))
        for test in {item.obj for item in items if isinstance(item, pytest.Function)}:
            explore(test, times)
    place = {name: number for number, name in enumerate(SLOW)}
    items.sort(key=lambda item: place.get(item.path.name, len(SLOW)))
