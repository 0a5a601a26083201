"""The small markup in which the documents are written: blocks between empty lines.

A block whose first line starts with `@` is a directive; any other block is a paragraph (its lines are joined).

    @head centre            letterhead; first line large. Also left, right, band, split (`left || right`)
    @title TEXT             heading of the document       @h TEXT   heading of a section
    @b TEXT / @u TEXT       a bold / underlined paragraph @small    small print, lines kept
    @to / @right / @centre  lines kept, `.` is an empty one     @hand     lines as written by hand
    @fields                 `label | value | …` without rules, labels bold
    @table grid w=1,3 fs=8  rows `a | b`; rules: grid, lines, none, box; `head` makes the first row bold
    @columns                paragraphs in two columns
    @sign NAME              a signature                   @seal at=X,Y FIRM | CAPTION   a red seal
    @stamp at=X,Y LINE / LINE   a rubber stamp             @rule, @page, @space N
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sample_docs._fonts import is_wide


@dataclass(frozen=True)
class Block:
    """`kind` is the directive ("p" for a paragraph), `args` what follows it, `lines` the lines below it."""

    kind: str
    args: str = ""
    lines: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> list[list[str]]:
        """The lines as table rows."""
        return [[cell.strip() for cell in line.split("|")] for line in self.lines]

    @property
    def text(self) -> str:
        """The lines joined as running text, without a space between Chinese characters; a heading keeps its lines."""
        parts = [self.args, *self.lines] if self.args else list(self.lines)
        return "<br>".join(parts) if self.kind in {"title", "u"} else joined(parts)


def cell_text(cell: str) -> tuple[str, bool]:
    """The words of a table cell, and whether a star before them asks for bold (`*A*B` is a name with stars in it)."""
    bold = cell.startswith("*") and cell.count("*") == 1
    return cell[1:] if bold else cell, bold


def joined(lines: list[str]) -> str:
    """Lines as one running text."""
    text = ""
    for line in (line.strip() for line in lines):
        glue = "" if not text or not line or (is_wide(text[-1]) and is_wide(line[0])) else " "
        text += glue + line
    return text


def parse(body: str) -> list[Block]:
    """The blocks of a body text."""
    return [
        _block(chunk.strip("\n").split("\n"))
        for chunk in re.split(r"\n\s*\n", body.strip("\n"))
        if chunk.strip()
    ]


def _block(lines: list[str]) -> Block:
    if not lines[0].startswith("@"):
        return Block("p", lines=tuple(lines))
    kind, _, args = lines[0][1:].partition(" ")
    options = dict(re.findall(r"(\w+)=(\S+)", args))
    words = re.sub(r"\w+=\S+", "", args).strip() if kind in {"table", "head", "fields"} else args.strip()
    return Block(kind, words, tuple(lines[1:]), options)


def plain_lines(blocks: list[Block]) -> list[str]:
    """The blocks as lines of plain text: what a text file, a mail body or a check of the wording needs."""
    out: list[str] = []
    for block in blocks:
        if block.kind in {"rule", "page", "space"}:
            continue
        out += [*_plain(block), ""]
    return out[:-1]


def _plain(block: Block) -> list[str]:
    if block.kind in {"table", "fields"}:
        return ["    ".join(cell_text(cell)[0].replace("<br>", " ") for cell in row) for row in block.rows]
    if block.kind in {"seal", "stamp"}:
        return [part.strip() for part in re.split(r"[|/]", re.sub(r"at=\S+", "", block.args))]
    if block.kind in {"p", "b", "u", "title", "h"}:
        return block.text.split("<br>")
    kept = ["" if line == "." else line.replace("||", "    ").replace("<br>", " ") for line in block.lines]
    return [block.args, *kept] if block.kind in {"sign", "hand"} and block.args else kept
