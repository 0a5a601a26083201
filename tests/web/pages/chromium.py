"""The real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, BrowserContext

from tests.web.conftest import Server

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--font-render-hinting=none")  # fmt: skip
WAIT = 60_000.0


def window(chromium: Browser, server: Server, **given: object) -> BrowserContext:
    """A window of its own on the server, in this language and size."""
    context = chromium.new_context(base_url=server.address, **given)  # type: ignore[arg-type]
    context.set_default_timeout(WAIT)
    context.set_default_navigation_timeout(WAIT)
    return context
