"""A paper as one HTML page: no scripts, nothing from elsewhere, fit for screens, screen readers and printers."""

from __future__ import annotations

import html
from collections.abc import Iterator

from pipeline.papers.paper import Paper, Section, Statement, Table, pieces, plain

_STYLE = """
:root{color-scheme:light dark;--line:#8886;--mark:#ffe58a}
body{max-width:60rem;margin:0 auto;padding:1rem 1.5rem;
font:1rem/1.6 Georgia,'Noto Serif','Noto Serif CJK SC','Songti SC',SimSun,serif}
h1,h2,h3,th,header,nav,aside,.cite{
font-family:system-ui,'Noto Sans','Noto Sans CJK SC','Microsoft YaHei','WenQuanYi Zen Hei',sans-serif}
h1,h2,h3{line-height:1.25;break-after:avoid}
header{border-bottom:1px solid var(--line);letter-spacing:.04em;font-size:.85rem}
aside{border:2px solid #b5621b;padding:.3rem 1rem;margin:1rem 0;font-size:.92rem}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-size:.9rem}
caption{text-align:left;font-weight:bold;padding:.3rem 0}
td,th{border:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
thead{display:table-header-group}tr{break-inside:avoid}.n{text-align:right;font-variant-numeric:tabular-nums}
tr.total{font-weight:bold}blockquote{margin:.4rem 0 .4rem 1.2rem;padding-left:.8rem;border-left:3px solid var(--line)}
mark{background:var(--mark);color:#222;padding:0 .2em}.cite{font-size:.85em;white-space:nowrap}
@media print{body{max-width:none;padding:0;font-size:10.5pt}nav{break-after:page}a{color:inherit;text-decoration:none}
mark{outline:1px solid #b5621b}@page{margin:22mm 18mm}}
"""
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{style}</style></head>
<body>
<header>{header}</header>
<main>
{body}
</main>
</body>
</html>
"""
_LANGUAGES = {"zh": "zh-Hans"}


def as_html(paper: Paper) -> str:
    """The paper as a page in which everything from documents is escaped."""
    parts = [f"<h1>{_text(paper.title)}</h1>", *(f"<p>{_text(line)}</p>" for line in paper.lines)]
    if paper.notes:
        parts.append(f"<aside>{''.join(f'<p>{_text(note)}</p>' for note in paper.notes)}</aside>")
    if paper.contents:
        parts.append(_contents(paper))
    for number, (section, heading) in enumerate(paper.headings(), 1):
        parts += _section(paper, section, heading, number)
    return _PAGE.format(
        language=_LANGUAGES.get(paper.language, paper.language),
        title=_plain(paper.title),
        style=_STYLE,
        header=_plain(paper.header),
        body="\n".join(parts),
    )


def _contents(paper: Paper) -> str:
    rows = "".join(
        f'<li><a href="#section-{number}">{_plain(heading)}</a></li>'
        for number, (section, heading) in enumerate(paper.headings(), 1)
        if heading and section.level == 1
    )
    name = _plain(paper.labels.contents)
    return f'<nav aria-label="{name}"><h2>{name}</h2><ul>{rows}</ul></nav>'


def _section(paper: Paper, section: Section, heading: str, number: int) -> Iterator[str]:
    if heading:
        yield f'<h{section.level + 1} id="section-{number}">{_plain(heading)}</h{section.level + 1}>'
    if not section.blocks:
        yield f"<p>{_plain(paper.labels.none)}</p>"
    listed = False
    for block in section.blocks:
        as_item = isinstance(block, Statement) and section.items
        if as_item != listed:
            yield "<ul>" if as_item else "</ul>"
            listed = as_item
        yield _block(paper, block, as_item)
    if listed:
        yield "</ul>"


def _block(paper: Paper, block: Statement | Table, as_item: bool) -> str:
    if isinstance(block, Table):
        return _table(paper, block)
    inner = _statement(paper, block)
    if as_item:
        return f"<li>{inner}</li>"
    return f"<blockquote>{inner}</blockquote>" if block.quoted else f"<p>{inner}</p>"


def _table(paper: Paper, table: Table) -> str:
    heads = "".join(
        f'<th scope="col"{_class(table, n)}>{_plain(column)}</th>' for n, column in enumerate(table.columns)
    )
    rows = "".join(_row(paper, table, number) for number in range(len(table.rows)))
    caption = f"<caption>{_plain(table.caption)}</caption>" if table.caption else ""
    widths = "".join(f'<col style="width:{100 * share:.1f}%">' for share in table.shares())
    return f"<table>{caption}<colgroup>{widths}</colgroup><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(paper: Paper, table: Table, number: int) -> str:
    anchor = f' id="{_plain(table.anchors[number])}"' if number < len(table.anchors) else ""
    total = ' class="total"' if table.total and number == len(table.rows) - 1 else ""
    cells = "".join(
        f"<td{_class(table, n)}>{_statement(paper, cell)}</td>" for n, cell in enumerate(table.rows[number])
    )
    return f"<tr{anchor}{total}>{cells}</tr>"


def _class(table: Table, column: int) -> str:
    return ' class="n"' if column in table.numeric else ""


def _statement(paper: Paper, statement: Statement) -> str:
    text = _text(statement.text)
    if source := paper.source(statement):
        link = f'<a class="cite" href="{_plain(source.target)}">{_plain(source.text)}</a>'
        return f"{text} {link}" if text else link
    return f"{text} <mark>{_plain(paper.labels.unsourced)}</mark>" if statement.needs_source else text


def _text(text: str) -> str:
    return "".join(
        f"<mark>{html.escape(part)}</mark>" if blank else html.escape(part) for part, blank in pieces(text)
    )


def _plain(text: str) -> str:
    return html.escape(plain(text))
