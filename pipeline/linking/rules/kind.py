"""Kinds: some documents are evidence by nature, others seldom are."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Reason

WEIGHTS = {"other": -0.5, "contract": -1.0, "photo": 0.4, "work_record": 0.2, "inspection_report": 0.2}


def reasons(view: DocumentView, _event: EventView) -> Iterator[Reason]:
    """At most one reason."""
    if weight := WEIGHTS.get(view.kind):
        yield Reason(
            "kind", weight, f"is {'an' if view.kind[0] in 'io' else 'a'} {view.kind.replace('_', ' ')}"
        )
