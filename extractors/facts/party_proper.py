"""Whether what was found is a name at all, and where it ends: no title of a standard form, no number, nothing run on.

The rules are of shape: a name has a word of its own beside its legal form and its trade; a reference is no such word;
what follows a legal form behind a dash, or stands in brackets behind a person, is about the name and not of it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from extractors.document import is_han
from extractors.facts.party_core import core_of, telling
from extractors.facts.party_labelled import Named
from extractors.facts.party_names import is_person
from extractors.facts.plain import has_han, plain

_FORM = r"(?:ltd|limited|llp|plc|inc|llc|corp|gmbh|bhd|s\.?a|b\.?v|pty|pte)\b\.?"
_PAPERS = (
    "invoice|inv|ref|reference|quotation|quote|report|letter|order|claim|account|contract|job|no|policy|receipt"
    "|statement|credit note"
)
_RUNS_ON = re.compile(
    rf"(?P<name>.*?\b{_FORM})\s*(?:[-–—:|/]+|,)\s*(?:(?:tax |our |your )?(?:{_PAPERS})\b|[^,]*\d).*",
    re.IGNORECASE | re.DOTALL,
)
_STANDARD = re.compile(
    r"(?:(?:see|under|per|by|the|fidic|jct|nec|icc|general|particular|special|standard|model|red|yellow|silver)\s+)*"
    r"(?:conditions|terms|forms?|specifications?|bills?|schedules?|methods?|codes?|acts?|regulations?|rules|guides?|manual"
    r"|standards?|certificates?|notices?|minutes|statements?|contract|agreement|appendix|annex|book|edition)"
    r"(?:\s+and\s+(?:conditions|regulations))?\s+(?:of|for|on|to|governing)\s",
    re.IGNORECASE,
)
_STANDARD_NAME = re.compile(
    r"(?:the\s+)?(?:nec\s?[234]?|fidic|jct|icc|ice|imeche|mf/?1|ppc\s?\d{4}|hkis?|gcc)\b.{0,60}"
    r"(?:construction|contract|conditions|works?|plant|book|design|build|agreement|form|services)",
    re.IGNORECASE | re.DOTALL,
)
"""`NEC4 Engineering and Construction`: the name of a form that lost its last word."""
_ENDS_WITH_FORM = re.compile(rf"{_FORM}$", re.IGNORECASE)
_REFERENCE = re.compile(r"(?=.*\d\d)[A-Z0-9]{1,6}(?:[-/][A-Z0-9]{1,8})+", re.IGNORECASE)
_INITIAL_AND_NUMBER = re.compile(r"\b[A-Z] [A-Z]{2,} \d+ \S+$")
_TRADES = re.compile(
    r"(?:建筑|建设|工程|安装|市政|装饰|装修|机械|设备|租赁|贸易|商贸|材料|建材|物资|科技|技术|服务|咨询|监理|检测|设计|勘察|汽车|销售"
    r"|维修|物业|管理|房地产|开发|投资|财产|保险|人寿|物流|运输|机电|集团|股份|劳务|分包|责任|有限|公司|总|分)+"
)
_FORUM = re.compile(
    r".{0,12}(?:所在地|住所地|签订地|履行地|交付地|注册地|管辖权的?|当地|有关|相应|上级)(?:的)?(?:.{0,4}(?:法院|仲裁委员会|仲裁机构|部门|主管机关))"
)
_FUNCTION = re.compile(
    r"(?:本|该)?(?:工程|项目)?(?:监理机构|管理机构|主管部门|监督机构|承包单位|施工单位|建设单位|监理单位|设计单位|检测单位|保险机构|维修单位|有关部门)"
)
_OFFICES = (
    r"总监理工程师代表|总监理工程师|专业监理工程师|监理工程师|项目总工程师|总工程师|项目经理|技术负责人|项目负责人|商务经理|生产经理|总经理"
    r"|副总经理|法定代表人|委托代理人|施工员|安全员|质检员|质量员|资料员|材料员|预算员|造价工程师|查勘员|定损员|公估师|检验员|技师|服务顾问"
)
_OFFICE_FIRST = re.compile(rf"(?:{_OFFICES})[:\s]*")
_OFFICE_BEHIND = re.compile(
    rf"\s*[(（](?:[^()（）]{{0,6}}(?:{_OFFICES}|员|师|长|经理|主任|代表|总监|负责人))[)）]?$"
)
_SIGNED_BY = re.compile(r"(?:人|员|长|师|手|字|会计|出纳|经理|复核|审核|制单)\s*[:：]\s*$")


def proper(text: str, one: Named) -> Named | None:
    """The name without what ran into it; None where it is none."""
    cut = _within(text, one)
    name = plain(text, cut.start, cut.end).text.replace("\n", " ").strip()
    return None if _is_none(f"{name} {cut.form}".strip()) else cut


def _is_none(name: str) -> bool:
    return _is_none_in_han(name.replace(" ", "")) if has_han(name) else _is_none_in_latin(name)


def _is_none_in_han(name: str) -> bool:
    generic = _TRADES.fullmatch(name) and name.endswith("公司")
    return bool(generic or _FORUM.fullmatch(name) or _FUNCTION.fullmatch(name))


def _is_none_in_latin(name: str) -> bool:
    """A title ("Conditions of Contract for Construction"), a number with a form ("EI-027 LLP"), a line of debris."""
    formed = _ENDS_WITH_FORM.search(name)
    if not formed:
        return bool(_STANDARD.match(name) or _STANDARD_NAME.fullmatch(name))
    own = name[: formed.start()].strip(" ,.")
    return bool(_REFERENCE.fullmatch(own)) or _INITIAL_AND_NUMBER.search(name) is not None


def _within(text: str, one: Named) -> Named:
    """The name alone, where more stands in its slice."""
    name = text[one.start : one.end]
    if not has_han(name):
        found = _RUNS_ON.fullmatch(name)
        return replace(one, end=one.start + found.end("name")) if found and not one.form else one
    for cut in (_after_signatory(text, one), _person_alone(name)):
        if cut:
            return replace(one, start=one.start + cut[0], end=one.start + cut[1])
    return one


def _after_signatory(text: str, one: Named) -> tuple[int, int] | None:
    """Where the company begins behind the person who signed at the end of the line before."""
    name = text[one.start : one.end]
    first, newline, rest = name.partition("\n")
    signed = _SIGNED_BY.search(text, max(0, one.start - 16), one.start)
    own = telling(core_of(rest)) if newline else ""
    if signed and len(own) >= 2 and is_person(first.strip()) and all(map(is_han, first.strip())):
        return len(name) - len(rest), len(name)
    return None


def _person_alone(name: str) -> tuple[int, int] | None:
    """A person without the office before or behind: 总监理工程师郑立, 贺明（施工员）."""
    before, behind = _OFFICE_FIRST.match(name), _OFFICE_BEHIND.search(name)
    start, end = before.end() if before else 0, behind.start() if behind else len(name)
    return (start, end) if (start or end < len(name)) and is_person(name[start:end]) else None
