"""BM25 over jieba words (bm25s, Lucene's variant; k1 = 1.5, b = 0.75), memory-mapped from disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.stores import Rows
from index.words import words

Scores = NDArray[np.float32]
HEAD = "words.json"  # how many passages, and the number of every word


class WordIndex(Protocol):
    """BM25 of a question's words, higher is better, 0 where no word is shared."""

    count: int

    def best(self, query: Sequence[str], k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        """The best `k` passages with a score above 0 and their scores, best first.

        `allowed` restricts the search itself to those rows (sorted, unique); an empty array finds nothing.
        """
        ...

    def scores_of(self, query: Sequence[str], rows: Rows) -> Scores:
        """The scores of rows, (len(rows),) float32."""
        ...

    def rows_with(self, word: str) -> Rows:
        """Rows of the passages that hold a word, in order; empty for an unknown one."""
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
        import bm25s
        from bm25s.tokenization import Tokenized

        vocabulary: dict[str, int] = {}
        rows = [[vocabulary.setdefault(w, len(vocabulary)) for w in words(text)] for text in texts]
        folder.mkdir(parents=True, exist_ok=True)
        if vocabulary:
            bm25 = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
            bm25.index(Tokenized(ids=rows, vocab=vocabulary), show_progress=False)
            bm25.save(str(folder))
        (folder / HEAD).write_text(json.dumps({"count": len(rows), "words": vocabulary}, ensure_ascii=False), "utf-8")

    @classmethod
    def open(cls, folder: Path) -> Lexical:
        """Map what `build` wrote; the arrays are read directly, so no question waits for bm25s to load."""
        head = json.loads((folder / HEAD).read_text("utf-8"))
        if not head["words"]:
            return cls({}, head["count"], np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64))
        values, rows, starts = (np.load(folder / f"{name}.csc.index.npy", mmap_mode="r") for name in ("data", "indices", "indptr"))
        return cls(head["words"], head["count"], values, rows, starts)

    def scores(self, query: Sequence[str]) -> Scores:
        """BM25 of every passage for the words of a question, float32 (count,)."""
        scores = np.zeros(self.count, np.float32)
        for word in query:
            span = self._span(word)
            scores[self._rows[span]] += self._values[span]
        return scores

    def best(self, query: Sequence[str], k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        scores = self.scores(query)
        rows = np.flatnonzero(scores > 0) if allowed is None else allowed[scores[allowed] > 0]
        if len(rows) > k:
            rows = rows[np.argpartition(-scores[rows], k)[:k]]
        rows = rows[np.lexsort((rows, -scores[rows]))]
        return rows, scores[rows]

    def scores_of(self, query: Sequence[str], rows: Rows) -> Scores:
        return self.scores(query)[rows]

    def rows_with(self, word: str) -> Rows:
        return np.asarray(self._rows[self._span(word)], np.int64)

    def _span(self, word: str) -> slice:
        number = self._vocabulary.get(word)
        return slice(0, 0) if number is None else slice(int(self._starts[number]), int(self._starts[number + 1]))
