"""Text, delimited text, HTML and RTF: encodings, pages, cells, and input that is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Empty, TooLarge
from extractors.limits import Limits
from extractors.readers import html, rtf, text
from extractors.readers.delimited import cells_of, delimiter_of
from extractors.readers.draft import Draft, Input
from extractors.readers.encodings import decode, known
from extractors.readers.html import html_text
from extractors.readers.paging import paged

SIMPLIFIED = "关于第三标段施工便道受阻导致工期延误的索赔通知，请贵司于2023年3月14日前书面回复。"
TRADITIONAL = "關於第三標段施工便道受阻導致工期延誤的索賠通知，請貴司於2023年3月14日前書面回覆。"
ACCENTED = "Müller & Söhne, 3 rue du Café: £100 für die Prüfung"


def source_of(folder: Path, data: bytes, name: str, media_type: str, limits: Limits | None = None) -> Input:
    path = folder / "file"
    path.write_bytes(data)
    return Input(path, name, media_type, folder / "scratch", limits or Limits())


def text_of(draft: Draft) -> str:
    return "".join(page.text for page in draft.pages if isinstance(page, PageText))


def cell_texts(page: object) -> list[tuple[int, int, str]]:
    assert isinstance(page, PageText)
    return [(c.row, c.column, page.text[c.start : c.end]) for c in page.cells]


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        (words, encoding)
        for words, encodings in {
            SIMPLIFIED: ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"),
            TRADITIONAL: ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be"),
            ACCENTED: ("utf-8", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"),
            "发票号码": ("utf-8", "gb2312"),
            "發票號碼": ("utf-8", "big5"),
            "合同编号 HT-2023-017": ("utf-8", "gb2312", "utf-16-le", "utf-16-be"),
            "plain": ("ascii", "utf-16"),
            "naïve": ("utf-8", "cp1252"),
            "Счёт на оплату работ за март": ("utf-8", "cp1251", "utf-16-le"),
        }.items()
        for encoding in encodings
    ],
)
def test_text_is_found_in_the_encoding_it_was_written_in(words: str, encoding: str) -> None:
    decoded = decode(words.encode(encoding))
    assert (decoded.text, decoded.lost) == (words, 0)


@pytest.mark.parametrize(
    ("words", "encoding", "label"),
    [
        (SIMPLIFIED, "gb18030", "iso-8859-1"),
        (SIMPLIFIED, "gb18030", "utf-8"),
        (SIMPLIFIED, "utf-8", "gb2312"),
        (TRADITIONAL, "big5", "us-ascii"),
        ("朱镕基", "gb18030", "gb2312"),
        ("日本語のテキスト", "shift_jis", "shift_jis"),
        ("日本語のテキスト", "iso2022_jp", "iso-2022-jp"),
        ("“quoted” – 5 €", "cp1252", "iso-8859-1"),
        ("注", "gb2312", "gb2312"),
        (SIMPLIFIED, "gb18030", "no-such-charset"),
        (SIMPLIFIED, "utf-8", "zip"),
    ],
)
def test_a_wrong_or_narrow_label_does_not_spoil_the_text(words: str, encoding: str, label: str) -> None:
    assert decode(words.encode(encoding), label).text == words


@pytest.mark.parametrize(
    ("data", "expected", "lost"),
    [
        (SIMPLIFIED.encode()[:-1], SIMPLIFIED[:-1] + "\ufffd", 1),
        (SIMPLIFIED.encode() + b"\xff" + SIMPLIFIED.encode(), f"{SIMPLIFIED}\ufffd{SIMPLIFIED}", 1),
        ("was here \ufffd already".encode(), "was here \ufffd already", 0),
        (b"null\0byte", "null\ufffdbyte", 1),
    ],
)
def test_bytes_that_mean_nothing_are_replaced_and_counted(data: bytes, expected: str, lost: int) -> None:
    decoded = decode(data)
    assert (decoded.text, decoded.lost) == (expected, lost)
    assert bool(decoded.notes) == bool(lost)


@pytest.mark.parametrize(
    ("label", "expected"),
    [("GB2312", "gb18030"), ("x-gbk", "gb18030"), ("hex", None), ("\0", None), ("", None)],
)
def test_labels(label: str, expected: str | None) -> None:
    assert known(label) == expected


@given(st.binary(max_size=400), st.sampled_from([None, "gb2312", "big5", "utf-16", "utf-7", "hz", "ascii"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_decode_to_text_that_can_be_stored(data: bytes, label: str | None) -> None:
    decode(data, label).text.replace("\ufffd", "").encode("utf-8", "strict")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\ufffd"), max_size=300))
@settings(max_examples=100, deadline=None)
def test_utf8_survives(words: str) -> None:
    assert decode(b"\xef\xbb\xbf" + words.encode()).text == words


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    data = f"第一行  两个空格\r\n\tsecond\rthird\n\n{SIMPLIFIED}\n".encode("gb18030")
    draft = text.read(source_of(tmp_path, data, "备忘.txt", "text/plain"))
    assert text_of(draft) == f"第一行  两个空格\n\tsecond\nthird\n\n{SIMPLIFIED}\n"
    assert (len(draft.pages), draft.media_type, draft.notes) == (1, "text/plain", ())


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Empty),
        (b" \r\n\t\n", Empty),
        (b"\xef\xbb\xbf", Empty),
        (bytes(range(1, 9)) * 50, Corrupt),
        (b"x" * 5000, TooLarge),
    ],
)
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, data: bytes, error: type[DocumentError]) -> None:
    with pytest.raises(error, match=r"^memo\.txt: ."):
        text.read(source_of(tmp_path, data, "memo.txt", "text/plain", Limits(text_chars=1000)))


def test_form_feeds_separate_pages() -> None:
    pages = paged("one\n\ftwo\n\f\fthree\n\f", "n", Limits())
    assert [page.text for page in pages] == ["one\n", "two\n", "", "three\n"]


@given(st.text(alphabet="ab 。.\n\f", max_size=400), st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_paging_loses_nothing_but_form_feeds(seed: str, times: int) -> None:
    words = seed * times
    pages = paged(words, "n", Limits())
    assert "".join(page.text for page in pages).rstrip() == words.replace("\f", "").rstrip()


def test_long_text_breaks_at_paragraphs() -> None:
    paragraph = "The Contractor gave notice of the delay. " * 12 + "\n\n"
    pages = paged(paragraph * 40, "n", Limits())
    assert 5 <= len(pages) <= 10
    assert all(page.text.endswith("\n\n") for page in pages)


def test_too_many_pages_are_refused() -> None:
    with pytest.raises(TooLarge, match="pages"):
        paged("a\f" * 30, "n", Limits(pages=10))


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        (
            "a.csv",
            '日期,金额\n2023-03-14,"1,250.00"\n',
            [(0, 0, "日期"), (0, 1, "金额"), (1, 0, "2023-03-14"), (1, 1, "1,250.00")],
        ),
        ("a.csv", "a;b\n1;2\n", [(0, 0, "a"), (0, 1, "b"), (1, 0, "1"), (1, 1, "2")]),
        ("a.tsv", "a\tb\n\tc d\n", [(0, 0, "a"), (0, 1, "b"), (1, 1, "c d")]),
        (
            "a.csv",
            'a,b\n"two\nlines","say ""x"""\n',
            [(0, 0, "a"), (0, 1, "b"), (1, 0, "two\nlines"), (1, 1, 'say ""x""')],
        ),
        ("a.csv", 'a,b\n"never closed,1\n', [(0, 0, "a"), (0, 1, "b"), (1, 0, '"never closed'), (1, 1, "1")]),
        ("a.csv", "single\ncolumn\n", []),
        ("a.txt", "x,y\n1,2\n", []),
    ],
)
def test_cells_of_delimited_text(
    tmp_path: Path, name: str, words: str, expected: list[tuple[int, int, str]]
) -> None:
    draft = text.read(source_of(tmp_path, words.encode(), name, "text/plain"))
    assert text_of(draft) == words
    assert cell_texts(draft.pages[0]) == expected


