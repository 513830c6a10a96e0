"""A small network that reads a sentence piece by piece under a question: where the answer may start, end and run.

Every piece is its own vector, the part of the question it is most like (aligned as in DrQA: Chen et al. 2017), and its
kind; three convolutions over its neighbours follow, the first of them steered by the question (FiLM: Perez et al. 2018).
Fitted by `models/fit_spans.py`; numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from qa.span_pieces import Pieces

SHARP = 10.0  # of the alignment with the question
STEERED = 3.0  # scale of the product with the question
STEPS = (1, 2, 4)  # dilation of each convolution


@dataclass(frozen=True)
class Reader:
    """The arrays of the network; p projected dimensions, c channels, f columns of the question's form.

    Attributes:
        project: (p, dimensions), for all vectors.
        weighing: mean and spread of the logarithm of the pieces' lengths, (2,).
        attention: (p,), how much a piece of the question counts.
        gate, gate_bias: (c, p + f), (c,).
        shift, shift_bias: (c, p + f), (c,).
        kernels: of each convolution, (c, channels in, 5).
        biases: of each, (c,).
        ends: of the start, of the end, of the run, (3, c).
        ends_bias: (3,).
    """

    project: Vectors
    weighing: Vectors
    attention: Vectors
    gate: Vectors
    gate_bias: Vectors
    shift: Vectors
    shift_bias: Vectors
    kernels: tuple[Vectors, ...]
    biases: tuple[Vectors, ...]
    ends: Vectors
    ends_bias: Vectors

    def scores(self, pieces: Pieces, form: Vectors) -> Vectors:
        """What the reader adds to each candidate's score, float32 (candidates,); 0 where it holds no piece."""
        held = pieces.last >= pieces.first
        if not len(pieces.vectors) or not len(pieces.topic):
            return np.zeros(len(held), np.float32)
        told = self._read(pieces, form)
        first, last = np.where(held, pieces.first, 0), np.where(held, pieces.last, 0)
        sums = np.concatenate([np.zeros(1, np.float32), np.cumsum(told[:, 2])])
        inside = (sums[last + 1] - sums[first]) / np.sqrt(np.maximum(last - first + 1, 1))
        return np.asarray(np.where(held, told[first, 0] + told[last, 1] + inside, 0), np.float32)

    def _read(self, pieces: Pieces, form: Vectors) -> Vectors:
        """Start, end and run of every piece, float32 (n, 3)."""
        own, topic, question = (v @ self.project.T for v in (pieces.vectors, pieces.topic, pieces.question))
        alike = pieces.vectors @ pieces.topic.T
        most = alike.max(1, keepdims=True)
        asked = _softmax(np.asarray(question @ self.attention, np.float32)[None])[0] @ question
        known = np.concatenate([asked, form])
        weights = ((pieces.weights - self.weighing[0]) / self.weighing[1])[:, None]
        columns = [own, _softmax(SHARP * alike) @ topic, STEERED * own * asked, most, weights, most * weights, pieces.kinds]
        first, *others = zip(self.kernels, self.biases, STEPS, strict=True)
        read = np.maximum(_convolved(np.concatenate(columns, 1), *first), 0)
        gate = 2 / (1 + np.exp(-(self.gate @ known + self.gate_bias)))
        read = read * gate + self.shift @ known + self.shift_bias
        for kernel, bias, step in others:
            read = read + np.maximum(_convolved(read, kernel, bias, step), 0)
        return np.asarray(read @ self.ends.T + self.ends_bias, np.float32)


def _softmax(rows: Vectors) -> Vectors:
    shifted = np.exp(rows - rows.max(1, keepdims=True))
    return np.asarray(shifted / shifted.sum(1, keepdims=True), np.float32)


def _convolved(rows: Vectors, kernel: Vectors, bias: Vectors, step: int) -> Vectors:
    """Rows (n, channels) with a kernel (out, channels, width) of the given dilation; zeros beyond the ends."""
    width = kernel.shape[2]
    reach = step * (width // 2)
    padded = np.pad(rows, ((reach, reach), (0, 0)))
    total: NDArray[np.float32] = np.tile(bias, (len(rows), 1))
    for tap in range(width):
        total += padded[tap * step : tap * step + len(rows)] @ kernel[:, :, tap].T
    return total
