"""From an empty workspace to a bundle in hand with the mouse alone, as the guide shows it, in both languages.

With CLAIMTRAIL_PICTURES naming a folder (`make pictures`) the walk leaves its pictures there, in a clock that is set to
the summer of the documents.
"""

from __future__ import annotations

import base64
import io
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from app.cli import run
from tests.web.conftest import Server, serving
from tests.web.pages.chromium import CHROMIUM, WAIT, window

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
SAMPLES = Path(__file__).parents[3] / "sample_docs" / "documents"
PICTURES = os.environ.get("CLAIMTRAIL_PICTURES")
SIZE = {"width": 1120, "height": 760}
MOST_CLICKS = 40
CLOCK = """\
import datetime, os
import pipeline.clock as clock
ahead = datetime.timedelta(seconds=float(os.environ["CLAIMTRAIL_TEST_AHEAD"]))
clock.now = lambda: datetime.datetime.now(datetime.UTC) + ahead
"""
DROP = """files => {
    const held = new DataTransfer();
    for (const [name, content] of files)
        held.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name));
    return held;
}"""


class Way(NamedTuple):
    """One walk: its language, what is dropped and what chosen, and what is picked in the forms."""

    language: str
    locale: str
    today: str
    dropped: tuple[str, ...]
    chosen: str
    contract: str
    currency: str
    claimant: str
    respondent: str
    profile: str


WAYS = (
    Way("en", "en-GB", "2023-03-27",
        ("contracts/Contract Agreement C-07.pdf", "letters/MTC-L-0087 reply re Area 4.pdf"),
        "letters/ACL-L-0112 Notice of claim Area 4.pdf", "fidic-1999", "USD", "Aldersey Construction Ltd",
        "Kestrel Bay Roads Authority", "uk"),
    Way("zh", "zh-CN", "2023-08-22",
        ("contracts/施工合同协议书.pdf", "往来函件/关于特大暴雨的报告.docx"),
        "检测报告/基坑监测报告第31期.pdf", "gf-2017-0201", "CNY",
        "江原建工集团有限公司", "云溪新城开发建设有限公司", "cn"),
)  # fmt: skip


