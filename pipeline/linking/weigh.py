"""The sum of a document and each event: what the rules say, what its thread or family says, and what speaks for
other events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.claims import qualified
from pipeline.evidence import Evidence
from pipeline.linking.rivals import rival
from pipeline.linking.rules import rules
from pipeline.linking.scale import PROPOSED, even, score, total
from pipeline.linking.thread import Threads, Tie
from pipeline.linking.view import DocumentView, Events
from pipeline.links import Link, Reason

PASSED, ABOVE = 0.4, 1.5
"""How strongly a link must be passed on to count, and by how much its sum is above even for what is beyond."""
SHARE, LITTLE = 0.8, 0.4
"""The least that a link passed on weighs: for a document that may follow, and for one that has an event of its own."""
MOST = 4.5
"""What a link passed on weighs at most: enough for an attachment without words, too little against its date."""

MOST_SOURCES = 25
"""Documents of a group that pass on their links to one event."""

Said = Mapping[str, tuple[Reason, ...]]
"""The reasons of a document by event (qualified)."""
Passed = Mapping[str, tuple[str, Tie]]
"""What reaches a document by event: the document from which it comes, and the way."""
_NOTHING: Mapping[str, Passed] = {}


@dataclass(frozen=True)
class Weights:
    """How much more or less than usual the reasons of a kind weigh here; 1 where a kind is not named."""

    factors: Mapping[str, float]

    def of(self, reason: Reason) -> Reason:
        """A reason with the weight that it has here."""
        return reason.weighing(self.factors.get(reason.kind, 1.0))


USUAL = Weights({})


def said(evidence: Evidence, events: Events, weights: Weights = USUAL) -> dict[str, tuple[Reason, ...]]:
    """What the rules say of a document and each event, by itself."""
    view = DocumentView(evidence, events.terms)
    return {
        qualified(event.claim.id, event.event.id): tuple(
            weights.of(reason) for rule in rules() for reason in rule(view, event)
        )
        for event in events.views
    }


def weighed(
    documents_read: Iterable[Evidence],
    events: Events,
    kin: Threads,
    weights: Weights = USUAL,
    answered: Mapping[str, Passed] = _NOTHING,
) -> dict[str, list[Link]]:
    """The links of each document to every event, however low they score.

    The documents of a thread or family must come together. `answered` is what letters pass on to each document that
    they answer, or that answers them.
    """
    alone = {evidence.id: said(evidence, events, weights) for evidence in documents_read}
    passed = _passed(alone, kin)
    return {
        document: links_of(document, followed(found, {**answered.get(document, {}), **passed[document]}))
        for document, found in alone.items()
    }


def links_of(document: str, found: Said) -> list[Link]:
    """The links of a document, what speaks for other events taken into account."""
    return [
        Link(document, _page(reasons), event, score(total(reasons)), _strongest_first(reasons))
        for event, reasons in against_rivals(found).items()
    ]


def against_rivals(found: Said) -> dict[str, tuple[Reason, ...]]:
    """The reasons with those that a document's other events make."""
    sums = {event: total(reasons) for event, reasons in found.items()}
    ranked = sorted(sums, key=lambda event: (-sums[event], event))
    answer = {}
    for event, reasons in found.items():
        against = rival(event, sums, ranked)
        answer[event] = (*reasons, against) if against else reasons
    return answer


def followed(found: Said, passed: Passed) -> dict[str, tuple[Reason, ...]]:
    """The reasons of a document with those that others pass on to it."""
    own = {event for event, reasons in found.items() if score(total(reasons)) >= PROPOSED}
    answer = dict(found)
    for event, (source, tie) in passed.items():
        others = any(other != event for other in own)
        weight = _weight(total(found[event]), tie, follows=tie.called == "it holds" or not others)
        answer[event] = (*found[event], Reason("thread", weight, f"{tie.called} {source}"))
    return answer


def _weight(own: float, tie: Tie, follows: bool) -> float:
    """What lifts a document that follows another a little less high than that; a document about something else
    is hardly lifted."""
    if not follows:
        return LITTLE * tie.strength
    wanted = even() + ABOVE * (tie.strength - PASSED)
    return min(MOST, max(SHARE * tie.strength, wanted - own))


def _passed(alone: Mapping[str, Said], kin: Threads) -> dict[str, dict[str, tuple[str, Tie]]]:
    """By document and event what is passed on most strongly from another document."""
    best: dict[str, dict[str, tuple[str, Tie]]] = defaultdict(dict)
    reached: dict[str, dict[str, Tie]] = {}
    for event, sources in _sources(alone, kin):
        for source, probability in sources:
            if source not in reached:
                reached[source] = kin.reached(source)
            for target, way in reached[source].items():
                strength = way.strength * probability
                known = best[target].get(event)
                if strength >= PASSED and (known is None or strength > known[1].strength):
                    best[target][event] = (source, way._replace(strength=strength))
    return best


def _sources(alone: Mapping[str, Said], kin: Threads) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """For each group and event the documents whose own links are likeliest: a long thread need not ask all of its
    mails."""
    found: dict[tuple[tuple[str, ...], str], list[tuple[str, float]]] = defaultdict(list)
    for source, said_of in alone.items():
        if len(group := kin.of(source)) > 1:
            for event, reasons in against_rivals(said_of).items():
                if (probability := score(total(reasons))) >= PROPOSED:
                    found[group, event].append((source, probability))
    for (_, event), sources in sorted(found.items()):
        yield event, sorted(sources, key=lambda one: (-one[1], one[0]))[:MOST_SOURCES]


def _strongest_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: -reason.weight))


def _page(reasons: Iterable[Reason]) -> int:
    """The page on which most of the weight stands."""
    weights: dict[int, float] = defaultdict(float)
    for reason in reasons:
        if reason.page is not None and reason.weight > 0:
            weights[reason.page] += reason.weight
    return min(weights, key=lambda page: (-weights[page], page)) if weights else 1
