"""What of the matter a visitor may see: the claims that are theirs, the documents that bear on these, nothing else.

What they may not see is answered as if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends

from app.web.access import Opened, Present, Visitor
from index.entry import Hit, Results
from pipeline.casefile import CaseFile, load_case
from pipeline.errors import NotFound
from pipeline.evidence import Summary
from pipeline.matter import Matter
from pipeline.records import documents, matters


class Scope:
    """A matter as one visitor sees it."""

    def __init__(self, matter: Matter, visitor: Visitor) -> None:
        self.matter = matter
        self.visitor = visitor

    @property
    def whole(self) -> bool:
        """Whether all of it may be seen."""
        return self.visitor.claims is None

    @cached_property
    def documents(self) -> frozenset[str]:
        """The documents that a visitor of certain claims may see; asked for only where not all may be seen."""
        with self.matter.reading() as tx:
            return matters.documents_of(tx, sorted(self.visitor.claims or ()))

    def known(self) -> list[str] | None:
        """The documents that may be seen, where not all may be; None means all."""
        return None if self.whole else sorted(self.documents)

    def sees(self, document: str | None) -> bool:
        """Whether this document may be seen."""
        return self.whole or document in self.documents

    def claim(self, claim: str) -> str:
        """The claim's id. Raises `NotFound`."""
        with self.matter.reading() as tx:
            if not self.visitor.sees(claim):
                raise matters.no_claim(claim)
            return matters.claim(tx, claim).id

    def event(self, event: str) -> str:
        """The event's name. Raises `NotFound` for one of a claim that may not be seen."""
        if not self.visitor.sees(event.partition("/")[0]) and "/" in event:
            raise matters.no_claim(event.partition("/")[0])
        return event

    def document(self, prefix: str) -> str:
        """The document's id. Raises `NotFound`, `AmbiguousName`."""
        with self.matter.reading() as tx:
            if self.whole:
                return documents.resolve(tx, prefix)
            wanted = prefix.strip().lower()[: documents.ID_LENGTH]
            fitting = [found for found in self.documents if wanted and found.startswith(wanted)]
            if len(fitting) != 1:
                raise NotFound(f"There is no document {prefix!r}.", "Give more characters of its id.")
            if not documents.summary(tx, fitting[0]).sha256.startswith(prefix.strip().lower()):
                raise NotFound(f"There is no document {prefix!r}.")
            return fitting[0]

    def summary(self, prefix: str) -> Summary:
        """The document without its text. Raises `NotFound`, `AmbiguousName`."""
        wanted = self.document(prefix)
        with self.matter.reading() as tx:
            return documents.summary(tx, wanted)

    def case(self, claim: str) -> CaseFile:
        """The claim's case, without the documents of no claim where they may not be seen. Raises `NotFound`."""
        case = load_case(self.matter, self.claim(claim))
        return case if self.whole else replace(case, loose=())

    def claims(self, wanted: Iterable[str] = ()) -> tuple[str, ...]:
        """To which claims a search is narrowed: those wanted, as far as they may be seen; empty means all."""
        if self.visitor.claims is None:
            return tuple(wanted)
        folded = {claim.casefold() for claim in wanted}
        seen = sorted(c for c in self.visitor.claims if not folded or c.casefold() in folded)
        return tuple(seen) or ("\N{NO ENTRY}",)  # no claim is called that: nothing is found

    def ids(self, claims: Iterable[str]) -> list[str]:
        """Of these claims, those that may be seen."""
        return [claim for claim in claims if self.visitor.sees(claim)]

    def events(self, events: Iterable[str]) -> list[str]:
        """Of these events, those of claims that may be seen."""
        return [event for event in events if self.visitor.sees(event.partition("/")[0])]

    def results(self, found: Results) -> Results:
        """The hits of a search without the names of claims that may not be seen."""
        if self.whole:
            return found
        facets = {key: count for key, count in found.facets.claim.items() if self.visitor.sees(key)}
        return replace(
            found,
            hits=tuple(self._hit(hit) for hit in found.hits),
            facets=replace(found.facets, claim=facets),
        )

    def _hit(self, hit: Hit) -> Hit:
        return replace(hit, claims=tuple(self.ids(hit.claims)), events=tuple(self.events(hit.events)))

    def shown(self, answer: dict[str, Any]) -> dict[str, Any]:
        """A document's JSON without what it tells of documents and claims that may not be seen."""
        return answer if self.whole else {**answer, **self._narrowed(answer)}

    def _narrowed(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        def known(found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
            return [one for one in found if self.sees(one["doc"])]

        letters, reasons = answer["correspondence"], answer["kind_reasons"]
        return {
            "parent": answer["parent"] if self.sees(answer["parent"]) else None,
            "children": [child for child in answer["children"] if self.sees(child)],
            "claims": self.ids(answer["claims"]),
            "links": [one for one in answer["links"] if self.events([one["event"]])],
            "near_duplicates": known(answer["near_duplicates"]),
            "kind_reasons": {**reasons, "like": known(reasons["like"])},
            "correspondence": {**letters, **{key: known(letters[key]) for key in ("answers", "answered_by")}},
            "history": self.history(answer["history"]),
        }

    def history(self, entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Of these audit entries, those that tell of nothing that may not be seen."""
        return [one for one in entries if self.whole or self._tells_of_seen(one["detail"])]

    def _tells_of_seen(self, detail: Mapping[str, Any]) -> bool:
        claims = (detail.get("claim"), str(detail.get("event", "")).partition("/")[0])
        documents_told = (detail.get("parent"), detail.get("document"))
        return all(self.visitor.sees(claim) for claim in claims if claim) and all(
            self.sees(document) for document in documents_told if document
        )


async def scope_of(matter: Opened, visitor: Present) -> Scope:
    """The matter as the visitor sees it."""
    return Scope(matter, visitor)


Seen = Annotated[Scope, Depends(scope_of)]
