"""Names, parties and texts that mean harm, taken through every output: nothing of them acts anywhere."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from app.cli import run
from pipeline import harmless
from pipeline.harmless import safe_name

ESCAPE, CSI, TURN = "\x1b]0;owned\x07\x1b[2J", "\x9b31m", "\u202egpj.exe"
FORMULA = "=cmd|' -C calc'!A0"
MARKUP = "<script>alert(1)</script><img src=http://127.0.0.1/x onerror=alert(1)>"
LINK = "![x](http://127.0.0.1/x.png) [y](javascript:alert(1))"

REGISTER = f"""\
claims:
  - id: CLM-001
    title: {json.dumps(FORMULA + ESCAPE + MARKUP)}
    type: construction
    contract: fidic-1999
    currency: USD
    amount: "1250000.00"
    parties:
      - {{role: claimant, name: {json.dumps("=Harbour Civil Ltd" + MARKUP)}, aliases: [Harbour Civil Ltd]}}
      - {{role: respondent, name: {json.dumps("Northport Authority" + CSI)}}}
    events:
      - id: E1
        title: {json.dumps("+Access refused;" + FORMULA + TURN + LINK)}
        start: 2023-03-14
        description: {json.dumps(MARKUP + LINK + ESCAPE)}
        keywords: [Area B, access]
        references: [GC/L/0145]
"""
LETTER = f"""\
Harbour Civil Ltd
Our ref: GC/L/0145
Date: 14 March 2023

To: Northport Authority

Subject: {FORMULA} {ESCAPE} {MARKUP}

