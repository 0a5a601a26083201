"""PDFs whose text layer says something else than their pages show, from the outside."""

from __future__ import annotations

import string
from pathlib import Path

from tests.conftest import Command
from tests.extractors.layer_pages import (
    ENGLISH,
    OTHERS,
    Sheet,
    both,
    exchanged,
    file_of,
    register_fonts,
    scan,
    shifted,
    typed,
)


def test_what_a_page_shows_is_found_and_what_its_layer_says_is_not(
    claimtrail: Command, tmp_path: Path
) -> None:
    register_fonts()
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(
        file_of(
            Sheet(typed(font="Latin"), exchanged(shifted(string.ascii_lowercase, 7))),
            Sheet(both(scan(), typed(OTHERS, mode=3))),
            Sheet(both(typed(ENGLISH[:5]), typed(OTHERS[:2], at=(36, 60), white=True))),
        )
    )
    taken = claimtrail("ingest", letter, "--ocr", "fast", "--json")
    assert taken.status == 0
    assert taken.json["failed"] == []
    seen = claimtrail("search", "possession", "--json").json
    assert sorted(hit["page"] for hit in seen["hits"]) == [1, 2, 3]
    assert claimtrail("search", "gardening", "--json").json["total"] == 0
    notes = " | ".join(claimtrail("show", taken.json["ingested"][0]["id"], "--json").json["notes"])
    assert notes.count("the text layer says something else than the page shows; read by OCR") == 2
    assert "page 3: 15 words of hidden text" in notes
    (state,) = claimtrail("list", "--json").json
    assert state["state"] == "ok"
