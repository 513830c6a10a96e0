"""The store for large libraries: a FAISS inverted file finds candidates, half-precision vectors on disk decide.

Two files: `NAME.half`, every vector in half precision, memory-mapped, row after row; `NAME.ivf`, a FAISS index that
keeps each vector in 8 bits a dimension in the list of the nearest of about 2 sqrt(count) centres (Jégou, Douze and Schmid
2011), read from disk as it is needed. A search looks through the lists nearest to the query, takes more candidates than
are wanted, and scores these again from their half-precision vectors, so that scores are exact to about 1e-4.

A filter works inside the search: few rows are all scored; for many the number of lists grows as their share shrinks, so
that as many allowed vectors are looked at as without a filter.
"""

from __future__ import annotations

import mmap
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.errors import IndexFolderError
from index.stores import Rows

LISTS = 256  # looked through for a query; recall against exact search in benchmarks/README.md, "Search at size"
CANDIDATES = 2  # for each row wanted, scored again
SCORED_AT_ONCE = 40_000  # rows; a filter that allows no more is searched exactly
_SAMPLE = 40  # training vectors for each centre
_BLOCK = 50_000  # rows added at a time
_SEED = 2026
_RELEASE = 100_000  # rows read, after which pages read long ago leave the process (the system keeps them in its cache)


class ApproximateStore:
    """Vectors in half precision on disk under an inverted file of their 8-bit forms."""

    def __init__(self, index: Any, half: NDArray[np.float16]) -> None:  # noqa: ANN401 - faiss is untyped
        self._index = index
        self._half = half
        self._read = 0
        self.count, self.dimension = (int(n) for n in half.shape)

    @classmethod
    def build(cls, vectors: Vectors, path: Path) -> ApproximateStore:
        """A store over (count, dimension) vectors, written beside `path`."""
        vectors.astype("<f2").tofile(path.with_suffix(".half"))
        cls.build_beside(path, int(vectors.shape[1]))
        return cls.open(path)

    @classmethod
    def build_beside(cls, path: Path, dimension: int) -> None:
        """Write the inverted file `path` over the vectors in the `.half` file beside it, block by block."""
        faiss: Any = import_module("faiss")  # its stubs do not know the numpy forms of these classes

        half = _map(path, dimension)
        lists = 1 << max(0, round(np.log2(max(1, len(half))) / 2 + 1) if len(half) > 64 else 0)
        index = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.seed = 10, _SEED
        index.cp.min_points_per_centroid = 1  # a small library trains without a warning
        size = min(len(half), max(_SAMPLE * lists, 10_000))
        sample = np.sort(np.random.default_rng(_SEED).choice(len(half), size, replace=False))
        if size:
            index.train(half[sample].astype(np.float32))
        for start in range(0, len(half), _BLOCK):
            index.add(half[start : start + _BLOCK].astype(np.float32))
        _write(index, path)

    @classmethod
    def open(cls, path: Path) -> ApproximateStore:
        """Map both files.

        Raises:
            IndexFolderError: one is missing or damaged, or they do not belong together.
        """
        faiss: Any = import_module("faiss")

        try:
            try:
                index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
            except RuntimeError:  # a name or a system on which FAISS cannot map: read it whole
                index = faiss.deserialize_index(np.fromfile(path, np.uint8))
            half = _map(path, int(index.d))
        except (RuntimeError, OSError, ValueError) as error:
            raise IndexFolderError(f"{path} cannot be read; rebuild the index with build_index.py") from error
        if len(half) != index.ntotal:
            raise IndexFolderError(
                f"{path} holds {index.ntotal} vectors, {path.stem}.half {len(half)}; rebuild the index with build_index.py"
            )
        return cls(index, half)

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        if k <= 0 or self.count == 0 or (allowed is not None and len(allowed) == 0):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if allowed is not None and len(allowed) <= SCORED_AT_ONCE:
            rows = np.asarray(allowed, np.int64)
        else:
            rows = self._candidates(query, k, allowed)
        scores = self.vectors(rows) @ np.asarray(query, np.float32)
        best = np.argsort(-scores, kind="stable")[:k]
        return rows[best], scores[best]

    def vectors(self, rows: Rows) -> Vectors:
        found = self._half[rows].astype(np.float32)
        self._read += len(rows)
        if self._read > _RELEASE and hasattr(mmap, "MADV_DONTNEED") and isinstance(self._half.base, mmap.mmap):
            self._half.base.madvise(mmap.MADV_DONTNEED)
            self._read = 0
        return found

    def save(self, path: Path) -> None:
        """Write the inverted file to `path` and the vectors to a `.half` file beside it."""
        self._half.tofile(path.with_suffix(".half"))
        _write(self._index, path)

    def _candidates(self, query: Vectors, k: int, allowed: Rows | None) -> Rows:
        """More rows than are wanted, among them nearly always the best `k`, ascending."""
        faiss: Any = import_module("faiss")

        parameters = faiss.SearchParametersIVF(nprobe=LISTS)
        if allowed is not None:
            bits = np.zeros(self.count, bool)
            bits[allowed] = True
            packed = np.packbits(bits, bitorder="little")
            lists = min(int(self._index.nlist), -(-LISTS * self.count // len(allowed)))
            parameters = faiss.SearchParametersIVF(nprobe=lists, sel=faiss.IDSelectorBitmap(packed))
        wanted = min(CANDIDATES * k, self.count)
        _, rows = self._index.search(np.ascontiguousarray(query[None], np.float32), wanted, params=parameters)
        return np.sort(rows[0][rows[0] >= 0])


def _write(index: Any, path: Path) -> None:  # noqa: ANN401 - faiss is untyped
    faiss: Any = import_module("faiss")

    with path.open("wb") as out:  # a file of our own, because FAISS cannot open every name on every system
        writer = faiss.PyCallbackIOWriter(out.write)
        faiss.write_index(index, writer)
        del writer


def _map(path: Path, dimension: int) -> NDArray[np.float16]:
    """The half-precision vectors beside an inverted file, (count, dimension)."""
    file = path.with_suffix(".half")
    if file.stat().st_size == 0:
        return np.zeros((0, dimension), np.float16)
    return np.memmap(file, "<f2", mode="r").reshape(-1, dimension)
