"""The real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.conftest import Server

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--font-render-hinting=none")  # fmt: skip
WAIT = 60_000.0
expect.set_options(timeout=WAIT)


def window(chromium: Browser, server: Server, **given: object) -> BrowserContext:
    """A window of its own on the server, in this language and size."""
    context = chromium.new_context(base_url=server.address, **given)  # type: ignore[arg-type]
    context.set_default_timeout(WAIT)
    context.set_default_navigation_timeout(WAIT)
    return context


def press(page: Page, key: str) -> None:
    """Press a key once the page is whole: what it does with keys comes after what it shows."""
    page.wait_for_load_state()
    page.keyboard.press(key)
