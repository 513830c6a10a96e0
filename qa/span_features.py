"""What is known of every candidate of a sentence: its likeness to the question, its neighbours, its form.

All of a sentence's candidates are described at once from running sums over its pieces; the score over these features is
`qa/span_model.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoder import StaticEncoder, Vectors
from index.text import plain
from qa.naming import name_spans
from qa.question import Query
from qa.span_candidates import Offsets, Runs, runs
from qa.span_forms import FORMS, WANTS, asked_noun, form_columns
from qa.span_marks import AFTER, BEFORE, figure_columns, mark_columns
from qa.span_pieces import Pieces, pieces_of

_ALIKE = 0.5  # cosine of two pieces from which one says the other
_NEAR = 3  # pieces beside a candidate that are looked at

_ITEM = re.compile(r"[,、;:。!?]")

FEATURES = (
    "characters",
    "characters, log",
    "share of the sentence",
    "pieces, log",
    "whole clause",
    "from the clause's start",
    "to the clause's end",
    "clauses more than one",
    "first clause",
    "last clause",
    "clauses of the sentence, log",
    "place in the sentence",
    "cosine",
    "cosine of the clauses",
    "cosine of the clauses below the best",
    "cosine of the clause before",
    "cosine of the clause behind",
    "clauses behind the best one",
    "clauses before the best one",
    "is the best clause",
    "question said inside",
    "question said in the clauses",
    "question said just before",
    "question said just behind",
    "question said only in the clause's rest",
    "cosine of the items",
    "cosine of the items below the best",
    "cosine of the items below the best with a figure",
    "is the best item",
    "question said in the items",
    "question said in the items below the best",
    "behind the words of the question",
    "likeness of the first piece",
    "likeness of the last piece",
    "likeness of the piece before",
    "likeness of the piece behind",
    "new to the question",
    "weight of what is new, log",
    "characters of the question inside",
    "noun asked, first piece",
    "noun asked, last piece",
    "noun asked, piece before",
    "noun asked, piece behind",
    "noun asked, inside",
    "ends as the noun asked",
    "noun asked follows",
    "is a figure",
    "starts with a figure",
    "ends with a figure",
    "figures inside",
    "holds some figure",
    "figures in the sentence, log",
    "figures left of it",
    "percentage",
    "money",
    "count",
    "no unit",
    "unit asked for",
    "percentage asked for",
    "percentage not asked for",
    "change",
    "is quoted",
    "is quoted without marks",
    "holds a quotation",
    "cuts a quotation",
    "is a name",
    "is a date",
    "holds a date",
    "commas of a list",
    "is quoted, a name asked",
    "starts with a quotation, a name asked",
    "is a date, a time asked",
    *BEFORE,
    *AFTER,
)

COLUMNS = (*FEATURES, *(f"wants {want}" for want in WANTS), *(f"asks {form}" for form in FORMS))


@dataclass(frozen=True)
class Described:
    """Candidates of a sentence under a question.

    Attributes:
        runs: the candidates.
        form: the question's columns (`WANTS`, `FORMS`), float32.
        features: one row a candidate in the order of `FEATURES`, float32 (n, features).
        pieces: the sentence and the question piece by piece.
    """

    runs: Runs
    form: Vectors
    features: Vectors
    pieces: Pieces


def describe(encoder: StaticEncoder, sentence: str, query: Query) -> Described:
    """The candidates of a sentence with all that their score is made of."""
    ids, offsets = encoder.pieces(sentence)
    asked, _ = encoder.pieces(query.topic)
    found = runs(sentence, offsets)
    flat, question = plain(sentence), plain(query.text)
    columns: dict[str, NDArray[np.generic]] = {}
    first, last = _rows(offsets, found.spans)
    norms = encoder.norms[ids]
    units = np.zeros((len(ids) + 2, encoder.dimension), np.float32)
    units[1:-1] = encoder.weights[ids] / norms[:, None]
    left = encoder.weights[asked] / encoder.norms[asked][:, None]
    weights = encoder.norms[asked] / max(float(encoder.norms[asked].sum()), 1e-9)
    near = left @ units.T  # (question pieces, pieces + 2)
    _shape(columns, found, flat, first, last)
    around = _likeness(columns, found, flat, encoder.weights[ids], encoder.weights[asked].sum(0), offsets)
    _said(columns, found, near, weights, norms, first, last, offsets, around)
    columns["characters of the question inside"] = _share_of(question, flat, found.spans)
    _noun(columns, encoder, question, flat, found.spans, units, first, last)
    figure_columns(columns, found, question, flat)
    mark_columns(columns, found, question, flat)
    bounds = [(a, b) for a, b in found.bounds.tolist()]
    names = name_spans(encoder, sentence, query, bounds) if query.wants != "figure" else []
    columns["is a name"] = np.asarray([tuple(span) in names for span in found.spans.tolist()])
    features = np.stack([np.asarray(columns[name], np.float32) for name in FEATURES], 1)
    pieces = pieces_of(encoder, flat, ids, offsets, found, asked, question)
    return Described(found, form_columns(query, question), features, pieces)


def _rows(offsets: Offsets, spans: Offsets) -> tuple[Offsets, Offsets]:
    """Rows (1 is the first piece) of each span's first and last piece; a span without one has last = first - 1."""
    first = np.searchsorted(offsets[:, 0], spans[:, 0], "left") + 1
    last = np.searchsorted(offsets[:, 1], spans[:, 1], "right")
    return first, np.maximum(last, first - 1)


