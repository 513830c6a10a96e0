"""Scores of the channels -> one ranking score, as a pure function of their weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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
        expanded: weight of the words of official terms inside BM25 (`qa.expand`).
        period: added where the passage speaks of the time asked for (a result of 2022, a target for 2023).
        figures: read the figure of a known indicator and put it first, or refuse (`qa.indicated`).
        decide: refuse where the fitted decision says that the first hit does not answer (`qa.refusal`).
        form: let the form of a sentence count (`qa.evidence`).
        rerank: look again at the best candidates; `reranked_passage` and `reranked_lexical` hold beside its score.
    """

    passage: float = 0.3
    sentence: float = 0.7
    lexical: float = 0.2
    expanded: float = 0.5
    period: float = 0.3
    rerank: bool = True
    form: bool = True
    figures: bool = True
    decide: bool = True
    reranked_passage: float = 0.3
    reranked_lexical: float = 0.15


BM25_ONLY = Weights(passage=0.0, sentence=0.0, lexical=1.0, period=0.0, rerank=False, figures=False, decide=False)
DENSE_ONLY = Weights(lexical=0.0, period=0.0, rerank=False, figures=False, decide=False)
FUSED = Weights(rerank=False, figures=False, decide=False)


def fuse(candidates: Candidates, weights: Weights, period: Vectors) -> Vectors:
    """Linear fusion of the channels, (n,) float32, higher is better; no lexical part where no word matches."""
    scores = weights.passage * candidates.passage + weights.sentence * candidates.sentence
    return np.asarray(scores + weights.lexical * relative(candidates.lexical) + weights.period * period, np.float32)


def fuse_again(passage: Vectors, lexical: Vectors, period: Vectors, weights: Weights) -> Vectors:
    """What stands beside the score of its best sentence for a candidate looked at again; `lexical` in [0, 1]."""
    scores = weights.reranked_passage * passage + weights.reranked_lexical * lexical + weights.period * period
    return np.asarray(scores, np.float32)


def relative(lexical: Vectors) -> Vectors:
    """BM25 over the largest of the candidates, in [0, 1]; zeros where no word matches."""
    top = float(lexical.max(initial=0.0))
    return lexical / np.float32(top) if top > 0 else lexical
