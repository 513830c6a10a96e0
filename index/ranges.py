"""Runs of rows that stand one after the other: their bounds, and all their numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def edges(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where runs of these lengths begin and end when they stand one after the other, (n + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def ranges(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """All numbers of the ranges [starts[i], ends[i]) one after the other."""
    lengths = np.asarray(ends) - np.asarray(starts)
    offsets = np.repeat(starts - edges(lengths)[:-1], lengths)
    return np.asarray(offsets + np.arange(int(lengths.sum())), np.int64)
