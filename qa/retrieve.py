"""Query -> candidates of both channels under the same filters, with exact scores for every candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder, Vectors
from index.library import Library
from index.stores import Rows
from index.tokens import run_maxima
from index.words import words
from qa.expand import expansion

SENTENCES = 200  # best sentences looked at
PASSAGES = 60  # best passages of each channel
EXPANDED = 0.5  # weight of the words of official terms that the question names in other words


@dataclass(frozen=True)
class Candidates:
    """Passage rows with their scores, each (n,) float32, higher is better.

    Attributes:
        rows: passage rows, unique.
        passage: cosine of the question and the passage.
        sentence: cosine of the question and the passage's best sentence.
        best: number of that sentence inside the passage.
        lexical: BM25 of the passage.
    """

    rows: Rows
    passage: Vectors
    sentence: Vectors
    best: NDArray[np.int64]
    lexical: Vectors


def retrieve(library: Library, encoder: Encoder, topic: str, documents: Sequence[int], expanded: float = EXPANDED) -> Candidates:
    """The best passages of `documents` for a topic, by passage vector, by sentence vector and by words.

    The words of official terms that the topic names in other words count `expanded` (0 to 1) of its own.
    """
    passages_allowed, sentences_allowed = library.rows_in(documents)
    vector = encoder.encode_queries([topic])[0]
    by_passage, _ = library.passages.search(vector, PASSAGES, passages_allowed)
    by_sentence, _ = library.sentences.search(vector, SENTENCES, sentences_allowed)
    asked, meant = words(topic), expansion(topic)
    found = [library.words.best(query, PASSAGES, passages_allowed) for query in (asked, meant) if query]
    by_words = np.concatenate([np.zeros(0, np.int64), *found])
    rows = np.unique(np.concatenate([by_passage, library.passage_of_sentences(by_sentence), by_words]))
    bm25 = library.words.scores(asked, rows) + np.float32(expanded) * library.words.scores(meant, rows)
    return score_rows(library, vector, rows, bm25)


def score_rows(library: Library, vector: Vectors, rows: Rows, bm25: Vectors) -> Candidates:
    """Exact scores of the rows, whose BM25 is given, so that a passage found by one channel only is not short of the other's score."""
    spans = library.sentence_edges(rows)
    sentence_rows = np.concatenate([np.arange(a, b) for a, b in spans]) if len(rows) else np.zeros(0, np.int64)
    scores = library.sentences.vectors(sentence_rows) @ vector
    edges = np.concatenate([[0], np.cumsum(spans[:, 1] - spans[:, 0])])
    best = np.asarray([int(scores[a:b].argmax()) if b > a else -1 for a, b in zip(edges, edges[1:], strict=False)])
    best_scores = run_maxima(scores, edges)
    passage_scores = library.passages.vectors(rows) @ vector
    return Candidates(rows, passage_scores, best_scores, best, bm25)
