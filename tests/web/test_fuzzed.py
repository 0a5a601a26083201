"""Every operation that the description names, asked with all that it allows, and with what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import schemathesis

from app.web import jobs
from app.web.application import create_app
from tests.web.conftest import fill

EXAMPLES = 6


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    """The application in this process; nobody does the jobs that are asked for, and none waits for them."""
    folder = tmp_path_factory.mktemp("fuzzed")
    root: Path = folder / "matter"
    fill(root, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "MOST_WAITING", 0)
        app = create_app(root)
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    app.state.claimtrail.close()


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip
def test_nothing_is_found(case: schemathesis.Case) -> None:
    case.call_and_validate(headers={"Host": "localhost"})
