"""Every route for every role, and the documents of claims that are not one's own."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from app.web import pages as web_pages
from app.web.application import PREFIX, create_app, routers
from tests.waiting import soon
from tests.web.conftest import Guarded

API = PREFIX
NEEDS = {
    "viewer": (
        "GET /search", "GET /documents", "GET /documents/{doc}", "GET /documents/{doc}/text",
        "GET /documents/{doc}/pages/{number}/image", "GET /documents/{doc}/original",
        "GET /documents/{doc}/searchable.pdf", "GET /claims", "GET /claims/stats", "GET /claims/{claim}",
        "GET /claims/{claim}/links", "GET /links/explained", "GET /claims/{claim}/chronology", "GET /deadlines",
        "GET /claims/{claim}/deadlines", "GET /claims/{claim}/ledger", "GET /claims/{claim}/gaps",
        "GET /claims/{claim}/report", "GET /claims/{claim}/events/{event}/notice",
        "GET /claims/{claim}/suggestions", "GET /jobs", "GET /jobs/{job}",
        "GET /jobs/{job}/bundle", "GET /jobs/{job}/bundle/{name}", "GET /review", "GET /visitor", "POST /logout",
    ),
    "viewer of all": ("GET /documents/{doc}/custody", "GET /parties", "GET /runs", "GET /runs/{run}", "GET /doctor"),
    "handler": (
        "POST /links/verdict", "POST /documents/{doc}/corrections", "POST /documents/{doc}/marks",
        "POST /documents", "POST /documents/{doc}/retry", "POST /documents/retry", "POST /claims/{claim}/link",
        "POST /claims/{claim}/export", "POST /claims/{claim}/status",
        "POST /claims/{claim}/events/{event}/responses", "POST /links/stance", "POST /documents/{doc}/values",
        "POST /extract", "POST /productions", "POST /jobs/{job}/stamp", "DELETE /jobs/{job}",
    ),
    "handler of all": (
        "POST /parties/merge", "POST /parties/rename", "POST /claims/import", "POST /link", "POST /verify",
        "POST /inbox", "POST /stamp",
    ),
    "admin": (
        "POST /reindex", "POST /night", "GET /users", "POST /users", "POST /users/{name}", "DELETE /users/{name}",
        "POST /users/{name}/password", "POST /users/{name}/tokens", "DELETE /users/{name}/tokens/{label}",
    ),
    "nobody": ("POST /login",),
}  # fmt: skip
MAY = {
    "viewer": ("viewer", "viewer of all", "nobody"),
    "handler": ("viewer", "viewer of all", "handler", "handler of all", "nobody"),
    "admin": tuple(NEEDS),
    "one": ("viewer", "handler", "nobody"),
}
PLACES = {
    "doc": "0" * 16,
    "claim": "CLM-9",
    "number": "1",
    "job": "x",
    "run": "x",
    "name": "x",
    "label": "x",
    "event": "E1",
}
REALLY_DONE = (
    "POST /link",
    "POST /verify",
    "POST /reindex",
    "POST /documents/retry",
    "POST /inbox",
    "POST /night",
    "POST /stamp",
)
"""What would be done if it were asked for as it is asked here; that it may be is seen from the refusals of others."""


def operations(guarded: Guarded) -> set[str]:
    app = create_app(guarded.server.root)
    described = app.openapi()["paths"]
    app.state.claimtrail.close()
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}"
        for path, found in described.items()
        for method in found
    }


def test_the_table_names_every_route(guarded: Guarded) -> None:
    assert operations(guarded) == {operation for found in NEEDS.values() for operation in found}


def ask(client: httpx.Client, operation: str) -> httpx.Response:
    method, path = operation.split(" ", 1)
    return client.request(method, API + path.format(**PLACES), json={} if method == "POST" else None)


@pytest.mark.parametrize("role", [*MAY, "anonymous"])
def test_every_route_for_every_role(guarded: Guarded, role: str) -> None:
    with guarded.server.client(guarded.tokens.get(role)) as client:
        for needed, found in NEEDS.items():
            for operation in found:
                may = needed in MAY.get(role, ("nobody",))
                if may and operation in REALLY_DONE:
                    continue
                status = ask(client, operation).status_code
                expected = {True: range(200, 500), False: (401 if role == "anonymous" else 403,)}[may]
                assert status in expected, (operation, role, status)
                assert not may or status not in (401, 403) or operation == "POST /login", (
                    operation,
                    role,
                    status,
                )


@pytest.fixture(scope="module")
def ids(guarded: Guarded) -> dict[str, str]:
    with guarded.as_user("viewer") as client:
        return {row["name"]: row["id"] for row in client.get(f"{API}/documents").json()}


def test_another_claims_document_is_not_there(guarded: Guarded, ids: dict[str, str]) -> None:
    with guarded.as_user("one") as client, guarded.as_user("viewer") as viewer:
        for name in ("L-0145.txt", "leaflet.txt"):
            for of in ("", "/text", "/original", "/searchable.pdf", "/pages/1/image", "?page=1"):
                answer = client.get(f"{API}/documents/{ids[name]}{of}")
                assert answer.status_code == 404
            nothing = client.get(f"{API}/documents/{'0' * 16}").json()["error"]["message"]
            told = client.get(f"{API}/documents/{ids[name]}").json()["error"]["message"]
            assert told.replace(ids[name], "") == nothing.replace("0" * 16, "")
            for of, said in (
                ("corrections", {"kind": "photo"}),
                ("values", {"kind": "amount", "role": "total", "read": "1"}),
                ("marks", {"mark": "privileged"}),
                ("retry", None),
            ):
                answer = client.post(f"{API}/documents/{ids[name]}/{of}", json=said)
                assert answer.status_code == 404
        assert client.get(f"{API}/documents/{ids['RO-5512.txt']}").status_code == 200
        assert viewer.get(f"{API}/documents/{ids['L-0145.txt']}").status_code == 200


def test_another_claim_is_not_there(guarded: Guarded, ids: dict[str, str]) -> None:
    with guarded.as_user("one") as client:
        for of in ("", "/links", "/chronology", "/deadlines", "/ledger", "/gaps", "/report", "/suggestions"):
            assert client.get(f"{API}/claims/CLM-001{of}").status_code == 404
            assert client.get(f"{API}/claims/CLM-002{of}").status_code == 200
        for of in ("link", "export"):
            assert client.post(f"{API}/claims/CLM-001/{of}").status_code == 404
        said = {"doc": ids["RO-5512.txt"], "event": "CLM-001/E1", "verdict": "confirmed"}
        assert client.post(f"{API}/links/verdict", json=said).status_code == 404
        said = {"doc": ids["RO-5512.txt"], "event": "CLM-001/E1", "stance": "neutral"}
        assert client.post(f"{API}/links/stance", json=said).status_code == 404
        for way in ("documents", "productions"):
            for claim, status in (("CLM-001", 404), (None, 400)):
                sent = client.post(
                    f"{API}/{way}", files={"files": ("a.dat", b"a")}, data={"claim": claim} if claim else {}
                )
                assert sent.status_code == status
        assert soon(lambda: not list((guarded.server.root / "web" / "uploads").iterdir()))


def test_lists_and_figures_tell_of_ones_own_claims_only(guarded: Guarded, ids: dict[str, str]) -> None:
    repair, letter = ids["RO-5512.txt"], ids["L-0145.txt"]
    with guarded.as_user("handler") as handler:  # the repair order bears on both claims
        said = {"doc": repair, "event": "CLM-001/E1", "verdict": "confirmed"}
        assert handler.post(f"{API}/links/verdict", json=said).status_code == 200
    with guarded.as_user("one") as client:
        assert [claim["id"] for claim in client.get(f"{API}/claims").json()] == ["CLM-002"]
        rows = client.get(f"{API}/documents").json()
        assert [(row["id"], row["claims"]) for row in rows] == [(repair, ["CLM-002"])]
        stats = client.get(f"{API}/claims/stats").json()
        assert (stats["claims"], stats["claimed"], list(stats["evidence"]["by_event"])) == (
            1, {"CNY": "8600.00"}, ["CLM-002/E1"],
        )  # fmt: skip
        assert {deadline["event"].split("/")[0] for deadline in client.get(f"{API}/deadlines").json()} <= {
            "CLM-002"
        }
        shown = client.get(f"{API}/documents/{repair}").json()
        assert {link["event"] for link in shown["links"]} == {"CLM-002/E1"}
        assert "CLM-001" not in str(shown)
        assert letter not in str(shown)
        assert client.get(f"{API}/claims/CLM-002/gaps").json()["unlinked_documents"] == []


def test_a_search_finds_and_counts_ones_own_only(guarded: Guarded, ids: dict[str, str]) -> None:
    with guarded.as_user("one") as client:
        found: dict[str, Any] = client.get(f"{API}/search", params={"query": "*", "limit": 100}).json()
        assert {hit["doc"] for hit in found["hits"]} == {ids["RO-5512.txt"]}
        assert found["total"] == 1
        assert set(found["facets"]["claim"]) <= {"CLM-002"}
        assert sum(found["facets"]["kind"].values()) == 1
        for asked in ("access", "塔吊", f"doc:{ids['L-0145.txt']}", "name:leaflet"):
            assert client.get(f"{API}/search", params={"query": asked}).json()["total"] == 0
        for asked in ("claim:CLM-001", "gearbox AND NOT event:CLM-001/E1", "(claim:CLM* OR a)"):
            assert client.get(f"{API}/search", params={"query": asked}).status_code == 403
        for narrowed in ({"claim": "CLM-001"}, {"claim": "clm-001"}):
            assert client.get(f"{API}/search", params=narrowed).json()["total"] == 0
            assert client.get(f"{API}/documents", params=narrowed).json() == []
        for address in ("search", "documents"):
            assert client.get(f"{API}/{address}", params={"event": "CLM-001/E1"}).status_code == 404
            assert client.get(f"{API}/{address}", params={"event": "CLM-002/E1"}).status_code == 200


def test_jobs_of_others_are_not_there(guarded: Guarded) -> None:
    with guarded.as_user("handler") as handler, guarded.as_user("one") as one:
        theirs = handler.post(f"{API}/claims/CLM-001/link").json()["id"]
        ours = handler.post(f"{API}/claims/CLM-002/link").json()["id"]
        assert one.get(f"{API}/jobs/{theirs}").status_code == 404
        assert one.get(f"{API}/jobs/{theirs}/bundle").status_code == 404
        assert one.get(f"{API}/jobs/{theirs}/bundle/bundle.pdf").status_code == 404
        assert one.post(f"{API}/jobs/{theirs}/stamp").status_code == 404
        assert one.delete(f"{API}/jobs/{theirs}").status_code == 404
        report = f"{API}/claims/CLM-002/report"
        assert one.get(report, params={"bundle": theirs}).status_code == 404
        assert one.get(f"{API}/jobs/{ours}").status_code == 200
        listed = {job["id"] for job in one.get(f"{API}/jobs").json()}
        assert ours in listed
        assert theirs not in listed


OPEN_PAGES = ("/login", "/look", "/static/{name}", "/api/docs")
"""Pages that need no login: they tell nothing of the matter."""


def pages() -> list[str]:
    """The paths of all pages that are looked at."""
    routes = [route for router in routers(web_pages) for route in router.routes]
    return sorted({r.path for r in routes if isinstance(r, APIRoute) and "GET" in (r.methods or ())})


@pytest.mark.parametrize("path", pages())
def test_pages_show_ones_own_claims_only(guarded: Guarded, ids: dict[str, str], path: str) -> None:
    as_people = {"Accept": "text/html"}
    with guarded.as_user("one") as one, guarded.server.client() as nobody:
        for doc, claim in ((ids["L-0145.txt"], "CLM-001"), (ids["RO-5512.txt"], "CLM-002")):
            places = {**PLACES, "doc": doc, "document": doc, "claim": claim}
            address = path.format(**places)
            if path not in OPEN_PAGES:
                sent = nobody.get(address, headers=as_people)
                assert (sent.status_code, sent.headers["location"][:12]) == (303, "/login?next=")
            answer = one.get(address, headers=as_people)
            assert answer.status_code < 500
            others = {ids["L-0145.txt"], "leaflet.txt", "施工日志", "Late possession"} - set(
                address.split("/")
            )
            assert path == "/help" or not {told for told in others if told in answer.text}
            if claim == "CLM-001" and {"{claim}", "{doc}", "{document}"} & set(path.split("/")):
                assert answer.status_code == 404


OPEN_TO_VIEWERS = ("/login", "/logout", "/search/saved", "/search/saved/{search_id}/remove")
"""Forms that change nothing of the matter."""


def changes() -> list[str]:
    """The paths of all forms of pages."""
    routes = [route for router in routers(web_pages) for route in router.routes]
    found = {r.path for r in routes if isinstance(r, APIRoute) and "POST" in (r.methods or ())}
    return sorted(path for path in found if path not in OPEN_TO_VIEWERS)


def test_viewers_and_strangers_change_nothing_on_pages(guarded: Guarded) -> None:
    assert len(changes()) > 20
    with guarded.as_user("viewer") as viewer, guarded.server.client() as nobody:
        for path in changes():
            address = path.format(**PLACES, document="0" * 16)
            assert (path, viewer.post(address, data={"back": "/"}).status_code) == (path, 403)
            assert (path, nobody.post(address, data={"back": "/"}).status_code) == (path, 401)


def test_a_handler_of_one_claim_changes_that_one_only(guarded: Guarded, ids: dict[str, str]) -> None:
    letter, asked = (
        ids["L-0145.txt"],
        {"event": "CLM-001/E1", "kind": "amount", "role": "claimed", "read": "1"},
    )
    with guarded.as_user("one") as one:
        for path in changes():
            if "{" in path:
                address = path.format(**{**PLACES, "doc": letter, "claim": "CLM-001"}, document=letter)
                said = {
                    **asked,
                    "field": "date",
                    "answer": "rejected",
                    "status": "closed",
                    "verdict": "rejected",
                    "id": "E9",
                    "title": "t",
                    "start": "2023-01-01",
                }
                assert (path, one.post(address, data=said).status_code) == (path, 404)
        for path, answer in (("/links", "rejected"), ("/review/link", "confirm"), ("/review/fact", "accept")):
            assert one.post(path, data={**asked, "doc": letter, "answer": answer}).status_code == 404
        for path in ("/inbox/drain", "/inbox/night", "/claims/link", "/doctor/stamp", "/users"):
            assert one.post(path, data=asked).status_code == 403
