"""What OCR costs and what it finds, beside plain Tesseract and OCRmyPDF, on the same pages in one run.

    python -m bench.ocr                          # ours and plain Tesseract
    python -m bench.ocr --ocrmypdf PATH          # and OCRmyPDF, from an environment of its own

The pages are the sample documents' typed pages, printed and scanned by the samples' own scanner (clean and worn), so
that what stands on them is known. Each program gets two processes. `Tesseract` is the bare program on lists of pages:
what reading cannot be faster than with it. Times are ratios to it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

from bench.samples import DOCUMENTS
from index.words import compact
from sample_docs._scan import Scanner, scanned_pages

SCANNERS = {
    "clean": Scanner(dpi=300, skew=0.2, noise=1.0, blur=0.3, shade=0.02, quality=85, specks=0),
    "worn": Scanner(dpi=150, skew=1.2, noise=9.0, blur=0.9, shade=0.3, quality=35, fold=True, specks=150),
}
LOOKS = {
    "clean en": ("clean", (False,)),
    "clean zh": ("clean", (True,)),
    "worn": ("worn", (True, False)),
}
"""A look's scanner, and whether its pages are Chinese, or both in turns."""
PROCESSES = 2
LEAST_LETTERS = 200
_HAN = ("\u4e00", "\u9fff")


@dataclass(frozen=True)
class Scan:
    """Pages of one look: their pictures, the PDF of them, and what stands on each."""

    look: str
    pictures: tuple[Path, ...]
    pdf: Path
    truth: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """How long a program took for all pages, and the text it found on each."""

    seconds: float
    texts: tuple[str, ...]


