"""A document's title as an index would give it: its subject, else its heading with its number. Never made up.

A title is put together of what stands in the document: it is no company's name alone, no address, date or number of
a contract, and where two lines tell more than one they are joined by a dash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, pairwise

from extractors.document import Document
from extractors.facts.party_forms import companies_in
from extractors.facts.plain import has_han, plain
from extractors.facts.reference_bare import bare, serial
from extractors.facts.reference_labelled import OF_A_BATCH, Numbered, labelled
from extractors.facts.reference_shapes import with_capital_i
from extractors.facts.segments import PageSegments, Segment
from extractors.kinds.cues import cue_phrases
from extractors.kinds.lines import HeadLine, head_lines, joined

_LABEL = r"(?:subject|subj|re|sub|regarding|title|topic|concerning|主题|事由|标题|会议名称|会议主题|议题|有关|案由)"
_SUBJECT = re.compile(
    rf"[#*\s]*{_LABEL}(?: [一-鿿]{{2,4}})? ?[:;] ?[*\s]*(?P<title>\S.*)$", re.IGNORECASE | re.DOTALL
)
_SUBJECT_BARE = re.compile(r"(?:re|subject)[ .-]{1,3}(?P<title>[A-Z].{8,})$", re.IGNORECASE | re.DOTALL)
_SUBJECT_ALONE = re.compile(rf"{_LABEL} ?:?(?: \W?\w{{1,3}})?", re.IGNORECASE)
_PAPERS = (
    "函|异议书|申诉书|报告|报告书|通知|通知书|请示|批复|意见|意见书|说明|纪要|证明|声明|备忘录|联系单|签证单|申请|申请书|申请表|报审表|回复|答复|决定|决定书"
    "|通报|公告|事宜|承诺书|委托书|清单|台账|汇总表|计算表|一览表|日志|日记|记录|记录表|合同|协议|协议书|条款|发票|收据|结算单|工单|通知单|暂停令"
    "|复工令|开工令|鉴定书|保单|批单|证书"
)
_ABOUT = re.compile(rf"(?:关于|对).{{2,60}}(?:{_PAPERS})$")
_NAMED = re.compile(rf"[^\s:;,。!?的]{{2,40}}(?:{_PAPERS})(?: ?\([^()]{{1,40}}\))?$")
_GREETING = re.compile(r"(?:dear |gentlemen|to whom it may concern|sirs)", re.IGNORECASE)
_OPENS_SUBJECT = re.compile(
    r"(?:sub)?contract\b|claim\b|warranty|notice|project\b|policy|insurance|loss\b|incident|request|application|detailed"
    r"|variation|determination|response|reply|extension|delay|late\b|damage|accident|interim|final|statement|proposal",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?:we|i|you|thank|further|with reference|in reply|in response|as|at|this|on|please|following|according|by"
    r"|your letter|our letter|it|there|enclosed|attached|having|pursuant) ",
    re.IGNORECASE,
)
_CONTRACT = re.compile(
    r"(?:sub-?)?(?:contract|project|合同)(?: (?:no|ref|number)\.?)? ?:? ?(?=[^ ]*\d)[\w/.\-]*\w"
    r"(?P<rest>(?:[:.,]| ?[-–—])? ?.*)$",
    re.IGNORECASE | re.DOTALL,
)
_PARTED = re.compile(r"[:.,]| ?[-–—:]")
_SERIES = re.compile(r"\(? ?第 ?\d+ ?[次期号] ?\)?")
_FORM = re.compile(r"^(?:ltd|llp|limited|plc|inc)\.? (?=\S)", re.IGNORECASE)
_SPACED = re.compile(r"(?<=[(（])\s+|\s+(?=[)）])")
_OWN_NUMBER = {
    "invoice": ("invoice",),
    "inspection_report": ("report",),
    "work_record": ("report", "order"),
    "contract": ("contract",),
    "correspondence": ("letter", "order"),
}
_BARE_WORDS = 6
_SHORTEST_SUBJECT = 10
_LONGEST = 120
_FIRST = 8
_NEAR_HEAD = 500
_SURE = 0.65
_YOURS = ("your", "贵", "来")
_OF_THEIRS = re.compile(r"[贵你](?:方|司|公司|单位|局|院)[^。]*(?:函|书|通知|报告)")
"""Before a number in a sentence that answers what the reader wrote."""
_LARGE = 1.35


def title_of(document: Document, page: PageSegments, heading: Segment | None, kind: str) -> str | None:
    """The title of a document whose first page this is; `heading` is the segment that told its kind."""
    if document.media_type.startswith(("message/", "video/", "audio/")) and document.title:
        return _tidy(document.title)
    if document.media_type.startswith("audio/"):
        return None
    if kind in ("photo", "video"):
        return None
    lines = head_lines(page)
    if document.media_type == "text/csv" or "sheet" in document.media_type or "excel" in document.media_type:
        return _of_sheet(lines) or _of_heading(document, page, lines, heading, kind)
    subject = _subject(lines) or _about(lines)
    of_heading = _of_heading(document, page, lines, heading, kind)
    if kind == "correspondence":
        named = _named(lines)
        numbered = _tidy(_with_number(document, page, named, kind)) if named else None
        return subject or _around_greeting(lines) or numbered or of_heading or _first_line(lines)
    first = of_heading or _named(lines)
    return (subject if kind == "other" else None) or first or subject or _first_line(lines)


def _of_sheet(lines: Sequence[HeadLine]) -> str | None:
    """The first row of a sheet that has one cell, under the name of the sheet."""
    rows = [line for line in lines[:6] if line.alone and len(line.text.strip(",")) >= 5]
    names = [line.text.strip(",") for line in rows if "," not in line.text.strip(",") or " " in line.text]
    told = [name for name in names if sum(c.isalpha() for c in name) >= 0.5 * len(name)]
    return _tidy(max(told[:2], key=len)) if told else None


def _subject(lines: Sequence[HeadLine]) -> str | None:
    """What stands behind "Subject:", beside 事由, or below it."""
    for at, line in enumerate(lines):
        found = _SUBJECT.match(line.plain.text) or _SUBJECT_BARE.match(line.plain.text)
        if found:
            start, end = line.plain.span(*found.span("title"))
            more = lines[at + 1] if at + 1 < len(lines) else None
            wraps = more is not None and _goes_on(line, more)
            title = joined(line.source[start:end])
            return _without_contract(f"{title} {more.text}" if more and wraps else title)
        if _SUBJECT_ALONE.fullmatch(line.plain.text.strip()):
            value = _beside(lines, at)
            if value and len(value) >= (4 if has_han(value) else 8):
                return _without_contract(value)
        if _GREETING.match(line.text):
            return None
    return None


def _beside(lines: Sequence[HeadLine], at: int) -> str | None:
    """The text to the right of a label, with the line under it where it goes on; else the line below."""
    following = list(lines[at + 1 : at + 5])
    beside = [
        line for line in following if line.first.line == lines[at].first.line or _level(lines[at], line)
    ]
    if not beside:
        return following[0].text if following and not following[0].is_label else None
    rest = [line for line in following if line not in beside][:1]
    wraps = [line.text for line in rest if len(beside) == 1 and _goes_on(beside[0], line)]
    return " ".join([beside[0].text, *wraps])


def _level(label: HeadLine, line: HeadLine) -> bool:
    if label.box is None or line.box is None:
        return False
    return line.box.x0 > label.box.x1 and label.box.y0 < (line.box.y0 + line.box.y1) / 2 < label.box.y1


def _goes_on(line: HeadLine, more: HeadLine) -> bool:
    """Whether a line is the second half of the one above: it begins in small letters, or indented."""
    aligned = line.box is None or more.box is None or more.box.x0 >= line.box.x0 - 0.02
    small = more.text[:1].islower() or (more.start > 0 and more.source[more.start - 1] == "\u3000")
    return aligned and more.alone and small and len(more.text) < _LONGEST // 2


def _about(lines: Sequence[HeadLine]) -> str | None:
    """关于…的函, in one line or two."""
    for line, more in pairwise([*lines[:12], *lines[11:12]]):
        text = line.plain.text.strip(" #*")
        if _ABOUT.match(text):
            return _tidy(line.text)
        if text.startswith("关于") and _ABOUT.match(f"{text}{more.plain.text.strip()}"):
            return _tidy(line.text + more.text)
    return None


def _around_greeting(lines: Sequence[HeadLine]) -> str | None:
    """The short lines between "Dear Sirs," and the letter's first sentence, else those above the greeting."""
    at = next((at for at, line in enumerate(lines) if _GREETING.match(line.text)), None)
    if at is None:
        return None
    told: list[str] = []
    for line, more in pairwise([*lines[at + 1 : at + 5], *lines[at + 4 : at + 5]]):
        if not _short(line.text) or _BODY.match(line.text) or more.text[:1].islower():
            break
        told.append(line.text)
    above = [
        line.text for line in lines[max(0, at - 4) : at] if _OPENS_SUBJECT.match(line.text) and line.alone
    ]
    return _telling(told) or _telling([text for text in above if len(text) <= _LONGEST])


