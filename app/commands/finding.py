"""`search`, `list`, `show` and `reindex`."""

from __future__ import annotations

import datetime
import itertools
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any

import click

from app.answers import document_answer
from app.bills import print_findings, print_lines
from app.options import filter_options, json_option, open_matter, workspace_option
from app.output import in_words, message, print_json, print_table, say, word
from app.progress import progress
from extractors.document import UNREAD_INK
from extractors.facts.fact import Day, Fact, Money
from index.entry import SORTS as SEARCH_SORTS
from index.entry import Sort
from index.query import Filters
from pipeline.errors import UsageError
from pipeline.evidence import Evidence, Summary
from pipeline.harmless import safe_name
from pipeline.indexing import count_behind, engine_name, open_search, reindex
from pipeline.listing import SORTS, Wanted, document_list
from pipeline.matter import Matter
from pipeline.pace import stage
from pipeline.records import likenesses
from pipeline.workspace import working

NEAR = " ≈"
"""Stands behind the name of a document that has near-duplicates."""


class Query(click.Command):
    """A query may begin with the minus of the query language: `-draft`. No option but -h has a single one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = (one for one in self.params if isinstance(one, click.Option) and not one.is_flag)
        takes = {name for option in options for name in option.opts}
        usual: list[str] = []
        query: list[str] = []
        rest = iter(args)
        for said in rest:
            if said == "--":
                query += rest
            elif re.match(r"-[^-]", said) and said != "-h":
                query.append(said)
            else:
                usual += [said, *itertools.islice(rest, int(said in takes))]
        return super().parse_args(ctx, [*usual, "--", *query] if query else usual)


@click.command("search", cls=Query)
@click.argument("query", required=False, default="*")
@filter_options(SEARCH_SORTS)
@workspace_option
@json_option
def search_command(
    query: str, limit: int, offset: int, sort: Sort, workspace: Path, as_json: bool, **filters: Any
) -> None:
    """Search the pages by keyword, date, kind, party, amount …

    \b
    Example:
      claimtrail search '"Area B" AND access date:[2023-03-01 TO 2023-04-30]'
      claimtrail search 工期延误 --from 2023-03-01
    """
    with open_matter(workspace) as matter:
        with closing(open_search(matter)) as index:
            found = index.search(query, Filters(**filters), limit=limit, offset=offset, sort=sort)
        behind = count_behind(matter)
        with matter.reading() as tx:
            copied = set() if as_json else likenesses.with_likenesses(tx, (hit.doc for hit in found.hits))
    if as_json:
        print_json(found.as_json(query) | ({"behind": behind} if behind else {}))
        return
    rows = [
        (h.doc, h.page, h.kind, h.date, h.name + NEAR * (h.doc in copied), _plain(h.snippet))
        for h in found.hits
    ]
    print_table(["doc", "page", "kind", "date", "name", "text"], rows)
    message(f"{found.total} {word('hits')} ({found.took_ms:.0f} ms)")
    if behind:
        message(f"{behind} {word('behind')}")


def _plain(snippet: str) -> str:
    import html

    return " ".join(html.unescape(re.sub(r"</?mark>", "", snippet)).split())


@click.command("list")
@filter_options(("taken", *(f"{sign}{key}" for key in SORTS if key != "taken" for sign in ("", "-"))))
@workspace_option
@json_option
def list_command(limit: int, offset: int, sort: str, workspace: Path, as_json: bool, **filters: Any) -> None:
    """Every document taken in, with its state; the same filters as search. JSON holds all unless --limit is given.

    Example: claimtrail list --kind invoice --min-amount 10000
    """
    given = click.get_current_context().get_parameter_source("limit")
    wanted = _wanted(**filters)
    everything = as_json and given is click.core.ParameterSource.DEFAULT
    with open_matter(workspace) as matter:
        part = document_list(matter, wanted, sort, None if everything else limit, offset)
    found = [row.as_json() for row in part.rows]
    if as_json:
        print_json(found)
        return
    columns = ["id", "name", "kind", "date", "pages", "language", "claims", "state", "reason"]
    print_table(columns, [[" ".join(f[c]) if c == "claims" else f[c] for c in columns] for f in found])
    message(f"{len(found)} / {part.total} {word('documents')}")


def _wanted(
    date_from: datetime.date | None,
    date_to: datetime.date | None,
    min_amount: Decimal | None,
    max_amount: Decimal | None,
    **several: tuple[str, ...],
) -> Wanted:
    return Wanted(start=date_from, end=date_to, least=min_amount, most=max_amount, **several)


@click.command("show")
@click.argument("document", metavar="DOC")
@click.option("--page", type=click.IntRange(min=1), help="Only this page.")
@click.option("--text", "only_text", is_flag=True, help="Print the text alone.")
@click.option(
    "--original", metavar="OUT", type=click.Path(path_type=Path), help="Write the original, checked, here."
)
@click.option("--searchable", is_flag=True, help="With --original: as a PDF in which every word is found.")
@workspace_option
@json_option
def show_command(
    document: str,
    page: int | None,
    only_text: bool,
    original: Path | None,
    searchable: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """One document with its pages, facts, links and history.

    \b
    Example:
      claimtrail show 3f9a --page 1 --text
      claimtrail show 3f9a --original letter.pdf --searchable
    """
    if searchable and original is None:
        raise UsageError("--searchable says how to write the original.", "Add --original OUT.")
    with open_matter(workspace) as matter:
        answer, found = document_answer(matter, document, page)
        if original is not None and searchable:
            _write_searchable(matter, found.summary, original)
        elif original is not None:
            with matter.originals.lent(found.summary.sha256) as source:
                _write_original(source, original, found.summary.name)
    if as_json:
        print_json(answer)
    elif only_text:
        say("\f".join(p["text"] for p in answer["pages"]))
    else:
        _print_document(answer, found)


def _write_original(source: Path, target: Path, name: str) -> None:
    out = target / safe_name(name) if target.is_dir() else target
    if out.exists():
        raise UsageError(f"{out} is there already.", "Name a new file.")
    shutil.copyfile(source, out)
    message(str(out))


def _write_searchable(matter: Matter, found: Summary, target: Path) -> None:
    from pipeline.searchable import write_rendition  # what draws pages would delay every search

    name = safe_name(f"{PurePath(found.name).stem or found.id}.searchable.pdf")
    made = write_rendition(matter, found, target / name if target.is_dir() else target)
    message(str(made.path))
    message(f"  {word(f'rendition_{made.made}')}")
    if made.note:
        message(f"  ! {in_words(made.note)}")


def _value(fact: Fact) -> str:
    """What a date or sum was read as; of other facts the text says it."""
    if isinstance(fact.value, Day):
        days = (fact.value.start, fact.value.end)
        return " ".join(filter(None, ("/".join(str(day) for day in days if day), fact.value.clock)))
    if isinstance(fact.value, Money):
        return f"{fact.value.amount:f} {fact.value.currency or '?'}"
    return ""


def _print_document(answer: dict[str, Any], found: Evidence) -> None:
    say(f"{answer['id']}  {answer['name']}  ({answer['media_type']})")
    say(f"  {word('kind')}: {answer['kind']} {answer['kind_confidence']}  ({', '.join(found.kind_why[:6])})")
    for one in answer["kind_reasons"]["like"]:
        say(f"    {word('like')} {one['name']} ({one['doc']}, {one['likeness']}): {_called(one)}")
    for key in ("date", "language", "state"):
        say(f"  {word(key)}: {answer[key]}")
    say(f"  {word('title')}: {answer['title']}")
    for sighting in answer["sightings"]:
        say(f"  {word('path')}: {sighting['path']}  {sighting['received']}")
    for label in answer["labels"]:
        say(f"  {word(label['key'])}: {label['value']}")
    for near in answer["near_duplicates"]:
        say(f"  ≈ {near['doc']}  {near['score']} {word('by ' + near['by'])}  {_difference(near['differs'])}")
    for note in answer["notes"]:
        if UNREAD_INK not in note:
            say(f"  ! {in_words(note)}")
    for page in answer["pages"]:
        if page["marks"]:
            say(f"  ! {_unread_ink(page)}")
    print_findings(answer["findings"])
    rows = [
        (
            fact.kind,
            fact.role,
            found.document.text[fact.start : fact.end].replace("\n", " "),
            _value(fact),
            found.page_of(fact),
            f"{fact.rule}: {fact.why}" if fact.why else fact.rule,
            "; ".join(fact.doubts),
        )
        for fact in found.facts
    ]
    print_table(["kind", "role", "text", "value", "page", "reason", "doubts"], rows)
    print_lines(answer["lines"])
    links = [
        (
            x["event"],
            x["score"],
            x["status"],
            x["stance"],
            "; ".join(in_words(r["detail"]) for r in x["reasons"]),
        )
        for x in answer["links"]
    ]
    print_table(["event", "score", "status", "stance", "reasons"], links)
    _print_correspondence(answer["correspondence"])
    print_table(["at", "actor", "action"], [(e["at"], e["actor"], e["action"]) for e in answer["history"]])


def _called(precedent: dict[str, Any]) -> str:
    return f"{precedent['by']} {word('called it')} {precedent['kind']}"


def _print_correspondence(found: dict[str, Any]) -> None:
    """What it answers (→), what answers it (←), and what it cites that is not there (!)."""
    rows = [
        (
            sign,
            edge["doc"],
            edge["date"],
            edge["name"],
            word(edge["relation"]),
            edge["page"],
            in_words(edge["why"]),
        )
        for sign, key in (("→", "answers"), ("←", "answered_by"))
        for edge in found[key]
    ]
    rows += [
        ("!", "", "", x["reference"], word("missing"), x["page"], in_words(x["why"]))
        for x in found["cites_missing"]
    ]
    print_table(["", "doc", "date", "correspondence", "relation", "page", "reason"], rows)


def _unread_ink(page: dict[str, Any]) -> str:
    """ "page 2: seal at 45,41–64,54 % (unread ink)": from the top left corner to the bottom right one."""
    places = (
        f"{word(mark['kind'])} {x0:.0f},{y0:.0f}–{x1:.0f},{y1:.0f} %"
        for mark in page["marks"]
        for x0, y0, x1, y1 in ([100 * side for side in mark["box"]],)
    )
    return f"{word('page')} {page['number']}: {', '.join(places)} ({word('unread ink')})"


def _difference(differs: dict[str, Any]) -> str:
    words = (
        f"{word('words only here')}: {differs['only_here']}, {word('only there')}: {differs['only_there']}"
    )
    pictures = _pictures(differs) if differs.get("pictures") else ()
    return "; ".join((words, *differs["facts"], *pictures))


def _pictures(differs: dict[str, Any]) -> Iterator[str]:
    """Which pages look alike, their sizes, those of the files, and when they were taken: this document's first."""
    seen = differs["pictures"]
    yield f"{word('pages that look alike')}: " + ", ".join(f"{p['page']}/{p['page_there']}" for p in seen)
    sizes = [[p[key] for p in seen] for key in ("pixels", "pixels_there")]
    if sizes[0] != sizes[1]:
        yield f"{word('pixels')}: " + " / ".join("×".join(map(str, each[0])) for each in sizes)
    yield f"{word('bytes')}: " + " / ".join(f"{each:,}" for each in differs["bytes"])
    if differs["taken"][0] != differs["taken"][1]:
        yield f"{word('taken')}: " + " / ".join(each or "?" for each in differs["taken"])


@click.command("reindex")
@click.option("--engine", metavar="NAME", help="Change to this search engine.")
@workspace_option
@json_option
def reindex_command(engine: str | None, workspace: Path, as_json: bool) -> None:
    """Rebuild the search index from the records, also after its folder was deleted or damaged.

    Example: claimtrail reindex
    """
    with (
        open_matter(workspace) as matter,
        working(matter.workspace, "reindex"),
        progress(quiet=as_json) as told,
    ):
        count = reindex(matter, engine, stage(told, "indexing"))
    if as_json:
        print_json({"documents": count, "engine": engine_name(matter)})
    else:
        message(f"{count} {word('documents')}")
