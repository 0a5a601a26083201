"""A paper as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.harmless import markdown
from pipeline.papers.paper import Paper, Section, Statement, Table, pieces


def as_markdown(paper: Paper) -> str:
    """The paper as Markdown in which nothing from a document is markup."""
    blocks = [f"# {markdown(paper.title)}", *(markdown(line) for line in paper.lines)]
    blocks += [f"> {_text(note)}" for note in paper.notes]
    for section, heading in paper.headings():
        if heading:
            blocks.append(f"{'#' * (section.level + 1)} {markdown(heading)}")
        blocks += list(_blocks(paper, section)) or [markdown(paper.labels.none)]
    return "\n\n".join(blocks) + "\n"


def _blocks(paper: Paper, section: Section) -> Iterator[str]:
    items: list[str] = []
    for block in section.blocks:
        if isinstance(block, Statement) and section.items:
            items.append(f"- {_statement(paper, block)}")
            continue
        if items:
            yield "\n".join(items)
            items = []
        yield _statement(paper, block) if isinstance(block, Statement) else _table(paper, block)
    if items:
        yield "\n".join(items)


def _statement(paper: Paper, statement: Statement) -> str:
    text = _text(statement.text)
    if source := paper.source(statement):
        return f"{text} {markdown(source.text)}".strip()
    return f"{text} **{markdown(paper.labels.unsourced)}**" if statement.needs_source else text


def _text(text: str) -> str:
    return "".join(
        f" **{markdown(part)}** " if blank else _kept(part) for part, blank in pieces(text)
    ).strip()


def _kept(part: str) -> str:
    """Escaped, with the blanks at its ends, which part it from what stands beside it."""
    return (
        f"{' ' if part[:1] == ' ' else ''}{markdown(part)}{' ' if part.strip() and part[-1:] == ' ' else ''}"
    )


def _table(paper: Paper, table: Table) -> str:
    lines = [
        *([f"**{markdown(table.caption)}**", ""] if table.caption else []),
        f"| {' | '.join(markdown(column) for column in table.columns)} |",
        f"|{'|'.join(' ---: ' if n in table.numeric else ' --- ' for n in range(len(table.columns)))}|",
    ]
    lines += [f"| {' | '.join(_statement(paper, cell) for cell in row)} |" for row in table.rows]
    return "\n".join(lines)
