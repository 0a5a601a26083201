"""Fuzzes the readers, the finders of facts and what reads people's files.

    python -m tests.fuzz                      the targets
    python -m tests.fuzz read:rtf text:facts --seconds 120 --corpus DIR

With `atheris` installed (`pip install atheris`; not a dependency) the mutations are led by the branches that they
reach, else they are blind. What breaks a target is written to `--found` (default: fuzz-found/) under the target's
name; put it, made small, into tests/fuzz/found.py once it is mended.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tests.fuzz.engine import Findings, blind, guided, has_atheris


def main() -> int:
    """Returns 1 when something was found."""
    args = _arguments()
    if args.guided:  # libFuzzer never returns, so each guided target is a process of its own
        return _guided(args)
    from tests.fuzz.targets import targets

    known = targets()
    if not args.targets:
        print("\n".join(known))
        return 0
    chosen = [name for name in known if any(name == w or name.startswith(f"{w}:") for w in args.targets)]
    found = 0
    for name in chosen:
        print(f"{name} …", flush=True)
        if has_atheris() and not args.blind:
            found += _in_a_process(name, args)
        else:
            findings = Findings(args.found / name.replace(":", "-"))
            runs = blind(known[name], findings, args.seconds, args.seed)
            print(f"{name}: {runs} runs, {findings.count} findings")
            found += findings.count
    return bool(found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help="names, or the part before the colon for all of that sort")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--corpus", type=Path, help="where guided inputs are kept from run to run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blind", action="store_true", help="without atheris even where it is installed")
    parser.add_argument("--guided", help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_a_process(name: str, args: argparse.Namespace) -> int:
    command = [sys.executable, "-m", "tests.fuzz", "--guided", name, "--seconds", str(args.seconds)]
    command += ["--found", str(args.found), "--seed", str(args.seed)]
    command += ["--corpus", str(args.corpus)] if args.corpus else []
    before = _count(args.found / name.replace(":", "-"))
    subprocess.run(command, check=False)
    found = _count(args.found / name.replace(":", "-")) - before
    print(f"{name}: {found} findings", flush=True)
    return found


def _count(folder: Path) -> int:
    return len(list(folder.glob("*.txt"))) if folder.is_dir() else 0


def _guided(args: argparse.Namespace) -> int:
    findings = Findings(args.found / args.guided.replace(":", "-"))
    guided(args.guided, findings, args.seconds, args.corpus)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