@given(
    st.lists(
        st.lists(st.text(alphabet="ab1 金", min_size=1, max_size=5), min_size=2, max_size=4),
        min_size=1,
        max_size=8,
    )
)
def test_unquoted_cells_come_back(rows: list[list[str]]) -> None:
    words = "".join(",".join(row) + "\n" for row in rows)
    found = [(c.row, c.column, words[c.start : c.end]) for c in cells_of(words, ",", 10_000)]
    assert found == [(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row)]
    assert delimiter_of(words) == ","


def test_a_cell_that_runs_over_a_page_ends_with_it(tmp_path: Path) -> None:
    draft = text.read(source_of(tmp_path, b"a,b\n1,2\x0c\x0c3\n4,5\n", "a.csv", "text/csv"))
    assert [[value for *_, value in cell_texts(page)] for page in draft.pages] == [
        ["a", "b", "1", "2"],
        [],
        ["4", "5"],
    ]


def test_cells_follow_their_page(tmp_path: Path) -> None:
    rows = "".join(f"row {n},{n}.00,{'x' * 80}\n" for n in range(200))
    draft = text.read(source_of(tmp_path, rows.encode(), "a.csv", "text/csv"))
    assert len(draft.pages) > 3
    assert [entry for page in draft.pages for entry in cell_texts(page) if entry[1] == 1] == [
        (n, 1, f"{n}.00") for n in range(200)
    ]


