"""Which store holds the vectors of a library, and why: flat as long as that is fast, approximate beyond."""

from __future__ import annotations

import os
from pathlib import Path

from index.encoder import Vectors
from index.errors import IndexFolderError
from index.stores import VectorStore
from index.stores.flat_file import FlatFile, read_flat

FLAT_UNTIL = 200_000  # vectors; measured in benchmarks/README.md, "Search at size"
_BLOCK = 50_000  # rows turned into half precision at a time


class Collector:
    """The vectors of a build, batch by batch, in a file: whole while flat search will do, in half precision beyond.

    Attributes:
        count: vectors so far.
    """

    def __init__(self, dimension: int, spool: Path, flat_until: int = FLAT_UNTIL) -> None:
        """`spool` is the file to write to; it must lie on the disk of the index."""
        self.count = 0
        self._dimension, self._flat_until = dimension, flat_until
        self._spool = spool
        self._flat: FlatFile | None = FlatFile(spool, dimension)

    def add(self, vectors: Vectors) -> None:
        """Append rows."""
        self.count += len(vectors)
        if self._flat is not None and self.count <= self._flat_until:
            self._flat.add(vectors)
            return
        if self._flat is not None:
            self._halve()
        with self._spool.open("ab") as out:
            out.write(vectors.astype("<f2").tobytes())

    def _halve(self) -> None:
        """What was written so far in half precision."""
        assert self._flat is not None
        self._flat.close()
        written, self._flat = self._flat.count, None
        half = self._spool.with_name(f"{self._spool.name}.half")
        with half.open("wb") as out:
            for start in range(0, written, _BLOCK):
                out.write(read_flat(self._spool, self._dimension, start, min(start + _BLOCK, written)).astype("<f2").tobytes())
        os.replace(half, self._spool)

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        if self._flat is not None:
            self._flat.close()

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

        self.close()
        if self._flat is not None:
            os.replace(self._spool, folder / f"{name}.faiss")
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
