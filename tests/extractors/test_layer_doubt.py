"""How it is told that a text layer is in doubt, and that it agrees with the page."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Box, PageText, Word
from extractors.ocr.agreement import verdict
from extractors.ocr.engine import Recognised
from extractors.readers.pdf_fonts import DISAGREE, MIXED_ORDER, contradiction, meanings
from extractors.readers.pdf_writing import unlike
from tests.extractors.layer_pages import CHINESE, ENGLISH, HAN, OTHERS, shifted

TYPED, SEEN = " ".join(ENGLISH), " ".join(OTHERS)
SOUND = [
    " ".join(ENGLISH),
    "Übergabe der Baustelle für Los 3 am 14. März 2023; die Verzögerung wird dem Auftragnehmer angelastet und vergütet",
    "La réception des travaux a été prononcée le 14 mars 2023 sans réserve par le maître d'ouvrage et son architecte",
    "".join(CHINESE),
    "關於工程延誤的索賠通知書：保險公司應於三十日內賠償損失，總承包商為東灣建築有限公司",
    "ABC-123 XK-4477 PVC DN150 M24x80 HDPE SDR11 BWG QTY RHS UB 305x165x40 " * 3,
    "1,250.00 96,382.30 17.5% 12/34-56 " * 20,
    "A B C",
    "Акт приёмки № 12 от 14 марта 2023 года, стороны договорились о нижеследующем порядке работ",
]


@pytest.mark.parametrize("text", SOUND)
def test_writing_is_taken_for_writing(text: str) -> None:
    assert unlike(text) is None


@pytest.mark.parametrize("by", [1, 5, 11, 19])
def test_exchanged_letters_are_not(by: int) -> None:
    table = str.maketrans(shifted(string.ascii_lowercase, by))
    assert unlike(TYPED.translate(table)) is not None


@pytest.mark.parametrize("by", [1, 7, 40])
def test_exchanged_han_characters_are_not(by: int) -> None:
    assert unlike("".join(CHINESE).translate(str.maketrans(shifted(HAN, by)))) is not None
    assert unlike("".join(chr(ord(char) + 97 * by) for char in HAN)) is not None


def same(alphabet: str, first: int = 3) -> dict[int, str]:
    return {first + n: char for n, char in enumerate(alphabet)}


ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase


@pytest.mark.parametrize(
    ("means", "named", "expected"),
    [
        (same(ALPHABET), {}, None),
        (same("ezyxabc1029384756"), {}, None),
        (same("3456789012" + string.ascii_uppercase), {}, MIXED_ORDER),
        (same(string.digits + "QWERTYUIOPASDFGHJKLZXCVBNM"), {}, MIXED_ORDER),
        ({65: "A", 66: "B"}, {65: "A", 66: "B"}, None),
        ({49: "2", 66: "B"}, {49: "1"}, DISAGREE),
        ({49: "fi"}, {}, None),
        ({}, {49: "1"}, None),
    ],
)
def test_a_table_of_meanings_must_agree_with_its_font(
    means: dict[int, str], named: dict[int, str], expected: str | None
) -> None:
    assert contradiction(means, named) == expected


def test_a_table_of_meanings_is_read_in_all_its_forms() -> None:
    table = (
        b"2 beginbfchar <01> <0041> <02><00660069> endbfchar "
        b"2 beginbfrange <10> <12> <0061> <20> <21> [<4E2D> <D840DC00>] endbfrange"
    )
    assert (
        len(meanings(b"1 beginbfrange <00> <FFFFFFFF> <0041> <00> <FFFFFFFF> <0041> endbfrange")) <= 0x10000
    )
    assert meanings(table) == {1: "A", 2: "fi", 16: "a", 17: "b", 18: "c", 32: "中", 33: "\U00020000"}


@settings(max_examples=8)
@given(st.binary(max_size=200))
def test_a_broken_table_of_meanings_is_no_error(junk: bytes) -> None:
    meanings(
        b"1 beginbfchar "
        + junk
        + b" endbfchar 1 beginbfrange <00> <FFFFFFFF> <0041> "
        + junk
        + b" endbfrange"
    )


def layer_of(text: str) -> PageText:
    spans: Iterator[tuple[int, int]] = ((m, m + len(w)) for w, m in _places(text))
    return PageText(text, 100, 100, words=tuple(Word(a, b, Box(0.1, 0.1, 0.9, 0.2)) for a, b in spans))


def _places(text: str) -> Iterator[tuple[str, int]]:
    at = 0
    for word in text.split():
        at = text.index(word, at)
        yield word, at
        at += len(word)


def read_as(text: str, sure: float = 0.95) -> Recognised:
    return Recognised((tuple((word, Box(0.1, 0.1, 0.9, 0.2), sure) for word in text.split()),))


GREEK = "Ανακοίνωση απαίτησης για καθυστερημένη παράδοση της περιοχής"
WHOLE = Box(0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("layer", "seen", "expected"),
    [
        (TYPED, TYPED, "agrees"),
        (TYPED, TYPED.replace("of", "ot").upper(), "agrees"),
        (TYPED, " ".join(reversed(TYPED.split())), "agrees"),
        ("Façade côté église à réparer", "Facade cote eglise a reparer", "agrees"),
        ("致：东湾置业发展有限公司", "致 东湾 置业发 展 有限 公司", "agrees"),
        ("Total 1,257,800.00 and 96,382.30", "Total 1.257.800.00 and 96 382.30", "agrees"),
        (TYPED, SEEN, "differs"),
        (" ".join(TYPED.replace(" ", "")), TYPED, "differs"),
        (
            "Cost 1257800 96382 445 of the works in the area",
            "Cost 4580133 29615 778 of the works in the area",
            "differs",
        ),
        ("", TYPED, "differs"),
        (TYPED, "", "unclear"),
        (TYPED, "a b", "unclear"),
        (GREEK, "Avaxoivwon anaitnons yia xaBuotepnuevn napaboon tns", "unclear"),
    ],
)
def test_a_sample_is_compared_with_the_layer(layer: str, seen: str, expected: str) -> None:
    assert verdict(layer_of(layer), WHOLE, read_as(seen)) == expected


def test_what_ocr_does_not_believe_is_no_witness() -> None:
    assert verdict(layer_of(TYPED), WHOLE, read_as(SEEN, sure=0.4)) == "unclear"


def test_only_what_stands_in_the_sample_is_compared() -> None:
    assert verdict(layer_of(TYPED), Box(0.0, 0.5, 1.0, 1.0), read_as(TYPED)) == "differs"
