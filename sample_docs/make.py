"""Renders the sample documents and the expected JSON beside each.

    python sample_docs/make.py [--out DIR] [--only PATTERN] [--list]

The same texts give the same bytes: every random choice is drawn from a generator seeded with the file's name.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sample_docs._faults import cut_off, garbled, locked
from sample_docs._film import Film, film
from sample_docs._mail import Envelope, archive, mail_file
from sample_docs._office import word_file, workbook
from sample_docs._page import drawn_marks, typed_pdf
from sample_docs._photos import Shot, photo
from sample_docs._plain import csv_file, html_file, rtf_file, text_file
from sample_docs._scan import Scanner, as_jpeg, as_pdf, as_png, as_tiff, scanned_mark, scanned_pages
from sample_docs._sound import Note, voice_note
from sample_docs._spec import HERE, Spec, expectation, specs
from sample_docs._text import Look

SEED = 20230306
LIMIT = 25 * 2**20
Rendered = tuple[bytes, int | None]


def generator(name: str) -> np.random.Generator:
    """The random numbers of one file: adding a document changes no other."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


def _settings(kind: type[Any], values: dict[str, Any]) -> Any:
    known = {f.name for f in fields(kind)}
    unknown = set(values) - known
    if unknown:
        raise ValueError(f"{kind.__name__} knows no {sorted(unknown)}")
    return kind(
        **{
            k: tuple(map(tuple, v))
            if k == "typed"
            else tuple(v)
            if isinstance(v, list) and k != "attachments"
            else v
            for k, v in values.items()
        }
    )


def _typed(spec: Spec) -> bytes:
    look = _settings(Look, spec.options.get("look", {}))
    return typed_pdf(spec.blocks, look, spec.options.get("title", ""), spec.options.get("author", ""))


