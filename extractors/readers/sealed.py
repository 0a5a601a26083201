"""A stretch of time in which this process can open nothing: what a library would follow out of a file stays shut.

Containers may refer to other files and to hosts (reference movies, playlists), and native libraries follow them without
asking Python. Files and connections need descriptors, so the kernel refuses what the limit on descriptors forbids.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

POSSIBLE = sys.platform != "win32"
"""Whether this system can do it; where it cannot, libraries that follow references must not be asked."""


@contextmanager
def sealed(files: int = 0) -> Iterator[None]:
    """Within it, so many more files (0 or 1) can be opened, no others and no connection; open ones stay usable.

    It holds for all threads of the process, so it belongs into workers and around single calls. Does nothing where
    it is not `POSSIBLE`.
    """
    if sys.platform == "win32":
        yield
        return
    import resource

    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_next_descriptor() + files, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)


def _next_descriptor() -> int:
    """The number that the next file to be opened gets: the lowest free one."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor
