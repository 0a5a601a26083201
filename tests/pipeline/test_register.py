from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.errors import RegisterError
from pipeline.register import body_of, claim_of, read_register

FULL = """\
claims:
  - id: CLM-001
    title: Late possession of Area B
    type: construction
    status: open
    contract: fidic-1999
    references: [C-2023/017]
    currency: USD
    amount: "1250000.00"
    parties:
      - {role: claimant, name: Harbour Civil Ltd, aliases: [HCL, Harbour]}
    events:
      - id: E1
        title: Access refused
        start: 2023-03-14
        end: 2023-04-30
        aware: 2023-03-15
        keywords: [Area B]
        references: [GC/L/0145, Clause 2.1]
      - id: E2
        title: 停工
        date: 2023-08-07
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "register.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_contracts_example_is_read(tmp_path: Path) -> None:
    (claim,) = read_register(written(tmp_path, FULL))
    assert (claim.id, claim.amount, claim.contract) == ("CLM-001", Decimal("1250000.00"), "fidic-1999")
    assert claim.parties[0].names == ("Harbour Civil Ltd", "HCL", "Harbour")
    assert [event.last.isoformat() for event in claim.events] == ["2023-04-30", "2023-08-07"]
    assert claim_of(body_of(claim)) == claim


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("type: construction", "type: building", 4, "type"),
        ("start: 2023-03-14", "start: 2023-02-30", 15, "start"),
        ("end: 2023-04-30", "end: 2023-01-30", 13, "`end` is before `start`"),
        ("date: 2023-08-07", "keywords: [x]", 20, "either `date` or `start`"),
        ("id: E2", "id: E1", 2, "event E1 stands twice"),
        ("id: E2", "id: E/2", 20, "id"),
        ('amount: "1250000.00"', "amount: lots", 9, "amount"),
        ("currency: USD", "currency: dollars", 8, "currency"),
        ("role: claimant", "role: boss", 11, "role"),
        ("title: 停工", "tittle: 停工", 21, "tittle"),
        ("keywords: [Area B]", "keywords: [Area B", 19, "expected"),
        ("claims:", "claim:", 1, "claims"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, what: str) -> None:
    with pytest.raises(RegisterError) as caught:
        read_register(written(tmp_path, FULL.replace(old, new)))
    assert f"register.yaml, line {line}" in caught.value.message
    assert what in caught.value.message


@pytest.mark.parametrize("text", ["", "claims: 3", "- a\n- b", "claims:\n  - 7"])
def test_other_yaml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RegisterError):
        read_register(written(tmp_path, text))


def test_two_claims_of_one_id_are_refused(tmp_path: Path) -> None:
    one = "  - {id: A, title: t, type: other}\n"
    with pytest.raises(RegisterError, match="claim A stands twice"):
        read_register(written(tmp_path, "claims:\n" + one + one))


def test_other_encodings_and_missing_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "register.yaml"
    path.write_bytes(FULL.encode("gb18030"))
    with pytest.raises(RegisterError, match="not UTF-8"):
        read_register(path)
    with pytest.raises(RegisterError, match="cannot be read"):
        read_register(tmp_path / "none.yaml")


def test_numbers_and_words_are_taken_as_they_are_written(tmp_path: Path) -> None:
    text = FULL.replace("[GC/L/0145, Clause 2.1]", "[0145, 12:30, 2.10, 1_000, 0x10, 1e3, No]")
    text = text.replace('"1250000.00"', "12345678901234567.89").replace("title: 停工", "title: 2023")
    (claim,) = read_register(written(tmp_path, text))
    assert claim.events[0].references == ("0145", "12:30", "2.10", "1_000", "0x10", "1e3", "No")
    assert (str(claim.amount), claim.events[1].title) == ("12345678901234567.89", "2023")
    assert claim_of(body_of(claim)) == claim
    (short,) = read_register(written(tmp_path, FULL.replace('"1250000.00"', "1.25e6")))
    assert body_of(short)["amount"] == "1250000"


def test_periods_of_a_claim_are_kept(tmp_path: Path) -> None:
    text = FULL.replace(
        "    contract: fidic-1999\n", "    contract: fidic-1999\n    periods: {notice: 14, reply: 56}\n"
    )
    (claim,) = read_register(written(tmp_path, text))
    assert claim.periods == (("notice", 14), ("reply", 56))
    assert claim_of(body_of(claim)) == claim
    (plain,) = read_register(written(tmp_path, FULL))
    assert "periods" not in body_of(plain)


@pytest.mark.parametrize(
    ("periods", "said"),
    [("{objection: 7}", "fidic-1999 has no step objection"), ("{notice: 0}", "greater than or equal to 1")],
)
def test_a_period_that_no_step_has_is_named_with_its_line(tmp_path: Path, periods: str, said: str) -> None:
    text = FULL.replace("    contract: fidic-1999\n", f"    contract: fidic-1999\n    periods: {periods}\n")
    with pytest.raises(RegisterError, match=said) as error:
        read_register(written(tmp_path, text))
    assert "line " in str(error.value)
