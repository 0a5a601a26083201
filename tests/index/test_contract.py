"""What every engine must do, told by examples."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from index.engine import SearchIndex
from index.entry import PageEntry, Results
from index.errors import FilterError, QueryError
from index.query import Filters

OpenWith = Callable[..., SearchIndex]

LETTER = {
    "doc": "3f9a01",
    "name": "L-0145 refusal.pdf",
    "kind": "correspondence",
    "title": "Refusal of access to Area B",
    "date": datetime.date(2023, 3, 14),
    "parties": ("Harbour Civil Ltd", "Northport Authority"),
    "aliases": ("HCL",),
    "claims": ("CLM-001",),
    "events": ("CLM-001/E1",),
    "language": "en",
    "paths": ("letters/L-0145 refusal.pdf",),
}
PAGES = (
    PageEntry(
        page=1,
        text="Dear Sirs,\nour letter GC/L/0145 and contract C-2023/017: late\npossession of the site caused delay."
        " The Contractor’s cost is USD 1,250.00.",
        amounts=(Decimal("1250.00"), Decimal("99.995")),
        references=("GC/L/0145", "C-2023/017"),
        **LETTER,
    ),
    PageEntry(
        page=2, text="We claim the cost of the delays. Site access was refused, delay, access.", **LETTER
    ),
    PageEntry(
        doc="77b2",
        page=1,
        text="关于Ａ区移交的會議紀要\n因发包人未能按时移交场地，本工程工期延\n误十五天。"
        "工 程 款为人民币壹佰万元。延误，工期顺延。",
        name="会议纪要-07.docx",
        kind="minutes",
        title="第7次会议纪要",
        date=datetime.date(2023, 4, 1),
        amounts=(Decimal(1000000),),
        parties=("中建第三工程局有限公司", "Harbour Authority"),
        claims=("CLM-001", "CLM-002"),
        events=("CLM-002/E1",),
        references=("GC/L/0146",),
        language="zh",
    ),
    PageEntry(
        doc="a1",
        page=1,
        text="Invoice INV-2023-001 total 5,000.00 Café",
        name="invoice.pdf",
        kind="invoice",
        date=datetime.date(2022, 12, 31),
        amounts=(Decimal("5000.00"), Decimal("-20")),
        parties=("Civil Harbour GmbH",),
        references=("INV-2023-001",),
        language="en",
        state="partial",
    ),
    PageEntry(doc="a2", page=1, text="", name="IMG_0042.jpg", kind="photo"),
)


@pytest.fixture(scope="module")
def index(open_with: OpenWith) -> SearchIndex:
    return open_with(PAGES)


def found(results: Results) -> set[str]:
    assert results.total == len(results.hits)
    return {f"{hit.doc}/{hit.page}" for hit in results.hits}


L1, L2, M, INV, IMG = "3f9a01/1", "3f9a01/2", "77b2/1", "a1/1", "a2/1"
ALL = {L1, L2, M, INV, IMG}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("*", ALL),
        ("", ALL),
        ("delay", {L1, L2}),
        ("DELAY", {L1, L2}),
        ("delays", {L2}),
        ("delay*", {L1, L2}),
        ("d?lay", {L1, L2}),
        ("*ccess*", {L1, L2}),
        ("delay possession", {L1}),
        ("possession OR café", {L1, INV}),
        ("delay -possession", {L2}),
        ("-delay", {M, INV, IMG}),
        ("NOT (delay OR invoice)", {M, IMG}),
        ("cafe", {INV}),
        ('"late possession"', {L1}),
        ('"possession late"', set()),
        ('"late possession"~0', {L1}),
        ('"late delay"~5', {L1}),
        ('"late delay"~4', set()),
        ('"delay late"~5', {L1}),
        ('"site site"~50', set()),
        ('"delay access"', {L2}),
        ("posession~1", {L1}),
        ("posesion~1", set()),
        ("posesion~2", {L1}),
        ("possessoin~1", {L1}),
        ("GC/L/0145", {L1}),
        ("gc l 0145", {L1}),
        ("0145", {L1}),
        ("GC/L/01*", {L1}),
        ("GC/*/0145", {L1}),
        ("C-2023/017", {L1}),
        ("INV-2023-001", {INV}),
        ("1,250.00", {L1}),
        ("1250.00", {L1}),
        ("1250", {L1}),
        ("250", {L1}),
        ("contractor", {L1}),
        ("contractor's", {L1}),
        ("IMG_0042", {IMG}),
        ("refusal", {L1}),
        ("会议纪要", {M}),
        ("會議紀要", {M}),
        ("A区", {M}),
        ("Ａ區移交", {M}),
        ("工期延误", {M}),
        ("工期延誤十五天", {M}),
        ("工程款", {M}),
        ("区", {M}),
        ("误", {M}),
        ("延误工期", set()),
        ('"延误，工期"', {M}),
        ("延误 工期", {M}),
        ("工期延务~1", {M}),
        ("工期廷务~1", set()),
        ("工?延误", {M}),
        ("工期*", {M}),
        ('"移交 工期"~6', {M}),
        ('"移交 工期"~1', set()),
        ("移交 OR delay", {L1, L2, M}),
        ("kind:minutes", {M}),
        ("kind:(invoice OR photo)", {INV, IMG}),
        ("kind:in*", {INV}),
        ("-kind:correspondence", {M, INV, IMG}),
        ("language:en", {L1, L2, INV}),
        ("state:partial", {INV}),
        ("claim:clm-001", {L1, L2, M}),
        ("claim:CLM", set()),
        ("claim:*", {L1, L2, M}),
        ("event:CLM-001/E1", {L1, L2}),
        ("event:clm-*", {L1, L2, M}),
        ("event:E1", set()),
        ("doc:3f9", {L1, L2}),
        ("doc:a", {INV, IMG}),
        ("party:harbour", {L1, L2, M, INV}),
        ('party:"harbour civil"', {L1, L2}),
        ("party:hcl", {L1, L2}),
        ('party:"ltd northport"', set()),
        ("party:第三工程局", {M}),
        ("party:harbor~1", {L1, L2, M, INV}),
        ("party:*", {L1, L2, M, INV}),
        ("harbour", set()),
        ("name:invoice", {INV}),
        ("name:refusal", {L1, L2}),
        ("name:会议纪要", {M}),
        ("title:access", {L1, L2}),
        ("path:letters", {L1, L2}),
        ("ref:GC/L/0145", {L1}),
        ("ref:gcl0145", {L1}),
        ("ref:GC/L/014*", {L1, M}),
        ("ref:0145", set()),
        ("date:2023", {L1, L2, M}),
        ("date:2023-03", {L1, L2}),
        ("date:[2022-12-31 TO 2023-03-14]", {L1, L2, INV}),
        ("date:{2022-12-31 TO 2023-03-14}", set()),
        ("date:[* TO 2023-03-13]", {INV}),
        ("date:>=2023-03-15", {M}),
        ("date:*", {L1, L2, M, INV}),
        ("-date:*", {IMG}),
        ("amount:1250", {L1}),
        ("amount:[1250 TO 5000]", {L1, INV}),
        ("amount:{1250 TO 5000}", set()),
        ("amount:[1250.01 TO *]", {M, INV}),
        ("amount:99.995", {L1}),
        ("amount:[99.994 TO 99.996]", {L1}),
        ("amount:[99.9951 TO 100]", set()),
        ("amount:[-30 TO 0]", {INV}),
        ("amount:*", {L1, M, INV}),
        ("delay date:2023 kind:correspondence amount:>1000", {L1}),
        ("(delay OR 工期) AND claim:CLM-001 -possession", {L2, M}),
    ],
)
def test_which_pages_a_query_finds(index: SearchIndex, query: str, expected: set[str]) -> None:
    assert found(index.search(query)) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(date_from=datetime.date(2023, 3, 14), date_to=datetime.date(2023, 3, 14)), {L1, L2}),
        (Filters(kinds=("minutes", "invoice")), {M, INV}),
        (Filters(parties=("Harbour Civil", "HCL")), {L1, L2}),
        (Filters(claims=("clm-002",)), {M}),
        (Filters(events=("CLM-001/E1",)), {L1, L2}),
        (Filters(min_amount=Decimal(5000)), {M, INV}),
        (Filters(max_amount=Decimal(0)), {INV}),
        (Filters(languages=("zh", "en"), kinds=("correspondence",)), {L1, L2}),
    ],
)
def test_filters(index: SearchIndex, filters: Filters, expected: set[str]) -> None:
    assert found(index.search("", filters)) == expected
    assert found(index.search("delay", filters)) == expected & {L1, L2}


def test_a_hit_tells_what_it_is(index: SearchIndex) -> None:
    (hit,) = index.search("late possession").hits
    assert (hit.doc, hit.page, hit.kind, hit.name) == ("3f9a01", 1, "correspondence", "L-0145 refusal.pdf")
    assert (hit.date, hit.title) == (datetime.date(2023, 3, 14), "Refusal of access to Area B")
    assert (hit.claims, hit.events) == (("CLM-001",), ("CLM-001/E1",))
    assert "<mark>late</mark> <mark>possession</mark> of the site" in hit.snippet
    assert hit.score > 0
    assert hit.as_json()["date"] == "2023-03-14"


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("工期延誤", "<mark>工期延误</mark>十五天"),
        ("Ａ區", "关于<mark>Ａ区</mark>移交"),
        ("會議", "的<mark>會議</mark>紀要"),
        ("工程款", "<mark>工 程 款</mark>为人民币"),
        ("GC/L/0145", "letter <mark>GC/L/0145</mark> and"),
        ("1250.00", "USD <mark>1,250.00</mark>."),
        ("contractor", "The <mark>Contractor’s</mark> cost"),
        ("poss*", "<mark>possession</mark>"),
        ("posession~1", "<mark>possession</mark>"),
    ],
)
def test_matches_are_marked_in_the_text(index: SearchIndex, query: str, marked: str) -> None:
    assert marked in index.search(query).hits[0].snippet


def test_facets_count_documents(index: SearchIndex) -> None:
    everything = index.search("*").facets
    assert everything.kind == {"correspondence": 1, "invoice": 1, "minutes": 1, "photo": 1}
    assert everything.claim == {"CLM-001": 2, "CLM-002": 1}
    assert list(everything.year.items()) == [("2023", 2), ("2022", 1)]
    assert everything.party["Harbour Civil Ltd"] == 1
    assert "HCL" not in everything.party
    delay = index.search("delay").facets
    assert (delay.kind, delay.claim, delay.year) == ({"correspondence": 1}, {"CLM-001": 1}, {"2023": 1})


@pytest.mark.parametrize(
    ("sort", "docs"),
    [
        ("date", ["a1", "3f9a01", "3f9a01", "77b2", "a2"]),
        ("-date", ["77b2", "3f9a01", "3f9a01", "a1", "a2"]),
        ("name", ["a2", "3f9a01", "3f9a01", "a1", "77b2"]),
    ],
)
def test_order(index: SearchIndex, sort: str, docs: list[str]) -> None:
    hits = index.search("*", sort=sort).hits  # type: ignore[arg-type]
    assert [hit.doc for hit in hits] == docs
    assert [hit.page for hit in hits if hit.doc == "3f9a01"] == [1, 2]


def test_rarer_and_more_frequent_words_rank_higher(index: SearchIndex) -> None:
    best = index.search("possession OR delay OR delays").hits
    assert [hit.score for hit in best] == sorted((hit.score for hit in best), reverse=True)
    assert index.search("access OR 移交", limit=1).hits[0].doc == "77b2"


def test_paging(index: SearchIndex) -> None:
    whole = index.search("*", sort="name")
    parts = [index.search("*", sort="name", limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [part.total for part in parts] == [5] * 4
    assert [hit for part in parts for hit in part.hits] == list(whole.hits)
    assert index.search("*", limit=0).hits == ()
    assert index.search("*", limit=0).facets == whole.facets


def test_the_answer_in_the_form_of_the_contract(index: SearchIndex) -> None:
    answer = index.search("delay").as_json("delay")
    assert set(answer) == {"query", "total", "took_ms", "hits", "facets"}
    assert set(answer["facets"]) == {"kind", "claim", "year", "party"}  # type: ignore[call-overload]
    hit = answer["hits"][0]  # type: ignore[index]
    fields = {"doc", "page", "score", "kind", "date", "name", "title", "snippet", "claims", "events"}
    assert set(hit) == fields


def test_wrong_questions_are_refused(index: SearchIndex) -> None:
    with pytest.raises(QueryError):
        index.search("(")
    with pytest.raises(FilterError):
        index.search("a", sort="size")  # type: ignore[arg-type]
    with pytest.raises(FilterError):
        index.search("a", limit=-1)


def test_an_empty_index_answers(open_with: OpenWith) -> None:
    index = open_with(())
    for query in ("*", "a", "工期", "a*", "a~1", '"a b"~3', "date:2023", "amount:*", "-a", "kind:x"):
        assert index.search(query).total == 0
    assert index.count() == 0
    assert index.doc_ids() == frozenset()
    assert index.healthy()


def test_replacing_and_deleting(open_with: OpenWith) -> None:
    index = open_with(PAGES)
    assert (index.count(), index.doc_ids()) == (5, {"3f9a01", "77b2", "a1", "a2"})
    with index.writer() as batch:
        batch.replace("3f9a01", [PageEntry(page=1, text="now about delays only", **LETTER)])
        batch.delete("a1")
        batch.delete("never there")
        batch.replace("new", [PageEntry("new", 1, "delay again", "new.txt")])
        assert index.search("delay").total == 2, "nothing shows before the batch ends"
    assert (index.count(), index.doc_ids()) == (4, {"3f9a01", "77b2", "a2", "new"})
    assert found(index.search("delay*")) == {L1, "new/1"}
    assert found(index.search("possession")) == set()
    assert index.search("*").facets.kind == {"correspondence": 1, "minutes": 1, "photo": 1, "other": 1}
    assert index.healthy()


def test_a_document_replaced_twice_in_one_batch(open_with: OpenWith) -> None:
    index = open_with(())
    with index.writer() as batch:
        for version in range(3):
            batch.replace("d", [PageEntry("d", page, f"version{version}", "d.txt") for page in (1, 2)])
        batch.replace("e", [PageEntry("e", 1, "version9", "e.txt")])
        batch.delete("e")
    assert found(index.search("version*")) == {"d/1", "d/2"}
    assert found(index.search("version2")) == {"d/1", "d/2"}


def test_a_failed_batch_changes_nothing(open_with: OpenWith) -> None:
    index = open_with(PAGES)

    def fail() -> None:
        with index.writer() as batch:
            batch.delete("a1")
            batch.replace("x", [PageEntry("x", 1, "delay", "x.txt")])
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    assert found(index.search("*")) == ALL
    with index.writer() as batch:
        batch.delete("a1")
    assert found(index.search("*")) == ALL - {INV}


def test_pages_of_another_document_are_refused(open_with: OpenWith) -> None:
    index = open_with(())
    with pytest.raises(ValueError, match="another document"), index.writer() as batch:
        batch.replace("d", [PageEntry("e", 1, "", "e.txt")])


def test_many_small_commits(open_with: OpenWith, tmp_path: Path) -> None:
    """What is merged or replaced leaves no files behind (as it did in paperless-ngx, issue 13679)."""
    index = open_with((), tmp_path)
    for number in range(40):
        with index.writer() as batch:
            batch.replace(
                f"d{number % 25}", [PageEntry(f"d{number % 25}", 1, f"common number{number}", "x.txt")]
            )
    assert index.search("common", limit=100).total == index.count() == 25
    assert found(index.search("number3*", limit=100)) == {f"d{n % 25}/1" for n in range(30, 40)}
    assert index.search("number0").total == 0
    assert index.healthy()
    segments = {file.name.partition(".")[0] for file in tmp_path.glob("pages-*/*") if file.suffix != ".lock"}
    assert len(segments) < 16


def test_unusual_pages(open_with: OpenWith) -> None:
    odd = (
        "\x00\ufffe\U0001f600",
        "a" * 100_000,
        "word " * 70_000 + "last",
        "\ue000私用",
        "𠀀𠀁字",
        "İstanbul ŉ",
    )
    index = open_with(PageEntry(f"d{n}", 1, text, "\U0001f600.txt", title="") for n, text in enumerate(odd))
    assert found(index.search("last")) == {"d2/1"}
    assert found(index.search('"word last"')) == {"d2/1"}
    assert found(index.search("𠀁字")) == {"d4/1"}
    assert found(index.search("istanbul")) == {"d5/1"}
    assert index.search("a" * 9_000 + "*").total == 1
    assert index.healthy()


def test_half_a_character_is_no_obstacle(open_with: OpenWith) -> None:
    """Lone surrogates, as names of files on old disks have them: a sign in their place stands for all of them."""
    half, sign = "a\ud800b", "a\ufffdb"
    many = (half,)
    entry = PageEntry(
        doc="d\ud800",
        page=1,
        text="late \ud800 site",
        name=f"{half}.pdf",
        kind=half,
        title=half,
        parties=many,
        aliases=many,
        references=many,
        claims=many,
        events=many,
        language=half,
        paths=many,
        state=half,
    )
    index = open_with([entry])
    for query in ('"late site"', f"kind:{half}", "doc:d\ud800", f"claim:{half}", "party:b", f"state:{sign}"):
        (hit,) = index.search(query).hits
        assert (hit.doc, hit.name, hit.kind) == ("d\ufffd", f"{sign}.pdf", sign)
        assert (hit.title, hit.claims, hit.events) == (sign, (sign,), (sign,))
    assert index.search("*", Filters(kinds=many, parties=many)).facets.party == {sign: 1}
    with index.writer() as batch:
        batch.delete("d\ud800")
    assert not index.count()
    assert index.healthy()
