"""`Engine.ask`: the only place that knows the order of the steps."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.encoder import Encoder, StaticEncoder, open_encoder
from index.library import Library, Scope
from index.records import Passage, Span
from qa.fuse import Weights, fuse, fuse_again, relative
from qa.question import Places, Query, understand
from qa.records import Answer, Hit
from qa.rerank import DEPTH, Reranker, StaticReranker
from qa.retrieve import Candidates, retrieve
from qa.spans import answer_span, matched_words


class Engine:
    """Questions to an opened library. Safe to share between threads."""

    def __init__(self, library: Library, encoder: Encoder, weights: Weights = Weights()) -> None:  # noqa: B008 - frozen
        """Raises ModelMismatch where the library was built with another model."""
        library.check_model(encoder)
        self.library = library
        self.encoder = encoder
        self.weights = weights
        self.reranker: Reranker | None = None
        if weights.rerank and isinstance(encoder, StaticEncoder) and library.tokens:
            self.reranker = StaticReranker(library, encoder)
        self.places = Places(library.documents)

    @classmethod
    def open(cls, folder: str | Path, model: str | None = None) -> Engine:
        """Open an index folder with the model it was built with, or the one given.

        Raises:
            IndexFolderError, ModelError: see `Library` and `open_encoder`.
        """
        library = Library(Path(folder))
        return cls(library, open_encoder(model or library.manifest["model"]["name"]))

    def ask(self, question: str, k: int = 10, scope: Scope | None = None) -> Answer:
        """The best `k` passages for a question; a scope given by the caller wins over what the question names.

        Raises:
            QuestionError: the question is empty or too long.
        """
        begun = time.perf_counter()
        query = understand(question, self.places)
        scope = self._scope(query, scope)
        documents = self.library.documents_in(scope)
        if query.absent_cities and not scope.cities:
            reason = f"no document of {'、'.join(query.absent_cities)} in this library"
            documents = ()
        else:
            reason = "" if documents else "no document in this library matches the scope"
        hits: tuple[Hit, ...] = ()
        if documents:
            candidates = retrieve(self.library, self.encoder, query.topic, documents)
            hits = self._rank(query, candidates, k)
        span = answer_span(self.encoder, hits[0].sentence, query) if hits else ""
        return Answer(query, scope, hits, bool(hits), span, time.perf_counter() - begun, reason)

    def _scope(self, query: Query, given: Scope | None) -> Scope:
        """What the question names, narrowed by the caller; years only where documents of the cities cover them."""
        scope = given or Scope()
        cities = scope.cities or query.cities
        years = scope.years or query.years
        named = replace(scope, cities=cities, years=years)
        if not scope.years and not self.library.documents_in(named):
            return replace(scope, cities=cities)
        return named

    def _rank(self, query: Query, candidates: Candidates, k: int) -> tuple[Hit, ...]:
        weights = self.weights
        period = self.library.period_matches(candidates.rows, query.tense, query.years)
        scores = fuse(candidates, weights, period)
        order = np.argsort(-scores, kind="stable")[: max(k, DEPTH) if self.reranker else k]
        rows, scores, best = candidates.rows[order], scores[order], candidates.best[order]
        if self.reranker:
            rescored, best = self.reranker.rescore(query.topic, rows)
            lexical = relative(candidates.lexical)[order]
            scores = fuse_again(candidates.passage[order], lexical, rescored, period[order], weights)
        final = np.argsort(-scores, kind="stable")[:k]
        passages = self.library.read(rows[final])
        return tuple(
            self._hit(rank, float(scores[i]), int(rows[i]), passage, int(best[i]), query)
            for rank, (i, passage) in enumerate(zip(final, passages, strict=True), 1)
        )

    def _hit(self, rank: int, score: float, row: int, passage: Passage, best: int, query: Query) -> Hit:
        number = int(self.library.document_of[row])
        document = self.library.documents[number]
        sentence: Span = passage.sentences[best] if 0 <= best < len(passage.sentences) else (0, len(passage.text))
        highlights = matched_words(passage.text, query.topic)
        return Hit(rank, score, row, number, document.file, document.meta, passage, sentence, highlights)
