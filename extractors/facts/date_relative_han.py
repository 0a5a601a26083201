"""Days told from another day in Chinese: 昨天, 上周五, 三天前, 本月15日, 去年5月6日, 次日."""

from __future__ import annotations

import datetime
import re
from functools import cache

from extractors.facts.date_shift import (
    Rule,
    end_of,
    in_week,
    month_day,
    months_on,
    nth_weekday,
    plus,
    rule,
    shifted,
    whole,
)
from extractors.facts.fact import Day
from extractors.facts.numerals import han_number

_HAN = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_FIXED_HAN = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_STEP_HAN = {"上上": -2, "上": -1, "本": 0, "这": 0, "当": 0, "下": 1, "次": 1, "翌": 1, "同": 0, "下下": 2}
_YEAR_HAN = {
    "前": -2,
    "去": -1,
    "上": -1,
    "今": 0,
    "本": 0,
    "当": 0,
    "同": 0,
    "明": 1,
    "次": 1,
    "翌": 1,
    "后": 2,
}

_WEEKDAY = r"(?P<wd>[一二三四五六日天])"
_DAY = rf"(?P<d>{_HAN})[日号]"
_WEEK = "周|星期|礼拜"
_UNITS = {"月": "month", "周": "week", "星期": "week", "季度": "quarter"}
_GOES_ON = r"[转边期围岁年度底末初中上下一二三四五六日天\d]|的? ?\d|的[一二三四五六七八九十]"
"""What behind 本月 or 下周 says that something else is meant: a day of it, 周期, 周转, 月初."""
_WHOLE = rf"(?P<step>上上|上|本|这|下下|下)(?:一?个)?(?P<unit>月|周|星期|季度)(?!{_GOES_ON})"
_LAST = (
    r"(?:(?P<step>上上|上|本|下)(?:一?个)?|(?<![当\d一二三四五六七八九十份个每]))月(?:底|末)"
    r"|(?P<y>[去今本当明])年年?(?:底|末)"
)
_SAME = "当日|当天|(?<![合共不协会相等])同日|同一天"
_MONTH = r"(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"


@cache
def rules() -> tuple[Rule, ...]:
    """All wordings, in no order that matters."""
    named = r"(?P<w>大前|前|昨|今|明|大后|(?<![之以今此往随])后)[天日](?!然|起|公报)|(?P<v>昨|今|明)[晚夜早晨](?!报)"
    week = rf"(?P<step>上上|上|本|这|下下|下)(?:一?个)?(?:{_WEEK}){_WEEKDAY}"
    bare = rf"(?<![上下本这个每逢])(?:{_WEEK}){_WEEKDAY}(?![至到年岁~-]|期)"
    count = (
        rf"(?<![0-9月一二三四五六七八九十第])(?P<n>{_HAN}) ?(?:个)?(?P<unit>天|日|{_WEEK}|月|年)"
        r"(?:之|以)?"
    )
    month = rf"(?P<step>上上|上|本|当|这|下)(?:一?个)?月(?:的)? ?{_DAY}"
    year = rf"(?P<y>[前去上今本明后])年 ?的?(?:{_MONTH}|[本同当])月 ?{_DAY}"
    return (
        rule("named day", "[前昨今明后][天日晚夜早晨]", named, _named),
        rule("next day", "次日|翌日|隔日|隔天|第二天", "次日|翌日|隔日|隔天|第二天", _next, chained=True),
        rule("day of a week", _WEEK, week, _of_week),
        rule("day of the week", _WEEK, bare, _of_week),
        rule("same day", "当[日天]|同[日天]|同一天", _SAME, _same, chained=True, bound=True),
        rule("count from today", "[天日周期拜月年][之以]?前", rf"{count}(?P<way>前)(?!期)", _moved),
        rule("count on", "[天日周期拜月年][之以]?后", rf"{count}(?P<way>后)(?![续期])", _moved, chained=True),
        rule("week or month", "[上本这当下个][月周星季]", _WHOLE, _whole),
        rule("end of a period", "[月年][底末]", _LAST, _end),
        rule("day of a month", "[上本当这下次个]月", month, _of_month),
        rule("day of a year", "[前去上今本明后]年", year, _of_year),
        *_parts_of_periods(),
        *_chained(),
    )


