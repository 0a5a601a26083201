"""Takes the pictures of the pages for README and guide: `python docs/setup/pages.py` after `make demo`.

They are WebP, small enough for a repository. Chromium is the system's own.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import sync_playwright

WORKSPACE = "demo-workspace"
PICTURES_FOLDER = Path(__file__).parents[1] / "pictures"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
SIZE = {"width": 1280, "height": 820}
QUALITY = 72
PICTURES = (
    ("search", "/search?query=%22Area+4%22+access", "en-GB", "light"),
    ("document", "/documents/DOC?find=access", "en-GB", "light"),
    ("review", "/review?claim=CLM-003", "zh-CN", "light"),
    ("claim", "/claims/CLM-002#course", "zh-CN", "dark"),
)
SHOWN = "Detailed claim Area 4.pdf"


def main() -> None:
    """Write the pictures."""
    workspace = sys.argv[1] if len(sys.argv) > 1 else WORKSPACE
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--workspace", workspace]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "CLAIMTRAIL_LANG": "en"}
    )
    try:
        _take(next(iter(server.stdout or ())).split()[-1])
    finally:
        server.terminate()
        server.wait(30)


def _take(address: str) -> None:
    client = httpx.Client(base_url=address, transport=httpx.HTTPTransport(retries=20), timeout=60)
    rows = client.get("/api/v1/documents").json()
    doc = next(row["id"] for row in rows if SHOWN in row["name"])
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, path, locale, scheme in PICTURES:
            context = chromium.new_context(
                base_url=address, locale=locale, color_scheme=scheme, viewport=SIZE
            )  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(path.replace("DOC", doc))
            page.wait_for_load_state("networkidle")
            picture = Image.open(io.BytesIO(page.screenshot()))
            picture.convert("RGB").save(PICTURES_FOLDER / f"{name}.webp", quality=QUALITY, method=6)
            context.close()
        chromium.close()


if __name__ == "__main__":
    main()
