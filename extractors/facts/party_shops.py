"""The issuer of an invoice or receipt that no label names: the most name-like line at its head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.document import words_within
from extractors.facts.party_forms import companies_in
from extractors.facts.party_heads import opens_with, says
from extractors.facts.party_labelled import Named
from extractors.facts.party_names import is_address, is_name, is_person, trimmed
from extractors.facts.plain import Plain, plain
from extractors.facts.segments import PageSegments, Segment

_LINES = 9
_READ = 20_000
"""Characters of a page in which the shop is sought by what it says of itself; receipts are shorter."""
_ENOUGH = 1.6
_TOLD, _ADDRESSED = 4.0, 1.5
"""Points for a name that the shop gives itself elsewhere on the paper, and for one that its web address holds."""
_REGISTRATION = re.compile(
    r"\s{0,3}[({\[]\s{0,3}(?:co\.? ?(?:reg)?\.? ?(?:no)?\.? ?:?)?\s{0,3}[\dOIl][\dA-Za-z \-]{4,14}[)}\]]?.{0,3}$",
    re.I,
)
_STORE_NUMBER = re.compile(
    r"[\s,-]{1,3}(?:(?:store|branch|site)\s?(?:#|no\.?)?|#)\s?[A-Z]?\d{1,6}\W{0,2}$", re.I
)
"""The number of a branch behind the name of a chain: "Quicklane Fuel #2217"."""
_FORM_ALONE = re.compile(
    r"\W*(?:\([A-Za-z]{2,14}\) ?(?=co\b|pte|ltd|limited|inc|sdn|bhd))?"
    r"(?:co\.?|company|\(m\)|sdn|bhd|s[do]n\.? bhd\.?|pte|ltd|limited|inc|llc|gmbh|b\.?v\.?)\b",
    re.I,
)
_HEADING = re.compile(r"\b(?:invoice|receipt|bill|statement)\b|发票|收据")
"""Below such a heading stands who is billed, where somebody is named above it."""
_FORM_NAME = re.compile(r"[单表书票据函联件证]$")
_THANKS = re.compile(
    r"\bthank(?:s| you)[a-z ]{0,16} for (?:(?:shopping|dining|eating|staying|parking|stopping)(?: by)? (?:at|with|in)"
    r"|choosing|visiting|your (?:visit|purchase|business|order|custom) (?:to|from|at|with))\s(?P<name>[^\n!,.;:]{3,48})"
    r"|\bwelcome to (?P<host>[^\n!,.;:]{3,48})",
    re.I,
)
"""What a shop says of itself: "Thank you for shopping at Brightwell Hardware!"."""
_OURS = re.compile(r"(?:us|our|this|your|you|we|here)\b", re.I)
_DOMAIN = re.compile(r"(?:www\.|https?://|[\w.-]{1,40}@)(?P<name>[a-z\d-]{4,40})\.[a-z]{2,}", re.I)
_MAIL_HOSTS = frozenset(
    ("gmail", "hotmail", "yahoo", "outlook", "icloud", "live", "msn", "protonmail", "facebook")
)
_PLACE_ALONE = re.compile(
    r"(?:restaurant|cafe|café|bar|hotel|store|stores|supermarket|pharmacy|bakery|grill|kitchen)\W*$", re.I
)


@dataclass(frozen=True, slots=True)
class _Line:
    segment: Segment
    text: Plain
    number: int
    height: float
    sure: float


def shop(page: PageSegments, buyers: Sequence[str]) -> Iterator[Named]:
    """The issuer, as "seller"; nothing where no line looks like a name.

    `buyers` are names that it is not, each as its letters and digits in small letters.
    """
    lines = _lines(page)
    told = list(_told(page))
    names, domains = {_key(name) for *_, name in told}, _domains(page)
    scored = [(_score(lines, at, buyers) + _known(lines[at], names, domains), at) for at in range(len(lines))]
    heading = next((at for at, line in enumerate(lines) if _HEADING.search(line.text.lower)), len(lines))
    if any(score >= _ENOUGH for score, at in scored if at < heading):
        scored = [(score - 2.5 * (at > heading), at) for score, at in scored]
    found = ""
    for score, at in sorted(scored, key=lambda s: (-s[0], s[1])):
        span = _name_span(lines, at) if score >= _ENOUGH else None
        if span:
            yield Named("seller", *span, round(min(0.9, 0.35 + score * 0.09), 2), "party.shop", "first lines")
            found = _key(page.source[slice(*span)])
            break
    for start, end, name in told[:1]:
        if not _same(_key(name), found):
            yield Named("seller", start, end, 0.7, "party.shop", "thank you")
    yield from _registered(page)


def _told(page: PageSegments) -> Iterator[tuple[int, int, str]]:
    """Places and names by which the paper itself calls the shop: "Thank you for shopping at ..."."""
    text = page.plain
    for found in _THANKS.finditer(text.text, 0, _READ):
        group = "name" if found["name"] else "host"
        span = trimmed(text, *found.span(group))
        name = text.text[slice(*span)] if span else ""
        if span and name[0].isupper() and not _OURS.match(name) and is_name(name) and not is_address(name):
            yield *text.span(*span), name


def _domains(page: PageSegments) -> set[str]:
    """The names in addresses of pages and mail on the paper, but for those of hosts that many share."""
    names = {_key(found["name"]) for found in _DOMAIN.finditer(page.plain.text, 0, _READ)}
    return {name for name in names if len(name) > 4} - _MAIL_HOSTS


def _known(line: _Line, told: set[str], domains: set[str]) -> float:
    """Points for a line with a name that stands elsewhere on the paper too."""
    own = _key(_STORE_NUMBER.sub("", line.text.text))
    if len(own) < 4:
        return 0.0
    if any(_same(own, name) for name in told):
        return _TOLD
    return _ADDRESSED if any(_same(own, name) for name in domains) else 0.0


def _same(one: str, other: str) -> bool:
    """Whether two names in letters and digits are one, the one perhaps with more words than the other."""
    return min(len(one), len(other)) > 3 and (one.startswith(other) or other.startswith(one))


def _lines(page: PageSegments) -> list[_Line]:
    segments = [(page.segments[at], page.lines[at]) for row in page.rows for at in row][:14]
    heights = sorted(s.box.y1 - s.box.y0 for s in page.segments if s.box)
    usual = heights[len(heights) // 2] if heights else 0.0
    lines: list[_Line] = []
    for segment, text in segments:
        if sum(1 for c in text.text if c.isalnum()) < 3:
            continue
        height = (segment.box.y1 - segment.box.y0) / usual if segment.box and usual else 1.0
        lines.append(_Line(segment, text, len(lines), height, _sureness(page, segment)))
    return lines[:_LINES]


def _sureness(page: PageSegments, segment: Segment) -> float:
    words = words_within(page.page.words, segment.start, segment.end)
    known = [w.confidence for w in words if w.confidence is not None]
    return sum(known) / len(known) if known else 1.0


def _score(lines: Sequence[_Line], at: int, buyers: Sequence[str]) -> float:
    line = lines[at]
    text = _bare(line.text.text).strip(" -_.,*=~|'")
    return _looks(text, line) + _around(lines, at) - (5.0 if any(b in _key(text) for b in buyers) else 0.0)


def _bare(text: str) -> str:
    """A line without the number of the company or of the branch behind its name."""
    return _STORE_NUMBER.sub("", _REGISTRATION.sub("", text))


def _key(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _looks(text: str, line: _Line) -> float:
    letters = sum(1 for c in text if c.isalpha())
    dense = letters / max(1, len(text.replace(" ", "")))
    if letters < 3 or dense < 0.6:
        return -5.0
    companies = companies_in(plain(text))
    score = (
        3.0
        - 0.4 * line.number
        + (2.5 if any(c.confidence >= 0.9 for c in companies) else 0.8 * bool(companies))
    )
    score += (
        0.6 * text.isupper() + min(1.2, max(-0.4, 1.2 * (line.height - 1))) - 2.5 * max(0.0, 0.7 - line.sure)
    )
    score -= (1.0 if _REGISTRATION.search(line.text.text) else 4.0) * is_address(text) + 4.0 * says(
        "not_a_shop", text.lower()
    ) * (0.4 if companies else 1.0)
    score -= 2.5 * (":" in text) + 2.0 * (len(text.split()) > 7) + 1.5 * (letters < 5)
    score -= 6.0 * bool(_FORM_NAME.search(text))
    words = text.split()
    score -= 3.0 * bool(_PLACE_ALONE.fullmatch(text) or _FORM_ALONE.match(text))
    score -= 3.0 * (letters / len(words) < 2.6) + 1.0 * (text[0].islower()) + 1.5 * (text[0] in "([{")
    return (
        score
        - 3.0 * (not is_name(text) and not companies)
        - 0.4 * (is_person(text) and not text.isupper() and not companies)
    )


def _around(lines: Sequence[_Line], at: int) -> float:
    """An address or a registration number right below speaks for a name, an address above against it."""
    own = lines[at].text.text
    below = [line.text.text for line in lines[at + 1 : at + 3]]
    bonus = 0.8 if _REGISTRATION.search(own) else 0.0
    if below and (is_address(below[0]) or _REGISTRATION.fullmatch(below[0])):
        bonus += 0.7
    above = any(is_address(line.text.text) or ":" in line.text.text for line in lines[:at])
    return bonus - 1.5 * above


def _name_span(lines: Sequence[_Line], at: int) -> tuple[int, int] | None:
    line = lines[at]
    end = len(_bare(line.text.text))
    span = trimmed(line.text, 0, end)
    if span is None:
        return None
    start, stop = line.text.span(*span)
    following = lines[at + 1] if at + 1 < len(lines) else None
    if following and _goes_on(following):
        more = trimmed(following.text, 0, len(_bare(following.text.text)))
        if more:
            stop = following.text.span(*more)[1]
    return start, stop


def _goes_on(line: _Line) -> bool:
    """Whether a line is the second half of a name: "CO. (M) SDN BHD", "Restaurant"."""
    text = line.text.text
    return bool(_FORM_ALONE.match(text)) or (len(text.split()) <= 2 and bool(_PLACE_ALONE.search(text)))


def _registered(page: PageSegments) -> Iterator[Named]:
    """The name over the line that tells a company's registered office."""
    for name, line in pairwise(page.lines):
        if opens_with("registered", line.lower):
            span = trimmed(name, 0, len(name.text))
            if span and is_name(name.text[span[0] : span[1]]) and len(name.text) <= 60:
                yield Named("seller", *name.span(*span), 0.7, "party.registered", line.text[:20])
