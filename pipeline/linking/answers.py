"""Letters that answer each other: the answer to linked evidence, and what linked evidence answers, are proposed too.

A letter tells mostly of its own event, and answers letters about others. So a link passes only to a letter that by
itself is linked to no event of the claim, only over an answer that is as good as said, and only from a link that
stands on the other letter's own words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from pipeline.correspondence.graph import STRONG, Edge, edges_from
from pipeline.correspondence.letter import Shelf
from pipeline.linking.scale import PROPOSED, score, total
from pipeline.linking.thread import Tie
from pipeline.links import Link
from pipeline.records import letters

ANSWERED = 0.8
"""How much of a link passes to the answer, and back."""

Answers = Mapping[str, Sequence[Tie]]
"""For each letter those that it answers and that answer it."""


def answers(tx: sa.Connection, about: Sequence[str] | None = None) -> Answers:
    """Who answers whom, as far as it is as good as said: of these documents, of None of all."""
    found = letters.everything(tx) if about is None else letters.around_all(tx, about)
    shelf, wanted = Shelf(found), None if about is None else set(about)
    ties: dict[str, list[Tie]] = defaultdict(list)
    for edge in (edge for letter in found for edge in edges_from(letter, shelf)):
        if _is_said(edge) and (wanted is None or wanted & {edge.source.id, edge.target.id}):
            strength = ANSWERED * edge.score
            ties[edge.source.id].append(Tie(edge.target.id, strength, "answers"))
            ties[edge.target.id].append(Tie(edge.source.id, strength, "answered by"))
    return ties


def _is_said(edge: Edge) -> bool:
    return edge.relation == "reply" and edge.score >= STRONG and not edge.ambiguous


def claims_of(links: Iterable[Link]) -> set[str]:
    """The claims to which a document is linked without the help of others."""
    return {link.claim for link in links if own(link) >= PROPOSED}


def own(link: Link) -> float:
    """What a link scores without the help of others; a person's word is certain."""
    if link.status != "proposed":
        return 1.0 if link.status == "confirmed" else 0.0
    return score(total(reason for reason in link.reasons if reason.kind != "thread"))


def passed_on(
    ties: Iterable[Tie], held: Mapping[str, Sequence[Link]], without: set[str]
) -> dict[str, tuple[str, Tie]]:
    """What the letters on the other side pass on, by event: the letter, and the way.

    `held` are the links of these letters, `without` the claims of which the document tells itself.
    """
    best: dict[str, tuple[str, Tie]] = {}
    for tie in ties:
        for link in held.get(tie.other, ()):
            if link.claim in without or (sure := own(link)) < PROPOSED:
                continue
            way = tie._replace(strength=tie.strength * sure)
            if link.event not in best or way.strength > best[link.event][1].strength:
                best[link.event] = (tie.other, way)
    return best
