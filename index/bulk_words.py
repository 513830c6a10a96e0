"""`count_words` for many texts: jieba's division by a lattice, everything else by tables, ten times as fast.

Its dictionary takes half a second to lay out, so a few texts are counted one by one. The counts are the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index.lattice import Lattice
from index.ranges import ranges
from index.text import plain
from index.word_counts import WordCounts
from index.words import STOP_WORDS, dictionary, segmenter

_LATIN = re.compile(rb"[0-9]+(?:\.[0-9]+)?|[a-z]+")
_FIRST, _LAST, _END = 0x4E00, 0x9FD5, 0x9FFF  # of jieba's alphabet, and of the block: those between stand alone
_APART = "\0"  # stands between texts


class BulkWords:
    """Counts words with jieba's dictionary laid out as a lattice. Not for several threads at once."""

    def __init__(self) -> None:
        frequencies, total = dictionary()
        whole = math.log(total)
        counts, which = np.unique(np.fromiter(frequencies.values(), np.int64, len(frequencies)), return_inverse=True)
        scores = np.asarray([math.log(n) - whole if n else -math.inf for n in counts.tolist()])
        self._lattice = Lattice(frequencies, scores[which], math.log(1) - whole)
        self._words: list[str] = list(frequencies)
        self._numbers = {word: number for number, word in enumerate(self._words)}
        self._forms = _forms()
        # The words that a word stands for (those inside it and itself, no stop words) are looked up when it first occurs.
        self._parts: list[int] = []
        self._first = np.full(len(self._words), -1, np.int64)
        self._many = np.zeros(len(self._words), np.int64)

    def count(self, texts: Sequence[str]) -> WordCounts:
        """The same as `count_words`, except for the order of words."""
        joined = _APART.join(texts)
        if joined.count(_APART) != max(0, len(texts) - 1):
            texts = [text.replace(_APART, " ") for text in texts]
            joined = _APART.join(texts)
        joined = joined.replace("İ", "i\u0307")  # the one capital that becomes two characters
        codes = self._forms[np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)]
        rows_end = np.flatnonzero(codes == 0)
        at, numbers = self._chinese(codes)
        rows = np.searchsorted(rows_end, at)
        numbers, times = self._with_parts(numbers)
        latin_at, latin = self._latin(codes)
        rows = np.concatenate([np.repeat(rows, times), np.searchsorted(rows_end, latin_at)])
        numbers = np.concatenate([numbers, latin])
        used, places = np.unique(numbers, return_inverse=True)
        pairs, times = np.unique(rows * max(1, len(used)) + places, return_counts=True)
        holders, words = np.divmod(pairs, max(1, len(used)))
        return WordCounts(
            tuple(self._words[n] for n in used.tolist()),
            words.astype(np.int32),
            times.astype(np.int32),
            np.bincount(holders, minlength=len(texts)).astype(np.int32),
            np.bincount(rows, minlength=len(texts)).astype(np.int32),
        )

    def _chinese(self, codes: NDArray[np.uint16]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the words of all runs of Chinese characters begin, and their numbers."""
        chinese = (codes >= _FIRST) & (codes <= _LAST)
        starts, ends = runs(chinese)
        division = self._lattice.divide(codes, starts, ends)
        rare = np.flatnonzero((codes > _LAST) & (codes <= _END))
        at = np.concatenate([division.starts, rare])
        numbers = np.concatenate([division.nodes.astype(np.int64), np.full(len(rare), -1)])
        for place in np.flatnonzero(numbers < 0).tolist():
            numbers[place] = self._number(chr(codes[at[place]]))
        return at, numbers

    def _latin(self, codes: NDArray[np.uint16]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The same of numbers and words in Latin letters."""
        text = np.where(codes < 128, codes, 0).astype(np.uint8).tobytes()
        found = [(m.start(), self._number(word)) for m in _LATIN.finditer(text) if (word := m[0].decode()) not in STOP_WORDS]
        both = np.asarray(found, np.int64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def _number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self._words)
            self._words.append(word)
        return number

    def _with_parts(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All words that each word stands for, one after the other, and how many they are for each."""
        more = len(self._words) - len(self._first)
        if more:
            self._first, self._many = np.append(self._first, np.full(more, -1)), np.append(self._many, np.zeros(more, np.int64))
        for number in np.unique(numbers[self._first[numbers] < 0]).tolist():
            parts = [self._numbers[part] for part in segmenter().with_parts(self._words[number])]
            self._first[number], self._many[number] = len(self._parts), len(parts)
            self._parts += parts
        starts, many = self._first[numbers], self._many[numbers]
        return np.asarray(self._parts, np.int64)[ranges(starts, starts + many)], many


@cache
def bulk_words() -> BulkWords:
    """The one of this process, laid out when it is first needed."""
    return BulkWords()


def runs(inside: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Start and end of each run of true values."""
    edge = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).view(np.int8)))
    return edge[::2], edge[1::2]


def _forms() -> NDArray[np.uint16]:
    """For every character (UTF-16 unit) the one that `plain` and lower case make of it."""
    forms = np.arange(1 << 16, dtype=np.uint16)
    for code in [*range(0xD800), *range(0xE000, 1 << 16)]:
        form = plain(chr(code)).lower()
        if len(form) == 1:
            forms[code] = ord(form)
    return forms
