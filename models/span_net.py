"""The score of `qa/span_model.py` as a torch module that can be fitted, and its arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from qa.span_features import COLUMNS, FEATURES
from qa.span_forms import FORMS, WANTS
from qa.span_pieces import KINDS, Pieces
from qa.span_reader import SHARP, STEERED, STEPS

FORM = len(WANTS) + len(FORMS)
WIDTH = 5


@dataclass(frozen=True)
class Sizes:
    """Of the layers, and the shares of values dropped while fitting."""

    units: int = 64
    projected: int = 48
    channels: int = 96
    dropped: float = 0.4
    dropped_vectors: float = 0.5


@dataclass(frozen=True)
class Row:
    """A question's candidates with the F1 of each with the marked answer.

    Attributes:
        group: what it is counted under.
        held: whether it is held out.
        spans: int64 (n, 2).
        features: float32 (n, features).
        form: float32 (form columns,).
        pieces: the sentence and the question piece by piece.
        gains: float32 (n,).
    """

    group: str
    held: bool
    spans: np.ndarray
    features: np.ndarray
    form: np.ndarray
    pieces: Pieces
    gains: np.ndarray


@dataclass(frozen=True)
class Scale:
    """Mean and spread of the features, (features,), and of the logarithm of the pieces' lengths."""

    mean: np.ndarray
    spread: np.ndarray
    weight_mean: float
    weight_spread: float


@dataclass(frozen=True)
class Batch:
    """Rows padded to the longest; `owners` is the row of each candidate, `mask` 1 where there is a piece."""

    size: int
    columns: torch.Tensor
    form: torch.Tensor
    own: torch.Tensor
    topic: torch.Tensor
    question: torch.Tensor
    mask: torch.Tensor
    topic_mask: torch.Tensor
    question_mask: torch.Tensor
    weights: torch.Tensor
    kinds: torch.Tensor
    owners: torch.Tensor
    first: torch.Tensor
    last: torch.Tensor
    gains: torch.Tensor


def batch_of(rows: list[Row], scale: Scale) -> Batch:
    """The rows as tensors."""
    pieces = [row.pieces for row in rows]
    counts = [len(row.gains) for row in rows]
    columns = [
        np.concatenate([(r.features - scale.mean) / scale.spread, np.repeat(r.form[None], n, 0)], 1)
        for r, n in zip(rows, counts, strict=True)
    ]
    own, mask = _padded([p.vectors for p in pieces])
    topic, topic_mask = _padded([p.topic for p in pieces])
    question, question_mask = _padded([p.question for p in pieces])
    weights, _ = _padded([(p.weights[:, None] - scale.weight_mean) / scale.weight_spread for p in pieces])
    return Batch(
        len(rows),
        torch.from_numpy(np.concatenate(columns).astype(np.float32)),
        torch.from_numpy(np.stack([row.form for row in rows])),
        own,
        topic,
        question,
        mask,
        topic_mask,
        question_mask,
        weights,
        _padded([p.kinds for p in pieces])[0],
        torch.from_numpy(np.repeat(np.arange(len(rows)), counts)),
        torch.from_numpy(np.concatenate([p.first for p in pieces])),
        torch.from_numpy(np.concatenate([p.last for p in pieces])),
        torch.from_numpy(np.concatenate([row.gains for row in rows])),
    )


