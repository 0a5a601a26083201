"""Evidence bundles: `build` makes one from a case, `check` reads one back."""

from pipeline.bundle.build import build
from pipeline.bundle.case import (
    BundleReport,
    Case,
    CaseEvent,
    ChronologyRow,
    Exhibit,
    ExhibitLink,
    Highlight,
    Sighting,
)
from pipeline.bundle.check import check
from pipeline.bundle.checks.finding import CheckReport
from pipeline.bundle.errors import BundleExists, EmptyCase, FontMissing, OriginalChanged, UnknownProfile
from pipeline.bundle.exhibits.press import Runner

__all__ = [
    "BundleExists",
    "BundleReport",
    "Case",
    "CaseEvent",
    "CheckReport",
    "ChronologyRow",
    "EmptyCase",
    "Exhibit",
    "ExhibitLink",
    "FontMissing",
    "Highlight",
    "OriginalChanged",
    "Runner",
    "Sighting",
    "UnknownProfile",
    "build",
    "check",
]
