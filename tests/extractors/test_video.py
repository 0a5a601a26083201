"""Videos and sound recordings: what they say of themselves, telling frames, and nothing followed or drawn in."""

from __future__ import annotations

import datetime
import os
import re
import resource
import socket
import socketserver
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from extractors.detect import media_type
from extractors.document import Box
from extractors.errors import Corrupt, DocumentError, TooLarge
from extractors.facts import find_facts
from extractors.facts.dates import document_date
from extractors.kinds import classify
from extractors.limits import Limits
from extractors.ocr.engine import PageReading, Recognised
from extractors.ocr.pages import page_of
from extractors.readers import film as films
from extractors.readers import media_tags, video
from extractors.readers.draft import Draft, Input, PendingPage
from extractors.readers.posters import posters
from extractors.readers.sealed import sealed
from sample_docs._film import QUARTER_TURN, box
from tests.extractors.media_files import (
    black,
    board,
    changed,
    document_of,
    drafted,
    encrypted,
    film,
    moov_first,
    mp3,
    next_descriptor,
    scene,
    sound,
    spoken,
    times,
    written,
)

SCENES = [scene(number) for number in range(8)]
UTC = datetime.UTC


def frame(draft: Draft, number: int) -> Image.Image:
    page = draft.pages[number - 1]
    assert isinstance(page, PendingPage)
    with Image.open(page.image) as picture:
        return picture.copy()


def metadata(data: bytes, folder: Path, kind: str = "video/quicktime") -> dict[str, str]:
    return dict(drafted(data, folder, kind).metadata)


