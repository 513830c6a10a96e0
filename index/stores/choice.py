"""Which store holds the vectors of a library, and why: flat as long as that is fast, approximate beyond."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.encoder import Vectors
from index.errors import IndexFolderError
from index.stores import VectorStore

if TYPE_CHECKING:
    from index.stores.faiss_store import FaissStore

FLAT_UNTIL = 200_000  # vectors; measured in benchmarks/README.md, "Search at size"


class Collector:
    """The vectors of a build, batch by batch: in memory while flat search will do, then in half precision in a file.

    Attributes:
        count: vectors so far.
    """

    def __init__(self, dimension: int, spool: Path, flat_until: int = FLAT_UNTIL) -> None:
        """`spool` is the file to write to once there are more than `flat_until` vectors; it must lie on the disk of the index."""
        from index.stores.faiss_store import FaissStore

        self.count = 0
        self._spool = spool
        self._flat_until = flat_until
        self._flat: FaissStore | None = FaissStore.empty(dimension)
        self._dimension = dimension

    def add(self, vectors: Vectors) -> None:
        """Append rows."""
        self.count += len(vectors)
        if self._flat is not None and self.count <= self._flat_until:
            self._flat.add(vectors)
            return
        with self._spool.open("ab") as out:
            if self._flat is not None:
                out.write(self._flat.vectors(np.arange(self._flat.count)).astype("<f2").tobytes())
                self._flat = None
            out.write(vectors.astype("<f2").tobytes())

    @property
    def reason(self) -> str:
        """Which store it will be and why, for the one who builds."""
        if self._flat is not None:
            return f"{self.count} vectors: flat, exact (up to {self._flat_until})"
        return (
            f"{self.count} vectors: approximate (IVF, 4 bits), scored again from half precision on disk, "
            f"because flat search beyond {self._flat_until} keeps a question waiting"
        )

    def save(self, folder: Path, name: str) -> None:
        """Write the store `name` into a folder; the collector is used up."""
        from index.stores.approximate import ApproximateStore

        if self._flat is not None:
            self._flat.save(folder / f"{name}.faiss")
        else:
            os.replace(self._spool, folder / f"{name}.half")
            ApproximateStore.build_beside(folder / f"{name}.ivf", self._dimension)


def open_store(folder: Path, name: str) -> VectorStore:
    """The store `name` of a generation, of whichever kind it is.

    Raises:
        IndexFolderError: it is missing or damaged.
    """
    if (folder / f"{name}.ivf").is_file():
        from index.stores.approximate import ApproximateStore

        return ApproximateStore.open(folder / f"{name}.ivf")
    if not (folder / f"{name}.faiss").is_file():
        raise IndexFolderError(f"{folder} holds no vectors of {name}; rebuild the index with build_index.py")
    from index.stores.faiss_store import FaissStore

    return FaissStore.open(folder / f"{name}.faiss")