def _shape(columns: dict[str, NDArray[np.generic]], found: Runs, flat: str, first: Offsets, last: Offsets) -> None:
    spans, clauses, bounds = found.spans, found.clauses, found.bounds
    length = spans[:, 1] - spans[:, 0]
    at_start, at_end = spans[:, 0] == bounds[clauses[:, 0], 0], spans[:, 1] == bounds[clauses[:, 1], 1]
    columns |= {
        "characters": np.minimum(length, 60) / 60,
        "characters, log": np.log(length) / 4,
        "share of the sentence": length / max(1, len(flat)),
        "pieces, log": np.log1p(last - first + 1) / 3,
        "whole clause": at_start & at_end,
        "from the clause's start": at_start & ~at_end,
        "to the clause's end": at_end & ~at_start,
        "clauses more than one": clauses[:, 1] - clauses[:, 0],
        "first clause": clauses[:, 0] == 0,
        "last clause": clauses[:, 1] == len(bounds) - 1,
        "clauses of the sentence, log": np.full(len(spans), np.log(len(bounds)) / 2),
        "place in the sentence": spans[:, 0] / max(1, len(flat)),
    }


def _likeness(
    columns: dict[str, NDArray[np.generic]], found: Runs, flat: str, vectors: Vectors, topic: Vectors, offsets: Offsets
) -> Offsets:
    sums = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), np.cumsum(vectors, 0, dtype=np.float32)])
    topic = topic / max(float(np.linalg.norm(topic)), 1e-9)

    def cosine(spans: Offsets) -> Vectors:
        first, last = _rows(offsets, spans)
        total = sums[last] - sums[first - 1]
        return np.asarray(total @ topic / np.maximum(np.linalg.norm(total, axis=1), 1e-6), np.float32)

    items = _items(flat, found)
    low, high = np.searchsorted(items[:, 0], found.spans[:, 0], "right") - 1, np.searchsorted(items[:, 0], found.spans[:, 1], "left") - 1
    each, around = cosine(items), np.stack([items[low, 0], items[high, 1]], 1)
    numbered = np.asarray([any(a <= f.start < b for f in found.figures) for a, b in items.tolist()])
    of_items = cosine(around)
    single = np.pad(cosine(found.bounds), 1)  # clauses with nothing before the first and behind the last
    a, b = found.clauses[:, 0], found.clauses[:, 1]
    outer = np.stack([found.bounds[a, 0], found.bounds[b, 1]], 1)
    whole = cosine(outer)
    best = int(single[1:-1].argmax())
    columns |= {
        "cosine": cosine(found.spans),
        "cosine of the clauses": whole,
        "cosine of the clauses below the best": single[best + 1] - whole,
        "cosine of the clause before": single[a],
        "cosine of the clause behind": single[b + 2],
        "clauses behind the best one": np.clip(a - best, 0, 3) / 3,
        "clauses before the best one": np.clip(best - b, 0, 3) / 3,
        "is the best clause": (a <= best) & (best <= b),
        "cosine of the items": of_items,
        "cosine of the items below the best": each.max() - of_items,
        "cosine of the items below the best with a figure": (each[numbered].max() if numbered.any() else 0.0) - of_items,
        "is the best item": (low <= each.argmax()) & (each.argmax() <= high),
    }
    return around


def _items(flat: str, found: Runs) -> Offsets:
    """A sentence cut at every mark, also at 、, and behind every figure: what one figure or name is said of."""
    cuts = {0, len(flat), *(m.end() for m in _ITEM.finditer(flat)), *(f.end for f in found.figures)}
    edges = np.asarray(sorted(cuts), np.int64)
    return np.stack([edges[:-1], edges[1:]], 1)