@pytest.mark.parametrize(
    ("suffix", "coding", "media"),
    [
        (".mp4", "mp4v", "video/mp4"),
        (".avi", "MJPG", "video/x-msvideo"),
        (".mkv", "mp4v", "video/x-matroska"),
        (".webm", "VP80", "video/webm"),
        (".mpg", "mpg1", "video/mpeg"),
        (".wmv", "WMV2", "video/x-ms-asf"),
        (".flv", "FLV1", "video/x-flv"),
        (".mov", "mp4v", "video/quicktime"),
    ],
)
def test_each_container_gives_a_sheet_and_frames(
    tmp_path: Path, suffix: str, coding: str, media: str
) -> None:
    rate = 25.0 if coding == "mpg1" else 5.0
    path = written(tmp_path / f"clip{suffix}", coding, [SCENES[n // 5] for n in range(40)], rate)
    assert media_type(path, path.name) == media
    draft = drafted(path.read_bytes(), tmp_path, media)
    sheet, *frames = draft.pages
    assert "Picture: 320 × 240 pixels" in sheet.text
    assert 1 <= len(frames) <= 6
    assert frame(draft, 2).size == (320, 240)
    assert (draft.media_type, classify(document_of(draft)).kind) == (media, "video")
    assert not document_of(draft).unread


@pytest.mark.parametrize(
    ("tags", "created", "said"),
    [
        ({}, datetime.datetime(2023, 11, 15, 9, 7, 31, tzinfo=UTC), {"created": "2023-11-15 09:07:31 UTC"}),
        (
            {"creationdate": "2023-11-16T01:07:31+0800"},
            datetime.datetime(2023, 11, 15, 17, 7, 31, tzinfo=UTC),
            {"recorded": "2023-11-16 01:07:31 +08:00", "created": None},
        ),
        ({"creationdate": "2023-11-16"}, None, {"recorded": "2023-11-16"}),
        ({}, None, {"created": None, "recorded": None}),
        ({}, datetime.datetime(1970, 1, 1, tzinfo=UTC), {"created": None}),
        ({}, datetime.datetime(1957, 3, 1, tzinfo=UTC), {"created": None}),
        ({"creationdate": "1904-01-01T00:00:00Z"}, None, {"recorded": None}),
        ({"creationdate": "yesterday"}, None, {"recorded": None}),
        ({"make": "NIKON", "model": "NIKON Z6"}, None, {"device": "NIKON Z6"}),
        ({"make": "HUAWEI", "model": "ANA-AN00"}, None, {"device": "HUAWEI ANA-AN00"}),
        ({"title": "围堰被淹", "software": "17.1"}, None, {"title": "围堰被淹", "software": "17.1"}),
        ({"title": "a\x00b\x1b[31m\u2028c"}, None, {"title": "a"}),
        ({"comment": "x" * 900}, None, {"comment": "x" * 500}),
        ({"location.ISO6709": "+50.4151-004.8750/"}, None, {"place": "50.415100,-4.875000"}),
        ({"location.ISO6709": "-3352.12+15112.5/"}, None, {"place": "-33.868667,151.208333"}),
        ({"location.ISO6709": "+223030.5+1141500.0+012.3/"}, None, {"place": "22.508472,114.250000"}),
        ({"location.ISO6709": "+00.0000+000.0000/"}, None, {"place": None}),
        ({"location.ISO6709": "+99.0000+000.0000/"}, None, {"place": None}),
    ],
)
def test_what_the_container_says_is_metadata_and_stands_on_the_sheet(
    tmp_path: Path, tags: dict[str, str], created: datetime.datetime | None, said: dict[str, str | None]
) -> None:
    draft = drafted(film(SCENES[:2], tags=tags, created=created), tmp_path)
    found = {key.removeprefix("Media "): value for key, value in draft.metadata}
    assert {label: found.get(label) for label in said} == said
    sheet = draft.pages[0].text
    assert all(f"{label.capitalize()}: {value}" in sheet for label, value in said.items() if value)
    assert not any(f"{label.capitalize()}:" in sheet for label, value in said.items() if not value)


@given(st.integers(-8999, 8999), st.integers(-17999, 17999))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_places_keep_their_sign_and_digits(tmp_path: Path, south: int, east: int) -> None:
    told = f"{south / 100:+06.2f}{east / 100:+07.2f}/"
    file = tmp_path / "stored"
    file.write_bytes(film([], tags={"location.ISO6709": told}))
    draft = drafted(file.read_bytes(), tmp_path)
    wanted = f"{south / 100:.6f},{east / 100:.6f}" if south or east else None
    assert dict(draft.metadata).get("Media place") == wanted


@pytest.mark.parametrize(
    ("tags", "hour", "confidence", "doubt"),
    [
        ({"creationdate": "2023-11-15T23:30:00+0800"}, 15, 0.97, ""),
        ({}, 9, 0.85, "not told"),
        ({"location.ISO6709": "+50.4151-004.8750/"}, 9, 0.97, ""),
        ({"location.ISO6709": "+23.4412+107.9034/"}, 23, 0.6, "another day"),
        ({"location.ISO6709": "+40.7-074.0/"}, 2, 0.6, "another day"),
    ],
)
def test_the_time_ends_in_the_documents_date(
    tmp_path: Path, tags: dict[str, str], hour: int, confidence: float, doubt: str
) -> None:
    made = datetime.datetime(2023, 11, 15, hour, 7, 31, tzinfo=UTC)
    document = document_of(drafted(film(SCENES[:2], tags=tags, created=made), tmp_path))
    facts = find_facts(document, "video")
    assert document_date(facts) == datetime.date(2023, 11, 15)
    (fact,) = (fact for fact in facts if fact.role == "document")
    assert (fact.confidence, doubt in " ".join(fact.doubts)) == (confidence, True)
    assert document.text[fact.start : fact.end] == "2023-11-15"
    assert fact.end <= document.pages[0].end
    assert [f.role for f in facts if f.kind == "date"] == ["document"]


@pytest.mark.parametrize(
    ("data", "media", "said"),
    [
        (sound(), "audio/x-wav", "Sound: PCM, 2 channels, 8000 Hz"),
        (mp3("Call to the valve room", "2023-07-11"), "audio/mpeg", "Recorded: 2023-07-11"),
        (b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50, "audio/amr", "Length: 00:00:01"),
        (spoken(film(SCENES[:4])), "audio/quicktime", "Sound: PCM"),
    ],
    ids=["wav", "mp3", "amr", "sound in a film's container"],
)
def test_sound_is_a_page_of_particulars(tmp_path: Path, data: bytes, media: str, said: str) -> None:
    file = tmp_path / "note"
    file.write_bytes(data)
    draft = drafted(data, tmp_path, media_type(file, "note"))
    assert draft.media_type == media
    assert said in draft.pages[0].text
    assert len(draft.pages) == 1
    document = document_of(draft)
    assert classify(document).kind == "other"
    assert not document.unread
    dates = find_facts(document, "other")
    assert document_date(dates) == (datetime.date(2023, 7, 11) if media == "audio/mpeg" else None)


def test_frames_are_few_and_unlike_and_headed_by_their_time(tmp_path: Path) -> None:
    draft = drafted(film([SCENES[n // 4] for n in range(32)], rate=0.1), tmp_path)
    assert 4 <= len(times(draft)) <= 6
    assert times(draft) == sorted(times(draft))
    assert all(re.fullmatch(r"00:0[0-5]:[0-5]\d", time) for time in times(draft))
    shown = [np.asarray(frame(draft, n).convert("L"), np.float32) for n in range(2, len(draft.pages) + 1)]
    unlike = [np.abs(a - b).mean() for a, b in pairwise(shown)]
    assert min(unlike) > 5


def test_a_long_film_is_searched_not_decoded_from_end_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlike = [scene(number, (80, 60)) for number in range(4)]
    pictures = [unlike[n // 250] for n in range(1000)]
    path = written(tmp_path / "long.avi", "MJPG", pictures, 10.0)
    steps: list[int] = []
    step = films.Film.step

    def counted(self: films.Film, times: int = 1) -> bool:
        steps.append(times)
        return step(self, times)

    monkeypatch.setattr(films.Film, "step", counted)
    draft = drafted(path.read_bytes(), tmp_path, "video/x-msvideo")
    assert sum(steps) < 100
    assert int(times(draft)[-1][-2:]) + 60 * int(times(draft)[-1][3:5]) > 60


def test_black_frames_are_skipped(tmp_path: Path) -> None:
    draft = drafted(film([black()] * 10 + [SCENES[1]] * 10, rate=1), tmp_path)
    assert times(draft)
    assert min(times(draft)) >= "00:00:10"


@pytest.mark.parametrize("picture", [black(), np.full((240, 320, 3), 140, np.uint8)], ids=["black", "grey"])
def test_a_film_that_shows_nothing_has_only_its_sheet(tmp_path: Path, picture: np.ndarray) -> None:
    draft = drafted(film([picture] * 6), tmp_path)
    assert len(draft.pages) == 1
    assert draft.notes == ("its frames are black or of one colour; none is shown",)
    assert not document_of(draft).unread


def test_frames_stand_upright(tmp_path: Path) -> None:
    draft = drafted(film([scene(0)] * 4, matrix=QUARTER_TURN), tmp_path)
    picture = frame(draft, 2)
    assert picture.size == (240, 320)
    assert picture.getpixel((230, 10)) > 240 > picture.getpixel((10, 310))
    assert "turned 90°" in draft.pages[0].text


def test_the_limit_on_pages_holds(tmp_path: Path) -> None:
    data = film(SCENES, rate=0.1)
    for most in (1, 2, 3):
        draft = drafted(data, tmp_path, limits=replace(Limits(), pages=most))
        assert len(draft.pages) == most
        assert not document_of(draft).unread


def test_too_many_pixels_are_refused_before_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(films.Film, "step", lambda *_: pytest.fail("decoded"))
    with pytest.raises(TooLarge, match=r"limits\.pixels"):
        drafted(film(SCENES[:2]), tmp_path, limits=replace(Limits(), pixels=76_799))


def test_pixels_that_the_table_of_contents_hides_are_refused(tmp_path: Path) -> None:
    def smaller(kind: bytes, content: bytes) -> bytes | None:
        if kind == b"tkhd":
            return box("tkhd", content[:-8], struct.pack(">II", 2 << 16, 2 << 16))
        if kind == b"stsd":
            return box("stsd", content[:40], struct.pack(">HH", 2, 2), content[44:])
        return None

    data = changed(film(SCENES[:4]), smaller)
    with pytest.raises(TooLarge, match=r"limits\.pixels"):
        drafted(data, tmp_path, limits=replace(Limits(), pixels=10_000))


FILM = film(SCENES[:6], tags={"title": "Gate"})
NOISE = np.random.default_rng(7).bytes(5000)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (FILM[:3000], "table of contents"),
        (FILM[: len(FILM) // 2], "table of contents"),
        (FILM[:20], "neither a picture nor sound"),
        (NOISE, "damaged, or a recording of a kind"),
        (FILM[:20] + NOISE, "neither a picture nor sound|table of contents|damaged"),
    ],
    ids=["cut early", "cut late", "head alone", "nothing but noise", "noise"],
)
def test_what_holds_nothing_is_a_named_error(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(Corrupt, match=message):
        drafted(data, tmp_path)


@pytest.mark.parametrize(
    ("data", "frames", "unread"),
    [
        (moov_first(FILM), True, ""),
        (moov_first(FILM)[: len(FILM) // 2], True, "cut off"),
        (encrypted(FILM), False, "encrypted"),
        (
            changed(FILM, lambda kind, _: box("mdat", bytes(len(FILM))) if kind == b"mdat" else None),
            False,
            "JPEG",
        ),
        (film([]), False, ""),
    ],
    ids=["whole", "cut off", "encrypted", "pictures of zeroes", "no frames"],
)
def test_what_can_be_had_is_had_and_the_rest_is_named(
    tmp_path: Path, data: bytes, frames: bool, unread: str
) -> None:
    draft = drafted(data, tmp_path)
    document = document_of(draft)
    assert bool(times(draft)) == frames
    assert "Picture: 320 × 240 pixels" in draft.pages[0].text
    assert [unread in note for note in document.unread] == [True] * bool(unread)
    if len(data) > 10_000:
        assert document.meta("Media title") == "Gate"


@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_read_as_far_as_it_goes_or_named(tmp_path: Path, data: st.DataObject) -> None:
    damaged = bytearray(film(SCENES[:2]))
    table = damaged.index(b"moov")
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(table, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(8, len(damaged)))
    try:
        draft = drafted(bytes(damaged[:end]), tmp_path)
    except DocumentError:
        return
    assert draft.pages
    assert len(draft.pages) <= 7


def test_broken_files_print_nothing(tmp_path: Path) -> None:
    """In a process of its own, because FFmpeg takes its orders when it is first used."""
    broken = (FILM[:3000], moov_first(FILM)[:9000], encrypted(FILM), NOISE)
    for number, data in enumerate(broken):
        (tmp_path / f"{number}.mov").write_bytes(data)
    code = (
        "import sys; from pathlib import Path; from extractors.readers.posters import posters\n"
        "for name in sys.argv[1:]: posters(Path(name), 6, 10**8, 20.0)"
    )
    names = sorted(map(str, tmp_path.glob("*.mov")))
    ended = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("", "")


@pytest.fixture
def host() -> Iterator[tuple[str, list[bytes]]]:
    """A host that notices whoever calls, and hangs up."""
    calls: list[bytes] = []

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            calls.append(self.request.recv(100))

    with socketserver.TCPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", calls
        server.shutdown()


def playlist(target: str) -> bytes:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\n{target}\n#EXT-X-ENDLIST\n".encode()


def manifest(target: str) -> bytes:
    form = f'<Representation id="1" bandwidth="1"><BaseURL>{target}</BaseURL></Representation>'
    head = '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    return f'{head}<AdaptationSet mimeType="video/mp4">{form}</AdaptationSet></Period></MPD>'.encode()


def reference_movie(target: str) -> bytes:
    link = target.encode() + b"\0"
    moov = box(
        "moov", box("rmra", box("rmda", box("rdrf", bytes(4), b"url ", struct.pack(">I", len(link)), link)))
    )
    return box("ftyp", b"qt  ", bytes(4), b"qt  ") + moov


def by_url(target: str) -> bytes:
    """A film whose pictures are said to lie in another file."""
    return _linked(box("url ", bytes(4), target.encode(), b"\0"))


def by_alias(target: str) -> bytes:
    """The same, as Macintosh programs say it."""
    name, path = target.rpartition("/")[2].encode(), target.removeprefix("file://").encode()
    alias = struct.pack(">4xHHH", 0, 2, 0) + b"\1D" + bytes(26) + bytes(4) + b"H+" + bytes(6)
    alias += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16) + struct.pack(">hhI", 1, 1, 0) + bytes(12)
    alias += struct.pack(">HH", 18, len(path)) + path + bytes(len(path) % 2) + b"\xff\xff\0\0"
    return _linked(box("alis", bytes(4), alias))


def _linked(link: bytes) -> bytes:
    count = struct.pack(">I", 1)
    return changed(FILM, lambda kind, _: box("dref", bytes(4), count, link) if kind == b"dref" else None)


MAKERS = [playlist, manifest, reference_movie, by_url, by_alias]
Maker = Callable[[str], bytes]


@pytest.mark.parametrize("maker", MAKERS)
def test_no_host_is_called(tmp_path: Path, host: tuple[str, list[bytes]], maker: Maker) -> None:
    url, calls = host
    file = tmp_path / "clip.mp4"
    file.write_bytes(maker(f"{url}/secret.mov"))
    media_tags.container(file)
    with films.opened(file, 10**8):
        pass
    assert not calls


@pytest.mark.parametrize("maker", MAKERS)
def test_no_other_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maker: Maker) -> None:
    monkeypatch.chdir(tmp_path)
    other = tmp_path / "other.mov"
    other.write_bytes(film(SCENES[:3], tags={"title": "not yours"}))
    own = ["6"] if maker in (by_url, by_alias) else []
    for target in (other.as_uri(), str(other), "other.mov"):
        file = tmp_path / "clip.mp4"
        file.write_bytes(maker(target))
        told = media_tags.container(file)
        assert "not yours" not in str(told)
        assert [count for t in told.tracks if (count := t.text("framecount"))] == own
        with films.opened(file, 10**8) as reel:
            assert (reel.count if reel else 0) == len(own) * 6


def test_playlists_are_text(tmp_path: Path) -> None:
    for name, data in (
        ("clip.mp4", playlist("http://a.example/x.ts")),
        ("clip.m3u", b"#EXTM3U\nhttp://a.example/x.mp3\n"),
        ("clip.pls", b"[playlist]\nFile1=http://a.example/x.mp3\nNumberOfEntries=1\n"),
        ("clip.sdp", b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"),
        ("clip.txt", b"ffconcat version 1.0\nfile 'other.mov'\n"),
        ("clip.mov", b"RTSPtext\rrtsp://127.0.0.1/x"),
    ):
        file = tmp_path / "stored"
        file.write_bytes(data)
        assert media_type(file, name) == "text/plain", name


def test_sealed_lets_nothing_be_opened_and_ends(tmp_path: Path) -> None:
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    file = tmp_path / "a"
    file.write_bytes(b"abc")
    with file.open("rb") as held, sealed():
        for call in (lambda: os.open(file, os.O_RDONLY), socket.socket):
            with pytest.raises(OSError, match="Too many open files"):
                call()
        assert held.read() == b"abc"
    with sealed(files=1):
        one = os.open(file, os.O_RDONLY)
        with pytest.raises(OSError, match="Too many open files"):
            os.open(file, os.O_RDONLY)
        os.close(one)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == usual


def test_nothing_stays_behind(tmp_path: Path) -> None:
    drafted(FILM, tmp_path)
    before, told = next_descriptor(), dict(os.environ)
    drafted(FILM, tmp_path)
    assert (next_descriptor(), dict(os.environ)) == (before, told)
    assert cv2.getNumThreads() == 1


@pytest.mark.parametrize(
    ("head", "media"),
    [
        ((b"\x47" + bytes(187)) * 6, "video/mp2t"),
        (b"\0\0\0\0" + (b"\x47" + bytes(191)) * 6, "video/mp2t"),
        (b"caff\0\1\0\0desc" + bytes(40), "audio/x-caf"),
        (b"\0\0\0\x14ftypzzzz\0\0\0\0zzzz" + bytes(50), "video/mp4"),
        (b"\0\0\0\x08wide\0\0\1\0mdat" + bytes(50), "video/quicktime"),
        (b"\x47" + bytes(700), "application/octet-stream"),
        (b"\0\0\0\x08wide\0\0\1\0abcd" + bytes(50), "application/octet-stream"),
    ],
)
def test_recordings_are_known_by_their_first_bytes(tmp_path: Path, head: bytes, media: str) -> None:
    file = tmp_path / "stored"
    file.write_bytes(head)
    assert media_type(file, "clip") == media


def test_the_heading_stands_before_the_words_and_shifts_them(tmp_path: Path) -> None:
    draft = drafted(film([board("GATE 4")] * 2), tmp_path)
    page = draft.pages[1]
    assert isinstance(page, PendingPage)
    line = (("GATE", Box(0.1, 0.1, 0.3, 0.2), 0.9), ("4", Box(0.4, 0.1, 0.5, 0.2), 0.8))
    text = page_of(page, PageReading(Recognised((line,)), "none"))
    assert text.text == "00:00:00\nGATE 4\n"
    assert [text.text[word.start : word.end] for word in text.words] == ["GATE", "4"]


def test_a_bundle_gets_the_frames_that_were_read(tmp_path: Path) -> None:
    data = film([SCENES[n // 4] for n in range(32)], rate=0.1)
    draft = drafted(data, tmp_path)
    source = Input(tmp_path / "stored", "clip", "video/quicktime", tmp_path, Limits())
    again = video.frames(source)
    assert [f"00:{int(f.seconds) // 60:02}:{int(f.seconds) % 60:02}" for f in again] == times(draft)
    assert all(f.jpeg.startswith(b"\xff\xd8") for f in again)


def test_a_choice_in_haste_still_covers_a_long_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlike = [scene(number, (80, 60)) for number in range(10)]
    path = written(tmp_path / "long.avi", "MJPG", [unlike[n // 100] for n in range(1000)], 10.0)
    clock = iter(range(100))
    monkeypatch.setattr("extractors.readers.posters.time.process_time", lambda: next(clock))
    found = posters(path, 6, 10**8, allowed=7.5)
    assert found.hurried
    assert found.frames[-1].seconds > 80
