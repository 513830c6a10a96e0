"""The pieces of every clause, kept so that a question can be held against single words without reading texts again.

Four arrays, memory-mapped: piece ids of all clauses one after the other, where each clause starts, the length of each
clause's summed vector, and where each sentence starts among the clauses. Only for the static model: its pieces have
vectors of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoder import StaticEncoder, Vectors
from index.text import clause_spans

_NAMES = ("ids", "clause_starts", "clause_norms", "sentence_starts")


class Tokens:
    """Pieces of all sentences by clause; rows of sentences are those of the sentence store.

    Attributes:
        ids: (pieces,) int32.
        clause_starts: (clauses + 1,) int64, into `ids`.
        clause_norms: (clauses,) float32, length of the sum of the clause's piece vectors.
        sentence_starts: (sentences + 1,) int64, into `clause_starts`.
    """

    def __init__(
        self, ids: NDArray[np.int32], clause_starts: NDArray[np.int64], clause_norms: Vectors, sentence_starts: NDArray[np.int64]
    ) -> None:
        self.ids = ids
        self.clause_starts = clause_starts
        self.clause_norms = clause_norms
        self.sentence_starts = sentence_starts

    @classmethod
    def build(cls, encoder: StaticEncoder, sentences: Sequence[str]) -> Tokens:
        """Cut the sentences into clauses and these into pieces."""
        clauses: list[str] = []
        sentence_starts = np.zeros(len(sentences) + 1, np.int64)
        for number, sentence in enumerate(sentences):
            clauses += [sentence[a:b] for a, b in clause_spans(sentence, (0, len(sentence)))] or [sentence]
            sentence_starts[number + 1] = len(clauses)
        rows = encoder.token_ids(clauses)
        starts = np.zeros(len(clauses) + 1, np.int64)
        np.cumsum([len(row) for row in rows], out=starts[1:])
        ids = np.fromiter((i for row in rows for i in row), np.int32, int(starts[-1]))
        norms = np.zeros(len(clauses), np.float32)
        for first in range(0, len(clauses), 4096):
            last = min(first + 4096, len(clauses))
            part = run_sums(encoder.weights[ids[starts[first] : starts[last]]], starts[first : last + 1] - starts[first])
            norms[first:last] = np.linalg.norm(part, axis=1)
        return cls(ids, starts, norms, sentence_starts)

    @classmethod
    def open(cls, folder: Path) -> Tokens:
        """Map what `save` wrote."""
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in _NAMES))

    def take(self, sentences: NDArray[np.int64]) -> Tokens:
        """The pieces of some sentences, in the order of their rows."""
        first, last = self.sentence_starts[sentences], self.sentence_starts[sentences + 1]
        clauses = ranges(first, last)
        starts, ends = self.clause_starts[clauses], self.clause_starts[clauses + 1]
        return Tokens(self.ids[ranges(starts, ends)], edges(ends - starts), self.clause_norms[clauses], edges(last - first))

    @classmethod
    def join(cls, parts: Sequence[Tokens]) -> Tokens:
        """Several runs of sentences one after the other."""
        return cls(
            np.concatenate([t.ids for t in parts]),
            edges(np.concatenate([np.diff(t.clause_starts) for t in parts])),
            np.concatenate([t.clause_norms for t in parts]),
            edges(np.concatenate([np.diff(t.sentence_starts) for t in parts])),
        )

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _NAMES:
            np.save(folder / f"{name}.npy", getattr(self, name))


def edges(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where runs of these lengths begin and end when they stand one after the other, (n + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def ranges(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """All numbers of the ranges [starts[i], ends[i]) one after the other."""
    lengths = np.asarray(ends) - np.asarray(starts)
    offsets = np.repeat(starts - edges(lengths)[:-1], lengths)
    return np.asarray(offsets + np.arange(int(lengths.sum())), np.int64)


def run_sums(values: NDArray[np.float32], bounds: NDArray[np.int64]) -> NDArray[np.float32]:
    """Sum of each run of rows [bounds[i], bounds[i + 1]); zero for an empty run."""
    return _runs(np.add, values, bounds)


def run_maxima(values: NDArray[np.float32], bounds: NDArray[np.int64]) -> NDArray[np.float32]:
    """Maximum of each run of rows; zero for an empty run."""
    return _runs(np.maximum, values, bounds)


def _runs(ufunc: np.ufunc, values: NDArray[np.float32], bounds: NDArray[np.int64]) -> NDArray[np.float32]:
    out = np.zeros((len(bounds) - 1, *values.shape[1:]), np.float32)
    filled = np.flatnonzero(np.diff(bounds))
    if len(filled):
        out[filled] = ufunc.reduceat(values, bounds[:-1][filled], axis=0)
    return out
