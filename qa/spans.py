"""What is marked in a hit: the words it shares with the question, and the words of its sentence that answer.

The answer is the best of all runs of the sentence (`span_candidates`) by a fitted score (`span_model`) over what is known
of each (`span_features`). It was fitted on questions of our own with marked answers (`models/fit_spans.py`), never on
reports that quality is measured on.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index.encoder import StaticEncoder
from index.records import Span
from index.text import plain
from index.words import words
from qa.figures import figures
from qa.question import Query
from qa.span_candidates import clause_bounds
from qa.span_features import describe
from qa.span_model import expected, span_model

_QUANTITY = re.compile(r"多少|几(?!乎)|百分之|how (?:much|many|fast|large)", re.I)
_BESIDE = 8  # characters between two figures that answer a question for two (多少亿，增长几个点)


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


def answer_span(encoder: object, sentence: str, query: Query) -> str:
    """The words of the sentence that answer; without a static model the first figure where one is wanted."""
    if not isinstance(encoder, StaticEncoder):
        first = next(iter(figures(sentence)), None) if query.wants == "figure" else None
        return first.raw if first else ""
    if not clause_bounds(sentence):
        return ""
    described = describe(encoder, sentence, query)
    spans = described.runs.spans
    start, end = spans[int(expected(spans, span_model().scores(described)).argmax())].tolist()
    if (start, end) in described.runs.quoted and sentence[start] == "“":
        start, end = start + 1, end - 1
    text = sentence[start:end]
    return with_second_figure(sentence, text, query) if any(f.raw == text for f in described.runs.figures) else text


def with_second_figure(sentence: str, figure: str, query: Query) -> str:
    """A figure together with the one right behind it where the question asks for two (多少亿，增长几个点)."""
    start = sentence.find(figure)
    if start < 0 or len(_QUANTITY.findall(query.text)) < 2:
        return figure
    end = start + len(figure)
    after = next((f for f in figures(sentence) if 0 < f.start - end <= _BESIDE), None)
    return sentence[start : after.end] if after else figure
