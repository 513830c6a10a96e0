"""jieba's division of Chinese into words, without its guesses at unknown ones (HMM): the same words, sooner.

jieba brings the dictionary and the rule (the division whose words' frequencies have the largest product); only the
loop is written again, because jieba builds a graph as a dict of lists for every run of characters. A test holds both to
the same words.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jieba import Tokenizer


class _Logarithms(dict[int, float]):
    """Frequency -> log of its share of all words, worked out once for each frequency that occurs."""

    def __init__(self, total: int) -> None:
        self._total = math.log(total)

    def __missing__(self, frequency: int) -> float:
        self[frequency] = value = math.log(frequency) - self._total
        return value


class Segmenter:
    """Divides runs of Chinese characters by the dictionary of a jieba tokenizer."""

    def __init__(self, jieba: Tokenizer, left_out: frozenset[str]) -> None:
        """`left_out`: words that `search_words` does not give."""
        self._frequencies: dict[str, int] = jieba.FREQ  # of words, and 0 for what only begins words
        self._logarithms = _Logarithms(jieba.total)
        self._left_out = left_out
        self._inside: dict[str, tuple[str, ...]] = {}

    def cut(self, run: str) -> list[str]:
        """The words of a run of Chinese characters, as `jieba.lcut(run, HMM=False)`."""
        get, logarithms = self._frequencies.get, self._logarithms
        length = len(run)
        best = [0.0] * (length + 1)  # of the likeliest division of what begins here
        ends = [0] * length  # of its first word
        for start in range(length - 1, -1, -1):
            stop = end = start + 1
            frequency = get(run[start])
            top = logarithms[frequency or 1] + best[stop]
            if frequency is not None:
                only = not frequency  # a character that is no word stands alone only where no word begins
                while end < length:
                    end += 1
                    frequency = get(run[start:end])
                    if frequency is None:
                        break
                    if frequency:
                        score = logarithms[frequency] + best[end]
                        if score >= top or only:  # of equal divisions jieba takes the one with the longer word
                            top, stop, only = score, end, False
            best[start], ends[start] = top, stop
        words = []
        start = 0
        while start < length:
            stop = ends[start]
            words.append(run[start:stop])
            start = stop
        return words

    def search_words(self, run: str) -> list[str]:
        """The words of a run, each after the words of 2 and 3 characters inside it, as `jieba.cut_for_search`."""
        found: list[str] = []
        inside = self._inside
        for word in self.cut(run):
            try:
                found += inside[word]
            except KeyError:
                inside[word] = parts = self.with_parts(word)
                found += parts
        return found

    def with_parts(self, word: str) -> tuple[str, ...]:
        """A word after the words inside it, without those that are left out."""
        parts = [
            word[i : i + size] for size in (2, 3) if len(word) > size for i in range(len(word) - size + 1)
        ]  # fmt: skip
        return tuple(w for w in (*(p for p in parts if self._frequencies.get(p)), word) if w not in self._left_out)
