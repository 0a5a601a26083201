"""What the command line does, done on the pages without scripts: values, stances, wishes, other ways in, users."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import lxml.html
import pytest

from app.web.pages import users as users_page
from tests.web.conftest import Guarded, Server
from tests.web.pages.conftest import Browser, form_of, text

HEADLINE = "//div[@class='headline'][1]"


def amounts(browser: Browser, doc: str) -> list[tuple[str, str, str | None]]:
    shown = browser.client.get(f"/api/v1/documents/{doc}").json()["amounts"]
    return [(one["role"], one["value"], one["currency"]) for one in shown]


def claim_tells(browser: Browser, said: str) -> bool:
    """Whether the page of CLM-002 says so, at the latest once it was worked out anew."""
    for _ in range(300):
        page = browser.get("/claims/CLM-002?done=saved")
        if said in text(page):
            return True
        if not page.xpath("//p[@role='status' and contains(., 'As of')]"):
            return False
        time.sleep(0.2)
    return False


def test_a_value_and_a_sum_are_corrected_in_place_and_taken_back(browser: Browser) -> None:
    doc = browser.id_of("RO-5512")
    assert amounts(browser, doc) == [("total", "8600.00", "CNY")]
    page = browser.get(f"/documents/{doc}")
    (form,) = [one for one in page.forms if one.fields.get("read") == "8600.00 CNY"]
    page = browser.send(form, value="8,700 CNY")
    assert amounts(browser, doc) == [("total", "8700", "CNY")]
    assert "CNY 8,700" in text(page, "//section[@aria-labelledby='facts']")
    assert "8600.00 CNY" in text(page, "//section[@aria-labelledby='about']")
    page = browser.send(form_of(page, "/values"), 400, value="much")
    page = browser.get(f"/documents/{doc}")
    (back,) = [one for one in page.forms if one.fields.get("clear") == "true" and "/values" in one.action]
    page = browser.send(back)
    assert amounts(browser, doc) == [("total", "8600.00", "CNY")]
    page = browser.send(form_of(page, "/corrections"), sum_role="total", amount="9000 CNY")
    assert amounts(browser, doc) == [("total", "9000", "CNY")]
    assert claim_tells(browser, "9,000")
    browser.send(form_of(page, "/corrections/withdraw"))
    assert amounts(browser, doc) == [("total", "8600.00", "CNY")]


def test_marks_and_stances_are_set_on_the_document_and_among_the_claims_links(browser: Browser) -> None:
    doc = browser.id_of("L-0145")
    page = browser.get(f"/documents/{doc}")
    for mark in ("original", "copy"):
        (form,) = [one for one in page.forms if one.fields.get("mark") == mark]
        page = browser.send(form)
        assert f"{mark} at hand" in text(page, HEADLINE)
    assert "original at hand" not in text(page, HEADLINE)
    browser.send(next(one for one in page.forms if one.fields.get("mark") == "copy"))
    page = browser.send(form_of(page, "/links"), answer="contradicts")
    assert page.xpath("//button[@value='contradicts' and @aria-pressed='true']")
    listed = browser.get("/claims/CLM-001/links?stance=contradicts")
    assert "L-0145.txt" in text(listed)
    assert "L-0145.txt" not in text(browser.get("/claims/CLM-001/links?stance=supports"))
    form = next(
        one
        for one in listed.forms
        if one.fields.get("doc") == doc and "clear" in lxml.html.tostring(one).decode()
    )
    browser.send(form, answer="clear")
    assert "L-0145.txt" not in text(browser.get("/claims/CLM-001/links?stance=contradicts"))
    why = browser.get(page.xpath("//a[contains(@href, '/why?')]/@href")[0])
    assert len(why.xpath("//tbody/tr")) >= 2


@pytest.fixture
def doubted(server: Server) -> Iterator[None]:
    """The total of the repair order and a number of the letter, read as by a poor scan."""
    poor = (
        "UPDATE facts SET confidence = ? WHERE (kind, role) IN (('amount', 'total'), ('reference', 'letter'))"
    )
    for confidence in (0.2, 0.9):
        with sqlite3.connect(server.root / "records.sqlite") as records:
            records.execute(poor, (confidence,))
        records.close()
        if confidence < 0.5:
            yield


def test_doubtful_values_of_every_kind_are_accepted_fixed_and_taken_away(
    browser: Browser, doubted: None
) -> None:
    def left() -> int:
        return int(browser.get("/review?what=facts").xpath("//nav//a[contains(., 'Doubtful')]/b/text()")[0])

    def asked(kind: str) -> lxml.html.HtmlElement:
        for at in range(left()):
            page = browser.get(f"/review?what=facts&at={at}")
            if form_of(page, "/review/fact").fields["kind"] == kind:
                return page
        raise AssertionError(kind)

    before = left()
    for kind, answer, value in (("amount", "accept", ""), ("amount", "fix", "8601 CNY"), ("amount", "reject", ""),
                                ("reference", "reject", "")):  # fmt: skip
        page = asked(kind)
        if answer == "fix":
            form = next(one for one in page.forms if one.fields.get("answer") == "fix")
            page = browser.send(form, value=value)
        else:
            page = browser.send(form_of(page, "/review/fact"), answer=answer)
        assert left() == before - 1
        if answer == "fix":
            assert ("total", "8601", "CNY") in amounts(browser, browser.id_of("RO-5512"))
        browser.send(form_of(page, "/review/undo"))
        assert left() == before


def until_done(browser: Browser, page: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    for _ in range(300):
        if not page.xpath("//progress"):
            return page
        time.sleep(0.2)
        page = browser.get(page.base_url)
    raise AssertionError(text(page))


def test_a_claim_goes_on(browser: Browser) -> None:
    page = browser.get("/claims/CLM-002")
    page = browser.send(form_of(page, "/status"), status="submitted", date="2023-07-01", note="by hand")
    assert claim_tells(browser, "by hand")
    page = browser.send(form_of(page, "/responses"), answer="part_accepted", amount="80.50", currency="CNY")
    assert claim_tells(browser, "CNY 80.50")
    page = browser.get("/claims/CLM-002?done=saved")
    for form in [one for one in page.forms if one.fields.get("undo") == "true"]:
        page = browser.send(form)
    shown = browser.client.get("/api/v1/claims/CLM-002").json()
    assert (shown["status"], shown["events"][0]["responses"]) == ("open", [])
    browser.send(form_of(page, "/responses"), 422, answer="part_accepted", amount="much")
    suggested = browser.get(page.xpath("//a[contains(@href, '/suggestions')]/@href")[0] + "?sort=date")
    assert "that no event of the register covers" in text(suggested)


def test_a_bundle_is_built_as_wished_for(browser: Browser) -> None:
    form = form_of(browser.get("/claims/CLM-002"), "/bundle")
    assert browser.send(form, 422, profile="us", prefix="--") is not None
    wishes = {"profile": "us", "prefix": "HCL", "order": "kind", "max_pages": "5", "highlight": "true"}
    page = until_done(browser, browser.send(form, **wishes))
    (report,) = page.xpath("//a[contains(@href, 'format=md')]/@href")
    assert "HCL" in browser.client.get(report).text
    assert "The link" not in text(browser.send(form_of(page, "/forget")))


def send(browser: Browser, action: str, name: str, data: bytes, **fields: str) -> lxml.html.HtmlElement:
    form = form_of(browser.get("/inbox" if "inbox" in action else "/doctor"), action)
    given = {**dict(form.form_values()), **fields}
    field = "files" if "inbox" in action else "bundle"
    answer = browser.client.post(
        action,
        data=given,
        files={field: (name, data)},
        headers={"Origin": str(browser.client.base_url).rstrip("/")},
    )
    assert answer.status_code == 200, answer.text[:300]
    return until_done(browser, lxml.html.document_fromstring(answer.content, base_url=str(answer.url)))


def test_files_are_read_only_and_checks_are_asked_for(browser: Browser) -> None:
    page = send(
        browser,
        "/inbox/read",
        "bill.txt",
        b"Northport Motors\nInvoice 7\nDate: 3 June 2023\nTotal: CNY 12.00\n",
    )
    assert "CNY 12.00" in text(page, "//table")
    assert "bill.txt" not in text(browser.get("/documents"))
    page = send(browser, "/doctor/verify", "b.zip", b"no bundle")
    assert "neither a bundle" in text(page, "//div[@class='fault']")
    form = form_of(browser.get("/doctor"), "/doctor/verify")
    origin = str(browser.client.base_url).rstrip("/")
    for token, status in (("guess", 403), (form.fields["csrf_token"], 200)):
        plain = {"csrf_token": (None, token)}
        answer = browser.client.post("/doctor/verify", files=plain, headers={"Origin": origin})
        assert answer.status_code == status


def test_users_are_kept_on_their_page(guarded: Guarded) -> None:
    with guarded.as_user("admin") as admin, guarded.as_user("handler") as handler:

        def post(path: str, **said: str | list[str]) -> httpx.Response:
            return admin.post(f"{users_page.PATH}{path}", data=said)

        assert handler.get("/users").status_code == 403
        assert handler.post("/users", data={"name": "x"}).status_code == 403
        assert post("", name="Wu", role="handler", claims=["CLM-002"], password="").status_code == 303
        assert post("", name="Wu", role="handler").status_code == 400
        shown = post("/token", name="Wu", label="api", days="5").text
        token = lxml.html.document_fromstring(shown).xpath("//div[@role='status']//code/text()")[0]
        with guarded.server.client(token) as wu:
            assert [claim["id"] for claim in wu.get("/api/v1/claims").json()] == ["CLM-002"]
            assert post("/change", name="Wu", role="viewer").status_code == 303
            assert len(wu.get("/api/v1/claims").json()) == 2
            assert post("/password", name="Wu", password="short").status_code == 400
            assert post("/password", name="Wu", password="correct horse").status_code == 303
            assert post("/withdraw", name="Wu", label="api").status_code == 303
            assert wu.get("/api/v1/claims").status_code == 401
        assert urlsplit(post("/remove", name="Wu").headers["location"]).path == "/users"
        assert "Wu" not in admin.get("/users").text
