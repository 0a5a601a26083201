"""Pages in Chinese hold no English but names, codes, formats and units, and what documents and registers say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest

from app.web.wording import LANGUAGES, speech
from tests.web.conftest import Server
from tests.web.pages.conftest import Browser, text
from tests.web.pages.test_pages import PAGES, faults_of

ROOT = Path(__file__).parents[3]
NAMES = """
claimtrail English API CSV SVG XLSX HTML DOCX MD md PDF JSON YAML ZIP zip SHA ID DAT OPT CA PEM
Bates UTC MB GB KiB MiB GiB ms OCR GPS FIDIC NEC GF PRC CLM Ctrl GET CNY USD US nightly matter EUR
GBP HKD SGD AUD CAD AED JPY kind date amount party ref claim event name language title text path
state doc TO late possession claims list serve watch schedule settings yaml Prefect PREFECT URL usr
share bin fonts truetype soffice wqy zenhei ttc SQLite LibreOffice libmagic OpenCV pymediainfo
tesseract rapidocr whoosh tantivy postgres eng chi sim
"""
OURS = frozenset(NAMES.split())
"""Latin words of our own: names, codes, formats, units, and examples of queries."""
MORE = (
    "/search?query=%22late", "/search?query=late:possession", "/nothing", "/claims/CLM-9", "/jobs/none", "/register",
    "/register/CLM-001/events", "/register?claim=CLM-001", "/review?claim=CLM-001", "/documents?state=failed",
)  # fmt: skip
PAPERS = ("L-0145", "施工日志", "leaflet", "RO-5512", "onerror", "GC-L-0150", "empty")
LATIN = re.compile(r"[A-Za-z]+(?:[ ,.'’/&()@#_-]+[A-Za-z]+)*")
SHOWN = ("aria-label", "title", "placeholder", "alt")
NOT_OURS = " | ".join(
    (
        "//script", "//style", "//kbd", "//code", "//pre", "//*[contains(@class, 'words')]",
        "//*[contains(@class, 'prose')]", "//section[@aria-labelledby='hold']//td",
    )
)  # fmt: skip
"""What is code, evidence, the guide, or values of settings and programs as they are written."""


@pytest.fixture(scope="module")
def said_by_others(server: Server) -> str:
    """All that documents, files and the register say, in small letters and figures only."""
    browser = Browser(server)
    with browser.client:
        rows = browser.client.get("/api/v1/documents").json()
        addresses = ["claims", "parties", *(f"documents/{row['id']}" for row in rows)]
        return bare("".join(told(browser.client.get(f"/api/v1/{each}").json()) for each in addresses))


def told(value: object) -> str:
    """All texts of a JSON value."""
    if isinstance(value, dict):
        return " ".join(map(told, value.values()))
    return " ".join(map(told, value)) if isinstance(value, list) else str(value)


def bare(said: str) -> str:
    return re.sub(r"[^a-z0-9]", "", said.lower())


def shown_in(page: lxml.html.HtmlElement) -> Iterator[str]:
    """What a page shows or reads aloud in words of its own."""
    for one in page.xpath(NOT_OURS):
        one.drop_tree()
    for one in page.iter():
        if isinstance(one.tag, str):
            yield from filter(None, (one.text, *(child.tail for child in one), *map(one.get, SHOWN)))


@pytest.mark.parametrize("address", [*PAGES, *MORE, *PAPERS])
def test_pages_speak_chinese(server: Server, browser: Browser, said_by_others: str, address: str) -> None:
    place = f"/documents/{browser.id_of(address)}" if address in PAPERS else address
    reader = Browser(server, "zh-CN,zh;q=0.9,en;q=0.5")
    with reader.client:
        page = lxml.html.document_fromstring(reader.client.get(place).content)
    assert page.get("lang") == "zh-Hans"
    if address != "/login":
        assert "检索" in text(page, "//nav[contains(@class, 'rooms')]")
    assert faults_of(page) == []
    left = {
        said
        for shown in shown_in(page)
        for said in LATIN.findall(shown)
        if bare(said) not in said_by_others and not set(re.findall("[A-Za-z]{2,}", said)) <= OURS
    }
    assert left == set()


def test_every_entry_of_the_audit_has_a_name() -> None:
    """What stands in `note("…")` is what a document's history shows."""
    actions = {"confirmed", "rejected", "proposed"}
    for file in (path for room in ("app", "pipeline") for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "note"
                and node.args
            ):
                first = node.args[1 if "trail" in ast.unparse(node.func) else 0]
                actions |= {one.value for one in ast.walk(first) if isinstance(one, ast.Constant)}
    assert len(actions) > 40
    for language in LANGUAGES:
        words = speech(language).words
        assert {action for action in actions if f"action.{action}" not in words} == set()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("kind", "correspondence", "往来函件"),
        ("code", "encrypted", "有密码保护"),
        ("message", "a.pdf: the file is empty", "a.pdf：文件为空"),
        ("role", "claimant", "索赔方"),
        ("path", "letters/kind.pdf", "letters/kind.pdf"),
        ("value", "correspondence", "correspondence"),
    ],
)
def test_an_entry_of_the_audit_in_words(key: str, value: str, said: str) -> None:
    assert speech("zh").detail(key, value) == said
    assert speech("en").detail("message", value) == value
