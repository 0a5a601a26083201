"""What `bench/load.py` takes in: a heap of small files, and single files that are large. Seeded, made where asked."""

from __future__ import annotations

import random
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bench.search_pages import chinese, english

SEED = 20230314
MIB = 2**20
THREAD = 8
"""Mails of one thread at most."""
REGISTER = """\
claims:
  - id: CLM-001
    title: Late possession of Area B
    type: construction
    contract: fidic-1999
    references: [C-2023/017]
    currency: USD
    amount: "1250000.00"
    parties:
      - {role: claimant, name: Harbour Civil Ltd, aliases: [HCL, 港务土木]}
      - {role: respondent, name: Northport Authority}
    events:
      - id: E1
        title: Access to Area B refused
        start: 2023-03-14
        end: 2023-04-30
        keywords: [Area B, access, possession]
        references: [GC/L/0145]
      - {id: E2, title: 塔吊故障停工, start: 2023-08-07, keywords: [塔吊, 停工]}
      - id: E3
        title: Late drawings
        start: 2023-05-02
        end: 2023-06-30
        keywords: [drawings, issued late]
        description: The cost is US$48,000.00.
  - id: CLM-002
    title: Flood in the works
    type: insurance
    currency: CNY
    amount: "880000.00"
    parties:
      - {role: claimant, name: Harbour Civil Ltd}
      - {role: insurer, name: 太平洋财产保险股份有限公司}
    events:
      - {id: E1, title: Flood, start: 2023-07-18, keywords: [flood, 积水, pumps]}
      - {id: E2, title: 抢险, start: 2023-07-19, end: 2023-07-25, keywords: [抢险, 抽水]}
"""
_SUBJECTS = (
    "Access to Area B",
    "Drawings issued late",
    "Flood of the basement",
    "Payment certificate",
    "Site meeting",
)
_SUBJECTS_ZH = ("塔吊故障停工", "基坑积水抢险", "工期延误通知", "进度款支付", "图纸会审")


class Heap:
    """Small files as they come in a real matter: letters, mails in threads, little PDFs, tables, Chinese and English.

    File number n is the same whatever the size of the heap, and no two are alike.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._random = random.Random(SEED)
        self._pages: dict[str, Callable[[], str]] = {"en": english(self._random), "zh": chinese(self._random)}
        self._thread: list[str] = []
        self._logo = _logo()

    def grow(self, first: int, last: int) -> None:
        """Writes the files with these numbers; call it in order."""
        makers = (
            self._text,
            self._mail,
            self._mail,
            self._pdf,
            self._text,
            self._mail,
            self._table,
            self._text,
        )
        for number in range(first, last):
            folder = self._folder / f"{number // 500:03d}"
            folder.mkdir(parents=True, exist_ok=True)
            makers[number % len(makers)](folder, number)

    def _words(self, number: int) -> str:
        """The text of a letter: heads, a subject of the register's events or not, then words as they fall."""
        zh = number % 2 == 0
        day, month = number % 27 + 1, number % 12 + 1
        body = self._pages["zh" if zh else "en"]()[: self._random.randint(500, 1500)]
        if zh:
            subject = _SUBJECTS_ZH[number % 5]
            head = f"港务土木工程有限公司\n函号：港函〔2023〕{number}号\n日期：2023年{month}月{day}日\n"
            head += f"致：北港管理局\n\n关于{subject}的函\n"
            return f"{head}\n{body}\n本次费用合计人民币{self._random.randint(1000, 90000)}.00元。\n"
        subject = _SUBJECTS[number % 5]
        head = f"Harbour Civil Ltd\nOur ref: GC/L/{number:05d}\nDate: {day} {_MONTHS[month - 1]} 2023\n"
        head += f"To: Northport Authority\n\n{subject}\n"
        return f"{head}\nDear Sir,\n{body}\nThe cost is US${self._random.randint(1000, 90000)}.00.\nYours faithfully,\n"

    def _text(self, folder: Path, number: int) -> None:
        (folder / f"letter {number:05d}.txt").write_text(self._words(number), encoding="utf-8")

    def _mail(self, folder: Path, number: int) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"] = "a.smith@harbour.example", "site@northport.example"
        mail["Date"] = f"{number % 27 + 1:02d} {_MONTHS[number % 12][:3]} 2023 09:{number % 60:02d}:00 +0000"
        mail["Subject"] = _SUBJECTS[number % 5]
        mail["Message-ID"] = own = f"<{number}@harbour.example>"
        if self._thread:
            mail["In-Reply-To"], mail["References"] = self._thread[-1], " ".join(self._thread)
        self._thread = [*self._thread, own] if len(self._thread) < THREAD else []
        mail.set_content(self._words(number))
        if number % 3 == 0:
            mail.add_attachment(
                self._words(number + 1).encode(), maintype="text", subtype="plain", filename="note.txt"
            )
        mail.add_attachment(self._logo, maintype="image", subtype="png", filename="logo.png")
        (folder / f"mail {number:05d}.eml").write_bytes(mail.as_bytes())

    def _pdf(self, folder: Path, number: int) -> None:
        canvas = Canvas(str(folder / f"letter {number:05d}.pdf"), pagesize=A4, invariant=True)
        _typeset(canvas, self._words(number | 1))
        canvas.save()

    def _table(self, folder: Path, number: int) -> None:
        rows = [
            f"{number}-{row},Concrete C{row},{self._random.randint(1, 90)},{row}50.00" for row in range(12)
        ]
        (folder / f"bill {number:05d}.csv").write_text("item,description,quantity,price\n" + "\n".join(rows))


