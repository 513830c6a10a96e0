"""Every run of a sentence that may be its answer, as arrays of offsets.

A run starts and ends where both the model's tokenizer and the segmenter see a word's edge within one clause, or is
several whole clauses. Figures with their bounds, dates and quoted names are never cut, and no run starts or ends with a
word that only joins (的, 和, 将).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.records import Span
from index.words import word_spans
from qa.figures import Figure, figures

LONGEST_RUN = 4  # clauses of one answer
LONGEST = 16  # atoms of an answer within a clause, unless it is the whole clause
_STRIP = " \n，,。；;、：:！!？?"
_LEAD = re.compile(r"^(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）.、是]|——)+")
_CUT = re.compile(r"[，；;。：:！!？?]|(?<!\d),|,(?!\d{3}(?!\d))|——")
_NAMED = re.compile(r"“[^”]{2,30}”|《[^》]{2,40}》")
_DATE = re.compile(
    r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底)?(?:前)?|\d{4}年(?:底)?(?:前)?|(?:上|下)半年|[一二三四]季度|年底前?|汛前|第\d+[位名届]"
)
_NO_START = re.compile(r"[的了和与及而等之]|以及|并且|[^\w“《（(]")
_NO_END = re.compile(r"(?:[的了和与及而在将把被对为是以于向从由、]|[^\w”》）)%‰℃])$")

Offsets = NDArray[np.int64]


@dataclass(frozen=True)
class Runs:
    """The candidates of one sentence.

    Attributes:
        spans: characters [start, end) of each, int64 (n, 2).
        clauses: number of the first and the last clause each stands in, int64 (n, 2).
        bounds: characters [start, end) of the sentence's clauses, int64 (m, 2).
        figures: the figures of the sentence.
        quoted: its quoted names and titles, marks included.
        dates: its dates and ordinal places.
    """

    spans: Offsets
    clauses: Offsets
    bounds: Offsets
    figures: tuple[Figure, ...]
    quoted: tuple[Span, ...]
    dates: tuple[Span, ...]


def clause_bounds(sentence: str) -> list[Span]:
    """Clauses without the marks around them; 、 joins, because a list is one answer."""
    edges = [0, *(x for m in _CUT.finditer(sentence) for x in m.span()), len(sentence)]
    spans: list[Span] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        lead = _LEAD.match(sentence[start:end])
        start += lead.end() if lead else 0
        while start < end and sentence[start] in _STRIP:
            start += 1
        while end > start and sentence[end - 1] in _STRIP:
            end -= 1
        if start < end:
            spans.append((start, end))
    return spans


def runs(sentence: str, pieces: Offsets) -> Runs:
    """The candidates of a sentence with at least one clause, whose pieces stand at the given offsets, (n, 2)."""
    told = tuple(figures(sentence))
    quoted = tuple(m.span() for m in _NAMED.finditer(sentence))
    dates = tuple(m.span() for m in _DATE.finditer(sentence))
    clauses = _whole(clause_bounds(sentence), quoted)
    protected = [(f.start, f.end) for f in told] + [*dates, *quoted, *word_spans(sentence)]
    found: dict[Span, Span] = {}
    for number, clause in enumerate(clauses):
        atoms = _atoms(clause, pieces, protected)
        ends = [not _NO_END.search(sentence[a:b]) for a, b in atoms]
        for i, (start, _) in enumerate(atoms):
            if _NO_START.match(sentence, start):
                continue
            for (_, end), whole in zip(atoms[i : i + LONGEST], ends[i:], strict=False):
                if whole:
                    found[start, end] = (number, number)
        for start, end in ((a + 1, b - 1) for a, b in quoted):
            if clause[0] <= start and end <= clause[1]:
                found[start, end] = (number, number)
        for last in range(number, min(number + LONGEST_RUN, len(clauses))):
            found[clause[0], clauses[last][1]] = (number, last)
    return Runs(
        np.asarray(list(found), np.int64).reshape(-1, 2),
        np.asarray(list(found.values()), np.int64).reshape(-1, 2),
        np.asarray(clauses, np.int64).reshape(-1, 2),
        told,
        quoted,
        dates,
    )


def _whole(clauses: list[Span], quoted: tuple[Span, ...]) -> list[Span]:
    """Clauses joined where the cut lies inside a quotation."""
    joined: list[Span] = []
    for start, end in clauses:
        if joined and any(a < start < b and joined[-1][1] > a for a, b in quoted):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _atoms(clause: Span, pieces: Offsets, protected: list[Span]) -> list[Span]:
    """Pieces, words and what is never cut of a clause, in order and apart."""
    inside = [(int(a), int(b)) for a, b in pieces if clause[0] <= a and b <= clause[1]]
    inside += [(a, b) for a, b in protected if clause[0] <= a and b <= clause[1]]
    atoms: list[Span] = []
    for start, end in sorted(inside):
        if atoms and start < atoms[-1][1]:
            atoms[-1] = (atoms[-1][0], max(end, atoms[-1][1]))
        else:
            atoms.append((start, end))
    return atoms
