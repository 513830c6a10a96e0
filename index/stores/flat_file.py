"""A flat FAISS index written row by row, the file that `faiss.write_index` makes of an `IndexFlatIP`.

FAISS holds a whole index in memory before it writes it: a kilobyte for each passage and sentence.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from index.encoder import Vectors

_HEAD = struct.Struct("<4siqqqbiQ")  # name, dimension, count, 2 unused, trained, metric, number of floats
_UNUSED = 1 << 20
_INNER_PRODUCT = 0


class FlatFile:
    """Vectors appended to a file that `FaissStore.open` and FAISS itself read once it is closed."""

    def __init__(self, path: Path, dimension: int) -> None:
        self.dimension = dimension
        self.count = 0
        self._file = path.open("wb")
        self._file.write(self._head())

    def _head(self) -> bytes:
        return _HEAD.pack(b"IxFI", self.dimension, self.count, _UNUSED, _UNUSED, 1, _INNER_PRODUCT, self.count * self.dimension)

    def add(self, vectors: Vectors) -> None:
        """Append (n, dimension) rows.

        Raises:
            ValueError: the rows are of another dimension.
        """
        if vectors.shape[1:] != (self.dimension,):
            raise ValueError(f"vectors of shape {vectors.shape} in a file of {self.dimension} dimensions")
        self._file.write(np.ascontiguousarray(vectors, "<f4").data)
        self.count += len(vectors)

    def close(self) -> None:
        """Write the count into the head; a second call does nothing."""
        if self._file.closed:
            return
        self._file.seek(0)
        self._file.write(self._head())
        self._file.close()


def read_flat(path: Path, dimension: int, start: int, end: int) -> Vectors:
    """Rows [start, end) of such a file."""
    rows = np.memmap(path, "<f4", "r", offset=_HEAD.size + 4 * dimension * start, shape=(end - start, dimension))
    return np.asarray(rows)
