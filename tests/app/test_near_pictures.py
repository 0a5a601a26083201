"""Pictures from intake to what `show` and `search` say: scans, drawings, photos and their copies."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image, ImageDraw

from pipeline.clock import now
from pipeline.matter import Matter
from pipeline.night import Night, heal, link_and_index
from pipeline.records import documents, likenesses
from pipeline.records.tables import page_hashes
from sample_docs._again import forwarded, minutes_later, rescanned
from sample_docs._fonts import picture_font
from sample_docs._photos import Shot, photo
from tests.conftest import Command, say
from tests.extractors.media_files import film, scene
from tests.extractors.test_picture_hash import blank
from tests.pipeline.test_likeness import CRANE, letter

EXIF_TIME = 0x9003


def typed(text: str) -> Image.Image:
    """A letter at 100 dpi."""
    page = Image.new("RGB", (827, 900), "white")
    ImageDraw.Draw(page).multiline_text((60, 60), text, "black", picture_font(15), spacing=9)
    return page


def drawing(seed: int) -> Image.Image:
    """A sketch without a word on it."""
    chance = np.random.default_rng(seed)
    page = Image.new("RGB", (600, 850), "white")
    draw = ImageDraw.Draw(page)
    for _ in range(14):
        points = [(float(chance.uniform(60, 540)), float(chance.uniform(60, 790))) for _ in range(3)]
        draw.line(points, (20, 20, 90), 4)
        draw.arc((*points[0], points[0][0] + 120, points[0][1] + 90), 0, 290, (20, 20, 90), 4)
    return page


def taken(picture: Image.Image, path: Path, time: str | None = None) -> None:
    """Write a photo as a camera does."""
    exif = Image.Exif()
    if time:
        exif.get_ifd(0x8769)[EXIF_TIME] = time
    picture.save(path, "JPEG", quality=92, exif=exif)


def made(folder: Path) -> None:
    """The heap: of each thing an original, a copy, and something that is no copy."""
    chance = np.random.default_rng(11)
    first = typed(letter())
    first.save(folder / "letter.png", dpi=(100, 100))
    again = rescanned(first, chance)
    again.resize((827, 900)).save(folder / "letter again.jpg", quality=80, dpi=(100, 100))
    typed(letter(17, 146, CRANE)).save(folder / "other letter.png", dpi=(100, 100))
    drawing(1).save(folder / "drawing.png")
    rescanned(drawing(1), chance).save(folder / "drawing again.jpg", quality=70)
    drawing(2).save(folder / "other drawing.png")
    scene = Image.open(_file(folder, "flooded_pit"))
    scene.load()
    taken(scene, folder / "photo.jpg", "2023:07:14 12:00:00")
    taken(forwarded(scene, chance, crop=0.01), folder / "photo forwarded.jpg")
    taken(scene.crop((4, 3, 800, 600)), folder / "photo minutes later.jpg", "2023:07:14 12:07:31")
    taken(minutes_later(scene, chance), folder / "photo from nearby.jpg")
    taken(Image.open(_file(folder, "gearbox")), folder / "other photo.jpg", "2023:07:14 12:00:00")
    blank("clean").save(folder / "blank.png")
    rescanned(blank("specks"), chance).save(folder / "blank again.jpg")


def _file(folder: Path, scene: str) -> Path:
    path = folder.parent / f"{scene}.jpg"
    path.write_bytes(photo(Shot(scene=scene), np.random.default_rng(1)))
    with Image.open(path) as picture:
        picture.resize((800, 600)).save(path, quality=92)
    return path


@pytest.fixture
def pictured(claimtrail: Command, workspace: Path, tmp_path: Path) -> dict[str, str]:
    """The heap taken in; its documents' ids by name."""
    say(workspace, "ocr: {languages: [eng], mode: fast}\n")
    folder = tmp_path / "heap"
    folder.mkdir()
    made(folder)
    assert claimtrail("ingest", folder).status == 0
    return {found["name"]: found["id"] for found in claimtrail("list", "--json").json}