HTML_PAGE = """<!DOCTYPE html><html><head><meta charset="gb2312"><title> 付款  通知 </title>
<style>p {color: red}</style><script>var secret = "<p>no</p>"</script></head><body>
<h1>付款通知</h1><p>Dear <b>Sir</b>s,<br>see&nbsp;<a href="http://example.org/x">the invoice</a> &amp; pay
  soon.</p><!-- remark --><div style="color:red; display: none">tracking</div><p hidden>also not</p>
<table><tr><th>项目</th><th>金额</th></tr><tr><td>Steel</td><td><p>1,000</p><p>EUR</p></td></tr><tr><td></td><td>2,000</td></tr></table>
<ol start="3"><li>third</li><li>fourth<ul><li>inner</li></ul></li></ol><pre>a   b
  c</pre><img alt="Seal" src="http://example.org/x.png"><noscript>kept</noscript></body></html>"""


def test_html_shows_what_a_person_sees(tmp_path: Path) -> None:
    draft = html.read(source_of(tmp_path, HTML_PAGE.encode("gb18030"), "n.html", "text/html"))
    assert text_of(draft) == (
        "付款通知\n\nDear Sirs,\nsee\xa0the invoice & pay soon.\n\n项目\t金额\nSteel\t1,000 EUR\n2,000\n\n"
        "3. third\n4. fourth\n• inner\n\na   b\n  c\n\nSeal kept"
    )
    assert cell_texts(draft.pages[0]) == [
        (0, 0, "项目"),
        (0, 1, "金额"),
        (1, 0, "Steel"),
        (1, 1, "1,000 EUR"),
        (2, 1, "2,000"),
    ]
    assert draft.title == "付款 通知"
    assert draft.notes == ("2 hidden elements were left out",)


def test_tables_that_only_lay_out_the_page_become_blocks() -> None:
    inner = "<table><tr><td>No.</td><td>17</td></tr></table>"
    page = html_text(f"<table><tr><td>{inner}</td><td>{'<p>words</p>' * 9}</td></tr></table>")
    assert page.text.splitlines()[:2] == ["No.\t17", "words"]
    assert [page.text[c.start : c.end] for c in page.cells] == ["No.", "17"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>one<p>two", "one\n\ntwo"),
        ("a < b and c", "a < b and c"),
        ("&lt;b&gt; &amp;amp; &#20013;&#x6587; &unknown;", "<b> &amp; 中文 &unknown;"),
        ("<td>cell</td>", "cell"),
        ("</td></tr></table>text", "text"),
        ("<p>x\0y", "x\ufffdy"),
        ("", ""),
        ("<!-- only -->", ""),
        ("<html><body><p>not closed <b>bold", "not closed bold"),
        ("<table><tr><td>a<table><tr><td>b", "a\n\nb"),
        ("<script>x</script", ""),
    ],
)
def test_broken_html(source: str, expected: str) -> None:
    assert html_text(source).text == expected


@pytest.mark.parametrize("opening", ["<div>", "<table><tr><td>", "<b>", "<ul><li>", "<blockquote>"])
def test_html_nested_beyond_reason_keeps_its_text(opening: str) -> None:
    page = html_text(opening * 5000 + "the words")
    assert "the words" in page.text
    assert any("nested" in note for note in page.notes)


def test_pictures_inside_the_page_cost_nothing() -> None:
    page = html_text(f'<p>before<img src="data:image/png;base64,{"QUJD" * 4_000_000}">after</p>')
    assert (page.text, page.notes) == ("beforeafter", ())


def test_very_large_pages_are_read_without_their_tables() -> None:
    page = html_text("<script>no</script><p>words</p>" + "<b></b>" * 1_500_000)
    assert page.text == "words"
    assert any("large" in note for note in page.notes)


def test_html_without_text_is_empty(tmp_path: Path) -> None:
    with pytest.raises(Empty, match=r"^n\.html: "):
        html.read(source_of(tmp_path, b"<html><script>1</script></html>", "n.html", "text/html"))


HTML_TOKENS = [
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</table>",
    "<ul>",
    "<li>",
    "<pre>",
    "</pre>",
    "<p>",
    "<br>",
    "<div hidden>",
]


@given(st.lists(st.sampled_from([*HTML_TOKENS, *"<>/ab &;\n"]), max_size=60).map("".join))
@settings(max_examples=200, deadline=None)
def test_no_html_can_break_the_reader_or_misplace_a_cell(source: str) -> None:
    page = html_text(source)
    assert all(page.text[c.start : c.end].strip() for c in page.cells)


def rtf_of(body: str, head: str = r"\ansi\ansicpg1252") -> bytes:
    return b"{\\rtf1" + head.encode() + (b"" if head.endswith("}") else b" ") + body.encode("ascii") + b"}"