def _said(
    columns: dict[str, NDArray[np.generic]],
    found: Runs,
    near: Vectors,
    weights: Vectors,
    norms: Vectors,
    first: Offsets,
    last: Offsets,
    offsets: Offsets,
    around: Offsets,
) -> None:
    """How much of the question the candidate says itself, how much stands beside it, and what it adds."""
    size = near.shape[1]
    alike = near.max(0) if len(near) else np.zeros(size, np.float32)
    # said[i, j]: weighted best likeness of every piece of the question within rows i to j
    upper = np.triu(np.ones((size, size), bool))
    spread = np.where(upper[:, None, :], near[None], -1.0)
    said = np.maximum(np.einsum("q,iqj->ij", weights, np.maximum.accumulate(spread, 2)), 0) if len(near) else np.zeros((size, size))
    none = last < first
    low, high = _rows(offsets, np.stack([found.bounds[found.clauses[:, 0], 0], found.bounds[found.clauses[:, 1], 1]], 1))
    before, behind = np.maximum(first - _NEAR, low), np.minimum(last + _NEAR, high)
    inside = np.where(none, 0, said[first.clip(0, size - 1), last])
    clause = said[low.clip(0, size - 1), np.maximum(high, low).clip(0, size - 1)]
    item_low, item_high = _rows(offsets, around)
    item = np.where(item_high < item_low, 0, said[item_low.clip(0, size - 1), item_high])
    peaks = offsets[near[:, 1:-1].argmax(1), 1] if len(near) and size > 2 else np.zeros(len(near), np.int64)
    sure = weights * near.max(1) if len(near) else weights
    gap = found.spans[:, :1] - peaks[None]
    behind_words = np.where(gap >= 0, np.minimum(gap, 40), np.minimum(40, 20 - gap)) @ sure / max(float(sure.sum()), 1e-9) / 40
    new = np.concatenate([[0], np.cumsum(norms * (alike[1:-1] < _ALIKE))])
    total = np.concatenate([[0], np.cumsum(norms)])
    added, whole = new[last] - new[first - 1], total[last] - total[first - 1]
    columns |= {
        "question said inside": inside,
        "question said in the clauses": clause,
        "question said in the items": item,
        "question said in the items below the best": item.max() - item,
        "behind the words of the question": behind_words,
        "question said just before": np.where(before < first, said[before, np.maximum(first - 1, before)], 0),
        "question said just behind": np.where(behind > last, said[np.minimum(last + 1, behind), behind], 0),
        "question said only in the clause's rest": clause - inside,
        "likeness of the first piece": alike[first.clip(0, size - 1)],
        "likeness of the last piece": alike[last],
        "likeness of the piece before": alike[first - 1],
        "likeness of the piece behind": alike[last + 1],
        "new to the question": added / np.maximum(whole, 1e-6),
        "weight of what is new, log": np.log1p(added / max(float(norms.mean()) if len(norms) else 1.0, 1e-6)) / 3,
    }


def _share_of(question: str, flat: str, spans: Offsets) -> Vectors:
    known = set(question)
    sums = np.concatenate([[0], np.cumsum([c in known for c in flat])])
    return np.asarray((sums[spans[:, 1]] - sums[spans[:, 0]]) / np.maximum(spans[:, 1] - spans[:, 0], 1), np.float32)


def _noun(
    columns: dict[str, NDArray[np.generic]],
    encoder: StaticEncoder,
    question: str,
    flat: str,
    spans: Offsets,
    units: Vectors,
    first: Offsets,
    last: Offsets,
) -> None:
    """Likeness of the noun asked for (哪个村, how many villages) to the candidate's ends and to what stands beside it."""
    noun = asked_noun(question)
    ids, _ = encoder.pieces(noun)
    size = len(units)
    alike = (units @ (encoder.weights[ids] / encoder.norms[ids][:, None]).T).max(1) if len(ids) else np.zeros(size, np.float32)
    upper = np.where(np.triu(np.ones((size, size), bool)), alike[None], -1.0)
    inside = np.maximum.accumulate(upper, 1)
    chinese = noun and not noun.isascii()
    columns |= {
        "noun asked, first piece": alike[first.clip(0, size - 1)],
        "noun asked, last piece": alike[last],
        "noun asked, piece before": alike[first - 1],
        "noun asked, piece behind": alike[last + 1],
        "noun asked, inside": np.where(last < first, 0, inside[first.clip(0, size - 1), last]),
        "ends as the noun asked": np.asarray([bool(chinese) and flat[b - 1] in (noun[-1], noun[0]) for _, b in spans.tolist()]),
        "noun asked follows": np.asarray([bool(chinese) and flat.startswith(noun[0], b) for _, b in spans.tolist()]),
    }
