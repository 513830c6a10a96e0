"""BM25 scores written to disk without ever holding all of them: counted as texts come, sorted by word in pieces.

Lucene's variant as Kamphuis et al. give it (2020, "Which BM25 do you mean?", ECIR), the numbers and arrays of bm25s
(Lù 2024, arXiv 2407.03618): score = idf * tf / (k1 * (1 - b + b * length / mean length) + tf) with
idf = ln(1 + (N - n + 0.5) / (n + 0.5)). The tests hold them to bm25s bit by bit; bm25s itself holds all texts and
scores in memory.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import ArrayWriter
from index.word_counts import WordCounts

K1 = 1.5  # how soon a repeated word adds no more
B = 0.75  # how much a long text's words count less
_PIECE = 1 << 22  # entries sorted at a time: about 50 bytes each
_MERGED = 1 << 23  # entries of neighbouring words put together at a time: 8 bytes each


def idf(holding: int, count: int) -> float:
    """Weight of a word that `holding` of `count` texts hold."""
    return math.log(1 + (count - holding + 0.5) / (holding + 0.5))


class LexicalWriter:
    """Takes the texts' words in the order of their rows and writes what `Lexical.open` reads."""

    def __init__(self, folder: Path, piece: int = _PIECE, merged: int = _MERGED) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._piece, self._merged = piece, merged
        self._folder = folder
        self._vocabulary: dict[str, int] = {}
        self._numbers = (folder / "numbers.part").open("wb")
        self._times = (folder / "times.part").open("wb")
        self._distinct: list[NDArray[np.int32]] = []
        self._lengths: list[NDArray[np.int32]] = []

    def add(self, counts: WordCounts) -> None:
        """The words of the next texts."""
        number = self._vocabulary.setdefault
        ours = np.asarray([number(word, len(self._vocabulary)) for word in counts.vocabulary], np.int32)
        self._numbers.write(ours[counts.numbers].data)
        self._times.write(np.ascontiguousarray(counts.times, np.int32).data)
        self._distinct.append(counts.distinct)
        self._lengths.append(counts.lengths)

    def close(self) -> None:
        """Take no more texts; without `finish` nothing is left that can be read."""
        self._numbers.close()
        self._times.close()

    def finish(self) -> None:
        """Score, sort by word and write."""
        self.close()
        lengths = np.concatenate([np.zeros(0, np.int32), *self._lengths])
        distinct = np.concatenate([np.zeros(0, np.int32), *self._distinct])
        if self._vocabulary:
            self._write(lengths, np.concatenate([[0], np.cumsum(distinct, dtype=np.int64)]))
        head = {"count": len(lengths), "words": {word: number for number, word in enumerate(sorted(self._vocabulary))}}
        (self._folder / "words.json").write_text(json.dumps(head, ensure_ascii=False), "utf-8")
        for left in self._folder.glob("*.part"):
            left.unlink()

    def _write(self, lengths: NDArray[np.int32], edges: NDArray[np.int64]) -> None:
        size = len(self._vocabulary)
        # Numbered by the alphabet, not as they came: then nothing depends on the order in which words were counted.
        ranks = np.empty(size, np.int32)
        ranks[[self._vocabulary[word] for word in sorted(self._vocabulary)]] = np.arange(size)
        # Pieces of whole texts.
        cuts = [0]
        while cuts[-1] < len(lengths):
            cuts.append(max(cuts[-1] + 1, int(np.searchsorted(edges, edges[cuts[-1]] + self._piece, "right")) - 1))
        pieces = list(zip(cuts, cuts[1:], strict=False))
        held = np.stack([np.bincount(ranks[self._part("numbers", np.int32, edges[a], edges[b])], minlength=size) for a, b in pieces])
        weights = np.asarray([idf(n, len(lengths)) for n in held.sum(0).tolist()], np.float32)
        mean = lengths.mean()
        with (self._folder / "rows.part").open("wb") as rows, (self._folder / "scores.part").open("wb") as scores:
            for a, b in pieces:
                words = ranks[self._part("numbers", np.int32, edges[a], edges[b])]
                tf = self._part("times", np.int32, edges[a], edges[b]).astype(np.float32)
                spread = np.repeat(K1 * ((1 - B) + B * lengths[a:b] / mean), np.diff(edges[a : b + 1]))
                order = _stable_order(words)
                rows.write(np.repeat(np.arange(a, b, dtype=np.int32), np.diff(edges[a : b + 1]))[order].data)
                scores.write((weights[words] * (tf / (spread + tf))).astype(np.float32)[order].data)
        starts = np.concatenate([[0], np.cumsum(held.sum(0))]).astype(np.int64)
        np.save(self._folder / "indptr.csc.index.npy", starts)
        self._merge("rows", "indices.csc.index.npy", np.int32, held, starts)
        self._merge("scores", "data.csc.index.npy", np.float32, held, starts)

    def _part(self, name: str, dtype: type, start: int, end: int) -> NDArray[Any]:
        """Entries [start, end) of a file on the way; read, because mapped pages would count as memory held."""
        return np.fromfile(self._folder / f"{name}.part", dtype, int(end - start), offset=4 * int(start))

    def _merge(self, source: str, target: str, dtype: type, held: NDArray[np.int64], starts: NDArray[np.int64]) -> None:
        """Put the runs of each word, one in every piece, one after the other; a range of neighbouring words at a time."""
        inside = np.concatenate([np.zeros((len(held), 1), np.int64), np.cumsum(held, axis=1)], axis=1)  # where a word's run begins
        begins = np.concatenate([[0], np.cumsum(inside[:, -1])])
        out = ArrayWriter(self._folder / target, dtype)
        first = 0
        while first < len(starts) - 1:
            last = max(first + 1, int(np.searchsorted(starts, starts[first] + self._merged, "right")) - 1)
            values: NDArray[np.generic] = np.empty(int(starts[last] - starts[first]), dtype)
            free = starts[first:last] - starts[first]  # the next place of each word
            for piece, runs in enumerate(held):
                a, b = begins[piece] + inside[piece, first], begins[piece] + inside[piece, last]
                lengths = runs[first:last]
                shift = free - (inside[piece, first:last] - inside[piece, first])
                values[np.arange(b - a) + np.repeat(shift, lengths)] = self._part(source, dtype, a, b)
                free = free + lengths
            out.add(values)
            first = last
        out.close()


def _stable_order(numbers: NDArray[np.int32]) -> NDArray[np.int64]:
    """Order by number, equal ones as they came: two rounds over 16 bits, which numpy sorts in linear time."""
    order = np.argsort((numbers & 0xFFFF).astype(np.uint16), kind="stable")
    if len(numbers) and int(numbers.max()) > 0xFFFF:
        order = order[np.argsort((numbers >> 16).astype(np.uint16)[order], kind="stable")]
    return order
