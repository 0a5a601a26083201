"""The originals of a matter from one place to another, by hash."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from pipeline.audit import Fault
from pipeline.errors import DocumentError
from pipeline.originals import Originals
from pipeline.pace import Told

AT_ONCE = 4
"""How many are on their way: what is slow is the network."""
BATCH = 100
"""After so many it is told how far it is; so many are finished when somebody interrupts."""


def copy_originals(
    hashes: Sequence[str], source: Originals, target: Originals, tell: Told
) -> Iterator[Fault]:
    """Copy those that are not there, each hashed on both sides; yields what is wrong with any, and goes on.

    Raises `OriginalsAway`, `DiskFull` and the like.
    """
    copied = partial(_copied, source=source, target=target)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="original") as threads:
        for start in range(0, len(hashes), BATCH):
            batch = hashes[start : start + BATCH]
            for sha256, fault in zip(batch, threads.map(copied, batch), strict=True):
                if fault is not None:
                    yield Fault(f"original {sha256[:16]}", fault)
            tell(start + len(batch), len(hashes))


def _copied(sha256: str, source: Originals, target: Originals) -> str | None:
    if target.fault(sha256) is None:
        return None
    try:
        with source.lent(sha256) as path:
            kept = target.keep(path, sys.maxsize)
    except DocumentError as error:
        return error.message
    return None if kept.sha256 == sha256 else "changed while it was copied"
