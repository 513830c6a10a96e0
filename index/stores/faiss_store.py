"""The default store: a flat FAISS index by inner product; filters are selectors inside the search."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Vectors
from index.errors import IndexFolderError
from index.stores import Rows


class FaissStore:
    """Exact search in `faiss.IndexFlatIP`."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401 - faiss is untyped
        self._index = index
        self.count = int(index.ntotal)
        self.dimension = int(index.d)

    @classmethod
    def build(cls, vectors: Vectors) -> FaissStore:
        """A store over (count, dimension) vectors of unit length."""
        store = cls.empty(int(vectors.shape[1]))
        store.add(vectors)
        return store

    @classmethod
    def empty(cls, dimension: int) -> FaissStore:
        """A store to `add` to, batch by batch, so that a build never holds all vectors twice."""
        import faiss

        return cls(faiss.IndexFlatIP(dimension))

    def add(self, vectors: Vectors) -> None:
        """Append rows."""
        self._index.add(np.ascontiguousarray(vectors, np.float32))
        self.count = int(self._index.ntotal)

    @classmethod
    def open(cls, path: Path) -> FaissStore:
        """Raises IndexFolderError where the file is missing or damaged."""
        import faiss

        try:
            return cls(faiss.deserialize_index(np.fromfile(path, np.uint8)))
        except (RuntimeError, OSError) as error:
            raise IndexFolderError(f"{path} cannot be read; rebuild the index with build_index.py") from error

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        faiss: Any = import_module("faiss")  # its stubs do not know the numpy forms of these classes

        size = self.count if allowed is None else len(allowed)
        k = min(k, size)
        if k == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        parameters = None
        if allowed is not None:
            bits = np.zeros(self.count, bool)
            bits[allowed] = True
            packed = np.packbits(bits, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(packed))
        scores, rows = self._index.search(np.ascontiguousarray(query[None], np.float32), k, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def vectors(self, rows: Rows) -> Vectors:
        if len(rows) == 0:
            return np.zeros((0, self.dimension), np.float32)
        return np.asarray(self._index.reconstruct_batch(np.asarray(rows, np.int64)), np.float32)

    def save(self, path: Path) -> None:
        faiss: Any = import_module("faiss")

        with path.open("wb") as out:  # a file of our own, because FAISS cannot open every name on every system
            writer = faiss.PyCallbackIOWriter(out.write)
            faiss.write_index(self._index, writer)
            del writer
