"""The exact numpy store: the truth that the other stores are tested against, and a fallback without FAISS."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.encoder import Vectors
from index.stores import Rows


class ExactStore:
    """All vectors in one array, every search a product with it."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = np.ascontiguousarray(vectors, np.float32)
        self.count, self.dimension = (int(n) for n in self._vectors.shape)

    @classmethod
    def open(cls, path: Path) -> ExactStore:
        return cls(np.load(path))

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        rows = np.arange(self.count, dtype=np.int64) if allowed is None else np.asarray(allowed, np.int64)
        scores = self._vectors[rows] @ query
        best = np.argsort(-scores, kind="stable")[:k]
        return rows[best], scores[best].astype(np.float32)

    def vectors(self, rows: Rows) -> Vectors:
        return self._vectors[rows]

    def save(self, path: Path) -> None:
        with path.open("wb") as out:
            np.save(out, self._vectors)
