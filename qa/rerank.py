"""The best candidates looked at again, sentence by sentence: clauses and token-level late interaction.

A sentence of a plan strings several facts together, so a clause may answer where the sentence as a whole lies far off.
Late interaction (Khattab and Zaharia 2020, ColBERT's MaxSim) asks for every word of the question how near the nearest
word of the sentence comes; here with the static model's own vectors, weighted by their raw length, which training made
long for words that tell passages apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.encoder import StaticEncoder, Vectors
from index.records import Passage
from index.text import clause_spans

DEPTH = 50  # candidates looked at; the right passage is nearly always among them


class Reranker(Protocol):
    """Looks again at the best candidates."""

    def rescore(self, topic: str, passages: Sequence[Passage]) -> tuple[Vectors, NDArray[np.int64]]:
        """For each passage a score of its best sentence (higher is better) and that sentence's number."""
        ...


@dataclass(frozen=True)
class SentenceWeights:
    """How much each view of a sentence counts; chosen on training questions that the model was not trained on."""

    sentence: float = 0.4
    clause: float = 0.4
    late: float = 0.8


class StaticReranker:
    """The default: sentences, clauses and token-level interaction with the static model's own vectors."""

    def __init__(self, encoder: StaticEncoder, weights: SentenceWeights = SentenceWeights()) -> None:  # noqa: B008 - frozen
        self._encoder = encoder
        self._weights = weights

    def rescore(self, topic: str, passages: Sequence[Passage]) -> tuple[Vectors, NDArray[np.int64]]:
        found = detail(self._encoder, topic, passages)
        w = self._weights
        scores = w.sentence * found.sentence + w.clause * found.clause + w.late * found.late
        best = np.asarray([int(scores[a:b].argmax()) for a, b in zip(found.starts, found.starts[1:], strict=False)])
        return scores[found.starts[:-1] + best], best


@dataclass(frozen=True)
class Detail:
    """Scores of the sentences of several passages, flat, with `starts` the first sentence of each passage.

    Attributes:
        starts: (passages + 1,) int64.
        sentence: cosine of question and sentence.
        clause: cosine of question and the sentence's best clause.
        late: weighted mean over the question's tokens of the best cosine in the sentence.
    """

    starts: NDArray[np.int64]
    sentence: Vectors
    clause: Vectors
    late: Vectors


def detail(encoder: StaticEncoder, topic: str, passages: Sequence[Passage]) -> Detail:
    """Score every sentence of the passages against a question's topic."""
    clauses: list[str] = []
    first_clause: list[int] = []  # of each sentence
    starts = [0]
    for passage in passages:
        for span in passage.sentences or ((0, len(passage.text)),):
            first_clause.append(len(clauses))
            clauses += [passage.text[a:b] for a, b in clause_spans(passage.text, span)] or [passage.text[span[0] : span[1]]]
        starts.append(len(first_clause))
    query = np.asarray(encoder.token_ids([topic])[0], np.int64)
    ids = encoder.token_ids(clauses)
    lengths = np.asarray([len(row) for row in ids])
    flat = np.asarray([i for row in ids for i in row], np.int64)
    first_token = np.concatenate([[0], np.cumsum(lengths)])
    sums = _sums(encoder.weights[flat], first_token[:-1], lengths)
    first = np.asarray(first_clause)
    whole = np.add.reduceat(sums, first, axis=0) if len(first) else sums
    vector = _unit(encoder.weights[query].sum(0, keepdims=True))[0]
    sentence_tokens = first_token[first]
    return Detail(
        starts=np.asarray(starts),
        sentence=_unit(whole) @ vector,
        clause=np.maximum.reduceat(_unit(sums) @ vector, first).astype(np.float32),
        late=_late(encoder, query, flat, sentence_tokens, np.append(sentence_tokens[1:], len(flat)) - sentence_tokens),
    )


def _late(
    encoder: StaticEncoder, query: NDArray[np.int64], tokens: NDArray[np.int64], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> Vectors:
    """Weighted MaxSim of each sentence, float32 in [-1, 1]; 0 for a sentence without tokens."""
    raw = encoder.weights[query]
    weights = np.linalg.norm(raw, axis=1)
    if not weights.any() or not len(tokens):
        return np.zeros(len(starts), np.float32)
    known, place = np.unique(tokens, return_inverse=True)
    near = (_unit(raw) @ _unit(encoder.weights[known]).T)[:, place]  # (question tokens, tokens)
    filled = np.flatnonzero(lengths)
    best = np.zeros((len(raw), len(starts)), np.float32)
    best[:, filled] = np.maximum.reduceat(near, starts[filled], axis=1)
    return np.asarray(weights @ best / weights.sum(), np.float32)


def _sums(rows: Vectors, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Vectors:
    """Sum of each run of rows; zero for an empty run."""
    out = np.zeros((len(starts), rows.shape[1]), np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled):
        out[filled] = np.add.reduceat(rows, starts[filled], axis=0)
    return out


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms > 0, norms, 1), np.float32)
