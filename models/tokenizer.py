"""The model's tokenizer: a Unigram over words that a Chinese reader would see, and English words.

Pieces: frequent Chinese words of 2 to 6 characters (segmented with jieba), every character, English words, years.
The score of a piece is its log frequency, so the likeliest segmentation wins; digits stand one by one (a figure is
its digits, not a piece of its own), years excepted, because a year is a name.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Iterable

import jieba
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

UNKNOWN = "[UNK]"
CHINESE_WORDS = 42_000
ENGLISH_WORDS = 14_000
YEARS = range(1949, 2051)
CHINESE = re.compile(r"[一-鿿]+")
ENGLISH = re.compile(r"[a-z]+")
PUNCTUATION = string.punctuation + "，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…·～－"


def count_words(texts: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """Chinese words and characters, and English words, with their frequencies."""
    chinese: Counter[str] = Counter()
    english: Counter[str] = Counter()
    for text in texts:
        text = text.lower()
        for run in CHINESE.findall(text):
            chinese.update(run)
            chinese.update(w for w in jieba.cut(run, HMM=False) if 2 <= len(w) <= 6)
        english.update(w for w in ENGLISH.findall(text) if 2 <= len(w) <= 20)
    return chinese, english


def build_tokenizer(chinese: Counter[str], english: Counter[str]) -> tuple[Tokenizer, list[float]]:
    """The tokenizer and, for each piece, its relative frequency (0 for the unknown piece and punctuation)."""
    counts: dict[str, int] = {c: n for c, n in chinese.items() if len(c) == 1}
    counts.update(dict(Counter({w: n for w, n in chinese.items() if len(w) > 1}).most_common(CHINESE_WORDS)))
    counts.update(dict(english.most_common(ENGLISH_WORDS)))
    for character in string.ascii_lowercase + string.digits + "%℃‰㎡+-.":
        counts.setdefault(character, 1)
    for year in YEARS:
        counts[str(year)] = 1000
    total = sum(counts.values())
    pieces = [(UNKNOWN, 0.0)] + [(p, math.log(n / total)) for p, n in sorted(counts.items())]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    # The metaspace-free split keeps pieces inside one script: a word, a number, or a run of Chinese.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(_script_change(), behavior="isolated")]
    )
    frequencies = [0.0] + [0.0 if p in PUNCTUATION else counts[p] / total for p, _ in pieces[1:]]
    return tokenizer, frequencies


def _script_change() -> object:
    from tokenizers import Regex

    return Regex(r"[a-z]+|[0-9]+|[^a-z0-9\s]+")
