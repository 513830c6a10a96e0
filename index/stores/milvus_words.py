"""BM25 in a collection of Milvus: each passage is a sparse vector of what BM25 gives it for each of its words.

The weights are those of the default lexical index, so the inner product with a question's words (SPARSE_INVERTED_INDEX,
metric IP) is the same sum. Milvus' own BM25 function would count rarity and mean length segment by segment and cut
words with another segmenter. A passage without words is not stored: an empty sparse vector is refused.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.lexical import HEAD, Scores
from index.stores import Rows
from index.stores.milvus import MOST, Milvus

_PART = "words"
_BATCH = 2_000  # passages sent at a time


class MilvusWords:
    """`index.lexical.WordIndex` answered by Milvus; the words' numbers are read from the generation."""

    def __init__(self, place: Milvus, folder: Path) -> None:
        """Open the collection and `words.json` in `folder`.

        Raises:
            IndexFolderError: the collection is gone.
            StoreError: Milvus cannot be reached.
        """
        head = json.loads((folder / HEAD).read_text("utf-8"))
        self._place, self.count = place, int(head["count"])
        self._vocabulary: dict[str, int] = head["words"]
        if self._vocabulary:
            place.open(_PART)

    @classmethod
    def write(cls, folder: Path, place: Milvus) -> None:
        """Move what `Lexical.build` wrote into `folder` to Milvus; only `words.json` stays."""
        head = json.loads((folder / HEAD).read_text("utf-8"))
        if head["words"]:
            place.create(_PART, "SPARSE_FLOAT_VECTOR")
            for batch in _by_passage(folder):
                place.insert(_PART, batch)
            place.finish(_PART, "SPARSE_INVERTED_INDEX", {})
        for left in folder.iterdir():
            if left.name != HEAD:
                left.unlink()

    def best(self, query: Sequence[str], k: int, allowed: Rows | None = None) -> Rows:
        return self._best(query, k, allowed)[0]

    def _best(self, query: Sequence[str], k: int, allowed: Rows | None) -> tuple[Rows, Scores]:
        """The best passages with their scores, best first."""
        vector = self._vector(query)
        k = min(k, self.count if allowed is None else len(allowed))
        if not vector or k == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return self._place.search(_PART, vector, k, allowed, {})

    def scores(self, query: Sequence[str], rows: Rows) -> Scores:
        wanted, back = np.unique(np.asarray(rows, np.int64), return_inverse=True)
        out = np.zeros(len(wanted), np.float32)
        for start in range(0, len(wanted), MOST):
            part = wanted[start : start + MOST]
            found, scores = self._best(query, len(part), part)
            out[start + np.searchsorted(part, found)] = scores
        return out[back]

    def frequency(self, word: str) -> int:
        return len(self.rows_with(word))

    def holds(self, word: str, rows: Rows) -> NDArray[np.bool_]:
        return np.isin(rows, self.rows_with(word))

    def rows_with(self, word: str) -> Rows:
        if word not in self._vocabulary:
            return np.zeros(0, np.int64)
        return self._between(self._vector([word]), 0, self.count)

    def _between(self, vector: dict[int, float], start: int, end: int) -> Rows:
        """All rows from `start` to `end` that score; halved where Milvus would leave some out."""
        size = min(MOST, end - start)
        allowed = None if end - start == self.count else np.arange(start, end)
        rows, _ = self._place.search(_PART, vector, size, allowed, {})
        if len(rows) < MOST or end - start == size:
            return np.sort(rows)
        middle = (start + end) // 2
        return np.concatenate([self._between(vector, start, middle), self._between(vector, middle, end)])

    def _vector(self, query: Sequence[str]) -> dict[int, float]:
        """A question's words as a sparse vector: how often each stands there."""
        return {self._vocabulary[word]: float(n) for word, n in Counter(query).items() if word in self._vocabulary}


def _by_passage(folder: Path) -> Iterator[list[dict[str, Any]]]:
    """The weights that `Lexical.build` wrote word by word, as sparse vectors passage by passage, in batches."""
    weights, passages, starts = (np.load(folder / f"{name}.csc.index.npy", mmap_mode="r") for name in ("data", "indices", "indptr"))
    order = np.argsort(passages, kind="stable")
    words = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))[order]
    rows, first = np.unique(passages[order], return_index=True)
    last = np.append(first[1:], len(order))
    for start in range(0, len(rows), _BATCH):
        part = slice(start, start + _BATCH)
        yield [
            {"row": int(row), "value": dict(zip(words[a:b].tolist(), weights[order[a:b]].tolist(), strict=True))}
            for row, a, b in zip(rows[part], first[part], last[part], strict=True)
        ]