Program = Callable[[Scan, Path], Sequence[str]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the pages, run all programs, print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.ocr", description=__doc__)
    parser.add_argument("--pages", type=int, default=12, help="pages of each look")
    parser.add_argument("--ocrmypdf", type=Path, metavar="PROGRAM", help="OCRmyPDF's program")
    parser.add_argument("--modes", nargs="+", default=["fast", "auto", "accurate"])
    parser.add_argument("--looks", nargs="+", default=list(LOOKS), choices=LOOKS)
    given = parser.parse_args(arguments)
    programs: dict[str, Program] = {"Tesseract": plain_tesseract}
    if given.ocrmypdf:
        programs["OCRmyPDF"] = ocrmypdf(given.ocrmypdf)
    programs |= {f"claimtrail {mode}": ours(mode) for mode in given.modes}
    print(f"{'':20}{'look':10}{'s/page':>8}{'ratio':>7}{'found en':>10}{'found zh':>10}")
    with tempfile.TemporaryDirectory() as scratch:
        for look in given.looks:
            compare(scan(look, given.pages, Path(scratch)), programs, Path(scratch))


def scan(look: str, count: int, folder: Path) -> Scan:
    """Typed pages of the samples as the scanner of this look delivers them."""
    name, languages = LOOKS[look]
    scanner = SCANNERS[name]
    pictures, truth = [], []
    for number, (text, page) in enumerate(_typed(count, languages)):
        (picture,) = scanned_pages(page, scanner, np.random.default_rng(number))
        path = folder / f"{look}-{number:03}.jpg"
        picture.convert("L").save(path, quality=scanner.quality, dpi=(scanner.dpi, scanner.dpi))
        pictures.append(path)
        truth.append(text)
    pdf = folder / f"{look}.pdf"
    images = [Image.open(path) for path in pictures]
    images[0].save(pdf, save_all=True, append_images=images[1:], resolution=scanner.dpi)
    return Scan(look, tuple(pictures), pdf, tuple(truth))


def _typed(count: int, languages: Sequence[bool]) -> Iterator[tuple[str, bytes]]:
    """(text, one-page PDF) of at most `count` pages, Chinese (True) and not in turns."""
    found: dict[bool, list[tuple[str, bytes]]] = {True: [], False: []}
    for path in sorted(DOCUMENTS.rglob("*.pdf")):
        for text, page in _pages(path):
            found[_is_han(text)].append((text, page))
    turns = zip(*(found[chinese] for chinese in languages), strict=False)
    yield from islice(chain.from_iterable(turns), count)


def _pages(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        pdf = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:  # broken or encrypted on purpose
        return
    for number in range(len(pdf)):
        text = pdf[number].get_textpage().get_text_range()
        if len(compact(text)) >= LEAST_LETTERS and not list(pdf[number].get_objects(filter=[3])):
            with tempfile.TemporaryFile() as out:
                single = pypdfium2.PdfDocument.new()
                single.import_pages(pdf, [number])
                single.save(out)
                out.seek(0)
                yield text, out.read()


def compare(scan: Scan, programs: dict[str, Program], scratch: Path) -> None:
    """Run each program on the pages and print its line."""
    first: float | None = None
    for name, program in programs.items():
        started = time.monotonic()
        texts = tuple(program(scan, scratch))
        result = Result(time.monotonic() - started, texts)
        first = first or result.seconds
        shares = [_found(scan, result, han) for han in (False, True)]
        print(
            f"{name:20}{scan.look:10}{result.seconds / len(texts):8.2f}{result.seconds / first:7.2f}"
            f"{shares[0]:10.3f}{shares[1]:10.3f}",
            flush=True,
        )


def _found(scan: Scan, result: Result, han: bool) -> float:
    """The share of words (English) or pairs of characters (Chinese) on the pages that were found."""
    wanted = hit = 0
    for truth, text in zip(scan.truth, result.texts, strict=True):
        if _is_han(truth) == han:
            there, here = _units(truth, han), _units(text, han)
            wanted += there.total()
            hit += (there & here).total()
    return hit / wanted if wanted else 0.0


def _units(text: str, han: bool) -> Counter[str]:
    if han:
        letters = [c for c in text if _HAN[0] <= c <= _HAN[1]]
        return Counter(a + b for a, b in pairwise(letters))
    return Counter(word.strip(".,;:()").casefold() for word in text.split())


def _is_han(text: str) -> bool:
    return sum(_HAN[0] <= c <= _HAN[1] for c in text) > 0.2 * len(compact(text))


def plain_tesseract(scan: Scan, scratch: Path) -> list[str]:
    """Tesseract on lists of pages, one list a process."""
    halves = [scan.pictures[start::PROCESSES] for start in range(PROCESSES)]

    def half(number: int) -> list[str]:
        listing, out = scratch / f"list-{number}", scratch / f"out-{number}"
        listing.write_text("".join(f"{path}\n" for path in halves[number]))
        command = ["tesseract", str(listing), str(out), "-l", "eng+chi_sim"]
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        subprocess.run(command, check=True, capture_output=True, env=environment)
        return out.with_suffix(".txt").read_text(encoding="utf-8").split("\f")[: len(halves[number])]

    with ThreadPoolExecutor(PROCESSES) as threads:
        texts = list(threads.map(half, range(PROCESSES)))
    return [texts[n % PROCESSES][n // PROCESSES] for n in range(len(scan.pictures))]


def ocrmypdf(program: Path) -> Program:
    """OCRmyPDF with as many jobs; its text is that of the PDF it makes."""

    def run(scan: Scan, scratch: Path) -> list[str]:
        out = scratch / "ocrmypdf.pdf"
        options = ["-l", "eng+chi_sim", "--jobs", str(PROCESSES), "--output-type", "pdf", "--optimize", "0"]
        command = [str(program), *options, "--rotate-pages", "--deskew", str(scan.pdf), str(out)]
        subprocess.run(command, check=True, capture_output=True)
        return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(out)]

    return run


def ours(mode: str) -> Program:
    """This program as its users run it: starting, reading, understanding and printing."""

    def run(scan: Scan, _scratch: Path) -> list[str]:
        command = [sys.executable, "-m", "app", "extract", str(scan.pdf), "--ocr", mode, "--json"]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        return [page["text"] for page in json.loads(answer.stdout)[0]["pages"]]

    return run


if __name__ == "__main__":
    main()