_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


def _typeset(canvas: Canvas, text: str) -> None:
    lines = canvas.beginText(50, 790)
    lines.setFont("Helvetica", 9)
    for line in text.splitlines()[:58]:
        lines.textLine(line[:110])
    canvas.drawText(lines)
    canvas.showPage()


def _logo() -> bytes:
    """The small picture that hangs on every mail of a firm."""
    picture = Image.frombytes("L", (80, 40), random.Random(SEED).randbytes(80 * 40))
    ImageDraw.Draw(picture).ellipse((4, 4, 36, 36), fill="white")
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def pdf_with_text(path: Path, pages: int = 1000) -> None:
    """A long PDF with a text layer."""
    page = english(random.Random(SEED))
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for number in range(pages):
        _typeset(canvas, f"Page {number + 1} of {pages}\n{page()}")
    canvas.save()


def pdf_of_scans(path: Path, pages: int = 200) -> None:
    """A long scan: each page a picture of typed text."""
    page = english(random.Random(SEED))
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for number in range(pages):
        picture = Image.new("L", (1654, 2339), 255)
        draw = ImageDraw.Draw(picture)
        for row, line in enumerate(f"Page {number + 1}\n{page()}".splitlines()[:40]):
            draw.text((120, 120 + 50 * row), line[:90], fill=0, font_size=28)
        data = BytesIO()
        picture.save(data, "JPEG", quality=70)
        data.seek(0)
        canvas.drawInlineImage(Image.open(data), 0, 0, *A4)
        canvas.showPage()
    canvas.save()


