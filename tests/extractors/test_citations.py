"""Documents that are cited by their day, in the words of letters in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import PageText, assemble
from extractors.facts.fact import REFERENCE_ROLES, Fact
from extractors.facts.reference_citations import citation_of, is_words
from extractors.facts.references import find


def cited(text: str) -> list[Fact]:
    document = assemble([PageText(text, 595, 842)], "text/plain")
    return [fact for fact in find(document, "correspondence") if is_words(fact)]


@pytest.mark.parametrize(
    ("text", "words", "sort", "side"),
    [
        ("We refer to your letter dated 14 March 2023.", "your letter dated 14 March 2023", "letter", "yours"),
        ("Your letter of 3 March refers.", "Your letter of 3 March", "letter", "yours"),
        ("to our e-mail of yesterday's date", "our e-mail of yesterday's date", "mail", "ours"),
        ("our letters of 3 and 17 March 2023", "our letters of 3 and 17 March 2023", "letter", "ours"),
        ("our letters dated 3 March 2023 and 17 March 2023,", "our letters dated 3 March 2023 and 17 March 2023",
         "letter", "ours"),
        ("the Engineer's letter of 3 May 2023", "the Engineer's letter of 3 May 2023", "letter", "theirs"),
        ("the contractor's report of 30 April", "the contractor's report of 30 April", "report", "theirs"),
        ("letter from Northport Authority dated 14 March 2023", "letter from Northport Authority dated 14 March 2023",
         "letter", "theirs"),
        ("Your March 14, 2023 letter said", "Your March 14, 2023 letter", "letter", "yours"),
        ("in reply to yours of 14 March 2023", "yours of 14 March 2023", "letter", "yours"),
        ("your email sent on Tuesday, 14 March 2023", "your email sent on Tuesday, 14 March 2023", "mail", "yours"),
        ("your letter of the 14th inst.", "your letter of the 14th inst.", "letter", "yours"),
        ("minutes of the progress meeting held on 3 May 2023", "minutes of the progress meeting held on 3 May 2023",
         "minutes", ""),
        ("our invoice dated 2023-03-14", "our invoice dated 2023-03-14", "invoice", "ours"),
        ("Your letter about Area B\nand the gate, dated 14 March\n2023",
         "Your letter about Area B and the gate, dated 14 March 2023", "letter", "yours"),
        ("our letter enclosing your notice dated 3 May 2023", "your notice dated 3 May 2023", "notice", "yours"),
        ("Contractor's Notice No. 12 dated 3 May 2023", "Contractor's Notice No. 12 dated 3 May 2023",
         "notice", "theirs"),
        ("the Employer's Representative's letter dated 3/5/23", "the Employer's Representative's letter dated 3/5/23",
         "letter", "theirs"),
        ("in our Notice of Delay of 4 September 2023", "our Notice of Delay of 4 September 2023", "notice", "ours"),
        ("your RFI response dated 2 June 2023", "your RFI response dated 2 June 2023", "letter", "yours"),
        ("the claimant's letter of claim dated 2 June 2023", "the claimant's letter of claim dated 2 June 2023",
         "letter", "theirs"),
        ("《关于延期开工的函》（2023年3月14日）", "《关于延期开工的函》（2023年3月14日）", "letter", ""),
        ("2023年3月14日，我方向贵方发出《索赔意向通知书》", "2023年3月14日，我方向贵方发出《索赔意向通知书》",
         "notice", "ours"),
        ("贵司2023.3.14来函", "贵司2023.3.14来函", "letter", "yours"),
        ("贵方2023年3月14日来函收悉。", "贵方2023年3月14日来函", "letter", "yours"),
        ("我司3月5日发出的通知，贵方未答复", "我司3月5日发出的通知", "notice", "ours"),
        ("贵司于2023年3月14日发来的《关于B区移交的函》收悉", "贵司于2023年3月14日发来的《关于B区移交的函》",
         "letter", "yours"),
        ("贵方来函（2023年3月14日）收悉", "贵方来函（2023年3月14日）", "letter", "yours"),
        ("監理單位2023年3月14日簽發的監理通知單", "監理單位2023年3月14日簽發的監理通知單", "notice", "theirs"),
        ("我方已于2023年3月5日提交索赔意向通知书", "我方已于2023年3月5日提交索赔意向通知书", "notice", "ours"),
        ("2023-03-20\n贵公司3月14日\n来函", "贵公司3月14日 来函", "letter", "yours"),
        ("昨日来函收悉", "昨日来函", "letter", "yours"),
        ("2023年3月14日会议纪要第3条", "2023年3月14日会议纪要", "minutes", ""),
        ("北港工程管理有限公司2023年3月14日复函", "北港工程管理有限公司2023年3月14日复函", "letter", "theirs"),
        ("我方根据中测检测有限公司2023年5月11日提交的检测报告", "中测检测有限公司2023年5月11日提交的检测报告",
         "report", "theirs"),
        ("贵公司二〇二三年三月十四日来函敬悉", "贵公司二〇二三年三月十四日来函", "letter", "yours"),
    ],
)  # fmt: skip
def test_citations(text: str, words: str, sort: str, side: str) -> None:
    (fact,) = cited(text)
    said = citation_of(fact)
    assert said is not None
    assert (fact.value, said.sort, said.side) == (words, sort, side)
    assert " ".join(text[fact.start : fact.end].split()) == words


@pytest.mark.parametrize(
    "text",
    [
        "this letter dated 3 May 2023",
        "irrevocable letter of credit dated 3 May 2023",
        "we will report on 3 May 2023",
        "by registered mail on 3 May 2023",
        "a notice of 28 days, the letter of 3 May",
        "We received your letter on 3 May 2023",
        "Letter: 14 March 2023",
        "your letter received on 5 May 2023",
        "the policy dated 3 May 2022 and the contract dated 4 May 2022",
        "贵行2023年3月14日出具的保函",
        "详见我司2023年3月14日报送的《施工进度计划》",
        "业主2023年3月14日通知我方停工",
        "2023年3月14日收到贵方来函",
        "请于2023年3月20日提交报告",
        "我方于五月十九日收到设计变更通知单",
        "合同于2022年12月12日签订，工期160天",
        "日期：2023-03-20\n报告",
    ],
)
def test_no_citations(text: str) -> None:
    assert cited(text) == []


@pytest.mark.parametrize(
    ("text", "number", "side"),
    [
        ("our letter GC/L/0145 of 14 March 2023", "GC/L/0145", "ours"),
        ("your letter of 14 March 2023 (ref. GC/L/0145)", "GC/L/0145", "yours"),
        ("贵方来函（JLJG-函-2023-021，2023年3月14日）收悉", "JLJG-函-2023-021", "yours"),
        ("你部5月25日工程联系单（编号：JLJG-函-2023-021）", "JLJG-函-2023-021", "yours"),
    ],
)
def test_a_number_in_a_citation_is_the_reference(text: str, number: str, side: str) -> None:
    document = assemble([PageText(text, 595, 842)], "text/plain")
    (fact,) = find(document, "correspondence")
    said = citation_of(fact)
    assert (fact.value, said and said.side) == (number, side)


def test_who_is_named() -> None:
    (fact,) = cited("the letter of Northport Authority, and Harbour Civil Ltd's notice of 3 May 2023")
    said = citation_of(fact)
    assert said is not None
    assert said.sender == "Harbour Civil Ltd"


def test_roles_by_what_is_cited() -> None:
    cites = ("your letter of 3", "your invoice of 4", "your report of 5", "the minutes dated 6")
    text = ", ".join(f"{words} May 2023" for words in cites)
    assert [fact.role for fact in cited(text)] == ["letter", "invoice", "report", "other"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "your letter ",
                "dated ",
                "of ",
                "14 March ",
                "2023",
                "贵方",
                "2023年3月14日",
                "来函",
                "（",
                "《",
                "》",
                "\n",
            ]
        )
        | st.text(max_size=5)
    )
)
def test_any_text_gives_sound_citations(parts: list[str]) -> None:
    text = "".join(parts)
    ends = [0]
    for fact in cited(text):
        assert fact.role in REFERENCE_ROLES
        assert fact.start >= ends[-1]
        ends.append(fact.end)
    assert ends[-1] <= len(text)
