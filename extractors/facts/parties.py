"""Parties: who sent, who is addressed, who sells, builds, insures, inspects, attends; and who else is named.

Sources, from sure to weak: labels ("Employer: …", 甲方：…), definitions ("… (hereinafter the "Contractor")"),
signatures and letterheads, the head of a receipt, lists of people at a meeting; and last any name with a
company's form, as "mentioned". A name has one fact for each role it plays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from extractors.document import Document
from extractors.facts.fact import Fact
from extractors.facts.party_forms import Company, companies_in
from extractors.facts.party_heads import fills, heads, says
from extractors.facts.party_labelled import Named, labelled, labels, named_on_vat_invoice
from extractors.facts.party_names import in_one_line
from extractors.facts.party_people import attendees
from extractors.facts.party_proper import proper
from extractors.facts.party_shops import shop
from extractors.facts.party_whole import Place, companies_of, undamaged, whole
from extractors.facts.plain import Plain, has_han, plain
from extractors.facts.segments import PageSegments, segments_of

_HEAD = 14
_MOST_MENTIONED = 40
_CLIENTS = ("client", "customer", "委托", "for", "prepared", "instructed", "commissioned", "requested")
_CUSTOMERS = ("客户", "顾客", "用户", "customer")
_WITHOUT_NAMES = ("photo", "video")
_SIGNING = ("contractor", "employer", "engineer", "subcontractor", "insurer")
_ON_INVOICES = {"sender": "seller", "recipient": "buyer"}
_IN_REPORTS = {"buyer": "recipient", "employer": "recipient"}
_ON_PURCHASES = {"employer": "buyer", "contractor": "seller"}
_ON_SUBCONTRACTS = {"employer": "contractor", "contractor": "subcontractor"}
_ANY_PARTY = ("甲方", "乙方", "party a", "party b")
_ANY_BUSINESS = ("company", "merchant", "store", "shop")
"""Heads of lists and forms that make a name a seller's on a bill alone."""
_INSURES = re.compile(
    r"保险(?:股份|集团)?(?:有限(?:责任)?)?公司|\binsurance (?:company|co\b|plc|ltd|limited)|\bassurance\b",
    re.I,
)
_NO_INSURER = re.compile(r"公估|经纪|代理|broker|adjust|agency", re.I)
_OF_A_POLICY = re.compile(r"被保险人|投保|保单|保险单|理赔|\binsured\b|\bpolicy\b", re.I)
_ASSESSES = re.compile(r"公估|鉴定|检测|检验|评估|\bloss adjust|\bsurveyors?\b|\blaborator", re.I)
_ASKED = re.compile(r"(?:委托|聘请|邀请|指派|委派|appointed|instructed|engaged)(?:了)? ?$", re.I)
_IS = re.compile(r"(?P<role>[一-鿿]{3,8})(?:为|是|系)$")
_ISSUED = ("prepared by", "compiled by", "issued by")
_TITLE = 200
_CALLED = re.compile(r"\((?P<role>[^()]{2,90})\)")
_DEFINES = re.compile(r"hereinafter|referred to|called|简称|称为|下称|[\"']the |\(the ", re.IGNORECASE)
_DEFINED_WITHIN = 170
_BEFORE = re.compile(r"(?:\bthe )?\b(?P<role>[A-Za-z\-]+)(?:, | is | shall be )$")


def find(document: Document, kind: str) -> list[Fact]:
    """The parties of a document of this kind, in no set order; `value` is the name without line breaks."""
    if kind in _WITHOUT_NAMES or not document.pages:
        return []
    pages = [segments_of(document, page) for page in document.pages]
    companies = companies_of(pages)
    found = whole(document, _all(document, pages, kind, companies), companies)
    names = (proper(document.text, n) for n in found)
    named = [_fitting(n, document, kind) for n in names if n]
    return [_fact(document, n) for n in undamaged(document, _once(document, named))]


