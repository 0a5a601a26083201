"""What `bench/web.py` looks at: a matter of several claims with papers of many parties. Seeded, made where asked.

Of the pages seven in ten stand in typed PDFs of 2 to 24 pages; the rest are letters, mails in threads with what hangs
on them, bills, and a few files that nothing can read. Letters answer one another by number and day.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from email.message import EmailMessage
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bench.search_pages import chinese, english

SEED = 20230314
CLAIMS, EVENTS = 8, 5
MONTHS = tuple(
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
SUBJECTS = (
    ("Access to Area B refused", "access, possession"),
    ("Drawings issued late", "drawings, issued late"),
    ("Flood of the basement", "flood, pumps"),
    ("Concrete of the quay wall", "concrete, quay wall"),
    ("Breakdown of the tower crane", "crane, breakdown"),
    ("塔吊故障停工", "塔吊, 停工"),
    ("基坑积水抢险", "积水, 抢险"),
    ("图纸延误移交", "图纸, 移交"),
)
_FIRST = (
    "Harbour",
    "Northport",
    "Aldersey",
    "Brinmoor",
    "Castleway",
    "Denholm",
    "Eastgate",
    "Fairlight",
    "Grantham",
)
_SECOND = (
    "Civil Ltd",
    "Marine Ltd",
    "Steelworks GmbH",
    "Surveyors LLP",
    "Plant Hire Ltd",
    "Pumps Inc",
    "Insurance plc",
)
_ZH = ("港务土木", "北港海事", "东方建设", "江海工程", "华东设备", "长河测绘", "南港物流")
_ZH_FORM = ("工程有限公司", "股份有限公司", "集团有限公司")
_WRITINGS: Sequence[Callable[[str], str]] = (
    str,
    str,
    str.upper,
    lambda name: name.removesuffix(" Ltd") + " Limited" if name.endswith(" Ltd") else name,
    lambda name: f"{name} ({''.join(word[0] for word in name.split())})" if name.isascii() else name,
)
"""How a company's name is written: as it is, in capitals, with another form, with its initials."""
COMPANIES = tuple(f"{a} {b}" for a in _FIRST for b in _SECOND)
COMPANIES_ZH = tuple(f"{a}{b}" for a in _ZH for b in _ZH_FORM)
TEXTS = 150
THREAD = 8
"""Mails of one thread at most."""


def register() -> str:
    """The register: `CLAIMS` claims of `EVENTS` events each, spread over a year."""
    return json.dumps({"claims": [_claim(number) for number in range(CLAIMS)]}, ensure_ascii=False, indent=1)


def _claim(number: int) -> dict[str, Any]:
    return {
        "id": f"CLM-{number + 1:03}",
        "title": SUBJECTS[number][0],
        "type": ("construction", "insurance", "warranty")[number % 3],
        "contract": ("fidic-1999", "nec4", "none")[number % 3],
        "currency": ("USD", "GBP", "CNY")[number % 3],
        "amount": f"{(number + 3) * 137_500}.00",
        "parties": [
            {"role": "claimant", "name": COMPANIES[0]},
            {"role": ("respondent", "insurer")[number % 2], "name": COMPANIES[8 + number]},
        ],
        "events": [_event(number, event) for event in range(EVENTS)],
    }


def _event(number: int, event: int) -> dict[str, Any]:
    title, keywords = SUBJECTS[(number + event * 3) % len(SUBJECTS)]
    month = (number + event * 2) % 12 + 1
    return {
        "id": f"E{event + 1}",
        "title": title,
        "start": f"2023-{month:02}-{event + 2:02}",
        "end": f"2023-{month:02}-{event + 20}",
        "keywords": keywords.split(", "),
        "description": "The cost is US$48,000.00.",
    }


@cache
def _texts() -> Mapping[str, Sequence[str]]:
    """Pages of words by language, of which papers take their bodies."""
    chance = random.Random(SEED)
    makers = {"en": english(chance), "zh": chinese(chance)}
    return {language: [page() for _ in range(TEXTS)] for language, page in makers.items()}


