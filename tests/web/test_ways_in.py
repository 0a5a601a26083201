"""Each way in that a stranger, another site's page, or a document might try."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

import httpx
import pytest

from pipeline import people
from pipeline.matter import Matter
from pipeline.records import audit_log
from tests.web.conftest import HOSTILE_NAME, PASSWORD, Guarded, Server

API = "/api/v1"


@pytest.fixture
def local(served: Server) -> Iterator[httpx.Client]:
    with served.client() as client:
        yield client


def id_of(client: httpx.Client, name: str) -> str:
    rows = client.get(f"{API}/documents").json()
    return str(next(row["id"] for row in rows if name in row["name"]))


# ---- hosts and other sites' pages


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8420", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::2]:8420",
     "127.0.0.1:80@evil.example", "localhost:abc", "0", "127.0.0.2"],
)  # fmt: skip
def test_a_foreign_host_name_is_turned_away(local: httpx.Client, host: str) -> None:
    for address in ("/", f"{API}/claims", "/openapi.json", "/api/docs"):
        answer = local.get(address, headers={"Host": host})
        assert answer.status_code == 400
        if host:
            assert answer.json()["error"]["code"] == "unknown_host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8420", "localhost.:8420"])
def test_its_own_names_are_answered(local: httpx.Client, host: str) -> None:
    assert local.get(f"{API}/claims", headers={"Host": host}).status_code == 200


def test_two_host_names_are_turned_away(served: Server) -> None:
    import socket

    host, _, port = served.address.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), 10) as raw:
        raw.sendall(b"GET /api/v1/claims HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
        assert b" 400 " in raw.recv(200).splitlines()[0]


BROWSER = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}


@pytest.mark.parametrize(
    "said",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "OWN"},
        {"Referer": "OWN/search"},
        {"Cookie": "a=b"},
        {**BROWSER, "Origin": "OWN"},
        {**BROWSER, "X-CSRF-Token": "guess"},
        {**BROWSER, "X-CSRF-Token": ""},
    ],
)
def test_a_forged_change_is_refused(local: httpx.Client, served: Server, said: dict[str, str]) -> None:
    headers = {key: value.replace("OWN", served.address) for key, value in said.items()}
    doc = id_of(local, "leaflet")
    for address, body in (
        (f"{API}/documents/{doc}/marks", {"json": {"mark": "privileged"}}),
        (f"{API}/documents", {"files": {"files": ("a.txt", b"hello")}}),
        ("/logout", {"data": {"csrf_token": "guess"}}),
    ):
        answer = local.post(address, headers=headers, **body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forged")
    assert local.get(f"{API}/documents/{doc}").json()["marks"] == []
    assert local.get(f"{API}/jobs").json() == [] or "a.txt" not in local.get(f"{API}/jobs").text


def test_the_pages_own_change_is_done(local: httpx.Client, served: Server) -> None:
    token = local.get(f"{API}/visitor").json()["csrf_token"]
    doc = id_of(local, "leaflet")
    headers = {**BROWSER, "Origin": served.address, "X-CSRF-Token": token}
    for clear in (False, True):
        said = {"mark": "privileged", "clear": clear}
        answer = local.post(f"{API}/documents/{doc}/marks", headers=headers, json=said)
        assert answer.json()["marks"] == ([] if clear else ["privileged"])


def test_no_other_site_reads_an_answer(local: httpx.Client) -> None:
    answer = local.get(f"{API}/claims", headers={"Origin": "https://evil.example"})
    assert not any(name.startswith("access-control") for name in answer.headers)
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    asked = local.options(f"{API}/links/verdict", headers={"Access-Control-Request-Method": "POST"})
    assert asked.status_code == 405


# ---- what documents hold


@pytest.mark.parametrize(
    "path",
    [
        "documents/..%2f..%2f..%2fetc%2fpasswd/original",
        "documents/%2e%2e/%2e%2e/etc/passwd",
        "documents/..%5c..%5csettings.yaml/original",
        "documents/%00/original",
        "documents/*/original",
        "documents/%25/text",
        "documents/_/text",
        "jobs/..%2f..%2frecords.sqlite/bundle",
        "jobs/%2e%2e/bundle",
        "claims/..%2f..%2fx/report",
        "runs/..%2fx",
        "documents/DOC/pages/0/image",
        "documents/DOC/pages/-1/image",
        "documents/DOC/pages/99999999999999999999/image",
    ],
)
def test_names_in_addresses_lead_nowhere(local: httpx.Client, path: str) -> None:
    answer = local.get(f"{API}/{path.replace('DOC', id_of(local, 'leaflet'))}")
    assert answer.status_code in (400, 404, 422)
    assert set(answer.json()) == {"error"}
    assert "root:" not in answer.text


def test_a_hostile_name_adds_no_header_and_runs_nowhere(local: httpx.Client) -> None:
    doc = id_of(local, "evil.html")
    for address in ("original", "searchable.pdf"):
        answer = local.get(f"{API}/documents/{doc}/{address}")
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        said = answer.headers["content-disposition"]
        found = re.fullmatch(
            r"attachment; filename=\"([A-Za-z0-9._-]+)\"; filename\*=UTF-8''([\w.%~-]+)", said
        )
        assert found
        assert not set('\r\n"<>/\\') & set(unquote(found[2]))
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("sandbox")
    shown = local.get(f"{API}/documents/{doc}")
    assert shown.headers["content-type"] == "application/json"
    assert shown.json()["name"].startswith(HOSTILE_NAME[:10])


def test_a_script_in_a_text_stays_text(local: httpx.Client) -> None:
    hits = local.get(f"{API}/search", params={"query": "alert"}).json()["hits"]
    assert hits
    assert all(
        "<script" not in hit["snippet"] and "&lt;script&gt;" in hit["snippet"]
        for hit in hits
        if "RO" in hit["name"]
    )
    doc = id_of(local, "RO-5512")
    text = local.get(f"{API}/documents/{doc}/text")
    assert text.headers["content-type"].startswith("text/plain")
    assert "<script>" in text.text
    assert text.headers["x-content-type-options"] == "nosniff"
    for form in ("html", "md"):
        report = local.get(f"{API}/claims/CLM-002/report?format={form}")
        assert "<script>alert" not in report.text


def test_every_answer_tells_browsers_to_run_nothing_else(local: httpx.Client) -> None:
    for address in (f"{API}/claims", f"{API}/none", "/login", "/api/docs", "/openapi.json"):
        answer = local.get(address)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers
    page = local.get("/api/docs").text
    assert "<script" not in page
    assert "style=" not in page
    assert "//" not in page.replace("http://", "")


def test_errors_tell_nothing_of_the_machine(local: httpx.Client, served: Server) -> None:
    for address in ("documents/zzz", "claims/x", "search?query=((", "jobs/x", "none", "search?sort=x"):
        said = local.get(f"{API}/{address}").json()["error"]
        assert str(served.root) not in str(said)
        assert set(said) == {"code", "message", "hint"}


# ---- who one is


def test_whoever_has_not_logged_in_sees_nothing(guarded: Guarded) -> None:
    with guarded.server.client() as nobody:
        assert nobody.get(f"{API}/claims").status_code == 401
        assert nobody.get(f"{API}/claims").headers["www-authenticate"].startswith("Bearer")
        for said in ("Bearer ct_guess", "Bearer", "Basic YWRtaW46YWRtaW4=", ""):
            assert nobody.get(f"{API}/claims", headers={"Authorization": said}).status_code == 401


def cookie(server: Server) -> str:
    """What the session's cookie is called."""
    with Matter.open(server.root, "tester") as matter, matter.reading() as tx:
        return f"claimtrail_session_{audit_log.first_hash(tx)[:8]}"