def _all(
    document: Document, pages: Sequence[PageSegments], kind: str, companies: Sequence[Place]
) -> Iterator[Named]:
    sure: list[Named] = []
    for page in pages:
        sure += labelled(document, page)
        if kind == "invoice":
            sure += named_on_vat_invoice(page)
    yield from sure
    buyers = [_key(document.text[n.start : n.end]) for n in sure if n.role in ("buyer", "recipient")]
    head = list(heads(pages, kind, sure))
    if kind == "invoice":
        head = [n for n in head if _key(document.text[n.start : n.end]) not in buyers]
    yield from head
    if kind == "correspondence" and not any(n.role == "sender" for n in [*sure, *head]):
        yield from _signing(document, sure)
    if kind == "invoice":
        issuers = list(_unlabelled(document, shop(pages[0], [b for b in buyers if b]), [*sure, *head]))
        yield from issuers
        if not buyers:
            yield from _addressed(document, pages[0], [*sure, *head, *issuers])
    if kind == "minutes":
        yield from attendees(pages, [(place.start, place.end) for place in companies])
    yield from _mentioned(pages, companies)


def _unlabelled(document: Document, found: Iterable[Named], known: Sequence[Named]) -> Iterator[Named]:
    """The names of a shop that are not the name of a seller known already with its label before it: 单位 …有限公司."""
    names = [
        _key(name) for n in known if n.role == "seller" and has_han(name := document.text[n.start : n.end])
    ]
    for one in found:
        own = _key(document.text[one.start : one.end])
        if not any(own != name and own.endswith(name) for name in names):
            yield one


def _addressed(document: Document, page: PageSegments, known: Sequence[Named]) -> Iterator[Named]:
    """The company that fills a line at the head of an invoice and does not issue it: it is billed."""
    issuers = {_key(document.text[n.start : n.end]) for n in known if n.role in ("seller", "sender")}
    for line in (page.lines[at] for row in page.rows[:_HEAD] for at in row):
        company = fills(line, companies_in(line))
        name = _key(line.text[company.start : company.end]) if company else ""
        if company and issuers and company.confidence >= 0.9 and name not in issuers:
            yield Named("buyer", *line.span(company.start, company.end), 0.65, "party.addressee", "head")
            return


def _signing(document: Document, sure: Sequence[Named]) -> Iterator[Named]:
    """The party whose label stands at the foot of a notice (承包人：…) and that is not addressed: it sends."""
    addressed = {_key(document.text[n.start : n.end]) for n in sure if n.role in ("recipient", "copied")}
    foot = document.body_end * 0.6
    for one in sure:
        name = _key(document.text[one.start : one.end])
        is_company = bool(companies_in(plain(document.text, one.start, one.end)))
        if one.role in _SIGNING and one.start > foot and name not in addressed and is_company:
            yield Named("sender", one.start, one.end, 0.65, "party.signature", one.why)
            return


def _mentioned(pages: Sequence[PageSegments], companies: Sequence[Place]) -> Iterator[Named]:
    """Names with a company's form, with the role that the words around them give."""
    for at, place in enumerate(companies):
        text, company = pages[place.page].plain, place.company
        following = companies[at + 1] if at + 1 < len(companies) else None
        same_page = following is not None and following.page == place.page
        limit = following.company.start if following and same_page else len(text.text)
        role, why = _role_nearby(text, company, limit)
        if role == "mentioned":
            role, why = _role_by_trade(text, company, why)
        sure = 0.85 if role != "mentioned" else company.confidence * 0.8
        yield Named(role, place.start, place.end, round(sure, 2), "party.form", why)


def _role_by_trade(text: Plain, company: Company, why: str) -> tuple[str, str]:
    """The role of an insurer where a policy is spoken of, and of who was asked to assess a loss."""
    name = text.text[company.start : company.end]
    if _INSURES.search(name) and not _NO_INSURER.search(name) and (policy := _OF_A_POLICY.search(text.text)):
        return "insurer", policy[0]
    asked = _ASKED.search(text.text[max(0, company.start - 16) : company.start])
    return ("inspector", asked[0].strip()) if asked and _ASSESSES.search(name) else ("mentioned", why)


def _role_nearby(text: Plain, company: Company, limit: int) -> tuple[str, str]:
    called = _called(text, company.end, limit)
    before = _BEFORE.search(text.text, max(0, company.start - 40), company.start)
    if called:
        return called
    called_so = _IS.search(text.text, max(0, company.start - 12), company.start)
    behind = [called_so["role"][at:] for at in range(len(called_so["role"]) - 2)] if called_so else []
    for word in (company.cue, before and before.group("role"), *behind):
        role = _role_of(word) if word else None
        if role and word:
            return role, word
    return "mentioned", text.text[company.start : company.end]


