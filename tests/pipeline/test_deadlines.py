from __future__ import annotations

import datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deadlines import Deadline, deadlines
from pipeline.evidence import Evidence
from pipeline.notice_rules import AWARENESS, END, form, names
from pipeline.notices import steps
from pipeline.register import ClaimEntry
from pipeline.urgent import told
from pipeline.working_days import on_working_day
from tests.pipeline.case_builder import (
    CONTRACTOR,
    EMPLOYER,
    ENGINEER,
    case,
    claim,
    day,
    event,
    evidence,
    link,
)

TODAY = day("2023-06-30")
NOTICE = "Notice of claim\nDear Sirs,\nUnder Sub-Clause 20.1 we hereby give notice that we are entitled to more time."
PARTICULARS = "Detailed Claim No. 1\nThis is the fully detailed claim that Sub-Clause 20.1 requires."


def letter(text: str, date: str, sender: str = CONTRACTOR, name: str = "", **more: Any) -> Evidence:
    return evidence(name or f"letter {date} {sender}.pdf", text, date=date, sender=sender, **more)


def clocks(
    contract: str, documents: list[Evidence], today: datetime.date = TODAY, **of_event: Any
) -> list[Deadline]:
    return deadlines(case(claim(event(**of_event), contract=contract), documents), today)


def short(found: Deadline) -> tuple[str, str, str, str | None, int | None, str]:
    done = found.done.isoformat() if found.done else None
    return (
        found.step,
        found.clock_start.isoformat(),
        found.due.isoformat(),
        done,
        found.days_left,
        found.status,
    )


def test_every_contract_of_the_register_has_its_rules_with_clause_and_source() -> None:
    contracts = get_args(ClaimEntry.model_fields["contract"].annotation)
    assert names() == sorted(contracts)
    for name in contracts:
        rules = form(name)
        assert rules.source
        for step in (*rules.contractor, *rules.employer):
            assert step.clause
            assert step.text
            assert step.key in steps()


# Dates worked out by hand: the day on which a period starts does not count (day 0), the last day does.
@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        ("fidic-1999", [("notice", "2023-04-11"), ("particulars", "2023-04-25")]),
        ("fidic-2017", [("notice", "2023-04-11"), ("particulars", "2023-06-06")]),
        ("gf-2017-0201", [("notice", "2023-04-11"), ("particulars", "2023-05-09")]),
        ("nec4", [("notice", "2023-05-09")]),
        ("none", []),
    ],
)
def test_what_is_due_when_nothing_was_sent(contract: str, expected: list[tuple[str, str]]) -> None:
    found = clocks(contract, [])
    assert [(d.step, d.due.isoformat()) for d in found] == expected
    assert all(d.status == "missing" and d.done is None and d.rule == contract for d in found)


@pytest.mark.parametrize(
    ("contract", "replies"),
    [
        ("fidic-1999", [("reply", "2023-06-12")]),  # 42 days after 1 May
        (
            "fidic-2017",
            [("objection", "2023-04-03"), ("agreement", "2023-06-12"), ("determination", "2023-07-24")],
        ),
        ("gf-2017-0201", [("review", "2023-05-15"), ("reply", "2023-05-29")]),
        ("nec4", [("reply", "2023-03-27")]),
    ],
)
def test_the_other_side_has_its_time_from_the_document_that_it_answers(
    contract: str, replies: list[tuple[str, str]]
) -> None:
    notice = letter("Notification of compensation event\n" + NOTICE, "2023-03-20")
    found = clocks(contract, [notice, letter(PARTICULARS, "2023-05-01")])
    assert [(d.step, d.due.isoformat()) for d in found if d.by != "claimant"] == replies


