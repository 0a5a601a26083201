"""Pages are cut into tokens only where a phrase may stand on them: it is found in the same places as if all were."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from extractors.document import PageText, assemble
from index.words import tokens
from pipeline.evidence import Evidence, Summary
from pipeline.linking.view import DocumentView, Phrase

WORDS = (
    *(
        "notice",
        "of",
        "claim",
        "possession",
        "posses-\nsion",
        "Area",
        "B",
        "1,250,000.00",
        "1250",
        "250",
        "owner's",
    ),
    *(
        "the_site",
        "GC/L/0145",
        "工期",
        "延 误",
        "工程。期",
        "Straße",
        "DELAY",
        "de­lay",
        "é",
        "ﬁnal",
        "2023-03-14",
        "'s",
    ),
)
GAPS = (" ", "\n", ", ", "-", "", "’s ", "_", ". ")
texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=30).map(
    lambda found: "".join(word + gap for word, gap in found)
)


def view(pages: list[str], sought: frozenset[str] | None) -> DocumentView:
    document = assemble([PageText(text, 595, 842) for text in pages], "text/plain")
    summary = Summary(
        "a", "a" * 64, 1, "a.txt", 0, "ok", None, "text/plain", len(pages), "other", 1.0, "en", None, None
    )
    return DocumentView(Evidence(summary, document), sought)


@settings(max_examples=40)
@given(st.lists(texts, min_size=1, max_size=3), st.lists(texts.map(str.strip), min_size=1, max_size=5))
@example(["the sum of 1,250.00 is due"], ["1250", "250 00", "sum of 1250"])
@example(["posses-\nsion of Area B"], ["possession of", "sion of area"])
@example(["the owner's site"], ["owner site"])
def test_a_phrase_is_found_where_it_stands(pages: list[str], sought: list[str]) -> None:
    whole = frozenset(term for text in (*pages, *sought) for term, *_ in tokens(text))
    late, early = view(pages, None), view(pages, whole)
    for text in sought:
        if phrase := Phrase(text):
            assert list(late.hits(phrase)) == list(early.hits(phrase)), text
