"""Scans as they are searched: what was recognised on a page lies on it, character by character, and invisible."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, String

from pipeline.bundle.checks.book import Book
from pipeline.bundle.checks.finding import Findings

_INVISIBLE = 3
_MEANING = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<((?:[0-9A-Fa-f]{4})+)>")
_BLOCK = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_OPERATORS = "q Q BT ET Tf Tr Tj TJ"

Meanings = dict[bytes, str]
"""The text that each code of a font stands for."""


def check_laid(findings: Findings) -> None:
    """The invisible text of every page for which manifest.json names some."""
    book = Book.of(findings.folder)
    stated = [said for document in book.documents for said in document.get("recognised", [])]
    for volume in book.volumes:
        fonts: dict[tuple[int, int], Meanings] = {}
        with pikepdf.open(findings.folder / volume.file) as pdf:
            for said in stated:
                if volume.first <= said["bundle_page"] <= volume.last:
                    number = said["bundle_page"] - volume.first + 1
                    text = "".join(_invisible(pdf.pages[number - 1], fonts))
                    same = hashlib.sha256(text.encode("utf-8")).hexdigest() == said["sha256"]
                    findings.expect(
                        same and len(text) == said["characters"],
                        f"{volume.file}, page {number}",
                        "cannot be searched: the text that was recognised on it is not there",
                    )


def _invisible(page: pikepdf.Page, fonts: dict[tuple[int, int], Meanings]) -> Iterator[str]:
    """The text that the page itself shows in mode 3 (PDF 32000-1, 9.3.6), in its order."""
    mode, outer, meanings = 0, list[int](), Meanings()
    for operation in pikepdf.parse_content_stream(page, _OPERATORS):
        operands = operation.operands
        match str(operation.operator):
            case "q":
                outer.append(mode)
            case "Q" if outer:
                mode = outer.pop()
            case "Tr":
                mode = int(operands[0])
            case "Tf":
                meanings = _meanings(page, str(operands[0]), fonts)
            case "Tj" | "TJ" if mode == _INVISIBLE:
                yield from _shown(operands[0], meanings)


def _shown(operand: Any, meanings: Meanings) -> Iterator[str]:
    for piece in operand if isinstance(operand, Array) else [operand]:
        if isinstance(piece, String):
            codes = bytes(piece)
            yield from (meanings.get(codes[at : at + 2], "\ufffd") for at in range(0, len(codes), 2))


def _meanings(page: pikepdf.Page, name: str, fonts: dict[tuple[int, int], Meanings]) -> Meanings:
    font = page.obj.Resources.Font[name]
    if font.objgen not in fonts:
        table = font.ToUnicode.read_bytes() if "/ToUnicode" in font else b""
        found = [pair for block in _BLOCK.findall(table) for pair in _MEANING.findall(block)]
        fonts[font.objgen] = {
            bytes.fromhex(code.decode()): bytes.fromhex(text.decode()).decode("utf-16-be")
            for code, text in found
        }
    return fonts[font.objgen]
