"""The pages through a real server, as a browser without scripts sees them."""

from __future__ import annotations

import csv
import io
import time
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.html
import pytest

from pipeline.judgement import judge, withdraw
from pipeline.matter import Matter
from pipeline.records import said
from tests.web.conftest import Server
from tests.web.pages.conftest import Browser, form_of, text

PAGES = ("/", "/search?query=access", "/documents", "/claims", "/claims/CLM-001", "/claims/CLM-003",
         "/review", "/review?what=facts", "/review?what=findings", "/review?what=failed", "/inbox", "/parties",
         "/settings", "/doctor",
         "/claims/CLM-001/links", "/claims/CLM-001/suggestions", "/users",
         "/help", "/login")  # fmt: skip


def faults_of(page: lxml.html.HtmlElement) -> list[str]:
    """What a page must not hold: code or styles of its own, forms without a token, things from elsewhere."""
    found = [f"code: {one.text[:40]}" for one in page.xpath("//script[not(@src)]")]
    found += [f"style: {one.tag}" for one in page.xpath("//style | //*[@style]")]
    for one in page.iter():
        if isinstance(one.tag, str):
            found += [f"{one.tag} {name}" for name in one.attrib if name.startswith("on")]
            for name in ("src", "href", "action", "formaction"):
                parts = urlsplit(one.get(name, ""))
                if one.tag != "a" and (parts.scheme not in ("", "data") or parts.netloc):
                    found.append(f"elsewhere: {one.get(name)}")
    for form in page.xpath("//form[@method='post' and not(contains(@action, '/login'))]"):
        if not form.xpath(".//input[@name='csrf_token']/@value"):
            found.append(f"no token: {form.get('action')}")
    return found


def test_every_link_leads_somewhere_and_no_page_holds_code_or_styles(server: Server) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    browser = Browser(server)
    often: dict[str, int] = {}
    with browser.client:
        while waiting:
            address = waiting.pop(0)
            answer = browser.client.get(address)
            assert answer.status_code == 200, (address, answer.text[:300])
            if not answer.headers["content-type"].startswith(
                "text/html"
            ) or "attachment" in answer.headers.get("content-disposition", ""):
                continue
            page = lxml.html.document_fromstring(answer.content)
            assert faults_of(page) == [], address
            assert page.get("lang") == "en"
            assert len(page.xpath("//h1")) == 1, address
            for link in page.xpath("//a/@href | //link/@href | //script/@src | //img/@src"):
                target = urldefrag(urljoin(address, link))[0]
                if target.startswith(("https:", "/look")):  # the latter changes the language
                    continue
                shape = "/".join("*" if len(part) > 12 else part for part in urlsplit(target).path.split("/"))
                often[shape] = often.get(shape, 0) + 1
                if target not in seen and often[shape] <= 4 and not target.startswith("/api/docs"):
                    seen.add(target)
                    waiting.append(target)
    assert {urlsplit(page).path for page in PAGES if page != "/login"} <= {
        urlsplit(one).path for one in seen
    } | {"/"}