class Papers:
    """Writes files with so many pages in all. File number n is the same however many are asked for, and no two of them
    are alike; `first` begins elsewhere in the row, so that a second heap holds nothing of the first."""

    def __init__(self, folder: Path, first: int = 0) -> None:
        self._folder, self._first = folder, first
        self._texts = _texts()

    def write(self, pages: int) -> int:
        """Writes them; returns how many files there are."""
        number, left = self._first, pages
        while left > 0:
            folder = self._folder / f"{number // 200:03}"
            folder.mkdir(parents=True, exist_ok=True)
            left -= self._one(folder, number, random.Random(SEED + number), left)
            number += 1
        return number - self._first

    def _one(self, folder: Path, number: int, chance: random.Random, left: int) -> int:
        match number % 10:
            case 1 | 4:
                return self._pdf(
                    folder / f"report {number:05}.pdf", number, chance, min(left, chance.randint(2, 24))
                )
            case 2 | 5 | 8:
                return self._mail(folder / f"mail {number:05}.eml", number, chance)
            case 7 if number % 100 == 7:
                (folder / f"broken {number:05}.pdf").write_bytes(b"%PDF-1.7\n" + chance.randbytes(400))
                return 0
            case 9:
                return self._bill(folder / f"bill {number:05}.csv", number, chance)
            case _:
                (folder / f"letter {number:05}.txt").write_text(
                    self._letter(number, chance), encoding="utf-8"
                )
                return 1

    def _body(self, number: int, chance: random.Random, most: int = 1500) -> str:
        return chance.choice(self._texts["zh" if _is_zh(number) else "en"])[: chance.randint(400, most)]

    def _letter(self, number: int, chance: random.Random) -> str:
        body, before = self._body(number, chance), max(0, number - chance.randint(1, 40))
        subject, _ = SUBJECTS[_subject(number)]
        sender, to = _companies(number)
        sender = _WRITINGS[number % len(_WRITINGS)](sender)
        if _is_zh(number):
            year, month, day = "2023", number % 12 + 1, number % 27 + 1
            return (
                f"{sender}\n函号：港函〔2023〕{number}号\n日期：{year}年{month}月{day}日\n致：{to}\n\n关于{subject}的函\n\n"
                f"贵方港函〔2023〕{before}号来函收悉。{body}\n本次费用合计人民币{chance.randint(1000, 90000)}.00元。\n"
            )
        return (
            f"{sender}\nOur ref: GC/L/{number:05}\nDate: {_day(number)}\nTo: {to}\n\n{subject}\n\nDear Sir,\n"
            f"We refer to your letter GC/L/{before:05} dated {_day(before)}. {body}\n"
            f"The cost is US${chance.randint(1000, 90000)}.00.\nYours faithfully,\n"
        )

    def _mail(self, path: Path, number: int, chance: random.Random) -> int:
        mail, of = EmailMessage(), number // (3 * THREAD)
        mail["From"], mail["To"] = f"a.smith{of % 40}@harbour.example", f"site{of % 7}@northport.example"
        mail["Date"] = f"{number % 27 + 1:02} {MONTHS[number % 12][:3]} 2023 09:{number % 60:02}:00 +0000"
        mail["Subject"] = SUBJECTS[_subject(of)][0]
        mail["Message-ID"] = f"<{number}@harbour.example>"
        if (before := number - 3) // (3 * THREAD) == of:
            mail["In-Reply-To"] = f"<{before}@harbour.example>"
        mail.set_content(self._letter(number, chance))
        if number % 3 == 0:
            note = self._letter(number + 100_000, chance).encode()
            mail.add_attachment(note, maintype="text", subtype="plain", filename=f"note {number}.txt")
        path.write_bytes(mail.as_bytes())
        return 2 if number % 3 == 0 else 1

    def _pdf(self, path: Path, number: int, chance: random.Random, pages: int) -> int:
        out = BytesIO()
        canvas = Canvas(out, pagesize=A4, invariant=True)
        for page in range(pages):
            text = self._letter(number * 2 + 1, chance) if not page else chance.choice(self._texts["en"])
            _typeset(canvas, text)
        canvas.save()
        path.write_bytes(out.getvalue())
        return pages

    def _bill(self, path: Path, number: int, chance: random.Random) -> int:
        rows = [f"{number}-{row},Concrete C{row},{chance.randint(1, 90)},{row}50.00" for row in range(12)]
        path.write_text("item,description,quantity,price\n" + "\n".join(rows), encoding="utf-8")
        return 1


def _is_zh(number: int) -> bool:
    return number % 4 == 2


def _subject(number: int) -> int:
    return 5 + number // 4 % 3 if _is_zh(number) else number % 5


def _companies(number: int) -> tuple[str, str]:
    names = COMPANIES_ZH if _is_zh(number) else COMPANIES
    return names[0 if number % 3 else number % len(names)], names[(number * 7 + 1) % len(names)]


def _day(number: int) -> str:
    return f"{number % 27 + 1} {MONTHS[number % 12]} 2023"


def _typeset(canvas: Canvas, text: str) -> None:
    lines = canvas.beginText(50, 790)
    lines.setFont("Helvetica", 9)
    for line in _wrapped(text):
        lines.textLine(line)
    canvas.drawText(lines)
    canvas.showPage()


def _wrapped(text: str) -> Iterator[str]:
    yield from [line[at : at + 110] for line in text.splitlines() for at in range(0, len(line) or 1, 110)][
        :60
    ]
