"""How rows hang together: the passages of every document, the sentences of every passage, and the time a passage speaks of.

Four arrays, memory-mapped, so that a library of a million passages opens without reading one of them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.ranges import edges
from index.records import Passage
from index.stores import Rows

ACTUAL, TARGET = 1, 2
_KINDS = {"actual": ACTUAL, "target": TARGET}
_NAMES = ("document_starts", "sentence_starts", "periods", "years")


@dataclass(frozen=True)
class RowTable:
    """Rows of passages and sentences, numbered through all documents in their order.

    Attributes:
        document_starts: (documents + 1,) int64, first passage row of every document.
        sentence_starts: (passages + 1,) int64, first sentence row of every passage.
        periods: (passages,) int8: 1 looks back, 2 plans, 0 unknown.
        years: (passages,) int16: the year a passage speaks of, 0 unknown.
    """

    document_starts: Rows
    sentence_starts: Rows
    periods: NDArray[np.int8]
    years: NDArray[np.int16]

    @classmethod
    def of(cls, documents: Iterable[Sequence[Passage]]) -> RowTable:
        """The table of documents given by their passages."""
        growing = GrowingRows()
        for passages in documents:
            growing.add(passages)
        return growing.table()

    @classmethod
    def open(cls, folder: Path) -> RowTable:
        """Map what `save` wrote."""
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in _NAMES))

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _NAMES:
            np.save(folder / f"{name}.npy", getattr(self, name))

    def document_of(self, passages: Rows) -> Rows:
        """Document number of passage rows."""
        return np.searchsorted(self.document_starts, passages, side="right") - 1

    def passage_of(self, sentences: Rows) -> Rows:
        """Passage row of sentence rows."""
        return np.searchsorted(self.sentence_starts, sentences, side="right") - 1

    def sentence_edges(self, passages: Rows) -> Rows:
        """Sentence rows [start, end) of each passage, (n, 2)."""
        return np.stack([self.sentence_starts[passages], self.sentence_starts[passages + 1]], axis=1)

    def matches(self, passages: Rows, tense: str | None, years: Sequence[int]) -> NDArray[np.float32]:
        """1 where a passage speaks of one of the years, or else of the tense asked for; 0.5 where both are asked and
        only one holds; 0 for all where neither is asked.
        """
        tests = []
        if years:
            tests.append(np.isin(self.years[passages], years))
        if tense:
            tests.append(self.periods[passages] == _KINDS[tense])
        return np.mean(tests, axis=0, dtype=np.float32) if tests else np.zeros(len(passages), np.float32)


class GrowingRows:
    """A table that documents are added to one by one."""

    def __init__(self) -> None:
        self._passages, self._sentences, self._periods, self._years = (array("i") for _ in range(4))

    def add(self, passages: Sequence[Passage]) -> None:
        """The next document's passages."""
        self._passages.append(len(passages))
        for passage in passages:
            period = passage.period
            self._sentences.append(len(passage.sentences))
            self._periods.append(_KINDS.get(period.kind, 0) if period else 0)
            self._years.append(period.year or 0 if period else 0)

    def table(self) -> RowTable:
        """All of them."""
        passages, sentences = (edges(np.asarray(column, np.int64)) for column in (self._passages, self._sentences))
        return RowTable(passages, sentences, np.asarray(self._periods, np.int8), np.asarray(self._years, np.int16))
