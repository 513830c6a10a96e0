"""Which of two places is ahead, said only where unit, time and bounds of both figures allow it; else why not."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.comparison import Row, Verdict
from qa.match import COUNTED

# A bound stands close to the true value: 超700家 is hardly 900. Shares of the value.
SLACK = 0.1
ABOUT = 0.05
_ABOVE = ("超", "突破", "余")
_BELOW = ("近",)
_NEARLY = ("约", "左右", "几", "预计")
_MORE = {"公里": "更长", "米": "更长", "亿元": "更大", "亩": "更大", "吨": "更大", "平方公里": "更大", "平方米": "更大"}
_COUNTS = ("天", "人", "人次", "张", "套", "辆", "台", "头", "场", "条", "本", "标箱", "座")
_OPEN_ABOVE = ("以上", "不低于", "高于")
_OPEN_BELOW = ("以内", "以下", "不高于", "低于")


def span_of(row: Row) -> tuple[float, float]:
    """The values a figure leaves open, lower and upper end; targets count as the number aimed at."""
    value = row.value or 0.0
    if row.high is not None:
        return value, row.high
    size = abs(value)
    if row.kind == "target":
        return value, value
    if row.qualifier in _ABOVE:
        return value, value + SLACK * size
    if row.qualifier in _BELOW:
        return value - SLACK * size, value
    if row.qualifier in _NEARLY:
        return value - ABOUT * size, value + ABOUT * size
    if row.qualifier in _OPEN_ABOVE:
        return value, math.inf
    if row.qualifier in _OPEN_BELOW:
        return -math.inf, value
    return value, value


def judge(rows: Sequence[Row], cities: Sequence[str], indicator: str) -> Verdict | None:
    """The verdict for two places, None for any other number of places.

    Args:
        rows: Rows of the comparison.
        cities: The places asked about, in the question's order.
        indicator: Name of what is compared.
    """
    if len(cities) != 2:
        return None
    picked: list[Row] = []
    for city in cities:
        own = [row for row in rows if row.city == city and not row.absent and row.value is not None]
        if not own:
            return Verdict(
                "absent",
                f"{city}的报告未提及{indicator}，无法比较。",
                f"The report of {city} does not tell this figure, so they cannot be compared.",
            )
        picked.append(max(own, key=lambda row: (row.year or 0, row.score)))
    return _of_two(picked[0], picked[1], indicator)


def _of_two(a: Row, b: Row, indicator: str) -> Verdict:
    one, two = (f"{row.city}{'下降' if row.change == '下降' else ''}{row.raw}" for row in (a, b))
    if a.unit != b.unit:
        return Verdict(
            "unit", f"单位不同（{one}，{two}），无法直接比较。", f"The units differ ({a.raw} and {b.raw}), so they cannot be compared."
        )
    if (a.year, a.kind) != (b.year, b.kind):
        return Verdict(
            "period",
            f"时间口径不同（{a.city}{_when(a)}，{b.city}{_when(b)}），无法直接比较。",
            f"The figures are of different times ({a.city}: {a.year} {a.kind}, {b.city}: {b.year} {b.kind}), so they cannot be compared.",
        )
    if a.note != b.note or a.change != b.change:
        return Verdict(
            "measure",
            f"口径不同（{a.city}{_measure(a)}，{b.city}{_measure(b)}），无法直接比较。",
            f"One figure is what was added or a change, the other is not ({a.raw} and {b.raw}), so they cannot be compared.",
        )
    (low_a, high_a), (low_b, high_b) = span_of(a), span_of(b)
    if low_a == high_a == low_b == high_b:
        return Verdict("equal", f"两地{indicator}相同：{one}，{two}。", f"Both are equal: {a.raw} and {b.raw}.")
    more = _MORE.get(a.unit, "更多" if a.unit in COUNTED or a.unit in _COUNTS else "更高")
    if low_a >= high_b:
        return Verdict("larger", f"{a.city}的{indicator}{more}：{one}，{two}。", f"{a.city} is ahead: {a.raw} against {b.raw}.")
    if low_b >= high_a:
        return Verdict("smaller", f"{b.city}的{indicator}{more}：{two}，{one}。", f"{b.city} is ahead: {b.raw} against {a.raw}.")
    return Verdict(
        "close",
        f"两地数字带有限定（{one}，{two}），不足以判断高低。",
        f"With their qualifiers the figures are too close to tell: {a.raw} and {b.raw}.",
    )


def _when(row: Row) -> str:
    return f"{row.year or ''}年{'目标' if row.kind == 'target' else '完成'}"


def _measure(row: Row) -> str:
    return f"{row.note or row.change or '总量'}{row.raw}"
