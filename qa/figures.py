"""Figures of a sentence: 458.51亿元, 增长3.7%, 5.5%以上, 6.5—7%, 1万人次 -> value in a base unit, bound, change, offsets.

Dates, ordinals, document numbers, names and slogans with numbers (2023年, 第3位, 5A级, “十四五”, 四个意识) are no figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from index.text import plain
from qa.names import is_name, quotation_marks
from qa.numerals import NUMERAL, chinese_number
from qa.qualifiers import AIMED, BEFORE, BEHIND, GRADED, IMPROVES, Lead, before, distance, is_each, is_shared, suffix
from qa.quantities import ARABIC, CHINESE, NUMBER, Quantity, read_quantity
from qa.units import CURRENCIES

_SCAN = re.compile(
    rf"(?P<below>[{NUMERAL}]+)分之(?P<above>{CHINESE}|\d+(?:\.\d+)?)"
    r"|(?<![\d/.第A-Za-z])(?P<over>[1-9])/(?P<under>[2-9]|10)(?![\d/.页期A-Za-z])"
    r"|(?P<double>翻了?(?P<times>[一二两三四五六七八九1-9])?番)"
    r"|(?P<half>(?<!另)一半|半数|(?:(?<![间务通经不超])过|(?<=[近超]))半(?![百天月年程个小路山]))"
    rf"|(?P<left>{ARABIC}) ?[:∶比] ?(?P<right>{ARABIC})(?P<third> ?[:∶比]\d)?"
    rf"|{NUMBER}"
)
_AND = re.compile(r" ?(?:、|和|与|及|以及|,|;) ?")
_ALSO = re.compile(r" ?[、和及] ?[^\d,。;、]{1,8}")
_RATIO_BEFORE = re.compile(r"(?:比例|之比|比值|[^同环对相占]比)[^\d,。;、]{0,6}$")
_RATIO_AFTER = re.compile(r" ?的?(?:比例|配比|之比)")
_EACH_VOLUME = re.compile(r"每(?P<per>立方米|平方米|升|公斤|吨)$")
_CONCENTRATED = ("微克", "毫克", "克")
_UNSCALED = {"%", "‰", "百分点", "千分点", "基点", "倍", "℃", "岁", "千伏", *CURRENCIES.values()}


@dataclass(frozen=True)
class Figure:
    """One figure of a text.

    Attributes:
        start: Offset of the raw figure. A bound and the unit are inside (突破3900亿元, 5.5%以上); 达到, aims (力争) and words
            of change (增长) stay outside, because other words often come between.
        end: Offset after the raw figure.
        raw: text[start:end].
        value: In the base unit, negative for 下降; a range gives its lower end.
        high: Upper end of a range.
        unit: Base unit (亿元, 元, %, 百分点, 人, 吨, 微克/立方米, 元/月 ...); "" for a bare 446.7万; 比 for 1:n, whose value is n.
        written_unit: As written, with its magnitude (万亿元, 亿斤, 千米).
        qualifier: "", or a bound: 左右 以上 以下 以内 超 突破 近 约 不低于 不高于 高于 低于 余 (1000余) 几 (几十); where there is
            no bound, an aim (力争 确保 预计 同步) or 达到.
        change: "" for a level, 增长, 下降, or 翻番 (value 100 % for 翻一番, 300 % for 翻两番).
    """

    start: int
    end: int
    raw: str
    value: float
    high: float | None
    unit: str
    written_unit: str
    qualifier: str
    change: str


@dataclass(frozen=True)
class _Item:
    """A figure, with what the next one of a list may take over from it."""

    figure: Figure
    lead: Lead
    each: bool = False
    shared: bool = False  # 分别 stands before the list


def figures(text: str) -> tuple[Figure, ...]:
    """All figures of a text, in order, never overlapping.

    Args:
        text: Any text, a sentence or a whole report; full-width digits and signs are understood.

    Returns:
        Figures with offsets into `text` as given.
    """
    flat = plain(text)
    marks = quotation_marks(flat)
    items: list[_Item] = []
    at = 0
    while found := _SCAN.search(flat, at):
        item, at = _read(flat, found, marks, items[-1] if items else None)
        if item:
            items.append(item)
    return tuple(replace(i.figure, raw=text[i.figure.start : i.figure.end]) for i in items)


def _read(text: str, found: re.Match[str], marks: bytearray, last: _Item | None) -> tuple[_Item | None, int]:
    """The figure at a match of `_SCAN`, if it is one, and where to search on."""
    low = last.figure.end if last else 0
    if found["left"]:
        item, end = _ratio(text, found, low), found.end("right")
    elif found["below"] or found["under"] or found["double"] or found["half"]:
        item, end = (None if marks[found.start()] else _special(text, found, low)), found.end()
    else:
        quantity = read_quantity(text, found.start())
        if quantity is None:
            return None, found.end()
        item, end = _plain(text, quantity, marks[found.start()], last), max(quantity.stop, found.start() + 1)
    return item, item.figure.end if item else end


def _special(text: str, found: re.Match[str], low: int) -> _Item | None:
    """三分之一, 百分之五, 翻一番, 一半, 过半."""
    lead = before(text, low, found.start())
    change, value, unit, word = lead.change, Decimal(50), "%", "半"
    if found["below"] or found["under"]:
        below, above = _number(found["below"] or found["under"]), _number(found["above"] or found["over"])
        if not below or above is None or (found["under"] and above >= below):
            return None
        word, unit = "分之", "‰" if found["below"] == "千" else "%"
        value = above if unit == "‰" else above * 100 / below
    elif found["double"]:
        times = _number(found["times"] or "一") or Decimal(1)
        value, change, word = (2**times - 1) * 100, "翻番", "番"
    elif found["half"] == "过半":
        lead = replace(lead, bound="超")
    after, end = suffix(text, found.end())
    value = -value if change == "下降" else value
    return _Item(Figure(lead.start, end, "", float(value), None, unit, word, _choose(lead, after), change), lead)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text.isascii() else chinese_number(text)


def _ratio(text: str, found: re.Match[str], low: int) -> _Item | None:
    """1:2.1, only where the words say that it is a ratio (8:30 is a time); three parts make no figure."""
    start, end = found.start(), found.end("right")
    named = _RATIO_BEFORE.search(text, max(0, start - 12), start) or _RATIO_AFTER.match(text, end)
    left, right = (Decimal(found[side].replace(",", "")) for side in ("left", "right"))
    if not named or not left or found["third"]:
        return None
    lead = before(text, low, start)
    after, end = suffix(text, end)
    return _Item(Figure(lead.start, end, "", float(right / left), None, "比", "比", _choose(lead, after), ""), lead)


def _choose(lead: Lead, after: str, few: str = "", far: str = "") -> str:
    bound = lead.bound if lead.bound != "达到" else ""
    return bound or after or few or far or lead.aim or lead.bound


def _plain(text: str, quantity: Quantity, mark: int, last: _Item | None) -> _Item | None:
    """A number with its unit, unless it is a name."""
    if not (quantity.unit or quantity.stands_alone) or is_name(text, quantity, mark):
        return None
    low = last.figure.end if last else 0
    start, per = quantity.start, ""
    if quantity.unit and quantity.unit.unit.base in _CONCENTRATED and (volume := _EACH_VOLUME.search(text, low, start)):
        start, per = volume.start(), "/" + volume["per"]
    lead = before(text, low, start, bare=quantity.bare)
    if quantity.bare and not (quantity.few or lead.bound):
        return None
    follows = last if last and _continues(text, last, lead.start) else None
    each = is_each(text, low, start) or bool(follows and follows.each)
    value, upper, unit = quantity.values(each=each)
    if follows and follows.figure.unit == unit + per:
        lead = _take_over(lead, follows)
    if lead.verb == IMPROVES and unit not in GRADED:
        lead = replace(lead, change="")
    value, upper, change = _signed(value, upper, lead.change)
    far = _distance(text, lead.start, last) if unit == "百分点" and not change else ""
    after, end = suffix(text, quantity.stop)
    figure = Figure(
        start=lead.start,
        end=end,
        raw="",
        value=float(value),
        high=None if upper is None else float(upper),
        unit=unit + per,
        written_unit=quantity.written_unit + per,
        qualifier=_choose(lead, after, quantity.few, far),
        change=change,
    )
    return _Item(figure, replace(lead, change=change), each, bool(follows and follows.shared) or is_shared(text, low, start))


def _distance(text: str, at: int, last: _Item | None) -> str:
    """高于全国2个百分点、全省1个百分点: the second lies above, too."""
    low = last.figure.end if last else 0
    said = distance(text, low, at)
    if not said and last and last.figure.unit == "百分点" and _ALSO.fullmatch(text, low, at):
        return last.figure.qualifier if last.figure.qualifier in ("高于", "低于") else ""
    return said


def _continues(text: str, last: _Item, start: int) -> bool:
    """Whether nothing but a mark of a list stands between two figures; a comma is one only after 分别."""
    gap = _AND.fullmatch(text, last.figure.end, start)
    return gap is not None and (last.shared or gap[0].strip() not in (",", ";"))


def _take_over(lead: Lead, last: _Item) -> Lead:
    bound = last.lead.bound if last.shared else ""
    return replace(lead, bound=lead.bound or bound, aim=lead.aim or last.lead.aim, change=lead.change or last.lead.change)


def _signed(value: Decimal, upper: Decimal | None, change: str) -> tuple[Decimal, Decimal | None, str]:
    """A decline is negative; a growth of -3% is a decline."""
    if change == "增长" and value < 0 and upper is None:
        change = "下降"
    if change != "下降":
        return value, upper, change
    if upper is None:
        return -abs(value), None, change
    ends = sorted((-abs(value), -abs(upper)))
    return ends[0], ends[1], change


def format_figure(figure: Figure) -> str:
    """Words that `figures` reads back to the same value, high, unit, qualifier and change.

    Args:
        figure: A figure as `figures` gives it.

    Returns:
        Such as 力争增长6%, 突破3900亿元, 下降3—5%, 22.3万户.
    """
    qualifier = figure.qualifier
    aim = qualifier if qualifier in AIMED else ""
    prefix = qualifier if qualifier in BEFORE or qualifier == "达到" else ""
    behind = qualifier if qualifier in BEHIND else ""
    if figure.unit == "比":
        return f"比例{aim}{prefix}1:{_digits(Decimal(repr(figure.value)))}{behind}"
    if figure.change == "翻番":
        times = (round(figure.value) // 100 + 1).bit_length() - 1
        return f"{aim}{prefix}翻{'一两三四五六七八九'[times - 1]}番{behind}"
    return f"{aim}{figure.change}{prefix}{_amount(figure)}{behind}"


def _amount(figure: Figure) -> str:
    """Number and unit, with a magnitude where it reads better."""
    ends = [Decimal(repr(end)) for end in (figure.value, figure.high) if end is not None]
    if figure.change == "下降":
        ends = sorted(abs(end) for end in ends)
    scale, power, unit = _scale(max(ends, key=abs), figure.unit)
    few = "余" if figure.qualifier == "余" else ""
    words = [("几" if figure.qualifier == "几" else "") + _digits(end.scaleb(-power)) for end in ends]
    if min(ends) < 0:
        return "至".join(word + scale + few + unit for word in words)
    return "—".join(words) + scale + few + unit


def _scale(value: Decimal, unit: str) -> tuple[str, int, str]:
    """Magnitude word, the power of ten by which the value is divided for it, and the unit word."""
    size = abs(value)
    if unit.startswith("亿"):
        if size >= 10**4:
            return "万亿", 4, unit[1:]
        return ("亿", 0, unit[1:]) if size >= 1 else ("万", -4, unit[1:])
    if not unit:
        return "万", 4, ""
    word = "个" + unit if unit in ("百分点", "千分点", "工作日") else unit
    if unit not in _UNSCALED:
        for scale, power in (("亿", 8), ("万", 4)):
            if size >= 10**power and size.scaleb(2 - power) % 1 == 0:
                return scale, power, word
    return "", 0, word


def _digits(value: Decimal) -> str:
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
