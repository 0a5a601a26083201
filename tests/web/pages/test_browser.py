"""The pages in a real browser: keys, pointing, dropping files, and what axe-core says of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.web.conftest import Server
from tests.web.pages.conftest import Browser as Plain

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
ADDRESSES = ("/", "/search?query=access", "/search?query=access+AND+(", "/documents", "/claims",
             "/claims/CLM-001", "/review", "/review?what=facts", "/review?what=failed", "/inbox", "/parties",
             "/settings", "/doctor", "/users", "/claims/CLM-001/links", "/help?find=search", "/documents/DOC", "/documents/TEXT", "/login",
             "/nowhere")  # fmt: skip
COLOURFUL = ("/", "/search?query=access+AND+(", "/claims/CLM-001", "/review", "/documents/DOC")
"""Pages on which all colours are seen."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
WAIT = 60_000.0

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=2 * WAIT)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def docs(server: Server) -> dict[str, str]:
    plain = Plain(server)
    with plain.client:
        return {"DOC": plain.id_of("Letter GC-L-0150"), "TEXT": plain.id_of("L-0145")}


def window(chromium: Browser, server: Server, **given: object) -> BrowserContext:
    context = chromium.new_context(base_url=server.address, **given)  # type: ignore[arg-type]
    context.set_default_timeout(WAIT)
    context.set_default_navigation_timeout(WAIT)
    return context


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
    page.keyboard.press("n")
    page.wait_for_url(re.compile("page=2"))
    page.keyboard.press("p")
    page.wait_for_url(lambda url: "page=2" not in url)


def test_links_are_reviewed_by_keys(page: Page) -> None:
    page.goto("/review?claim=CLM-001")
    left = page.locator("nav a.accent b")
    before = int(left.inner_text())
    for key, expected in (("a", before - 1), ("u", before), ("r", before - 1), ("u", before)):
        page.keyboard.press(key)
        expect(left).to_have_text(str(expected))
    page.keyboard.press("s")
    page.wait_for_url(re.compile("at=1"))
    page.keyboard.press("b")
    page.wait_for_url(lambda url: "at=1" not in url)


def test_keys_do_nothing_while_somebody_types(page: Page) -> None:
    page.goto("/review?claim=CLM-001")
    left = page.locator("nav a.accent b").inner_text()
    page.locator("#quick").focus()
    page.keyboard.type("arsu/")
    assert page.locator("#quick").input_value() == "arsu/"
    assert page.locator("nav a.accent b").inner_text() == left


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


def test_the_course_of_a_claim_is_stretched_and_narrowed(page: Page) -> None:
    page.goto("/claims/CLM-001")
    marks = page.locator(".timeline g:not(.off)")
    every = marks.count()
    page.locator("[data-filter]").fill("refused")
    expect(page.locator(".timeline g.off").first).to_be_attached()
    assert 0 < marks.count() < every
    before = page.locator(".timeline svg").bounding_box()
    page.locator("[data-stretch='4']").click()
    after = page.locator(".timeline svg").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > 3 * before["width"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_narrow_screens_need_no_sideways_scrolling(
    chromium: Browser, server: Server, docs: dict[str, str], theme: str
) -> None:
    context = window(chromium, server, locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"/look?theme={theme}&back=/help")
    found, too_wide = [], []
    for address in ADDRESSES if theme == "light" else COLOURFUL:
        for name, doc in docs.items():
            address = address.replace(name, doc)
        page.goto(address)
        result = Axe().run(page, options=RULES)
        found += [
            f"{address} {one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for one in result.response["violations"]
            for node in one["nodes"]
        ]
        page.set_viewport_size({"width": 360, "height": 700})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > 360:
            too_wide.append((address, wide))
        page.set_viewport_size({"width": 1280, "height": 900})
    context.close()
    assert found == []
    assert too_wide == []
