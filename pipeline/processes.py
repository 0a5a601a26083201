"""Whether a process of this machine still lives."""

from __future__ import annotations

import os


def lives(pid: int) -> bool | None:
    """Whether the process lives; None where the system cannot be asked without doing it harm (not POSIX)."""
    if os.name != "posix":
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True