def test_the_json_is_that_of_the_contract() -> None:
    diary = evidence(
        "diary.txt",
        "14 March 2023: locked",
        kind="work_record",
        facts=[("date", "event", "2023-03-14", "14 March 2023")],
    )
    notice = evidence("n.pdf", "cover", NOTICE, date="2023-03-20", sender=CONTRACTOR, title="Notice of claim")
    assert clocks("fidic-1999", [diary, notice])[0].as_json() == {
        "event": "CLM-1/E1",
        "rule": "fidic-1999",
        "step": "notice",
        "clause": "Sub-Clause 20.1",
        "clock_start": "2023-03-14",
        "clock_evidence": {"doc": diary.id, "page": 1},
        "due": "2023-04-11",
        "done": "2023-03-20",
        "done_evidence": {"doc": notice.id, "page": 2},
        "days_left": None,
        "status": "met",
        "first_mention": None,
        "mentioned": None,
        "consequence": None,
        "answer": None,
        "by": "claimant",
        "text": dict(form("fidic-1999").contractor[0].texts),
        "source": form("fidic-1999").source,
        "counted": {
            "from": "awareness",
            "clock": None,
            "period": "28 days",
            "own_period": False,
            "first_day_counts": False,
            "rolls": None,
        },
    }


@pytest.mark.parametrize(
    ("sent", "today", "expected"),
    [
        ("2023-04-11", "2023-06-30", ("2023-04-11", None, "met")),
        ("2023-04-12", "2023-06-30", ("2023-04-12", None, "late")),
        (None, "2023-04-11", (None, 0, "pending")),
        (None, "2023-04-01", (None, 10, "pending")),
        (None, "2023-04-12", (None, -1, "missing")),
        ("2023-03-13", "2023-04-12", (None, -1, "missing")),  # sent before anything had happened
    ],
)
def test_in_time_late_missing_and_pending(sent: str | None, today: str, expected: tuple[object, ...]) -> None:
    found = clocks("fidic-1999", [letter(NOTICE, sent)] if sent else [], day(today))[0]
    assert (short(found)[3], found.days_left, found.status) == expected


def test_the_clock_runs_from_awareness_where_the_register_names_it() -> None:
    found = clocks("fidic-1999", [letter(NOTICE, "2023-03-20")], start="2023-03-14", aware="2023-03-25")
    assert short(found[0]) == ("notice", "2023-03-25", "2023-04-22", "2023-03-20", None, "met")


@pytest.mark.parametrize(
    "text",
    [
        NOTICE,
        "Access\nIn accordance with Sub-Clause 20.1 we hereby\ngive notice that we claim an extension of time.",
        "Water main\nThis letter is our notice under Sub-Clauses 4.12 and 20.1. We shall claim time and Cost.",
        "Re: Contract C-7, notice of claim\nWe claim time.",
        "索赔意向通知书\n致：衡正监理有限公司\n现依据通用合同条款第19.1款递交。",
        "关于三号地块未按期移交的索赔意向通知书\n场地未移交。",
        "工作联系单\n因停电停工三天，我方特此提出索赔意向，请贵方确认。",
        "關於停工的索賠意向通知書\n場地未移交。",
        "Notification of compensation event\nThe site was closed; additional cost arises.",
    ],
)
def test_a_notice_is_known_by_what_it_says(text: str) -> None:
    assert clocks("fidic-1999", [letter(text, "2023-03-20")])[0].status == "met"


@pytest.mark.parametrize(
    "text",
    [
        "Programme\nWe refer to your notice of claim and to our notice of claim of 2 March.",
        "Programme\nWe will give notice of claim under Sub-Clause 20.1 when the cost is known.",
        "Road closure\nWe hereby give notice that Mill Lane is closed on Monday.",
        "Progress\nThe works go well. The gate was locked. We are entitled to nothing.",
        "复函\n我方已于2023年3月15日递交索赔意向通知书。",
        "进度款申请\n请支付进度款。",
    ],
)
def test_a_mention_is_not_a_notice(text: str) -> None:
    assert clocks("fidic-1999", [letter(text, "2023-03-20")])[0].status == "missing"


@pytest.mark.parametrize(
    "other",
    [
        evidence("m.pdf", f"{CONTRACTOR}\n{NOTICE}", kind="minutes", date="2023-03-20"),
        evidence("d.pdf", f"{CONTRACTOR}\n{NOTICE}", kind="work_record", date="2023-03-20"),
        letter(NOTICE, "2023-03-20", ENGINEER),
        letter(NOTICE, "2023-03-20", EMPLOYER),
        evidence("undated.pdf", NOTICE, sender=CONTRACTOR),
        evidence("nobody.pdf", NOTICE, date="2023-03-20"),
    ],
    ids=["minutes", "diary", "engineer", "employer", "undated", "no sender"],
)
def test_only_a_dated_letter_of_the_claimant_is_its_notice(other: Evidence) -> None:
    assert clocks("fidic-1999", [other])[0].status == "missing"


