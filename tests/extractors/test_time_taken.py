"""Understanding a text takes time in proportion to its length, whatever is written in it.

What is compared is processor time for a text and for one four times as long: a rule that looks over the whole line for
each of its hits takes sixteen times as long. Each of these once did.
"""

from __future__ import annotations

import time

import pytest

from extractors.document import PageText, assemble
from extractors.extract import understand
from extractors.readers.delimited import cells_of
from extractors.readers.doc_text import without_fields

SHORT = 8_000
MOST = 9.0
"""Four times the text, and twice that for noise."""


def seconds(text: str) -> float:
    document = assemble([PageText(text, 595, 842)], "text/plain")
    begin = time.process_time()
    understand(document)
    return time.process_time() - begin


@pytest.mark.parametrize("unit", ["14 March 2023 ", "2023年1月1日", "INV-1 ", "No.\t", "编号：: "])
def test_a_line_of_any_length_takes_its_time_and_no_more(unit: str) -> None:
    seconds(unit * 50)  # loads the vocabularies
    for _ in range(3):  # a busy machine may disturb one measurement
        little, much = seconds(unit * (SHORT // len(unit))), seconds(unit * (4 * SHORT // len(unit)))
        if much < max(MOST * little, 0.2):
            return
    pytest.fail(f"{little:.2f} s for {SHORT} characters, {much:.2f} s for four times as many")


def test_a_table_on_one_line_is_cut_into_cells() -> None:
    begin = time.process_time()
    assert len(cells_of("a," * 3_000_000, ",", 200_000)) == 200_000
    assert time.process_time() - begin < 20  # it looked for the line's end anew for each cell: minutes


def test_fields_that_are_never_closed_are_shown() -> None:
    begin = time.process_time()
    assert without_fields("\x13\x14a" * 60_000) == "a" * 60_000
    assert time.process_time() - begin < 20
