"""What time a figure speaks of: the passage's period, unless the words before the figure say otherwise.

前三季度, 五年来 and 到2025年 are no year's result and no year's target; 去年 and 2022年 turn a plan's sentence into a result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.records import Meta, Passage, Period
from index.text import plain

_PART = re.compile(
    r"前[一二三四两\d]个?季度|[一二三四]季度|(?:上|下)半年|1月?[-—–~至到]\d{1,2}月|前[一二三四五六七八九十\d]+个?月|\d{1,2}月份"
)
_WHOLE = re.compile(r"全年|年末|年底|一年来|过去一年|过去的一年")
_SEVERAL = re.compile(
    r"(?<![\d一二三四五六七八九十])(?:过去|近|这|本届|上届)?[三四五六七八九十两二3-9]年(?:来(?!最|首|新)|间|累计|共|合计|时间)|过去[三四五]年|近[三四五两]年|“?十[二三四五]五”?(?:期间|时期|末|以来|收官)|"
    r"20\d\d年?[-—–~至到]20\d\d年?|到20\d\d年|本届政府|五年累计|党的十[八九]大以来|未来[三四五]年|[三四五]年内"
)
_YEAR = re.compile(r"(?<![\d比较和与于第])(?P<year>20\d\d)年(?!度?(?:基础|底前|以前|之前|工作报告|政府工作))")
_LAST = re.compile(r"(?<![比较同于])(?:去年|上年)(?!同期|度?基础)")
_THIS = re.compile(r"今年(?!以来)|本年度?")
_BOOK = re.compile(r"《[^》]*》")


@dataclass(frozen=True)
class Told:
    """A figure's time: kind actual or target, or "" where unknown; `whole` is false for part of a year or several years."""

    kind: str
    year: int | None
    whole: bool = True


def told(passage: Passage, start: int, meta: Meta) -> Told:
    """The time of what stands at an offset of a passage.

    Args:
        passage: The passage, with its period.
        start: Offset of the figure.
        meta: Of its document; the year of its title tells which years it reviews and plans.
    """
    head = _BOOK.sub("", plain(passage.text[:start]))
    head = head[max(head.rfind("。"), head.rfind("\n")) + 1 :]
    period = passage.period or Period("", None)
    last_year = _review_year(period, meta)
    if _is_part(head):
        return Told(period.kind, period.year, whole=False)
    marks = [(m.end(), int(m["year"])) for m in _YEAR.finditer(head)]
    marks += [(m.end(), last_year) for m in _LAST.finditer(head) if last_year]
    marks += [(m.end(), last_year + 1) for m in _THIS.finditer(head) if last_year]
    if not marks:
        return Told(period.kind, period.year)
    year = max(marks)[1]
    if last_year is None:
        return Told(period.kind, year)
    if year <= last_year:
        return Told("actual", year)
    if period.kind == "actual" and period.year == year:
        return Told("actual", year)
    return Told("target", year)


def _is_part(head: str) -> bool:
    """Whether the words speak of part of a year or of several; 全年 after it takes that back."""
    ends = [m.end() for pattern in (_PART, _SEVERAL) for m in pattern.finditer(head)]
    return bool(ends) and not any(m.start() >= max(ends) for m in _WHOLE.finditer(head))


def _review_year(period: Period, meta: Meta) -> int | None:
    """The year that the document looks back on."""
    if period.year is None:
        return meta.year - 1 if meta.year else None
    return period.year if period.kind == "actual" else period.year - 1
