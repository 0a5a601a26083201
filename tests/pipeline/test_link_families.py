"""Attachments follow their mail and mails their attachments; letters that answer each other are proposed together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.judgement import judge
from pipeline.linking import relink
from pipeline.linking.answers import own
from pipeline.linking.explained import explained
from pipeline.linking.thread import FAINTEST, Threads, Tie
from pipeline.links import Link, Reason
from pipeline.matter import Matter
from pipeline.records import documents, matters
from tests.pipeline.test_threads import open_new, take

__all__ = ["open_new"]

CLEAR = "Harbour Civil Ltd to Northport Authority.\nAccess to Area B was refused on 14 March 2023, see GC/L/0145.\n"
EMPTY = "Please see attached.\n"
SHEET = b"Hours of the crew: 8, 9, 8, 7. Checked by the foreman.\n"
OTHER = "塔吊故障停工。2023年8月7日塔吊故障，全部停工。港务土木\n".encode()


def mail(
    name: str,
    text: str,
    attached: Sequence[tuple[str, bytes]] = (),
    inside: EmailMessage | None = None,
    answers: str | None = None,
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "a@harbour.example", "b@northport.example"
    message["Date"], message["Subject"] = "Thu, 16 Mar 2023 09:00:00 +0000", name
    message["Message-ID"] = f"<{name}@harbour.example>"
    if answers is not None:
        message["In-Reply-To"] = f"<{answers}@harbour.example>"
    message.set_content(text)
    for file, data in attached:
        message.add_attachment(data, maintype="text", subtype="plain", filename=file)
    if inside is not None:
        message.add_attachment(inside)
    return message


def written(folder: Path, *messages: EmailMessage) -> list[Path]:
    paths = [folder / f"{message['Subject']}.eml" for message in messages]
    for path, message in zip(paths, messages, strict=True):
        path.write_bytes(message.as_bytes())
    return paths


def linked(matter: Matter, event: str = "CLM-001/E1") -> dict[str, Link]:
    """The proposed links to an event, by the name of the document."""
    with matter.reading() as tx:
        names = {found.id: found.name for found in documents.summaries(tx)}
        return {names[link.document]: link for link in matters.link_list(tx) if link.event == event}


def why(link: Link) -> str:
    """What the thread or family says, without the id of the other."""
    return " ".join(reason.detail.rpartition(" ")[0] for reason in link.reasons if reason.kind == "thread")


def test_an_attachment_without_a_word_follows_its_mail(
    open_new: Callable[[str], Matter], tmp_path: Path
) -> None:
    with open_new("m") as matter:
        take(matter, *written(tmp_path, mail("clear", CLEAR, [("hours.txt", SHEET)])))
        found = linked(matter)
    assert set(found) == {"clear.eml", "hours.txt"}
    assert why(found["hours.txt"]) == "attached to"
    assert found["hours.txt"].score < found["clear.eml"].score


def test_a_mail_without_a_word_is_linked_for_what_it_holds(
    open_new: Callable[[str], Matter], tmp_path: Path
) -> None:
    with open_new("m") as matter:
        take(matter, *written(tmp_path, mail("see attached", EMPTY, [("report.txt", CLEAR.encode())])))
        found = linked(matter)
    assert set(found) == {"see attached.eml", "report.txt"}
    assert why(found["see attached.eml"]) == "it holds"


def test_a_mail_in_a_mail_passes_it_on_both_ways(open_new: Callable[[str], Matter], tmp_path: Path) -> None:
    inner = mail("inner", CLEAR, [("hours.txt", SHEET)])
    deep = mail("deep", EMPTY, [("report.txt", CLEAR.encode())])
    with open_new("m") as matter:
        take(matter, *written(tmp_path, mail("fwd inner", "For your files.\n", inside=inner)))
        take(matter, *written(tmp_path, mail("fwd deep", "For your files.\n", inside=deep)))
        found = linked(matter)
    assert {"fwd inner.eml", "fwd deep.eml", "hours.txt", "report.txt"} <= set(found)
    assert found["fwd deep.eml"].score < found["report.txt"].score


def test_an_answer_in_a_thread_of_mails_follows_and_a_stranger_does_not(
    open_new: Callable[[str], Matter], tmp_path: Path
) -> None:
    mails = [
        mail("clear", CLEAR),
        mail("re", "Noted, thank you.\n", answers="clear"),
        mail("tea", "Tea at four?\n"),
    ]
    with open_new("m") as matter:
        take(matter, *written(tmp_path, *mails))
        assert set(linked(matter)) == {"clear.eml", "re.eml"}


def test_an_attachment_that_tells_of_its_own_event_hardly_follows(
    open_new: Callable[[str], Matter], tmp_path: Path
) -> None:
    with open_new("m") as matter:
        take(matter, *written(tmp_path, mail("clear", CLEAR, [("diary.txt", OTHER)])))
        assert "diary.txt" in linked(matter, "CLM-001/E2")
        assert "diary.txt" not in linked(matter)


def test_what_is_passed_on_grows_faint() -> None:
    ties = {
        name: tuple(Tie(other, 0.7, "next to") for other in (chr(ord(name) - 1), chr(ord(name) + 1)))
        for name in "bcdefgh"
    }
    reached = Threads({}, {}, ties).reached("b")
    assert reached["c"] == Tie("c", 0.7, "next to")
    assert reached["d"].called == "in one thread or family with"
    assert sorted(reached) == ["a", "c", "d", "e"]
    assert all(tie.strength >= FAINTEST for tie in reached.values())


# letters

ASKED = """\
Harbour Civil Ltd
12 Quay Road

