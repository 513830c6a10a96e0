"""`Engine.ask`: the only place that knows the order of the steps."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from index.encoder import Encoder, StaticEncoder, Vectors, open_encoder
from index.library import Library, Scope
from index.records import Passage, Span
from index.stores import Rows
from index.tokens import run_maxima
from qa.blas import one_thread
from qa.compare import compare
from qa.comparison import Comparison, Row
from qa.evidence import DEPTH as FORM_DEPTH
from qa.evidence import form
from qa.followup import follow
from qa.fuse import Weights, fuse, fuse_again, relative
from qa.indicated import indicated, seems_told, speaking
from qa.places import Places
from qa.question import Query
from qa.records import Answer, Hit, Refusal
from qa.rerank import DEPTH, CrossReranker, Reranker, StaticReranker
from qa.retrieve import Candidates, retrieve
from qa.spans import answer_span, matched_words, with_second_figure
from qa.targets import Aim, targets
from qa.turns import Turns

SMALL = 200_000  # sentences up to which a question is Python nearly throughout; beyond, the search runs beside others


class Engine:
    """Questions to an opened library. Safe to share between threads; numpy's BLAS is set to one thread in this process."""

    def __init__(self, library: Library, encoder: Encoder, weights: Weights = Weights(), reranker: str | None = None) -> None:  # noqa: B008 - frozen
        """Open for questions; `reranker` names a CrossEncoder to use in place of the built-in second look.

        Raises:
            ModelMismatch: the library was built with another model.
            ModelError: the reranker cannot be opened.
        """
        library.check_model(encoder)
        one_thread()
        self.library = library
        self.encoder = encoder
        self.weights = weights
        self.reranker: Reranker | None = None
        if reranker:
            self.reranker = CrossReranker(library, encoder, reranker)
        elif weights.rerank and isinstance(encoder, StaticEncoder) and library.tokens:
            self.reranker = StaticReranker(library, encoder)
        self.places = Places(library.documents, library.present_years)
        alone = isinstance(encoder, StaticEncoder) and not reranker and library.sentences.count < SMALL
        self._speaking = lru_cache(maxsize=500)(partial(speaking, library, encoder))  # all reports are read for it
        self._turns = Turns(1 if alone else os.cpu_count() or 1)

    @classmethod
    def open(cls, folder: str | Path, model: str | None = None, reranker: str | None = None) -> Engine:
        """Open an index folder with the model it was built with, or the one given.

        Raises:
            IndexFolderError, ModelError: see `Library` and `open_encoder`.
        """
        library = Library(Path(folder))
        return cls(library, open_encoder(model or library.manifest["model"]["name"]), reranker=reranker)

    def warm(self) -> None:
        """Read what the first question and the first comparison would wait for."""
        self.ask("城镇新增就业多少人")
        self.compare("城镇新增就业多少人", cities=[d.meta.city for d in self.library.documents[:1] if d.meta.city])

    def ask(self, question: str, k: int = 10, scope: Scope | None = None, previous: Query | None = None) -> Answer:
        """The best `k` passages for a question, or why nothing answers.

        Args:
            question: in everyday Chinese or English.
            k: passages wanted.
            scope: given by the caller, wins over what the question names.
            previous: the query of the turn before, which a follow-up (那泉州呢?) is completed from.

        Raises:
            QuestionError: the question is empty or too long.
        """
        with self._turns:
            return self._ask(question, k, scope, previous)

    def _ask(self, question: str, k: int, scope: Scope | None, previous: Query | None) -> Answer:
        begun = time.perf_counter()
        query, completed = follow(question, self.places, previous)
        scope, refusal = self._scope(query, scope or Scope())
        if refusal is not None:
            hits = self._search(query, Scope(kinds=scope.kinds) if refusal.reason == "absent_city" else scope, k)
            if refusal.reason == "absent_city":
                refusal = replace(refusal, speaking=tuple(dict.fromkeys(h.meta.city for h in hits[:5] if h.meta.city)))
            return Answer(query, scope, hits, "", time.perf_counter() - begun, refusal, completed)
        hits = self._search(query, scope, k)
        if not hits:
            return Answer(query, scope, hits, "", time.perf_counter() - begun, Refusal("not_stated"), completed)
        documents = self.library.documents_in(scope)
        found = indicated(self.library, self.encoder, query, documents) if self.weights.figures else None
        if found and found.row is None and found.sure and not seems_told(found.indicator, hits[0]):
            refusal = Refusal("not_stated", found.indicator.title, self._speaking(found.indicator))
            return Answer(query, scope, hits, "", time.perf_counter() - begun, refusal, completed)
        if found and found.row and found.sure:
            hits = self._first(found.row, hits, query)[:k]
            span = with_second_figure(hits[0].sentence, found.row.raw, query)
        else:
            span = answer_span(self.encoder, hits[0].sentence, query)
        return Answer(query, scope, hits, span, time.perf_counter() - begun, None, completed)

    def compare(self, question: str, cities: Sequence[str] | None = None, year: int | None = None) -> Comparison:
        """A row for every document of the places asked about; see `qa.compare.compare`."""
        return compare(self.library, self.encoder, self.places, question, cities, year, rank=self._rank)

    def targets(self, question: str, cities: Sequence[str] | None = None) -> tuple[Aim, ...]:
        """Each document's target beside the result before it and the one told a year later; see `qa.targets.targets`."""
        return targets(self.library, self.encoder, self.places, question, cities)

    def _first(self, row: Row, hits: tuple[Hit, ...], query: Query) -> tuple[Hit, ...]:
        """The hits with the passage of a figure that was read put first, its sentence marked."""
        rest = [hit for hit in hits if hit.row != row.row]
        own = next((hit for hit in hits if hit.row == row.row), None)
        if own is None:
            own = self._hit(1, 0.0, row.row, self.library.read([row.row])[0], -1, query)
        first = replace(own, best=row.sentence, score=max(own.score, hits[0].score))
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate([first, *rest], 1))

    def _scope(self, query: Query, given: Scope) -> tuple[Scope, Refusal | None]:
        """What the question names, narrowed by the caller, and a refusal where the library does not cover it."""
        cities = given.cities or query.cities
        named = replace(given, cities=cities, years=given.years or query.years)
        if query.absent_cities and not cities:
            return named, Refusal("absent_city", "、".join(query.absent_cities))
        if not self.library.documents_in(replace(named, years=())):
            return named, Refusal("empty_scope", "、".join((*cities, *given.kinds)))
        if self.library.documents_in(named):
            return named, None
        wider = replace(given, cities=cities, years=())
        refusal = Refusal("absent_year", "、".join(map(str, named.years)))
        return wider, refusal if given.years or not self._mentions(wider, named.years) else None

    def _mentions(self, scope: Scope, years: tuple[int, ...]) -> bool:
        """Whether a year that no report covers is at least spoken of (到2025年), so that passages may still answer."""
        allowed, _ = self.library.rows_in(self.library.documents_in(scope))
        rows = [self.library.words.rows_with(str(year)) for year in years]
        return any(len(r) if allowed is None else np.isin(r, allowed).any() for r in rows)

    def _search(self, query: Query, scope: Scope, k: int) -> tuple[Hit, ...]:
        """Hits of all documents in scope; a question of several places gets the best of each place first."""
        documents = self.library.documents_in(scope)
        if len(scope.cities) < 2 or len(query.cities) < 2:
            return self._rank(query, retrieve(self.library, self.encoder, query.topic, documents), k)
        found: list[list[Hit]] = []
        for city in scope.cities:
            own = [d for d in documents if self.library.documents[d].meta.city == city]
            found.append(list(self._rank(query, retrieve(self.library, self.encoder, query.topic, own), k)) if own else [])
        firsts = sorted((hits[0] for hits in found if hits), key=lambda h: -h.score)
        rest = sorted((h for hits in found for h in hits[1:]), key=lambda h: -h.score)
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate((firsts + rest)[: max(k, len(firsts))], 1))

    def _rank(self, query: Query, candidates: Candidates, k: int) -> tuple[Hit, ...]:
        weights = self.weights
        period = self.library.period_matches(candidates.rows, query.tense, query.years)
        scores = fuse(candidates, weights, period)
        order = np.argsort(-scores, kind="stable")[: max(k, DEPTH) if self.reranker else k]
        rows, scores, best = candidates.rows[order], scores[order], candidates.best[order]
        if self.reranker:
            scores, best = self._rerank(query, candidates, order, period[order])
        final = np.argsort(-scores, kind="stable")[:k]
        passages = self.library.read(rows[final])
        return tuple(
            self._hit(rank, float(scores[i]), int(rows[i]), passage, int(best[i]), query)
            for rank, (i, passage) in enumerate(zip(final, passages, strict=True), 1)
        )

    def _rerank(self, query: Query, candidates: Candidates, order: Rows, period: Vectors) -> tuple[Vectors, Rows]:
        """New scores and best sentences of the candidates in `order`: by piece, then by the form of their sentences."""
        assert self.reranker is not None
        rows = candidates.rows[order]
        sentences, bounds = self.reranker.rescore(query.topic, rows)
        beside = fuse_again(candidates.passage[order], relative(candidates.lexical)[order], period, self.weights)
        top = np.argsort(-(run_maxima(sentences, bounds) + beside), kind="stable")[: FORM_DEPTH if self.weights.form else 0]
        for i, passage in zip(top, self.library.read(rows[top]), strict=True):
            sentences[bounds[i] : bounds[i + 1]] += [form(query, text) for text in passage.sentence_texts()]
        best = np.asarray([int(sentences[a:b].argmax()) if b > a else -1 for a, b in zip(bounds, bounds[1:], strict=False)])
        return run_maxima(sentences, bounds) + beside, best

    def _hit(self, rank: int, score: float, row: int, passage: Passage, best: int, query: Query) -> Hit:
        number = int(self.library.document_of[row])
        document = self.library.documents[number]
        sentence: Span = passage.sentences[best] if 0 <= best < len(passage.sentences) else (0, len(passage.text))
        highlights = matched_words(passage.text, query.topic)
        return Hit(rank, score, row, number, document.file, document.meta, passage, sentence, highlights)
