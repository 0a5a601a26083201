"""What an evidence list says of a document besides its date: its source, what it proves, and its form."""

from __future__ import annotations

from pipeline.bundle.case import Case, Exhibit
from pipeline.bundle.plan import Tab
from pipeline.bundle.profile import Profile


def source_of(exhibit: Exhibit, profile: Profile) -> str:
    """Who it comes from: its sender or seller; else the folder or mail that it came in."""
    if exhibit.sender:
        return exhibit.sender
    if exhibit.parent:
        return profile.word("source.inside")
    return profile.word("source.unknown")


def purpose_of(case: Case, tab: Tab, profile: Profile) -> str:
    """What it is to prove: the events it bears on, each once, in order."""
    events = {event.id: event for event in case.events}
    found: dict[str, str] = {}
    for link in tab.links:
        if (event := events.get(link.event)) is not None and link.stance != "neutral":
            key = "against" if link.stance == "contradicts" else "proves"
            day = profile.date(event.start, event.end)
            found.setdefault(event.id, profile.word(f"purpose.{key}", title=event.title, date=day))
    return "\n".join(found.values()) or profile.word("purpose.none")


def form_of(exhibit: Exhibit, profile: Profile) -> str:
    """Original, copy or electronic data, in the profile's words."""
    return profile.named("forms", exhibit.form)