def near(claimtrail: Command, document: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = claimtrail("show", document, "--json").json["near_duplicates"]
    return found


def test_copies_are_found_shown_and_marked(
    claimtrail: Command,
    pictured: dict[str, str],
    workspace: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "250")  # no name is broken across lines of the tables
    names = {document: name for name, document in pictured.items()}
    relation = {
        name: {names[found["doc"]]: found["by"] for found in near(claimtrail, document)}
        for name, document in pictured.items()
    }
    assert {name: copies for name, copies in relation.items() if copies} == {
        "letter.png": {"letter again.jpg": "text"},
        "letter again.jpg": {"letter.png": "text"},
        "drawing.png": {"drawing again.jpg": "image"},
        "drawing again.jpg": {"drawing.png": "image"},
        "photo.jpg": {"photo forwarded.jpg": "image"},
        "photo forwarded.jpg": {"photo.jpg": "image", "photo minutes later.jpg": "image"},
        "photo minutes later.jpg": {"photo forwarded.jpg": "image"},
    }
    _check_what_differs(claimtrail, pictured)
    _check_marks(claimtrail)
    _check_redo(claimtrail, workspace, pictured, tmp_path)


def _check_what_differs(claimtrail: Command, pictured: dict[str, str]) -> None:
    (found,) = near(claimtrail, pictured["photo.jpg"])
    differs = found["differs"]
    assert found["score"] > 0.85
    assert {key: differs[key] for key in ("only_here", "only_there", "pages", "facts")} == {
        "only_here": 0,
        "only_there": 0,
        "pages": [],
        "facts": [],
    }
    assert differs["taken"] == ["2023-07-14T12:00:00", None]
    assert differs["bytes"][0] > differs["bytes"][1] > 0
    (page,) = differs["pictures"]
    assert (page["page"], page["page_there"], page["pixels"]) == (1, 1, [800, 600])
    assert page["pixels_there"][0] < 800
    (of_text,) = near(claimtrail, pictured["letter.png"])
    assert of_text["differs"]["pictures"][0]["page"] == 1
    printed = claimtrail("show", pictured["photo.jpg"]).out
    assert f"≈ {pictured['photo forwarded.jpg']}" in printed
    assert "by image" in printed
    assert "taken: 2023-07-14T12:00:00 / ?" in printed


def _check_marks(claimtrail: Command) -> None:
    printed = claimtrail("search", "*", "--limit", "50").out
    for name in ("letter.png", "drawing again.jpg", "photo forwarded.jpg"):
        assert f"{name} ≈" in printed
    for name in ("other drawing.png", "blank.png", "other photo.jpg"):
        assert f"{name} " in printed
        assert f"{name} ≈" not in printed


def _check_redo(claimtrail: Command, workspace: Path, pictured: dict[str, str], tmp_path: Path) -> None:
    """Read again, a document is compared again; its hashes and likenesses are replaced, not doubled."""
    before = near(claimtrail, pictured["drawing.png"])
    with Matter.open(workspace, "tester") as matter, matter.change() as change:
        documents.set_state(change.tx, pictured["drawing.png"], "open")
        documents.undo_all(change.tx, pictured["drawing.png"])
        likenesses.replace_likenesses(change.tx, pictured["drawing.png"], [], [])
    (tmp_path / "leaflet.txt").write_text("Tulips are planted in October.")
    claimtrail("ingest", tmp_path / "leaflet.txt")
    assert near(claimtrail, pictured["drawing.png"]) == before
    with Matter.open(workspace, "tester") as matter, matter.reading() as tx:
        found = list(tx.execute(sa.select(page_hashes.c.document)).scalars())
    assert (found.count(pictured["drawing.png"]), len(found)) == (1, 11)


@pytest.mark.sqlite_only
def test_a_night_fills_in_what_an_older_version_did_not_know(
    claimtrail: Command, workspace: Path, tmp_path: Path
) -> None:
    say(workspace, "ocr: {languages: [eng], mode: fast}\n")
    drawing(1).save(tmp_path / "drawing.png")
    rescanned(drawing(1), np.random.default_rng(4)).save(tmp_path / "drawing again.jpg")
    claimtrail("ingest", tmp_path / "drawing.png", tmp_path / "drawing again.jpg")
    ids = {found["name"]: found["id"] for found in claimtrail("list", "--json").json}
    before = near(claimtrail, ids["drawing.png"])
    assert [found["doc"] for found in before] == [ids["drawing again.jpg"]]
    with sqlite3.connect(workspace / "records.sqlite") as records:
        records.execute("DELETE FROM likenesses WHERE document = ?", (ids["drawing.png"],))
        records.execute("UPDATE steps SET version = 1")
        records.execute("DROP TABLE audit_head")
        records.execute("DROP TABLE date_orders")
        records.execute("ALTER TABLE facts DROP COLUMN time")
        records.execute("DROP TABLE mentions")
        records.execute("ALTER TABLE pages DROP COLUMN marks")
        accounts = ("tokens", "sessions", "users", "jobs")
        said = ("stances", "link_weights", "status_changes", "responses")
        for table in ("party_ties", "party_book", "party_apart", *said, *accounts):
            records.execute(f"DROP TABLE {table}")
        records.execute("DROP TABLE kind_evidence")
        records.execute("ALTER TABLE documents DROP COLUMN findings")
        for table in ("rulings", "saved_searches", "matter", "holds"):
            records.execute(f"DROP TABLE {table}")
        records.execute("ALTER TABLE runs DROP COLUMN position")
        records.execute("DROP INDEX facts_by_role")
        records.execute("DROP TABLE page_hashes")
        records.execute("ALTER TABLE likenesses DROP COLUMN by")
        records.execute("UPDATE alembic_version SET version_num = '0003'")
    (old,) = near(claimtrail, ids["drawing again.jpg"])
    assert old["by"] == "text"  # all that were found by then were
    with Matter.open(workspace, "nightly") as matter:
        night = Night(now(), workspace)
        heal(matter, night)
        link_and_index(matter, night)
    assert sorted(night.read_again) == sorted(ids.values())
    assert near(claimtrail, ids["drawing.png"]) == before


def test_a_film_passed_on_is_a_copy_and_another_take_is_none(claimtrail: Command, tmp_path: Path) -> None:
    pictures = [scene(number) for number in (1, 2, 3) for _ in range(6)]
    again = [np.asarray(Image.fromarray(each).resize((240, 180))) for each in pictures]
    folder = tmp_path / "heap"
    folder.mkdir()
    recorded = {"creationdate": "2023-03-20T09:12:00+0000", "model": "Nokia XR20"}
    (folder / "walk.mov").write_bytes(film(pictures, tags=recorded))
    (folder / "walk forwarded.mov").write_bytes(film(again))
    (folder / "next day.mov").write_bytes(
        film(pictures, tags={**recorded, "creationdate": "2023-03-21T09:12:00+0000"})
    )
    (folder / "elsewhere.mov").write_bytes(film([scene(number) for number in (4, 5) for _ in range(6)]))
    assert claimtrail("ingest", folder, "--ocr", "fast").status == 0
    ids = {found["name"]: found["id"] for found in claimtrail("list", "--json").json}
    names = {document: name for name, document in ids.items()}
    copies = {name: {names[f["doc"]]: f["by"] for f in near(claimtrail, ids[name])} for name in ids}
    assert copies == {
        "walk.mov": {"walk forwarded.mov": "image"},
        "walk forwarded.mov": {"walk.mov": "image", "next day.mov": "image"},
        "next day.mov": {"walk forwarded.mov": "image"},
        "elsewhere.mov": {},
    }