def test_language_and_look_are_kept_and_lead_back(browser: Browser) -> None:
    page = browser.get("/search?query=access")
    (other,) = page.xpath("//a[@hreflang='zh']/@href")
    page = browser.get(other)
    assert (page.get("lang"), page.base_url.endswith("/search?query=access")) == ("zh-Hans", True)
    assert browser.get("/").get("lang") == "zh-Hans"
    assert browser.get("/look?theme=dark&back=/claims").get("data-theme") == "dark"
    assert browser.get("/look?theme=<b>&back=/claims").get("data-theme") == "dark"


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"],
)
def test_a_choice_leads_to_no_other_site(browser: Browser, back: str) -> None:
    answer = browser.client.get("/look", params={"theme": "dark", "back": back}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_what_documents_and_registers_say_stays_text(browser: Browser) -> None:
    for address in ("/", "/documents", "/claims", "/claims/CLM-003", "/review?claim=CLM-003", "/search?query=bulbs",
                    f"/documents/{browser.id_of('onerror')}", f"/documents/{browser.id_of('RO-5512')}"):  # fmt: skip
        page = browser.get(address)
        assert faults_of(page) == [], address
        assert not page.xpath("//main//img[not(starts-with(@src, '/api/v1/documents/'))]"), address
        shown = page.xpath("//main//text()[not(ancestor::details)]")
        assert not any("\u202e" in said for said in shown), address  # no name reads backwards as another
    assert "<script>alert('title')</script>" in text(browser.get("/claims/CLM-003"), "//h1")
    assert "<script>alert(1)</script>" in text(browser.get(f"/documents/{browser.id_of('RO-5512')}"))


def test_a_search_shows_hits_with_marks_counts_and_time(browser: Browser) -> None:
    page = browser.get("/search?query=access")
    assert [one.text_content() for one in page.xpath("//p[@class='snippet']//mark")][:1] == ["access"]
    assert "Correspondence" in text(page, "//section[@aria-labelledby='facet-kind']")
    first = page.xpath("//li[@class='hit']//h2/a/@href")[0]
    assert "find=access" in first
    narrowed = browser.get("/search?query=*&kind=work_record")
    assert len(narrowed.xpath("//li[@class='hit']")) >= 1
    assert all("Work record" in one.text_content() for one in narrowed.xpath("//li[@class='hit']"))
    everything = browser.get("/search?query=*")
    bar = everything.xpath("//svg//a/@href")[0]
    assert "from=" in bar
    assert browser.get(bar).xpath("//li[@class='hit']")


@pytest.mark.parametrize(
    ("query", "spot"),
    [("access AND (", "␣"), ("access )", ")"), ("nofield:x", "n"), ('"open', '"'), ("date:[x TO y]", "[")],
)
def test_a_query_that_cannot_be_read_shows_where(browser: Browser, query: str, spot: str) -> None:
    answer = browser.client.get("/search", params={"query": query})
    page = lxml.html.document_fromstring(answer.content)
    assert answer.status_code == 400
    assert page.xpath("//*[@class='spot']/text()") == [spot]
    assert page.xpath("//input[@id='query']/@value") == [query]


@pytest.mark.parametrize(
    "wrong", ["from=yesterday", "min_amount=much", "from=2023-05&to=2023-01", "min_amount=NaN", "to=2023-13"]
)
def test_a_filter_that_cannot_be_read_is_told(browser: Browser, wrong: str) -> None:
    assert "cannot be read" in text(browser.get(f"/search?query=access&{wrong}", 400), "//*[@role='alert']")


def test_hits_as_csv(browser: Browser) -> None:
    answer = browser.client.get("/search.csv", params={"query": "access"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["name"] for row in rows} >= {"L-0145.txt", "Letter GC-L-0150.pdf"}
    assert "attachment" in answer.headers["content-disposition"]
    assert not any("<mark>" in row["text"] for row in rows)


def test_a_search_is_kept_and_removed(browser: Browser) -> None:
    page = browser.get("/search?query=access&kind=correspondence")
    page = browser.send(form_of(page, "/search/saved"), name="  Letters <b>on</b> access ")
    (address,) = page.xpath("//section[@aria-labelledby='saved']//a[contains(., 'Letters')]/@href")
    assert "kind=correspondence" in address
    assert "query=access" in address
    page = browser.send(form_of(page, "/remove"))
    assert "Letters" not in text(page, "//section[@aria-labelledby='saved']")


def test_a_document_shows_facts_and_found_words_on_its_page(browser: Browser) -> None:
    doc = browser.id_of("Letter GC-L-0150")
    page = browser.get(f"/documents/{doc}?find=refused")
    places = page.xpath("//*[name()='g' and @data-spot]/@data-spot")
    listed = page.xpath("//section[@aria-labelledby='facts']//li[starts-with(@data-spot, 'f')]/@data-spot")
    assert set(places) <= set(listed)
    assert len(page.xpath("//*[name()='g']/*[name()='rect']")) >= 4
    assert len(page.xpath("//*[name()='rect' and @class='found']")) == 1
    assert "14 Mar 2023" in text(page, "//section[@aria-labelledby='facts']")
    assert "USD 84,500.00" in text(page, "//section[@aria-labelledby='facts']")
    assert [one.text_content() for one in page.xpath("//div[@class='words']//mark")] == ["refused"]
    (picture,) = page.xpath("//div[contains(@class, 'sheet')]/img/@src")
    answer = browser.client.get(picture)
    assert answer.headers["content-type"] == "image/webp"
    second = browser.get(page.xpath("//a[@rel='next']/@href")[0])
    assert "Second page of the letter" in text(second, "//div[@class='words']")
    assert (
        "size=large"
        in browser.get(f"/documents/{doc}?zoom=200").xpath("//div[contains(@class, 'sheet')]/img/@src")[0]
    )


def test_claims_stand_in_pictures_by_count_and_by_sum(browser: Browser) -> None:
    figures = browser.get("/").xpath("//section[@aria-labelledby='figures']")[0]
    for title, lines in (
        ("Claims by status", 1),
        ("Claims by type", 2),
        ("Claimed by status", 2),
        ("Claimed by type", 2),
    ):
        (bars,) = figures.xpath(f".//h3[.='{title}']/following-sibling::ul[1]")
        drawn = bars.xpath(".//*[name()='svg']/*[name()='rect'][last()]/@width")
        assert len(drawn) >= lines, title
        assert all(0 <= float(width) <= 100 for width in drawn), title
    sums = figures.xpath(".//h3[.='Claimed by type']/following-sibling::ul[1]/li")
    assert any(
        "Construction" in one.text_content() and "USD 1,250,000.00" in one.text_content() for one in sums
    )


def test_the_text_of_a_page_stands_beside_its_picture(browser: Browser) -> None:
    page = browser.get(f"/documents/{browser.id_of('Letter GC-L-0150')}")
    assert page.xpath("//div[@class='sheets']//div[contains(@class, 'sheet ')]/img")
    assert "14 March 2023" in text(page, "//div[@class='about']//div[@class='words']")
    assert len(page.xpath("//div[@class='words']")) == 1


def test_a_drawing_of_markup_is_read_as_text(browser: Browser) -> None:
    doc = browser.id_of("plan.svg")
    page = browser.get(f"/documents/{doc}")
    assert not page.xpath("//main//img")
    assert "Sluice valve" in text(page, "//div[@class='words']")
    assert browser.client.get(f"/api/v1/documents/{doc}/pages/1/image").status_code == 404


def test_a_document_without_pictures_is_read_as_text(browser: Browser) -> None:
    page = browser.get(f"/documents/{browser.id_of('L-0145')}")
    assert page.xpath("//details[contains(@class, 'text') and @open]")
    shown = page.xpath("//span[contains(@class, 'amount')]")
    assert [one.text_content() for one in shown] == ["US$1.25 million"]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "address",
    [
        "/documents/0000",
        "/documents/L?page=9",
        "/claims/CLM-9",
        "/jobs/none",
        "/inbox/reports/..%2Fx.md",
        "/nowhere",
    ],
)
def test_what_is_not_there_has_a_page_that_says_so(browser: Browser, address: str) -> None:
    page = browser.get(address.replace("/L?", f"/{browser.id_of('L-0145')}?"), 404)
    assert "Not found" in text(page, "//h1")


def test_people_correct_mark_and_link_without_scripts(browser: Browser) -> None:
    doc = browser.id_of("leaflet")
    page = browser.send(
        form_of(browser.get(f"/documents/{doc}"), "/corrections"), kind="minutes", date="2023-05-06"
    )
    assert "Minutes" in text(page, "//main/p[contains(@class, 'row')]")
    assert "2023-05-06" in text(page)
    page = browser.send(form_of(page, "/corrections"), kind="auto", title="Tulips")
    assert "Minutes" not in text(page, "//main/p[contains(@class, 'row')]")
    assert text(page, "//h1") == "Tulips"
    page = browser.send(form_of(page, "/marks"))
    assert "privileged" in text(page, "//div[@class='headline'][1]")
    page = browser.send(form_of(page, "/marks"))
    assert "privileged" not in text(page, "//div[@class='headline'][1]")
    page = browser.send(form_of(page, "/verdict"), event="CLM-002/E1", verdict="confirmed")
    assert "confirmed" in text(page, "//section[@aria-labelledby='links']")
    page = browser.send(form_of(page, "/verdict"), verdict="rejected")
    assert "rejected" in text(page, "//section[@aria-labelledby='links']")


def test_a_correction_that_means_nothing_is_told(browser: Browser) -> None:
    page = browser.get(f"/documents/{browser.id_of('leaflet')}")
    page = browser.send(form_of(page, "/corrections"), 400, date="soon")
    assert "is not a date" in text(page)


def test_a_form_without_its_token_changes_nothing(browser: Browser, server: Server) -> None:
    doc = browser.id_of("leaflet")
    for address in (
        f"/documents/{doc}/marks",
        "/search/saved",
        "/review/undo",
        "/inbox/retry",
        "/inbox/night",
        "/links",
        "/claims/import",
        "/claims/CLM-001/status",
        "/users",
        f"/documents/{doc}/values",
    ):
        answer = browser.client.post(
            address, data={"name": "x", "query": "y"}, headers={"Origin": server.address}
        )
        assert answer.status_code == 403
        assert "token" in text(lxml.html.document_fromstring(answer.content))


def test_links_are_reviewed_one_after_the_other(browser: Browser) -> None:
    def left(page: lxml.html.HtmlElement) -> int:
        return int(page.xpath("//nav//a[contains(., 'Proposed')]/b/text()")[0])

    page = browser.get("/review?claim=CLM-001")
    before, asked = left(page), form_of(page, "/review/link")
    first = (asked.fields["doc"], asked.fields["event"])
    page = browser.send(asked, answer="confirm")
    assert left(page) == before - 1
    assert (
        form_of(page, "/review/link").fields["doc"],
        form_of(page, "/review/link").fields["event"],
    ) != first
    page = browser.send(form_of(page, "/review/undo"))
    assert left(page) == before
    again = form_of(page, "/review/link")
    assert (again.fields["doc"], again.fields["event"]) == first
    skipped = browser.get(page.xpath("//a[@data-key='s']/@href")[0])
    assert form_of(skipped, "/review/link").fields["doc"] != first[0]
    assert left(skipped) == before


def test_answers_of_two_people_do_not_overrule_each_other(browser: Browser, server: Server) -> None:
    """Without scripts; the other one answers, and takes back, on the very records."""
    page = browser.get("/review?claim=CLM-001")
    asked = form_of(page, "/review/link")
    doc, event = str(asked.fields["doc"]), str(asked.fields["event"])
    with Matter.open(server.root, "bob") as opened:
        bob = opened.acting_as("bob", lambda: None)
        judge(bob, doc, event, "rejected")
        page = browser.send(asked, answer="confirm")
        assert "bob has answered this meanwhile" in text(page, "//*[@role='status']")
        assert "rejected" in text(page, "//*[@role='status']")
        assert not page.xpath("//*[@data-key='u']"), "there is nothing of one's own to take back"
        withdraw(bob, doc, event)
        page = browser.send(asked, answer="confirm")
        page = browser.send(asked, answer="confirm")  # pressed twice
        assert "The link is confirmed" in text(page, "//*[@role='status']")
        judge(bob, doc, event, "rejected")
        page = browser.send(form_of(page, "/review/undo"))
        assert "bob has answered this meanwhile" in text(page, "//*[@role='status']")
        with bob.reading() as tx:
            assert said.of_link(tx, doc, event)[:2] == ("rejected", "bob")  # type: ignore[index]
        withdraw(bob, doc, event)
    csrf = str(asked.fields["csrf_token"])
    gone = {
        "doc": doc,
        "kind": "amount",
        "role": "total",
        "read": "1 USD",
        "answer": "accept",
        "csrf_token": csrf,
    }
    for address, told in (
        ("/review/fact", gone), ("/review/finding", {**gone, "code": "lines_total", "parts": "made 1"}),
    ):  # fmt: skip
        answer = browser.client.post(address, data=told, headers={"Origin": server.address})
        assert answer.status_code == 200
        shown = lxml.html.document_fromstring(answer.content)
        assert "there no more" in text(shown, "//*[@role='status']"), "the document was read anew meanwhile"
    for undo in (
        "",
        "[]",
        '["links",0,"x"]',
        '["links",-5,"x","a/b","c"]',
        "{",
        '["facts",0,"' + "9" * 16 + '","a","b","c"]',
    ):
        answer = browser.client.post(
            "/review/undo", data={"undo": undo, "csrf_token": csrf}, headers={"Origin": server.address}
        )
        assert answer.status_code in (200, 400), undo
        assert "Taken back" not in answer.text


def test_a_claim_shows_its_course_its_sums_and_builds_a_bundle(browser: Browser) -> None:
    page = browser.get("/claims/CLM-001")
    assert "USD 1,250,000.00" in text(page, "//ul[@class='figures']")
    picture = page.xpath("//*[name()='svg']")[0]
    assert picture.xpath(".//*[name()='a']/@href")
    assert "Access to Area B refused" in text(page, "//section[@aria-labelledby='events']")
    assert "Sub-Clause 20.1" in text(page, "//section[@aria-labelledby='deadlines']")
    page = browser.send(form_of(page, "/bundle"))
    for _ in range(200):
        if page.xpath("//a[contains(@href, '/bundle')]"):
            break
        assert not page.xpath("//div[@class='fault']"), text(page)
        time.sleep(0.3)
        page = browser.get(page.base_url)
    download, *_ = page.xpath("//a[contains(@href, '/bundle')]/@href")
    assert browser.client.get(download).content[:2] == b"PK"


def test_files_are_taken_in_by_a_plain_form(browser: Browser, server: Server) -> None:
    form = form_of(browser.get("/inbox"), "/inbox")
    fields = {**dict(form.form_values()), "claim": "CLM-002"}
    files = [
        (
            "files",
            ("note.txt", b"Northport Motors\nDate: 5 June 2023\n\nThe gearbox was replaced.\n", "text/plain"),
        )
    ]
    answer = browser.client.post("/inbox", data=fields, files=files, headers={"Origin": server.address})
    assert answer.status_code == 200, answer.text[:300]
    address = answer.url
    for _ in range(200):
        page = browser.get(str(address))
        if not page.xpath("//progress"):
            break
        time.sleep(0.2)
    (doc,) = page.xpath("//a[contains(., 'note.txt')]/@href")
    assert "CLM-002" in text(browser.get(doc))


def test_a_register_is_loaded_and_its_faults_are_told_by_line(browser: Browser) -> None:
    form = form_of(browser.get("/claims"), "/claims/import")
    page = browser.send(
        form, 422, text="claims:\n  - id: CLM-7\n    title: x\n    type: nonsense\n    events: []\n"
    )
    assert "line 4" in text(page)
    event = "{id: E1, title: t, start: 2023-01-01}"
    register = f"claims:\n  - {{id: CLM-7, title: Seventh, type: other, events: [{event}]}}\n"
    assert "Seventh" in text(browser.send(form, text=register))


def test_a_register_comes_back_with_its_faults_and_may_be_large(browser: Browser) -> None:
    """Nobody writes it twice; what is too large is told on a page, whatever carries it."""
    form = form_of(browser.get("/claims"), "/claims/import")
    broken = "claims:\n  - {id: CLM-7, title: </textarea>x, type: nonsense}\n"
    page = browser.send(form, 422, text=broken)
    (again,) = page.xpath("//details[@open]//textarea")
    assert again.text_content().strip() == broken.strip()
    event = "{id: E1, title: t, start: 2023-01-01}"
    long = f"claims:\n  - {{id: CLM-7, title: Seventh, type: other, events: [{event}]}}\n"
    fields = {**dict(form_of(page, "/claims/import").form_values()), "text": long + "# " + "登记" * 200_000}
    origin = {"Origin": str(browser.client.base_url).rstrip("/")}
    for sent in ({"data": fields}, {"files": {name: (None, value) for name, value in fields.items()}}):
        answer = browser.client.post("/claims/import", headers=origin, **sent)  # type: ignore[arg-type]
        assert (answer.status_code, answer.url.path) == (200, "/claims")
    fields["text"] = "#" * 9 * 2**20
    answer = browser.client.post("/claims/import", headers=origin, data=fields)
    assert (answer.status_code, "larger than 8 MiB" in answer.text) == (413, True)
    assert lxml.html.document_fromstring(answer.content).xpath("//main//a[@href='/']")
    fields |= {"id": "CLM-7", "title": "#" * 2 * 2**20, "type": "other"}
    del fields["text"]
    answer = browser.client.post("/register", headers=origin, data=fields)
    assert (answer.status_code, "larger than 1 MiB" in answer.text) == (413, True)


def test_the_guide_is_found_in(browser: Browser) -> None:
    whole, part = browser.get("/help"), browser.get("/help?find=quarantine+retry")
    assert 0 < len(part.xpath("//section")) < len(whole.xpath("//section"))
    first, there = browser.get("/help?find=first+steps"), set(whole.xpath("//@id"))
    leading = {one for page in (whole, first) for one in page.xpath("//main//a/@href") if "#" in one}
    assert any(one.startswith("/help#") for one in leading)  # to parts that were not found
    assert {one.partition("#")[2] for one in leading} <= there
    assert {one[1:] for one in first.xpath("//main//a/@href") if one[0] == "#"} <= set(first.xpath("//@id"))
    assert all("quarantine" in one.text_content().lower() for one in part.xpath("//section"))


def test_files_of_pages_are_kept_by_browsers_and_no_others_are_given(browser: Browser) -> None:
    address = browser.get("/").xpath("//link[@rel='stylesheet']/@href")[0]
    answer = browser.client.get(address)
    assert "immutable" in answer.headers["cache-control"]
    assert browser.client.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert "immutable" not in browser.client.get(address.partition("?")[0]).headers["cache-control"]
    for other in ("..%2fapplication.py", "base.css%00", "nothing.css"):
        assert browser.client.get(f"/static/{other}").status_code == 404
