"""What the command line prints with --json, the API answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.cli import run
from tests.web.conftest import Server

READ = {
    "search Area --limit 5": "search?query=Area&limit=5",
    "search kind:invoice": "search?query=kind:invoice",
    "search 塔吊 --from 2023-08 --to 2023": "search?query=塔吊&from=2023-08&to=2023",
    "search * --party Harbour --sort -date --offset 1": "search?party=Harbour&sort=-date&offset=1",
    "search * --min-amount 1000 --max-amount 9000": "search?min_amount=1000&max_amount=9000",
    "search * --claim CLM-001 --claim CLM-002 --language zh": "search?claim=CLM-001&claim=CLM-002&language=zh",
    "list": "documents",
    "list --kind other --sort -name --limit 1 --offset 1": "documents?kind=other&sort=-name&limit=1&offset=1",
    "list --event CLM-001/E1": "documents?event=CLM-001/E1",
    "show DOC": "documents/DOC",
    "show DOC --page 1": "documents/DOC?page=1",
    "claims list": "claims",
    "claims show CLM-001": "claims/CLM-001",
    "claims stats": "claims/stats",
    "links CLM-001": "claims/CLM-001/links",
    "links CLM-001 --status proposed": "claims/CLM-001/links?status=proposed",
    "links CLM-001 --stance supports": "claims/CLM-001/links?stance=supports",
    "link --explain DOC CLM-001/E2": "links/explained?doc=DOC&event=CLM-001/E2",
    "chronology CLM-001": "claims/CLM-001/chronology",
    "deadlines": "deadlines",
    "deadlines CLM-001 --today 2023-04-01": "claims/CLM-001/deadlines?today=2023-04-01",
    "ledger CLM-002": "claims/CLM-002/ledger",
    "review": "review",
    "gaps CLM-001": "claims/CLM-001/gaps",
    "report CLM-001 --language zh": "claims/CLM-001/report?language=zh",
    "notice CLM-001/E1 --language en --today 2023-04-01": "claims/CLM-001/events/E1/notice?today=2023-04-01",
    "custody DOC": "documents/DOC/custody",
    "events suggest CLM-001": "claims/CLM-001/suggestions",
    "events suggest CLM-001 --sort date": "claims/CLM-001/suggestions?sort=date",
    "parties list": "parties",
    "doctor": "doctor",
    "users list": "users",
}
REFUSED = {
    "claims show CLM-9": ("claims/CLM-9", 404),
    "show ffff": ("documents/ffff", 404),
    "show DOC --page 7": ("documents/DOC?page=7", 400),
    "search (a": ("search?query=(a", 400),
    "search * --from 2023-05 --to 2023-04": ("search?from=2023-05&to=2023-04", 400),
    "link --explain DOC CLM-001/E9": ("links/explained?doc=DOC&event=CLM-001/E9", 404),
    "notice CLM-002/E1": ("claims/CLM-002/events/E1/notice", 422),
}


def asked(served: Server, address: str) -> Any:
    with served.client() as client:
        return client.get(f"/api/v1/{address}")


def printed(served: Server, command: str, capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    words = [] if command == "doctor" else command.split(" ")
    run([*(words or ["doctor"]), "--workspace", str(served.root), "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def letter(served: Server) -> str:
    rows = asked(served, "documents").json()
    return str(next(row["id"] for row in rows if row["name"] == "L-0145.txt"))


@pytest.mark.parametrize("command", READ)
def test_what_is_read(command: str, served: Server, letter: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = asked(served, READ[command].replace("DOC", letter))
    assert answer.status_code == 200
    assert steady(answer.json()) == steady(printed(served, command.replace("DOC", letter), capsys))


@pytest.mark.parametrize("command", REFUSED)
def test_what_is_refused(
    command: str, served: Server, letter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    address, status = REFUSED[command]
    answer = asked(served, address.replace("DOC", letter))
    assert answer.status_code == status
    assert answer.json() == printed(served, command.replace("DOC", letter), capsys)


def steady(answer: Any) -> Any:
    """Without what differs from one moment to the next: time taken, and room on the disk."""
    if isinstance(answer, dict) and "checks" in answer:
        return {**answer, "checks": [check for check in answer["checks"] if check["name"] != "disk"]}
    return (
        {key: found for key, found in answer.items() if key != "took_ms"}
        if isinstance(answer, dict)
        else answer
    )


def test_parts_of_a_long_list_lead_to_each_other(served: Server) -> None:
    with served.client() as client:
        first = client.get("/api/v1/documents?limit=2&kind=other&kind=correspondence&sort=name")
        assert "prev" not in first.links
        names, address = [row["name"] for row in first.json()], first.links["next"]["url"]
        while address:
            part = client.get(address)
            assert "prev" in part.links
            names += [row["name"] for row in part.json()]
            address = part.links.get("next", {}).get("url")
    whole = asked(served, "documents?kind=other&kind=correspondence&sort=name").json()
    assert len(whole) > 2
    assert names == [row["name"] for row in whole]
    assert first.headers["x-total-count"] == str(len(whole))
    beyond = asked(served, "documents?kind=other&kind=correspondence&sort=name&limit=2&offset=1000000000")
    assert beyond.json() == []
    back = beyond.links["prev"]["url"]  # to the last part, not through all that is not there
    assert asked(served, back.removeprefix("/api/v1/")).json() == whole[-2:]


@pytest.mark.parametrize(
    ("address", "form", "begins"),
    [
        ("claims/CLM-001/chronology?format=csv", "text/csv", b"date,"),
        ("claims/CLM-001/chronology?format=svg", "image/svg+xml", b"<svg"),
        ("claims/CLM-001/chronology?format=html", "text/html", b"<!doctype html>"),
        ("claims/CLM-001/ledger?format=csv", "text/csv", b"event,"),
        ("claims/CLM-001/ledger?format=xlsx", "application/vnd.openxmlformats", b"PK"),
        ("claims/CLM-001/report?format=md", "text/markdown", b"# "),
        ("claims/CLM-001/report?format=html", "text/html", b"<!doctype html>"),
        ("claims/CLM-001/report?format=docx", "application/vnd.openxmlformats", b"PK"),
        ("deadlines?format=ics", "text/calendar", b"BEGIN:VCALENDAR"),
        ("claims/CLM-001/suggestions?format=yaml", "application/yaml", b"# Suggested events"),
    ],
)
def test_other_forms_come_as_files_that_no_browser_runs(
    served: Server, address: str, form: str, begins: bytes
) -> None:
    answer = asked(served, address)
    assert answer.headers["content-type"].startswith(form)
    assert answer.content.lower().lstrip(b"\xef\xbb\xbf").startswith(begins.lower())
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"] == "sandbox"
