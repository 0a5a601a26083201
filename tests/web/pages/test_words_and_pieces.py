"""What pages are made of: words in two languages, addresses, marked snippets, charts, our own Markdown."""

from __future__ import annotations

import datetime
import re
import string
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from app.web.asked import Asked, day_of
from app.web.charts import HEIGHT, WIDTH, times
from app.web.markdown import as_html, sections
from app.web.marked import marked, plain
from app.web.night_report import in_language
from app.web.rendering import back_to, static_files
from app.web.wording import LANGUAGES, chosen, speech
from index.errors import FilterError

TEMPLATES = Path(__file__).parents[3] / "app" / "web" / "templates"
KEY = re.compile(r"""\bt\(\s*["']([\w.-]+)["']\s*[,)]""")


def fields(said: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(said) if name}


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    english, chinese = (speech(language).words for language in LANGUAGES)
    assert set(english) == set(chinese)
    assert {key for key in english if fields(english[key]) != fields(chinese[key])} == set()
    assert {key for key, said in chinese.items() if not said.strip()} == set()


def test_every_word_of_the_templates_is_there() -> None:
    words = speech("en").words
    asked = {
        key for path in TEMPLATES.glob("*.html") for key in KEY.findall(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 200
    assert {key for key in asked if key not in words and not key.endswith(".")} == set()


def test_templates_hold_no_words_of_their_own() -> None:
    """Between tags stands nothing that has letters, but for names, formats and example queries."""
    allowed = {
        "claimtrail",
        "API",
        "CSV",
        "SVG",
        "XLSX",
        "HTML",
        "SHA",
        "ms",
        "English",
        "中文",
        "NAME --role handler",
    }
    for path in TEMPLATES.glob("*.html"):
        bare = re.sub(
            r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<kbd.*?</kbd>|<code>.*?</code>",
            " ",
            path.read_text("utf-8"),
            flags=re.S,
        )
        said = re.sub(r"<[^>]*>", " ", bare, flags=re.S)
        left = set(re.findall(r"[^\W\d_]{3,}", said)) - set(" ".join(allowed).split())
        assert left == set(), path.name


@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [
        (None, "", "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr-FR,zh;q=0.5", "zh"),
        (None, "EN-us", "en"),
        ("zh", "en", "zh"),
        ("../../etc", "zh", "zh"),
        (None, ",;=" * 100, "en"),
    ],
)
def test_the_language_is_the_chosen_or_the_asked_for(
    cookie: str | None, accepted: str, expected: str
) -> None:
    assert chosen(cookie, accepted) == expected


def test_dates_sums_and_numbers_by_language() -> None:
    english, chinese = speech("en"), speech("zh")
    day = datetime.date(2023, 3, 4)
    assert (english.date(day), chinese.date("2023-03-04")) == ("4 Mar 2023", "2023年3月4日")
    assert (english.date(None), english.date("soon")) == ("", "soon")
    assert (english.month("2023-03"), chinese.month("2023-03"), chinese.month("2023")) == (
        "Mar 2023",
        "2023年3月",
        "2023年",
    )
    amount = Decimal("-1234567.50")
    assert (english.money(amount, "USD"), chinese.money(amount, "CNY")) == (
        "USD -1,234,567.50",
        "-¥1,234,567.50",
    )
    assert (english.money("12.30", None), english.money(None, "USD"), chinese.money("8", "XAU")) == (
        "12.30",
        "",
        "XAU 8",
    )
    assert english.moment("2023-03-20T09:12:44Z") == "20 Mar 2023 09:12 UTC"
    assert (english("word.pages", n=1), english("word.pages", n=1200)) == ("1 page", "1,200 pages")
    assert (english.size(999), english.size(5 * 2**20)) == ("999 B", "5.0 MiB")
    with pytest.raises(KeyError):
        english("no such word")


@given(
    st.lists(
        st.sampled_from(
            ["<mark>", "</mark>", "<b onclick=x>", "&lt;i&gt;", "a < b & c", "<script>", "中", "&amp;#60;"]
        )
    )
)
def test_a_snippet_holds_nothing_but_balanced_marks(pieces: list[str]) -> None:
    page = lxml.html.fragment_fromstring(str(marked("".join(pieces))), create_parent="div")
    assert {one.tag for one in page.iter()} <= {"div", "mark"}
    assert str(marked("".join(pieces))).count("<mark>") == str(marked("".join(pieces))).count("</mark>")


def test_a_snippet_as_text() -> None:
    assert plain("a <mark>b</mark>\n &lt;c&gt;") == "a b <c>"


def asked_of(query: str) -> Asked:
    return Asked.of(
        Request(
            {
                "type": "http",
                "query_string": query.encode(),
                "headers": [],
                "method": "GET",
                "path": "/search",
            }
        )
    )


@given(
    st.dictionaries(
        st.sampled_from(["query", "kind", "party", "from", "nonsense", "offset"]), st.text(max_size=30)
    )
)
def test_the_address_of_a_search_says_the_same_again(said: dict[str, str]) -> None:
    from urllib.parse import urlencode

    asked = asked_of(urlencode(said))
    again = asked_of(asked.address().partition("?")[2])
    assert again.pairs == tuple(pair for pair in asked.pairs if pair[0] != "offset")
    assert "nonsense" not in dict(parse_qsl(asked.kept()))


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023-2", "2023-02-01", "2023-02-28"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
    ],
)
def test_a_year_or_month_stands_for_all_of_its_days(said: str, first: str, last: str) -> None:
    assert (str(day_of(said)), str(day_of(said, last=True))) == (first, last)


