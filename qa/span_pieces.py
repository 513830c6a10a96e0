"""What a sentence's pieces are, for the network that reads them: their vectors beside those of the question, their kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.encoder import StaticEncoder, Vectors
from index.records import Span
from qa.span_candidates import Offsets, Runs

_SENTENCE_MARKS = frozenset("，,；;。：:！!？?")

KINDS = ("in a figure", "in a date", "in a quotation", "a mark", "a mark of a list", "digits", "Latin letters", "length")


@dataclass(frozen=True)
class Pieces:
    """The pieces of a sentence and of a question.

    Attributes:
        vectors: of the sentence's pieces, unit length, float32 (n, dimensions).
        topic: of the pieces of the question's topic, unit length, float32 (t, dimensions).
        question: of the pieces of the whole question, unit length, float32 (q, dimensions).
        weights: logarithm of the sentence's pieces' raw lengths (rare pieces are long), float32 (n,).
        kinds: the columns `KINDS`, float32 (n, 8).
        first: number of each candidate's first piece, int64 (candidates,).
        last: of its last piece; first - 1 where it holds none, int64 (candidates,).
    """

    vectors: Vectors
    topic: Vectors
    question: Vectors
    weights: Vectors
    kinds: Vectors
    first: Offsets
    last: Offsets


def pieces_of(encoder: StaticEncoder, flat: str, ids: Offsets, offsets: Offsets, found: Runs, topic: Offsets, question: str) -> Pieces:
    """The pieces `ids` of a sentence that stand at `offsets`, beside those of the topic and of the whole question."""
    first = np.searchsorted(offsets[:, 0], found.spans[:, 0], "left")
    last = np.searchsorted(offsets[:, 1], found.spans[:, 1], "right") - 1
    asked, _ = encoder.pieces(question)
    return Pieces(
        _units(encoder, ids),
        _units(encoder, topic),
        _units(encoder, asked),
        np.log(encoder.norms[ids] + 1e-3),
        _kinds(flat, offsets, found),
        first,
        np.maximum(last, first - 1),
    )


def _units(encoder: StaticEncoder, ids: Offsets) -> Vectors:
    return np.asarray(encoder.weights[ids] / encoder.norms[ids][:, None], np.float32)


def _kinds(flat: str, offsets: Offsets, found: Runs) -> Vectors:
    kinds = np.zeros((len(offsets), len(KINDS)), np.float32)
    groups: tuple[tuple[Span, ...], ...] = (tuple((f.start, f.end) for f in found.figures), found.dates, found.quoted)
    for column, spans in enumerate(groups):
        for start, end in spans:
            kinds[np.searchsorted(offsets[:, 1], start, "right") : np.searchsorted(offsets[:, 0], end, "left"), column] = 1
    for row, (start, end) in enumerate(offsets.tolist()):
        text = flat[start:end]
        kinds[row, 3:] = (
            text[:1] in _SENTENCE_MARKS,
            text[:1] == "、",
            text.isdigit(),
            text.isascii() and text.isalpha(),
            (end - start) / 4,
        )
    return kinds
