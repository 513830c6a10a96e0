"""BM25 over jieba words (Lucene's variant; k1 = 1.5, b = 0.75), memory-mapped from disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.lexical_writer import LexicalWriter
from index.stores import Rows
from index.word_counts import count_words

Scores = NDArray[np.float32]
HEAD = "words.json"  # how many passages, and the number of every word
_SEARCHED = 20  # a row is searched for in about the time that so many postings are read one after the other
_BATCH = 2048  # texts counted at a time


class WordIndex(Protocol):
    """BM25 of a question's words, higher is better, 0 where no word is shared."""

    count: int

    def best(self, query: Sequence[str], k: int, allowed: Rows | None = None) -> Rows:
        """The `k` passages of the largest scores above 0, in no order; `allowed` (ascending) restricts the search itself."""
        ...

    def scores(self, query: Sequence[str], rows: Rows) -> Scores:
        """The scores of rows, (len(rows),) float32."""
        ...

    def frequency(self, word: str) -> int:
        """How many passages hold a word."""
        ...

    def rows_with(self, word: str) -> Rows:
        """Rows of the passages that hold a word, in order; empty for an unknown one."""
        ...

    def holds(self, word: str, rows: Rows) -> NDArray[np.bool_]:
        """Whether each of the rows holds a word."""
        ...


class Lexical:
    """The default: one array of scores for each word."""

    def __init__(self, vocabulary: dict[str, int], count: int, values: Scores, rows: NDArray[np.int32], starts: NDArray[np.int64]) -> None:
        """Column-compressed scores: word w of the vocabulary gives values[i] to passage rows[i], i in starts[w] : starts[w + 1]."""
        self._vocabulary = vocabulary
        self._values, self._rows, self._starts = values, rows, starts
        self.count = count

    @classmethod
    def build(cls, texts: Iterable[str], folder: Path) -> None:
        """Segment the texts (one row each, in order) and write the index into `folder`."""
        writer = LexicalWriter(folder)
        for batch in _batches(texts):
            writer.add(count_words(batch))
        writer.finish()

    @classmethod
    def open(cls, folder: Path) -> Lexical:
        """Map what `build` wrote; the arrays are read directly, so no question waits for a library to load."""
        head = json.loads((folder / HEAD).read_text("utf-8"))
        if not head["words"]:
            return cls({}, head["count"], np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64))
        values, rows, starts = (np.load(folder / f"{name}.csc.index.npy", mmap_mode="r") for name in ("data", "indices", "indptr"))
        return cls(head["words"], head["count"], values, rows, starts)

    def scores(self, query: Sequence[str], rows: Rows | None = None) -> Scores:
        """BM25 of passages for the words of a question, float32: of all, (count,), or of `rows`, (len(rows),).

        For few rows each word's postings are searched for them, so that the cost does not grow with the library.
        """
        if rows is not None and len(rows) * _SEARCHED > sum(self.frequency(word) for word in query):
            return self.scores(query)[rows]
        scores = np.zeros(self.count if rows is None else len(rows), np.float32)
        for word in query:
            span = self._span(word)
            if rows is None:
                scores[self._rows[span]] += self._values[span]
            else:
                held, at = self._held(span, rows)
                scores[held] += self._values[span][at]
        return scores

    def best(self, query: Sequence[str], k: int, allowed: Rows | None = None) -> Rows:
        scores = self.scores(query, allowed)
        found = np.flatnonzero(scores > 0)
        if len(found) > k:
            found = found[np.argpartition(-scores[found], k)[:k]]
        return found if allowed is None else allowed[found]

    def frequency(self, word: str) -> int:
        """How many passages hold a word."""
        span = self._span(word)
        return int(span.stop - span.start)

    def rows_with(self, word: str) -> Rows:
        return np.asarray(self._rows[self._span(word)], np.int64)

    def holds(self, word: str, rows: Rows) -> NDArray[np.bool_]:
        """Whether each of the rows holds a word."""
        span = self._span(word)
        if len(rows) * _SEARCHED > span.stop - span.start:
            return np.isin(rows, self._rows[span])
        return self._held(span, rows)[0]

    def _held(self, span: slice, rows: Rows) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Which rows stand in the postings of a span, and where in it these do."""
        postings = self._rows[span]
        wanted = rows.astype(np.int32)  # of the same type as the postings, which would else be copied
        at = np.searchsorted(postings, wanted)
        held = np.zeros(len(rows), bool)
        inside = at < len(postings)
        held[inside] = postings[at[inside]] == wanted[inside]
        return held, at[held]

    def _span(self, word: str) -> slice:
        number = self._vocabulary.get(word)
        return slice(0, 0) if number is None else slice(int(self._starts[number]), int(self._starts[number + 1]))


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(texts)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