def test_without_a_sender_a_letter_is_its_who_is_named_and_not_addressed() -> None:
    text = f"{ENGINEER}\n{NOTICE}\nfor {CONTRACTOR}"
    facts = [("party", "recipient", ENGINEER), ("party", "mentioned", CONTRACTOR)]
    assert clocks("fidic-1999", [evidence("n.pdf", text, date="2023-03-20", facts=facts)])[0].status == "met"
    facts = [("party", "mentioned", ENGINEER), ("party", "recipient", CONTRACTOR)]
    assert (
        clocks("fidic-1999", [evidence("n.pdf", text, date="2023-03-20", facts=facts)])[0].status == "missing"
    )


def test_a_notice_of_another_event_does_not_count() -> None:
    about = claim(event("E1", "2023-03-14"), event("E2", "2023-03-15"))
    notice = letter(NOTICE, "2023-03-20")
    for score, status in ((0.5, "missing"), (0.9, "met")):
        links = [link(notice, "E1", score=0.95), link(notice, "E2", score=score)]
        found = {
            d.event: d.status for d in deadlines(case(about, [notice], links), TODAY) if d.step == "notice"
        }
        assert found == {"CLM-1/E1": "met", "CLM-1/E2": status}
    links = [link(notice, "E1", score=0.95), link(notice, "E2", score=0.5, status="confirmed")]
    found = {d.event: d.status for d in deadlines(case(about, [notice], links), TODAY) if d.step == "notice"}
    assert found["CLM-1/E2"] == "met"


def test_the_notice_that_announces_particulars_is_not_the_particulars() -> None:
    text = (
        NOTICE
        + "\nWe keep records and will send our detailed claim within 42 days after we became aware of the event,"
    )
    found = clocks("fidic-1999", [letter(text, "2023-03-20")])
    assert [(d.step, d.status) for d in found] == [("notice", "met"), ("particulars", "missing")]


def test_a_whole_course_under_fidic_1999() -> None:
    reply = letter("Your claim\nWe do not accept the claim: there was float.", "2023-06-01", ENGINEER)
    early = letter("Receipt\nWe do not accept delay as such.", "2023-04-20", ENGINEER)
    documents = [letter(NOTICE, "2023-03-20"), letter(PARTICULARS, "2023-05-01"), early, reply]
    assert [short(d) for d in clocks("fidic-1999", documents)] == [
        ("notice", "2023-03-14", "2023-04-11", "2023-03-20", None, "met"),
        ("particulars", "2023-03-14", "2023-04-25", "2023-05-01", None, "late"),
        ("reply", "2023-05-01", "2023-06-12", "2023-06-01", None, "met"),
    ]


def test_the_answer_is_due_from_the_day_of_receipt_that_the_stamp_shows() -> None:
    particulars = letter(
        PARTICULARS + "\nRECEIVED 4 MAY 2023",
        "2023-05-01",
        facts=[("date", "received", "2023-05-04", "4 MAY 2023")],
    )
    reply = clocks("fidic-1999", [particulars])[-1]
    assert (reply.step, reply.clock_start, reply.due) == ("reply", day("2023-05-04"), day("2023-06-15"))
    assert reply.clock_evidence is not None
    assert reply.clock_evidence.doc == particulars.id


def test_the_report_under_the_chinese_form_runs_from_the_notice() -> None:
    notice = letter("索赔意向通知书\n现递交索赔意向通知书。", "2023-03-20", "港务土木工程有限公司")
    report = letter("关于停工的索赔报告\n索赔金额合计100万元。", "2023-04-18", "港务土木工程有限公司")
    answer = letter("关于索赔报告的复函\n经研究不予认可。", "2023-05-01", "北港管理局")
    found = clocks("gf-2017-0201", [notice, report, answer])
    assert [(d.step, d.due.isoformat(), d.status) for d in found] == [
        ("notice", "2023-04-11", "met"),
        ("particulars", "2023-04-17", "late"),
        ("review", "2023-05-02", "missing"),
        ("reply", "2023-05-16", "met"),
    ]


