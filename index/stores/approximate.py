"""The store for large libraries: a FAISS inverted file finds candidates, half-precision vectors on disk decide.

Two files: `NAME.half`, every vector in half precision, row after row; `NAME.ivf`, a FAISS index that
keeps each vector in 4 bits a dimension in the list of the nearest of about 2 sqrt(count) centres (Jégou, Douze and Schmid
2011), read from disk as it is needed. A search looks through the lists nearest to the query, takes more candidates than
are wanted, and scores these again from their half-precision vectors, so that scores are exact to about 1e-4.

A filter works inside the search: few rows are all scored; for many the number of lists grows with the root of what the
filter leaves out, by which recall stays what it is without one (`benchmarks/README.md`).
"""

from __future__ import annotations

import os
import shutil
import threading
import weakref
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Vectors
from index.errors import IndexFolderError
from index.stores import Rows

LISTS = 256  # looked through for a query; recall against exact search in benchmarks/README.md, "Search at size"
WIDEST = 4  # times as many lists at most under a filter
CANDIDATES, FEWEST = 2, 200  # for each row wanted, and at least; scored again
SCORED_AT_ONCE = 40_000  # rows; a filter that allows no more is searched exactly
_SAMPLE = 40  # training vectors for each centre
_BLOCK = 50_000  # rows added at a time
_SEED = 2026


class ApproximateStore:
    """Vectors in half precision on disk under an inverted file of their 4-bit forms."""

    def __init__(self, path: Path, index: Any, half: HalfFile) -> None:  # noqa: ANN401 - faiss is untyped
        self._path = path
        self._index = index
        self._half = half
        self.count, self.dimension = half.count, int(index.d)

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

        half = HalfFile(path.with_suffix(".half"), dimension)
        lists = 1 << round(np.log2(half.count) / 2 + 1) if half.count > 64 else 1
        index = faiss.index_factory(dimension, f"IVF{lists},SQ4", faiss.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.seed = 10, _SEED
        index.cp.min_points_per_centroid = 1  # a small library trains without a warning
        size = min(half.count, max(_SAMPLE * lists, 10_000))
        if size:
            index.train(half.read(np.sort(np.random.default_rng(_SEED).choice(half.count, size, replace=False))))
        for start in range(0, half.count, _BLOCK):
            index.add(half.read(np.arange(start, min(start + _BLOCK, half.count))))
        with path.open("wb") as out:  # a file of our own, because FAISS cannot open every name on every system
            writer = faiss.PyCallbackIOWriter(out.write)
            faiss.write_index(index, writer)
            del writer

    @classmethod
    def open(cls, path: Path) -> ApproximateStore:
        """Open both files; neither is read now.

        Raises:
            IndexFolderError: one is missing or damaged, or they do not belong together.
        """
        faiss: Any = import_module("faiss")

        try:
            try:
                index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
            except RuntimeError:  # a name or a system on which FAISS cannot map: read it whole
                index = faiss.deserialize_index(np.fromfile(path, np.uint8))
            half = HalfFile(path.with_suffix(".half"), int(index.d))
        except (RuntimeError, OSError, ValueError) as error:
            raise IndexFolderError(f"{path} cannot be read; rebuild the index with build_index.py") from error
        if half.count != index.ntotal:
            raise IndexFolderError(
                f"{path} holds {index.ntotal} vectors, {path.stem}.half {half.count}; rebuild the index with build_index.py"
            )
        return cls(path, index, half)

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
        return self._half.read(rows)

    def save(self, path: Path) -> None:
        """Copy the inverted file to `path` and the vectors to a `.half` file beside it."""
        for source, target in ((self._path, path), (self._path.with_suffix(".half"), path.with_suffix(".half"))):
            shutil.copyfile(source, target)

    def _candidates(self, query: Vectors, k: int, allowed: Rows | None) -> Rows:
        """More rows than are wanted, among them nearly always the best `k`, ascending."""
        faiss: Any = import_module("faiss")

        parameters = faiss.SearchParametersIVF(nprobe=LISTS)
        if allowed is not None:
            bits = np.zeros(self.count, bool)
            bits[allowed] = True
            packed = np.packbits(bits, bitorder="little")
            lists = min(int(self._index.nlist), round(LISTS * min(WIDEST, (self.count / len(allowed)) ** 0.25)))
            parameters = faiss.SearchParametersIVF(nprobe=lists, sel=faiss.IDSelectorBitmap(packed))
        wanted = min(max(CANDIDATES * k, FEWEST), self.count)
        _, rows = self._index.search(np.ascontiguousarray(query[None], np.float32), wanted, params=parameters)
        return np.sort(rows[0][rows[0] >= 0])


class HalfFile:
    """Vectors in half precision in a file without a head, row after row; rows are read from it when they are wanted.

    Not mapped: a row touched in a mapped file brings 64 kB into the process and takes ten times as long as reading it.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._width = 2 * dimension
        self._dimension = dimension
        self.count = path.stat().st_size // self._width
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self.close = weakref.finalize(self, os.close, self._file)
        self._lock = threading.Lock()

    def read(self, rows: Rows) -> Vectors:
        """Some rows, (len(rows), dimension) float32; neighbours are read at once."""
        found = np.empty((len(rows), self._dimension), "<f2")
        ends = np.append(np.flatnonzero(np.diff(rows) != 1) + 1, len(rows)).tolist() if len(rows) else []
        self._announce(rows, ends)
        start = 0
        for end in ends:
            found[start:end] = np.frombuffer(self._bytes(int(rows[start]), end - start), "<f2").reshape(-1, self._dimension)
            start = end
        return found.astype(np.float32)

    def _announce(self, rows: Rows, ends: list[int]) -> None:
        """Let the disk fetch all runs at once; read one after the other from a cold disk, each waits for the one before."""
        if hasattr(os, "posix_fadvise"):
            for start, end in zip([0, *ends], ends, strict=False):
                os.posix_fadvise(self._file, int(rows[start]) * self._width, (end - start) * self._width, os.POSIX_FADV_WILLNEED)

    def _bytes(self, row: int, count: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file, count * self._width, row * self._width)
        with self._lock:  # Windows has no reading at a place
            os.lseek(self._file, row * self._width, os.SEEK_SET)
            return os.read(self._file, count * self._width)