def _short(text: str) -> bool:
    return 8 <= len(text) <= _LONGEST and (text[-1].isalnum() or text[-1] in ")\"'”’%")


def _telling(subjects: Sequence[str]) -> str | None:
    """The first of the lines of a subject that tells more than the contract's number."""
    plainly = [text for text in subjects if not _CONTRACT.match(text)]
    for text in (*plainly[:1], *subjects):
        found = _without_contract(text)
        if found and not _CONTRACT.fullmatch(found):
            return found
    return None


def _without_contract(text: str) -> str | None:
    """A subject without the number of the contract before it, where more follows behind a colon, a dash or a stop."""
    found = _CONTRACT.match(text)
    rest = found.group("rest") if found else ""
    more = rest.lstrip(" :.,-–—")
    if _PARTED.match(rest) and len(more) >= _SHORTEST_SUBJECT:
        return _tidy(more[0].upper() + more[1:])
    return _tidy(text)


def _named(lines: Sequence[HeadLine]) -> str | None:
    """A Chinese heading that names a paper: 材料价差审核意见."""
    for line in lines[:_FIRST]:
        if _NAMED.fullmatch(line.plain.text.strip(" #*")) and not line.is_company and len(line.text) >= 4:
            return _tidy(line.text)
    return None


def _of_heading(
    document: Document, page: PageSegments, lines: Sequence[HeadLine], heading: Segment | None, kind: str
) -> str | None:
    """The heading, with the number of the paper and with the line that says what it is about."""
    at = next((n for n, ln in enumerate(lines) if heading and ln.start <= heading.start < ln.end), None)
    if at is None:
        stacked = _stacked(page, lines)
        return _with_number(document, page, stacked, kind) if stacked else None
    title = _without_company(lines[at])
    series = next((ln.text for ln in lines[at + 1 : at + 3] if _SERIES.fullmatch(ln.plain.text.strip())), "")
    title = f"{title} {series}".strip() if series else _with_number(document, page, title, kind)
    about = None if series else _subtitle(lines, at, kind)
    return _tidy(f"{title} – {about}" if about and len(title) + len(about) < _LONGEST else title)


