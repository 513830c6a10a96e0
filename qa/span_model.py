"""The score of a candidate: one hidden layer over its features and the question's form, and what the reader of pieces adds.

Both are fitted together by `models/fit_spans.py`. The candidate marked is not the one of the highest score but the one that
shares most with all that may be right, each weighted by its chance (minimum Bayes risk, Goel and Byrne 2000): neighbours
that differ by a word do not split the vote.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from index.encoder import Vectors
from qa.span_candidates import Offsets
from qa.span_features import COLUMNS, Described
from qa.span_reader import STEPS, Reader

_RIVALS = 30
WEIGHTS = Path(__file__).parent / "data" / "span_weights.npz"


@dataclass(frozen=True)
class SpanModel:
    """A perceptron with a straight path beside its hidden layer, and the reader.

    Attributes:
        hidden: float32 (units, features + form columns).
        bias: float32 (units,).
        out: float32 (units,).
        straight: float32 (features,); what is the same for every candidate needs no straight path.
        reader: the network over the sentence's pieces.
    """

    hidden: Vectors
    bias: Vectors
    out: Vectors
    straight: Vectors
    reader: Reader

    def scores(self, described: Described) -> Vectors:
        """One score a candidate, higher is better, comparable within one sentence only, float32 (n,)."""
        own, form = described.features, described.form
        known = own.shape[1]
        # The question's columns are the same for every candidate, so their part is added once.
        units = own @ self.hidden[:, :known].T + (self.hidden[:, known:] @ form + self.bias)
        told = np.maximum(units, 0) @ self.out + own @ self.straight
        return np.asarray(told + self.reader.scores(described.pieces, form), np.float32)


@cache
def span_model(path: Path = WEIGHTS) -> SpanModel:
    """The fitted model; stored in half precision, one array for each attribute.

    Raises:
        ValueError: the weights were fitted on other features; run `models/fit_spans.py`.
    """
    with np.load(path) as stored:
        if stored["columns"].tolist() != list(COLUMNS):
            raise ValueError(f"{path} was fitted on other features than those of qa/span_features.py; run models/fit_spans.py again")
        arrays = {name: np.asarray(stored[name], np.float32) for name in stored.files if name != "columns"}
    return from_arrays(arrays)


def from_arrays(arrays: dict[str, Vectors]) -> SpanModel:
    """A model of arrays named as the attributes are; those of the convolutions are numbered (`kernels0`)."""
    reader = Reader(
        project=arrays["project"],
        weighing=arrays["weighing"],
        attention=arrays["attention"],
        gate=arrays["gate"],
        gate_bias=arrays["gate_bias"],
        shift=arrays["shift"],
        shift_bias=arrays["shift_bias"],
        kernels=tuple(arrays[f"kernels{i}"] for i in range(len(STEPS))),
        biases=tuple(arrays[f"biases{i}"] for i in range(len(STEPS))),
        ends=arrays["ends"],
        ends_bias=arrays["ends_bias"],
    )
    return SpanModel(arrays["hidden"], arrays["bias"], arrays["out"], arrays["straight"], reader)


def expected(spans: Offsets, scores: Vectors) -> Vectors:
    """Expected F1 of every candidate with the answer, 0 to 1, by the characters it shares with the `_RIVALS` likeliest."""
    chances = np.exp(scores - scores.max())
    rivals = np.argsort(-chances, kind="stable")[:_RIVALS]
    low = np.maximum(spans[:, :1], spans[rivals, 0][None])
    high = np.minimum(spans[:, 1:], spans[rivals, 1][None])
    lengths = spans[:, 1] - spans[:, 0]
    shared = 2 * np.maximum(high - low, 0) / (lengths[:, None] + lengths[rivals][None])
    return np.asarray(shared @ chances[rivals] / chances[rivals].sum(), np.float32)