class Hand:
    """A hand on the mouse: counts what it clicks, and takes pictures where they are wanted."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language, self.clicks, self.begun = page, language, 0, time.monotonic()

    def click(self, where: str | Locator) -> None:
        found = self.page.locator(where) if isinstance(where, str) else where
        found.first.click()
        self.clicks += 1

    def choose(self, where: str, value: str) -> None:
        self.page.locator(where).first.select_option(value)
        self.clicks += 2

    def picture(self, name: str, at: str = "") -> None:
        if not PICTURES:
            return
        if at:
            self.page.locator(at).first.evaluate("one => one.scrollIntoView({block: 'start'})")
        self.page.wait_for_load_state("networkidle")
        picture = Image.open(io.BytesIO(self.page.screenshot()))
        target = Path(PICTURES) / f"walk-{name}-{self.language}.webp"
        picture.convert("RGB").save(target, quality=72, method=6)


@pytest.fixture(
    params=[
        pytest.param(way, id=way.language, marks=[pytest.mark.long] * (way is not WAYS[0])) for way in WAYS
    ]
)
def started(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Way, Server]]:
    """A server on an empty workspace."""
    way: Way = request.param
    root = tmp_path / "northport"
    assert run(["init", str(root)]) == 0
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(CLOCK)
    noon = time.mktime(time.strptime(f"{way.today} 12", "%Y-%m-%d %H"))
    environ = {"CLAIMTRAIL_TEST_AHEAD": str(noon - time.time()), "CLAIMTRAIL_USER": "mei"}
    path = f"{tmp_path / 'site'}{os.pathsep}{Path.cwd()}"
    with serving(root, **environ, PYTHONPATH=path) as server:
        yield way, server


def test_from_an_empty_workspace_to_a_bundle_with_the_mouse_alone(
    chromium: Browser, started: tuple[Way, Server], tmp_path: Path
) -> None:
    way, server = started
    context = window(chromium, server, locale=way.locale, viewport=SIZE, accept_downloads=True)
    page = context.new_page()
    page.add_init_script("addEventListener('keydown', () => sessionStorage.setItem('keys', 'used'), true);")
    hand = Hand(page, way.language)
    _documents(hand, way)
    _claim(hand, way)
    _events(hand)
    _links(hand)
    _clocks(hand)
    bundle = _bundle(hand, way, tmp_path)
    assert page.evaluate("sessionStorage.getItem('keys')") is None
    page.goto("/")
    expect(page.locator(".steps")).to_have_count(0)
    context.close()
    print(f"{way.language}: {hand.clicks} clicks, {time.monotonic() - hand.begun:.0f} s")
    assert hand.clicks <= MOST_CLICKS
    assert run(["verify", str(bundle)]) == 0


def _documents(hand: Hand, way: Way) -> None:
    """Drop two files, choose a third."""
    page = hand.page
    page.goto("/")
    expect(page.locator(".steps li")).to_have_count(5)
    hand.picture("1-home")
    hand.click(".steps .main")
    page.wait_for_url(re.compile("/inbox"))  # whole, so that its script listens
    hand.picture("2-inbox")
    held = page.evaluate_handle(DROP, [_carried(SAMPLES / name) for name in way.dropped])
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": held})
    page.wait_for_url(re.compile("/jobs/"))
    expect(page.locator(".tag.good[role=status]")).to_be_visible(timeout=2 * WAIT)
    hand.picture("3-taken")
    hand.click(".row a[href='/inbox']")
    with page.expect_file_chooser() as opened:
        hand.click("#files")
    opened.value.set_files(SAMPLES / way.chosen)
    hand.click("form[data-drop] button.main")
    page.wait_for_url(re.compile("/jobs/"))
    expect(page.locator(".tag.good[role=status]")).to_be_visible(timeout=2 * WAIT)


def _carried(file: Path) -> tuple[str, str]:
    return file.name, base64.b64encode(file.read_bytes()).decode()


def _claim(hand: Hand, way: Way) -> None:
    """Make a claim from what the documents name."""
    hand.click("a.main[href='/register']")
    hand.choose("#r-contract", way.contract)
    hand.choose("#r-currency", way.currency)
    hand.choose("#r-known-1", way.claimant)
    hand.choose("#r-known-2", way.respondent)
    hand.picture("4-claim")
    hand.click("form.entry button.main")


def _events(hand: Hand) -> None:
    """Take the likeliest of what the documents tell of."""
    offer = hand.page.locator(".offers button.good")
    expect(offer.first).to_be_visible()
    hand.picture("5-events")
    hand.click(offer)
    expect(hand.page.locator("#there")).to_be_visible()
    hand.click("a.main[href^='/review']")


def _links(hand: Hand) -> None:
    """Confirm every link that is proposed, with the page in view."""
    page = hand.page
    confirm = page.locator("button[value=confirm]")
    expect(confirm).to_be_visible()
    hand.picture("6-review")
    on = page.locator("a.main[href$='#bundle']")
    while not on.is_visible():
        with page.expect_navigation():
            hand.click(confirm)
        expect(confirm.or_(on)).to_be_visible()


def _clocks(hand: Hand) -> None:
    """See what is due."""
    page = hand.page
    hand.click("a.main[href$='#bundle']")
    page.wait_for_url(re.compile("/claims/"))
    while page.locator(
        "[data-again]"
    ).is_visible():  # it is worked out anew: a person would look a moment later
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("section[aria-labelledby=deadlines] tbody tr").first).to_be_visible()
    hand.picture("7-clocks", "section[aria-labelledby=deadlines]")


def _bundle(hand: Hand, way: Way, folder: Path) -> Path:
    """Build the bundle, and fetch it."""
    page = hand.page
    hand.choose("#profile", way.profile)
    hand.click("form[action$='/bundle'] button.main")
    page.wait_for_url(re.compile("/jobs/"))
    link = page.locator("a.main[download]")
    expect(link).to_be_visible(timeout=2 * WAIT)
    hand.picture("8-bundle")
    with page.expect_download() as fetched:
        hand.click(link)
    bundle = folder / "bundle.zip"
    fetched.value.save_as(bundle)
    return bundle
