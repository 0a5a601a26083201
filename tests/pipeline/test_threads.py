"""Which documents tell of one thing, and that links do not depend on the order in which documents came."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import PageText, assemble
from extractors.workers import Workers
from index.words import tokens
from pipeline.evidence import Evidence, Summary
from pipeline.ingest import Ingest, ocr_options
from pipeline.intake import discover
from pipeline.linking.thread import WIDEST, threads
from pipeline.linking.view import DocumentView, Events, Phrase
from pipeline.matter import Matter
from pipeline.parties import Book
from pipeline.records import documents, matters
from pipeline.register import read_register
from tests.faults.killed import HereWorkers

pytestmark = pytest.mark.both_homes

TERMS = b"Standard terms of the carrier. " * 12


def mail(folder: Path, number: int, *, answers: int | None = None, attached: bytes = TERMS) -> Path:
    """The first one is clearly of the event; the others name a party and a day."""
    message = EmailMessage()
    message["From"], message["To"] = "a@harbour.example", f"b{number}@northport.example"
    message["Date"], message["Subject"] = f"{number + 13} Mar 2023 09:00:00 +0000", f"Delivery {number}"
    message["Message-ID"] = f"<{number}@harbour.example>"
    if answers is not None:
        message["In-Reply-To"] = f"<{answers}@harbour.example>"
    clear = "Access to Area B was refused, see GC/L/0145." if number == 1 else "Possession is wanted."
    message.set_content(f"Harbour Civil Ltd to Northport Authority.\n{clear}\n")
    message.add_attachment(attached, maintype="text", subtype="plain", filename="terms.txt")
    path = folder / f"mail {number:02}.eml"
    path.write_bytes(message.as_bytes())
    return path


def take(matter: Matter, *paths: Path) -> None:
    workers: Workers = HereWorkers()  # type: ignore[assignment]
    Ingest(matter, workers, ocr_options(matter)).run(discover(paths))


@pytest.fixture
def open_new(tmp_path: Path, register_file: Path) -> Callable[[str], Matter]:
    """Opens a new matter with the register."""
    from pipeline.workspace import init

    def opened(name: str) -> Matter:
        init(tmp_path / name)
        matter = Matter.open(tmp_path / name, "tester")
        with matter.change() as change:
            matters.put_claims(change.tx, read_register(register_file))
        return matter

    return opened


def links(matter: Matter) -> list[dict]:
    with matter.reading() as tx:
        return sorted((link.as_json() for link in matters.link_list(tx)), key=str)


def strengthened(matter: Matter) -> set[str]:
    """The names of the documents whose links lean on another document's."""
    with matter.reading() as tx:
        names = {found.id: found.name for found in documents.summaries(tx)}
        found = matters.link_list(tx)
    return {names[link.document] for link in found if any(reason.kind == "thread" for reason in link.reasons)}


def test_a_file_that_hangs_on_a_few_mails_makes_them_tell_of_one_thing(
    open_new: Callable[[str], Matter], tmp_path: Path
) -> None:
    with open_new("few") as matter:
        take(matter, *(mail(tmp_path, number) for number in range(1, WIDEST + 1)))
        with matter.reading() as tx:
            assert {len(group) for group in threads(tx).groups.values()} == {WIDEST + 1}
        assert len(strengthened(matter)) > 1


def test_a_file_that_hangs_on_many_mails_says_nothing_of_them(
    open_new: Callable[[str], Matter], tmp_path: Path
) -> None:
    with open_new("many") as matter:
        take(matter, *(mail(tmp_path, number) for number in range(1, WIDEST + 2)))
        with matter.reading() as tx:
            assert threads(tx).groups == {}
        assert strengthened(matter) == set()


@pytest.mark.parametrize("portions", [[1] * 8, [WIDEST, 1, 2], [WIDEST - 1, 3, 1], [2, 6]])
def test_the_order_in_which_mails_come_does_not_matter(
    open_new: Callable[[str], Matter], tmp_path: Path, portions: list[int]
) -> None:
    mails = [mail(tmp_path, number, answers=1 if number == 7 else None) for number in range(1, 9)]
    with open_new("at once") as whole, open_new("bit by bit") as grown:
        take(whole, *mails)
        start = 0
        for size in portions:
            take(grown, *mails[start : start + size])
            start += size
        assert links(grown) == links(whole)
        assert strengthened(whole)


SOUGHT = ("Area B", "access refused", "塔吊", "停工 A", "GC/L/0145", "1,250.00")


@given(st.lists(st.sampled_from([*SOUGHT, *"abAB塔吊停工", "Area", " ", "\n", "access"]), max_size=30))
def test_what_is_sought_is_found_whether_all_words_are_kept_or_not(parts: list[str]) -> None:
    document = assemble(
        [PageText("".join(parts), 595, 842), PageText(" ".join(parts), 595, 842)], "text/plain"
    )
    summary = Summary("d", "d" * 64, 1, "d", 0, "ok", None, "text/plain", 2, "other", 1.0, "en", None, None)
    phrases = [Phrase(text) for text in SOUGHT]
    terms = frozenset(term for text in SOUGHT for term, *_ in tokens(text))
    everything = DocumentView(Evidence(summary, document))
    thrifty = DocumentView(Evidence(summary, document), terms)
    unforeseen = DocumentView(Evidence(summary, document), frozenset(["area"]))
    for phrase in phrases:
        found = list(everything.hits(phrase))
        assert list(thrifty.hits(phrase)) == found
        assert list(unforeseen.hits(phrase)) == found


def test_all_that_rules_ask_for_is_announced(register_file: Path) -> None:
    events = Events(read_register(register_file), Book({}))
    asked = [phrase for view in events.views for phrase in view.phrases()]
    assert {"Area B", "GC/L/0145", "港务土木", "塔吊故障停工"} <= {phrase.text for phrase in asked}
    assert all(term in events.terms for phrase in asked for term, _ in phrase.terms)
