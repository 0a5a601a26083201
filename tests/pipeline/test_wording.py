from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Cell, PageText, assemble
from pipeline.linking.view import DocumentView, Phrase
from pipeline.wording import LONGEST, Phrases, sentence, sentences, shown
from tests.pipeline.case_builder import evidence


def told(*pages: str) -> list[str]:
    document = assemble([PageText(page, 1, 1) for page in pages], "text/plain")
    return [shown(document.text[start:end]) for start, end in sentences(document)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One stopped. Two went on.", ["One stopped.", "Two went on."]),
        ("It stopped at\nnoon. Then it\nrained.", ["It stopped at noon.", "Then it rained."]),
        ("Dear Sirs,\n\nThe gate was locked\n\nYours", ["Dear Sirs,", "The gate was locked", "Yours"]),
        (
            "Meeting No. 7 was held by Mr. R. Okafor at Ch. 1+150.",
            ["Meeting No. 7 was held by Mr. R. Okafor at Ch. 1+150."],
        ),
        ("We saw Area B. It was shut.", ["We saw Area B.", "It was shut."]),
        ("The sum is 1.25 million. Paid 3.4.2023.", ["The sum is 1.25 million.", "Paid 3.4.2023."]),
        (
            "Reasons:\n1. rain fell\n2. no access\n(a) locked",
            ["Reasons:", "1. rain fell", "2. no access", "(a) locked"],
        ),
        ("停工三天。复工后\n继续施工！请批示", ["停工三天。", "复工后继续施工！", "请批示"]),
        ("合同（编号：\n甲-018）已签。", ["合同（编号：甲-018）已签。"]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert told(text) == expected


def test_no_sentence_runs_over_the_end_of_a_page() -> None:
    assert told("The crane stood", "still.") == ["The crane stood", "still."]


def test_each_row_of_a_table_stands_alone() -> None:
    page = PageText(
        "rig 43 days\nexcavator 14 days", 1, 1, cells=(Cell(0, 0, 0, 0, 3), Cell(0, 1, 0, 12, 21))
    )
    document = assemble([page], "text/plain")
    assert document.text[slice(*sentence(document, 13, 14))] == "excavator 14 days"


def test_a_place_in_the_metadata_is_shown_as_it_is() -> None:
    document = assemble(
        [PageText("page", 1, 1)], "image/jpeg", [("EXIF DateTimeOriginal", "2023:03:07 08:14:22")]
    )
    start = document.metadata[0].start
    assert sentence(document, start, start + 10) == (start, start + 10)


def test_an_endless_sentence_is_cut_around_the_place() -> None:
    document = assemble([PageText("word " * 1000, 1, 1)], "text/plain")
    assert sentence(document, 2000, 2004) == (2000 - LONGEST, 2004 + LONGEST)


@given(st.text(alphabet="ab .。\n:(（1-No", max_size=60), st.data())
def test_every_visible_character_is_in_exactly_one_sentence(text: str, data: st.DataObject) -> None:
    document = assemble([PageText(text, 1, 1)], "text/plain")
    found = list(sentences(document))
    covered = [at for start, end in found for at in range(start, end)]
    assert len(covered) == len(set(covered))
    assert {at for at, char in enumerate(text) if not char.isspace()} <= set(covered)
    if found:
        start, end = data.draw(st.sampled_from(found))
        assert sentence(document, start, start + 1) == (start, end)


_WORDS = [
    "notice",
    "Notice",
    "of",
    "claim",
    "claims",
    "claimant's",
    "É",
    "claimé",
    "索赔",
    "赔",
    "通知",
    "_",
    ".",
    ",",
]
_FIGURES = ["20.1", "20", "1", "1,250", "250", "2023"]
_PARTS = st.sampled_from([*_WORDS, *_FIGURES, "’s", " ", "\n", "-\n", "not-\nice"])


@given(st.lists(_PARTS, max_size=14), st.lists(_PARTS, min_size=1, max_size=3))
def test_what_is_ruled_out_without_cutting_a_text_stands_nowhere_in_it(
    text: list[str], sought: list[str]
) -> None:
    found = evidence("a.pdf", "".join(text))
    phrase = Phrase(" ".join(sought))
    cut = DocumentView(found)
    assert cut.pages  # from then on places are looked for among the tokens alone
    expected = list(cut.hits(phrase))
    view, wanted = DocumentView(found), Phrases([phrase.text])
    assert list(wanted.hits(view)) == expected
    assert wanted.are_in(DocumentView(found)) == bool(expected)
