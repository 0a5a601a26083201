"""Joining names into parties: the strongest grounds first, never against a number, a person's word or the register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.words import compact
from pipeline.partybook.grounds import ENOUGH, LEAST, Ground, grounds
from pipeline.partybook.names import Name, Names

PERSON = "person's word"
_SHORT_OF_SEVERAL = 0.6
"""By what the score falls of a short name that may stand for several parties."""


@dataclass
class Party:
    """Names that mean one party; `why` are the grounds that joined them, `perhaps` those that were not enough."""

    name: str
    members: list[Name]
    why: list[Ground] = field(default_factory=list)
    perhaps: list[Ground] = field(default_factory=list)


def unify(names: Names) -> list[Party]:
    """All parties of a matter, in order of name. The same input gives the same parties, in whatever order it came."""
    groups = _Groups(names)
    for alias, name in sorted(names.said.items()):
        groups.join_as_said(compact(alias), compact(name))
    every = grounds(names)
    doubtful = _short_for_several(every, groups)
    for ground in every:
        ground = replace(ground, score=ground.score * _SHORT_OF_SEVERAL) if ground in doubtful else ground
        groups.consider(ground)
    return sorted(groups.parties(), key=lambda party: (compact(party.name), party.name))


def _short_for_several(every: Sequence[Ground], groups: _Groups) -> set[Ground]:
    """The grounds that tell of one short name and of different parties, as far as firm grounds tell them apart."""
    firm = groups.copy()
    for ground in every:
        if not ground.ambiguous:
            firm.consider(ground)
    told: dict[str, list[Ground]] = defaultdict(list)
    for ground in every:
        if ground.ambiguous and ground.score >= ENOUGH and firm.has(ground):
            told[ground.one].append(ground)
    return {ground for own in told.values() for ground in own if _in_doubt(ground, own, firm)}


def _in_doubt(ground: Ground, own: Sequence[Ground], firm: _Groups) -> bool:
    """Whether what speaks as strongly or stronger says that a short name is another party's."""
    if firm.joined(ground):
        return False
    rivals = (g for g in own if g.score >= ground.score)
    return firm.taken(ground.one) or any(firm.of(g.other) != firm.of(ground.other) for g in rivals)


class _Groups:
    """Disjoint sets of names, with what may not come together."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._leader = {key: key for key in names.names}
        self._members: dict[str, list[str]] = {key: [key] for key in names.names}
        self._why: dict[str, list[Ground]] = defaultdict(list)
        self._perhaps: list[Ground] = []
        self._rivals = _rivals(names)

    def copy(self) -> _Groups:
        """The same sets, to try what follows from something."""
        other = _Groups(self._names)
        other._leader = dict(self._leader)
        other._members = {leader: list(members) for leader, members in self._members.items()}
        return other

    def of(self, key: str) -> str:
        """The name that stands for a name's group."""
        while self._leader[key] != key:
            key = self._leader[key]
        return key

    def has(self, ground: Ground) -> bool:
        """Whether both names are among these."""
        return ground.one in self._leader and ground.other in self._leader

    def joined(self, ground: Ground) -> bool:
        """Whether both names are in one set."""
        return self.of(ground.one) == self.of(ground.other)

    def taken(self, key: str) -> bool:
        """Whether the register or a person says whose short name it is."""
        members = [self._names.names[member] for member in self._members[self.of(key)]]
        return self._names.names[key].register is None and any(name.register is not None for name in members)

    def join_as_said(self, alias: str, name: str) -> None:
        """Join what a person joined, whatever speaks against it."""
        if alias in self._leader and name in self._leader:
            self._join(Ground(alias, name, PERSON, 1.0, "a person merged or renamed them"))

    def consider(self, ground: Ground) -> None:
        """Join two names on a ground that is enough and that nothing forbids; keep what may be told to people."""
        if not self.has(ground):
            return
        if self.joined(ground):
            self._why[self.of(ground.one)].append(ground)
        elif ground.score >= ENOUGH and not self._forbidden(ground):
            self._join(ground)
        elif ground.score >= LEAST and not self._apart(ground):
            self._perhaps.append(ground)

    def _join(self, ground: Ground) -> None:
        one, other = self.of(ground.one), self.of(ground.other)
        self._why[other].append(ground)
        if one == other:
            return
        self._leader[one] = other
        self._members[other] += self._members.pop(one)
        self._why[other] += self._why.pop(one, [])

    def _forbidden(self, ground: Ground) -> bool:
        one, other = (self._group(key) for key in (ground.one, ground.other))
        return self._apart(ground) or _rival(one, other, self._rivals) or _numbers_differ(one, other)

    def _apart(self, ground: Ground) -> bool:
        """Whether a person keeps them apart, or one is a person and the other a company."""
        one, other = (self._group(key) for key in (ground.one, ground.other))
        if any(tuple(sorted((a.key, b.key))) in self._names.apart for a in one for b in other):
            return True
        kinds = {name.nature for name in one}, {name.nature for name in other}
        return ("person" in kinds[0] and "company" in kinds[1]) or (
            "company" in kinds[0] and "person" in kinds[1]
        )

    def _group(self, key: str) -> list[Name]:
        return [self._names.names[member] for member in self._members[self.of(key)]]

    def parties(self) -> Iterable[Party]:
        """The groups as parties, each under its name in the book."""
        perhaps: dict[str, list[Ground]] = defaultdict(list)
        for ground in self._perhaps:
            one, other = self.of(ground.one), self.of(ground.other)
            if one != other:
                perhaps[one].append(ground)
                perhaps[other].append(ground)
        for leader, keys in self._members.items():
            members = [self._names.names[key] for key in sorted(keys)]
            name = _called(members, self._names.finally_called)
            yield Party(name, members, self._why.get(leader, []), perhaps[leader])


def _rivals(names: Names) -> set[tuple[str, str]]:
    """Pairs of names that one claim of the register has as two parties."""
    found: set[tuple[str, str]] = set()
    for claim in names.claims:
        keys = [compact(party.name) for party in claim.parties]
        found |= {(a, b) for a in keys for b in keys if a != b}
    return found


def _rival(one: Sequence[Name], other: Sequence[Name], rivals: set[tuple[str, str]]) -> bool:
    return any((a.key, b.key) in rivals for a in one for b in other if a.register is not None)


def _numbers_differ(one: Sequence[Name], other: Sequence[Name]) -> bool:
    """Whether both have numbers in one register, and none in common."""
    schemes = {scheme for name in one for scheme in name.numbers}
    for scheme in schemes:
        mine = {number for name in one for number in name.numbers.get(scheme, ())}
        theirs = {number for name in other for number in name.numbers.get(scheme, ())}
        if mine and theirs and not mine & theirs:
            return True
    return False


def _called(members: Sequence[Name], finally_called: Mapping[str, str]) -> str:
    """What a party is called: as people say, as the register says, else its fullest name that is most used."""
    for name in members:
        if name.key in finally_called:
            return finally_called[name.key]
    registered = [name for name in members if name.register is not None]
    if registered:
        return min(registered, key=lambda name: name.register or 0).spelling
    best = min(members, key=lambda n: (not n.core.form, not n.typed, -len(n.documents), -len(n.key), n.key))
    return best.spelling
