"""The likeliest division of many runs of characters into words of a dictionary, all runs at once in numpy.

Two steps. A trie in a hash table finds every word at every position, one more character for all positions at a time.
Then the best division of each tail is worked out from the ends of all runs towards their beginnings (Viterbi): what
begins `t` characters before its run's end needs only what begins later, so each step takes one position of every run.
Characters are laid out by step, longest run first, and every step is one slice.

Scores are added in the same order as a loop over one run would, so divisions are the same to the last tie.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.uint16]
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: spreads keys over the table (Knuth 6.4)


@dataclass(frozen=True)
class Division:
    """Words of all runs in the order of the text.

    Attributes:
        starts: (words,) where each begins in the codes.
        lengths: (words,) its characters.
        nodes: (words,) its place in the dictionary, -1 for a character that is not in it.
    """

    starts: Ints
    lengths: Ints
    nodes: NDArray[np.int32]


class Lattice:
    """A dictionary of words (and of what only begins words) with scores, of which the sum is made as large as possible."""

    def __init__(self, words: Iterable[str], scores: NDArray[np.float64], unknown: float) -> None:
        """Words of characters up to U+FFFF.

        Args:
            words: without repetition; of each word all beginnings too.
            scores: (words,) float64; -inf for a beginning that is no word.
            unknown: score of a character that is not in the dictionary, or is only a beginning where no word begins.
        """
        numbers = {word: number for number, word in enumerate(words)}
        self._scores = np.append(scores, unknown)  # the last is that of node -1
        self._unknown = unknown
        self._roots = np.full(1 << 16, -1, np.int32)
        parents = np.zeros(len(numbers), np.int64)
        last = np.zeros(len(numbers), np.int64)
        for word, number in numbers.items():
            last[number] = ord(word[-1])
            if len(word) == 1:
                self._roots[last[number]] = number
                parents[number] = -1
            else:
                parents[number] = numbers[word[:-1]]
        children = np.flatnonzero(parents >= 0)
        self._fill(parents[children] << 16 | last[children], children.astype(np.int32))
        self._fertile = np.zeros(len(numbers) + 1, bool)  # a longer word begins with this one; node -1 is at the end
        self._fertile[parents[children]] = True

    def _fill(self, keys: Ints, values: NDArray[np.int32]) -> None:
        """An open hash table with linear probing, at most a quarter full."""
        bits = max(4, int(len(keys) * 4 - 1).bit_length())
        self._shift, self._mask = np.uint64(64 - bits), (1 << bits) - 1
        self._keys = np.full(1 << bits, -1, np.int64)
        self._values = np.zeros(1 << bits, np.int32)
        slots, left = self._slots(keys), np.arange(len(keys))
        while len(left):
            free = self._keys[slots[left]] < 0
            found, first = np.unique(slots[left[free]], return_index=True)
            winners = left[free][first]
            self._keys[found], self._values[found] = keys[winners], values[winners]
            left = left[self._keys[slots[left]] != keys[left]]
            slots[left] = (slots[left] + 1) & self._mask

    def _slots(self, keys: Ints) -> Ints:
        return ((keys.view(np.uint64) * _MIX) >> self._shift).view(np.int64)

    def _children(self, nodes: NDArray[np.int32], codes: Codes) -> NDArray[np.int32]:
        """The node that each node becomes with one more character, -1 for none."""
        keys = nodes.astype(np.int64) << 16 | codes
        slots = self._slots(keys)
        held = self._keys[slots]
        out = np.where(held == keys, self._values[slots], -1)
        left = np.flatnonzero((held != keys) & (held >= 0))
        while len(left):
            slots[left] = (slots[left] + 1) & self._mask
            held = self._keys[slots[left]]
            same = held == keys[left]
            out[left[same]] = self._values[slots[left[same]]]
            left = left[~same & (held >= 0)]
        return np.asarray(out, np.int32)

    def divide(self, codes: Codes, starts: Ints, ends: Ints) -> Division:
        """Divide the runs [starts[i], ends[i]) of the codes, which follow one another and do not overlap."""
        order = np.argsort(starts - ends, kind="stable")  # longest first
        ends_of, lengths = ends[order], (ends - starts)[order]
        steps = int(lengths[0]) if len(lengths) else 0
        # Step t holds the characters t before their run's end; step 0 is the end itself.
        sizes = np.searchsorted(-lengths, -np.arange(steps + 1), "right")
        begins = np.concatenate([[0], np.cumsum(sizes)])
        step = np.repeat(np.arange(steps + 1), sizes)
        places = ends_of[np.arange(len(step)) - begins[step]] - step
        laid = np.zeros(len(step), np.uint16)
        laid[sizes[:1].sum() :] = codes[places[sizes[:1].sum() :]]
        following = np.arange(len(step)) - np.concatenate([[0], sizes])[step]  # the next character of the same run
        nodes = self._roots[laid]
        words = self._words(laid, nodes, following, step, begins)
        best = np.zeros(len(step))
        length = np.ones(len(step), np.int64)
        single = self._scores[nodes]
        for t in range(1, steps + 1):
            here = slice(begins[t], begins[t + 1])
            top = single[here] + best[begins[t - 1] : begins[t - 1] + sizes[t]]
            for size, (at, node, score, edges) in enumerate(words, 2):
                a, b = edges[t], edges[t + 1]
                if a == b:
                    continue
                rows = at[a:b] - begins[t]
                sums = score[a:b] + best[begins[t - size] + rows]
                better = sums >= top[rows]  # of equal divisions the one with the longer word
                rows = rows[better]
                top[rows] = sums[better]
                length[begins[t] + rows] = size
                nodes[begins[t] + rows] = node[a:b][better]
            lonely = np.flatnonzero(np.isneginf(top))
            if len(lonely):  # begins words, is none, and none begins here
                top[lonely] = self._unknown + best[begins[t - 1] + lonely]
            best[here] = top
        return self._follow(len(codes), lengths, begins, length, nodes, places)

    def _words(
        self, laid: Codes, roots: NDArray[np.int32], following: Ints, step: Ints, begins: Ints
    ) -> list[tuple[Ints, NDArray[np.int32], NDArray[np.float64], Ints]]:
        """For 2, 3, ... characters: where words of so many begin, their nodes and scores, and where each step's begin."""
        found = []
        at = np.flatnonzero(self._fertile[roots] & (step > 1))
        nodes, ends = roots[at], following[at]
        while len(at):
            nodes = self._children(nodes, laid[ends])
            whole = np.flatnonzero(self._scores[nodes] > -np.inf)
            whole = whole[nodes[whole] >= 0]
            words = at[whole]
            found.append((words, nodes[whole], self._scores[nodes[whole]], np.searchsorted(words, begins)))
            going = np.flatnonzero(self._fertile[nodes] & (step[ends] > 1))
            at, nodes, ends = at[going], nodes[going], following[ends[going]]
        return found

    @staticmethod
    def _follow(count: int, lengths: Ints, begins: Ints, length: Ints, nodes: NDArray[np.int32], places: Ints) -> Division:
        """Go through all runs from their beginnings, word by word."""
        sizes = np.zeros(count, np.int64)
        words = np.zeros(count, np.int32)
        rows, left = np.arange(len(lengths)), lengths
        while len(rows):
            at = begins[left] + rows
            sizes[places[at]] = length[at]
            words[places[at]] = nodes[at]
            left = left - length[at]
            rows, left = rows[left > 0], left[left > 0]
        starts = np.flatnonzero(sizes)
        return Division(starts, sizes[starts], words[starts])
