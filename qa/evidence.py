"""Whether a sentence has the form of an answer: a figure where one is wanted, in the unit that was asked for.

A small addition to the ranking score of the best candidates; similarity alone cannot tell 成功举办博览会 from the sentence
that says how much was signed there.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index.text import plain
from qa.figures import figures
from qa.question import Query

DEPTH = 12  # candidates whose sentences are looked at
FIGURE = 0.15  # a figure where one is wanted
UNIT = 0.15  # and in the unit asked for
HEADLINE = 0.15  # taken off a headline: a short sentence that only names a theme
_SHORT = 18  # characters
_NUMBER = re.compile(r"[0-9０-９一二三四五六七八九十百千万亿两半]")
_UNITS = (
    (re.compile(r"多少个?亿|几个?亿|多少万亿|多少钱|how much money", re.I), ("亿元", "亿美元", "元")),
    (
        re.compile(r"百分之|增长?(?:了)?多少$|增速|增幅|涨幅|几个点|占比|比例|多少个?百分|percent|\brate\b|\bgrowth\b|\bshare\b", re.I),
        ("%", "百分点", "‰", "倍"),
    ),
    (re.compile(r"多少(?:万)?人次"), ("人次",)),
    (re.compile(r"多少(?:万)?(?:人|名)|几(?:万)?人|how many (?:people|jobs|workers|residents)", re.I), ("人", "名", "人次", "个")),
    (re.compile(r"多少(?:万)?公里|多长|how many (?:km|kilomet)", re.I), ("公里", "米")),
    (re.compile(r"多少(?:万)?亩|几(?:万)?亩"), ("亩", "平方公里", "平方米")),
    (re.compile(r"多少(?:万)?天|几天|how many days", re.I), ("天", "个工作日", "工作日")),
    (re.compile(r"多少(?:万)?([所座套户家条张台辆项件场头架艘列趟株斤吨])|几(?:万)?([所座套户家条张台辆项件场头架艘列趟株斤吨])"), ()),
)


def units_asked(question: str) -> tuple[str, ...]:
    """Base units that answer the question's own unit (多少亿, 几所, how many km); empty where it names none."""
    flat = plain(question)
    for pattern, units in _UNITS:
        found = pattern.search(flat)
        if found:
            return units or tuple(g for g in found.groups() if g)
    return ()


def form(query: Query, sentence: str) -> float:
    """What the form of a sentence adds to its score, higher is better, 0 where the question wants no form."""
    number = _NUMBER.search(sentence)
    headline = -HEADLINE if len(sentence) < _SHORT and not number and query.wants != "yes_no" else 0.0
    if query.wants != "figure" or not number:
        return headline
    told = _units_told(sentence)
    if not told:
        return headline
    return FIGURE + (UNIT if told.intersection(units_asked(query.text)) else 0.0)


@lru_cache(maxsize=20_000)  # the same sentences come up for many questions
def _units_told(sentence: str) -> frozenset[str]:
    """Units of the figures of a sentence; empty where it has none."""
    return frozenset(figure.unit for figure in figures(sentence))
