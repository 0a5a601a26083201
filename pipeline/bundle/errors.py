"""What can stop a bundle."""

from __future__ import annotations

from pipeline.errors import InstallationError, MatterError


class BundleExists(MatterError):
    code = "bundle_exists"
    hint = "Give another folder with --out, or move the old bundle away; a bundle is never overwritten."


class UnknownProfile(MatterError):
    code = "unknown_profile"
    hint = "Choose one of the profiles that the message names."


class EmptyCase(MatterError):
    code = "nothing_to_bundle"
    hint = "Link evidence to the claim first (claimtrail link), or leave --confirmed-only out."


class OriginalChanged(MatterError):
    code = "original_changed"
    exit_code = 1
    hint = "Run claimtrail verify; take the file in again from where it came, then export anew. No bundle was written."


class FontMissing(InstallationError):
    code = "font_missing"
    hint = "Install a Chinese TrueType font: apt-get install fonts-wqy-zenhei (macOS and Windows bring one)."
