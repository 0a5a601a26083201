"""Claims and events made on the pages: by their forms, and from what the documents tell of."""

from __future__ import annotations

import time
from collections.abc import Iterator

import lxml.html
import pytest

from app.cli import run
from tests.conftest import LETTER
from tests.web.conftest import Guarded, Server, serving
from tests.web.pages.conftest import Browser, form_of, text

CLAIM = {
    "id": "CLM-007",
    "title": "Late possession",
    "currency": "USD",
    "amount": "1,250,000.00",
    "contract": "fidic-1999",
}

EVENTS = "/register/CLM-007/events"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a workspace with one letter and no claim."""
    folder = tmp_path_factory.mktemp("begun")
    (folder / "L-0145.txt").write_text(LETTER, encoding="utf-8")
    where = ["--workspace", str(folder / "matter")]
    assert run(["init", str(folder / "matter")]) == 0
    assert run(["ingest", str(folder / "L-0145.txt"), *where]) == 0
    with serving(folder / "matter") as server:
        yield server


@pytest.fixture(scope="module")
def hand(begun: Server) -> Iterator[Browser]:
    made = Browser(begun)
    with made.client:
        yield made


def names(page: lxml.html.HtmlElement, path: str) -> list[str]:
    return [one.text_content().strip() for one in page.xpath(path)]


def test_the_first_page_says_what_comes_next(hand: Browser) -> None:
    page = hand.get("/")
    assert len(page.xpath("//ol[@class='steps']/li")) == 5
    assert "Make a claim" in text(page, "//li[@aria-current='step']")
    assert page.xpath("//li[@aria-current='step']//a/@href")[0] == "/register"
    assert "Make a claim" in text(hand.get("/review"))
    assert "Make a claim" in text(hand.get("/claims"))


def test_a_claim_is_made_from_what_documents_name_and_an_event_from_what_they_tell(hand: Browser) -> None:
    page = hand.get("/register")
    form = form_of(page, "/register")
    assert dict(form.form_values())["id"] == "CLM-001"
    assert "Harbour Civil Ltd" in names(page, "//select[@id='r-known-1']/option")
    fields = form.form_values()
    sent = [
        (key, CLAIM.get(key, str(value))) for key, value in fields if key not in ("known", "name", "role")
    ]
    sent += [("role", "claimant"), ("known", "Harbour Civil Ltd"), ("name", ""),
             ("role", "respondent"), ("known", ""), ("name", "Northport Authority")]  # fmt: skip
    answer = hand.client.post("/register", data=_grouped(sent))
    assert answer.status_code == 200
    claim = hand.client.get("/api/v1/claims/CLM-007").json()
    assert (claim["amount"], claim["currency"], claim["contract"]) == ("1250000.00", "USD", "fidic-1999")
    assert [(one["role"], one["name"]) for one in claim["parties"]] == [
        ("claimant", "Harbour Civil Ltd"), ("respondent", "Northport Authority"),
    ]  # fmt: skip
    page = _settled(hand, "/register/CLM-007/events")
    taken = hand.send(next(one for one in page.forms if "title" in one.fields and one.fields.get("more")))
    assert "Area B was refused" in text(taken, "//section[@aria-labelledby='there']")
    event = hand.client.get("/api/v1/claims/CLM-007").json()["events"][0]
    assert (event["id"], event["start"]) == ("E1", "2023-03-14")
    assert "refused" in event["keywords"]
    until = time.monotonic() + 60
    while not (links := hand.client.get("/api/v1/claims/CLM-007/links").json()) and time.monotonic() < until:
        time.sleep(0.2)
    assert links[0]["event"] == "CLM-007/E1"


def test_a_form_changes_what_it_shows_and_nothing_else(hand: Browser) -> None:
    client = hand.client
    client.post(
        "/api/v1/claims/CLM-007/status", json={"status": "submitted", "date": "2023-05-01"}
    ).raise_for_status()
    form = next(one for one in hand.get(f"{EVENTS}?event=E1").forms if "aware" in one.fields)
    hand.send(
        form,
        title="Access refused",
        aware="2023-03-15",
        keywords="Area B，access",
        references="GC/L/0145; 2.1",
    )
    hand.send(form_of(hand.get("/register?claim=CLM-007"), "/register"), title="Late possession of Area B")
    claim = client.get("/api/v1/claims/CLM-007").json()
    assert (claim["title"], claim["status"], claim["amount"]) == (
        "Late possession of Area B",
        "submitted",
        "1250000.00",
    )
    event = claim["events"][0]
    assert (event["title"], event["aware"]) == ("Access refused", "2023-03-15")
    assert (event["keywords"], event["references"]) == (["Area B", "access"], ["GC/L/0145", "2.1"])
    assert "On 14 March 2023" in event["description"]


@pytest.mark.parametrize(
    ("address", "given", "says"),
    [
        ("/register", {"new": "true", "id": "CLM-007", "title": "x", "type": "other"}, "CLM-007"),
        ("/register", {"new": "true", "id": "a/b", "title": "x", "type": "other"}, "id"),
        ("/register", {"new": "true", "id": "CLM-008", "title": " ", "type": "other"}, "title"),
        ("/register", {"new": "true", "id": "CLM-008", "title": "x", "type": "flight"}, "type"),
        ("/register", {"new": "true", "id": "CLM-008", "title": "x", "type": "other", "amount": "12.3.4"}, "amount"),
        (EVENTS, {"new": "true", "id": "E1", "title": "x", "start": "2023-01-01"}, "CLM-007/E1"),
        (EVENTS, {"new": "true", "id": "E9", "title": "x", "start": "soon"}, "start"),
        (EVENTS, {"new": "true", "id": "E9", "title": "x", "start": "2023-02-02", "end": "2023-02-01"}, "end"),
    ],
)  # fmt: skip
def test_what_a_form_cannot_say_is_told_and_changes_nothing(
    hand: Browser, address: str, given: dict[str, str], says: str
) -> None:
    before = hand.client.get("/api/v1/claims").json()
    token = form_of(hand.get("/register"), "/register").fields["csrf_token"]
    answer = hand.client.post(address, data={**given, "csrf_token": token})
    assert answer.status_code == 422
    assert says in text(lxml.html.document_fromstring(answer.content))
    assert hand.client.get("/api/v1/claims").json() == before


@pytest.mark.parametrize(
    "address", ["/register?claim=CLM-9", "/register/CLM-9/events", "/register/CLM-007/events?event=E9"]
)
def test_what_is_not_there_is_told(hand: Browser, address: str) -> None:
    hand.get(address, 404)


def test_who_may_not_write_the_register_does_not(guarded: Guarded) -> None:
    page = {"Accept": "text/html"}
    claim = {"new": "true", "id": "CLM-009", "title": "x", "type": "other"}
    event = {"new": "true", "id": "E7", "title": "x", "start": "2023-01-01"}
    for name, expected in (
        ("viewer", (403, 403, 403)),  # who looks only
        ("one", (403, 404, 200)),  # who handles CLM-002 only
    ):
        with guarded.as_user(name) as client:
            got = (
                client.post("/register", data=claim, headers=page).status_code,
                client.post("/register/CLM-001/events", data=event, headers=page).status_code,
                client.get("/register/CLM-002/events", headers=page).status_code,
            )
        assert got == expected, name
    with guarded.as_user("admin") as client:
        assert "CLM-009" not in {one["id"] for one in client.get("/api/v1/claims").json()}
        assert "E7" not in {one["id"] for one in client.get("/api/v1/claims/CLM-001").json()["events"]}


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _settled(hand: Browser, address: str) -> lxml.html.HtmlElement:
    """The page once its suggestions are worked out."""
    until = time.monotonic() + 60
    while (page := hand.get(address)).xpath("//meta[@http-equiv='refresh']") and time.monotonic() < until:
        time.sleep(0.2)
    return page