def _pages(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def typed(spec: Spec) -> Rendered:
    """A PDF from a word processor; `damage` may lock it, cut it off or garble its text layer."""
    pdf = _typed(spec)
    count = _pages(pdf)
    damage = spec.options.get("damage", {})
    if "password" in damage:
        pdf = locked(pdf, damage["password"])
    if "share" in damage:
        pdf = cut_off(pdf, damage["share"])
    return (garbled(pdf) if damage.get("garbled") else pdf), count


def scan(spec: Spec) -> Rendered:
    """Printed and scanned; the picture's format is `as`, else the file's suffix."""
    scanner = _settings(Scanner, spec.options.get("scan", {}))
    pictures = scanned_pages(_typed(spec), scanner, generator(spec.file))
    form = spec.options.get("as", spec.file.rsplit(".", 1)[-1])
    if form == "pdf":
        return as_pdf(pictures, scanner), len(pictures)
    if form in {"tif", "tiff"}:
        return as_tiff(pictures, scanner), len(pictures)
    if len(pictures) > 1:
        raise ValueError(f"{spec.file}: {len(pictures)} pages do not fit into one {form}")
    return (as_png if form == "png" else as_jpeg)(pictures[0], scanner), 1


def scan_marks(spec: Spec) -> list[dict[str, Any]]:
    """The seals, stamps and signatures that a reader should find on a scan, or on a typed page that has to be read as
    if it were one."""
    straight = {"skew": 0.0, "colour": True}
    scanner = _settings(Scanner, spec.options.get("scan", {}) if spec.form == "scan" else straight)
    drawn = drawn_marks(spec.blocks, _settings(Look, spec.options.get("look", {})))
    return [found for mark in drawn if (found := scanned_mark(mark, scanner)) is not None]


def word(spec: Spec) -> Rendered:
    """A .docx."""
    return word_file(
        spec.blocks,
        spec.options.get("title", ""),
        spec.options.get("author", ""),
        spec.options.get("font", "Calibri"),
    ), None


def excel(spec: Spec) -> Rendered:
    """An .xlsx."""
    return workbook(spec.options["sheets"], spec.options.get("title", "")), len(spec.options["sheets"])


def snapshot(spec: Spec) -> Rendered:
    """A photo."""
    return photo(_settings(Shot, spec.options["photo"]), generator(spec.file)), 1


def footage(spec: Spec) -> Rendered:
    """A video."""
    return film(_settings(Film, spec.options["film"]), generator(spec.file)), None


def dictation(spec: Spec) -> Rendered:
    """A sound recording."""
    return voice_note(_settings(Note, spec.options["note"]), generator(spec.file)), None


def mail(spec: Spec) -> Rendered:
    """An .eml; its attachments are other specs, rendered in it under their own names."""
    envelope = _settings(Envelope, spec.options["mail"])
    return mail_file(
        envelope, spec.blocks, [(name, rendered(_named(ref))[0]) for name, ref in _children(spec)]
    ), None


def zipped(spec: Spec) -> Rendered:
    """A .zip of other specs."""
    return archive([(name, rendered(_named(ref))[0]) for name, ref in _children(spec)]), None


def _children(spec: Spec) -> list[tuple[str, str]]:
    return list(spec.options.get("members", {}).items())


def _named(name: str) -> Spec:
    return next(spec for spec in specs() if spec.file == name)


def copied(spec: Spec) -> Rendered:
    """The bytes of another document."""
    return rendered(_named(spec.options["copy"]))


FORMS: dict[str, Callable[[Spec], Rendered]] = {
    "pdf": typed,
    "scan": scan,
    "docx": word,
    "xlsx": excel,
    "photo": snapshot,
    "film": footage,
    "note": dictation,
    "eml": mail,
    "zip": zipped,
    "copy": copied,
    "empty": lambda _spec: (b"", None),
    "txt": lambda spec: (text_file(spec.blocks, spec.options.get("encoding", "utf-8")), None),
    "rtf": lambda spec: (rtf_file(spec.blocks), None),
    "csv": lambda spec: (csv_file(spec.options["rows"], spec.options.get("encoding", "utf-8")), None),
    "html": lambda spec: (
        html_file(
            spec.blocks,
            spec.options.get("title", ""),
            spec.options.get("encoding", "utf-8"),
            spec.options.get("lang", "en"),
        ),
        None,
    ),
}


@cache
def _rendered(name: str) -> Rendered:
    spec = _named(name)
    return FORMS[spec.form](spec)


def rendered(spec: Spec) -> Rendered:
    """The bytes of a document and its number of pages (None where the format has no pages of its own)."""
    return _rendered(spec.file)


def expected(spec: Spec) -> dict[str, Any]:
    """What a reader should find: a copy is expected to be what it is a copy of; children follow their parent."""
    if "copy" in spec.options:
        return {**expected(_named(spec.options["copy"])), "duplicate_of": spec.options["copy"]}
    result = expectation(spec, rendered(spec)[1])
    if spec.form == "scan" or spec.options.get("damage", {}).get("garbled"):
        result["marks"] = scan_marks(spec)
    if _children(spec):
        result["children"] = [
            {"name": name.rsplit("/", 1)[-1], **expected(_named(ref))} for name, ref in _children(spec)
        ]
    return result


def stands_alone(spec: Spec) -> bool:
    """Whether the document is a file of its own (attachments and members live in their parents only)."""
    return not spec.file.startswith("(inside)/")


def write(spec: Spec, out: Path) -> int:
    """Writes the document and its expected JSON below `out`; returns the document's size in bytes."""
    target = out / spec.file
    target.parent.mkdir(parents=True, exist_ok=True)
    data = rendered(spec)[0]
    target.write_bytes(data)
    text = json.dumps(expected(spec), ensure_ascii=False, indent=1)
    target.with_name(target.name + ".expected.json").write_text(text + "\n", "utf-8")
    return len(data)


def sweep(out: Path, kept: set[str]) -> None:
    """Takes away what an earlier run wrote and the texts no longer name."""
    for note in sorted(out.rglob("*.expected.json")):
        document = note.with_name(note.name.removesuffix(".expected.json"))
        if document.relative_to(out).as_posix() not in kept:
            document.unlink(missing_ok=True)
            note.unlink()


def main(argv: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Renders the sample documents.")
    parser.add_argument(
        "--out", type=Path, default=HERE / "documents", help="where to write (default: beside this file)"
    )
    parser.add_argument("--only", default="*", help="a pattern of names, such as 'letters/*'")
    parser.add_argument("--list", action="store_true", help="print the names and render nothing")
    args = parser.parse_args(argv)
    chosen = [spec for spec in specs() if stands_alone(spec) and fnmatch.fnmatch(spec.file, args.only)]
    if args.list:
        print("\n".join(spec.file for spec in chosen))
        return 0
    if args.only == "*":
        sweep(args.out, {spec.file for spec in chosen})
    total = sum(write(spec, args.out) for spec in chosen)
    print(f"{len(chosen)} documents, {total / 2**20:.1f} MB, in {args.out}", file=sys.stderr)
    return 0 if total < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
