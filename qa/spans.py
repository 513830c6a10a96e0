"""What is marked in a hit: the words it shares with the question, and the words of its sentence that answer.

The answer is chosen among the sentence's figures, quoted names and runs of clauses by a linear score over a few
features. The weights were fitted on questions of our own with marked answers (`models/fit_spans.py`), never on reports
that quality is measured on.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoder import StaticEncoder, Vectors
from index.records import Span
from index.text import clause_spans, plain
from index.words import words
from qa.figures import figures
from qa.naming import name_span
from qa.question import Query

WEIGHTS = Path(__file__).parent / "data" / "span_weights.json"
_NAMED = re.compile(r"“[^”]{2,30}”|《[^》]{2,40}》")
_STRIP = " \n，,。；;、：:！!？?"
_LEAD = re.compile(r"^(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）.、是]|——)+")
_QUANTITY = re.compile(r"多少|几(?!乎)|百分之|how (?:much|many|fast|large)", re.I)
_BESIDE = 8  # characters between two figures that answer a question for two (多少亿，增长几个点)
_LONGEST_RUN = 3  # clauses of one answer
_PERCENT = re.compile(r"百分之|增速|增长|增幅|比例|占比|几个点|降了|涨了|percent|share|rate|growth|%", re.I)
_WHEN = re.compile(r"什么时候|何时|啥时候|哪天|哪一年|几月|\bwhen\b", re.I)
_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底)?(?:前)?|\d{4}年(?:底)?(?:前)?|(?:上|下)半年|[一二三四]季度|年底前?|汛前")

FEATURES = (
    "figure, figure wanted",
    "figure, name wanted",
    "figure, else",
    "quoted, name wanted",
    "quoted, else",
    "date, time wanted",
    "date, else",
    "clauses, figure wanted",
    "clauses more than one",
    "cosine",
    "cosine below the best clause",
    "late interaction inside",
    "late interaction of the clause",
    "unit asked for",
    "behind the nearest word of the question",
    "words of the question inside",
    "length",
    "holds a figure, figure not wanted",
    "percentage not asked for",
)


@dataclass(frozen=True)
class Candidate:
    """A run of a sentence that may be the answer: kind is figure, quoted, date or clauses."""

    kind: str
    start: int
    end: int
    unit: str = ""


def matched_words(text: str, topic: str) -> tuple[Span, ...]:
    """Sorted, non-overlapping spans of the topic's words (two characters and more) in a text."""
    pattern = _any_word(topic)
    return merge([m.span() for m in pattern.finditer(plain(text).lower())]) if pattern else ()


@lru_cache(maxsize=64)  # all hits of a question are marked with the same words
def _any_word(topic: str) -> re.Pattern[str] | None:
    """Finds any word of a topic, longest first; None where it has none of two characters and more."""
    wanted = sorted({w for w in words(topic) if len(w) > 1}, key=len, reverse=True)
    return re.compile("|".join(re.escape(w) for w in wanted)) if wanted else None