Our ref: GC/L/0150
Date: 16 March 2023

To: Northport Authority

Dear Sir,

On 14 March 2023 access to Area B was refused and possession was denied.

Yours faithfully,
For and on behalf of Harbour Civil Ltd
"""
ANSWER = """\
Northport Authority
Port Office

Our ref: NPA/0077
Date: 30 March 2023

To: Harbour Civil Ltd

Dear Sirs,

{cites}
What you say is not accepted. We shall write again.

Yours faithfully,
For and on behalf of Northport Authority
"""
BY_NUMBER = ANSWER.format(cites="We refer to your letter GC/L/0150.")
BY_DAY = ANSWER.format(cites="We refer to your letter dated 16 March 2023.")
TO_NOTHING = ANSWER.format(cites="We write about the car park.")


def letters(folder: Path, **texts: str) -> list[Path]:
    paths = [folder / f"{name}.txt" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


@pytest.mark.parametrize(("answer", "follows"), [(BY_NUMBER, True), (BY_DAY, True), (TO_NOTHING, False)])
def test_the_answer_to_a_linked_letter_is_proposed(
    open_new: Callable[[str], Matter], tmp_path: Path, answer: str, follows: bool
) -> None:
    with open_new("m") as matter:
        take(matter, *letters(tmp_path, asked=ASKED, answer=answer))
        found = linked(matter)
    assert "asked.txt" in found
    assert ("answer.txt" in found) is follows
    if follows:
        assert why(found["answer.txt"]) == "answers"
        assert found["answer.txt"].score < found["asked.txt"].score


WORDLESS = ASKED.replace("access to Area B was refused and possession was denied", "we wrote to you")
TELLING = ANSWER.format(
    cites="We refer to your letter GC/L/0150. Access to Area B was refused on 14 March 2023; possession follows."
)


@pytest.mark.parametrize("first", ["question", "answer", "both"])
def test_the_letter_that_a_linked_one_answers_is_proposed_whichever_came_first(
    open_new: Callable[[str], Matter], tmp_path: Path, first: str
) -> None:
    paths = letters(tmp_path, question=WORDLESS, answer=TELLING)
    with open_new("m") as matter:
        for portion in [paths] if first == "both" else sorted(paths, key=lambda p: p.stem != first):
            take(matter, *(portion if isinstance(portion, list) else [portion]))
        found = linked(matter)
        assert set(found) == {"question.txt", "answer.txt"}
        assert why(found["question.txt"]) == "answered by"
        assert relink(matter, ["CLM-001"]) == []  # nothing swings


def test_what_a_person_rejected_is_not_passed_on(open_new: Callable[[str], Matter], tmp_path: Path) -> None:
    with open_new("m") as matter:
        take(matter, *letters(tmp_path, asked=ASKED, answer=BY_NUMBER))
        asked = linked(matter)["asked.txt"].document
        judge(matter, asked, "CLM-001/E1", "rejected")
        relink(matter, ["CLM-001"])
        assert "answer.txt" not in linked(matter)


def test_the_explanation_has_what_others_pass_on(open_new: Callable[[str], Matter], tmp_path: Path) -> None:
    with open_new("m") as matter:
        take(matter, *letters(tmp_path, asked=ASKED, answer=BY_NUMBER))
        link = linked(matter)["answer.txt"]
        answer = explained(matter, link.document, link.event)
    assert answer["score"] == round(link.score, 3)
    assert [reason["kind"] for reason in answer["reasons"]].count("thread") == 1
    assert answer["learned"] == []


def test_what_stands_by_itself_is_what_counts_of_a_link() -> None:
    reasons = (Reason("text", 1.0, "a"), Reason("thread", 4.0, "b"))
    link = Link("d", 1, "C/E", 0.9, reasons)
    assert own(link) < 0.5
    assert own(Link("d", 1, "C/E", 0.9, (Reason("text", 5.0, "a"),))) > 0.9
    assert own(Link("d", 1, "C/E", 0.1, (), "confirmed")) == 1.0
    assert own(Link("d", 1, "C/E", 0.99, (Reason("text", 5.0, "a"),), "rejected")) == 0.0
