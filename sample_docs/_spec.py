"""The documents as they are written down in `texts/*.yaml`, and what is expected of each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sample_docs._blocks import Block, parse, plain_lines

HERE = Path(__file__).resolve().parent
KINDS = (
    "correspondence",
    "minutes",
    "invoice",
    "inspection_report",
    "photo",
    "video",
    "contract",
    "work_record",
    "other",
)
ROLES = {
    "dates": ("document", "due", "received", "event", "period_start", "period_end", "mentioned"),
    "parties": ("sender", "recipient", "copied", "seller", "buyer", "employer", "contractor", "subcontractor", "engineer",
                "insurer", "insured", "inspector", "attendee", "mentioned"),
    "amounts": ("total", "subtotal", "tax", "line", "claimed", "paid", "mentioned"),
    "references": ("letter", "invoice", "contract", "claim", "clause", "report", "order", "drawing", "vin", "plate", "other"),
}  # fmt: skip
FACT = re.compile(r"^(?P<value>.+?)\s+=\s+(?P<role>[a-z_]+)$")


@dataclass(frozen=True)
class Spec:
    """One document: where it lies, how it is rendered, its text, and what a reader should find in it."""

    file: str
    form: str
    body: str
    expect: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Block]:
        """The text as blocks."""
        return parse(self.body)


@cache
def specs() -> tuple[Spec, ...]:
    """All documents, in the order of the text files."""
    found = [
        _spec(entry)
        for file in sorted((HERE / "texts").glob("*.yaml"))
        for entry in yaml.safe_load(file.read_text("utf-8"))
    ]
    names = [spec.file for spec in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"named twice: {sorted(twice)}")
    return tuple(found)


def _spec(entry: dict[str, Any]) -> Spec:
    rest = {k: v for k, v in entry.items() if k not in {"file", "form", "body", "expect"}}
    return Spec(entry["file"], entry["form"], entry.get("body", ""), entry.get("expect", {}), rest)


@cache
def events() -> frozenset[str]:
    """Every event of the register, as `CLAIM/EVENT`."""
    register = yaml.safe_load((HERE / "register.yaml").read_text("utf-8"))
    return frozenset(
        f"{claim['id']}/{event['id']}" for claim in register["claims"] for event in claim["events"]
    )


def expectation(spec: Spec, pages: int | None) -> dict[str, Any]:
    """The expected JSON of a document. Raises ValueError when it is incomplete or its text does not bear it out."""
    if "error" in spec.expect:
        return {"error": spec.expect["error"]}
    given = dict(spec.expect)
    try:
        result = {
            "kind": _one_of(given.pop("kind"), KINDS),
            "date": _day(given.pop("date")),
            "language": _one_of(given.pop("language"), ("en", "zh", "und")),
            **({"title": given.pop("title")} if "title" in given else {}),
            "events": [_known_event(event) for event in given.pop("events", [])],
            "dates": [_date(fact) for fact in given.pop("dates", [])],
            "parties": [_fact(fact, "parties", "name") for fact in given.pop("parties", [])],
            "amounts": [_amount(fact) for fact in given.pop("amounts", [])],
            "references": [_fact(fact, "references", "value") for fact in given.pop("references", [])],
            "contains": given.pop("contains", []),
            "scan": spec.form == "scan" or bool(given.pop("scan", False)),
            "pages": given.pop("pages", pages),
            **({"of": given.pop("of")} if "of" in given else {}),
        }
    except (KeyError, ValueError) as error:
        raise ValueError(f"{spec.file}: {error!r}") from error
    if given:
        raise ValueError(f"{spec.file}: unknown expectations {sorted(given)}")
    result["claims"] = sorted(
        {event.split("/")[0] for event in result["events"]} | set(spec.options.get("claims", []))
    )
    _borne_out(spec, result)
    return result


def _one_of(value: Any, allowed: tuple[Any, ...]) -> Any:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {allowed}")
    return value


def _known_event(event: str) -> str:
    return str(_one_of(event, tuple(events())))


def _day(value: Any) -> str | None:
    if value is None or re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
        return None if value is None else str(value)
    raise ValueError(f"not a date: {value!r}")


def _split(fact: str, group: str) -> tuple[str, str]:
    match = FACT.match(fact)
    if match is None:
        raise ValueError(f"not `value = role`: {fact!r}")
    return match["value"], _one_of(match["role"], ROLES[group])


def _date(fact: str) -> dict[str, str | None]:
    value, role = _split(fact, "dates")
    start, _, end = value.partition("..")
    return {"value": _day(start), **({"end": _day(end)} if end else {}), "role": role}


def _fact(fact: str, group: str, key: str) -> dict[str, str]:
    value, role = _split(fact, group)
    return {key: value, "role": role}


def _amount(fact: str) -> dict[str, str | None]:
    value, role = _split(fact, "amounts")
    number, _, currency = value.partition(" ")
    return {"value": f"{Decimal(number):.2f}", "currency": currency or None, "role": role}


def squeezed(text: str) -> str:
    """Text without spaces, in one width and case: how wording is compared."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _borne_out(spec: Spec, result: dict[str, Any]) -> None:
    """Every name, number and phrase expected must stand in the text that was written."""
    lines = plain_lines(spec.blocks) + [str(v) for v in spec.options.get("mail", {}).values()]
    text = squeezed(
        "\n".join(
            [
                *lines,
                *(
                    str(spec.options.get(key, ""))
                    for key in ("sheets", "rows", "photo", "film", "note", "scan", "members", "look")
                ),
            ]
        )
    )
    phrases = (
        result["contains"]
        + [p["name"] for p in result["parties"]]
        + [r["value"] for r in result["references"]]
    )
    absent = [phrase for phrase in phrases if squeezed(phrase) not in text]
    if absent and "copy" not in spec.options:
        raise ValueError(f"{spec.file}: not in its text: {absent}")