def _parts_of_periods() -> tuple[Rule, ...]:
    """本月下旬, 去年第四季度."""
    third = r"(?P<step>上上|上|本|当|这|下)(?:一?个)?月(?P<third>[上中下])旬"
    nth = (
        r"(?P<step>上上|上|本|当|这|下)(?:一?个)?月的?"
        rf"(?:第(?P<n>[一二三四1-4])|(?P<last>最后)一?)个?(?:{_WEEK}){_WEEKDAY}"
    )
    quarter = r"(?P<y>[前去今本明])年度?的?第?(?P<q>[一二三四1-4])个?季度"
    return (
        rule("third of a month", "月[上中下]旬", third, _third),
        rule("weekday of a month", "月的?(?:第|最后)|季度", nth, _nth_of_month),
        rule("quarter of a year", "月的?(?:第|最后)|季度", quarter, _quarter),
    )


def _chained() -> tuple[Rule, ...]:
    """Days counted from the date before them in the text: 次年6月2日, 同月20日, and 5日 behind 4月3日."""
    year = rf"(?P<y>[次翌同当])年 ?的?{_MONTH}月 ?{_DAY}"
    month = rf"(?P<step>[同次翌])月 ?{_DAY}"
    bare = rf"(?<=[,;。:]){_DAY}(?![内后前之以间期龄历工均起]|左右|[一-鿿]{{0,2}}内)"
    return (
        rule("day of a year", "[次翌同当][年月]", year, _of_year, chained=True),
        rule("day of a month", "[次翌同当][年月]", month, _of_month, chained=True),
        rule("day of that month", "[,;。:][0-9一二三廿]", bare, _bare_day, chained=True, bound=True),
    )


def _third(match: re.Match[str], anchor: datetime.date) -> Day:
    first = months_on(anchor.replace(day=1), _STEP_HAN[match["step"]])
    start, end = {"上": (1, 10), "中": (11, 20), "下": (21, 0)}[match["third"]]
    return Day(first.replace(day=start), first.replace(day=end) if end else end_of(first, 0, "month").start)


def _nth_of_month(match: re.Match[str], anchor: datetime.date) -> Day:
    first = months_on(anchor.replace(day=1), _STEP_HAN[match["step"]])
    weekday = "一二三四五六日".index(match["wd"].replace("天", "日"))
    number = -1 if match["last"] else int(han_number(match["n"]) or 0)
    return Day(first.replace(day=nth_weekday(first.year, first.month, number, weekday)))


def _quarter(match: re.Match[str], anchor: datetime.date) -> Day:
    month = 3 * int(han_number(match["q"]) or 0)
    return whole(datetime.date(anchor.year + _YEAR_HAN[match["y"]], month, 1), 0, "quarter")


def _bare_day(match: re.Match[str], anchor: datetime.date) -> Day:
    """The first such day from the anchor on: 5日 behind 4月28日 is 5月5日."""
    day = int(han_number(match["d"]) or 0)
    return month_day(anchor, 0 if day >= anchor.day else 1, day)


def _same(_: re.Match[str], anchor: datetime.date) -> Day:
    return plus(anchor, 0)


def _whole(match: re.Match[str], anchor: datetime.date) -> Day:
    """All days of a week, month or quarter."""
    return whole(anchor, _STEP_HAN[match["step"]], _UNITS[match["unit"]])


def _end(match: re.Match[str], anchor: datetime.date) -> Day:
    """The last day of a month or year; 月底 alone is that of the anchor's month."""
    if match["y"]:
        return end_of(anchor, _YEAR_HAN[match["y"]], "year")
    return end_of(anchor, _STEP_HAN[match["step"] or "本"], "month")


def _next(_: re.Match[str], anchor: datetime.date) -> Day:
    return plus(anchor, 1)


def _named(match: re.Match[str], anchor: datetime.date) -> Day:
    return plus(anchor, _FIXED_HAN[match["w"] or match["v"]])


def _moved(match: re.Match[str], anchor: datetime.date) -> Day | None:
    count = han_number(match["n"])
    way = -1 if match["way"] == "前" else 1
    return None if count is None else shifted(anchor, way * int(count), match["unit"])


def _of_week(match: re.Match[str], anchor: datetime.date) -> Day:
    weekday = "一二三四五六日".index(match["wd"].replace("天", "日"))
    return in_week(anchor, _STEP_HAN[match.groupdict().get("step") or "本"], weekday)


def _of_month(match: re.Match[str], anchor: datetime.date) -> Day:
    return month_day(anchor, _STEP_HAN[match["step"]], int(han_number(match["d"]) or 0))


def _of_year(match: re.Match[str], anchor: datetime.date) -> Day:
    month = int(han_number(match["m"]) or 0) if match["m"] else anchor.month
    return Day(datetime.date(anchor.year + _YEAR_HAN[match["y"]], month, int(han_number(match["d"]) or 0)))
