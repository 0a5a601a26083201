"""LibreOffice as a converter of old Office files, where it is installed: confined, and with a time limit."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from extractors.readers.draft import Input

HINT = (
    "Install LibreOffice (apt-get install --no-install-recommends libreoffice-core libreoffice-writer "
    "libreoffice-calc libreoffice-impress), or save the file as PDF and take that in."
)
_SHARE_OF_TIME = 0.6
"""Part of the document's time that a conversion may take: something must be left to read without it."""
_NOWHERE = "http://127.0.0.1:9"
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop>
<prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>
<prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
"""
"""No macros, no active content, links never updated, the network behind a proxy that is not there."""


_CONFINEMENTS = (
    (
        *("setpriv", "--pdeathsig", "KILL", "--"),
        *("unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--"),
    ),
    ("unshare", "--map-root-user", "--net", "--"),
)
"""Commands that take the network away (Linux namespaces); the first also ends all that LibreOffice started when
this process dies, however it dies."""


class ConversionFailed(Exception):
    """The conversion gave nothing; the message says why, for people."""


def installed() -> str | None:
    """The path of LibreOffice; None when it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@contextlib.contextmanager
def converted(source: Input, suffix: str, wanted: str) -> Iterator[Path]:
    """The file converted to the form `wanted` ("docx"); `suffix` (".doc") is what LibreOffice is told it is.

    Works in a folder of the scratch folder, with a profile of its own, and leaves nothing of it behind. Raises
    ConversionFailed.
    """
    program = installed()
    if program is None:
        raise ConversionFailed("LibreOffice is not installed")
    folder = source.scratch / "libreoffice"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield _run(program, source, folder, suffix, wanted)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, source: Input, folder: Path, suffix: str, wanted: str) -> Path:
    profile, given = folder / "profile", folder / f"given{suffix}"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    shutil.copyfile(source.path, given)
    options = (
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--nologo",
        "--nofirststartwizard",
    )
    where = f"-env:UserInstallation={profile.as_uri()}"
    command = [*_confinement(), program, where, *options, "--convert-to", wanted]
    command += ["--outdir", str(folder / "out"), str(given)]
    _finish(command, profile, source.limits.seconds * _SHARE_OF_TIME)
    result = folder / "out" / f"given.{wanted}"
    if not result.is_file() or result.stat().st_size == 0:
        raise ConversionFailed("LibreOffice could not open it")
    return result


def _finish(command: list[str], profile: Path, seconds: float) -> None:
    """Runs the command in a process group of its own, so that all of it can be ended."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
    extra = {
        "HOME": str(profile),
        "http_proxy": _NOWHERE,
        "https_proxy": _NOWHERE,
        "SAL_USE_VCLPLUGIN": "svp",
    }
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            command, stdin=quiet, stdout=quiet, stderr=quiet, env=kept | extra, process_group=0
        )
    except OSError as error:
        raise ConversionFailed(f"LibreOffice could not be started ({error.strerror})") from error
    with _ended_with_us(process):
        try:
            status = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise ConversionFailed(f"LibreOffice took longer than {seconds:.0f} seconds") from error
    if status != 0:
        raise ConversionFailed(f"LibreOffice ended with status {status}")


@contextlib.contextmanager
def _ended_with_us(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Ends the whole group afterwards, also when this worker is told to end in between."""

    def end(number: int, frame: Any) -> None:
        _kill(process)
        signal.signal(signal.SIGTERM, before)
        if callable(before):
            before(number, frame)
        else:
            os.kill(os.getpid(), number)

    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, end) if is_main else None
    try:
        yield
    finally:
        _kill(process)
        if is_main:
            signal.signal(signal.SIGTERM, before)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@cache
def _confinement() -> tuple[str, ...]:
    """The best of `_CONFINEMENTS` that the system lets ordinary users have; nothing where it lets them none."""
    return next((command for command in _CONFINEMENTS if _works(command)), ())


def _works(command: tuple[str, ...]) -> bool:
    try:
        tried = subprocess.run([*command, "true"], capture_output=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0
