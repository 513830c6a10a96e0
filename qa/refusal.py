"""Whether the best hit answers a question at all: a decision fitted on questions of our own.

Similarity alone cannot tell: a report that says nothing of taxi fares has a passage about taxis. The decision looks at
how the question's words are met in the sentence, in its passage and in the documents asked; at how far the first hit
stands out; at whether a figure that was wanted is there, in its unit; and at the kind of question (plans tell of jobs and
roads, seldom of prices in shops or the names of persons). `models/fit_refusal.py` fits the weights, a logistic regression
for each language, and stores them with their curve in `data/refusal.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from index.encoder import Encoder, StaticEncoder, Vectors
from index.library import Library
from index.ranges import ranges
from index.stores import Rows
from index.words import words
from qa.evidence import units_asked
from qa.figures import figures
from qa.fuse import Weights
from qa.question import Query
from qa.records import Hit

DATA = Path(__file__).parent / "data" / "refusal.json"
FEATURES = (
    "score",  # of the first hit, less what the period asked for added
    "margin",  # over the mean of the hits behind it, same
    "sentence",  # cosine of question and answer sentence
    "passage",  # cosine of question and passage
    "weakest word",  # soft minimum, over the question's pieces, of the best cosine among the sentence's
    "words in the passage",  # mean over the question's pieces of the best cosine in the passage, by length of their vectors
    "words in the documents",  # share of the question's words, by rarity, that the documents asked hold
    "rarest word missing",  # rarity in [0, 1] of the rarest word that they do not hold
    "no figure",  # one is wanted and the sentence has none
    "unit told",  # the unit asked for stands in the sentence
    "unit not told",
    "kind",  # log odds that reports answer questions of this kind, from the question alone
)
_SHARP = 6.0  # of the soft minimum: a piece 0.5 below the others counts about twenty times


@dataclass(frozen=True)
class Decision:
    """A fitted decision of one language.

    Attributes:
        weights: one for each of `FEATURES`, (n,) float32.
        bias: added to their sum.
        threshold: log odds of an answer below which nothing answers.
    """

    weights: Vectors
    bias: float
    threshold: float

    def odds(self, signs: Vectors) -> float:
        """Log odds that the hit answers, higher is surer."""
        return float(signs @ self.weights) + self.bias


@dataclass(frozen=True)
class Kinds:
    """From a question's vector to the log odds that reports answer questions of its kind.

    Attributes:
        weights: (dimension,) float32, in the space of one model.
        bias: added to the product.
        model: that model's fingerprint.
        typical: the value of an answered question, taken for every question under another model.
    """

    weights: Vectors
    bias: float
    model: str
    typical: float

    def odds(self, vector: Vectors, model: str) -> float:
        """Log odds for a question's vector, higher is likelier to be answered."""
        return float(vector @ self.weights) + self.bias if model == self.model else self.typical


@cache
def decisions() -> tuple[dict[str, Decision], Kinds]:
    """What was fitted: the decisions by language (zh, en), and the kinds of questions."""
    stored = json.loads(DATA.read_text("utf-8"))
    kinds = stored["kinds"]
    return {
        language: Decision(np.asarray([row["weights"][name] for name in FEATURES], np.float32), row["bias"], row["threshold"])
        for language, row in stored["decisions"].items()
    }, Kinds(np.asarray(kinds["weights"], np.float32), kinds["bias"], kinds["model"], kinds["typical"])


def answers(library: Library, encoder: Encoder, query: Query, hits: Sequence[Hit], documents: Sequence[int], weights: Weights) -> bool:
    """Whether the first hit answers; True where it cannot be told (no static model, no known word in the question)."""
    if not isinstance(encoder, StaticEncoder) or library.tokens is None:
        return True
    by_language, kinds = decisions()
    found = signs(library, encoder, query, hits, documents, weights, kinds)
    decision = by_language[query.language]
    return found is None or decision.odds(found) >= decision.threshold


