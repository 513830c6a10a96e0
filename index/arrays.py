"""Arrays that grow on disk: appended batch by batch, so that a build of any size holds one batch of them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray


class ArrayWriter:
    """A one-dimensional `.npy` file (version 1.0) written piece by piece; `np.load` reads it once it is closed."""

    def __init__(self, path: Path, dtype: DTypeLike) -> None:
        self._dtype = np.dtype(dtype)
        self.count = 0
        self._file = path.open("wb")
        self._head = self._file.write(self._header())

    def _header(self) -> bytes:
        """Numpy leaves room in it for a longer count, so that it can be written again at the end."""
        out = io.BytesIO()
        values = {"descr": np.lib.format.dtype_to_descr(self._dtype), "fortran_order": False, "shape": (self.count,)}
        np.lib.format.write_array_header_1_0(out, values)
        return out.getvalue()

    def add(self, values: NDArray[np.generic]) -> None:
        """Append values, converted to the array's type."""
        self._file.write(np.ascontiguousarray(values, self._dtype).data)
        self.count += len(values)

    def close(self) -> None:
        """Write the count into the header; a second call does nothing."""
        if self._file.closed:
            return
        head = self._header()
        assert len(head) == self._head
        self._file.seek(0)
        self._file.write(head)
        self._file.close()
