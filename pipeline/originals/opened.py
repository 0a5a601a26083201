"""Which place a matter's settings name for its originals."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.originals.fetched import Fetched
from pipeline.originals.folder import FolderOriginals
from pipeline.originals.original import Originals
from pipeline.settings import OriginalsSettings

OWN = "originals"
"""The folder in a workspace."""


def open_originals(settings: OriginalsSettings, root: Path) -> Originals:
    """The originals of the workspace in the folder `root`. Nothing is connected to before it is needed."""
    if settings.url is None:
        return FolderOriginals(root / OWN)
    if folder := folder_of(settings.url):
        return FolderOriginals(root / folder, shared=True)
    from pipeline.originals.store import Store  # only those who ask for it need fsspec
    from pipeline.originals.stored import StoredOriginals

    fetched = Fetched(root / settings.cache, settings.cache_mib * 2**20)
    return StoredOriginals(Store(settings.url, settings.options), fetched)


def folder_of(url: str) -> Path | None:
    """The folder that an address names: a path, or `file://…`; None for any other address."""
    if "://" not in url:
        return Path(url)
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" and not parts.netloc else None