def _without_company(line: HeadLine) -> str:
    """The heading without the company before it: "…有限公司维修工单" is 维修工单."""
    first = next((c for c in companies_in(line.plain) if c.start <= 1), None)
    rest = line.plain.text[first.end :] if first else ""
    if first and len(rest) >= 4 and rest.lstrip()[0].isalpha():
        return joined(line.source[line.plain.origin(first.end) : line.end])
    return _FORM.sub("", line.text)


def _subtitle(lines: Sequence[HeadLine], at: int, kind: str) -> str | None:
    """The line under the bare heading of a report, else over it, that says what it is about; or of minutes."""
    own = lines[at].text
    if kind not in ("inspection_report", "minutes") or ":" in own or len(own.split()) > _BARE_WORDS:
        return None
    if has_han(own[:2]) or (kind == "minutes" and any(c.isdigit() for c in own)):
        return None
    above = lines[at - 1 : at] if at and kind == "inspection_report" else []
    for line in (*lines[at + 1 : at + 2], *above):
        words = len(line.text.split()) >= 3
        if line.alone and line.tells and words and len(line.text) <= 80 and ":" not in line.plain.text:
            return line.text
    return None


def _stacked(page: PageSegments, lines: Sequence[HeadLine]) -> str | None:
    """A heading that is set in two lines: "CONTRACTOR'S DAILY" over "REPORT"."""
    for line in lines[:_FIRST]:
        below = page.below(line.first) if line.box and len(line.text) <= 40 and line.tells else None
        if below is None or below.box is None or line.box is None or abs(below.box.x0 - line.box.x0) > 0.03:
            continue
        text = f"{line.text} {joined(page.source[below.start : below.end])}"
        hits = cue_phrases().find(plain(text).lower) if len(text) <= 60 else []
        across = (h for h in hits if h.start < len(line.text) < h.end)
        if any(c.where == "heading" and c.weight >= 4 for h in across for c in h.what):
            return text
    return None


