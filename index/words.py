"""Words: jieba is the only segmenter, for documents and questions alike, with its dictionary's fingerprint."""

from __future__ import annotations

import hashlib
import logging
import re
from typing import TYPE_CHECKING

from index.once import once
from index.segmenter import Segmenter
from index.text import plain

if TYPE_CHECKING:
    from jieba import Tokenizer

VERSION = 1  # raise when segmentation changes, so that an index built before is rebuilt
# The last characters of the block are not in jieba's alphabet: it lets each stand alone.
_WORD = re.compile(r"[0-9]+(?:\.[0-9]+)?|[a-z]+|[一-鿕]+|[鿖-鿿]")
STOP_WORDS = frozenset(
    "的 了 和 与 及 或 在 是 为 对 等 将 把 被 从 以 于 中 上 下 要 有 也 都 就 而 并 其 这 那 the of a an to in and is for on at by".split()
)


@once
def _jieba() -> Tokenizer:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


@once
def segmenter() -> Segmenter:
    """The one segmenter of this process."""
    return Segmenter(_jieba(), STOP_WORDS)


def dictionary() -> tuple[dict[str, int], int]:
    """Jieba's words (and what only begins words, with 0) with their frequencies, and the sum of these."""
    return _jieba().FREQ, _jieba().total


def words(text: str) -> list[str]:
    """Content words of a text in order, lower case; long words come after the shorter words inside them."""
    segment = segmenter().search_words
    found: list[str] = []
    for run in _WORD.findall(plain(text).lower()):
        if run[0] >= "一":
            found += segment(run)
        elif run not in STOP_WORDS:
            found.append(run)
    return found


def word_spans(text: str) -> list[tuple[int, int]]:
    """Words of two Chinese characters and more as offsets, in order and apart."""
    found: list[tuple[int, int]] = []
    start = 0
    for word in _jieba().cut(text, HMM=False):
        if len(word) > 1 and word[0] >= "一":
            found.append((start, start + len(word)))
        start += len(word)
    return found


def fingerprint() -> str:
    """Changes when the same text would give other words; kept in the manifest."""
    import jieba

    return hashlib.sha256(f"{jieba.__version__}|{VERSION}|{sorted(STOP_WORDS)}".encode()).hexdigest()[:12]


def is_word(text: str) -> bool:
    """Whether the segmenter's dictionary holds the text as a word."""
    return bool(_jieba().FREQ.get(text))