@pytest.mark.parametrize("said", ["2023-13", "soon", "0000", "2023-02-30", "2023-0-1", "99999"])
def test_what_is_no_day_is_told(said: str) -> None:
    with pytest.raises(FilterError):
        day_of(said, last=True)


MONTHS = st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31)).map(
    lambda day: f"{day.year:04d}-{day.month:02d}"
)


@given(st.dictionaries(MONTHS, st.integers(1, 10**6), max_size=40))
def test_bars_of_time_stand_side_by_side_in_their_picture(months: dict[str, int]) -> None:
    bars = times(months).bars
    assert len(bars) <= 60
    for bar, following in pairwise(bars):
        assert bar.x + bar.width <= following.x + 0.01
        assert bar.span < following.span
    for bar in bars:
        assert 0 <= bar.x <= WIDTH
        assert 0 <= bar.y <= HEIGHT
        assert (bar.height > 0) == (bar.count > 0)


def test_months_without_documents_have_their_place() -> None:
    assert [(bar.span, bar.count) for bar in times({"2023-02": 3, "2022-12": 1}).bars] == [
        ("2022-12", 1), ("2023-01", 0), ("2023-02", 3),
    ]  # fmt: skip
    assert times({}).bars == ()


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil", "\\/evil", "javascript:x", "/a\nb", ""]
)
def test_nobody_is_sent_elsewhere(target: str) -> None:
    assert back_to(target, "saved").headers["location"] == "/?done=saved"


def test_a_notice_stands_before_the_fragment() -> None:
    assert back_to("/a?b=c#d", "saved").headers["location"] == "/a?b=c&done=saved#d"


def test_markdown_lets_no_markup_through() -> None:
    page = as_html(
        "# T\n\n<script>x</script> [a](javascript:alert(1)) [b](other.md) [c](#t) ![d](http://x/y.png)\n\n<img src=x>"
    )
    assert "<script" not in page
    assert "<img" not in page
    assert re.findall(r'href="([^"]*)"', page) == ["#t"]


def test_a_text_is_cut_at_its_headings() -> None:
    found = sections("before\n\n# One *two*\n\nbody\n\n## Three\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert [(part.level, part.title, part.anchor) for part in found] == [
        (0, "", ""),
        (1, "One two", "one-two"),
        (2, "Three", "three"),
    ]
    assert "<table>" in found[2].body


def test_pictures_of_the_guide_are_shown_and_no_others() -> None:
    found = sections(
        "![One](pictures/one.webp) ![a](pictures/../x.webp) ![b](http://x/pictures/y.webp)", "/help/pictures/"
    )
    assert re.findall('src="([^"]*)"', found[0].body) == ["/help/pictures/one.webp"]
    assert "<img" not in as_html("![One](pictures/one.webp)")


def test_chinese_lines_are_joined_without_blanks() -> None:
    assert "甲乙，丙丁" in as_html("甲乙，\n丙丁")
    assert "甲 b\nc" in as_html("甲 b\nc")


def test_a_report_of_a_night_in_chinese() -> None:
    failed = "- a\\_b.pdf: a\\_b.pdf: the file is empty\n- c: \\*odd\\*\n"
    report = f"# Nightly run X\n\n| taken in | 3 |\n\n## Failed\n\n{failed}"
    assert in_language(report, "en") == report
    assert in_language(report, "zh").splitlines() == [
        "# 夜间任务 X",
        "",
        "| 已收录 | 3 |",
        "",
        "## 未能读取",
        "",
        "- a\\_b.pdf: a\\_b.pdf：文件为空",
        "- c: \\*odd\\*",
    ]


def test_scripts_and_styles_ask_for_nothing_from_elsewhere() -> None:
    for name, (content, _, tag) in static_files().items():
        assert not re.findall(rb"https?://(?!www\.w3\.org/2000/svg)|@import|eval\(|innerHTML", content), name
        assert re.fullmatch("[0-9a-f]{16}", tag)
