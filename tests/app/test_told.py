"""What rules and errors say, in Chinese: the catalogue has what the program says, and gives the values back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import app.cli  # noqa: F401  all errors are defined
from app.output import language
from app.told import in_chinese, templates, told, told_error
from extractors.errors import ClaimtrailError
from index.errors import SearchError
from tests.conftest import LETTER, REGISTER, Command

ROOMS = ("app", "extractors", "flows", "index", "pipeline")
ROOT = Path(__file__).parents[2]
HAN = re.compile("[\u4e00-\u9fff]")
SPEAKING = ("Reason",)
MADE_OF_PARTS = {"is 7 7", "7 7", "7: 7", "7 by 7; no rule proposes it"}
"""Templates with words in their places; the sentences that come of them are in the catalogue."""
MOST_WITHOUT = 0.2
"""The share of messages of faults so rare, or so technical, that they stand in English behind what their code means."""


def test_every_sentence_is_told_in_chinese_with_its_values() -> None:
    for english, pattern in templates():
        places = re.findall(r"\{n?\}", english)
        values = [str(700 + at) if place == "{n}" else f"Wörth-{at}" for at, place in enumerate(places)]
        said = english
        for place, value in zip(places, values, strict=True):
            said = said.replace(place, value, 1)
        chinese = in_chinese(said)
        assert HAN.search(chinese), said
        assert not re.search(r"\{\w*(:\w+)?\}", chinese), chinese
        for number in re.findall(r"\{(\d+)\}", pattern):
            assert values[int(number) - 1] in chinese, (said, chinese)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("its date 2023-07-12 is 1 days after the event", "文件日期 2023-07-12 在事件之后 1 天"),
        ("is a work record", "属于施工或维修记录"),
        ("There is no claim 'CLM-9'.", "没有索赔“CLM-9”。"),
        ("date 2023-03-14, sender fits, recipient fits", "日期 2023-03-14，发件方相符，收件方相符"),
        ("derived: counted from the document's date", "推算：自文件日期起算"),
        ("words and figure differ; figures or spaces were mended", "文字金额与数字金额不一致；数字或空格经过修补"),
        ("net 100 and tax 13 make 113, not 120", "不含税 100 加税额 13 应为 113，文件写 120"),
        ("This quotation mark is never closed (at character 3)", "引号没有配对（第 3 个字符）"),
        ("Our crane stood idle.", "Our crane stood idle."),
        ("", ""),
        ("; ", "; "),
    ],
)  # fmt: skip
def test_sentences(english: str, chinese: str) -> None:
    assert told(english, "zh") == chinese
    assert told(english, "en") == english


def test_what_documents_say_is_long_and_left_alone() -> None:
    assert in_chinese("cites " + "x" * 5000) == "cites " + "x" * 5000


def said_by(node: ast.AST) -> Iterator[str]:
    """The text of a literal, with a value in each of its places."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(p.value) if isinstance(p, ast.Constant) else "7" for p in node.values)


def sentences(speaking: tuple[str, ...], raised: bool, rooms: tuple[str, ...] = ROOMS) -> set[str]:
    """What stands in calls of these names, or is raised, anywhere in these folders."""
    found: set[str] = set()
    for file in (path for room in rooms for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            call = node.exc if raised and isinstance(node, ast.Raise) else node
            named = (
                isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in speaking
            )
            if isinstance(call, ast.Call) and (named or (raised and isinstance(node, ast.Raise))):
                found.update(text for argument in call.args for text in said_by(argument) if " " in text)
    return found


def test_the_reasons_of_links_have_chinese() -> None:
    said = sentences(SPEAKING, raised=False, rooms=("pipeline/linking", "pipeline/records"))
    assert len(said) > 10
    assert {one for one in said if not HAN.search(in_chinese(one))} <= MADE_OF_PARTS


def test_hints_of_errors_have_chinese() -> None:
    def kinds(root: type) -> Iterator[type]:
        yield root
        for child in root.__subclasses__():
            yield from kinds(child)

    hints = {str(kind.hint) for root in (ClaimtrailError, SearchError) for kind in kinds(root)} - {""}  # type: ignore[attr-defined]
    assert len(hints) > 30
    assert {hint for hint in hints if not HAN.search(in_chinese(hint))} == set()


def test_most_messages_of_errors_have_chinese() -> None:
    said = sentences((), raised=True)
    without = {one for one in said if not HAN.search(in_chinese(one))}
    assert len(without) < MOST_WITHOUT * len(said), sorted(without)


def test_every_code_of_the_guide_has_chinese() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| ((?:`\w+`(?:, )?)+) \|", guide.partition("## 12.")[2].partition("## 13.")[0], re.MULTILINE
    )
    codes = {code for row in rows for code in re.findall(r"`(\w+)`", row)}
    assert len(codes) > 40
    for code in codes:
        told_of = told_error({"code": code, "message": "Xyzzy.", "hint": ""}, "zh")
        assert HAN.search(told_of["message"]), code
        assert told_of["message"].endswith("Xyzzy.")


def test_the_command_line_speaks_chinese_and_json_english(
    claimtrail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "register.yaml").write_text(REGISTER, encoding="utf-8")
    (tmp_path / "L-0145.txt").write_text(LETTER, encoding="utf-8")
    assert claimtrail("claims", "import", tmp_path / "register.yaml").status == 0
    assert claimtrail("ingest", tmp_path / "L-0145.txt").status == 0
    monkeypatch.setenv("CLAIMTRAIL_LANG", "zh")
    monkeypatch.setenv("COLUMNS", "250")  # no word is broken across lines of the table
    language.cache_clear()
    try:
        assert "没有索赔" in claimtrail("claims", "show", "CLM-9").err
        shown = claimtrail("links", "CLM-001").out
        assert "被索赔方：" in shown
        assert "respondent" not in shown
        reasons = claimtrail("links", "CLM-001", "--json").json[0]["reasons"]
        assert "respondent: Northport Authority" in {reason["detail"] for reason in reasons}
    finally:
        language.cache_clear()