def test_servers_of_two_matters_on_one_host_do_not_share_a_cookie(guarded: Guarded, served: Server) -> None:
    assert cookie(guarded.server) != cookie(served)


@contextmanager
def logged_in(guarded: Guarded, **cookies: str) -> Iterator[tuple[httpx.Client, str]]:
    """A client in a session of the user `admin`, and the session's secret."""
    with guarded.server.client(cookies=cookies) as client:
        answer = client.post(f"{API}/login", json={"name": "admin", "password": PASSWORD})
        assert answer.status_code == 200
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        yield client, answer.cookies[cookie(guarded.server)]


def test_a_session_is_new_bound_to_forms_and_ends(guarded: Guarded) -> None:
    with logged_in(guarded, **{cookie(guarded.server): "brought-along"}) as (client, secret):
        with guarded.server.client(cookies={cookie(guarded.server): "brought-along"}) as fixed:
            assert fixed.get(f"{API}/claims").status_code == 401
        with guarded.server.client(cookies={cookie(guarded.server): secret}) as same:
            assert same.get(f"{API}/visitor").json()["name"] == "admin"
            assert same.post(f"{API}/verify").status_code == 403  # without the form's token
            same.headers["X-CSRF-Token"] = client.headers["X-CSRF-Token"]
            assert same.post(f"{API}/logout").status_code == 204
        with guarded.server.client(cookies={cookie(guarded.server): secret}) as ended:
            assert ended.get(f"{API}/claims").status_code == 401


