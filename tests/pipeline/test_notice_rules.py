"""The notice rules, form by form, against dates worked out by hand. The day on which a period starts is day 0."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calendar_file import calendar
from pipeline.claims import Event, Party, Response
from pipeline.deadlines import Deadline, deadlines
from pipeline.evidence import Evidence
from pipeline.notice_rules import form, names, read_form
from pipeline.notices import told
from pipeline.periods import Period, period
from tests.pipeline.case_builder import (
    CONTRACTOR,
    EMPLOYER,
    ENGINEER,
    PARTIES,
    case,
    claim,
    day,
    event,
    evidence,
)

Row = tuple[str, str, str, str | None, int | None, str, str | None]
NOTICE = "Notice of claim\nNotification of compensation event\nWe hereby give notice that we claim more time and money."
REPORT = "Detailed Claim No. 1\nThis is the fully detailed claim."
REFUSAL = "Response to your claim\nWe do not accept the claim."
INTENT, CLAIM_REPORT, RESULT = (
    "索赔意向通知书\n现递交索赔意向通知书。",
    "关于停工的索赔报告\n索赔金额合计100万元。",
    "索赔处理结果\n经研究不予认可。",
)
APPLICATION, DECISION, PAID = (
    "索赔申请书\n现提交索赔报告及证明资料。",
    "理赔决定\n经核定，同意赔付。",
    "赔款支付通知\n我公司已支付赔款。",
)
EMPLOYER_CLAIMS = (
    Party("claimant", EMPLOYER, ("北港管理局",), "employer"),
    Party("respondent", CONTRACTOR, ("HCL", "港务土木工程有限公司")),
    Party("engineer", ENGINEER, ("衡正监理有限公司",)),
)


def paper(text: str, date: str, sender: str = CONTRACTOR, **more: Any) -> Evidence:
    return evidence(f"{date} {sender} {text[:9]}.pdf", text, date=date, sender=sender, **more)


def received(text: str, sent: str, stamp: str, sender: str = CONTRACTOR) -> Evidence:
    return paper(f"{text}\nRECEIVED {stamp}", sent, sender, facts=[("date", "received", stamp, stamp)])


def clocks(contract: str, today: str, *documents: Evidence, **more: Any) -> list[Deadline]:
    of_claim = {key: more.pop(key) for key in ("parties", "periods") if key in more}
    return deadlines(case(claim(event(**more), contract=contract, **of_claim), documents), day(today))


def rows(found: list[Deadline]) -> list[Row]:
    return [
        (d.step, d.clock_start.isoformat(), d.due.isoformat(), d.done.isoformat() if d.done else None,
         d.days_left, d.status, d.consequence)
        for d in found
    ]  # fmt: skip


FIDIC_1999 = [
    # 20.1: notice day 28 after 14 March = 11 April; claim day 42 = 25 April. On day 28 it is not yet too late.
    ("2023-04-11", [], {}, [
        ("notice", "2023-03-14", "2023-04-11", None, 0, "pending", None),
        ("particulars", "2023-03-14", "2023-04-25", None, 14, "pending", None),
    ]),
    # day 29: the notice is missing and the claim barred
    ("2023-04-12", [], {}, [
        ("notice", "2023-03-14", "2023-04-11", None, -1, "missing", "time_barred"),
        ("particulars", "2023-03-14", "2023-04-25", None, 13, "pending", None),
    ]),
    # given on day 28: met; the detailed claim of day 43 is late; the answer is due 42 days after 26 April = 7 June
    ("2023-06-30", [paper(NOTICE, "2023-04-11"), paper(REPORT, "2023-04-26")], {}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-04-11", None, "met", None),
        ("particulars", "2023-03-14", "2023-04-25", "2023-04-26", None, "late", None),
        ("reply", "2023-04-26", "2023-06-07", None, -23, "missing", None),
    ]),
    # given on day 29: late
    ("2023-04-20", [paper(NOTICE, "2023-04-12")], {}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-04-12", None, "late", "time_barred"),
        ("particulars", "2023-03-14", "2023-04-25", None, 5, "pending", None),
    ]),
    # a leap year: 28 days after 1 February 2024 is 29 February, 42 days after is 14 March
    ("2024-02-29", [], {"start": "2024-02-01"}, [
        ("notice", "2024-02-01", "2024-02-29", None, 0, "pending", None),
        ("particulars", "2024-02-01", "2024-03-14", None, 14, "pending", None),
    ]),
    # no leap year: 1 March
    ("2023-03-02", [], {"start": "2023-02-01"}, [
        ("notice", "2023-02-01", "2023-03-01", None, -1, "missing", "time_barred"),
        ("particulars", "2023-02-01", "2023-03-15", None, 13, "pending", None),
    ]),
    # known ten days after it began: both clocks start on 24 March: 21 April and 5 May
    ("2023-04-20", [], {"aware": "2023-03-24"}, [
        ("notice", "2023-03-24", "2023-04-21", None, 1, "pending", None),
        ("particulars", "2023-03-24", "2023-05-05", None, 15, "pending", None),
    ]),
    # 20.1 (c): effects that end on 31 May; a detailed claim before that is an interim one, the final is due
    # day 28 = 28 June. The Engineer had the interim claim stamped on 24 April: 42 days = 5 June.
    ("2023-06-01", [paper(NOTICE, "2023-03-20"), received(REPORT, "2023-04-20", "2023-04-24")], {"end": "2023-05-31"}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-03-20", None, "met", None),
        ("particulars", "2023-03-14", "2023-04-25", "2023-04-20", None, "met", None),
        ("reply", "2023-04-24", "2023-06-05", None, 4, "pending", None),
        ("final", "2023-05-31", "2023-06-28", None, 27, "pending", None),
    ]),
    # one handed in after the effects ended is final itself
    ("2023-04-22", [paper(NOTICE, "2023-03-20"), paper(REPORT, "2023-04-20")], {"end": "2023-04-15"}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-03-20", None, "met", None),
        ("particulars", "2023-03-14", "2023-04-25", "2023-04-20", None, "met", None),
        ("reply", "2023-04-20", "2023-06-01", None, 40, "pending", None),
    ]),
    # an employer's claim under 2.5: as soon as practicable, no number of days but the claim's own
    ("2023-06-30", [], {"parties": EMPLOYER_CLAIMS}, []),
    ("2023-06-30", [paper(NOTICE, "2023-03-28", ENGINEER)], {
        "parties": EMPLOYER_CLAIMS, "periods": (("notice", 14),),
    }, [
        ("notice", "2023-03-14", "2023-03-28", "2023-03-28", None, "met", None),  # the Engineer may give it
    ]),
    ("2023-03-20", [], {"parties": EMPLOYER_CLAIMS, "periods": (("notice", 14),)}, [
        ("notice", "2023-03-14", "2023-03-28", None, 8, "pending", None),
    ]),
]  # fmt: skip
FIDIC_2017 = [
    # 20.2.1 day 28 = 11 April; 20.2.4 day 84 = 6 June. Without a notice there is none to lapse.
    ("2023-06-07", [], {}, [
        ("notice", "2023-03-14", "2023-04-11", None, -57, "missing", "time_barred"),
        ("particulars", "2023-03-14", "2023-06-06", None, -1, "missing", "lapsed"),
    ]),
    # a late notice of 14 April, received on 17 April: the Engineer's word on it within 14 days = 1 May;
    # silence makes it valid
    ("2023-05-02", [received(NOTICE, "2023-04-14", "2023-04-17")], {}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-04-14", None, "late", "time_barred"),
        ("objection", "2023-04-17", "2023-05-01", None, -1, "missing", "deemed_valid"),
        ("particulars", "2023-03-14", "2023-06-06", None, 35, "pending", None),
    ]),
    # answered on day 14
    ("2023-05-02", [
        received(NOTICE, "2023-04-14", "2023-04-17"),
        paper("Late notice of claim\nYour notice was given late.", "2023-05-01", ENGINEER),
    ], {}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-04-14", None, "late", "time_barred"),
        ("objection", "2023-04-17", "2023-05-01", "2023-05-01", None, "met", None),
        ("particulars", "2023-03-14", "2023-06-06", None, 35, "pending", None),
    ]),
    # no detailed claim by 6 June: the Engineer says so within 14 days = 20 June
    ("2023-06-10", [paper(NOTICE, "2023-03-20")], {}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-03-20", None, "met", None),
        ("objection", "2023-03-20", "2023-04-03", None, -68, "missing", "deemed_valid"),
        ("particulars", "2023-03-14", "2023-06-06", None, -4, "missing", "lapsed"),
        ("lapse", "2023-06-06", "2023-06-20", None, 10, "pending", None),
    ]),
    # claim of 1 May: agreement by 12 June (42), determination by 24 July (42 more); then 28 days to say that one is
    # dissatisfied: 21 August
    ("2023-07-25", [paper(NOTICE, "2023-03-20"), paper(REPORT, "2023-05-01")], {}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-03-20", None, "met", None),
        ("objection", "2023-03-20", "2023-04-03", None, -113, "missing", "deemed_valid"),
        ("particulars", "2023-03-14", "2023-06-06", "2023-05-01", None, "met", None),
        ("agreement", "2023-05-01", "2023-06-12", None, -43, "missing", None),
        ("determination", "2023-06-12", "2023-07-24", None, -1, "missing", "deemed_rejected"),
        ("dissatisfaction", "2023-07-24", "2023-08-21", None, 27, "pending", None),
    ]),
    # 20.2.6: effects end on 30 June; the claim before that was interim; 28 days = 28 July. The clause binds
    # both sides alike.
    ("2023-07-01", [
        paper(NOTICE, "2023-03-20", EMPLOYER), paper(REPORT, "2023-05-01", EMPLOYER),
        paper("Notice of the Parties' agreement\nThe parties have agreed.", "2023-06-10", ENGINEER),
    ], {"end": "2023-06-30", "parties": EMPLOYER_CLAIMS}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-03-20", None, "met", None),
        ("objection", "2023-03-20", "2023-04-03", None, -89, "missing", "deemed_valid"),
        ("particulars", "2023-03-14", "2023-06-06", "2023-05-01", None, "met", None),
        ("agreement", "2023-05-01", "2023-06-12", "2023-06-10", None, "met", None),
        ("final", "2023-06-30", "2023-07-28", None, 27, "pending", None),
    ]),
    # a leap year: 84 days after 1 February 2024 (28 in February, 31 in March, 25 in April) is 25 April
    ("2024-03-01", [], {"start": "2024-02-01"}, [
        ("notice", "2024-02-01", "2024-02-29", None, -1, "missing", "time_barred"),
        ("particulars", "2024-02-01", "2024-04-25", None, 55, "pending", None),
    ]),
]  # fmt: skip
GF_2017 = [
    # 19.1 (1) day 28 = 11 April; without a notice of intent the report runs from its last day: 9 May. No
    # rolling over holidays: 9 May is a Tuesday, but 11 April plus 28 stays so whatever day it is.
    ("2023-04-12", [], {}, [
        ("notice", "2023-03-14", "2023-04-11", None, -1, "missing", "time_barred"),
        ("particulars", "2023-04-11", "2023-05-09", None, 27, "pending", None),
    ]),
    # notice of 20 March: report by 17 April. Report of 10 April stamped 12 April: review by 26 April (14),
    # answer by 10 May (28). No answer on 11 May: silence accepts the claim.
    ("2023-05-11", [
        paper(INTENT, "2023-03-20", "港务土木工程有限公司"),
        received(CLAIM_REPORT, "2023-04-10", "2023-04-12", "港务土木工程有限公司"),
    ], {}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-03-20", None, "met", None),
        ("particulars", "2023-03-20", "2023-04-17", "2023-04-10", None, "met", None),
        ("review", "2023-04-12", "2023-04-26", None, -15, "missing", None),
        ("reply", "2023-04-12", "2023-05-10", None, -1, "missing", "deemed_accepted"),
    ]),
    # an answer one day late accepts the claim all the same
    ("2023-05-20", [
        paper(INTENT, "2023-03-20", "港务土木工程有限公司"),
        received(CLAIM_REPORT, "2023-04-10", "2023-04-12", "港务土木工程有限公司"),
        paper(RESULT, "2023-05-11", "北港管理局"),
    ], {}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-03-20", None, "met", None),
        ("particulars", "2023-03-20", "2023-04-17", "2023-04-10", None, "met", None),
        ("review", "2023-04-12", "2023-04-26", None, -24, "missing", None),
        ("reply", "2023-04-12", "2023-05-10", "2023-05-11", None, "late", "deemed_accepted"),
    ]),
    # 19.1 (4): effects end on 1 October 2023 (a holiday): 28 days = 29 October, a Sunday; it stays
    ("2023-10-02", [
        paper(INTENT, "2023-03-20", "港务土木工程有限公司"), paper(CLAIM_REPORT, "2023-04-10", "港务土木工程有限公司"),
        paper("监理审查意见\n经审查，情况属实。", "2023-04-20", "衡正监理有限公司"),
        paper(RESULT, "2023-05-08", "北港管理局"),
    ], {"end": "2023-10-01"}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-03-20", None, "met", None),
        ("particulars", "2023-03-20", "2023-04-17", "2023-04-10", None, "met", None),
        ("review", "2023-04-10", "2023-04-24", "2023-04-20", None, "met", None),
        ("reply", "2023-04-10", "2023-05-08", "2023-05-08", None, "met", None),
        ("final", "2023-10-01", "2023-10-29", None, 27, "pending", None),
    ]),
    # 19.3, 19.4: the employer's notice comes through the supervisor; report of 10 April, no answer by 8 May
    # (28): accepted
    ("2023-05-09", [
        paper(INTENT, "2023-04-01", "衡正监理有限公司"), paper(CLAIM_REPORT, "2023-04-10", "北港管理局"),
    ], {"parties": EMPLOYER_CLAIMS}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-04-01", None, "met", None),
        ("particulars", "2023-04-01", "2023-04-29", "2023-04-10", None, "met", None),
        ("reply", "2023-04-10", "2023-05-08", None, -1, "missing", "deemed_accepted"),
    ]),
    ("2023-05-09", [
        paper(INTENT, "2023-04-12", "北港管理局"), paper(CLAIM_REPORT, "2023-05-08", "北港管理局"),
    ], {"parties": EMPLOYER_CLAIMS}, [
        ("notice", "2023-03-14", "2023-04-11", "2023-04-12", None, "late", "time_barred"),
        ("particulars", "2023-04-12", "2023-05-10", "2023-05-08", None, "met", None),
        ("reply", "2023-05-08", "2023-06-05", None, 27, "pending", None),
    ]),
]  # fmt: skip
NEC4 = [
    # 61.3: eight weeks after Tuesday 14 March is Tuesday 9 May
    ("2023-05-09", [], {}, [("notice", "2023-03-14", "2023-05-09", None, 0, "pending", None)]),
    ("2023-05-10", [], {}, [("notice", "2023-03-14", "2023-05-09", None, -1, "missing", "time_barred")]),
    ("2024-03-29", [], {"start": "2024-02-01"}, [
        ("notice", "2024-02-01", "2024-03-28", None, -1, "missing", "time_barred"),
    ]),
    # not where the Project Manager's own instruction was the event; its reply is due all the same, a week
    # after the notification
    ("2023-06-30", [], {"instructed": True}, []),
    ("2023-06-30", [paper(NOTICE, "2023-06-20")], {"instructed": True}, [
        ("reply", "2023-06-20", "2023-06-27", None, -3, "missing", "in_default"),
    ]),
    # 61.4: notified on 20 March, reply by 27 March; reminded on 3 April, two weeks = 17 April: then it
    # counts as accepted
    ("2023-04-18", [
        paper(NOTICE, "2023-03-20"), paper("Failure to reply\nYou have not replied to our notification.", "2023-04-03"),
    ], {}, [
        ("notice", "2023-03-14", "2023-05-09", "2023-03-20", None, "met", None),
        ("reply", "2023-03-20", "2023-03-27", None, -22, "missing", "in_default"),
        ("late_reply", "2023-04-03", "2023-04-17", None, -1, "missing", "deemed_accepted"),
    ]),
    ("2023-04-18", [
        paper(NOTICE, "2023-03-20"),
        paper("Project Manager's decision\nIt is a compensation event.", "2023-03-27", ENGINEER),
    ], {}, [
        ("notice", "2023-03-14", "2023-05-09", "2023-03-20", None, "met", None),
        ("reply", "2023-03-20", "2023-03-27", "2023-03-27", None, "met", None),
    ]),
    ("2023-06-30", [], {"parties": EMPLOYER_CLAIMS}, []),
]  # fmt: skip
INSURANCE = [
    # art. 21 sets no days, the policy does: 2 days after 14 March
    ("2023-03-17", [], {}, []),
    ("2023-03-17", [], {"periods": (("notice", 2),)}, [
        ("notice", "2023-03-14", "2023-03-16", None, -1, "missing", None),
    ]),
    # art. 23: claimed on 5 June 2023; 30 days = 5 July, a Wednesday; paid 10 days after = 15 July, a
    # Saturday: Monday 17 July. Art. 25: 60 days after 5 June = 4 August, a Friday.
    ("2023-07-06", [paper(APPLICATION, "2023-06-05")], {}, [
        ("reply", "2023-06-05", "2023-07-05", None, -1, "missing", "in_default"),
        ("payment", "2023-07-05", "2023-07-17", None, 11, "pending", None),
        ("advance", "2023-06-05", "2023-08-04", None, 29, "pending", None),
    ]),
    # decided on 20 June: ten days = 30 June
    ("2023-07-06", [
        paper(APPLICATION, "2023-06-05"), paper(DECISION, "2023-06-20", EMPLOYER), paper(PAID, "2023-07-03", EMPLOYER),
    ], {}, [
        ("reply", "2023-06-05", "2023-07-05", "2023-06-20", None, "met", None),
        ("payment", "2023-06-20", "2023-06-30", "2023-07-03", None, "late", "in_default"),
    ]),
    # art. 22: asked on 9 June for what was missing, which came on 19 June: ten days do not count: 5 July +
    # 10 = 15 July, a Saturday: Monday 17 July
    ("2023-07-06", [
        paper(APPLICATION, "2023-06-05"), paper("补充资料通知\n请补充提供以下资料。", "2023-06-09", EMPLOYER),
        paper("补充资料\n现补充提交如下。", "2023-06-19"),
    ], {}, [
        ("reply", "2023-06-05", "2023-07-17", None, 11, "pending", None),
        ("payment", "2023-07-17", "2023-07-27", None, 21, "pending", None),
        ("advance", "2023-06-05", "2023-08-04", None, 29, "pending", None),
    ]),
    # asked on 9 June, never answered, decided on 15 July all the same: 36 days do not count: 5 July + 36 = 10 August
    ("2023-09-01", [
        paper(APPLICATION, "2023-06-05"), paper("补充资料通知\n请补充提供以下资料。", "2023-06-09", EMPLOYER),
        paper("拒赔通知书\n经核定，不予赔付。", "2023-07-15", EMPLOYER),
    ], {}, [
        ("reply", "2023-06-05", "2023-08-10", "2023-07-15", None, "met", None),
    ]),
    # a written refusal (art. 24) leaves nothing to pay
    ("2023-07-06", [
        paper(APPLICATION, "2023-06-05"), paper("拒赔通知书\n不属于保险责任。经核定予以拒赔。", "2023-06-20", EMPLOYER),
    ], {}, [
        ("reply", "2023-06-05", "2023-07-05", "2023-06-20", None, "met", None),
    ]),
]  # fmt: skip
WARRANTY = [
    ("2023-06-30", [], {}, []),
    # two months after 31 December 2023 end on 29 February 2024, the last day of the month
    ("2024-02-28", [], {"start": "2023-12-31", "periods": (("notice", "2 months"),)}, [
        ("notice", "2023-12-31", "2024-02-29", None, 1, "pending", None),
    ]),
    ("2024-06-30", [
        paper(NOTICE, "2024-03-01"), paper(REPORT, "2024-03-10"), paper(REFUSAL, "2024-03-25", EMPLOYER),
    ], {"start": "2023-12-31", "periods": (("notice", "2个月"), ("particulars", 10), ("reply", "2 weeks"))}, [
        ("notice", "2023-12-31", "2024-02-29", "2024-03-01", None, "late", "time_barred"),
        ("particulars", "2024-03-01", "2024-03-11", "2024-03-10", None, "met", None),
        ("reply", "2024-03-10", "2024-03-24", "2024-03-25", None, "late", None),
    ]),
]  # fmt: skip
TABLE = {
    "fidic-1999": FIDIC_1999,
    "fidic-2017": FIDIC_2017,
    "gf-2017-0201": GF_2017,
    "nec4": NEC4,
    "prc-insurance": INSURANCE,
    "warranty": WARRANTY,
}


@pytest.mark.parametrize(
    ("contract", "number"), [(name, number) for name, lines in TABLE.items() for number in range(len(lines))]
)
def test_the_dates_worked_out_by_hand(contract: str, number: int) -> None:
    today, documents, of_event, expected = TABLE[contract][number]
    assert rows(clocks(contract, today, *documents, **of_event)) == expected  # type: ignore[misc]


def test_every_form_has_its_table_and_every_step_says_where_it_stands_in_both_languages() -> None:
    assert {*TABLE, "none"} == set(names())
    for name in names():
        rules = form(name)
        assert rules.source
        for step in (*rules.contractor, *rules.employer):
            assert step.clause
            assert step.source == rules.source
            assert step.texts["en"].isascii()
            assert not step.texts["zh"].isascii()
            assert step.text in step.texts.values()
            assert not told(f"step_{step.key}", "zh").isascii()
            assert step.missed is None or not told(f"missed_{step.missed}", "zh").isascii()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"from": "nowhere"}, "from nowhere"),
        ({"by": "judge"}, "by judge"),
        ({"missed": "bad luck"}, "missed: bad luck"),
        ({"days": 0}, "at least 1"),
        ({"days": 1, "weeks": 1}, "one period"),
        ({"unless": ["later"]}, "does not come before"),
        ({"suspended": ["notice"]}, "suspended takes two"),
        ({"answers": ["maybe"]}, "unknown answer"),
        ({"clock": "read"}, "clock read"),
        ({"colour": "red"}, "unknown colour"),
        ({"text": {"en": "only"}}, "zh"),
        ({"key": "notice"}, "twice"),
    ],
)
def test_a_rule_with_a_fault_is_named(change: dict[str, Any], said: str) -> None:
    text = {"en": "Text", "zh": "条文"}
    notice = {"key": "notice", "clause": "1", "days": 28, "from": "awareness", "by": "claimant", "text": text}
    good = {**notice, "key": "reply", "from": "notice", "clock": "sent"}
    made = {"title": "T", "source": "S", "contractor": [notice, good]}
    assert [step.key for step in read_form("own", made).contractor] == ["notice", "reply"]
    with pytest.raises(ValueError, match=f"own.yaml: step .*{said}"):
        read_form("own", {**made, "contractor": [notice, {**good, **change}]})


@pytest.mark.parametrize(
    ("told", "documents", "clause"),
    [
        ((("claimant", "employer"),), [], "第19.3款"),
        ((("claimant", "contractor"),), [("employer", CONTRACTOR)], "第19.1款第（1）项"),
        ((("respondent", "contractor"),), [], "第19.3款"),
        ((("respondent", "employer"),), [("employer", CONTRACTOR)], "第19.1款第（1）项"),
        ((), [("employer", CONTRACTOR)], "第19.3款"),
        ((), [("contractor", CONTRACTOR)], "第19.1款第（1）项"),
        ((), [("employer", EMPLOYER)], "第19.1款第（1）项"),
        ((), [], "第19.1款第（1）项"),
    ],
)
def test_who_claims_is_told_by_the_register_else_by_the_documents(
    told: tuple[tuple[str, str], ...], documents: list[tuple[str, str]], clause: str
) -> None:
    parties = tuple(replace(party, contract_role=dict(told).get(party.role)) for party in PARTIES)
    papers = [
        evidence(f"{n}.pdf", f"{name} ({role})", kind="contract", facts=[("party", role, name)])
        for n, (role, name) in enumerate(documents)
    ]
    assert clocks("gf-2017-0201", "2023-06-30", *papers, parties=parties)[0].clause == clause


def to(name: str, recipient: str, sender: str = CONTRACTOR) -> Evidence:
    text = f"To: {recipient}\n{NOTICE}"
    return paper(text, "2023-03-20", sender, facts=[("party", "recipient", recipient)], title=name)


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (to("to the engineer", ENGINEER), "met"),
        (to("to the employer", EMPLOYER), "met"),
        (to("to itself", CONTRACTOR), "missing"),
        (to("to its subcontractor", "Dunlin Plant Ltd"), "missing"),
        (to("to someone unknown", "Somebody Else Ltd"), "met"),
        (to("from the other party, citing the clause", CONTRACTOR, EMPLOYER), "missing"),
        (to("from a subcontractor", CONTRACTOR, "Dunlin Plant Ltd"), "missing"),
    ],
    ids=lambda value: value.summary.title if isinstance(value, Evidence) else value,
)
def test_a_notice_goes_from_the_claimant_to_the_other_side(document: Evidence, status: str) -> None:
    parties = (*PARTIES, Party("subcontractor", "Dunlin Plant Ltd"))
    assert clocks("fidic-1999", "2023-06-30", document, parties=parties)[0].status == status


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("minutes", "Item 4. HCL stated that it would claim for the delay.", "it would claim"),
        ("minutes", "Notice of claim: to be sent by HCL.", "Notice of claim"),
        ("work_record", "Told the engineer; verbal notice of the closure.", "verbal notice"),
        ("correspondence", "We refer to your notice of claim.", "your notice of claim"),
        ("correspondence", "Access was refused. We claim an extension of time.", "We claim"),
        ("minutes", "承包人表示将就停工提出索赔。", "提出索赔"),
        ("minutes", "The weather was fine.", None),
    ],
)
def test_a_mention_of_a_notice_is_shown_beside_the_missing_one(
    kind: str, text: str, words: str | None
) -> None:
    spoken = evidence("spoken.pdf", "cover", text, kind=kind, date="2023-03-16")
    found = clocks("fidic-1999", "2023-06-30", spoken)[0]
    assert (found.status, found.done) == ("missing", None)
    told = found.as_json()["mentioned"]
    if words is None:
        assert told is None
    else:
        assert (told["date"], told["doc"], told["page"]) == ("2023-03-16", spoken.id, 2)
        assert words in told["words"]


def test_a_notice_that_was_given_has_no_mention_beside_it() -> None:
    minutes = evidence("m.pdf", "HCL would claim for the delay.", kind="minutes", date="2023-03-16")
    found = clocks("fidic-1999", "2023-06-30", minutes, paper(NOTICE, "2023-03-20"))[0]
    assert (found.status, found.mentioned) == ("met", None)


def answered(answer: str, date: str, contract: str, *documents: Evidence) -> list[Deadline]:
    said = Response(answer, day(date), evidence=documents[-1].id if documents else None)
    happened: Event = replace(event(), responses=(said,))
    return deadlines(case(claim(happened, contract=contract), documents), day("2023-06-30"))


@pytest.mark.parametrize(
    ("answer", "date", "expected"),
    [
        ("rejected", "2023-06-07", ("2023-06-07", "met", "rejected")),
        ("part_accepted", "2023-06-08", ("2023-06-08", "late", "part_accepted")),
        ("more_information", "2023-05-20", (None, "missing", None)),
        ("rejected", "2023-04-20", (None, "missing", None)),  # before there was anything to answer
    ],
)
def test_a_recorded_answer_is_the_reply(answer: str, date: str, expected: tuple[str | None, ...]) -> None:
    memo = evidence("call.pdf", "A note of what was said", kind="other", date=date)
    found = {d.step: d for d in answered(answer, date, "fidic-1999", paper(REPORT, "2023-04-26"), memo)}
    reply = found["reply"]
    assert (reply.done.isoformat() if reply.done else None, reply.status, reply.answer) == expected
    if reply.done is not None:
        assert reply.as_json()["done_evidence"] == {"doc": memo.id, "page": 1}


def test_an_answer_that_was_only_told_has_no_document() -> None:
    said = replace(event(), responses=(Response("accepted", day("2023-05-20")),))
    found = deadlines(case(claim(said), [paper(REPORT, "2023-04-26")]), day("2023-06-30"))
    reply = next(d for d in found if d.step == "reply")
    assert (reply.status, reply.done_evidence) == ("met", None)
    assert (
        "Done on 2023-05-20." in calendar(found, datetime.datetime(2023, 6, 30, tzinfo=datetime.UTC)).decode()
    )


def test_an_insurers_recorded_refusal_ends_its_duty_to_pay_and_its_question_suspends_the_decision() -> None:
    steps = [
        d.step for d in answered("rejected", "2023-06-20", "prc-insurance", paper(APPLICATION, "2023-06-05"))
    ]
    assert steps == ["reply"]
    asked = answered("more_information", "2023-06-09", "prc-insurance", paper(APPLICATION, "2023-06-05"))
    # asked on 9 June and still waiting on 30 June: 21 days more than 5 July = 26 July
    assert asked[0].due == day("2023-07-26")


def test_the_calendar_reads_back_in_both_languages_with_uids_that_stay() -> None:
    now = datetime.datetime(2023, 4, 1, 8, tzinfo=datetime.UTC)
    minutes = evidence("m.pdf", "HCL would claim for the delay.", kind="minutes", date="2023-03-16")
    before = clocks("fidic-1999", "2023-04-01", minutes)
    after = clocks("fidic-1999", "2023-05-01", paper(NOTICE, "2023-04-12"), aware="2023-03-20")
    uids = []
    for found, language, words, step in (
        (before, "en", "Notice of the event", "notice"),
        (after, "zh", "承包商察觉", "索赔意向通知"),
    ):
        read = icalendar.Calendar.from_ical(calendar(found, now, language))
        entries = list(read.walk("VEVENT"))
        uids.append([str(entry["uid"]) for entry in entries])
        assert words in str(entries[0]["description"])
        assert step in str(entries[0]["summary"])
        assert [e["dtstart"].dt for e in entries] == [d.due for d in found]
        assert [len(e.walk("VALARM")) for e in entries] == [0 if d.done else 2 for d in found]
        assert read["version"] == "2.0"
    assert uids[0] == uids[1]
    text = calendar(before, now).decode().replace("\r\n ", "")
    assert f"not given ({minutes.id}" in text


@pytest.mark.parametrize(
    ("told", "start", "last"),
    [
        (28, "2024-02-01", "2024-02-29"),
        ("28 days", "2023-02-01", "2023-03-01"),
        ("8 weeks", "2023-03-14", "2023-05-09"),
        ("1 month", "2023-01-31", "2023-02-28"),
        ("1个月", "2024-01-31", "2024-02-29"),
        ("3 months", "2023-11-30", "2024-02-29"),
        ("2年", "2024-02-29", "2026-02-28"),
    ],
)
def test_on_which_day_a_period_ends(told: int | str, start: str, last: str) -> None:
    assert period(told).after(day(start)) == day(last)


@pytest.mark.parametrize("told", [0, -1, 4000, "0 days", "soon", "3 moons", "12 years", ""])
def test_what_is_no_period_is_refused(told: int | str) -> None:
    with pytest.raises(ValueError, match="period"):
        period(told)


@given(
    st.dates(day("1990-01-01"), day("2090-01-01")), st.integers(1, 100), st.sampled_from(["month", "year"])
)
def test_months_end_on_the_corresponding_day_or_the_last_of_the_month(
    start: datetime.date, count: int, unit: str
) -> None:
    last = Period(count, unit).after(start)
    months = count * (12 if unit == "year" else 1)
    assert (last.year - start.year) * 12 + last.month - start.month == months
    assert last.day == start.day or (last.day < start.day and (last + datetime.timedelta(days=1)).day == 1)