def signs(
    library: Library,
    encoder: StaticEncoder,
    query: Query,
    hits: Sequence[Hit],
    documents: Sequence[int],
    weights: Weights,
    kinds: Kinds | None = None,
) -> Vectors | None:
    """The values of `FEATURES` for the first hit, float32; None where no piece of the question has a vector.

    Args:
        library: what was searched.
        encoder: its model.
        query: the question.
        hits: best first, with the scores of the built-in second look.
        documents: those that were asked.
        weights: what the scores were made with.
        kinds: None leaves the kind of question 0.
    """
    asked = _known(encoder, np.asarray(encoder.token_ids([query.topic])[0], np.int64))
    if not len(asked) or not hits:
        return None
    top = hits[0]
    rows = np.asarray([hit.row for hit in hits], np.int64)
    scores = np.asarray([hit.score for hit in hits]) - weights.period * library.period_matches(rows, query.tense, query.years)
    share = encoder.norms[asked] / encoder.norms[asked].sum()
    pieces = _known(encoder, np.asarray(encoder.token_ids([top.sentence])[0], np.int64))
    vector, in_sentence = _vector(encoder, asked), _met(encoder, asked, pieces)
    in_passage = _met(encoder, asked, _pieces_of(library, rows[:1]))
    held, missing = _words_held(library, query.topic, documents)
    told = figures(top.sentence) if query.wants == "figure" else ()
    units = units_asked(query.text) if query.wants == "figure" else ()
    in_unit = any(figure.unit in units for figure in told)
    return np.asarray(
        (
            scores[0],
            scores[0] - scores[1:].mean() if len(hits) > 1 else 0.0,
            _vector(encoder, pieces) @ vector,
            library.passages.vectors(rows[:1])[0] @ vector,
            -np.log(share @ np.exp(-_SHARP * in_sentence)) / _SHARP,
            share @ in_passage,
            held,
            missing,
            query.wants == "figure" and not told,
            bool(units) and in_unit,
            bool(units) and not in_unit,
            kinds.odds(vector, encoder.fingerprint) if kinds else 0.0,
        ),
        np.float32,
    )


def _known(encoder: StaticEncoder, ids: Rows) -> Rows:
    known: Rows = ids[encoder.norms[ids] > 0]
    return known


def _vector(encoder: StaticEncoder, ids: Rows) -> Vectors:
    """What the encoder gives for the text of these pieces."""
    total = encoder.weights[ids].sum(0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)


def _met(encoder: StaticEncoder, asked: Rows, ids: Rows) -> Vectors:
    """Best cosine of each asked piece among some pieces, (asked,) float32; zeros where there are none."""
    ids = _known(encoder, np.unique(ids))
    if not len(ids):
        return np.zeros(len(asked), np.float32)
    unit = encoder.weights[asked] / encoder.norms[asked][:, None]
    return np.asarray((unit @ (encoder.weights[ids] / encoder.norms[ids][:, None]).T).max(1), np.float32)


def _pieces_of(library: Library, passages: Rows) -> Rows:
    """The pieces of passages, given by their rows."""
    tokens = library.tokens
    assert tokens is not None
    spans = library.sentence_edges(passages)
    sentences = ranges(spans[:, 0], spans[:, 1])
    clauses = ranges(tokens.sentence_starts[sentences], tokens.sentence_starts[sentences + 1])
    return np.asarray(tokens.ids[ranges(tokens.clause_starts[clauses], tokens.clause_starts[clauses + 1])], np.int64)


def _words_held(library: Library, topic: str, documents: Sequence[int]) -> tuple[float, float]:
    """Share of a topic's words, by rarity, that documents hold; and the rarity of the rarest they do not, both in [0, 1]."""
    allowed, _ = library.rows_in(documents)
    rarity: list[float] = []
    held: list[bool] = []
    for word in dict.fromkeys(words(topic)):
        frequency = library.words.frequency(word)
        rarity.append(float(np.log((1 + library.words.count) / (1 + frequency)) / np.log(1 + library.words.count)))
        held.append(frequency > 0 and (allowed is None or bool(library.words.holds(word, allowed).any())))
    total = sum(rarity)
    share = sum(r for r, h in zip(rarity, held, strict=True) if h) / total if total else 1.0
    return share, max((r for r, h in zip(rarity, held, strict=True) if not h), default=0.0)
