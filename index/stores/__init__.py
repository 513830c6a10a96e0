"""Where vectors live. `VectorStore` is the seam; one conformance suite in the tests holds for all.

A store is built once from all vectors and then only read. Rows are numbered 0..count-1 in the order given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors

Rows = NDArray[np.int64]


class VectorStore(Protocol):
    """Search by inner product, higher is better."""

    count: int
    dimension: int

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """The best `k` rows for one query (dimension,), best first, and their scores.

        `allowed` restricts the search itself to those rows (sorted, unique); an empty array finds nothing.
        """
        ...

    def vectors(self, rows: Rows) -> Vectors:
        """The stored vectors of rows, (len(rows), dimension) float32."""
        ...

    def save(self, path: Path) -> None:
        """Write the store to one file."""
        ...
