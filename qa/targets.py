"""Target against result: inside one report (last year's result beside this year's target) and from report to report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from index.encoder import Encoder
from index.library import Library, Scope
from qa.compare import compare_figures
from qa.comparison import Row
from qa.indicator import Indicator, read_indicator
from qa.places import Places
from qa.question import understand

MET, MISSED, UNTOLD, APART = "完成", "未完成", "未披露", "口径不同"
ENGLISH = {MET: "met", MISSED: "missed", UNTOLD: "not told", APART: "not comparable"}
# Where less is better: a rate that is kept down, a load that is cut.
_KEPT_DOWN = re.compile(r"失业率|消费价格|物价|PM2\.5|PM10|能耗|排放|倍差|收入比|事故|死亡")
_CEILING = ("以内", "以下", "不高于", "低于")


@dataclass(frozen=True)
class Aim:
    """One document's target with what became of it.

    Attributes:
        before: The result the same report tells of the year before; absent where it tells none.
        target: The report's own target.
        result: What the next year's report of the place tells of the target's year; None where the library has no such
            report.
        status: 完成, 未完成, 未披露 or 口径不同; "" where there is no target or no later report.
    """

    city: str
    title: str
    file: str
    before: Row
    target: Row
    result: Row | None = None
    status: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "city": self.city,
            "title": self.title,
            "file": self.file,
            "before": self.before.as_json(),
            "target": self.target.as_json(),
            "result": self.result.as_json() if self.result else None,
            "status": self.status,
        }


def targets(library: Library, encoder: Encoder, places: Places, question: str, cities: Sequence[str] | None = None) -> tuple[Aim, ...]:
    """For every document of the places its target beside the result before it, and the result told a year later.

    Args:
        library: Of the engine.
        encoder: Of the engine.
        places: Of the engine.
        question: Names the indicator (GDP增长, 城镇新增就业), and the places where `cities` is None.
        cities: `Meta.city` of the places.

    Raises:
        QuestionError: The question is empty or too long.
    """
    query = understand(question, places)
    wanted = tuple(cities) if cities is not None else query.cities
    documents = library.documents_in(Scope(cities=wanted))
    plain = replace(read_indicator(query, encoder), years=(), text=False)
    aims = compare_figures(library, encoder, replace(plain, kind="target"), documents)
    told = _results(library, encoder, plain, documents, aims)
    followers = _followers(library, documents)
    return tuple(_aim(number, told, aim, followers) for number, aim in zip(documents, aims, strict=True))


def _results(
    library: Library, encoder: Encoder, plain: Indicator, documents: Sequence[int], aims: Sequence[Row]
) -> dict[tuple[int, bool], Row]:
    """(document, whether as growth) -> the result told; a growth target is held against growth, a level against a level."""
    found: dict[tuple[int, bool], Row] = {}
    asked = {_is_growth(aim) for aim in aims if not aim.absent} or {False}
    for growth in asked:
        indicator = replace(plain, kind="actual")
        if growth and not plain.rate:
            indicator = replace(indicator, measure="growth", units=("%",))
        for number, row in zip(documents, compare_figures(library, encoder, indicator, documents), strict=True):
            found[number, growth] = row
    for number in documents:
        for growth in (True, False):
            found.setdefault((number, growth), found.get((number, not growth)) or Row("", "", "", None, "actual"))
    return found


def _is_growth(row: Row) -> bool:
    return row.unit == "%" and row.change != ""


def _followers(library: Library, documents: Sequence[int]) -> dict[int, int]:
    """Document -> the report of the same place a year later."""
    at = {(library.documents[n].meta.city, library.documents[n].meta.year, library.documents[n].meta.kind): n for n in documents}
    out: dict[int, int] = {}
    for (city, year, kind), number in at.items():
        later = at.get((city, year + 1, kind)) if year else None
        if later is not None:
            out[number] = later
    return out


def _aim(number: int, told: dict[tuple[int, bool], Row], target: Row, followers: dict[int, int]) -> Aim:
    growth = _is_growth(target)
    result = told[followers[number], growth] if number in followers else None
    return Aim(target.city, target.title, target.file, told[number, growth], target, result, judged(target, result))


def judged(target: Row, result: Row | None) -> str:
    """完成, 未完成, 未披露 or 口径不同 for a target and the result told later; "" where one of them is not there to judge."""
    if target.absent or result is None:
        return ""
    if result.absent or result.value is None or target.value is None:
        return UNTOLD
    if result.unit != target.unit or (result.year and target.year and result.year != target.year):
        return APART
    down = target.qualifier in _CEILING or target.change == "下降" or _kept_down(target)
    return MET if (result.value <= target.value if down else result.value >= target.value) else MISSED


def _kept_down(target: Row) -> bool:
    """Whether the words right before the figure name something that is kept down."""
    at = target.figure[0] - target.sentence[0]
    return bool(_KEPT_DOWN.search(target.evidence[max(0, at - 16) : at]))
