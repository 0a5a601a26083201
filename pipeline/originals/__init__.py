"""Originals: every file byte for byte as it came, once, under its SHA-256: in a folder, or at an fsspec address."""

from pipeline.originals.copied import sync_folder
from pipeline.originals.folder import FolderOriginals
from pipeline.originals.opened import open_originals
from pipeline.originals.original import Original, Originals

__all__ = ["FolderOriginals", "Original", "Originals", "open_originals", "sync_folder"]
