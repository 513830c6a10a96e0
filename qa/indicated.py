"""A question for the figure of a known indicator: the figure itself is looked for, and its absence is an answer too.

泉州2022年的GDP有多少亿 has passages that are very near and hold only the growth rate; similarity cannot refuse them. Where
the question names an indicator of the glossary, the figure reader that compares cities decides: a figure of that
indicator, unit, tense and year, or none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.encoder import Encoder
from index.library import Library
from index.text import plain
from qa.compare import compare_figures
from qa.comparison import Row
from qa.evidence import units_asked
from qa.figures import figures
from qa.indicator import Indicator, read_indicator
from qa.question import Query
from qa.records import Hit
from qa.terms import GUESSED, canonical, groups

_PART_OF_YEAR = re.compile(r"[前一二三四]季度|上半年|下半年|\d[-—至]\d{1,2}月|五年来|到20\d\d年")
_NEAR = 20  # characters between an indicator's name and its figure
_BEHIND = 4  # between a figure and the name behind it (728个老旧小区改造完毕)
_BREAK = re.compile(r"[,，、;；]")
_LET_IN = r"[^,，、;；。0-9]{0,4}?"
MOST_TO_ASK = 100  # documents that are asked who does state the figure
MOST_DOCUMENTS = 6  # one place's reports; a question of many places is a comparison


@dataclass(frozen=True)
class Indicated:
    """What the figure reader says of a question.

    Attributes:
        indicator: what was asked.
        row: the figure in its sentence, None where the documents do not state it.
        sure: whether the question asks for the indicator and nothing besides.
        named: whether the question's own words are a name of it; else it was guessed, and None is no answer.
    """

    indicator: Indicator
    row: Row | None
    sure: bool
    named: bool = True


def indicated(library: Library, encoder: Encoder, query: Query, documents: Sequence[int]) -> Indicated | None:
    """None where the question does not ask for the figure of a known indicator in the reports of one place."""
    if not documents or len(documents) > MOST_DOCUMENTS or query.wants in ("measures", "yes_no"):
        return None
    indicator = read_indicator(query, encoder)
    if not indicator.known or indicator.text or indicator.compared:
        return None
    stated = [row for row in compare_figures(library, encoder, indicator, documents) if not row.absent]
    asked = units_asked(query.text)
    fits = not asked or not indicator.units or bool(set(asked) & set(indicator.units))  # a share of GDP is not GDP
    sure = fits and any(canonical(indicator.label) == canonical(group.label) for group in groups())
    own = {canonical(name) for group in groups() if canonical(group.label) == canonical(indicator.label) for name in group.names}
    named = any(weight > GUESSED for name, weight in indicator.names if name in own)
    return Indicated(indicator, max(stated, key=lambda row: row.score, default=None), sure, named)


def seems_told(indicator: Indicator, hit: Hit) -> bool:
    """Whether the best hit's sentence holds the indicator's name and a figure of its unit and time all the same.

    Then the figure reader did not understand a wording, and the sentence is given rather than refused.
    """
    sentence = canonical(plain(hit.sentence))
    period = hit.passage.period
    if _PART_OF_YEAR.search(sentence):
        return False
    if period and (indicator.kind and period.kind != indicator.kind or indicator.years and period.year not in indicator.years):
        return False
    told = [f for f in figures(sentence) if not indicator.units or f.unit in indicator.units]
    spans = [found.span() for name, _ in indicator.names for found in _loose(name).finditer(sentence)]
    before = [sentence[end : figure.start] for _, end in spans for figure in told if end <= figure.start]
    behind = [sentence[figure.end : start] for start, _ in spans for figure in told if figure.end <= start]
    near = [gap for gap in before if len(gap) <= _NEAR] + [gap for gap in behind if len(gap) <= _BEHIND]
    return any(not _BREAK.search(gap) for gap in near)


def _loose(name: str) -> re.Pattern[str]:
    """A name with a few characters let into it at one place (接待国内外游客)."""
    halves = [re.escape(name[:i]) + _LET_IN + re.escape(name[i:]) for i in range(2, len(name) - 1)] or [re.escape(name)]
    return re.compile("|".join(halves))


def speaking(library: Library, encoder: Encoder, indicator: Indicator) -> tuple[str, ...]:
    """The places whose reports do state an indicator's figure, in the library's order; not asked of a large library."""
    if len(library.documents) > MOST_TO_ASK:
        return ()
    rows = compare_figures(library, encoder, indicator, range(len(library.documents)))
    return tuple(dict.fromkeys(row.city for row in rows if not row.absent))
