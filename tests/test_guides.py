"""The guide in both languages names the same commands, options, codes, settings, pages and pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.web.markdown import sections

DOCS = Path(__file__).parents[1] / "docs"
ENGLISH, CHINESE = (DOCS.joinpath(name).read_text(encoding="utf-8") for name in ("guide.md", "guide.zh.md"))
SORTS = {
    "commands": r"claimtrail ((?:claims|parties|events|users) [a-z]+|[a-z]+)",
    "options": r"(?<![\w-])(--[a-z][a-z-]+)",
    "codes and fields": r"^\| ((?:`\w+`[,、 ]*)+) \|",
    "settings": r"`((?:ocr|limits|watch|links|timestamp)\.[a-z_]+)`",
    "pages": r"`(/[\w/.]*)`",
    "variables": r"\b((?:CLAIMTRAIL|PREFECT)_[A-Z_]+)\b",
    "addresses": r"(/api/v1|\$API/[\w/-]+)",
}


@pytest.mark.parametrize("sort", SORTS)
def test_both_guides_name_the_same(sort: str) -> None:
    def found(text: str) -> set[str]:
        rows = re.findall(SORTS[sort], text, re.MULTILINE)
        return {part for row in rows for part in (re.findall(r"`(\w+)`", row) or [row])}

    assert len(found(ENGLISH)) > 1
    assert found(ENGLISH) == found(CHINESE)


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_links_within_a_guide_lead_to_its_headings_and_pictures_are_there(text: str) -> None:
    anchors = {part.anchor for part in sections(text)}
    assert {link for link in re.findall(r"\]\(#([^)]+)\)", text) if link not in anchors} == set()
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", text)
    assert len(pictures) > 8
    assert [one for one in pictures if not (DOCS / one).is_file()] == []


def test_both_guides_have_the_same_parts() -> None:
    assert [part.level for part in sections(ENGLISH)] == [part.level for part in sections(CHINESE)]
