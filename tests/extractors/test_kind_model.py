"""The model of kinds: what it was made of, pages that no cue names, reasons, sketches, pictures of papers."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from PIL.ExifTags import IFD, Base

from bench.kinds_noise import misread
from bench.kinds_texts import digest, families, text_of
from bench.kinds_train import EACH, Fitted, packed
from extractors.document import Document, PageText, assemble
from extractors.extract import extract
from extractors.facts.plain import plain
from extractors.kinds import KINDS, classify
from extractors.kinds.grams import BUCKETS, grams_of
from extractors.kinds.layout import NAMES, layout_of
from extractors.kinds.model import FILE, SKETCH, TEXT_KINDS, Weighing, model, sketch
from extractors.limits import Limits
from extractors.reading import OcrOptions

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def document(*pages: str) -> Document:
    return assemble([PageText(page, 595, 842) for page in pages], "application/pdf")


def sketched(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    found = np.frombuffer(sketch(grams_of([plain(text)])), dtype=np.int8).astype(np.float64)
    unit: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = found / np.linalg.norm(found)
    return unit


def test_the_model_was_trained_on_the_texts_that_are_here() -> None:
    assert model().made_of == digest(EACH), "the texts changed: run python -m bench.kinds_train"
    assert FILE.stat().st_size < 1_000_000
    assert model().weights.shape == (BUCKETS, len(TEXT_KINDS))


def test_the_same_training_gives_the_same_bytes() -> None:
    chance, kinds = np.random.default_rng(5), len(TEXT_KINDS)
    models = Fitted(
        (chance.normal(size=(kinds, 64)), chance.normal(size=kinds)),
        (chance.normal(size=(kinds, 2 * NAMES)), chance.normal(size=kinds)),
    )
    by = Weighing(1.0, 1.5, 1.0, 0.9, 0.3, offset=chance.normal(size=kinds))
    rare = chance.integers(0, 255, 64).astype(np.uint8)
    assert packed(models, by, rare, "x") == packed(models, by, rare, "x")
    assert packed(models, by, rare, "x") != packed(models, by, rare, "y")


def test_a_family_gives_the_same_text_whatever_is_added() -> None:
    assert {family.kind for family in families()} == set(TEXT_KINDS)
    for family in families()[::17]:
        assert text_of(family, 3) == text_of(family, 3)
        assert text_of(family, 3) != text_of(family, 4)
        assert not re.search(r"[{}]", text_of(family, 3).pages[0])


def test_the_program_does_not_need_what_trains_the_model() -> None:
    held = "any(name.split('.')[0] in ('sklearn', 'scipy') for name in sys.modules)"
    code = f"import sys, extractors.kinds; sys.exit({held})"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


HEADLESS = [
    ("correspondence",
     "As I told you on the telephone last week, we are still without the key to the gate and our lorries had to turn "
     "back again. I would be obliged if you arranged for it without further delay, otherwise we shall have to charge "
     "you for the waiting. Thank you for your understanding.\nWith best wishes\nH. Vogel"),
    ("minutes",
     "3.2  Mr Sato reported that the pumps had arrived. Mr Beck asked when they would be installed. It was agreed that "
     "this be done before the end of the month.   SA\n3.3  Programme: the architect will circulate a new one. BE\n"
     "3.4  Any other business: none raised. The next meeting will take place in the site office.\n"
     "Present for this item: Sato, Beck, Lunn"),
    ("work_record",
     "07:30 gang of six started stripping shutters at bay 4\n09:10 crane down, hydraulic hose burst, fitter called\n"
     "11:45 crane back in use\n13:00 heavy rain, men in the huts until 14:20\n"
     "15:00 two lorries of stone tipped at gate 2\n16:30 finished. 6 men, 1 crane driver, 1 banksman"),
    ("inspection_report",
     "Cracks up to 0.6 mm wide were seen in the soffit along the line of the beam, with rust stains at two places. The "
     "cover measured 18 mm where 40 mm is specified. Tapping showed the concrete to be hollow over about 2 m2. In our "
     "opinion the reinforcement has begun to corrode. We recommend that the loose concrete be removed and the bars be "
     "treated."),
    ("contract",
     "14.3 Neither party shall be liable to the other for loss of profit. 14.4 The Supplier shall indemnify the "
     "Purchaser against claims of third parties arising from any breach. 15.1 This Agreement may be terminated by "
     "either party on thirty days' notice in writing. 15.2 It shall be governed by the law of Scotland."),
    ("correspondence",
     "上周电话里已经说过，大门的钥匙到现在还没有给我们，送料的车又白跑了一趟。"
     "请贵公司尽快安排，否则由此产生的等待费用只能由贵方承担。请收到后给予回复，谢谢配合。"),
    ("work_record",
     "7:30 木工6人拆除4段模板\n9:10 塔吊油管爆裂，停机维修\n11:45 塔吊恢复使用\n13:00 下大雨，工人休息"
     "\n15:00 碎石两车卸于2号门\n16:30 收工 木工6人 司机1人"),
    ("inspection_report",
     "梁底沿长度方向可见裂缝，最大宽度0.6mm，两处有锈迹渗出。保护层实测18mm，设计要求40mm。"
     "敲击检查空鼓面积约2平方米。分析认为钢筋已开始锈蚀，建议凿除松动混凝土并对钢筋除锈处理。"),
    ("contract",
     "第十四条 任何一方违反本协议约定的，应当赔偿对方因此受到的损失。"
     "第十五条 任何一方可提前三十日书面通知对方解除本协议。"
     "第十六条 因履行本协议发生争议的，由乙方所在地人民法院管辖。本协议自双方盖章之日起生效。"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), HEADLESS)
def test_a_page_without_a_heading_is_known_by_its_words(kind: str, text: str) -> None:
    found = classify(document(text))
    assert found.kind == kind
    assert found.why
    assert classify(document(misread(text, 0.02, random.Random(3)))).kind == kind  # noqa: S311


UNSEEN = [
    (kind, text)
    for kind, texts in yaml.safe_load(
        Path(__file__).with_name("unseen_papers.yaml").read_text(encoding="utf-8")
    ).items()
    for text in texts
]


def test_papers_that_nobody_tuned_to_cover_both_languages_and_are_in_no_training() -> None:
    """Eight a kind, four in each language; no line of them stands in a template."""
    templates = "\n".join("\n".join(family.lines) for family in families())
    for kind in TEXT_KINDS:
        han = [any("一" <= char <= "鿿" for char in text) for of, text in UNSEEN if of == kind]
        assert (han.count(True), han.count(False)) == (4, 4)
    long_lines = {line.strip() for _, text in UNSEEN for line in text.split("\n") if len(line) > 12}
    assert not [line for line in long_lines if line in templates]


@pytest.mark.parametrize(("rate", "least"), [(0.0, 0.95), (0.02, 0.92), (0.06, 0.88)])
def test_papers_that_nobody_tuned_to_are_known_typed_and_misread(rate: float, least: float) -> None:
    found = [
        (classify(document(misread(text, rate, random.Random(f"{at}/{again}")))), kind)  # noqa: S311
        for at, (kind, text) in enumerate(UNSEEN)
        for again in range(3 if rate else 1)
    ]
    right = [one.kind == kind for one, kind in found]
    assert sum(right) / len(right) >= least
    sure = [one.kind == kind for one, kind in found if one.confidence >= 0.8]
    assert sum(sure) / len(sure) >= 0.95


LAID_OUT = [
    ("DIARY\n07:30 gang on wall\n09:10 crane down\n16:30 finished", "a diary with its hours", 7),
    ("Slip\nnails 2.50\nglue 4.10\nsum 6.60", "prices at the ends of lines", 9),
    ("3.1 One thing\n3.2 Another\n3.3 A third", "numbered clauses", 2),
]


@pytest.mark.parametrize(("text", "what", "number"), LAID_OUT, ids=[what for _, what, _ in LAID_OUT])
def test_a_layout_is_seen_whatever_the_words(text: str, what: str, number: int) -> None:
    others = [layout_of([plain(other)])[number] for other, _, at in LAID_OUT if at != number]
    assert layout_of([plain(text)])[number] > 0.5 > max(others), what


@settings(max_examples=60)
@given(st.lists(st.text(max_size=400), max_size=3))
def test_any_text_has_a_layout_of_sound_numbers(pages: list[str]) -> None:
    found = layout_of([plain(page) for page in pages])
    assert found.shape == (NAMES,)
    assert np.isfinite(found).all()
    assert ((found >= -1) & (found <= 2)).all()


def test_reasons_of_the_model_are_words_of_the_text() -> None:
    text = HEADLESS[3][1]
    words = [text[start:end].lower() for start, end in classify(document(text)).why]
    assert len(words) == len(set(words))
    assert all(text.lower().find(word) >= 0 and (len(word) >= 3 or not word.isascii()) for word in words)
    assert {"cracks", "corrode", "cover", "opinion", "reinforcement", "seen"} & set(" ".join(words).split())


@pytest.mark.parametrize("kind", KINDS)
def test_a_told_kind_is_the_answer_and_its_own_share_the_confidence(kind: str) -> None:
    text = HEADLESS[0][1]
    found, told = classify(document(text)), classify(document(text), kind)
    assert told.kind == kind
    assert told.scores == found.scores
    assert (told.confidence == found.confidence) is (kind == found.kind)
    assert told.confidence <= found.confidence


@settings(max_examples=60)
@given(st.lists(st.text(max_size=300), max_size=3))
def test_any_text_gives_ngrams_with_their_places(pages: list[str]) -> None:
    plains = [plain(page) for page in pages]
    grams = grams_of(plains)
    assert ((grams.bucket >= 0) & (grams.bucket < BUCKETS)).all()
    assert len(grams.bucket) == len(grams.start) == len(grams.size)
    assert len(grams.codes) == len(grams.origin) == len(grams.page)
    assert not len(grams.start) or int((grams.start + grams.size).max()) <= len(grams.codes)
    for at in range(len(grams.codes)):
        assert 0 <= grams.origin[at] < max(1, len(plains[int(grams.page[at])].text))
    assert len(sketch(grams)) in (0, SKETCH)


def test_figures_and_spaces_do_not_matter_to_ngrams() -> None:
    one, other = (grams_of([plain(text)]) for text in ("Slip  No 4711\t|  wall 3", "Slip No 0822 wall 9"))
    assert (one.bucket == other.bucket).all()


def test_sheets_of_one_form_are_alike_and_other_papers_are_not() -> None:
    form = "TOOL ISSUE SLIP\nIssued to: {}\nAsset tag: HC-{}\nCondition when returned: good / broken\nStorekeeper"
    first, second = sketched(form.format("R. Holt", 412)), sketched(form.format("Ana Ruiz", 77))
    assert first @ second > 0.6
    assert first @ sketched(HEADLESS[0][1]) < 0.3


def photographed(path: Path, lines: list[str]) -> Path:
    """A sheet on a dark table, as a telephone's camera sees it."""
    sheet = Image.new("L", (1100, 1400), 245)
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(FONT, 30)
    for number, line in enumerate(lines):
        draw.text((90, 80 + 52 * number), line, fill=25, font=font)
    table = Image.new("L", (1300, 1600), 70)
    table.paste(sheet.rotate(1.0, fillcolor=70, expand=True).crop((0, 0, 1100, 1400)), (100, 100))
    return _stored(path, table.convert("RGB"))


