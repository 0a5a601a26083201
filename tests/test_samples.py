"""The main job on the sample documents: all accounted for, read well, linked well, handed over whole."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from bench.samples import DOCUMENTS, REGISTER, compare, expectations, links_f1

pytestmark = pytest.mark.timeout(900)
"""Taking all samples in is one step of the first test."""


def call(*arguments: str | Path) -> Any:
    """The JSON of a command, run in this process: starting one for each of the documents takes minutes."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = run([*map(str, arguments), "--json"])
    assert status in (0, 1), out.getvalue()
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def matter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples") / "matter"


@pytest.fixture(scope="module")
def report(matter: Path) -> dict[str, Any]:
    """What taking in all the samples reported."""
    call("init", matter)
    call("claims", "import", REGISTER, "--workspace", matter)
    return call("ingest", DOCUMENTS, "--exclude", "*.expected.json", "--workspace", matter)


@pytest.fixture(scope="module")
def shown(matter: Path, report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The JSON of every document by each path at which it was seen."""
    ids = [found["id"] for found in call("list", "--workspace", matter)]
    documents = [call("show", document, "--workspace", matter) for document in ids]
    return {seen["path"]: document for document in documents for seen in document["sightings"]}


def test_every_document_is_taken_in_or_named_as_failed(report: dict[str, Any]) -> None:
    wanted = {path for path in expectations() if "/" not in path or (DOCUMENTS / path).exists()}
    named = [found["path"] for key in ("ingested", "duplicates", "failed") for found in report[key]]
    assert not [path for path in wanted if not any(name.endswith(path) for name in named)]
    broken = {path for path, truth in expectations().items() if "error" in truth}
    failed = sorted(found["path"] for found in report["failed"])
    assert failed == sorted(name for name in named if any(name.endswith(path) for path in broken))
    assert report["duplicates"]


@pytest.mark.parametrize(
    ("what", "least"),
    [
        ("named failure", 1.0),
        ("read", 1.0),
        ("pages", 1.0),
        ("kind", 0.95),
        ("date", 0.9),
        ("language", 0.9),
        ("dates", 0.85),
        ("amounts", 0.85),
        ("totals", 0.85),
        ("parties", 0.8),
        ("references", 0.8),
        ("phrase", 0.9),
        ("marks", 0.9),
        ("marks found", 0.9),
        ("no marks", 0.97),
    ],
)
def test_what_stands_in_the_documents_is_found(
    shown: dict[str, dict[str, Any]], what: str, least: float
) -> None:
    score = compare(shown)[what]
    assert score.share >= least, "\n".join(score.missed)


def test_links_are_right(matter: Path, shown: dict[str, dict[str, Any]]) -> None:
    paths: dict[str, list[str]] = {}
    for path, document in shown.items():
        paths.setdefault(document["id"], []).append(path)
    claims = [claim["id"] for claim in call("claims", "list", "--workspace", matter)]
    links = [link for claim in claims for link in call("links", claim, "--workspace", matter)]
    precision, recall, f1, differences = links_f1(
        (path, link["event"]) for link in links for path in paths[link["doc"]]
    )
    assert f1 >= 0.8, "\n".join([f"precision {precision:.2f} recall {recall:.2f}", *differences])
    assert all(link["reasons"] for link in links)


@pytest.mark.parametrize("claim", ["CLM-001", "CLM-002", "CLM-003"])
def test_the_bundle_of_each_claim_is_whole(
    matter: Path, shown: dict[str, dict[str, Any]], tmp_path: Path, claim: str
) -> None:
    made = call("export", claim, "--out", tmp_path / "bundle", "--workspace", matter)
    assert made["exhibits"] > 10
    verified = call("verify", tmp_path / "bundle")
    assert (verified["ok"], verified["faults"]) == (True, [])
    assert verified["checked"] >= made["pages"]


def test_the_workspace_is_whole(matter: Path, shown: dict[str, dict[str, Any]]) -> None:
    assert call("verify", matter)["faults"] == []


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ('"Area 4" AND access', "ACL-L-0112"),
        ("工期延误", "索赔"),
        ("kind:invoice 螺纹钢", "螺纹钢"),
        ("party:Fenwick amount:[1000 TO *]", "Fenwick"),
        ("claim:CLM-003 gearbox", "gearbox"),
    ],
)
def test_evidence_is_found_by_search(
    matter: Path, shown: dict[str, dict[str, Any]], query: str, part: str
) -> None:
    hits = call("search", query, "--limit", "50", "--workspace", matter)["hits"]
    assert any(part.casefold() in hit["name"].casefold() for hit in hits), [hit["name"] for hit in hits]
