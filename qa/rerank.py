"""The best candidates looked at again, sentence by sentence: clauses and token-level late interaction.

A sentence of a plan strings several facts together, so a clause may answer where the sentence as a whole lies far off.
Late interaction (Khattab and Zaharia 2020, ColBERT's MaxSim) asks for every word of the question how near the nearest
word of the sentence comes; here with the static model's own vectors, weighted by their raw length, which training made
long for words that tell passages apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder, StaticEncoder, Vectors
from index.errors import ModelError
from index.library import Library
from index.ranges import edges, ranges
from index.stores import Rows
from index.tokens import Tokens, run_maxima, run_sums

_TINY: np.float32 = np.float32(1e-9)
DEPTH = 50  # candidates looked at; the right passage is nearly always among them


class Reranker(Protocol):
    """Looks again at the best candidates."""

    def rescore(self, topic: str, rows: Rows) -> tuple[Vectors, NDArray[np.int64]]:
        """A score for every sentence of the passage rows (higher is better), one after the other, and their bounds.

        The sentences of row i are scores[bounds[i] : bounds[i + 1]].
        """
        ...


@dataclass(frozen=True)
class SentenceWeights:
    """How much each view of a sentence counts; chosen on training questions that the model was not trained on."""

    sentence: float = 0.4
    clause: float = 0.4
    late: float = 0.8


@dataclass(frozen=True)
class Views:
    """Views of sentences from their pieces, each (sentences,) float32 in [-1, 1].

    Attributes:
        clause: cosine of question and the sentence's best clause.
        late: weighted mean over the question's pieces of the best cosine among the sentence's pieces.
        clauses: cosine of question and every clause, (clauses,).
    """

    clause: Vectors
    late: Vectors
    clauses: Vectors


class StaticReranker:
    """The default: sentences, clauses and pieces under the static model's own vectors."""

    def __init__(self, library: Library, encoder: StaticEncoder, weights: SentenceWeights = SentenceWeights()) -> None:  # noqa: B008 - frozen
        self._library = library
        self._encoder = encoder
        self._weights = weights

    def rescore(self, topic: str, rows: Rows) -> tuple[Vectors, NDArray[np.int64]]:
        spans = self._library.sentence_edges(rows)
        sentences = ranges(spans[:, 0], spans[:, 1])
        bounds = edges(spans[:, 1] - spans[:, 0])
        if self._library.tokens is None or not len(sentences):
            return np.zeros(len(sentences), np.float32), bounds
        found = views(self._encoder, topic, self._library.tokens, sentences)
        whole = self._library.sentences.vectors(sentences) @ self._encoder.encode_queries([topic])[0]
        w = self._weights
        return w.sentence * whole + w.clause * found.clause + w.late * found.late, bounds


class CrossReranker:
    """Any sentence-transformers CrossEncoder: question and passage are read together; slow without a GPU.

    Its score in [0, 1] counts twice, the cosine of a sentence only chooses the sentence inside its passage.
    """

    def __init__(self, library: Library, encoder: Encoder, name: str) -> None:
        """Raises ModelError where the model cannot be opened."""
        from sentence_transformers import CrossEncoder
        from torch import nn

        try:
            self._model: Any = CrossEncoder(name, activation_fn=nn.Sigmoid())
        except Exception as error:  # the library raises a dozen kinds for a model that cannot be had
            reason = (str(error).splitlines() or [""])[0][:160]
            raise ModelError(
                f"cannot open the reranker {name!r} ({type(error).__name__}: {reason}); give the folder of a CrossEncoder"
            ) from error
        self._library = library
        self._encoder = encoder

    def rescore(self, topic: str, rows: Rows) -> tuple[Vectors, NDArray[np.int64]]:
        spans = self._library.sentence_edges(rows)
        bounds = edges(spans[:, 1] - spans[:, 0])
        if not bounds[-1]:
            return np.zeros(0, np.float32), bounds
        pairs = [(topic, passage.text) for passage in self._library.read(rows)]
        scores = np.asarray(self._model.predict(pairs, show_progress_bar=False), np.float32).reshape(-1)
        cosines = self._library.sentences.vectors(ranges(spans[:, 0], spans[:, 1])) @ self._encoder.encode_queries([topic])[0]
        return np.asarray(2 * np.repeat(scores, np.diff(bounds)) + 0.1 * cosines, np.float32), bounds


def views(encoder: StaticEncoder, topic: str, tokens: Tokens, sentences: Rows) -> Views:
    """Hold a question against sentences, given by their rows.

    Everything is a sum or maximum over pieces of a product that is made once for every different piece.
    """
    query = np.asarray(encoder.token_ids([topic])[0], np.int64)
    first, last = tokens.sentence_starts[sentences], tokens.sentence_starts[sentences + 1]
    clauses = ranges(first, last)
    starts, ends = tokens.clause_starts[clauses], tokens.clause_starts[clauses + 1]
    ids = tokens.ids[ranges(starts, ends)]
    clause_edges = edges(ends - starts)
    sentence_edges = edges(last - first)
    piece_edges = clause_edges[sentence_edges]

    query = query[encoder.norms[query] > 0]
    weights = encoder.norms[query]
    unit = encoder.weights[query] / weights[:, None]
    whole = encoder.weights[query].sum(0)
    known, place = np.unique(ids, return_inverse=True)
    norms = np.maximum(encoder.norms[known], _TINY)
    products = encoder.weights[known] @ np.vstack([whole / max(np.linalg.norm(whole), _TINY), unit]).T
    products[:, 1:] /= norms[:, None]
    products = products[place]  # (pieces, 1 + question pieces): dot with the whole question, cosine with each piece

    lengths = np.maximum(tokens.clause_norms[clauses], _TINY)
    cosines = np.asarray(run_sums(products[:, 0], clause_edges) / lengths, np.float32)
    late: Vectors = run_maxima(products[:, 1:], piece_edges) @ weights / np.maximum(weights.sum(), _TINY)
    return Views(run_maxima(cosines, sentence_edges), late, cosines)
