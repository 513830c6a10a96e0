"""Vectors in a collection of Milvus: exact while they are few, HNSW beyond; filters work inside the search."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.encoder import Vectors
from index.errors import IndexFolderError
from index.stores import Rows, VectorStore
from index.stores.milvus import Milvus

EXACT_UP_TO = 200_000  # rows; all are compared up to here, HNSW beyond
_BATCH = 1_000  # vectors sent or fetched at a time, about 1 MB
_HNSW = {"M": 32, "efConstruction": 200}
_BREADTH = 4  # HNSW looks at this many times the hits wanted
_BREADTH_LEAST = 256
_FEW = 2_000  # a filter of no more rows is answered by comparing them all


class MilvusStore:
    """One part of a generation as a collection."""

    def __init__(self, place: Milvus, part: str) -> None:
        """Open a collection.

        Raises:
            IndexFolderError: it is gone.
            StoreError: Milvus cannot be reached.
        """
        self._place, self._part = place, part
        self.count, params, index = place.open(part)
        self.dimension = int(params["dim"])
        self._exact = index == "FLAT"

    @classmethod
    def write(cls, source: VectorStore, place: Milvus, part: str, exact_up_to: int = EXACT_UP_TO) -> None:
        """Copy all vectors of a store into a new collection, batch by batch.

        Raises:
            StoreError: Milvus cannot be reached or refuses.
        """
        place.create(part, "FLOAT_VECTOR", dim=source.dimension)
        for start in range(0, source.count, _BATCH):
            rows = np.arange(start, min(start + _BATCH, source.count))
            place.insert(part, [{"row": int(r), "value": v} for r, v in zip(rows, source.vectors(rows), strict=True)])
        if source.count <= exact_up_to:
            place.finish(part, "FLAT", {})
        else:
            place.finish(part, "HNSW", _HNSW)

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        k = min(k, self.count if allowed is None else len(allowed))
        if k == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if self._exact:
            return self._place.search(self._part, query, k, allowed, {})
        if allowed is not None and len(allowed) <= _FEW:
            return self._compare(query, k, allowed)
        rows, scores = self._place.search(self._part, query, k, allowed, {"ef": max(_BREADTH * k, _BREADTH_LEAST)})
        return (rows, scores) if len(rows) == k or allowed is None else self._compare(query, k, allowed)

    def _compare(self, query: Vectors, k: int, allowed: Rows) -> tuple[Rows, Vectors]:
        """Exact search among a few rows, which a walk through the graph may miss."""
        scores = self.vectors(allowed) @ query
        best = np.argsort(-scores, kind="stable")[:k]
        return allowed[best], scores[best]

    def vectors(self, rows: Rows) -> Vectors:
        wanted, back = np.unique(np.asarray(rows, np.int64), return_inverse=True)
        out = np.zeros((len(wanted), self.dimension), np.float32)
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            found = self._place.values(self._part, part)
            if len(found) != len(part):
                raise IndexFolderError(
                    f"Milvus at {self._place.uri} lacks {len(part) - len(found)} rows of {self._place.collection(self._part)}; "
                    "rebuild the index with build_index.py --force"
                )
            out[start : start + len(part)] = [found[row] for row in part.tolist()]
        return out[back]

    def save(self, path: Path) -> None:
        """Copy the collection into a file of Milvus Lite; `path` ends in .db."""
        self.write(self, Milvus(str(path), self._place.prefix), self._part)
