"""What is drawn by chance in the texts of kinds: dates, sums, numbers and names of papers."""

from __future__ import annotations

import random
from collections.abc import Callable

_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = "浙苏沪京粤川"


def _date(language: str, chance: random.Random) -> str:
    year, month, day = chance.randrange(2009, 2026), chance.randrange(1, 11), chance.randrange(1, 29)
    name = _MONTHS[month - 1]
    if language == "zh":
        return chance.choice(
            [
                f"{year}年{month}月{day}日",
                f"{year}-{month:02}-{day:02}",
                f"{month}月{day}日",
                f"{year}.{month}.{day}",
            ]
        )
    forms = [
        f"{day} {name} {year}",
        f"{name} {day}, {year}",
        f"{day:02}/{month:02}/{year}",
        f"{year}-{month:02}-{day:02}",
        f"{day}-{name[:3]}-{year % 100}",
    ]
    return chance.choice(forms)


def _time(language: str, chance: random.Random) -> str:
    hour, minute = chance.randrange(6, 20), chance.choice(["00", "15", "30", "45"])
    return chance.choice(
        [f"{hour}:{minute}", f"{hour}时{minute}分" if language == "zh" else f"{hour}.{minute} hrs"]
    )


def _sum(_: str, chance: random.Random) -> str:
    value = chance.choice([9, 300, 5_000, 90_000, 2_000_000]) * (0.1 + chance.random())
    return chance.choice([f"{value:,.2f}", f"{value:.2f}", f"{value:,.0f}"])


def _money(language: str, chance: random.Random) -> str:
    value = _sum(language, chance)
    signs = (
        ["¥{}", "{}元", "人民币{}元", "￥{}"]
        if language == "zh"
        else ["${}", "£{}", "USD {}", "EUR {}", "HK${}", "{} GBP"]
    )
    return chance.choice(signs).format(value)


def _capitals(_: str, chance: random.Random) -> str:
    digits = [_CAPITALS[chance.randrange(1, 10)] for _ in range(3)]
    return f"{digits[0]}万{digits[1]}仟{digits[2]}佰元整"


def _reference(language: str, chance: random.Random) -> str:
    letters = "".join(chance.choice("ABCDEGHJKLMNPRSTW") for _ in range(chance.randrange(2, 4)))
    number = chance.randrange(1, 9999)
    forms = [
        f"{letters}-{number:04}",
        f"{letters}/{number}",
        f"{letters}{number}",
        f"{letters}/L/{number:04}",
    ]
    forms += (
        [f"{letters}〔20{number % 20 + 5:02}〕{number % 99}号"]
        if language == "zh"
        else [f"{letters} {number}"]
    )
    return chance.choice(forms)


def _phone(language: str, chance: random.Random) -> str:
    tail = f"{chance.randrange(10**7, 10**8)}"
    return f"0{chance.randrange(10, 99)}-{tail}" if language == "zh" else f"+44 {tail[:4]} {tail[4:]}"


def _plate(language: str, chance: random.Random) -> str:
    number = f"{chance.randrange(100, 99999):05}"
    return (
        f"{chance.choice(_PLACES)}A{number}"
        if language == "zh"
        else f"LK{number[:2]} {chance.choice(['VBN', 'XYZ', 'RTE'])}"
    )


def _clause(_: str, chance: random.Random) -> str:
    first, second = chance.randrange(1, 21), chance.randrange(1, 9)
    return chance.choice([f"{first}.{second}", f"{first}"])


_DRAWN: dict[str, Callable[[str, random.Random], str]] = {
    "date": _date,
    "time": _time,
    "sum": _sum,
    "money": _money,
    "caps": _capitals,
    "ref": _reference,
    "phone": _phone,
    "plate": _plate,
    "clause": _clause,
    "n": lambda _, chance: str(
        chance.choice([chance.randrange(1, 10), chance.randrange(2, 60), chance.randrange(10, 400)])
    ),
    "num": lambda _, chance: str(chance.randrange(10**4, 10 ** chance.randrange(5, 13))),
    "dec": lambda _, chance: f"{chance.random() * chance.choice([1, 10, 60]):.{chance.choice([1, 2])}f}",
    "letter": lambda _, chance: chance.choice("ABCDEF"),
    "initials": lambda _, chance: "".join(chance.choice("ABCDHJKMPRST") for _ in range(2)),
    "mail": lambda _, chance: (
        f"{chance.choice(['info', 'site', 'j.marsh', 'claims', 'gc01'])}@mail{chance.randrange(9)}.example"
    ),
    "word": lambda _, chance: chance.choice(["larchfield", "harrow", "tworivers", "dockside"]),
}


def drawn(slot: str, language: str, chance: random.Random) -> str:
    """What stands for this slot; a text that is no slot's name stands for itself."""
    draw = _DRAWN.get(slot)
    return draw(language, chance) if draw else slot
