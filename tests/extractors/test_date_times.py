"""Times of day beside a date, in both languages, and figures beside a date that are none."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import PageText, assemble
from extractors.facts.dates import find
from extractors.facts.fact import Day


def clocks(text: str) -> list[str | None]:
    document = assemble([PageText(f"{text}\n", 595, 842)], "text/plain")
    return [fact.value.clock for fact in find(document, "other") if isinstance(fact.value, Day)]


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("on 14 March 2023 at 09:40", "09:40"),
        ("on 14 March 2023 at 9.40 the pump failed", "09:40"),
        ("2023年3月14日下午3时20分", "15:20"),
        ("2023年3月14日15时20分许", "15:20"),
        ("2023年3月14日上午九时三十分", "09:30"),
        ("2023年3月14日晚上8点半", "20:30"),
        ("2023年3月14日中午12时", "12:00"),
        ("2023年3月14日中午1时", "13:00"),
        ("2023年3月14日凌晨2点", "02:00"),
        ("2023年3月14日（星期二）下午2:30", "14:30"),
        ("2023年3月14日北京时间9时", "09:00"),
        ("2023年3月14日中午停电", "12:00"),
        ("14/03/2023 15:20 hrs", "15:20"),
        ("14/03/2023 1520h", "15:20"),
        ("14/03/2023, 0940hrs", "09:40"),
        ("2023-03-14T15:20:00+08:00", "15:20+08:00"),
        ("2023-03-14T15:20Z", "15:20+00:00"),
        ("Tue, 14 Mar 2023 15:20:44 +0800", "15:20:44+08:00"),
        ("14 March 2023 15:20 (UTC+8)", "15:20+08:00"),
        ("14 March 2023 15:20 HKT", "15:20+08:00"),
        ("14 March 2023 15:20 -0530", "15:20-05:30"),
        ("14 March 2023 3 pm", "15:00"),
        ("14 March 2023 at 3.15 p.m.", "15:15"),
        ("14 March 2023 at 12 a.m. sharp", "00:00"),
        ("14 March 2023 12:30 PM", "12:30"),
        ("March 14, 2023 at 9 o'clock in the evening", "21:00"),
        ("14 March 2023 (Tuesday) at 10:30 am", "10:30"),
        ("14 March 2023, Time: 15:20", "15:20"),
        ("14 March 2023 at noon", "12:00"),
        ("14.03.2023 um 15:20 Uhr", "15:20"),
        ("2023-03-14 9h40", "09:40"),
        ("at 2.15 p.m. on 14 March 2023", "14:15"),
        ("at 09:40 hrs on Tuesday, 14 March 2023", "09:40"),
        ("09:40, 14 March 2023", "09:40"),
        ("between 09:00 and 11:30 on 14 March 2023", "09:00"),
        ("14 March 2023 between 09:00 and 11:30", "09:00"),
        ("14 March 2023 from 09:00 to 11:30", "09:00"),
        ("2023年3月14日9:00-11:30停电", "09:00"),
        ("日期：2023年3月14日 时间：14:20", "14:20"),
        ("Date 14/03/2023 Time 0940", "09:40"),
        ("自2023年3月5日8时起至2023年3月17日18时止", "08:00"),
        ("from 3 May 2023 09:00 to 4 May 2023 17:00", "09:00"),
        ("from 09:00 on 3 May 2023 to 17:00 on 4 May 2023", "09:00"),
    ],
)
def test_the_time_beside_a_day_is_kept_with_it(written: str, clock: str) -> None:
    assert clocks(written) == [clock]


@pytest.mark.parametrize(
    "written",
    [
        "14 March 2023",
        "14/03/2023 9.40",
        "14/03/2023 2:1 ratio",
        "Scale 1:50 14 March 2023",
        "14 March 2023 12 men",
        "14 March 2023 at 3 o'clock",
        "14 March 2023 at 10 locations",
        "14 March 2023 1500 mm",
        "14 March 2023, 25:10",
        "2023年3月14日24时前",
        "2023年3月14日3点意见",
        "3 to 17 May 2023 15:20",
        "March 2023 15:20",
        "14 March 2023\n15:20 is another line",
    ],
)
def test_what_is_no_time_of_that_day(written: str) -> None:
    assert set(clocks(written)) == {None}


def test_a_time_between_two_days_belongs_to_the_first() -> None:
    assert clocks("14/03/2023 09:40 15/03/2023 is next") == ["09:40", None]
    assert clocks("14/03/2023 09:40 15/03/2023 10:20") == ["09:40", "10:20"]


def test_days_told_from_another_day_have_their_time_too() -> None:
    assert clocks("Date: 14 March 2023\n\nIt failed yesterday at 4 pm.\n昨日上午10时停电。") == [
        None,
        "16:00",
        "10:00",
    ]


@pytest.mark.parametrize(
    ("key", "value", "kind", "clock"),
    [
        ("Date", "Tue, 14 Mar 2023 23:10:00 +0800", "correspondence", "23:10+08:00"),
        ("EXIF DateTimeOriginal", "2023:03:14 09:12:33", "photo", "09:12:33"),
    ],
)
def test_what_a_file_says_of_itself_has_its_time(key: str, value: str, kind: str, clock: str) -> None:
    document = assemble([PageText("text", 595, 842)], "text/plain", ((key, value),))
    (fact,) = find(document, kind)
    assert isinstance(fact.value, Day)
    assert (fact.role, fact.value.clock) == ("document", clock)


FORMS = [
    "14 March 2023 at {:%H:%M}",
    "2023年3月14日{:%H}时{:%M}分",
    "2023-03-14T{:%H:%M}+08:00",
    "{:%H%M} hrs, 14/03/2023",
]


@given(st.times(), st.sampled_from(FORMS))
def test_every_time_is_read(time: datetime.time, form: str) -> None:
    (clock,) = clocks(form.format(*[time] * form.count("{")))
    assert clock == f"{time:%H:%M}" + ("+08:00" if form.endswith("00") else "")


@given(st.text(alphabet="0123456789:.apmhrs 时点分半上下午晚utc+-(at", max_size=40))
def test_no_text_beside_a_day_breaks_it(text: str) -> None:
    for day in (f"14 March 2023 {text}", f"{text} 14 March 2023"):
        clocks(day)


@pytest.mark.parametrize(
    "text",
    [
        "no later than 5 pm on 14 March 2023",
        "by noon on Tuesday, 14 March 2023",
        "by close of business on 14 March 2023",
    ],
)
def test_a_limit_with_a_time_is_one(text: str) -> None:
    (fact,) = find(assemble([PageText(f"You shall answer {text}.\n", 595, 842)], "text/plain"), "other")
    assert fact.role == "due"
