"""Runs a target on one input after the other, and keeps what breaks it: once for each place in the code."""

from __future__ import annotations

import hashlib
import importlib.util
import random
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what is fuzzed by coverage must be imported under atheris, not before
    from tests.fuzz.targets import Target

SLOW = 5.0
"""Seconds of work that no small input may cost."""
MEMORY = 1500 * 2**20
LONGEST = 64 * 1024


class Findings:
    """What was found: the input and why, one of each sort."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()
        self.count = 0

    def keep(self, data: bytes, why: str, where: str) -> None:
        """Writes the input unless the same place broke before; a shorter one takes its place."""
        if where in self._known:
            return
        self._known.add(where)
        self.count += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(where.encode()).hexdigest()[:12]
        (self._folder / name).write_bytes(data)
        (self._folder / f"{name}.txt").write_text(f"{where}\n{why}\n", encoding="utf-8")
        print(f"  found {name}: {where}", flush=True)


def attempt(target: Target, data: bytes, findings: Findings) -> None:
    """Runs the target once."""
    begin = time.process_time()
    try:
        target.run(data)
    except target.allowed:
        pass
    except MemoryError:
        findings.keep(data, "takes too much memory", f"memory after {len(data)} bytes")
    except Exception as error:
        findings.keep(data, traceback.format_exc(), _place(error))
    seconds = time.process_time() - begin
    if seconds > SLOW:
        findings.keep(data, f"{seconds:.1f} seconds for {len(data)} bytes", f"slow: {int(seconds / SLOW)}")


def _place(error: BaseException) -> str:
    """The error's kind and the last line of ours that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "site-packages" not in f.filename and "/tests/fuzz/" not in f.filename]
    last = (ours or frames)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno} {str(error)[:60] if not ours else ''}"


def has_atheris() -> bool:
    """Whether mutations can be led by coverage."""
    return importlib.util.find_spec("atheris") is not None


def blind(target: Target, findings: Findings, seconds: float, seed: int) -> int:
    """Mutates the seeds at random for so long; the number of runs."""
    _bound()
    chance = random.Random(seed)  # noqa: S311
    pool = [data[:LONGEST] for data in target.seeds()]
    for data in pool:
        attempt(target, data, findings)
    end, runs = time.monotonic() + seconds, len(pool)
    while time.monotonic() < end:
        attempt(target, mutated(chance, pool, target.words), findings)
        runs += 1
    return runs


def mutated(chance: random.Random, pool: list[bytes], words: tuple[bytes, ...]) -> bytes:
    """One of the pool with a few changes."""
    data = bytearray(chance.choice(pool))
    for _ in range(chance.choice((1, 1, 2, 4, 8, 16))):
        _CHANGES[chance.randrange(len(_CHANGES))](chance, data, words, pool)
    return bytes(data[:LONGEST])


def _at(chance: random.Random, data: bytearray) -> int:
    return chance.randrange(len(data) + 1)


def _flip(chance: random.Random, data: bytearray, *_: Any) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.choice(
            (0, 1, 0x20, 0x7F, 0x80, 0xFF, chance.randrange(256))
        )


def _number(chance: random.Random, data: bytearray, *_: Any) -> None:
    at, size = _at(chance, data), chance.choice((1, 2, 4, 8))
    value = chance.choice((0, 1, 2 ** (8 * size) - 1, 2 ** (8 * size - 1), chance.randrange(2 ** (8 * size))))
    data[at : at + size] = value.to_bytes(size, chance.choice(("little", "big")))


def _drop(chance: random.Random, data: bytearray, *_: Any) -> None:
    at = _at(chance, data)
    del data[at : at + chance.choice((1, 2, 8, 64, 512))]


def _repeat(chance: random.Random, data: bytearray, *_: Any) -> None:
    at = _at(chance, data)
    piece = bytes(data[at : at + chance.choice((1, 2, 4, 16, 64))])
    data[at:at] = piece * chance.choice((1, 2, 10, 100, 2000))


def _word(chance: random.Random, data: bytearray, words: tuple[bytes, ...], *_: Any) -> None:
    if words:
        at = _at(chance, data)
        data[at:at] = chance.choice(words) * chance.choice((1, 1, 1, 2, 50, 1000))


def _splice(chance: random.Random, data: bytearray, _words: Any, pool: list[bytes]) -> None:
    other = chance.choice(pool)
    start = chance.randrange(len(other) + 1)
    at = _at(chance, data)
    data[at:at] = other[start : start + chance.choice((4, 32, 256, 2048))]


_CHANGES: tuple[Callable[..., None], ...] = (_flip, _flip, _number, _drop, _repeat, _word, _word, _splice)


def guided(name: str, findings: Findings, seconds: float, corpus: Path | None) -> None:
    """The same led by coverage; the process ends with it."""
    import atheris

    with atheris.instrument_imports(include=["extractors", "index", "pipeline"]):
        from tests.fuzz.targets import targets

        target = targets()[name]
        for data in target.seeds():
            attempt(target, data, findings)  # imports what is imported late
    folder = (corpus or Path(tempfile.mkdtemp(prefix="fuzz-corpus-"))) / name.replace(":", "-")
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.seeds()):
        (folder / f"seed-{number}").write_bytes(data[:LONGEST])
    words = folder.parent / f"{folder.name}.dict"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words or (b"\n",)))
    _bound()
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-rss_limit_mb=0", "-timeout=120"]
    options += ["-print_final_stats=1", "-verbosity=0", f"-dict={words}"]
    atheris.Setup([sys.argv[0], *options, str(folder)], lambda data: attempt(target, data, findings))
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
