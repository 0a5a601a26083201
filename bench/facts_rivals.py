"""What dateparser, price-parser and Recognizers-Text find in the texts given as JSON; run by `bench.facts`.

It needs nothing of ours, so that it can run in an environment that has them and not us.
"""

import datetime
import json
import re
import sys
import time

SIGNS = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "RM": "MYR",
    "Rs": "INR",
    "Rs.": "INR",
}


def reference(case):
    """The day the text is read on."""
    return datetime.datetime.fromisoformat(case["reference"] or "2023-11-30")


def dateparser_finder():
    """dateparser's search."""
    from dateparser.search import search_dates

    def find(case):
        if case["about"] != "dates":
            return None
        settings = {"RELATIVE_BASE": reference(case)}
        found = search_dates(case["text"], languages=[case["language"]], settings=settings) or []
        return [[day.date().isoformat()] for _, day in found]

    return find


def price_parser_finder():
    """price-parser, which finds one price in a text."""
    from price_parser import Price

    def find(case):
        if case["about"] != "amounts":
            return None
        price = Price.fromstring(case["text"])
        if price.amount is None or not price.currency:
            return []
        code = SIGNS.get(price.currency, price.currency)
        return [[f"{price.amount.normalize():f} {code}"]]

    return find


def recognizers_finder():
    """Recognizers-Text for dates and for currencies."""
    from recognizers_date_time import recognize_datetime
    from recognizers_number_with_unit import recognize_currency

    def find(case):
        culture = {"zh": "zh-cn"}.get(case["language"], "en-us")
        try:
            if case["about"] == "dates":
                found = recognize_datetime(case["text"], culture, reference=reference(case))
                return [days for one in found if (days := list(_days(one)))]
            found = recognize_currency(case["text"], culture)
        except Exception:
            return []
        return [[sum_] for one in found if (sum_ := _money(one.resolution or {}))]

    return find


def _days(one):
    """The days of a result as the expectations write them; it gives the day after the last as the end of a range."""
    if one.type_name not in ("datetimeV2.date", "datetimeV2.datetime", "datetimeV2.daterange"):
        return
    for value in (one.resolution or {}).get("values", []):
        if re.fullmatch(r"\d{4}-\d\d-\d\d.*", str(value.get("value"))):
            yield value["value"][:10]
        elif value.get("start") and value.get("end"):
            last = datetime.date.fromisoformat(value["end"][:10])
            yield f"{value['start'][:10]}..{last - datetime.timedelta(days=1)}"
            yield f"{value['start'][:10]}..{last}"


def _money(resolution):
    """Sum and ISO code; bare dollars and the like have no code of their own there."""
    from decimal import Decimal, InvalidOperation

    plain = {
        "Dollar": "USD",
        "Pound": "GBP",
        "Euro": "EUR",
        "元": "CNY",
        "人民币": "CNY",
        "美元": "USD",
        "港币": "HKD",
        "日元": "JPY",
    }
    code = resolution.get("isoCurrency") or plain.get(resolution.get("unit"), resolution.get("unit"))
    try:
        number = Decimal(str(resolution.get("value")))
    except InvalidOperation:
        return None
    return f"{number.normalize():f} {code}"


FINDERS = {
    "dateparser": dateparser_finder,
    "price-parser": price_parser_finder,
    "Recognizers-Text": recognizers_finder,
}


def main():
    """Answer on stdout; a program that is not installed is left out."""
    cases, answers = json.load(sys.stdin), {}
    for name, make in FINDERS.items():
        try:
            find = make()
        except ImportError as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        begun = time.perf_counter()
        found = [find(case) for case in cases]
        answers[name] = {"found": found, "seconds": time.perf_counter() - begun}
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
