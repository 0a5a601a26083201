"""Names of parties: what is none, and where one ends that other words ran into."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import PageText, assemble
from extractors.facts.parties import find


def names(text: str, kind: str = "correspondence") -> set[str]:
    document = assemble([PageText(text, 595, 842, "ocr")], "application/pdf")
    return {fact.value for fact in find(document, kind)}


@pytest.mark.parametrize(
    "text",
    [
        "The FIDIC Conditions of Contract for Construction apply.",
        "See the General Conditions of Contract for Civil Engineering.",
        "In accordance with the Standard Form of Contract for Engineering.",
        "Site log\nNo. EI-027\nLLP",
        "No. C-2023/017\nLtd",
        "Conditions Rv and N TAIT 15 LLP Nov er",
        "争议由交付地人民法院管辖。",
        "可向合同签订地人民法院起诉。",
        "项目监理机构（章）",
        "建设有限公司\n事由：停工",
        "工程咨询有限公司\n联系单",
    ],
)
def test_what_is_no_name(text: str) -> None:
    assert names(text) == set()


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("Seller: Larch Refractories Ltd - invoice LR-2118", "invoice", "Larch Refractories Ltd"),
        ("Supplier: Quay Pumps GmbH, ref 44/18", "invoice", "Quay Pumps GmbH"),
        ("Contractor: Harbour Civil Limited – report no. 7", "work_record", "Harbour Civil Limited"),
        ("会计：林方 经手人：黄启明\n云州宏达机械租赁有限公司", "invoice", "云州宏达机械租赁有限公司"),
        ("致：江平建工集团有限公司（云溪路综合管廊项目部）", "correspondence", "江平建工集团有限公司"),
        ("致：衡立工程监理有限公司（云溪路综合管廊项目监理部）", "correspondence", "衡立工程监理有限公司"),
        ("记录人：贺明（施工员）", "work_record", "贺明"),
        ("监理人：总监理工程师郑伯文", "contract", "郑伯文"),
    ],
)
def test_where_a_name_ends(text: str, kind: str, name: str) -> None:
    found = names(text, kind)
    assert name in found
    assert not [other for other in found if other != name and name in other]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We wrote to Studio 54 Ltd about it.", "Studio 54 Ltd"),
        ("Payment by 3M Company is due.", "3M Company"),
        ("Form Works Construction Ltd was late.", "Form Works Construction Ltd"),
        ("We met Standard Chartered Bank there.", "Standard Chartered Bank"),
        ("The Code Group Limited came.", "Code Group Limited"),
        ("J 4 Logistics Ltd delivered.", "J 4 Logistics Ltd"),
        ("由中建三局集团有限公司施工。", "中建三局集团有限公司"),
        ("由北港建设有限公司施工。", "北港建设有限公司"),
        ("由江原\n建工集团有限公司施工。", "建工集团有限公司"),
        ("请北港市中级人民法院裁定。", "北港市中级人民法院"),
    ],
)
def test_names_with_odd_shapes_stay(text: str, name: str) -> None:
    assert any(name in found for found in names(text))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Ltd",
                "LLP",
                "有限公司",
                "Conditions of ",
                "EI-027",
                "（项目部）",
                "经手人：",
                "王建国",
                "\n",
                " - ",
                "no. 4",
                "Harbour ",
            ]
        ),
        max_size=12,
    )
)
def test_any_pieces_give_names_that_stand_in_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    document = assemble([PageText(text, 595, 842)], "application/pdf")
    for fact in find(document, "correspondence"):
        assert 0 <= fact.start < fact.end <= len(document.text)
        assert document.text[fact.start : fact.end].strip()
