"""Every operation that the description names, asked with all that it allows, and with what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.web import jobs
from app.web.application import create_app
from tests.web.conftest import fill

MORE_THAN_A_SCHEMA_SAYS = {
    "POST /api/v1/claims/import": "what a register holds",
    "POST /api/v1/productions": "that there is one DAT among the files",
    "GET /api/v1/search": "the language of queries, and that ranges end after they begin",
    "GET /api/v1/documents": "that ranges end after they begin, and names have letters",
    "POST /api/v1/parties/merge": "that names differ, and have letters",
    "POST /api/v1/parties/rename": "that names differ, and have letters",
}
"""What may refuse a request that fits its description, and why; nothing else may."""
EXAMPLES = {GenerationMode.POSITIVE: 4, GenerationMode.NEGATIVE: 3}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzzed")
    fill(folder / "matter", folder)
    return folder / "matter"


@pytest.fixture
def described(root: Path, monkeypatch: pytest.MonkeyPatch) -> schemathesis.BaseSchema:
    """The application in this process; nobody does the jobs that are asked for, and none waits for them."""
    monkeypatch.setattr(jobs, "MOST_WAITING", 0)
    monkeypatch.setattr(jobs.Jobs, "begin", lambda _: None)
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(root), headers={"Host": "localhost"})


@pytest.mark.parametrize("mode", EXAMPLES)
def test_nothing_is_found(described: schemathesis.BaseSchema, mode: GenerationMode) -> None:
    found: list[str] = []
    operations = [result.ok() for result in described.get_all_operations()]
    assert MORE_THAN_A_SCHEMA_SAYS.keys() <= {operation.label for operation in operations}
    for operation in operations:

        @settings(
            max_examples=EXAMPLES[mode],
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case) -> None:
            exempt = case.operation.label in MORE_THAN_A_SCHEMA_SAYS
            loose = [positive_data_acceptance] if exempt else []
            case.call_and_validate(headers={"Host": "localhost"}, excluded_checks=loose)

        try:
            ask()
        except Unsatisfiable:  # no request can be wrong: there is nothing that could be
            continue
        except FailureGroup as faults:
            found += [f"{operation.label}: {fault}" for fault in faults.exceptions]
    assert not found, chr(10).join(found)
