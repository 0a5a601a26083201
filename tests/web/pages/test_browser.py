"""The pages in a real browser: keys, pointing, dropping files, and what axe-core says of them."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from tests.pipeline.test_contradictions import BILL
from tests.web.conftest import Server
from tests.web.pages.chromium import CHROMIUM, WAIT, press, window
from tests.web.pages.conftest import LINES
from tests.web.pages.conftest import Browser as Plain

ADDRESSES = ("/", "/search?query=access", "/search?query=access+AND+(", "/search?query=nothinglikethat", "/documents",
             "/documents?state=failed", "/claims", "/claims/CLM-001", "/claims/CLM-003", "/register",
             "/register?claim=CLM-001", "/register/CLM-001/events?event=E1", "/claims/CLM-001/links",
             "/claims/CLM-001/suggestions", "/documents/DOC/why?event=CLM-001/E1", "/review", "/review?what=facts",
             "/review?what=findings", "/review?what=failed", "/review?claim=CLM-003", "/inbox",
             "/inbox/reports/nightly-2023-06-02.md", "/jobs/JOB",
             "/parties", "/settings", "/doctor", "/users", "/help?find=search", "/documents/DOC",
             "/documents/TEXT", "/login", "/nowhere", "/api/docs")  # fmt: skip
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
COURSE = Path(__file__).with_name("course.png")
FONT = ("Helvetica", 12)
PLACES = (("amount", 8, "USD 84,500.00"), ("date", 7, "14 March 2023"), ("reference", 1, "GC/L/0150"))
"""What is boxed, the line of the letter in which it stands, and its words."""
NEAREST = """(all, [left, foot]) => {
    const far = (one) => Math.abs(one.left - left) + Math.abs(one.bottom - foot);
    const near = all.map((one) => one.getBoundingClientRect()).sort((a, b) => far(a) - far(b))[0];
    return [near.left, near.right, near.top, near.bottom];
}"""
NEAR = 3.0
"""Pixels by which a box may lie beside its words."""
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def docs(server: Server) -> dict[str, str]:
    plain = Plain(server)
    with plain.client:
        return {"DOC": plain.id_of("Letter GC-L-0150"), "TEXT": plain.id_of("L-0145")}


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    """A page that must load nothing from elsewhere and tell of no fault."""
    context = window(chromium, server, locale="en-GB")
    faults: list[str] = []
    shown = context.new_page()
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    shown.on("request", lambda sent: None if sent.url.startswith(server.address) else faults.append(sent.url))
    yield shown
    context.close()
    assert faults == []


@pytest.mark.parametrize(
    ("locale", "hits", "confirm", "done"),
    [("en-GB", "found", "Confirm", "The link is confirmed"), ("zh-CN", "找到", "确认", "关联已确认")],
)
def test_from_a_search_to_a_confirmed_link(
    chromium: Browser, server: Server, locale: str, hits: str, confirm: str, done: str
) -> None:
    context = window(chromium, server, locale=locale)
    page = context.new_page()
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("refused again")
    page.keyboard.press("Enter")
    expect(page.locator(".headline h2")).to_contain_text(hits)
    page.locator(".hit h2 a").first.click()
    expect(page.locator(".sheet img")).to_be_visible()
    expect(page.locator(".overlay .found").first).to_be_attached()
    page.locator(".link button.good", has_text=confirm).first.click()
    expect(page.locator(".notice")).to_contain_text(done)
    expect(page.locator(".link .tag.good").first).to_be_visible()
    page.locator(".link button.bad").first.click()
    expect(page.locator(".link .tag.bad").first).to_be_visible()
    context.close()


def test_a_fact_and_its_place_light_up_together(page: Page, docs: dict[str, str]) -> None:
    page.goto(f"/documents/{docs['DOC']}")
    place = page.locator(".overlay g.amount").first
    key = place.get_attribute("data-spot")
    row = page.locator(f"li[data-spot={key}]")
    row.hover()
    expect(place).to_have_class(re.compile(r"\bon\b"))
    page.mouse.move(0, 0)
    expect(place).not_to_have_class(re.compile(r"\bon\b"))
    place.locator("rect").first.hover()
    expect(row).to_have_class(re.compile(r"\bon\b"))
    row.locator("a").focus()
    expect(place).to_have_class(re.compile(r"\bon\b"))
    page.locator(".scroll").focus()
    page.keyboard.press("Tab")  # keys do not stop at every box
    assert page.evaluate("document.activeElement.closest('svg')") is None
    page.set_viewport_size({"width": 1280, "height": 420})
    page.locator(".scroll").evaluate("each => { each.scrollTop = each.scrollHeight; }")
    row.hover()
    expect(place).to_be_in_viewport()  # what is pointed at in the list comes into view on the page


def test_zoom_and_pages_by_keys(page: Page, docs: dict[str, str]) -> None:
    page.goto(f"/documents/{docs['DOC']}")
    narrow = page.locator(".sheet").bounding_box()
    page.locator("[data-zoom='200']").click()
    expect(page.locator(".sheet img")).to_have_attribute("src", re.compile("size=large"))
    wide = page.locator(".sheet").bounding_box()
    assert narrow is not None
    assert wide is not None
    assert wide["width"] > 1.5 * narrow["width"]
    assert "zoom=200" in page.url
    press(page, "n")
    page.wait_for_url(re.compile("page=2"))
    press(page, "p")
    page.wait_for_url(lambda url: "page=2" not in url)


def test_links_are_reviewed_by_keys(page: Page) -> None:
    page.goto("/review?claim=CLM-001")
    left = page.locator("nav a.accent b")
    before = int(left.inner_text())
    assert before >= 2
    taken_back = (("u", before - 1), ("u", before))
    for key, expected in (
        ("a", before - 1),
        ("R", before - 2),
        *taken_back,
        ("r", before - 1),
        ("u", before),
    ):
        press(page, key)
        expect(left).to_have_text(str(expected))
    expect(page.locator("[data-key=u]")).to_have_count(0)
    press(page, "s")
    page.wait_for_url(re.compile("at=1"))
    press(page, "b")
    page.wait_for_url(lambda url: "at=1" not in url)


def test_contradictions_are_reviewed_by_keys(page: Page, server: Server) -> None:
    bill = io.BytesIO()
    canvas = Canvas(bill, pagesize=A4)
    for number, line in enumerate(BILL.splitlines()):
        canvas.drawString(72, 760 - 22 * number, line)
    canvas.save()
    with server.client() as client:
        files = [("files", ("HC-77.pdf", bill.getvalue()))]
        job = client.post("/api/v1/documents", params={"wait": 60}, files=files).json()
        assert job["state"] == "done"
    page.goto("/")
    page.get_by_role("link", name="contradictions to review").click()
    left = page.locator("nav a.accent b")
    expect(left).to_have_text("1")
    expect(page.locator(".about .fault")).to_have_text("net 1000.00 and tax 60.00 make 1060.00, not 1160.00")
    for figure, line in (("1,160.00", 6), ("1,000.00", 4), ("60.00", 5)):
        text = BILL.splitlines()[line]
        foot = (A4[1] - (760 - 22 * line)) / A4[1]
        boxes = page.locator(".overlay rect.found").evaluate_all(
            "all => all.map((one) => Number(one.getAttribute('y')) + Number(one.getAttribute('height')))"
        )
        assert any(abs(box - foot) < 0.01 for box in boxes), (figure, text, boxes)
    press(page, "a")
    expect(left).to_have_text("0")
    press(page, "u")
    expect(left).to_have_text("1")
    for typed, waits in (("much", "1"), ("1060 USD", "0")):
        press(page, "f")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        expect(page.locator("[role=status]")).to_contain_text(
            "cannot be read" if waits == "1" else "Corrected"
        )
        expect(left).to_have_text(waits)
    expect(page.locator("main")).to_contain_text("Nothing waits here")
    with server.client() as client:
        shown = client.get(f"/documents/{job['result']['ingested'][0]['id']}")
    assert (shown.status_code, "put right" in shown.text) == (200, True)
    press(page, "u")
    expect(left).to_have_text("1")  # it is left for those who look at every page


def test_keys_do_nothing_while_somebody_types(page: Page) -> None:
    page.goto("/review?claim=CLM-001")
    left = page.locator("nav a.accent b").inner_text()
    page.locator("#quick").focus()
    page.keyboard.type("arsu/")
    assert page.locator("#quick").input_value() == "arsu/"
    assert page.locator("nav a.accent b").inner_text() == left


def test_a_page_that_renews_itself_leaves_what_people_do(page: Page) -> None:
    asked = []

    def answer(route: Route) -> None:
        """The page as it is while it waits for figures, until `asked` is emptied by the test."""
        body = route.fetch().text()
        if "again.js" not in body:
            body = body.replace(
                "</head>", '<script src="/static/again.js" data-after="0.1" defer></script></head>'
            )
        asked.append(route.request.url)
        if waiting:
            body = body.replace('<h2 id="told">', '<h2 id="told">Soon: ')
        else:
            body = re.sub("<script[^>]*again.js[^>]*></script>", "", body)
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    waiting = True
    page.route(lambda url: "/register/CLM-001/events" in url, answer)
    page.goto("/register/CLM-001/events?event=E1")
    page.evaluate("window.same = true")
    page.locator("#e-title").fill("Half a wo")
    told = page.locator("#told")
    told.hover()
    page.mouse.down()
    waiting = False
    page.wait_for_timeout(1200)
    expect(told).to_contain_text("Soon: ")  # nothing moves under a finger
    page.mouse.up()
    expect(told).not_to_contain_text("Soon: ")
    assert page.locator("#e-title").input_value() == "Half a wo"
    assert page.evaluate("window.same") is True
    seen = len(asked)
    page.wait_for_timeout(1200)
    assert len(asked) == seen  # there is nothing more to come


def test_dropped_files_are_taken_in(page: Page) -> None:
    page.goto("/inbox")
    dropped = page.evaluate_handle(
        """() => { const held = new DataTransfer();
        const text = "Northport Authority\\nDate: 9 May 2023\\n\\nMeeting of 9 May 2023.\\n";
        held.items.add(new File([text], "dropped.txt"));
        return held; }"""
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": dropped})
    page.wait_for_url(re.compile("/jobs/"))
    expect(page.get_by_role("link", name="dropped.txt")).to_be_visible(timeout=WAIT)


def test_a_phone_sends_the_photo_that_it_took(chromium: Browser, server: Server, tmp_path: Path) -> None:
    Image.new("RGB", (24, 32), "white").save(tmp_path / "taken.jpg")
    phone = window(chromium, server, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.goto("/inbox")
    camera = page.get_by_label("Take a photo")
    expect(camera).to_be_visible()
    expect(camera).to_have_attribute("capture", "environment")
    camera.set_input_files(tmp_path / "taken.jpg")
    with page.expect_response("**/api/v1/documents") as taken:
        page.get_by_role("button", name="Take in", exact=True).first.click()
    assert taken.value.status == 202  # a form without a file is refused
    page.wait_for_url(re.compile("/jobs/"))
    phone.close()


def test_the_course_of_a_claim_is_stretched_and_narrowed(page: Page) -> None:
    page.goto("/claims/CLM-001")
    marks = page.locator(".timeline g:not(.off)")
    every = marks.count()
    page.locator("[data-filter]").fill("refused")
    expect(page.locator(".timeline g.off").first).to_be_attached()
    assert 0 < marks.count() < every
    before = page.locator(".timeline svg").bounding_box()
    letters = page.locator(".timeline text.n").first.bounding_box()
    months = page.locator(".timeline text.m").count()
    page.locator("[data-stretch='4']").click()
    expect(page.locator(".stretch-4 svg")).to_be_visible()
    after = page.locator(".timeline svg").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > 3 * before["width"]
    assert page.locator(".timeline text.m").count() > months  # more of the time is named
    expect(page.locator(".timeline g.off").first).to_be_attached()
    page.locator(".timeline").evaluate("each => each.scrollTo(each.scrollWidth, 0)")
    names = page.locator(".timeline text.n").first
    expect(names).to_be_in_viewport()
    seen = names.bounding_box()
    assert letters is not None
    assert seen is not None
    assert abs(seen["height"] - letters["height"]) < 4  # and the letters stay as large as they were
    page.reload()
    expect(page.locator(".stretch-4 [role=group], .stretch-4 svg").first).to_be_visible()


def test_boxes_lie_on_their_words(page: Page, docs: dict[str, str]) -> None:
    """The letter was set by ourselves, so it is known to the point where each word stands."""
    page.goto(f"/documents/{docs['DOC']}")
    picture = page.locator(".sheet img")
    expect(picture).to_have_js_property("complete", True)
    sheet = picture.bounding_box()
    assert sheet is not None
    scale = sheet["width"] / A4[0]
    for key, line, words in (
        ("amount", 8, "USD 84,500.00"),
        ("date", 7, "14 March 2023"),
        ("reference", 1, "GC/L/0150"),
    ):
        text = LINES[0][line]
        left = 72 + stringWidth(text.partition(words)[0], *FONT)
        right = left + stringWidth(words, *FONT)
        base = A4[1] - (760 - 22 * line)
        box = page.locator(f".overlay g.{key} rect").evaluate_all(
            NEAREST,
            [sheet["x"] + scale * left, sheet["y"] + scale * base],
        )
        assert abs(box[0] - (sheet["x"] + scale * left)) < NEAR, (key, "left")
        assert abs(box[1] - (sheet["x"] + scale * right)) < NEAR, (key, "right")
        assert box[2] < sheet["y"] + scale * (base - 5), (key, "over the letters")
        assert abs(box[3] - (sheet["y"] + scale * base)) < 2 * NEAR, (key, "foot")


def test_the_course_of_a_claim_looks_as_it_did(page: Page) -> None:
    """As little of the picture as no font changes: its shades in fields of some twenty pixels."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/claims/CLM-002")
    shot = page.locator(".timeline svg").screenshot()
    seen = Image.open(io.BytesIO(shot)).convert("L").resize((60, 12), Image.Resampling.BOX)
    if os.environ.get("CLAIMTRAIL_PICTURES"):
        seen.save(COURSE)
    golden = Image.open(COURSE).convert("L")
    apart = [abs(a - b) for a, b in zip(seen.tobytes(), golden.tobytes(), strict=True)]
    assert sum(apart) / len(apart) < 6, (
        "the picture as a whole; take it anew with make pictures if it is right"
    )
    assert sorted(apart)[-len(apart) // 50] < 60, "parts of the picture"


@pytest.fixture(scope="module")
def addresses(server: Server, docs: dict[str, str]) -> list[str]:
    """Every kind of page there is, with what may stand on it."""
    files = [("files", ("note.txt", b"Northport Authority\nDate: 2 May 2023\n\nA note.\n"))]
    with server.client() as client:
        job = client.post("/api/v1/documents", params={"wait": 60}, files=files).json()["id"]
    return [
        one.replace("JOB", job).replace("DOC", docs["DOC"]).replace("TEXT", docs["TEXT"]) for one in ADDRESSES
    ]


@pytest.mark.parametrize(
    ("locale", "theme"), [("en-GB", "light"), pytest.param("zh-CN", "dark", marks=pytest.mark.long)]
)
def test_axe_finds_nothing_and_narrow_screens_need_no_sideways_scrolling(
    chromium: Browser, server: Server, addresses: list[str], locale: str, theme: str
) -> None:
    context = window(
        chromium, server, locale=locale, color_scheme=theme, viewport={"width": 1280, "height": 900}
    )
    context.add_init_script(path=AXE)
    page = context.new_page()
    found, too_wide = [], []
    for address in addresses:
        page.goto(address)
        for violation in page.evaluate("options => axe.run(document, options)", RULES)["violations"]:
            found += [f"{address} {violation['id']}: {node['html'][:160]}" for node in violation["nodes"]]
        page.set_viewport_size({"width": 360, "height": 700})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > 360:
            too_wide.append((address, wide))
        page.set_viewport_size({"width": 1280, "height": 900})
    context.close()
    assert found == []
    assert too_wide == []