def escaped(words: str, encoding: str) -> str:
    return "".join(f"\\'{byte:02x}" for byte in words.encode(encoding))


CHINESE_FONTS = (
    r"\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fnil\fcharset134 SimSun;}{\f2\fcharset136 M;}}"
)
THREE_FONTS = rf"\f1 {escaped('索赔', 'gb18030')}\f2 {escaped('索賠', 'big5')}\f0 {escaped('é', 'cp1252')}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (rtf_of(r"Dear Sirs,\par we refer to\tab clause 8.4.\par"), "Dear Sirs,\nwe refer to\tclause 8.4.\n"),
        (rtf_of(escaped(SIMPLIFIED, "gb18030"), r"\ansi\ansicpg936"), SIMPLIFIED),
        (rtf_of(escaped(TRADITIONAL, "big5"), r"\ansi\ansicpg950"), TRADITIONAL),
        (rtf_of(THREE_FONTS, CHINESE_FONTS), "索赔索賠é"),
        (rtf_of(r"\uc1\u32034?\u-29430?\uc0\u8364 5"), "索" + chr(65536 - 29430) + "€5"),
        (rtf_of(r"\u32034\'cb\u36180\'c5 x"), "索赔 x"),
        (rtf_of(r"\u-10179?\u-8704? ok"), "😀 ok"),
        (rtf_of(r"a\'93b\'94 \{c\} \\ d\~e\emdash"), "a“b” {c} \\ d\xa0e—"),
        (rtf_of(r"{\*\generator W;}{\stylesheet{\s0 N;}}shown{\v hidden}{\deleted gone}{\*\other x}"), "shown"),
        (rtf_of(r"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}"), "link"),
        (rtf_of("before{\\pict\\pngblip 89504e47\n0d0a}after"), "beforeafter"),
        (rtf_of("a\\bin5 {}\\{}b"), "ab"),
        (b"{\\rtf1 cut of", "cut of"),
        (b"{\\rtf1 too many}}}} braces", "too many braces"),
    ],
)  # fmt: skip
def test_rtf(tmp_path: Path, data: bytes, expected: str) -> None:
    draft = rtf.read(source_of(tmp_path, data, "n.rtf", "text/rtf"))
    assert text_of(draft).rstrip("\n") == expected.rstrip("\n")


def test_rtf_pages_tables_title_and_notes(tmp_path: Path) -> None:
    row = r"\trowd\intbl {}\cell {}\cell\row "
    body = r"{\info{\title Final account}}{\pict ff}one\par\page two\par\pard " + row.format(
        "Item", r"Sum\par EUR"
    )
    draft = rtf.read(source_of(tmp_path, rtf_of(body + row.format("A", "1.00"))[:-1], "n.rtf", "text/rtf"))
    assert [page.text for page in draft.pages if isinstance(page, PageText)] == [
        "one\n",
        "two\nItem\tSum EUR\nA\t1.00\n",
    ]
    assert cell_texts(draft.pages[1]) == [(0, 0, "Item"), (0, 1, "Sum EUR"), (1, 0, "A"), (1, 1, "1.00")]
    assert draft.title == "Final account"
    assert [note for note in draft.notes if "picture" in note]
    assert [note for note in draft.notes if "ends in the middle" in note]


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"", Empty), (b"Dear Sirs", Corrupt), (b"{\\rtf1{\\pict 00}}", Empty), (b"\x93{\\rtf1 x}", Corrupt)],
)
def test_what_is_no_rtf_is_refused(tmp_path: Path, data: bytes, error: type[DocumentError]) -> None:
    with pytest.raises(error, match=r"^n\.rtf: "):
        rtf.read(source_of(tmp_path, data, "n.rtf", "text/rtf"))


def test_deeply_nested_rtf_is_quick(tmp_path: Path) -> None:
    data = b"{\\rtf1" + b"{\\b " * 100_000 + b"deep"
    assert text_of(rtf.read(source_of(tmp_path, data, "n.rtf", "text/rtf"))).strip() == "deep"


@given(
    st.lists(
        st.sampled_from(
            [
                "{",
                "}",
                "\\par ",
                "\\cell ",
                "\\row ",
                "\\u25105?",
                "\\'c4",
                "x",
                "\\*",
                "\\bin3 ",
                "\\page ",
                "\\fonttbl",
                "\\f1 ",
                "\\uc9 ",
                "\\",
                "\\'z",
            ]
        ),
        max_size=60,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_rtf_can_break_the_reader(tmp_path_factory: pytest.TempPathFactory, tokens: list[str]) -> None:
    data = ("{\\rtf1 start " + "".join(tokens)).encode()
    draft = rtf.read(source_of(tmp_path_factory.mktemp("rtf"), data, "n.rtf", "text/rtf"))
    assert text_of(draft).startswith("start")
