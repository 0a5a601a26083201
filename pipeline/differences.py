"""Which facts contradict each other in two documents that read almost alike, misreadings of the scanner set aside."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from extractors.facts.fact import Day, Fact, Money
from extractors.facts.reference_citations import is_words
from index.words import compact

Pair = tuple[Fact, Fact]
"""A fact here and the one that stands in its place there."""

COMPARED = ("date", "amount", "reference")
OWN = frozenset({("date", "document"), *(("reference", r) for r in ("letter", "invoice", "report", "order"))})
"""What a document has for itself: with another one it is another document."""
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
OTHERS = 2
"""So many other dates and references may contradict each other: more are no misreadings."""


def written(fact: Fact) -> str:
    """The value as people write it, in ISO form."""
    if isinstance(fact.value, Day):
        return fact.value.start.isoformat() + (f"/{fact.value.end}" if fact.value.end else "")
    return format(fact.value.amount, "f") if isinstance(fact.value, Money) else fact.value


def differing(here: Sequence[Fact], there: Sequence[Fact], text: str, other: str) -> Iterator[Pair]:
    """The pairs of facts of one kind and role that contradict each other; the texts are compact.

    A fact that the other document also has, in whatever role, or at least holds in its text, is not lacking there.
    """
    lacking_there, lacking_here = _lacking(here, there, other), _lacking(there, here, text)
    for key, facts in lacking_there.items():
        for one, another in zip(facts, lacking_here.get(key, ()), strict=False):
            if not misread(one, another):
                yield one, another


def other_document(pairs: Iterable[Pair]) -> bool:
    """Whether these contradictions make two documents of two texts. An amount alone does not: it may be a forgery."""
    found = [(one.kind, one.role) for one, _ in pairs if one.kind != "amount"]
    return len(found) > OTHERS or any(key in OWN for key in found)


def misread(one: Fact, another: Fact) -> bool:
    """Whether one is the other with characters that are no digits in the place of its digits, or with its end lost.

    Another digit, or one less, is no misreading here: it is how the next letter of a series is numbered.
    """
    if one.kind != "reference":
        return False
    first, second = compact(written(one)), compact(written(another))
    numbers = [compact(_LEADING_ZEROS.sub("", written(fact))) for fact in (one, another)]
    return _cut_off(first, second) or _letters_only(first, second) or _letters_only(*numbers)


def _lacking(facts: Iterable[Fact], others: Iterable[Fact], text: str) -> dict[tuple[str, str], list[Fact]]:
    known = {(fact.kind, written(fact)) for fact in others}
    found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for fact in facts:
        value = (fact.kind, written(fact))
        compared = fact.kind in COMPARED and not is_words(fact)  # the day in the words is a date of its own
        if compared and value not in known | seen and not _stands_in(fact, text):
            found[fact.kind, fact.role].append(fact)
            seen.add(value)
    return found


def _stands_in(fact: Fact, text: str) -> bool:
    """Whether a number of some length stands in the other text, though no rule found it there."""
    return fact.kind == "reference" and len(plain := compact(written(fact))) > 4 and plain in text


def _cut_off(first: str, second: str) -> bool:
    shorter, longer = sorted((first, second), key=len)
    return len(shorter) > 4 and longer.startswith(shorter) and len(longer) > len(shorter) + 1


def _letters_only(first: str, second: str) -> bool:
    """Whether little differs, and wherever it does, one of the two has something else than digits."""
    blocks = [block for block in Levenshtein.opcodes(first, second) if block.tag == "equal"]
    ends = [(0, 0), *((block.src_end, block.dest_end) for block in blocks)]
    starts = [*((block.src_start, block.dest_start) for block in blocks), (len(first), len(second))]
    between = [(first[a:c], second[b:d]) for (a, b), (c, d) in zip(ends, starts, strict=True)]
    regions = [region for region in between if any(region)]
    edits = sum(max(map(len, region)) for region in regions)
    if edits > 1 + max(len(first), len(second)) // 5:
        return False
    return not any((here + there).isdecimal() for here, there in regions)