def zip_of_noise(path: Path, mib: int = 2000, piece: int = 20) -> None:
    """A zip of members that cannot be packed any smaller, stored; each is a text that no one can read."""
    chance = random.Random(SEED)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in range(mib // piece):
            with archive.open(f"footage/part {number:04d}.dat", "w", force_zip64=True) as member:
                for _ in range(piece):
                    member.write(chance.randbytes(MIB))


def zip_bomb(path: Path, mib: int = 20_000) -> None:
    """A small zip that unpacks to gigabytes of zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(mib // 1000):
            with archive.open(f"{number}.txt", "w", force_zip64=True) as member:
                for _ in range(1000):
                    member.write(bytes(MIB))


def tar_of_letters(path: Path, count: int = 3000) -> None:
    """An archive of many small letters."""
    page = english(random.Random(SEED))
    with tarfile.open(path, "w") as archive:
        for number in range(count):
            data = f"Letter {number}\n{page()}".encode()
            info = tarfile.TarInfo(f"letters/{number:05d}.txt")
            info.size = len(data)
            archive.addfile(info, BytesIO(data))


def scan(path: Path, mode: str, megapixels: int = 200, **options: object) -> None:
    """A large drawing: lines and words on a sheet whose sides are as 4 to 3."""
    height = int((megapixels * 1e6 * 3 / 4) ** 0.5)
    width = height * 4 // 3
    picture = Image.new(mode, (width, height), "white" if mode == "RGB" else 1 if mode == "1" else 255)
    draw = ImageDraw.Draw(picture)
    for row in range(12):
        text = f"DRAWING {row} Foundation of Area B, sheet {row}"
        draw.text((width // 10, height * (row + 1) // 14), text, fill=0, font_size=height // 40)
    draw.rectangle((width // 20, height // 20, width * 19 // 20, height * 19 // 20), outline=0, width=20)
    picture.save(path, **options)


def pdf_of_flate(path: Path, megapixels: int = 200) -> None:
    """A PDF of one large picture in colour, packed without loss."""
    canvas = Canvas(str(path), pagesize=(2384, 1788), invariant=True)
    width, height = int((megapixels * 1e6 * 4 / 3) ** 0.5), int((megapixels * 1e6 * 3 / 4) ** 0.5)
    picture = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(picture).text(
        (width // 10, height // 2), "DRAWING 7 Area B", fill=0, font_size=height // 30
    )
    canvas.drawInlineImage(picture, 0, 0, 2384, 1788)
    canvas.save()


def mailbox(path: Path, mib: int = 400) -> None:
    """A mailbox of mails with attachments of some megabytes each."""
    chance = random.Random(SEED)
    page = english(chance)
    with path.open("wb") as out:
        number = 0
        while out.tell() < mib * MIB:
            number += 1
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = (
                "a@harbour.example",
                "b@northport.example",
                f"Photos {number}",
            )
            mail["Date"], mail["Message-ID"] = (
                "Tue, 14 Mar 2023 09:00:00 +0000",
                f"<box-{number}@harbour.example>",
            )
            mail.set_content(page())
            noise = chance.randbytes(MIB * (1 + number % 8))
            mail.add_attachment(noise, maintype="application", subtype="octet-stream", filename="raw.dat")
            out.write(b"From a@harbour.example Tue Mar 14 09:00:00 2023\n" + mail.as_bytes() + b"\n\n")


def single_mail(path: Path, mib: int = 400) -> None:
    """One mail with one attachment of hundreds of megabytes, as export programs write them."""
    head = (
        "From: a@harbour.example\nTo: b@northport.example\nSubject: The film\nDate: Tue, 14 Mar 2023 09:00:00 +0000\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="cut"\n\n--cut\nContent-Type: text/plain\n\n'
        "Please find the film attached.\n--cut\nContent-Type: application/octet-stream\n"
        'Content-Disposition: attachment; filename="film.dat"\nContent-Transfer-Encoding: base64\n\n'
    )
    with path.open("wb") as out:
        out.write(head.encode())
        for _ in range(mib):
            out.write((b"QUJD" * 19 + b"\n") * (MIB // 77))
        out.write(b"--cut--\n")


def ole(path: Path, mib: int = 300) -> None:
    """An OLE compound file with one stream, "WordDocument", of `mib` MiB, and a table of its sectors ([MS-CFB])."""
    sectors = mib * MIB // 512
    fat = -(-(sectors + 4) // 128)
    while fat * 128 < sectors + 1 + fat + _extra(fat):
        fat += 1
    extra = _extra(fat)
    places = list(range(1 + extra, 1 + extra + fat))
    first = 1 + extra + fat
    with path.open("wb") as out:
        out.write(_ole_header(fat, extra, places))
        out.write(
            _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
            + _entry("WordDocument", 2, 0xFFFFFFFF, first, mib * MIB)
        )
        out.write(bytes(512 - 256))
        rest = places[109:]
        for number in range(extra):
            part = rest[127 * number : 127 * (number + 1)]
            following = 2 + number if number + 1 < extra else 0xFFFFFFFE
            out.write(struct.pack("<128I", *part, *[0xFFFFFFFF] * (127 - len(part)), following))
        table = np.full(fat * 128, 0xFFFFFFFF, dtype="<u4")
        table[0] = 0xFFFFFFFE
        table[1 : 1 + extra] = 0xFFFFFFFC
        table[1 + extra : first] = 0xFFFFFFFD
        table[first : first + sectors] = np.arange(first + 1, first + sectors + 1)
        table[first + sectors - 1] = 0xFFFFFFFE
        out.write(table.tobytes())
        chance = random.Random(SEED)
        for _ in range(mib):
            out.write(chance.randbytes(MIB))


def _extra(fat: int) -> int:
    """Sectors that list the table's own sectors beyond the 109 that the header names."""
    return -(-max(0, fat - 109) // 127)


def _ole_header(fat: int, extra: int, places: list[int]) -> bytes:
    named = places[:109] + [0xFFFFFFFF] * (109 - len(places[:109]))
    fixed = struct.pack(
        "<8s16xHHHHH6xIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, fat, 0
    )
    rest = struct.pack("<IIIIII", 0, 4096, 0xFFFFFFFE, 0, 1 if extra else 0xFFFFFFFE, extra)
    return fixed + rest + struct.pack("<109I", *named)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    return (
        head
        + struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def large_files() -> Iterator[tuple[str, str, Callable[[Path], None]]]:
    """(what, its file's name, how it is made) for every single large file."""
    yield "pdf-1000-pages", "long.pdf", pdf_with_text
    yield "scan-200-pages", "scan.pdf", pdf_of_scans
    yield "zip-2-gb", "footage.zip", zip_of_noise
    yield "zip-bomb", "bomb.zip", zip_bomb
    yield "tar-3000-letters", "letters.tar", tar_of_letters
    yield "tiff-200mp-bilevel", "plan-1.tif", lambda path: scan(path, "1", compression="group4")
    yield "tiff-200mp-grey", "plan-8.tif", lambda path: scan(path, "L", compression="tiff_lzw")
    yield "tiff-200mp-colour", "plan-24.tif", lambda path: scan(path, "RGB", compression="tiff_lzw")
    yield "jpeg-200mp-colour", "plan.jpg", lambda path: scan(path, "RGB", quality=80)
    yield "png-200mp-grey", "plan.png", lambda path: scan(path, "L", compress_level=1)
    yield "png-200mp-colour", "plan-24.png", lambda path: scan(path, "RGB", compress_level=1)
    yield "pdf-200mp-bilevel", "plan-1.pdf", lambda path: scan(path, "1", resolution=300)
    yield "pdf-200mp-jpeg", "plan-24.pdf", lambda path: scan(path, "RGB", resolution=300, quality=80)
    yield "pdf-200mp-flate", "plan-flate.pdf", pdf_of_flate
    yield "mbox-400-mb", "photos.mbox", mailbox
    yield "mail-400-mb", "film.eml", single_mail
    yield "ole-300-mb", "report.doc", ole