def test_an_agreement_makes_the_determination_needless() -> None:
    agreement = letter("Notice of the Parties' agreement\nThe parties have agreed.", "2023-05-20", ENGINEER)
    documents = [letter(NOTICE, "2023-03-20"), letter(PARTICULARS, "2023-05-01"), agreement]
    found = {d.step: d.status for d in clocks("fidic-2017", documents)}
    assert found == {"notice": "met", "objection": "missing", "particulars": "met", "agreement": "met"}


def test_an_employer_claims_under_the_mirror_clause() -> None:
    contract = evidence(
        "c.pdf", f"{CONTRACTOR} (Employer)", kind="contract", facts=[("party", "employer", CONTRACTOR)]
    )
    assert [d.clause for d in clocks("gf-2017-0201", [contract])] == ["第19.3款", "第19.3款"]
    assert clocks("nec4", [contract]) == []


def test_the_clock_is_proved_by_a_page_that_names_the_day_or_is_of_about_then() -> None:
    near = letter("Weather", "2023-03-16", name="near.pdf")
    named = [("date", "mentioned", "2023-03-14", "14.3.2023")]
    naming = evidence("late.pdf", "cover", "since 14.3.2023", facts=named)
    far = letter("Far", "2023-05-06", name="far.pdf")
    for documents, expected in (
        ([far], None),
        ([far, near], (near.id, 1)),
        ([near, naming, far], (naming.id, 2)),
    ):
        proof = clocks("fidic-1999", documents)[0].clock_evidence
        assert (proof and (proof.doc, proof.page)) == expected


@given(
    st.dates(day("2000-01-01"), day("2030-01-01")),
    st.integers(0, 200),
    st.integers(-300, 300),
    st.sampled_from([name for name in names() if name != "none"]),
)
def test_status_and_days_left_agree_with_the_dates(
    start: datetime.date, after: int, ahead: int, contract: str
) -> None:
    sent, today = start + datetime.timedelta(days=after), start + datetime.timedelta(days=ahead)
    about = claim(event(start=start.isoformat()), contract=contract)
    for found in deadlines(case(about, [letter(NOTICE, sent.isoformat())]), today):
        period = next(s.period for s in form(contract).contractor if s.key == found.step)
        assert period is not None
        assert found.due == period.after(found.clock_start)
        assert (found.days_left is None) == (found.done is not None)
        if found.done is not None:
            assert found.status == ("met" if found.done <= found.due else "late")
        else:
            assert found.days_left == (found.due - today).days
            assert found.status == ("pending" if found.days_left >= 0 else "missing")


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(KeyError):
        form("fidic-1923")


def test_every_step_but_the_first_follows_one_that_is_there() -> None:
    for name in names():
        for side in ("contractor", "employer"):
            keys = [step.key for step in form(name).steps(side)]
            assert len(keys) == len(set(keys))
            assert all(step.runs_from in (AWARENESS, END, *keys) for step in form(name).steps(side))


CLAIM_LETTER = "索赔申请书\n现提交索赔报告及损失证明资料，请予核定。"
DECISION = "理赔决定通知书\n经核定，同意赔付。"
PAID = "赔款支付通知\n我公司已支付赔款人民币 96,000.00 元。"


def insured(*documents: Evidence, **periods: int) -> list[Deadline]:
    made = claim(event(), contract="prc-insurance", type="insurance", periods=tuple(periods.items()))
    return deadlines(case(made, list(documents)), TODAY)


def test_the_law_sets_the_insurers_periods_and_the_policy_those_of_the_insured() -> None:
    assert insured() == []
    assert [(d.step, d.due) for d in insured(notice=2)] == [("notice", day("2023-03-16"))]
    particulars = letter(CLAIM_LETTER, "2023-04-03", title="索赔申请书")
    found = {d.step: d.due for d in insured(particulars)}
    # 30 days after 3 April is 3 May, the last day of a holiday; 10 days after 4 May is a Sunday
    assert found == {"reply": day("2023-05-04"), "payment": day("2023-05-15"), "advance": day("2023-06-02")}
    answered = letter(DECISION, "2023-04-20", sender=EMPLOYER, title="理赔决定通知书")
    paid = letter(PAID, "2023-04-28", sender=EMPLOYER, title="赔款支付通知")
    found = {d.step: (d.due, d.done, d.status) for d in insured(particulars, answered, paid)}
    assert found == {
        "reply": (day("2023-05-04"), day("2023-04-20"), "met"),
        "payment": (day("2023-05-04"), day("2023-04-28"), "met"),
    }


