"""What is marked in a hit: the words it shares with the question, and the answer's own words."""

from __future__ import annotations

import re

from index.records import Span
from index.text import plain
from index.words import words
from qa.figures import figures
from qa.question import Query

_NAMED = re.compile(r"“([^”]{2,30})”|《([^》]{2,40})》")


def matched_words(text: str, topic: str) -> tuple[Span, ...]:
    """Sorted, non-overlapping spans of the topic's words (two characters and more) in a text."""
    flat = plain(text).lower()
    wanted = sorted({w for w in words(topic) if len(w) > 1}, key=len, reverse=True)
    if not wanted:
        return ()
    pattern = re.compile("|".join(re.escape(w) for w in wanted))
    return merge([m.span() for m in pattern.finditer(flat)])


def merge(spans: list[Span]) -> tuple[Span, ...]:
    """Overlapping and touching spans made one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def answer_span(sentence: str, query: Query) -> str:
    """The words of the sentence that answer a question for a figure or a name; empty where the sentence is the answer.

    The figure or quoted name nearest behind a word of the question is taken, because a Chinese report puts a figure
    after what it measures.
    """
    if query.wants == "figure":
        candidates = [(f.start, f.end) for f in figures(sentence)]
    elif query.wants == "name":
        candidates = [m.span(1) if m[1] else m.span(2) for m in _NAMED.finditer(sentence)]
        candidates = [c for c in candidates if plain(sentence[c[0] : c[1]]) not in plain(query.text)]
    else:
        return ""
    if not candidates:
        return ""
    anchors = matched_words(sentence, query.topic)

    def distance(candidate: Span) -> tuple[float, int]:
        gaps = [candidate[0] - end if end <= candidate[0] else 40 + start - candidate[1] for start, end in anchors]
        return (min(gaps, default=0), candidate[0])

    start, end = min(candidates, key=distance)
    return sentence[start:end]
