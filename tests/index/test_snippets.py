from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index import words
from index.query import parse
from index.snippets import LENGTH, by_tokens, snippet, wanted
from index.spotting import spotted

FILLER = "Nothing of note happened on site that day. " * 20
FILLER_ZH = "当日现场无其他情况。" * 60


def shown(text: str, query: str, length: int = LENGTH) -> str:
    return snippet(text, wanted(parse(query)), length)


def bare(made: str) -> str:
    return html.unescape(made.replace("<mark>", "").replace("</mark>", "")).strip("…")


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("The delay was long.", "delay", "The <mark>delay</mark> was long."),
        ("delay delay", "delay", "<mark>delay</mark> <mark>delay</mark>"),
        ("a late delay", '"late delay"', "a <mark>late delay</mark>"),
        ("a late delay", "late delay", "a <mark>late</mark> <mark>delay</mark>"),
        ("a delay", "a -delay", "<mark>a</mark> delay"),
        ("late x delay", '"delay late"~3', "<mark>late</mark> x <mark>delay</mark>"),
        ("工期延误", "工期 期延", "<mark>工期延</mark>误"),
        ("工期延\n误了", "延误", "工期<mark>延误</mark>了"),
        ("a\n\n  b", "b", "a <mark>b</mark>"),
        ("<b>delay</b> & co", "delay", "&lt;b&gt;<mark>delay</mark>&lt;/b&gt; &amp; co"),
        ("<mark>x</mark>", "nothing", "&lt;mark&gt;x&lt;/mark&gt;"),
        ("delay", "kind:photo", "delay"),
        ("Harbour", "party:harbour", "Harbour"),
        ("", "delay", ""),
    ],
)
def test_short_pages_are_shown_whole(text: str, query: str, expected: str) -> None:
    assert shown(text, query) == expected


def test_the_stretch_with_most_of_the_query_is_chosen() -> None:
    text = f"{FILLER}delay here. {FILLER}The delay of possession was claimed. {FILLER}possession"
    made = shown(text, "delay possession")
    assert "The <mark>delay</mark> of <mark>possession</mark> was claimed." in made
    assert made.startswith("…")
    assert made.endswith("…")
    assert LENGTH - 10 < len(bare(made)) < LENGTH + 60


def test_chinese_pages_too() -> None:
    made = shown(f"{FILLER_ZH}本工程工期延误十五天。{FILLER_ZH}", "工期 延误")
    assert "本工程<mark>工期延误</mark>十五天" in made
    assert len(bare(made)) < LENGTH + 60


@pytest.mark.parametrize("length", range(20, 120, 7))
def test_no_word_is_cut(length: int) -> None:
    text = " ".join(f"word{number:04d}" for number in range(200))
    for query in ("word0000", "word0100", "word0199", "missing"):
        made = bare(shown(text, query, length))
        assert all(re.fullmatch(r"word\d{4}", word) for word in made.split())


def test_a_match_longer_than_the_snippet() -> None:
    made = shown("x " * 300, '"' + "x " * 250 + '"', 50)
    assert "<mark>" in made
    assert len(bare(made)) < 120


alphabet = st.sampled_from("<>&\"'/=;markscript 工期延误\n éＡ0\u0301\u00ad")


@given(
    text=st.text(alphabet, max_size=400),
    query=st.text("ab工期延误mrk", min_size=1),
    length=st.integers(1, 200),
)
def test_nothing_of_a_page_is_read_as_html(text: str, query: str, length: int) -> None:
    made = shown(text, query, length)
    tags = re.findall(r"<[^>]*>?", made)
    assert tags == ["<mark>", "</mark>"] * (len(tags) // 2)
    assert not re.search(r"&(?!(amp|lt|gt|quot|#x27);)", made)
    assert re.sub(r"\s", "", bare(made)) in re.sub(r"\s", "", text)


@given(before=st.text(alphabet, max_size=300), after=st.text(alphabet, max_size=300))
def test_a_word_that_is_there_is_marked(before: str, after: str) -> None:
    made = shown(f"{before} zebra {after}", "zebra")
    assert "<mark>zebra</mark>" in made


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        *("a" * 200_000, "-\n" * 60_000, "工 " * 60_000, "1,234" * 40_000, "a" + " " * 200_000),
        ("a" * 100 + " ") * 1_000,
        *("工" + filler * 200_000 for filler in ("。", "a", " ", "'s")),
    ],
)
def test_no_page_takes_for_ever(text: str) -> None:
    assert isinstance(shown(text, "a* 工 1234 *a*a*a*a*b *a*b 工?期 *s"), str)


@given(
    text=st.text("ab1工期， -\n,。’s", max_size=60),
    query=st.sampled_from(
        [
            *("a", "ab", "a b", "工期", "a工", '"a b"', '"a b a"', "工工", "工期工", "1", "1工"),
            *("a*", "*b", '"a* b*"', "ab~1", '"a b"~2', "工?期", "工?工", "工期工~1"),
        ]
    ),
)
@example(text="工1工1工", query="工期工~1")
@example(text="a b a b a", query='"a b a"')
@example(text="工工工", query="工工")
@example(text="a-\na", query="a*")
def test_marks_are_those_of_the_words(text: str, query: str) -> None:
    """The quick way to the matches finds what cutting the text into words finds.

    Of a word that a line break cuts, and of a number in groups, it may take a part for the whole.
    """
    phrases = wanted(parse(query))
    quick = spotted(text, phrases)
    slow = [(span.start, span.end, span.source) for span in by_tokens(text, phrases)]
    if quick is not None and words.shares_places(words.fold(text)):
        assert {source for *_, source in quick} == {source for *_, source in slow}
        assert all(any(a <= start and end <= b for a, b, _ in slow) for start, end, _ in quick)
    else:
        assert quick is None or quick == slow
