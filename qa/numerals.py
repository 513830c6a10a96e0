"""Chinese numerals and magnitudes as exact decimals: 十二, 两千三百, 三十万, 1.2 x 万亿.

Only numbers written by the grammar of place values are read. A row of digits (二〇二三, 三五) is a year, a name or a
guess at a number, never a quantity, and gives None.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
MAGNITUDES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_LONGEST = 30
NUMERAL = "〇零一二两三四五六七八九十百千万亿"


@cache
def _section() -> re.Pattern[str]:
    """Below 10,000; a place may go without its digit only in front (十二, 百); an odd digit at the end is colloquial."""
    digit = "[一二两三四五六七八九]"
    return re.compile(rf"(?:(?P<千>{digit})千)?(?:(?P<百>[零〇]?{digit})百)?(?:(?P<十>[零〇]?{digit})十)?(?P<rest>[零〇]?{digit})?")


def _below_ten_thousand(text: str) -> int | None:
    if text and text[0] in "十百千":
        text = "一" + text
    found = _section().fullmatch(text)
    if found is None:
        return None
    total = sum(DIGITS[found[place][-1]] * MAGNITUDES[place] for place in "千百十" if found[place])
    rest = found["rest"]
    if rest:
        # 两千三 and 一百五 mean 2,300 and 150; 两千零三 and 二十三 mean what they say.
        before = text[: -len(rest)][-1:]
        total += DIGITS[rest[-1]] * (MAGNITUDES[before] // 10 if len(rest) == 1 and before in ("百", "千") else 1)
    return total


def _integer(text: str) -> int | None:
    for mark in "亿万":
        head, found, tail = text.rpartition(mark)
        if not found:
            continue
        high = _integer(head) if head else 1
        low = _integer(tail.lstrip("零〇")) if tail else 0
        if high is None or low is None or low >= MAGNITUDES[mark] or high >= 10**12:
            return None
        if tail in DIGITS:
            low *= MAGNITUDES[mark] // 10
        return high * MAGNITUDES[mark] + low
    return _below_ten_thousand(text)


def chinese_number(text: str) -> Decimal | None:
    """Read a number written in Chinese numerals.

    Args:
        text: Numerals only, with 点 before decimals: 十二, 两千三百, 百万, 三点五.

    Returns:
        Its exact value, or None where the characters make no number (二〇二三, 十四五, an empty text).
    """
    whole, point, part = text.partition("点")
    value: int | None = None
    if whole in ("零", "〇"):
        value = 0
    elif whole and whole[0] not in "零〇" and len(whole) <= _LONGEST:
        value = _integer(whole)
    if value is None or (point and not (part and all(char in DIGITS for char in part))):
        return None
    return Decimal(f"{value}.{''.join(str(DIGITS[char]) for char in part)}") if point else Decimal(value)


def magnitude(text: str) -> Decimal:
    """Value of a run of magnitude characters, 1 for the empty run: 万亿 is 10**12, 百万 is 10**6.

    Raises:
        KeyError: A character is no magnitude.
    """
    product = Decimal(1)
    for char in text:
        product *= MAGNITUDES[char]
    return product