def _padded(parts: list[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(part) for part in parts)
    filled = np.zeros((len(parts), longest, parts[0].shape[1]), np.float32)
    mask = np.zeros((len(parts), longest), np.float32)
    for i, part in enumerate(parts):
        filled[i, : len(part)], mask[i, : len(part)] = part, 1
    return torch.from_numpy(filled), torch.from_numpy(mask)


class SpanNet(torch.nn.Module):
    """The perceptron over a candidate's columns, and the reader over the sentence's pieces."""

    def __init__(self, dimension: int, sizes: Sizes) -> None:
        super().__init__()
        p, c = sizes.projected, sizes.channels
        self.straight = torch.nn.Linear(len(FEATURES), 1)
        self.hidden, self.out = torch.nn.Linear(len(COLUMNS), sizes.units), torch.nn.Linear(sizes.units, 1)
        self.project, self.attention = torch.nn.Linear(dimension, p, bias=False), torch.nn.Linear(p, 1, bias=False)
        self.gate, self.shift = torch.nn.Linear(p + FORM, c), torch.nn.Linear(p + FORM, c)
        channels = [3 * p + 3 + len(KINDS), *[c] * (len(STEPS) - 1)]
        self.convolutions = torch.nn.ModuleList(
            torch.nn.Conv1d(n, c, WIDTH, padding=step * (WIDTH // 2), dilation=step) for n, step in zip(channels, STEPS, strict=True)
        )
        self.ends = torch.nn.Linear(c, 3)
        self.dropout, self.dropped_vectors = torch.nn.Dropout(sizes.dropped), torch.nn.Dropout(sizes.dropped_vectors)

    def forward(self, b: Batch) -> torch.Tensor:
        """Scores of all candidates."""
        straight = self.straight(b.columns[:, : len(FEATURES)])[:, 0]
        bent = self.out(self.dropout(torch.relu(self.hidden(b.columns))))[:, 0]
        told = self.read(b)
        sums = torch.cat([torch.zeros(b.size, 1), torch.cumsum(told[..., 2] * b.mask, 1)], 1)
        held = b.last >= b.first
        first, last = b.first * held, b.last * held
        inside = (sums[b.owners, last + 1] - sums[b.owners, first]) / (last - first + 1).clamp(1) ** 0.5
        read = told[b.owners, first, 0] + told[b.owners, last, 1] + inside
        return straight + bent + torch.where(held, read, torch.zeros(()))

    def read(self, b: Batch) -> torch.Tensor:
        """Start, end and run of every piece, (rows, pieces, 3)."""
        own, topic, question = (
            self.project(self.dropped_vectors(b.own)),
            self.project(b.topic),
            self.project(self.dropped_vectors(b.question)),
        )
        nothing = torch.tensor(-1e9)
        alike = torch.where(b.topic_mask[:, None] > 0, b.own @ b.topic.transpose(1, 2), torch.tensor(-1.0))
        aligned = torch.softmax(torch.where(b.topic_mask[:, None] > 0, SHARP * alike, nothing), 2) @ topic
        weight = torch.softmax(torch.where(b.question_mask > 0, self.attention(question)[..., 0], nothing), 1)
        asked = (weight[..., None] * question).sum(1)
        known = torch.cat([asked, b.form], 1)
        most = alike.max(2).values[..., None]
        columns = torch.cat([own, aligned, STEERED * own * asked[:, None], most, b.weights, most * b.weights, b.kinds], 2)
        mask = b.mask[:, None]
        read = torch.relu(self.convolutions[0]((columns * b.mask[..., None]).transpose(1, 2)))
        read = (read * 2 * torch.sigmoid(self.gate(known))[..., None] + self.shift(known)[..., None]) * mask
        for convolution in self.convolutions[1:]:
            read = read + torch.relu(convolution(self.dropout(read))) * mask
        ends: torch.Tensor = self.ends(self.dropout(read.transpose(1, 2)))
        return ends

    def arrays(self, scale: Scale) -> dict[str, np.ndarray]:
        """The arrays of `qa.span_model.from_arrays`; the scale of the features goes into the weights."""
        found = {name: value.detach().numpy() for name, value in self.state_dict().items()}
        mean, spread = np.zeros(len(COLUMNS), np.float32), np.ones(len(COLUMNS), np.float32)
        mean[: len(FEATURES)], spread[: len(FEATURES)] = scale.mean, scale.spread
        hidden = found["hidden.weight"] / spread
        numbered = {f"kernels{i}": found[f"convolutions.{i}.weight"] for i in range(len(STEPS))}
        numbered |= {f"biases{i}": found[f"convolutions.{i}.bias"] for i in range(len(STEPS))}
        return numbered | {
            "hidden": hidden,
            "bias": found["hidden.bias"] - hidden @ mean,
            "out": found["out.weight"][0],
            "straight": found["straight.weight"][0] / scale.spread,
            "project": found["project.weight"],
            "weighing": np.asarray([scale.weight_mean, scale.weight_spread], np.float32),
            "attention": found["attention.weight"][0],
            "gate": found["gate.weight"],
            "gate_bias": found["gate.bias"],
            "shift": found["shift.weight"],
            "shift_bias": found["shift.bias"],
            "ends": found["ends.weight"],
            "ends_bias": found["ends.bias"],
        }
