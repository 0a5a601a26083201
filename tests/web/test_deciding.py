"""What people decide over the API is what they decide by command: the same answers, in the same records."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from app.web.application import create_app
from tests.conftest import Command

API = "/api/v1"
DECIDED = {
    "confirm DOC CLM-001/E1": (
        "links/verdict",
        {"doc": "DOC", "event": "CLM-001/E1", "verdict": "confirmed"},
    ),
    "stance DOC CLM-001/E1 contradicts": (
        "links/stance",
        {"doc": "DOC", "event": "CLM-001/E1", "stance": "contradicts"},
    ),
    "stance DOC CLM-001/E1 --clear": (
        "links/stance",
        {"doc": "DOC", "event": "CLM-001/E1", "stance": None},
    ),
    "correct DOC --amount 'claimed=1200 EUR'": (
        "documents/DOC/corrections",
        {"amounts": [{"role": "claimed", "value": "1200", "currency": "EUR"}]},
    ),
    "correct DOC --amount claimed=auto": (
        "documents/DOC/corrections",
        {"amounts": [{"role": "claimed", "value": None}]},
    ),
    "settle DOC amount claimed '1250000 USD' --as '1,000 USD'": (
        "documents/DOC/values",
        {"kind": "amount", "role": "claimed", "read": "1250000 USD", "value": "1,000 USD"},
    ),
    "settle DOC amount claimed '1250000 USD' --wrong": (
        "documents/DOC/values",
        {"kind": "amount", "role": "claimed", "read": "1250000 USD", "wrong": True},
    ),
    "settle DOC amount claimed '1250000 USD'": (
        "documents/DOC/values",
        {"kind": "amount", "role": "claimed", "read": "1250000 USD"},
    ),
    "settle DOC amount claimed '1250000 USD' --clear": (
        "documents/DOC/values",
        {"kind": "amount", "role": "claimed", "read": "1250000 USD", "clear": True},
    ),
    "reject DOC CLM-001/E2": ("links/verdict", {"doc": "DOC", "event": "CLM-001/E2", "verdict": "rejected"}),
    "correct DOC --kind minutes --date 2023-03-17 --title T --party sender=HCL": (
        "documents/DOC/corrections",
        {
            "kind": "minutes",
            "date": "2023-03-17",
            "title": "T",
            "parties": [{"role": "sender", "name": "HCL"}],
        },
    ),
    "mark DOC privileged": ("documents/DOC/marks", {"mark": "privileged"}),
    "mark DOC privileged --clear": ("documents/DOC/marks", {"mark": "privileged", "clear": True}),
    "parties merge 'Harbour Civil Ltd' 港务土木": (
        "parties/merge",
        {"name": "Harbour Civil Ltd", "others": ["港务土木"]},
    ),
    "claims import REGISTER": ("claims/import", None),
}
REFUSED = {
    "confirm DOC CLM-001/E9": (
        "links/verdict",
        {"doc": "DOC", "event": "CLM-001/E9", "verdict": "confirmed"},
        404,
    ),
    "correct DOC": ("documents/DOC/corrections", {}, 400),
    "settle DOC amount total 1": (
        "documents/DOC/values",
        {"kind": "amount", "role": "total", "read": "1"},
        404,
    ),
    "stance DOC CLM-001/E9 neutral": (
        "links/stance",
        {"doc": "DOC", "event": "CLM-001/E9", "stance": "neutral"},
        404,
    ),
    "parties rename Nobody Somebody": ("parties/rename", {"old": "Nobody", "new": "Somebody"}, 404),
    "claims status CLM-9 closed": ("claims/CLM-9/status", {"status": "closed"}, 404),
    "claims respond CLM-001/E1 --undo": ("claims/CLM-001/events/E1/responses", {"undo": True}, 404),
}


def post(root: Path, *asked: tuple[str, Any]) -> list[httpx.Response]:
    """Answers of an application that no server runs."""
    app = create_app(root)

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            sent = [
                (a, {"content": said} if isinstance(said, bytes) else {"json": said}) for a, said in asked
            ]
            return [await client.post(f"{API}/{address}", **body) for address, body in sent]

    try:
        return anyio.run(ask)
    finally:
        app.state.claimtrail.close()


def filled_in(said: Any, letter: str) -> Any:
    return json.loads(json.dumps(said).replace("DOC", letter))


def letter_of(filled: Command) -> str:
    return str(next(row["id"] for row in filled("list", "--json").json if row["name"] == "L-0145.txt"))


def test_decisions(filled: Command, workspace: Path, register_file: Path) -> None:
    letter = letter_of(filled)
    for command, (address, said) in DECIDED.items():
        body = register_file.read_bytes() if said is None else filled_in(said, letter)
        (answer,) = post(workspace, (address.replace("DOC", letter), body))
        assert answer.status_code == 200, answer.text
        words = shlex.split(command.replace("DOC", letter).replace("REGISTER", str(register_file)))
        assert answer.json() == filled(*words, "--json").json


@pytest.mark.parametrize("command", REFUSED)
def test_what_is_refused(filled: Command, workspace: Path, command: str) -> None:
    letter = letter_of(filled)
    address, said, status = REFUSED[command]
    (answer,) = post(workspace, (address.replace("DOC", letter), filled_in(said, letter)))
    assert answer.status_code == status
    assert answer.json() == filled(*command.replace("DOC", letter).split(), "--json").json


def test_the_course_of_a_claim(filled: Command, workspace: Path) -> None:
    letter = letter_of(filled)
    set_, answered, both = post(
        workspace,
        ("claims/CLM-001/status", {"status": "submitted", "date": "2023-05-01", "evidence": letter}),
        ("claims/CLM-001/events/E1/responses", {"answer": "part_accepted", "date": "2023-06-01", "amount": "80000"}),
        ("claims/CLM-001/status", {"status": "closed", "undo": True}),
    )  # fmt: skip
    assert both.status_code == 400
    claim = filled("claims", "show", "CLM-001", "--json").json
    assert claim["history"] == set_.json()["history"]
    assert (claim["status"], set_.json()["status"]) == ("submitted", "submitted")
    assert claim["events"][0]["responses"] == answered.json()["responses"]
    assert [row["amount"] for row in answered.json()["responses"]] == ["80000"]
    (undone,) = post(workspace, ("claims/CLM-001/status", {"undo": True}))
    assert undone.json()["status"] == "open"


def test_a_register_with_a_mistake_is_named_with_its_line(filled: Command, workspace: Path) -> None:
    (answer,) = post(workspace, ("claims/import", b"claims:\n  - id: A\n    title: [\n"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "register")
    assert "register.yaml, line" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("links/verdict", {"doc": "DOC", "event": "CLM-001", "verdict": "confirmed"}),
        ("documents/DOC/corrections", {"date": "14.3.23"}),
        ("documents/DOC/corrections", {"kind": "poem"}),
        ("documents/DOC/corrections", {"amounts": [{"role": "line", "value": "1"}]}),
        ("documents/DOC/corrections", {"amounts": [{"role": "total", "value": 0.1}]}),
        ("documents/DOC/corrections", {"parties": [{"role": "uncle", "name": "Bob"}]}),
    ],
)
def test_what_does_not_fit_its_description(workspace: Path, address: str, said: dict[str, Any]) -> None:
    (answer,) = post(workspace, (address, said))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "usage")
