"""How often each word stands in each text: what BM25 is made of, as arrays that travel between processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.words import words


@dataclass(frozen=True)
class WordCounts:
    """Words of some texts, text after text.

    Attributes:
        vocabulary: each word once, in the order in which they first occur.
        numbers: (entries,) int32, places in `vocabulary`: the distinct words of each text.
        times: (entries,) int32, how often the text holds the word.
        distinct: (texts,) int32, entries of each text.
        lengths: (texts,) int32, words of each text, repeated ones counted again.
    """

    vocabulary: tuple[str, ...]
    numbers: NDArray[np.int32]
    times: NDArray[np.int32]
    distinct: NDArray[np.int32]
    lengths: NDArray[np.int32]


def count_words(texts: Sequence[str]) -> WordCounts:
    """Segment the texts and count."""
    vocabulary: dict[str, int] = {}
    numbers: list[int] = []
    times: list[int] = []
    distinct = np.zeros(len(texts), np.int32)
    lengths = np.zeros(len(texts), np.int32)
    for row, text in enumerate(texts):
        found = words(text)
        counts = Counter(found)
        numbers += [vocabulary.setdefault(word, len(vocabulary)) for word in counts]
        times += counts.values()
        distinct[row], lengths[row] = len(counts), len(found)
    return WordCounts(tuple(vocabulary), np.asarray(numbers, np.int32), np.asarray(times, np.int32), distinct, lengths)