def test_the_cookie_is_kept_from_scripts_and_other_sites(guarded: Guarded) -> None:
    with guarded.server.client() as client:
        answer = client.post(f"{API}/login", json={"name": "admin", "password": PASSWORD})
        said = answer.headers["set-cookie"].casefold()
        assert "httponly" in said
        assert "samesite=lax" in said
        assert "domain=" not in said


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/claims/CLM-001?a=b", "/claims/CLM-001?a=b"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_login_leads_to_no_other_site(guarded: Guarded, wanted: str, leads: str) -> None:
    with guarded.server.client() as client:
        said = {"name": "admin", "password": PASSWORD, "next": wanted}
        answer = client.post("/login", data=said)
        assert (answer.status_code, answer.headers["location"]) == (303, leads)
        form = client.get("/login", params={"next": wanted}).text
        assert re.search(rf'name="next" value="{re.escape(html.escape(leads))}"', form)


def test_a_page_leads_to_the_login_and_the_api_does_not(guarded: Guarded) -> None:
    with guarded.server.client() as nobody:
        answer = nobody.post("/logout", headers={"Accept": "text/html"})
        assert answer.status_code == 401
        assert nobody.get(f"{API}/claims", headers={"Accept": "text/html"}).status_code == 401


def test_a_password_cannot_be_guessed(guarded: Guarded) -> None:
    with guarded.server.client() as client:
        tries = [
            client.post(f"{API}/login", json={"name": "viewer", "password": f"guess number {n}"})
            for n in range(8)
        ]
        assert [answer.status_code for answer in tries] == [401] * 5 + [429] * 3
        assert int(tries[-1].headers["retry-after"]) >= 1
        unknown = client.post(f"{API}/login", json={"name": "nobody", "password": "x"})
        assert unknown.json()["error"] == tries[0].json()["error"]  # who there is, is not told


def test_a_user_is_gone_at_once(guarded: Guarded) -> None:
    with Matter.open(guarded.server.root, "tester") as matter:
        people.add(matter, "leaver", "viewer", PASSWORD)
        token, second = (people.new_token(matter, "leaver", label) for label in ("a", "b"))
        secret = people.begin_session(matter, "leaver")
        cookies = {cookie(guarded.server): secret}
        with guarded.server.client(token) as by_token, guarded.server.client(cookies=cookies) as by_cookie:
            assert [c.get(f"{API}/claims").status_code for c in (by_token, by_cookie)] == [200, 200]
            people.withdraw_token(matter, "leaver", "b")
            assert guarded.server.client(second).get(f"{API}/claims").status_code == 401
            people.set_password(matter, "leaver", "another long password")
            assert [c.get(f"{API}/claims").status_code for c in (by_token, by_cookie)] == [200, 401]
            people.change_user(matter, "leaver", claims=["CLM-002"])
            assert by_token.get(f"{API}/claims/CLM-001").status_code == 404
            people.remove(matter, "leaver")
            assert by_token.get(f"{API}/claims").status_code == 401
        people.add(matter, "leaver", "viewer", None)  # of the same name, another
        assert guarded.server.client(token).get(f"{API}/claims").status_code == 401
        people.remove(matter, "leaver")


def test_the_records_hold_no_secret(guarded: Guarded) -> None:
    with logged_in(guarded) as (_, secret):
        pass
    kept = b"".join(path.read_bytes() for path in guarded.server.root.glob("records.sqlite*"))
    for known in (secret, PASSWORD, *guarded.tokens.values()):
        assert known.encode() not in kept


def test_head_is_answered_as_get_is_and_without_a_body(local: httpx.Client, served: Server) -> None:
    doc = local.get("/api/v1/documents").json()[0]["id"]
    image = f"/api/v1/documents/{doc}/original"
    for path in ("/", "/search?query=access", f"/documents/{doc}", "/api/v1/claims", image,
                 "/api/v1/claims/CLM-001/ledger?format=csv", "/nowhere", "/api/v1/documents/ffff"):  # fmt: skip
        got, head = local.get(path), local.head(path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        for name in ("content-type", "content-disposition", "content-security-policy", "etag"):
            assert head.headers.get(name) == got.headers.get(name), (path, name)
    assert local.head(image).headers["content-length"] == str(len(local.get(image).content))
    assert local.head(image, headers={"Range": "bytes=0-1"}).status_code == 200  # parts are for GET alone
    assert local.get(image, headers={"Range": "bytes=0-1"}).status_code == 206
    assert local.head("/api/v1/link").status_code == 405  # only POST is there
    with Matter.open(served.root, "tester") as matter, matter.reading() as tx:
        before = tx.exec_driver_sql("select count(*) from audit").scalar_one()
    local.head(image)
    with Matter.open(served.root, "tester") as matter, matter.reading() as tx:
        after = tx.exec_driver_sql("select count(*) from audit").scalar_one()
    assert after - before <= 1
