"""The pages that `bench/search.py` searches: Chinese and English in turns, the same in every run.

Words are drawn with natural frequencies (Zipf's law as Mandelbrot has it), those of the trade among the few hundred
most frequent, as in a matter; characters are as unevenly frequent as in print. Documents have 1 to 20 pages.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from index.entry import PageEntry

SEED = 20230314
KINDS = ("correspondence", "minutes", "invoice", "inspection_report", "contract", "work_record", "other")
SYLLABLES = [
    a + b for a in (*"bcdfghlmnprstvw", "st", "tr", "pl") for b in (*"aeiou", "an", "er", "is", "on")
]
LITTLE_EN = [
    "a",
    "i",
    "o",
    "e",
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "that",
    "for",
    "it",
    "as",
    "was",
    "with",
    "be",
    "by",
    "on",
    "not",
]
LITTLE_ZH = [
    *"的一是了在有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产"
]
TRADE_EN = ["notice", "delay", "contract", "site", "access", "engineer", "possession", "claim", "payment"]
COMMON_ZH = (
    "工期延误发包人承包人监理合同施工现场移交通知索赔费用损失验收图纸变更材料设备质量进度会议纪要付款发票保修"
)
_ENGLISH_WORDS, _CHINESE_WORDS = 320, 480
_EN_LINE, _ZH_LINE = 12, 34
_DRAWN = 200
"""Pages whose words are drawn at once."""

Maker = Callable[[], str]


def english(rng: random.Random) -> Maker:
    """Pages of made-up words: little words first."""
    made = ("".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(60_000))
    draw = _drawing(_ranked([*LITTLE_EN, *made], TRADE_EN), _ENGLISH_WORDS, rng)

    def page() -> str:
        chosen = draw()
        chosen[rng.randrange(300)] += f" {rng.randint(1, 9)},{rng.randint(0, 999):03d}.00"
        return "\n".join(" ".join(chosen[at : at + _EN_LINE]) for at in range(0, len(chosen), _EN_LINE))

    return page


def chinese(rng: random.Random) -> Maker:
    """Pages of words of one to three characters."""
    chars = [chr(0x4E00 + code) for code in rng.sample(range(20_000), 3_500)]
    weights = _zipf(len(chars)).tolist()
    made = (
        "".join(rng.choices(chars, cum_weights=weights, k=rng.choice((1, 2, 2, 2, 3)))) for _ in range(40_000)
    )
    trade = [COMMON_ZH[at : at + 2] for at in range(0, len(COMMON_ZH) - 1, 2)]
    draw = _drawing(_ranked([*LITTLE_ZH, *made], trade), _CHINESE_WORDS, rng)

    def page() -> str:
        chosen = "".join(draw())
        return "\n".join(chosen[at : at + _ZH_LINE] + "，" for at in range(0, len(chosen), _ZH_LINE))

    return page


def documents(pages: int) -> Iterator[list[PageEntry]]:
    """Documents of `pages` pages in all."""
    rng = random.Random(SEED)
    makers = {"en": english(rng), "zh": chinese(rng)}
    made = number = 0
    while made < pages:
        number += 1
        found = _document(number, rng, makers, pages - made)
        made += len(found)
        yield found


def _document(number: int, rng: random.Random, makers: dict[str, Maker], most: int) -> list[PageEntry]:
    language = rng.choice(("en", "zh"))
    kind, party, claim = (
        rng.choice(KINDS),
        f"Harbour {rng.randint(1, 40)} Ltd",
        f"CLM-{rng.randint(1, 9):03d}",
    )
    date = datetime.date(2021, 1, 1) + datetime.timedelta(days=rng.randrange(1200))
    return [
        PageEntry(
            doc=f"{number:08x}",
            page=page,
            text=makers[language](),
            name=f"file-{number}.pdf",
            kind=kind,
            title=f"Document {number}",
            date=date,
            amounts=(Decimal(rng.randint(100, 900_000)) / 100,),
            parties=(party, "Northport Authority"),
            references=(f"GC/L/{rng.randint(1, 999):04d}",),
            claims=(claim,),
            events=(f"{claim}/E{rng.randint(1, 5)}",),
            language=language,
        )
        for page in range(1, min(rng.randint(1, 20), most) + 1)
    ]


def _ranked(words: list[str], trade: list[str]) -> list[str]:
    """The words in order of frequency, those of the trade put in from the thirtieth on, some ten apart."""
    different = list(dict.fromkeys(words))
    for number, word in enumerate(trade):
        different.insert(30 + 10 * number, word)
    return list(dict.fromkeys(different))


def _zipf(count: int) -> NDArray[np.float64]:
    """Cumulated weights of words in order of frequency."""
    return np.cumsum(1 / (np.arange(count) + 2.7))


def _drawing(words: list[str], length: int, rng: random.Random) -> Callable[[], list[str]]:
    """Draws the words of a page, the many of several pages at once."""
    cumulated = _zipf(len(words))
    numbers = np.random.default_rng(rng.randrange(2**32))
    drawn: list[NDArray[np.int64]] = []

    def draw() -> list[str]:
        if not drawn:
            places = numbers.random((_DRAWN, length)) * cumulated[-1]
            drawn.extend(np.searchsorted(cumulated, places))
        return [words[number] for number in drawn.pop().tolist()]

    return draw
