"""The book of parties: what is joined on which evidence, what is only proposed, what is kept apart, people's word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from extractors.facts.fact import Fact
from extractors.facts.party_tie import Tie
from pipeline.claims import Claim, Party
from pipeline.matter import Matter
from pipeline.originals import Original
from pipeline.parties import Book
from pipeline.partybook.edit import merge, part, rename
from pipeline.partybook.entries import Entry, entries
from pipeline.records import documents, matters
from pipeline.records.codec import UnderstandingRows, fact_row
from tests.conftest import Command

CLAIM = Claim(
    "CLM-001",
    "Late",
    "construction",
    "open",
    parties=(
        Party("claimant", "Harbour Civil Ltd", ("Harbour",)),
        Party("respondent", "Northport Authority"),
    ),
)


def file(
    matter: Matter, number: int, names: Sequence[str | tuple[str, str]], ties: Sequence[Tie] = ()
) -> str:
    """Put a document with these parties into the records as the steps would; returns its id."""
    sha256 = f"{number:064x}"[::-1]
    facts = [
        Fact("party", "mentioned", name, 0, 1, 0.9, rule)
        for name, rule in ((n, "party.form") if isinstance(n, str) else n for n in names)
    ]
    rows = UnderstandingRows(
        {"kind": "other"},
        tuple(fact_row(n, fact) for n, fact in enumerate(facts)),
        None,
        {"scores": {}, "sketch": b"", "told": None, "precedents": []},
        (),
        ties=tuple({"position": n, **_columns(tie)} for n, tie in enumerate(ties)),
    )
    with matter.change() as change:
        documents.register(change.tx, Original(sha256, 1), f"{number}.txt", 0)
        documents.replace_understanding(change.tx, sha256[:16], rows)
        documents.set_state(change.tx, sha256[:16], "ok")
    return sha256[:16]


def _columns(tie: Tie) -> dict[str, Any]:
    return {name: getattr(tie, name) for name in Tie.__dataclass_fields__}


def tie(kind: Any, name: str, other: str, scheme: str = "", sure: bool = True) -> Tie:
    return Tie(kind, name, other, 0, 1, scheme, sure)


def book(matter: Matter) -> dict[str, Entry]:
    with matter.reading() as tx:
        return {entry.name: entry for entry in entries(tx)}


def groups(matter: Matter) -> set[frozenset[str]]:
    """The names of each party that has several."""
    found = ({entry.name, *entry.aliases} for entry in book(matter).values())
    return {frozenset(names) for names in found if len(names) > 1}


def registered(matter: Matter, *claims: Claim) -> None:
    with matter.change() as change:
        matters.put_claims(change.tx, claims or (CLAIM,))


JOINED = [
    (["Harbour Civil Ltd", "HARBOUR CIVIL LIMITED"], []),
    (["Harbour Civil Ltd", "Harbour Civil"], []),
    (["Smith & Sons Co., Ltd", "Smith and Sons Ltd"], []),
    (["港务土木有限公司", "港務土木有限責任公司"], []),
    (["A. Lim", "Mr A. Lim"], []),
    (["Harbour Civil Ltd", "HCL"], [tie("defined", "Harbour Civil Ltd", "HCL")]),
    (["Harbour Civil Ltd", "HCL"], [tie("initials", "Harbour Civil Ltd", "HCL")]),
    (["Harbour Civil Ltd", "港务土木有限公司"], [tie("pair", "Harbour Civil Ltd", "港务土木有限公司")]),
    (["Kite Works Ltd", "风筝有限公司"],
     [tie("number", "Kite Works Ltd", "1234", "company"), tie("number", "风筝有限公司", "1234", "company")]),
]  # fmt: skip


@pytest.mark.parametrize(("names", "ties"), JOINED)
def test_names_are_joined_on_evidence(matter: Matter, names: list[str], ties: list[Tie]) -> None:
    file(matter, 1, names[:1], [t for t in ties if t.name == names[0]])
    file(matter, 2, names, [t for t in ties if t.name == names[1]])
    assert groups(matter) == {frozenset(names)}
    (entry,) = (e for e in book(matter).values() if e.aliases)
    assert entry.why
    assert all(reason.score >= 0.85 and reason.detail for reason in entry.why)


APART = [
    (["Harbour Civil Ltd", "Harbour Civil (Singapore) Pte Ltd"], []),
    (["Harbour Civil Ltd", "Harbour Civil Inc"], []),
    (["港务土木有限公司", "港务土木有限公司上海分公司"], []),
    (["港务土木有限公司", "港务土木股份有限公司"], []),
    (["Harbour Civil Ltd", "Harbour Cavil Ltd"], []),
    (["A. Lim", "Lim Ltd"], [tie("defined", "Lim Ltd", "A. Lim")]),
    (["Kite Works Ltd", "Kite Works Limited"],
     [tie("number", "Kite Works Ltd", "1234", "company"), tie("number", "Kite Works Limited", "9876", "company")]),
]  # fmt: skip


@pytest.mark.parametrize(("names", "ties"), APART)
def test_like_names_are_not_joined_without_proof(matter: Matter, names: list[str], ties: list[Tie]) -> None:
    file(matter, 1, names, ties)
    assert groups(matter) == set()


def test_numbers_that_were_not_read_surely_decide_nothing(matter: Matter) -> None:
    unsure = [
        tie("number", n, v, "company", sure=False) for n, v in (("Kite Works Ltd", "1"), ("Kite Works", "2"))
    ]
    file(matter, 1, ["Kite Works Ltd", "Kite Works"], unsure)
    assert groups(matter) == {frozenset(["Kite Works Ltd", "Kite Works"])}


def test_a_short_name_of_several_parties_is_proposed_and_not_joined(matter: Matter) -> None:
    ties = [tie("defined", "Harbour Civil Ltd", "HCL"), tie("defined", "Hill Cranes Ltd", "HCL")]
    file(matter, 1, ["Harbour Civil Ltd", "Hill Cranes Ltd"], ties)
    assert groups(matter) == set()
    found = book(matter)
    assert {reason.name for reason in found["HCL"].proposals} == {"Harbour Civil Ltd", "Hill Cranes Ltd"}
    assert all(reason.score < 0.85 for reason in found["HCL"].proposals)


def test_a_name_without_form_that_two_companies_have_is_neithers(matter: Matter) -> None:
    file(matter, 1, ["Harbour Civil Ltd", "Harbour Civil Pte Ltd", "Harbour Civil"])
    assert groups(matter) == set()


def test_a_definition_outweighs_initials(matter: Matter) -> None:
    ties = [tie("defined", "Harbour Civil Ltd", "HCL"), tie("initials", "Hill Cranes Ltd", "HCL")]
    file(matter, 1, ["Harbour Civil Ltd", "Hill Cranes Ltd"], ties)
    assert groups(matter) == {frozenset(["Harbour Civil Ltd", "HCL"])}


def test_the_registers_parties_of_a_claim_stay_two(matter: Matter) -> None:
    registered(matter)
    same = [tie("number", n, "1234", "company") for n in ("Harbour Civil Ltd", "Northport Authority")]
    file(matter, 1, ["Harbour Civil Ltd", "Northport Authority"], same)
    assert groups(matter) == {frozenset(["Harbour Civil Ltd", "Harbour"])}


def test_the_registers_alias_is_not_taken_over_by_a_document(matter: Matter) -> None:
    registered(matter)
    file(matter, 1, ["Harbour Cranes Ltd"], [tie("defined", "Harbour Cranes Ltd", "Harbour")])
    assert groups(matter) == {frozenset(["Harbour Civil Ltd", "Harbour"])}


def test_names_that_differ_as_ocr_misreads_are_joined_on_scans(matter: Matter) -> None:
    file(matter, 1, ["Kestrel Marine Ltd"])
    file(matter, 2, ["Kestre1 Marine Ltd", "Kestrol Marine Ltd"])
    assert groups(matter) == {frozenset(["Kestrel Marine Ltd", "Kestre1 Marine Ltd"])}


def test_an_entry_tells_what_is_known(matter: Matter) -> None:
    registered(matter)
    ties = [
        tie("staff", "A. Lim", "Harbour Civil Ltd"),
        tie("number", "Harbour Civil Ltd", "01234567", "company"),
    ]
    file(matter, 1, ["Harbour Civil Ltd", ("A. Lim", "party.signature")], ties)
    found = book(matter)
    assert (found["A. Lim"].nature, found["A. Lim"].company) == ("person", "Harbour Civil Ltd")
    harbour = found["Harbour Civil Ltd"]
    assert (harbour.nature, harbour.documents, harbour.ids) == ("company", 1, (("company", "01234567"),))
    assert found["Northport Authority"].documents == 0
    assert set(harbour.as_json()) == {
        *("name", "kind", "roles", "documents", "aliases", "ids", "company", "why", "proposals"),
    }


def test_merging_renaming_and_parting(matter: Matter) -> None:
    registered(matter)
    file(
        matter,
        1,
        ["Harbour Civil Ltd", "Quay Works", "Kite Ltd"],
        [tie("defined", "Harbour Civil Ltd", "HCL")],
    )
    assert merge(matter, "Harbour Civil Ltd", ["Quay Works", "NEW"]) == {
        "name": "Harbour Civil Ltd",
        "aliases": ["Quay Works", "NEW"],
        "unseen": ["NEW"],
    }
    assert set(book(matter)["Harbour Civil Ltd"].aliases) == {"Harbour", "HCL", "NEW", "Quay Works"}
    assert rename(matter, "HCL", "Harbour Group") == {"name": "Harbour Group", "aliases": ["HCL"]}
    assert set(book(matter)["Harbour Group"].aliases) == {
        "Harbour",
        "Harbour Civil Ltd",
        "HCL",
        "NEW",
        "Quay Works",
    }
    assert part(matter, "Harbour Group", ["Quay Works"]) == {"name": "Harbour Group", "apart": ["Quay Works"]}
    assert "Quay Works" in book(matter)
    with matter.reading() as tx:
        read = Book.read(tx)
    assert [read.name_of(name) for name in ("hcl", "Kite Ltd", "Quay Works")] == [
        "Harbour Group",
        "Kite Ltd",
        "Quay Works",
    ]


def test_what_a_person_parts_stays_apart_until_merged_again(matter: Matter) -> None:
    file(matter, 1, ["Harbour Civil Ltd", "Harbour Civil"])
    part(matter, "Harbour Civil Ltd", ["Harbour Civil"])
    file(matter, 2, ["Harbour Civil Ltd", "Harbour Civil"])
    assert groups(matter) == set()
    assert book(matter)["Harbour Civil"].proposals == ()
    merge(matter, "Harbour Civil Ltd", ["Harbour Civil"])
    assert groups(matter) == {frozenset(["Harbour Civil Ltd", "Harbour Civil"])}


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("rename", "Nobody Ltd", "X"), "not_found", "Nobody Ltd"),
        (("rename", "Northport Authorty", "X"), "not_found", "Did you mean Northport Authority"),
        (("merge", "Nobody Ltd", "No one"), "not_found", "Nobody Ltd"),
        (("merge", "--undo", "Harbour Civil Ltd", "Nobody"), "not_found", "Nobody"),
        (("merge", "--undo", "Harbour Civil Ltd", "Northport Authority"), "not_found", "no name of"),
        (("merge", "--undo", "Harbour Civil Ltd", "HCL"), "usage", "register"),
        (("merge", "Harbour Civil Ltd", "..."), "usage", "letters"),
        (("rename", "Harbour Civil Ltd", "Harbour Civil Ltd"), "usage", "already"),
    ],
)  # fmt: skip
def test_names_that_cannot_be_edited_are_refused(
    claimtrail: Command, register_file: Path, arguments: tuple[str, ...], code: str, says: str
) -> None:
    claimtrail("claims", "import", register_file)
    answer = claimtrail("parties", *arguments, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, code)
    assert says in answer.json["error"]["message"] + answer.json["error"]["hint"]


def test_misread_names_of_the_register_are_found_linked_and_searched(
    claimtrail: Command, register_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "memo.txt").write_text(
        "Site memo\n\nWork by Harb0ur Civi1 Ltd on access to Area B stopped; see GC/L/0145.\n"
    )
    claimtrail("ingest", tmp_path / "memo.txt")
    document = claimtrail("list", "--json").json[0]["id"]
    assert claimtrail("search", "party:Harbour", "--json").json["total"] == 0
    claimtrail("claims", "import", register_file)
    (party,) = (
        p for p in claimtrail("show", document, "--json").json["parties"] if p["name"] == "Harbour Civil Ltd"
    )
    assert (party["raw"], party["doubts"]) == ("Harb0ur Civi1 Ltd", ["read as Harb0ur Civi1 Ltd"])
    answer = claimtrail("search", "party:HCL", "--json").json
    assert (answer["total"], answer["facets"]["party"]) == (1, {"Harbour Civil Ltd": 1})
    (link,) = (x for x in claimtrail("links", "CLM-001", "--json").json if x["doc"] == document)
    assert "claimant: Harbour Civil Ltd" in {reason["detail"] for reason in link["reasons"]}
    text = register_file.read_text().replace("Harbour Civil Ltd", "Kite Civil Ltd")
    register_file.write_text(text, encoding="utf-8")
    claimtrail("claims", "import", register_file)
    assert "Kite Civil Ltd" not in {p["name"] for p in claimtrail("show", document, "--json").json["parties"]}
    assert claimtrail("search", 'party:"Harbour Civil Ltd"', "--json").json["total"] == 0


def test_a_short_name_that_a_document_gives_to_another_party_is_not_the_registers(
    claimtrail: Command, register_file: Path, tmp_path: Path
) -> None:
    register_file.write_text(register_file.read_text().replace("[HCL, 港务土木]", "[港务土木有限公司]"))
    (tmp_path / "c.txt").write_text("施工合同\n乙方：港务土木工程有限公司（以下简称“港务土木”）\n")
    claimtrail("claims", "import", register_file)
    claimtrail("ingest", tmp_path / "c.txt")
    assert claimtrail("search", 'party:"Harbour Civil"', "--json").json["total"] == 0
    assert claimtrail("search", "party:港务土木工程", "--json").json["total"] == 1


def test_the_list_is_told_in_words(claimtrail: Command, register_file: Path, tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text(
        'Harbour Civil Ltd (hereinafter "Harcivil") agreed with Mill Piling Ltd.\n'
    )
    claimtrail("claims", "import", register_file)
    claimtrail("ingest", tmp_path / "c.txt")
    printed = claimtrail("parties", "list").out
    assert "Harbour Civil Ltd = Harcivil: a document defines it so" in printed
    assert "hereinafter" in printed
    assert claimtrail("parties", "merge", "--undo", "Harbour Civil Ltd", "Harcivil").status == 0
    assert "Harcivil: a document" not in claimtrail("parties", "list").out
    entry = next(e for e in claimtrail("parties", "list", "--json").json if e["name"] == "Harcivil")
    assert (entry["aliases"], entry["proposals"]) == ([], [])


def test_names_in_the_book_are_compared_without_form_of_writing() -> None:
    read = Book.of((CLAIM,), {"Kite": "Harbour"}, {"kite ltd": "Kite", "HARBOUR": "Wrong"})
    assert [read.name_of(n) for n in ("KITE", "Kite Ltd", "harbour")] == [
        "Harbour",
        "Harbour",
        "Harbour Civil Ltd",
    ]
    assert read.knows("northport authority")
