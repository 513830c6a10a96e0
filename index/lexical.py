"""BM25 over jieba words (bm25s, Lucene's variant; k1 = 1.5, b = 0.75), memory-mapped from disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.words import words

Scores = NDArray[np.float32]


class Lexical:
    """Scores of a question's words against all passages, higher is better, 0 where no word is shared."""

    def __init__(self, bm25: Any, vocabulary: dict[str, int], count: int) -> None:  # noqa: ANN401 - bm25s is untyped
        self._bm25 = bm25
        self._vocabulary = vocabulary
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
        (folder / "words.json").write_text(json.dumps({"count": len(rows), "words": vocabulary}, ensure_ascii=False), "utf-8")

    @classmethod
    def open(cls, folder: Path) -> Lexical:
        """Open what `build` wrote."""
        import bm25s

        head = json.loads((folder / "words.json").read_text("utf-8"))
        bm25 = bm25s.BM25.load(str(folder), mmap=True, load_vocab=False) if head["words"] else None
        return cls(bm25, head["words"], head["count"])

    def scores(self, query: Sequence[str]) -> Scores:
        """BM25 of every passage for the words of a question, float32 (count,)."""
        known = [self._vocabulary[w] for w in query if w in self._vocabulary]
        if not known or self._bm25 is None:
            return np.zeros(self.count, np.float32)
        return np.asarray(self._bm25.get_scores_from_ids(known), np.float32)[: self.count]

    def rows_with(self, word: str) -> NDArray[np.int32]:
        """Rows of the passages that hold a word; empty for an unknown one."""
        number = self._vocabulary.get(word)
        if number is None or self._bm25 is None:
            return np.zeros(0, np.int32)
        start, end = self._bm25.scores["indptr"][number : number + 2]
        return np.asarray(self._bm25.scores["indices"][start:end], np.int32)
