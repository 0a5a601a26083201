"""How much of what stands in the sample documents is found: kinds, dates, facts, words, links.

The truth is the `.expected.json` beside each document (see `sample_docs/README.md`).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DOCUMENTS = Path(__file__).parent.parent / "sample_docs" / "documents"
REGISTER = DOCUMENTS.parent / "register.yaml"
SAME_PLACE = 0.4
"""Overlap of two boxes (intersection over union) from which on they are the same mark."""
Truth = dict[str, Any]


@dataclass
class Score:
    """Of `asked` things, `found` were right; `missed` names those that were not."""

    asked: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, right: bool, what: str) -> None:
        self.asked += 1
        self.found += right
        if not right:
            self.missed.append(what)

    @property
    def share(self) -> float:
        return self.found / self.asked if self.asked else 1.0


@cache
def expectations() -> dict[str, Truth]:
    """The truth of every document by its path below the documents' folder; children as `parent/child`."""
    found: dict[str, Truth] = {}
    for path in sorted(DOCUMENTS.rglob("*.expected.json")):
        name = path.relative_to(DOCUMENTS).as_posix().removesuffix(".expected.json")
        truth = json.loads(path.read_text(encoding="utf-8"))
        found[name] = truth
        found |= {f"{name}/{child['name']}": child for child in truth.get("children", [])}
    return found


def compare(shown: dict[str, dict[str, Any]]) -> dict[str, Score]:
    """Scores by what was asked. `shown` has the JSON of `show` by the path at which a document was seen."""
    scores: dict[str, Score] = {}
    for path, truth in expectations().items():
        document = shown.get(path) or _inside(shown, path)
        for what, right, detail in _questions(truth, document):
            scores.setdefault(what, Score()).add(right, f"{path}: {detail}")
    return scores


def _inside(shown: dict[str, dict[str, Any]], path: str) -> dict[str, Any]:
    """The member of an archive that the truth names without the folder in which it lies."""
    parent, _, name = path.rpartition("/")
    return next((d for p, d in shown.items() if p.startswith(f"{parent}/") and p.endswith(f"/{name}")), {})


def _questions(truth: Truth, document: dict[str, Any]) -> Iterator[tuple[str, bool, str]]:
    if "error" in truth:
        code = (document.get("reason") or {}).get("code")
        yield "named failure", code == truth["error"], f"{truth['error']}, got {code}"
        return
    yield "read", bool(document.get("pages")), "not read"
    yield "kind", document.get("kind") == truth["kind"], f"{truth['kind']}, got {document.get('kind')}"
    if "date" in truth:
        yield "date", document.get("date") == truth["date"], f"{truth['date']}, got {document.get('date')}"
    if "language" in truth:
        got = document.get("language")
        yield "language", got == truth["language"], f"{truth['language']}, got {got}"
    if truth.get("pages") is not None:
        got = len(document.get("pages") or [])
        yield "pages", got == truth["pages"], f"{truth['pages']}, got {got}"
    yield from _facts(truth, document)
    yield from _marks(truth, document)
    text = _plain("".join(page["text"] for page in document.get("pages") or []))
    for phrase in truth.get("contains", []):
        yield "phrase", _plain(phrase) in text, phrase


def _facts(truth: Truth, document: dict[str, Any]) -> Iterator[tuple[str, bool, str]]:
    days = {(d["value"], d["end"]) for d in document.get("dates", [])}
    for day in truth.get("dates", []):
        yield "dates", (day["value"], day.get("end")) in days, str(day)
    sums = {(Decimal(a["value"]), a["currency"]) for a in document.get("amounts", [])}
    for amount in truth.get("amounts", []):
        yield "amounts", (Decimal(amount["value"]), amount["currency"]) in sums, str(amount)
        if amount["role"] == "total":
            totals = {Decimal(a["value"]) for a in document.get("amounts", []) if a["role"] == "total"}
            yield "totals", Decimal(amount["value"]) in totals, str(amount)
    names = [_plain(p["name"]) for p in document.get("parties", [])]
    roles = {(_plain(p["name"]), p["role"]) for p in document.get("parties", [])}
    for party in truth.get("parties", []):
        yield "parties", any(_plain(party["name"]) == name for name in names), str(party)
        yield "parties in role", (_plain(party["name"]), party["role"]) in roles, str(party)
    references = {_plain(r["value"]) for r in document.get("references", [])}
    for reference in truth.get("references", []):
        yield "references", _number(reference["value"]) in {_number(r) for r in references}, str(reference)


def _marks(truth: Truth, document: dict[str, Any]) -> Iterator[tuple[str, bool, str]]:
    """Seals, stamps and signatures: whether each is found, and whether each that was found is there."""
    shown = [(page["number"], mark) for page in document.get("pages") or [] for mark in page["marks"]]
    wanted = truth.get("marks", [])
    for mark in wanted:
        yield "marks", any(_is_same_mark(mark, page, found) for page, found in shown), str(mark)
    for page, found in shown:
        yield "marks found", any(_is_same_mark(mark, page, found) for mark in wanted), f"page {page} {found}"
    if not wanted:
        yield "no marks", not shown, str(shown)


def _is_same_mark(mark: Truth, page: int, found: Truth) -> bool:
    return bool(
        mark["page"] == page
        and mark["kind"] == found["kind"]
        and overlap(mark["box"], found["box"]) >= SAME_PLACE
    )


def overlap(one: list[float], other: list[float]) -> float:
    """How much (0 to 1) of what two boxes cover together lies in both."""
    across, down = (min(one[n + 2], other[n + 2]) - max(one[n], other[n]) for n in (0, 1))
    both = max(0.0, across) * max(0.0, down)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return both / (areas - both) if both else 0.0


def wanted_links() -> frozenset[tuple[str, str]]:
    """The (path, event) pairs that are right."""
    return frozenset(
        (path, event) for path, truth in expectations().items() for event in truth.get("events", [])
    )


def as_expected(path: str) -> str:
    """A path at which a document was seen, as the truth has it."""
    return path if path in expectations() else _short(path)


def links_f1(found: Iterable[tuple[str, str]]) -> tuple[float, float, float, list[str]]:
    """Precision, recall, F1 of (path, event) pairs against the truth, and what differs."""
    wanted = wanted_links()
    got = {(as_expected(path), event) for path, event in found}
    right = len(wanted & got)
    precision, recall = right / len(got) if got else 0.0, right / len(wanted)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    surplus = [f"surplus {path} {event}" for path, event in sorted(got - wanted)]
    return (
        precision,
        recall,
        f1,
        surplus + [f"missing {path} {event}" for path, event in sorted(wanted - got)],
    )


def _short(path: str) -> str:
    """`a.zip/folder/b.pdf` as the truth has it: `a.zip/b.pdf`."""
    parents = [parent for parent in expectations() if path.startswith(f"{parent}/")]
    return f"{max(parents, key=len)}/{path.rpartition('/')[2]}" if parents else path


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _number(text: str) -> str:
    return re.sub(r"^(subclause|clause|article|通用条款|专用条款|第)|(条|款)$", "", _plain(text))