def _with_number(document: Document, page: PageSegments, title: str, kind: str) -> str:
    """The heading with the number of the paper itself, where it does not hold one."""
    roles = _OWN_NUMBER.get(kind, ())
    if not roles or re.search(r"\d{2}|No\.? ?\d", title):
        return title
    found = (labelled(document, page, kind), serial(page, kind), bare(page.plain, kind))
    own = next((n for n in chain(*found) if n.role in roles and _is_own(page, n)), None)
    if own is None:
        return title
    number = with_capital_i("".join(document.text[own.start : own.end].split()))
    return f"{title} No. {number}" if number.isdigit() and len(number) < 6 else f"{title} {number}"


def _is_own(page: PageSegments, number: Numbered) -> bool:
    """Whether a number stands near the head and is not the reader's own ("Your ref")."""
    near = number.start - page.page.start < _NEAR_HEAD
    lead = page.source[
        max(page.source.rfind("\n", 0, number.start) + 1, number.start - _NEAR_HEAD) : number.start
    ]
    near = near and not _OF_THEIRS.search(lead)
    return near and number.confidence >= _SURE and not number.why.lower().startswith((*_YOURS, *OF_A_BATCH))


def _first_line(lines: Sequence[HeadLine]) -> str | None:
    """The first line set in larger letters than the rest, or marked as a heading (Markdown)."""
    heights = sorted(line.box.y1 - line.box.y0 for line in lines if line.box)
    usual = heights[len(heights) // 2] if heights else 0.0
    for line in lines[:_FIRST]:
        large = line.box is not None and (line.box.y1 - line.box.y0) > _LARGE * usual
        if (large or line.text.startswith("# ")) and line.tells and not _CONTRACT.match(line.text):
            return _tidy(line.text)
    return None


def _tidy(text: str) -> str | None:
    line = _SPACED.sub("", " ".join(text.split()).strip("#*_ ,;:-–—"))
    if line.count(")") > line.count("(") and line.endswith(")"):
        line = line[:-1].rstrip()
    if len(line) > _LONGEST:
        line = line[:_LONGEST].rsplit(" ", 1)[0] + "…"
    return line if len(line) >= 2 and any(c.isalpha() for c in line) else None
