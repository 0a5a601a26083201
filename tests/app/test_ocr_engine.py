"""The second OCR engine from the outside: settings, the command line, the doctor."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from PIL import Image, ImageDraw, ImageFont

from tests.conftest import Command, say

HAN_FONT = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A letter in traditional Chinese, as a picture."""
    picture = Image.new("L", (1000, 420), 255)
    for number, line in enumerate(
        ["關於工程延誤的索賠通知書", "日期：2023年3月14日", "索賠金額：USD 1,250,000.00"]
    ):
        font = ImageFont.truetype(HAN_FONT, 34)
        ImageDraw.Draw(picture).text((80, 60 + 100 * number), line, font=font, fill=0)
    picture.save(tmp_path / "letter.png", dpi=(150, 150))
    return tmp_path / "letter.png"


def test_extract_with_the_engine_named(claimtrail: Command, scan: Path) -> None:
    answer = claimtrail("extract", scan, "--ocr-engine", "rapidocr", "--json")
    assert (answer.status, answer.err) == (0, "")
    [document] = answer.json
    [page] = document["pages"]
    assert page["engine"].startswith("rapidocr 3.")
    assert "關於工程延誤的索賠通知書" in page["text"]
    assert page["confidence"] > 0.9
    assert document["date"] == "2023-03-14"
    assert ("1250000.00", "USD") in {(amount["value"], amount["currency"]) for amount in document["amounts"]}
    assert claimtrail("extract", scan, "--ocr-engine", "magic").status == 2


def test_ingest_with_the_engine_in_the_settings(claimtrail: Command, workspace: Path, scan: Path) -> None:
    say(workspace, yaml.safe_dump({"ocr": {"engine": "rapidocr", "languages": ["eng", "chi_tra"]}}))
    checks = {check["name"]: check for check in claimtrail("doctor", "--json").json["checks"]}
    assert checks["OCR"]["ok"]
    assert checks["OCR"]["detail"].startswith("rapidocr 3.")
    assert claimtrail("ingest", scan).status == 0
    [hit] = claimtrail("search", "工程延誤", "--json").json["hits"]
    assert hit["name"] == "letter.png"
    assert claimtrail("show", hit["doc"], "--json").json["pages"][0]["engine"].startswith("rapidocr 3.")


def test_a_language_it_lacks_is_told_by_the_doctor_and_stops_the_run(
    claimtrail: Command, workspace: Path, scan: Path
) -> None:
    say(workspace, yaml.safe_dump({"ocr": {"engine": "rapidocr", "languages": ["eng", "kor"]}}))
    checks = {check["name"]: check for check in claimtrail("doctor", "--json").json["checks"]}
    assert "kor" in checks["OCR"]["detail"]
    assert "ocr.languages" in checks["OCR"]["remedy"]
    answer = claimtrail("ingest", scan, "--json")
    assert answer.status == 2
    assert answer.json["error"]["code"] == "rapidocr_missing"
