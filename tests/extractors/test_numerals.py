"""Numbers in digits of several habits, in Chinese characters and in English words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.facts.folding import folded
from extractors.facts.numerals import HAN_CHARS, Habit, decimal_of, english_number, han_capitals, han_number

_DIGITS = "零壹贰叁肆伍陆柒捌玖"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1250", "1250"),
        ("1,250,000.00", "1250000.00"),
        ("1.250.000,00", "1250000.00"),
        ("1'250.00", "1250.00"),
        ("1 250,00", "1250.00"),
        ("12,34,567.89", "1234567.89"),
        ("10,50", "10.50"),
        ("0,125", "0.125"),
        ("1,250", "1250"),
        (".75", "0.75"),
    ],
)
def test_digits_with_separators(written: str, value: str) -> None:
    assert decimal_of(written) == Decimal(value)


@pytest.mark.parametrize("written", ["", "1.2.3", "1,2,3", "1,25,0", "1.250,000,0", "12,", "abc", "1.2,3.4"])
def test_what_is_no_number(written: str) -> None:
    assert decimal_of(written) is None


@pytest.mark.parametrize(("habit", "value"), [("point", "1.250"), ("comma", "1250")])
def test_the_habit_decides_a_single_point_with_three_digits(habit: Habit, value: str) -> None:
    assert decimal_of("1.250", habit) == Decimal(value)


@given(st.decimals(min_value=0, max_value=10**12, places=2, allow_nan=False))
def test_both_habits_of_writing_give_the_number_back(value: Decimal) -> None:
    english = f"{value:,.2f}"
    continental = english.translate(str.maketrans(",.", ".,"))
    assert decimal_of(english) == decimal_of(continental) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("十五", "15"),
        ("廿三", "23"),
        ("一百零八", "108"),
        ("二百五", "250"),
        ("一万二", "12000"),
        ("捌万陆仟肆佰", "86400"),
        ("三十二万零五十", "320050"),
        ("一亿零一", "100000001"),
        ("四千零五万", "40050000"),
        ("86.4万", "864000"),
        ("1.2亿", "120000000"),
        ("1亿2千万", "120000000"),
        ("十萬柒仟捌佰", "107800"),
        ("二〇二三", "2023"),
        ("三点五", "3.5"),
        ("壹佰零伍", "105"),
    ],
)
def test_chinese_numerals(written: str, value: str) -> None:
    assert han_number(written) == Decimal(value)


@pytest.mark.parametrize("written", ["甲", "三点", "三点百", "1.2.3万"])
def test_what_is_no_chinese_number(written: str) -> None:
    assert han_number(written) is None


def _formal(number: int) -> str:
    """A number below 10^8 in 大写, written by the textbook."""
    if number >= 10**4:
        high, low = divmod(number, 10**4)
        rest = "" if not low else ("零" if low < 1000 else "") + _formal(low)
        return _formal(high) + "万" + rest
    text, zero = "", False
    for unit, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + name
        zero = not digit
    return text or "零"


@given(st.integers(min_value=1, max_value=10**8 - 1))
def test_formal_numerals_give_the_number_back(number: int) -> None:
    assert han_number(_formal(number)) == number


@given(st.text(alphabet=HAN_CHARS + "点0123456789.,", max_size=40))
def test_no_chinese_text_breaks_the_reader(text: str) -> None:
    number = han_number(text)
    assert number is None or number >= 0


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("five hundred", "500"),
        ("one hundred and twenty-five thousand", "125000"),
        ("two and a half million", "2500000"),
        ("Two Million Five Hundred Thousand and Six", "2500006"),
        ("hundred", "100"),
    ],
)
def test_english_words(written: str, value: str) -> None:
    assert english_number(written) == Decimal(value)


@pytest.mark.parametrize("written", ["", "and", "a", "five apples"])
def test_what_is_no_english_number(written: str) -> None:
    assert english_number(written) is None


@given(st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(folded(text)) == len(text)


def test_folding_makes_forms_plain() -> None:
    assert folded("ＲＭ１，２００．５０　—　Ａ號") == "rm1,200.50 - a号"


@given(st.integers(1, 10**12 - 1))
def test_capitals_are_read_back(value: int) -> None:
    written = han_capitals(Decimal(value))
    assert written.endswith("元整")
    assert han_number(written.removesuffix("元整")) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("142876", "壹拾肆万贰仟捌佰柒拾陆元整"),
        ("406600", "肆拾万陆仟陆佰元整"),
        ("9.50", "玖元伍角整"),
        ("10.05", "壹拾元零伍分"),
        ("0.5", "伍角整"),
    ],
)
def test_sums_in_full(value: str, written: str) -> None:
    assert han_capitals(Decimal(value)) == written


def test_commas_read_as_points() -> None:
    assert decimal_of("685.520.00") == Decimal("685520.00")
    assert decimal_of("1.2.3") is None
