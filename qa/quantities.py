"""Numbers as written, with magnitude and unit: 1.2 | 万亿 | 元, 1000 | 余 | 户, 6.5 — 7 | %, 三 | 十余 | 万 | 亩."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from qa.numerals import DIGITS, NUMERAL, chinese_number, magnitude
from qa.units import Written, find_unit

ARABIC = r"(?:(?<!第)\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
# 三千米 is 三 千米: the 千 belongs to the unit.
CHINESE = rf"(?:[{NUMERAL}]+?(?=千[米瓦克伏])|[{NUMERAL}]+)(?:点[零〇一二三四五六七八九]+)?"
NUMBER = rf"(?P<some>几)?(?P<arabic>{ARABIC})|(?P<several>[几数])?(?P<chinese>{CHINESE})"
_NUMBER = re.compile(NUMBER)
_TAIL = re.compile(r"(?P<few>[余多几])? ?(?P<scale>万亿|[十百千]?[万亿]|[十百]|千(?![米瓦克伏]))?(?P<more>[余多])?")
_SMALLER = re.compile(r"(\d{4}|\d(?=[百千]))([百千万])?(?!\d)")
_MAGNITUDE_END = re.compile(r"[万亿]*$")
_TO = re.compile(r" ?(?:-|—{1,2}|–|−|~|至|到) ?(?=[-−]?[\d几〇零一二两三四五六七八九十百千万亿])")
_AND = re.compile(r" ?(?:、|和|与|及|以及) ?")
_RESPECTIVELY = re.compile(r"(?:分别|依次)[^。;]{0,40}$")
_COUNTED_BEFORE_SHU = "人户总个件天次指系参倍基分位点函整少多为无"  # 总数|十家 is no 数十家
_LONGEST = 12  # digits before the point; longer ones are account and telephone numbers
_LONGEST_LIST = 8
_SIGNED = ("%", "‰", "百分点", "℃")


@dataclass(frozen=True)
class Quantity:
    """A number, or a range of two, with its unit. Values are amount x scale and upper x scale.

    Attributes:
        start: Offset of the number, its minus sign included.
        stop: Offset after the unit (after the number where it has no unit of its own).
        amount: The number without its magnitude; the lower one of a range.
        upper: The upper number of a range in the same scale, else None.
        scale: Value of the magnitude.
        scale_text: The magnitude as written (万, 千万), also where it ends a Chinese numeral.
        few: 余 for 余, 多 and 十几; 几 for 几十 and 数百; else "".
        bare: Whether it is a magnitude without digits (千亿).
        chinese: Whether it is written in Chinese numerals.
        latin: Whether a letter follows at once (8.7万P).
        unit: The unit, None if there is none; the unit of the last where one serves a list (分别为3、5个).
    """

    start: int
    stop: int
    amount: Decimal
    upper: Decimal | None
    scale: Decimal
    scale_text: str
    few: str
    bare: bool
    chinese: bool
    unit: Written | None
    latin: bool = False

    @property
    def written_unit(self) -> str:
        """Magnitude and unit word as written: 万亿元."""
        return self.scale_text + (self.unit.unit.word + self.unit.per if self.unit else "")

    def values(self, *, each: bool) -> tuple[Decimal, Decimal | None, str]:
        """Value, upper value of a range, and base unit; `each` keeps money per head in plain 元."""
        if self.unit is None:
            return self.amount * self.scale, None if self.upper is None else self.upper * self.scale, ""
        low, unit = self.unit.convert(self.amount, self.scale, each=each)
        high = None if self.upper is None else self.unit.convert(self.upper, self.scale, each=each)[0]
        return low, high, unit

    @property
    def stands_alone(self) -> bool:
        """Whether it says something without a unit: 446.7万."""
        return not self.chinese and self.scale >= 10**4 and not self.latin


def _tail(text: str, at: int) -> tuple[str, str, int]:
    """What may stand between a number and its unit: 余 or "", a magnitude or "", and where they end."""
    found = _TAIL.match(text, at)
    if found is None or not found[0].strip():
        return "", "", at
    return ("余" if found["few"] or found["more"] else ""), found["scale"] or "", found.end()


def _arabic(text: str, found: re.Match[str]) -> Quantity:
    amount, at = Decimal(found["arabic"].replace(",", "")), found.end()
    few, scale_text, unit = "", "", find_unit(text, at)
    if unit is None:
        few, scale_text, at = _tail(text, at)
        unit = find_unit(text, at)
    smaller = _SMALLER.match(text, at) if unit is None and scale_text in ("万", "亿") else None
    if smaller and (inner := find_unit(text, smaller.end())):
        # 3万5千户: the smaller part counts in units of the larger.
        amount += Decimal(smaller[1]) * magnitude(smaller[2] or "") / magnitude(scale_text)
        unit = inner
    if unit and "多" in unit.unit.word:
        few = "余"
    few = "几" if found["some"] else few
    stop = unit.end if unit else at
    latin = text[stop : stop + 1].isascii() and text[stop : stop + 1].isalpha()
    return Quantity(found.start(), stop, amount, None, magnitude(scale_text), scale_text, few, False, False, unit, latin)


def _chinese(text: str, found: re.Match[str]) -> Quantity | None:
    numeral, several, at = found["chinese"], found["several"], found.end()
    amount = chinese_number(numeral)
    if not amount:
        return None
    if several and numeral[0] not in "十百千万亿":
        return None
    if several == "数" and found.start() and text[found.start() - 1] in _COUNTED_BEFORE_SHU:
        return None
    ending = _MAGNITUDE_END.search(numeral)
    few, scale_text, unit = "", ending[0] if ending else "", find_unit(text, at)
    if unit is None:
        few, more, at = _tail(text, at)
        amount *= magnitude(more)
        scale_text += more
        unit = find_unit(text, at)
    scale = magnitude(scale_text)
    bare = numeral[0] in "百千万亿" and not several
    few = "几" if several else few
    stop = unit.end if unit else at
    if unit and unit.unit.word == "成" and (tenth := DIGITS.get(text[stop : stop + 1])):
        amount, stop = amount + Decimal(tenth) / 10, stop + 1  # 七成五
    return Quantity(found.start(), stop, amount / scale, None, scale, scale_text, few, bare, True, unit)


def _single(text: str, at: int) -> Quantity | None:
    """One number; a minus sign is read where the unit can be negative and nothing before makes it a hyphen."""
    found = _NUMBER.match(text, at)
    if found is None:
        return None
    if found["arabic"] and len(found["arabic"].partition(".")[0].replace(",", "")) > _LONGEST:
        return None
    quantity = _arabic(text, found) if found["arabic"] else _chinese(text, found)
    if quantity is None or quantity.unit is None or quantity.few == "几" or quantity.unit.unit.base not in _SIGNED:
        return quantity
    earlier = text[at - 2] if at > 1 else " "
    if at and text[at - 1] in "-−" and not (earlier in "-)" or (earlier.isascii() and earlier.isalnum())):
        return replace(quantity, start=at - 1, amount=-quantity.amount)
    return quantity


def _range(text: str, low: Quantity) -> Quantity | None:
    """The range that begins with a number: 6.5—7%, 6%至7%, 500—600万元, 5000万—1亿元."""
    to = _TO.match(text, low.stop)
    if to is None:
        return None
    signed = text.startswith(("-", "−"), to.end())
    high = _single(text, to.end() + signed)
    if high is None or not (high.unit or high.stands_alone) or high.few or low.few or high.bare:
        return None
    if low.unit and (high.unit is None or (low.unit.unit, low.unit.per) != (high.unit.unit, high.unit.per)):
        return None
    upper = -abs(high.amount) if signed else abs(high.amount)
    scales = (high.scale, low.scale) if not low.unit and not low.scale_text else (low.scale,)
    for scale in scales:
        lower = low.amount * scale / high.scale
        if lower < upper:
            return replace(high, start=low.start, amount=lower, upper=upper, chinese=low.chinese)
    return None


def _lent(text: str, first: Quantity) -> Quantity | None:
    """A number of a list whose unit stands at its end, after 分别: 分别提高3.2、5.1个百分点."""
    if not _RESPECTIVELY.search(text, max(0, first.start - 48), first.start):
        return None
    last = first
    for _ in range(_LONGEST_LIST):
        mark = _AND.match(text, last.stop)
        step = _single(text, mark.end()) if mark else None
        if step is None or step.unit:
            last = step or first
            break
        last = step
    if last.unit is None:
        return None
    scale, scale_text = (first.scale, first.scale_text) if first.scale_text else (last.scale, last.scale_text)
    return replace(first, scale=scale, scale_text=scale_text, unit=last.unit)


def read_quantity(text: str, at: int) -> Quantity | None:
    """The number or range that begins at an offset, with its unit if it has one.

    Args:
        text: Text in half-width form.
        at: Offset of the first digit or numeral.

    Returns:
        None where no number begins, or the numerals make none (二〇二三, 十四五, 零).
    """
    first = _single(text, at)
    if first is None:
        return None
    return _range(text, first) or (first if first.unit else _lent(text, first) or first)
