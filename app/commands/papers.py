"""`report`, `notice` and `custody`: papers that people edit, sign and hand over."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from app.files import Forms, out_option, write_form
from app.options import IsoDate, json_option, open_matter, workspace_option
from app.output import language as own_language
from app.output import message, print_json, print_table, say, word
from pipeline.casefile import load_case
from pipeline.claim_report import claim_report
from pipeline.clock import now
from pipeline.custody import as_paper, custody
from pipeline.notice_draft import notice_draft
from pipeline.papers.citing import bundle_at, last_bundle
from pipeline.papers.docx_form import as_docx
from pipeline.papers.html_form import as_html
from pipeline.papers.markdown_form import as_markdown
from pipeline.papers.paper import Paper
from pipeline.papers.words import LANGUAGES


def _forms(paper: Paper) -> Forms:
    return {
        ".docx": lambda: as_docx(paper, now()),
        ".html": lambda: as_html(paper),
        ".md": lambda: as_markdown(paper),
    }


LANGUAGE = click.Choice(LANGUAGES)

bundle_option = click.option(
    "--bundle",
    metavar="BUNDLE",
    type=click.Path(path_type=Path),
    help="Cite, and lead to, the pages of this bundle. Default: cite those of the one exported last.",
)


@click.command("report")
@click.argument("claim")
@click.option("--language", type=LANGUAGE, help="Default: that of most of the evidence.")
@bundle_option
@out_option("docx", "html", "md")
@workspace_option
@json_option
def report_command(
    claim: str, language: str | None, bundle: Path | None, out: Path | None, workspace: Path, as_json: bool
) -> None:
    """A draft claim report: events, basis, deadlines, loss, exhibits; every statement cites its page.

    \b
    Example:
      claimtrail report CLM-001 --out report.docx
      claimtrail report CLM-001 --bundle bundle-CLM-001 --out report.html --language zh
    """
    with open_matter(workspace) as matter:
        case = load_case(matter, claim)
        cited = bundle_at(bundle) if bundle is not None else last_bundle(matter, claim)
    draft = claim_report(case, now().date(), language, cited, _beside(out, bundle))
    if out is not None:
        write_form(out, _forms(draft.paper))
    if as_json:
        print_json(draft.as_json())
    elif out is None:
        say(draft.as_markdown())


@click.command("notice")
@click.argument("event", metavar="CLAIM/EVENT")
@click.option("--language", type=LANGUAGE, help="Default: your own.")
@click.option("--today", type=IsoDate(), help="Reckon from this day instead of today.")
@bundle_option
@out_option("docx", "html", "md")
@workspace_option
@json_option
def notice_command(
    event: str,
    language: str | None,
    today: datetime.date | None,
    bundle: Path | None,
    out: Path | None,
    workspace: Path,
    as_json: bool,
) -> None:
    """A draft notice of claim (索赔意向通知书) for an event, by the rule of the contract form.

    Example: claimtrail notice CLM-001/E1 --out notice.docx --language zh
    """
    claim, _, event_id = event.partition("/")
    with open_matter(workspace) as matter:
        case = load_case(matter, claim)
        cited = bundle_at(bundle) if bundle is not None else last_bundle(matter, claim)
    tongue = language or own_language()
    found = notice_draft(case, event_id, today or now().date(), tongue, cited, _beside(out, bundle))
    if out is not None:
        write_form(out, _forms(found.paper))
    if as_json:
        print_json(found.as_json())
    elif out is None:
        say(as_markdown(found.paper))


def _beside(out: Path | None, bundle: Path | None) -> Path | None:
    """The folder of the paper, from which it leads to a bundle whose place is known."""
    return (out.parent if out is not None else Path()).resolve() if bundle is not None else None


@click.command("custody")
@click.argument("document", metavar="DOC")
@click.option("--language", type=LANGUAGE, help="Of the paper. Default: your own.")
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
