"""`report`, `notice` and `custody`: papers that people edit, sign and hand over."""

from __future__ import annotations

from pathlib import Path

import click

from app.files import Forms, out_option, write_form
from app.options import json_option, open_matter, workspace_option
from app.output import language as own_language
from app.output import message, print_json, print_table, say, word
from pipeline.clock import now
from pipeline.custody import as_paper, custody
from pipeline.papers.docx_form import as_docx
from pipeline.papers.html_form import as_html
from pipeline.papers.markdown_form import as_markdown
from pipeline.papers.paper import Paper


def _forms(paper: Paper) -> Forms:
    return {
        ".docx": lambda: as_docx(paper, now()),
        ".html": lambda: as_html(paper),
        ".md": lambda: as_markdown(paper),
    }


@click.command("custody")
@click.argument("document", metavar="DOC")
@click.option("--language", type=click.Choice(["en", "zh"]), help="Of the paper. Default: your own.")
@out_option("docx", "html", "md", "csv")
@workspace_option
@json_option
def custody_command(
    document: str, language: str | None, out: Path | None, workspace: Path, as_json: bool
) -> int:
    """The chain of custody of a document: sources, hash, every touch with the audit entry that proves it.

    Example: claimtrail custody 3f9a --out custody.docx
    """
    with open_matter(workspace) as matter:
        found = custody(matter, document)
    if out is not None:
        forms = {**_forms(as_paper(found, language or own_language())), ".csv": found.as_csv}
        write_form(out, forms)
    if as_json:
        print_json(found.as_json())
    elif out is None:
        about = found.about
        say(f"{about.id}  {about.name}  {about.size}")
        say(f"SHA-256 {about.sha256}")
        columns = ["entry", "at", "actor", "process", "action", "detail", "hash"]
        rows = [touch.as_json() for touch in found.touches]
        print_table(
            columns, [[str(row[key])[: 12 if key == "hash" else None] for key in columns] for row in rows]
        )
    if found.fault is not None:
        message(f"{word('error')}: {found.fault}")
        return 1
    return 0