def _stored(path: Path, picture: Image.Image) -> Path:
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = "Pomelo", "Phone 7"
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2023:03:14 09:12:44"
    picture.save(path, "JPEG", quality=88, exif=exif)
    return path


LETTER = ["Harbour Civil Ltd", "12 Quay Road, Northport", "14 March 2023", "", "Northport Authority", "Dear Sirs,",
          "Refusal of access to Area B", "We refer to your letter of 3 March 2023 and to", "our meeting on the site.",
          "Access was refused again today and we claim", "the additional cost. Our rights are reserved.",
          "Yours faithfully,", "A. Lim, Project Manager"]  # fmt: skip
INVOICE = ["Quay Supplies Ltd", "TAX INVOICE", "Invoice No: QS-4410", "Date: 14 March 2023",
           "Bill to: Harbour Civil Ltd",
           "Cement 40 bags   9.50    380.00", "Sand 12 t   21.00    252.00", "Subtotal    632.00",
           "VAT 20 %    126.40", "Total due    758.40", "Please pay within 30 days"]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "lines"),
    [("correspondence", LETTER), ("invoice", INVOICE), ("photo", ["", "", "", "EXIT", "", "GATE 3"])],
)
def test_a_photo_of_a_paper_is_the_paper_and_one_of_a_sign_is_a_photo(
    tmp_path: Path, kind: str, lines: list[str]
) -> None:
    path = photographed(tmp_path / "picture.jpg", lines)
    found = extract(path, path.name, tmp_path, Limits(), OcrOptions(mode="fast", languages=("eng",)))
    assert found.document.meta("EXIF Make") == "Pomelo"
    assert found.understanding.classification.kind == kind
