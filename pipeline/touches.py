"""What was done with a document, entry by entry of the audit: the lines of its chain of custody.

Processes are called as ISO/IEC 27037:2012 (collection, acquisition, preservation) and ISO/IEC 27042:2015 (examination,
interpretation) call them; handing over and looking at are `transfer` and `access`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

COLUMNS = ("tab", "document", "sha256", "entry", "at", "actor", "process", "action", "detail", "hash")
"""Of `data/custody.csv` in a bundle."""
PROCESSES = {
    "acquisition": ("taken in", "seen", "received"),
    "preservation": ("time stamped",),
    "access": ("viewed", "downloaded"),
    "transfer": ("exported",),
    "interpretation": (
        *("linked", "confirmed", "rejected", "corrected", "marked", "unmarked", "tied", "labelled"),
        *("kind learned", "stance", "stance cleared"),
    ),
}
EXAMINATION = "examination"
"""Everything else: reading, recognising, comparing."""
_OF_A_BUNDLE = "exported"


@dataclass(frozen=True, slots=True)
class Touch:
    """One line: the entry of the audit that it rests on (`entry`, `hash`), when, by whom, what and with what."""

    entry: int
    at: str
    actor: str
    process: str
    action: str
    detail: str
    hash: str

    def as_json(self) -> dict[str, Any]:
        """`{"entry", "at", "actor", "process", "action", "detail", "hash"}`."""
        return {name: getattr(self, name) for name in self.__slots__}


def touches(entries: Iterable[Mapping[str, Any]], document: str) -> Iterator[Touch]:
    """The lines of a document from entries of the audit as JSON, in their order."""
    for entry in entries:
        if concerns(entry, document):
            yield Touch(
                entry=int(entry["seq"]),
                at=str(entry["at"]),
                actor=str(entry["actor"]),
                process=process_of(str(entry["action"])),
                action=str(entry["action"]),
                detail=_told(entry),
                hash=str(entry["hash"]),
            )


def concerns(entry: Mapping[str, Any], document: str) -> bool:
    """Whether an entry is about a document, or about a bundle that it went out in."""
    if entry["subject"] == document:
        return True
    return entry["action"] == _OF_A_BUNDLE and document in (entry["detail"].get("documents") or ())


def read_by(pages: Iterable[Mapping[str, Any]], step: int) -> dict[str, Any]:
    """With what a document was read, for the audit: pages by engine (`text`: its own), the step's and our version."""
    engines = Counter(str(page["engine"] or page["source"]) for page in pages)
    return {
        "engines": dict(sorted(engines.items())),
        "step": step,
        "software": f"claimtrail {_own_version()}",
    }


@cache
def _own_version() -> str:
    return version("claimtrail")


def process_of(action: str) -> str:
    """What a standard calls an action of the audit."""
    return next((name for name, actions in PROCESSES.items() if action in actions), EXAMINATION)


def _told(entry: Mapping[str, Any]) -> str:
    """The entry's own words; a bundle's other documents are left out."""
    detail = {key: value for key, value in entry["detail"].items() if key != "documents"}
    if entry["action"] == _OF_A_BUNDLE:
        detail = {"claim": entry["subject"], **detail}
    return "; ".join(
        f"{key}: {_value(value)}" for key, value in detail.items() if value not in (None, "", [], {})
    )


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_value(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value)
    return str(value)
