"""The grounds on which two names may be one party, each with a score: what documents say, and the names themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extractors.facts.party_core import compatible
from extractors.facts.party_known import shape_distance
from extractors.facts.party_shapes import skeleton
from extractors.facts.plain import has_han
from index.words import compact
from pipeline.partybook.names import Name, Names, garbled

ENOUGH = 0.85
"""The score from which two names are one party; what scores less is proposed to people."""
REGISTER, NUMBER, DEFINED, SAME, BARE, PAIR, INITIALS, MISREAD = 1.0, 0.99, 0.95, 0.93, 0.9, 0.88, 0.87, 0.86
ALIKE, SHORT, DOMAIN = 0.6, 0.7, 0.5
LEAST = 0.5
_SHORTEST = 8
"""Letters of a name that may be another one misread."""
_NEAR = 1


@dataclass(frozen=True, slots=True)
class Ground:
    """Why `one` and `other` (keys of names) may be one party: the rule, what it says, and where in which document."""

    one: str
    other: str
    rule: str
    score: float
    detail: str
    document: str | None = None
    start: int = 0
    end: int = 0
    ambiguous: bool = False
    """Whether it tells of a short name, which may be short for several."""


def grounds(names: Names) -> list[Ground]:
    """All grounds, the strongest first."""
    found = [
        *_register(names),
        *_numbers(names),
        *_told(names),
        *_forms(names),
        *_misread(names),
        *_domains(names),
    ]
    return sorted(found, key=lambda g: (-g.score, g.one, g.other, g.document or "", g.start))


def _register(names: Names) -> Iterator[Ground]:
    """The register's aliases; one that it gives to several parties tells nothing firm."""
    every = [
        (claim.id, party, alias)
        for claim in names.claims
        for party in claim.parties
        for alias in party.aliases
    ]
    of: dict[str, set[str]] = defaultdict(set)
    for _, party, alias in every:
        of[compact(alias)].add(compact(party.name))
    for claim_id, party, alias in every:
        key, name = compact(alias), compact(party.name)
        if key and name and key != name:
            yield Ground(
                key,
                name,
                "register",
                REGISTER,
                f"the register says so ({claim_id})",
                ambiguous=len(of[key]) > 1,
            )


def _numbers(names: Names) -> Iterator[Ground]:
    """The same number beside two names."""
    by_number: dict[str, list[tuple[str, str, int, int]]] = defaultdict(list)
    for filed in names.ties:
        tie = filed.tie
        if tie.kind == "number" and tie.sure and compact(tie.name) in names.names:
            by_number[tie.other].append((compact(tie.name), filed.document, tie.start, tie.end))
    for number, beside in by_number.items():
        first, done = beside[0][0], {beside[0][0]}
        for key, document, start, end in beside:
            if key not in done:
                done.add(key)
                detail = f"the same registration number {number}"
                yield Ground(key, first, "number", NUMBER, detail, document, start, end)


def _told(names: Names) -> Iterator[Ground]:
    """What documents say: defined short names, initials, names in two scripts."""
    rules = {
        "defined": (DEFINED, "a document defines it so"),
        "initials": (INITIALS, "its initials, in the same document"),
        "pair": (PAIR, "side by side in two scripts"),
    }
    done: set[tuple[str, str, str]] = set()
    for filed in names.ties:
        tie = filed.tie
        key = (tie.kind, compact(tie.name), compact(tie.other))
        if tie.kind in rules and key not in done and key[1] in names.names and key[2] in names.names:
            done.add(key)
            score, detail = rules[tie.kind]
            yield Ground(key[2], key[1], tie.kind, score, detail, filed.document, tie.start, tie.end, True)


def _forms(names: Names) -> Iterator[Ground]:
    """The same name with another or no legal form; a person's with another or no title."""
    by_core: dict[tuple[str, bool], list[Name]] = defaultdict(list)
    for name in names.names.values():
        if name.core.core:
            by_core[name.core.core, name.nature == "person"].append(name)
    for (_, person), same in by_core.items():
        formed = [name for name in same if name.core.form or person]
        for at, name in enumerate(formed):
            for other in formed[:at]:
                if person or compatible(name.core.form, other.core.form):
                    detail = (
                        "the same name, but for its title" if person else "the same name, but for its form"
                    )
                    yield Ground(name.key, other.key, "form", SAME, detail)
        yield from _bare([name for name in same if name not in formed], formed)


def _bare(bare: Iterable[Name], formed: Iterable[Name]) -> Iterator[Ground]:
    """Names without a form, which may be short for several that have one."""
    previous: Name | None = None
    for name in bare:
        telling = len(name.core.words) > 1 or (has_han(name.key) and len(name.key) >= 4)
        score = BARE if telling else SHORT
        for other in formed:
            yield Ground(name.key, other.key, "form", score, "the same name without its form", ambiguous=True)
        if previous is not None:
            yield Ground(name.key, previous.key, "form", SAME, "the same name, but for its writing")
        previous = name


def _misread(names: Names) -> Iterator[Ground]:
    """Names that stand on scans only and differ from another one by what OCR takes for each other, or by a letter."""
    companies = [n for n in names.names.values() if n.nature != "person" and len(n.key) >= _SHORTEST]
    by_part: dict[str, list[Name]] = defaultdict(list)
    for name in companies:
        for part in _halves(name.key):
            by_part[part].append(name)
    for name in companies:
        if name.register is not None or not name.documents or (name.typed and not garbled(name.key)):
            continue
        near = {other.key: other for part in _halves(name.key) for other in by_part[part]}
        for other in near.values():
            yield from _near(name, other)


def _near(name: Name, other: Name) -> Iterator[Ground]:
    """That one is the other misread; a register's name is found in the texts themselves, with a doubt at its place."""
    if other.register is not None:
        return
    if other.key == name.key or len(other.documents) < len(name.documents) or other.nature == "person":
        return
    if garbled(other.key):
        return
    distance = shape_distance(name.key, other.key)
    if distance == 0:
        yield Ground(name.key, other.key, "misread", MISREAD, "letters that OCR takes for each other")
    elif distance <= _NEAR:
        if name.typed:
            return
        yield Ground(name.key, other.key, "misread", ALIKE, "one letter differs, on scans only")


def _halves(key: str) -> tuple[str, str]:
    """Of two names that differ at one place, one half looks the same (as far as no letter was lost before it)."""
    middle, shape = len(key) // 2, skeleton(key)
    return shape[:middle], shape[-middle:]


def _domains(names: Names) -> Iterator[Ground]:
    """A name that is also the mail domain of people who act for a company: a hint and no more."""
    works: dict[str, str] = {}
    for filed in names.ties:
        if filed.tie.kind == "staff":
            works[compact(filed.tie.name)] = compact(filed.tie.other)
    for filed in names.ties:
        tie = filed.tie
        if tie.kind != "domain":
            continue
        label, company = compact(tie.other.split(".")[0]), works.get(compact(tie.name), "")
        if label in names.names and company in names.names and label != company:
            detail = f"people of the company write from {tie.other}"
            yield Ground(label, company, "domain", DOMAIN, detail, filed.document, tie.start, tie.end, True)
