"""Words: jieba is the only segmenter, for documents and questions alike, with its dictionary's fingerprint."""

from __future__ import annotations

import hashlib
import logging
import re
from functools import cache
from typing import TYPE_CHECKING

from index.text import plain

if TYPE_CHECKING:
    from jieba import Tokenizer

VERSION = 1  # raise when segmentation changes, so that an index built before is rebuilt
_WORD = re.compile(r"[0-9]+(?:\.[0-9]+)?|[a-z]+|[一-鿿]+")
STOP_WORDS = frozenset(
    "的 了 和 与 及 或 在 是 为 对 等 将 把 被 从 以 于 中 上 下 要 有 也 都 就 而 并 其 这 那 the of a an to in and is for on at by".split()
)


@cache
def _segmenter() -> Tokenizer:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    segmenter = jieba.Tokenizer()
    segmenter.initialize()
    return segmenter


def words(text: str) -> list[str]:
    """Content words of a text in order, lower case; long words are followed by the shorter words inside them."""
    found: list[str] = []
    for run in _WORD.findall(plain(text).lower()):
        if run[0] < "一":
            found.append(run)
        else:
            found.extend(w for w in _segmenter().cut_for_search(run, HMM=False))
    return [w for w in found if w not in STOP_WORDS]


def word_spans(text: str) -> list[tuple[int, int]]:
    """Words of two Chinese characters and more as offsets, in order and apart."""
    found: list[tuple[int, int]] = []
    start = 0
    for word in _segmenter().cut(text, HMM=False):
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
    return bool(_segmenter().FREQ.get(text))
