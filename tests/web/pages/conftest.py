"""A server on a workspace with a typed letter of two pages, texts, a file that cannot be read, and hostile names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import lxml.html
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from app.cli import run
from tests.web.conftest import Server, fill, serving
from tests.web.pages.chromium import CHROMIUM, FLAGS, WAIT

HOSTILE_CLAIM = """\
claims:
  - id: CLM-003
    title: "<script>alert('title')</script> & \\"quoted\\""
    type: other
    events:
      - id: E1
        title: "<img src=x onerror=alert('event')>"
        start: 2023-09-01
        description: "</p><svg onload=alert(1)>"
        keywords: [tulips]
"""
REPORT = """\
# Nightly run 2023-06-02T02:00:00Z

| | |
| --- | ---: |
| taken in | 3 |
| failed | 1 |

- `empty.pdf`: the file is empty
"""
LINES = (
    ("Harbour Civil Ltd", "Our ref: GC/L/0150", "Date: 20 March 2023", "To: Northport Authority", "",
     "Refusal of access to Area B", "",
     "On 14 March 2023 access to Area B was refused again, see GC/L/0145.", "We claim the sum of USD 84,500.00."),
    ("Second page of the letter", "Possession of Area B was due on 1 March 2023 under contract C-2023/017.",
     "Yours faithfully", "For and on behalf of Harbour Civil Ltd"),
)  # fmt: skip


def letter(path: Path) -> None:
    """A typed letter of two pages as PDF."""
    canvas = Canvas(str(path), pagesize=A4)
    for lines in LINES:
        for number, line in enumerate(lines):
            canvas.drawString(72, 760 - 22 * number, line)
        canvas.showPage()
    canvas.save()


DRAWING = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><text>Sluice valve</text></svg>"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("pages")
    root, more = folder / "matter", folder / "more"
    fill(root, folder)
    more.mkdir()
    letter(more / "Letter GC-L-0150.pdf")
    (more / "empty.pdf").write_bytes(b"")
    (more / "plan.svg").write_text(DRAWING, encoding="utf-8")
    (folder / "hostile.yaml").write_text(HOSTILE_CLAIM, encoding="utf-8")
    where = ["--workspace", str(root)]
    assert run(["claims", "import", str(folder / "hostile.yaml"), *where]) == 0
    assert run(["ingest", str(more), *where]) == 1
    (root / "reports").mkdir(exist_ok=True)
    (root / "reports" / "nightly-2023-06-02.md").write_text(REPORT, encoding="utf-8")
    with serving(root) as started:
        yield started


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """One browser for the tests of a file: while it is open, nothing else can run an event loop in this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=2 * WAIT)
        yield browser
        browser.close()


class Browser:
    """Looks at pages as a browser without scripts does."""

    def __init__(self, server: Server, language: str = "en") -> None:
        headers = {"Accept": "text/html", "Accept-Language": language}
        self.client = httpx.Client(
            base_url=server.address, headers=headers, timeout=120, follow_redirects=True
        )

    def get(self, address: str, status: int = 200) -> lxml.html.HtmlElement:
        answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code, answer.text[:500])
        return lxml.html.document_fromstring(answer.content, base_url=str(answer.url))

    def send(self, form: lxml.html.FormElement, status: int = 200, /, **said: str) -> lxml.html.HtmlElement:
        """Send a form of a page as it stands, with these fields filled in or buttons pressed."""
        fields = {**dict(form.form_values()), **said}
        address = str(httpx.URL(form.base_url).join(form.get("action", "")))
        send = self.client.post if form.method == "POST" else self.client.get
        given = {"data": fields} if form.method == "POST" else {"params": fields}
        answer = send(address, headers={"Origin": str(self.client.base_url).rstrip("/")}, **given)  # type: ignore[arg-type]
        assert answer.status_code == status, (answer.status_code, answer.text[-1500:])
        return lxml.html.document_fromstring(answer.content, base_url=str(answer.url))

    def id_of(self, name: str) -> str:
        rows = self.client.get("/api/v1/documents").json()
        return str(next(row["id"] for row in rows if name in row["name"]))


@pytest.fixture
def browser(server: Server) -> Iterator[Browser]:
    made = Browser(server)
    with made.client:
        yield made


def text(page: lxml.html.HtmlElement, path: str = "//main") -> str:
    """The words of a part of a page."""
    return " ".join(" ".join(part.text_content() for part in page.xpath(path)).split())


def form_of(page: lxml.html.HtmlElement, action: str) -> lxml.html.FormElement:
    """The first form of a page that is sent to such an address."""
    return next(form for form in page.forms if action in form.get("action", ""))