On 14 March 2023 access to Area B was refused {CSI} {TURN} {LINK}; {FORMULA}.
We claim the sum of US$1.25 million {MARKUP} for access.
"""
TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "nav",
        "aside",
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
        "li",
        "a",
    ),
    *("mark", "blockquote", "table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td"),
}
"""Of a paper as a page."""
ACTIVE_ON_A_TERMINAL = re.compile("[\0-\x08\x0b\x0d-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Said(NamedTuple):
    status: int
    out: str
    err: str


Call = Callable[..., Said]


def mail() -> bytes:
    message = EmailMessage()
    message["From"] = '"=HYPERLINK(1)" <a@example.com>'
    message["Subject"] = f"Access {MARKUP} {FORMULA}"
    message["Date"] = "Tue, 14 Mar 2023 09:12:44 +0000"
    message.set_content(f"Access to Area B {LINK}\n{ESCAPE}\n")
    for number, name in enumerate(("../../etc/passwd.txt", f"@SUM(1){TURN}.txt", "=1+1.csv")):
        message.add_attachment(f"{LETTER}\n{number}", filename=name)
    return message.as_bytes()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """The command line on a workspace of such documents; `{folder}` in an argument is where they lie."""
    folder = tmp_path_factory.mktemp("hostile")
    evidence = folder / "evidence"
    evidence.mkdir()
    (evidence / f"{FORMULA}{ESCAPE}{TURN}.txt".replace("/", "")).write_text(LETTER, encoding="utf-8")
    (evidence / "mail.eml").write_bytes(mail())
    (evidence / f"broken{CSI}.pdf").write_bytes(b"%PDF-1.4 nothing")
    (folder / "register.yaml").write_text(REGISTER, encoding="utf-8")

    def call(*arguments: str) -> Said:
        given = [argument.replace("{folder}", str(folder)) for argument in arguments]
        if given[0] not in ("init", "extract", "verify"):
            given += ["--workspace", str(folder / "matter")]
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = run(given)
        return Said(status, out.getvalue(), err.getvalue())

    assert call("init", "{folder}/matter").status == 0
    assert call("claims", "import", "{folder}/register.yaml").status == 0
    assert call("ingest", "{folder}/evidence").status == 1
    assert call("link").status == 0
    return call


@pytest.fixture(scope="module")
def letter(hostile: Call) -> str:
    found = json.loads(hostile("list", "--json").out)
    return next(str(entry["id"]) for entry in found if entry["name"].startswith("=cmd"))


@pytest.mark.parametrize(
    "command",
    [
        "list",
        "search access",
        "show DOC",
        "show DOC --text",
        "links CLM-001",
        "chronology CLM-001",
        "deadlines CLM-001",
        "ledger CLM-001",
        "gaps CLM-001",
        "report CLM-001",
        "notice CLM-001/E1",
        "custody DOC",
        "parties list",
        "events suggest CLM-001",
        "claims list",
        "claims show CLM-001",
        "claims stats",
        "confirm DOC CLM-001/E1",
        "extract {folder}/evidence/mail.eml",
        "ingest {folder}/evidence",
    ],
)
@pytest.mark.parametrize("form", ["", "--json"])
def test_a_terminal_obeys_nothing(hostile: Call, letter: str, command: str, form: str) -> None:
    said = hostile(*(letter if word == "DOC" else word for word in command.split()), *form.split())
    assert said.status in (0, 1)
    assert not ACTIVE_ON_A_TERMINAL.search(said.out + said.err)
    if form:
        json.loads(said.out)


def test_json_gives_names_back_as_they_are(hostile: Call) -> None:
    names = {entry["name"] for entry in json.loads(hostile("list", "--json").out)}
    assert {f"@SUM(1){TURN}.txt", f"broken{CSI}.pdf"} <= names


def test_snippets_hold_no_markup_but_their_marks(hostile: Call) -> None:
    hits = json.loads(hostile("search", "access", "--json").out)["hits"]
    assert hits
    for hit in hits:
        assert set(re.findall(r"<[^>]*>", hit["snippet"])) <= {"<mark>", "</mark>"}


@pytest.mark.parametrize("command", ["report CLM-001", "notice CLM-001/E1", "custody DOC"])
def test_a_paper_is_safe_to_open(hostile: Call, letter: str, tmp_path: Path, command: str) -> None:
    page, text, word = (tmp_path / f"paper.{suffix}" for suffix in ("html", "md", "docx"))
    for out in (page, text, word):
        asked = (letter if part == "DOC" else part for part in command.split())
        assert hostile(*asked, "--out", str(out)).status == 0
    tree = etree.fromstring(page.read_bytes(), etree.HTMLParser())
    assert {node.tag for node in tree.iter()} <= TAGS
    assert not [a for node in tree.iter() for a in node.attrib if a.startswith("on")]
    assert all(node.get("href").startswith("#") for node in tree.iter("a"))
    marked = text.read_text(encoding="utf-8").replace("\n> ", "\n")
    assert "<" not in marked.replace("\\<", "")
    assert not re.search(r"(?<!\\)\]\(", marked)
    with zipfile.ZipFile(word) as packed:
        assert "TargetMode" not in packed.read("word/_rels/document.xml.rels").decode()
        fields = re.findall(r"<w:instrText[^>]*>([^<]*)<", packed.read("word/document.xml").decode())
    assert {field.split()[0] for field in fields} <= {"TOC"}


def test_a_bundle_runs_nothing_and_writes_nowhere_else(hostile: Call, tmp_path: Path) -> None:
    assert hostile("export", "CLM-001", "--out", str(tmp_path / "bundle")).status == 0
    for table in ("index.csv", "chronology.csv", "custody.csv"):
        cells = [
            cell
            for row in csv.reader((tmp_path / "bundle" / "data" / table).open(encoding="utf-8-sig"))
            for cell in row
        ]
        assert any("cmd" in cell for cell in cells)
        assert not [c for c in cells if re.search(r"\A\s*[=+@＝]|[;\t\n] *[=+@]", c)]
    assert {path.name for path in tmp_path.iterdir()} == {"bundle"}
    for path in (tmp_path / "bundle" / "data" / "originals").iterdir():
        assert path.is_file()
        assert not ACTIVE_ON_A_TERMINAL.search(path.name)
        assert "passwd" not in path.name or path.name.startswith("00")


def test_an_original_is_written_into_the_folder_under_a_name_of_ours(
    hostile: Call, letter: str, tmp_path: Path
) -> None:
    assert hostile("show", letter, "--original", str(tmp_path)).status == 0
    (written,) = tmp_path.iterdir()
    assert written.read_text(encoding="utf-8") == LETTER
    assert not ACTIVE_ON_A_TERMINAL.search(written.name)


@pytest.mark.parametrize(
    "name", ["..", ".", "../../x", "a/b", "C:\\x", "\0", "x" * 999, "", "con.", "\x1b[2J"]
)
def test_a_name_never_leads_out_of_its_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / safe_name(name)).write_text("x", encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 工期", "plain 工期"),
        ("a\tb\nc\fd", "a\tb\nc\fd"),
        ("\x1b[31mred", "␛[31mred"),
        ("\x9b31m", "\ufffd31m"),
        ("a\rb", "a␍b"),
        ("\u202egpj.exe", "\ufffdgpj.exe"),
        ("\ud83d", "\ufffd"),
    ],
)
def test_what_a_terminal_shows(text: str, shown: str) -> None:
    assert harmless.terminal(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("[x](y)", "\\[x\\](y)"),
        ("- item", "\\- item"),
        ("12. item", "12\\. item"),
        ("# head", "\\# head"),
        ("a\r\n# b", "a \\# b"),
        ("IMG_1 | `x`", "IMG\\_1 \\| \\`x\\`"),
    ],
)
def test_what_markdown_shows(text: str, shown: str) -> None:
    assert harmless.markdown(text) == shown
