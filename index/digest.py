"""What an index keeps of passages besides their text: vectors, pieces and words, made in one go from one reading.

Every stretch of text is cut into pieces once: a clause's pieces make up its sentence's vector, the sentences' pieces
and those of the headings their passage's. The sums are those of encoding each text by itself, because the model's pieces
never reach over the punctuation and white space at which texts are cut (only a sentence of over 380 characters without
a comma is cut elsewhere).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from index.bulk_words import bulk_words
from index.encoder import StaticEncoder, Vectors, unit
from index.records import Span
from index.tokens import Tokens, add_runs, clauses_of
from index.word_counts import WordCounts, count_words

Text = tuple[str, tuple[Span, ...]]  # a passage's text and the spans of its sentences


@dataclass(frozen=True)
class Digest:
    """Of some passages in order; without vectors where a model other than the static one must make them.

    Attributes:
        passages, sentences: (count, dimension) float32 of unit length.
        tokens: pieces of the sentences.
    """

    words: WordCounts
    passages: Vectors | None = None
    sentences: Vectors | None = None
    tokens: Tokens | None = None


def digest(texts: Sequence[Text], encoder: StaticEncoder | None, bulk: bool = False) -> Digest:
    """Words of the passages, and with the static model their vectors and pieces.

    `bulk`: many more will come; worth a second's preparation. What is made is the same.
    """
    counted = [text for text, _ in texts]
    words = bulk_words().count(counted) if bulk else count_words(counted)
    if encoder is None:
        return Digest(words)
    clauses, sentence_starts = clauses_of([text[a:b] for text, spans in texts for a, b in spans])
    outside = [_outside(text, spans) for text, spans in texts]
    tokens, sums = Tokens.of_clauses(encoder, clauses, sentence_starts, bulk)
    sentences = add_runs(sums, sentence_starts)
    edges = np.fromiter(accumulate((len(spans) for _, spans in texts), initial=0), np.int64, len(texts) + 1)
    passages = add_runs(sentences, edges)
    headed = [row for row, text in enumerate(outside) if text]
    if headed:
        passages[headed] += encoder.sums(*encoder.flat_ids([outside[row] for row in headed], bulk))
    return Digest(words, unit(passages), unit(sentences), tokens)


def _outside(text: str, spans: tuple[Span, ...]) -> str:
    """What of a passage is in no sentence: its headings."""
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    return "\n".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a).strip()