def merge(spans: list[Span]) -> tuple[Span, ...]:
    """Overlapping and touching spans made one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def candidates(sentence: str, query: Query) -> list[Candidate]:
    """Everything in a sentence that may be marked as the answer."""
    found = [Candidate("figure", f.start, f.end, f.unit) for f in figures(sentence)]
    found += [Candidate("quoted", *m.span()) for m in _NAMED.finditer(sentence) if m[0][1:-1] not in query.text]
    if _WHEN.search(query.text):
        found += [Candidate("date", *m.span()) for m in _DATE.finditer(sentence)]
    clauses = _clauses(sentence)
    for first in range(len(clauses)):
        for last in range(first, min(first + _LONGEST_RUN, len(clauses))):
            found.append(Candidate("clauses", clauses[first][0], clauses[last][1]))
    return found


def _clauses(sentence: str) -> list[Span]:
    """Clauses without the marks around them; 、 joins, because a list is one answer."""
    edges = [0, *(m.end() for m in re.finditer(r"[，；;。：:]|,(?!\d{3}\b)", sentence)), len(sentence)]
    spans: list[Span] = []
    for start, end in zip(edges, edges[1:], strict=False):
        lead = _LEAD.match(sentence[start:end])
        start += lead.end() if lead else 0
        while start < end and sentence[start] in _STRIP:
            start += 1
        while end > start and sentence[end - 1] in _STRIP:
            end -= 1
        if start < end:
            spans.append((start, end))
    return spans


def features(encoder: StaticEncoder, sentence: str, query: Query, found: list[Candidate]) -> Vectors:
    """One row of `FEATURES` for each candidate, float32."""
    ids, offsets = encoder.pieces(sentence)
    asked, _ = encoder.pieces(query.topic)
    clauses = _clauses(sentence) or [(0, len(sentence))]
    small = [c for a, b in clauses for c in clause_spans(sentence, (a, b))]
    best = max((_cosine(encoder, ids, offsets, asked, c) for c in small), default=0.0)
    near = _near(encoder, asked, ids)  # (question pieces, pieces of the sentence)
    weights = encoder.norms[asked] / max(float(encoder.norms[asked].sum()), 1e-9)
    peaks = offsets[near.argmax(1), 1] if near.size else np.zeros(0, np.int64)
    sure = weights * near.max(1) if near.size else np.zeros(0, np.float32)
    rows = np.zeros((len(found), len(FEATURES)), np.float32)
    flat = plain(query.text)
    for row, c in zip(rows, found, strict=True):
        around = next(((a, b) for a, b in small if a <= c.start < b), (c.start, c.end)) if c.kind != "clauses" else (c.start, c.end)
        inside = (offsets[:, 0] >= c.start) & (offsets[:, 1] <= c.end)
        wide = (offsets[:, 0] >= around[0]) & (offsets[:, 1] <= around[1])
        cosine = _cosine(encoder, ids, offsets, asked, around)
        gap = c.start - peaks
        distance = float(sure @ np.where(gap >= 0, np.minimum(gap, 40), np.minimum(40, 20 - gap))) / max(float(sure.sum()), 1e-9) / 40
        text = sentence[c.start : c.end]
        kind = (c.kind, query.wants)
        row[:] = (
            kind == ("figure", "figure"),
            kind == ("figure", "name"),
            c.kind == "figure" and query.wants not in ("figure", "name"),
            kind == ("quoted", "name"),
            c.kind == "quoted" and query.wants != "name",
            c.kind == "date" and bool(_WHEN.search(flat)),
            c.kind == "date" and not _WHEN.search(flat),
            kind == ("clauses", "figure"),
            c.kind == "clauses" and (sum(a >= c.start and b <= c.end for a, b in clauses) - 1),
            cosine,
            best - cosine,
            float(weights @ near[:, inside].max(1)) if inside.any() and near.size else 0.0,
            float(weights @ near[:, wide].max(1)) if wide.any() and near.size else 0.0,
            c.kind == "figure" and _unit_asked(c.unit, flat),
            distance if c.kind != "clauses" else 0.0,
            sum(ch in query.topic for ch in text) / max(1, len(text)),
            min(len(text), 60) / 60,
            c.kind == "clauses" and query.wants != "figure" and bool(re.search(r"\d", text)),
            c.kind == "figure" and c.unit == "%" and not _PERCENT.search(flat),
        )
    return rows


def _near(encoder: StaticEncoder, asked: NDArray[np.int64], ids: NDArray[np.int64]) -> Vectors:
    if not len(asked) or not len(ids):
        return np.zeros((len(asked), 0), np.float32)
    left = encoder.weights[asked] / encoder.norms[asked][:, None]
    return np.asarray(left @ (encoder.weights[ids] / encoder.norms[ids][:, None]).T, np.float32)


def _cosine(encoder: StaticEncoder, ids: NDArray[np.int64], offsets: NDArray[np.int64], asked: NDArray[np.int64], span: Span) -> float:
    inside = (offsets[:, 0] >= span[0]) & (offsets[:, 1] <= span[1])
    a, b = encoder.weights[ids[inside]].sum(0), encoder.weights[asked].sum(0)
    return float(a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9))


def _unit_asked(unit: str, question: str) -> bool:
    """Whether the question names the figure's unit right behind its question word, or asks for a share."""
    if unit in ("%", "百分点"):
        return bool(_PERCENT.search(question))
    asked = re.search(rf"(?:多少|几|多大|多长)个?(?:万|亿|千|百)?{re.escape(unit[:1])}", question)
    return bool(asked) or (unit == "亿元" and bool(re.search(r"多少(?:钱|亿|万)|how much", question, re.I)))


@cache
def span_weights() -> Vectors:
    """The fitted weights, in the order of `FEATURES`."""
    stored = json.loads(WEIGHTS.read_text("utf-8"))["weights"]
    return np.asarray([stored[name] for name in FEATURES], np.float32)


def answer_span(encoder: object, sentence: str, query: Query) -> str:
    """The words of the sentence that answer; without a static model the first figure where one is wanted."""
    found = candidates(sentence, query)
    if not found:
        return ""
    if not isinstance(encoder, StaticEncoder):
        first = next((c for c in found if c.kind == "figure" and query.wants == "figure"), None)
        return sentence[first.start : first.end] if first else ""
    best = found[int((features(encoder, sentence, query, found) @ span_weights()).argmax())]
    if query.wants == "name" and best.kind != "date":
        clause = next((c for c in _clauses(sentence) if c[0] <= best.start < c[1]), (0, len(sentence)))
        name = name_span(encoder, sentence, query, clause)
        if name:
            return sentence[name[0] : name[1]]
    text = sentence[best.start : best.end]
    return with_second_figure(sentence, text, query) if best.kind == "figure" else text


def with_second_figure(sentence: str, figure: str, query: Query) -> str:
    """A figure together with the one right behind it where the question asks for two (多少亿，增长几个点)."""
    start = sentence.find(figure)
    if start < 0 or len(_QUANTITY.findall(query.text)) < 2:
        return figure
    end = start + len(figure)
    after = next((f for f in figures(sentence) if 0 < f.start - end <= _BESIDE), None)
    return sentence[start : after.end] if after else figure
