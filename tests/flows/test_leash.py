"""Programs that end with the process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from flows.leash import leashed
from tests.waiting import alive, soon

pytestmark = pytest.mark.skipif(os.name != "posix", reason="groups of processes")

SLEEPS = "import time; time.sleep(600)"
TELLS = f"""
import os, pathlib, subprocess, sys, time
inner = subprocess.Popen([sys.executable, "-c", {SLEEPS!r}])
path = pathlib.Path(sys.argv[1])
path.with_suffix(".new").write_text(f"{{os.getpid()}} {{inner.pid}}")
path.with_suffix(".new").replace(path)
time.sleep(600)
"""


@pytest.mark.parametrize(("code", "status"), [("exit()", 0), ("exit(3)", 3), ("import os; os.abort()", 134)])
def test_the_status_and_the_output_are_the_program_s(code: str, status: int) -> None:
    command = [sys.executable, "-c", f"print('said', flush=True); {code}"]
    with leashed(command, out=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.read() == b"said\n"
        assert running.wait() == status


def test_it_ends_with_the_block() -> None:
    with leashed([sys.executable, "-c", SLEEPS]) as running:
        assert running.poll() is None
    assert running.poll() is not None


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc")
@pytest.mark.parametrize("stubborn", [False, True])
def test_it_ends_with_its_starter_even_by_kill_9(tmp_path: Path, stubborn: bool) -> None:
    """So does what it started itself, where it does not end when told to."""
    told = tmp_path / "processes"
    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" if stubborn else ""
    program = [sys.executable, "-c", ignore + TELLS, str(told)]
    starter = textwrap.dedent(f"""
        import subprocess, sys, time
        from flows import leash
        holder = "import sys; from flows import leash; leash.GRACE_SECONDS = 0.5; sys.exit(leash.hold(sys.argv[1:]))"
        subprocess.Popen([sys.executable, "-c", holder, *{program!r}], stdin=subprocess.PIPE, start_new_session=True)
        time.sleep(600)
    """)
    started = subprocess.Popen([sys.executable, "-c", starter])
    try:
        assert soon(told.exists)
        process, inner = map(int, told.read_text().split())
        assert alive(process)
        started.send_signal(signal.SIGKILL)
        started.wait()
        assert soon(lambda: not alive(process))
        if stubborn:
            assert soon(lambda: not alive(inner))
        else:
            os.kill(inner, signal.SIGKILL)
    finally:
        started.kill()
        started.wait()
