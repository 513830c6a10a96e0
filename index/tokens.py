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

from index.arrays import ArrayWriter
from index.encoder import StaticEncoder, Vectors
from index.ranges import edges, ranges
from index.text import clause_spans

_NAMES = ("ids", "clause_starts", "clause_norms", "sentence_starts")
_TYPES = (np.int32, np.int64, np.float32, np.int64)


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
        return cls.of_clauses(encoder, *clauses_of(sentences))[0]

    @classmethod
    def of_clauses(
        cls, encoder: StaticEncoder, clauses: Sequence[str], sentence_starts: NDArray[np.int64], bulk: bool = False
    ) -> tuple[Tokens, Vectors]:
        """The pieces of clauses that `clauses_of` cut, and the sum of each clause's piece vectors, (clauses, dimension)."""
        ids, starts = encoder.flat_ids(clauses, bulk)
        sums = encoder.sums(ids, starts)
        return cls(ids, starts, np.linalg.norm(sums, axis=1), sentence_starts), sums

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


class TokensWriter:
    """Runs of sentences written one after the other, as `Tokens.open` reads them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._arrays = {name: ArrayWriter(folder / f"{name}.npy", dtype) for name, dtype in zip(_NAMES, _TYPES, strict=True)}
        for name in ("clause_starts", "sentence_starts"):
            self._arrays[name].add(np.zeros(1, np.int64))

    def add(self, tokens: Tokens) -> None:
        """Append the pieces of the next sentences."""
        self._arrays["sentence_starts"].add(tokens.sentence_starts[1:] + self._arrays["clause_norms"].count)
        self._arrays["clause_starts"].add(tokens.clause_starts[1:] + self._arrays["ids"].count)
        self._arrays["clause_norms"].add(tokens.clause_norms)
        self._arrays["ids"].add(tokens.ids)

    def close(self) -> None:
        """Finish the files."""
        for array in self._arrays.values():
            array.close()


def clauses_of(sentences: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """The clauses of sentences one after the other, and where each sentence starts among them, (sentences + 1,)."""
    clauses: list[str] = []
    starts = np.zeros(len(sentences) + 1, np.int64)
    for number, sentence in enumerate(sentences, 1):
        clauses += [sentence[a:b] for a, b in clause_spans(sentence, (0, len(sentence)))] or [sentence]
        starts[number] = len(clauses)
    return clauses, starts


def add_runs(values: Vectors, bounds: NDArray[np.int64]) -> Vectors:
    """Sum of each run of rows, as `run_sums`; a product with a sparse matrix, ten times as fast on long columns."""
    from scipy.sparse import csr_array

    matrix = csr_array((np.ones(len(values), np.float32), np.arange(len(values)), bounds), shape=(len(bounds) - 1, len(values)))
    return np.asarray(matrix @ values, np.float32)


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
