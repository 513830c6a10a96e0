"""Scores of the channels -> one ranking score, as a pure function of their weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.encoder import Vectors

if TYPE_CHECKING:
    from qa.retrieve import Candidates


@dataclass(frozen=True)
class Weights:
    """How much each channel counts. The values are those of the ablation table in `benchmarks/README.md`.

    Attributes:
        passage: cosine of question and passage.
        sentence: cosine of question and the passage's best sentence; a passage talks of ten things, a question asks one.
        lexical: BM25 over the largest BM25 among the candidates, so in [0, 1].
        period: added where the passage speaks of the time asked for (a result of 2022, a target for 2023).
    """

    passage: float = 0.3
    sentence: float = 0.7
    lexical: float = 0.2
    period: float = 0.1


BM25_ONLY = Weights(passage=0.0, sentence=0.0, lexical=1.0, period=0.0)
DENSE_ONLY = Weights(lexical=0.0)


def fuse(candidates: Candidates, weights: Weights) -> Vectors:
    """Linear fusion of the channels, (n,) float32, higher is better; no lexical part where no word matches."""
    scores = weights.passage * candidates.passage + weights.sentence * candidates.sentence
    top = float(candidates.lexical.max(initial=0.0))
    return scores + weights.lexical * candidates.lexical / top if top > 0 else scores