def _called(text: Plain, at: int, limit: int) -> tuple[str, str] | None:
    """The role that a definition behind a name gives it: (the "Contractor"), (hereinafter called "the Employer")."""
    found = _CALLED.search(text.text, at, min(limit, at + _DEFINED_WITHIN))
    if found is None:
        return None
    between = text.text[at : found.start()]
    close = len(between) <= 3 and not ("\n" in between and between.strip())
    if not (close or _DEFINES.search(found.group())):
        return None
    hits = [h for h in labels().find(found.group("role").lower()) if not h.what.colon]
    return (hits[-1].what.role, text.text[slice(*found.span("role"))]) if hits else None


def _role_of(word: str) -> str | None:
    """The role that a word names: "the Contractor", 发包人."""
    word = re.sub(r"^.*?(?:简称|称为|下称|called|to as|the)[:\s为\"']*(?:the )?", "", word.lower()).strip(
        "\"' "
    )
    hit = labels().at_start(word)
    if hit is None or hit.what.colon or hit.end < len(word) - 1:
        return None
    return hit.what.role


def _fitting(named: Named, document: Document, kind: str) -> Named:
    """The same name with the role that the kind of document makes of it."""
    role = named.role
    if document.text.startswith(">", document.text.rfind("\n", 0, named.start) + 1, named.start):
        role = "mentioned"
    elif kind == "invoice":
        role = _ON_INVOICES.get(role, role)
    elif named.why.lower().startswith(_ISSUED):
        role = "inspector" if kind == "inspection_report" else "sender"
    elif kind == "inspection_report" and named.why.lower().startswith(_CLIENTS):
        role = _IN_REPORTS.get(role, role)
    elif named.why.lower() == "for" and role == "recipient":
        role = "sender" if kind == "correspondence" else "mentioned"
    elif kind == "contract" and named.why.lower().startswith(_ANY_PARTY):
        role = _in_contract(role, document.text[:600].lower())
    elif _only_listed(named, kind):
        role = "mentioned"
    return replace(named, role=role)


def _in_contract(role: str, head: str) -> str:
    """What 甲方 and 乙方, Party A and Party B, are in a purchase or a subcontract, as its first lines tell."""
    if says("subcontract", head[:_TITLE]):
        return _ON_SUBCONTRACTS.get(role, role)
    return _ON_PURCHASES.get(role, role) if says("purchase", head) else role


def _only_listed(named: Named, kind: str) -> bool:
    """Whether a head or a label gives a role that it has on other papers alone."""
    if named.role == "seller":
        return named.why.lower() in _ANY_BUSINESS
    return (kind != "minutes" and named.role == "attendee") or (
        named.role == "buyer" and _only_named(named, kind)
    )


def _only_named(named: Named, kind: str) -> bool:
    """Whether "Name" on a form, or "our customer …" in a letter, makes nobody the buyer of anything there."""
    why = named.why.lower()
    in_letter = kind == "correspondence" and named.rule == "party.form"
    return why == "name" or (in_letter and why in _CUSTOMERS)


def _once(document: Document, named: Iterable[Named]) -> list[Named]:
    """The best place of each name in each role; a name that has a role is not "mentioned" as well."""
    best: dict[tuple[str, str], Named] = {}
    for one in named:
        key = (_key(document.text[one.start : one.end] + one.form), one.role)
        if key[0] and (key not in best or one.confidence > best[key].confidence):
            best[key] = one
    with_role = {name for name, role in best if role != "mentioned"}
    kept = [n for (name, role), n in best.items() if role != "mentioned" or name not in with_role]
    others = [n for n in kept if n.role == "mentioned"][:_MOST_MENTIONED]
    return [n for n in kept if n.role != "mentioned"] + others


def _key(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _fact(document: Document, named: Named) -> Fact:
    raw = document.text[named.start : named.end]
    name = f"{in_one_line(raw)} {named.form}".rstrip()
    return Fact("party", named.role, name, named.start, named.end, named.confidence, named.rule, named.why)
