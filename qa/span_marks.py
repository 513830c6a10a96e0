"""The form of every candidate, from the text alone: the figures, names and dates in it, the marks and words beside it."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from index.text import plain
from qa.span_candidates import Runs
from qa.span_forms import PATTERNS

_UNIT_ASKED = r"(?:多少|(?<!哪)几|多大|多长)个?(?:万|亿|千|百)?"
_MONEY = re.compile(r"多少(?:钱|亿|万)|how much", re.I)

BEFORE = {
    "nothing before": "",
    "mark before": "，,。；;：:！!？?、）)",
    "quote before": "“《",
    "为 before": "为是成叫称即",
    "达 before": "达到至近超过破于",
    "在 before": "在向从往到",
    "由 before": "由被将把让使请",
    "了 before": "了得获评有出",
    "和 before": "和与及以或、",
    "的 before": "的",
}
AFTER = {
    "nothing after": "",
    "mark after": "，,。；;：:！!？?",
    "quote after": "”》",
    "的 after": "的",
    "等 after": "等",
    "为 after": "为是成入获被",
    "list after": "、和与及",
    "paren after": "（(",
}


def figure_columns(columns: dict[str, NDArray[np.generic]], found: Runs, question: str, flat: str) -> None:
    starts = {f.start: f for f in found.figures}
    ends = {f.end: f for f in found.figures}
    share, money = bool(PATTERNS["share"].search(question)), bool(_MONEY.search(question))
    names = ("is a figure", "starts with a figure", "ends with a figure", "percentage", "money", "count", "no unit",
             "unit asked for", "percentage asked for", "percentage not asked for", "change")  # fmt: skip
    table = np.zeros((len(names), len(found.spans)), np.float32)
    for i, (a, b) in enumerate(found.spans.tolist()):
        figure = ends.get(b)
        if figure is None or figure.start != a:
            table[1, i], table[2, i] = a in starts, b in ends
            continue
        percent, yuan = figure.unit in ("%", "百分点", "千分点", "‰"), "元" in figure.unit
        unit = bool(figure.unit) and re.search(_UNIT_ASKED + re.escape(figure.unit[:1]), question) is not None
        table[:, i] = (
            1, 0, 0, percent, yuan, not percent and not yuan and bool(figure.unit), not figure.unit,
            unit or (yuan and money), percent and share, percent and not share, bool(figure.change),
        )  # fmt: skip
    columns |= dict(zip(names, table, strict=True))
    edges = np.asarray([(f.start, f.end) for f in found.figures], np.int64).reshape(-1, 2)
    inside = (edges[None, :, 0] >= found.spans[:, :1]) & (edges[None, :, 1] <= found.spans[:, 1:])
    columns |= {
        "figures inside": inside.sum(1) / 3,
        "holds some figure": np.asarray(inside.any(1)),
        "figures in the sentence, log": np.full(len(found.spans), np.log1p(len(edges)) / 2),
        "figures left of it": np.minimum((edges[None, :, 1] <= found.spans[:, :1]).sum(1), 4) / 4,
    }


def mark_columns(columns: dict[str, NDArray[np.generic]], found: Runs, question: str, flat: str) -> None:
    spans = found.spans.tolist()
    before = [flat[a - 1] if a else "" for a, _ in spans]
    after = [flat[b] if b < len(flat) else "" for _, b in spans]
    for beside, groups in ((before, BEFORE), (after, AFTER)):
        for name, marks in groups.items():
            wanted = set(plain(marks)) or {""}
            columns[name] = np.asarray([c in wanted for c in beside])
    quoted, dates = set(found.quoted), set(found.dates)
    marked = np.asarray([(a, b) in quoted for a, b in spans], bool)
    bare = np.asarray([(a - 1, b + 1) in quoted for a, b in spans], bool)
    dated = np.asarray([(a, b) in dates for a, b in spans], bool)
    columns |= {
        "is quoted": marked,
        "is quoted without marks": bare,
        "holds a quotation": np.asarray([any(a <= x and y <= b for x, y in quoted) for a, b in spans]),
        "cuts a quotation": np.asarray([any(x < a < y or x < b < y for x, y in quoted) for a, b in spans]),
        "is a date": dated,
        "holds a date": np.asarray([any(a <= x and y <= b for x, y in dates) for a, b in spans]),
        "commas of a list": np.asarray([min(flat.count("、", a, b), 5) / 5 for a, b in spans]),
    }
    # The straight path cannot multiply, and such questions are too rare for the hidden layer to learn it.
    named, when = PATTERNS["named"].search(question) is not None, PATTERNS["when"].search(question) is not None
    columns["is quoted, a name asked"] = named & (marked | bare)
    columns["starts with a quotation, a name asked"] = np.asarray([named and flat[a] in "“《" for a, _ in spans])
    columns["is a date, a time asked"] = when & dated