def test_a_loss_advice_a_letter_of_claim_and_a_request_for_proof_take_their_own_steps() -> None:
    advice = letter("出险通知书\n我司投保车辆出险，特向贵司报案。", "2023-03-15", title="出险通知书")
    claimed = letter("关于车辆事故的索赔函\n请求贵司支付保险金。", "2023-04-03", title="关于车辆事故的索赔函")
    asked = letter(
        "补充索赔材料通知书\n请补充提供以下材料，补齐之前核定期限中止计算。",
        "2023-04-10",
        sender=EMPLOYER,
        title="补充索赔材料通知书",
    )
    found = {d.step: (d.done, d.status) for d in insured(advice, claimed, asked, notice=2)}
    assert found["notice"] == (day("2023-03-15"), "met")
    assert found["reply"] == (None, "pending")
    assert found.keys() >= {"notice", "reply", "payment"}


@pytest.mark.parametrize(
    ("last", "country", "expected"),
    [
        ("2023-04-29", "CN", "2023-05-04"),  # Labour Day's holiday, a Saturday to a Wednesday
        ("2023-04-23", "CN", "2023-04-23"),  # a Sunday that was made a working day
        ("2023-05-05", "CN", "2023-05-05"),
        ("2023-05-27", "CN", "2023-05-29"),  # a Saturday
        ("2023-12-25", "GB", "2023-12-27"),
    ],
)
def test_a_period_that_ends_on_a_day_of_rest_ends_on_the_next_working_day(
    last: str, country: str, expected: str
) -> None:
    assert on_working_day(day(last), country) == day(expected)


def test_a_claim_may_set_a_period_otherwise() -> None:
    own = deadlines(case(claim(event(), periods=(("notice", 14),)), []), TODAY)
    assert [(d.step, d.due) for d in own] == [
        ("notice", day("2023-03-28")),
        ("particulars", day("2023-04-25")),
    ]
    assert "within 14 days" in own[0].text
    assert "14" not in own[1].text


def test_a_warranty_has_the_periods_that_its_register_gives() -> None:
    made = claim(event(), contract="warranty", type="warranty", periods=(("notice", 10), ("reply", 15)))
    sent = letter("Notice of claim\nWe hereby give notice of a claim under the warranty.", "2023-03-20")
    assert [(d.step, d.status) for d in deadlines(case(made, [sent]), TODAY)] == [("notice", "met")]
    claimed = letter(
        "Warranty claim: pump\nWe claim under the warranty: 100.00.",
        "2023-03-21",
        title="Warranty claim: pump",
    )
    refused = letter("Your pump\nWe therefore decline the claim.", "2023-03-30", sender=EMPLOYER)
    found = [(d.step, d.done, d.status) for d in deadlines(case(made, [claimed, refused]), TODAY)]
    assert found == [("notice", day("2023-03-21"), "met"), ("reply", day("2023-03-30"), "met")]


def test_minutes_that_speak_of_an_event_stand_beside_the_clock_and_do_not_move_it() -> None:
    minutes = evidence("m.pdf", "Progress meeting: access to Area B", kind="minutes", date="2023-03-16")
    diary = evidence("d.pdf", "Diary: gate locked", kind="work_record", date="2023-03-15")
    early = evidence("e.pdf", "Diary of the week before", kind="work_record", date="2023-03-07")
    notice, particulars = clocks("fidic-1999", [minutes, diary, early], aware="2023-03-20")
    assert notice.as_json()["first_mention"] == {"date": "2023-03-15", "doc": diary.id, "page": 1}
    assert notice.clock_start == day("2023-03-20")
    assert particulars.first_mention == notice.first_mention


def test_what_is_overdue_is_told_first() -> None:
    late, soon = clocks("fidic-1999", [], today=day("2023-04-20"))
    assert told(late) == "notice (Sub-Clause 20.1) was due on 2023-04-11, 9 days ago, from the claimant"
    assert told(soon) == "particulars (Sub-Clause 20.1) is due on 2023-04-25, in 5 days, from the claimant"
