"""What time a passage speaks of: `actual` (looks back on a year) or `target` (plans for it).

A work report first reviews the year before, then plans the year of its title. The turn is read from headings
(2022年工作回顾, 2023年工作安排), and where a report has none from the phrases that open a plan.
"""

from __future__ import annotations

import re

from index.records import Meta, Period

_REVIEW = re.compile(r"回顾|(?:工作|完成|执行)情况|主要成绩|取得.{0,6}成[绩效]")
_PLAN = re.compile(
    r"工作安排|重点工作|工作任务|目标任务|工作思路|工作总体|总体要求|预期目标|主要目标|工作打算|工作部署|工作目标|自身建设|今年.{0,6}工作|奋斗目标"
)
_PLAN_OPENS = re.compile(
    r"^(?:各位代表[!！:：,，]?)?\s*(?:今年|新的一年|(?P<year>20\d{2})年)[,，]?(?:是|工作的?(?:总体|指导)|我们将|全市(?:上下)?要|市政府工作)|"
    r"主要预期目标|主要目标(?:是|为)|今年(?:政府)?工作的?(?:总体|指导|基本)|做好(?:今年|20\d{2}年)|(?:重点|着力|集中精力)(?:抓好|做好).{0,12}(?:工作|方面)[:：]?$"
)
_REVIEW_OPENS = re.compile(r"^(?:过去(?:的)?一年|(?:20\d{2})年,?是.{0,30}极(?:不平凡|为)|一年来)")
_NOTES = re.compile(r"用语说明|名词解释|名词注释|^注释?$")
_YEAR = re.compile(r"(20\d{2})年")


class PeriodReader:
    """Follows a document from heading to heading and tells each passage's period.

    Only a document with a review and a plan has periods that follow from its parts; in a yearbook every passage
    looks back on the yearbook's year, in a five-year plan every passage is a target.
    """

    def __init__(self, meta: Meta) -> None:
        self._year = meta.year
        self._report = meta.kind in ("政府工作报告", "计划报告")
        self._review_year, self._plan_year = _report_years(meta)
        self._state: str | None = {"年鉴": "actual", "五年规划": "target"}.get(meta.kind)
        if self._report and meta.level != "township":
            self._state = "actual"
        elif self._report:
            self._state = "target"
        self._fixed = not self._report

    def heading(self, level: int, label: str) -> None:
        """A heading of the document, in reading order; only upper levels turn the period."""
        if _NOTES.search(label):
            self._state, self._fixed = None, True  # explanations of terms speak of no year
        if self._fixed or level > 2:
            return
        if _REVIEW.search(label) and not _PLAN.search(label):
            self._turn("actual", label)
        elif _PLAN.search(label):
            self._turn("target", label)

    def passage(self, flat: str) -> Period | None:
        """The period of the next passage in reading order, from its text in one form of punctuation."""
        if self._state is None:
            return None
        if not self._fixed and self._state == "actual":
            opens = _PLAN_OPENS.search(flat[:400])
            year = opens["year"] if opens else None
            if opens and not _REVIEW_OPENS.search(flat) and (year is None or int(year) == self._plan_year):
                self._state = "target"
        if self._fixed:
            return Period(self._state, self._year)
        return Period(self._state, self._review_year if self._state == "actual" else self._plan_year)

    def _turn(self, state: str, label: str) -> None:
        year = _YEAR.search(label)
        if year and state == "actual":
            self._review_year, self._plan_year = int(year[1]), int(year[1]) + 1
        elif year and state == "target":
            self._plan_year = int(year[1])
            self._review_year = self._plan_year - 1
        self._state = state


def _report_years(meta: Meta) -> tuple[int | None, int | None]:
    """Year looked back on and year planned: a report of 2023 reviews 2022."""
    if meta.year is None:
        return None, None
    return meta.year - 1, meta.year
