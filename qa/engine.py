"""`Engine.ask`: the only place that knows the order of the steps."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Sequence
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
from qa.indicator import read_indicator
from qa.places import Places
from qa.question import Query, leave_out
from qa.records import Answer, Hit, Part, Refusal
from qa.refusal import answers
from qa.rerank import DEPTH, CrossReranker, Reranker, StaticReranker
from qa.retrieve import Candidates, retrieve
from qa.spans import answer_span, matched_words, with_second_figure
from qa.targets import Aim, targets
from qa.turns import Turns

SMALL = 200_000  # sentences up to which a question is Python nearly throughout; beyond, the search runs beside others
MOST_PLACES = 40  # places that each answer by themselves; more are a comparison
SPEAKING = 20  # hits of all places that are asked who does tell what the places asked do not


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
        self._telling = lru_cache(maxsize=500)(partial(speaking, library, encoder))  # all reports are read for it
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

    def ask(
        self, question: str, k: int = 10, scope: Scope | None = None, previous: Query | None = None, without: Collection[str] = ()
    ) -> Answer:
        """The best `k` passages for a question, or why nothing answers.

        Args:
            question: in everyday Chinese or English.
            k: passages wanted.
            scope: given by the caller, wins over what the question names.
            previous: the query of the turn before, which a follow-up (那泉州呢?) is completed from.
            without: what was understood and shall not count: cities, years, tense.

        Raises:
            QuestionError: the question is empty or too long.
        """
        with self._turns:
            return self._ask(question, k, scope, previous, without)

    def _ask(self, question: str, k: int, scope: Scope | None, previous: Query | None, without: Collection[str]) -> Answer:
        begun = time.perf_counter()
        query, completed = follow(question, self.places, previous)
        query = leave_out(query, without)
        given = scope or Scope()
        scope, refusal = self._scope(query, given)
        parts: tuple[Part, ...] = ()
        places = given.cities or query.cities
        if refusal is None and 1 < len(places) + len(query.absent_cities) <= MOST_PLACES and len(query.cities + query.absent_cities) > 1:
            hits, span, refusal, parts = self._of_each(query, places, given, k)
        else:
            hits, span, refusal = self._found(query, scope, refusal, k)
        if refusal and refusal.reason == "not_stated" and hits:
            refusal = replace(refusal, speaking=self._speaking(query, given))
        return Answer(query, scope, hits, span, time.perf_counter() - begun, refusal, completed, parts)

    def _of_each(
        self, query: Query, places: Sequence[str], given: Scope, k: int
    ) -> tuple[tuple[Hit, ...], str, Refusal | None, tuple[Part, ...]]:
        """Every place asked by itself: hits (the first of each that answers, by score, then the rest), span, refusal, parts."""
        found = []
        for city in places:
            own = replace(query, cities=(city,), absent_cities=())
            found.append((city, *self._found(own, *self._scope(own, replace(given, cities=(city,))), k)))
        told = sorted((row for row in found if row[3] is None), key=lambda row: -row[1][0].score)
        firsts = [hits[0] for _, hits, _, _ in told]
        rest = sorted((h for _, hits, _, _ in found for h in hits if h not in firsts), key=lambda h: -h.score)
        hits = tuple(replace(hit, rank=rank) for rank, hit in enumerate((firsts + rest)[: max(k, len(firsts))], 1))
        of = {hit.row: hit for hit in hits}
        parts = [Part(city, of.get(own[0].row) if own else None, span, why) for city, own, span, why in found]
        parts += [Part(city, None, "", Refusal("absent_city", city)) for city in query.absent_cities]
        return hits, told[0][2] if told else "", None if told else found[0][3], tuple(parts)

    def _found(self, query: Query, scope: Scope, refusal: Refusal | None, k: int) -> tuple[tuple[Hit, ...], str, Refusal | None]:
        """Hits in scope, the answer's words in the first one, and why nothing answers."""
        if refusal is not None and refusal.reason == "absent_city":
            hits = self._search(query, Scope(kinds=scope.kinds), k)
            return hits, "", replace(refusal, speaking=_places(hits[:5]))
        hits = self._search(query, scope, k)
        if refusal is not None or not hits:
            return hits, "", refusal or Refusal("not_stated")
        documents = self.library.documents_in(scope)
        found = indicated(self.library, self.encoder, query, documents) if self.weights.figures else None
        if found and found.row is None and found.sure and found.named and not seems_told(found.indicator, hits[0]):
            return hits, "", Refusal("not_stated", found.indicator.title)
        if found and found.row and found.sure:
            hits = self._first(found.row, hits, query)[:k]
            return hits, with_second_figure(hits[0].sentence, found.row.raw, query), None
        if not self._answers(query, hits, documents):
            return hits, "", Refusal("not_stated")
        return hits, answer_span(self.encoder, hits[0].sentence, query), None

    def _answers(self, query: Query, hits: Sequence[Hit], documents: Sequence[int]) -> bool:
        """The fitted decision; it knows the scores of the built-in second look only."""
        if not self.weights.decide or not isinstance(self.reranker, StaticReranker):
            return True
        return answers(self.library, self.encoder, query, hits, documents, self.weights)

    def _speaking(self, query: Query, given: Scope) -> tuple[str, ...]:
        """Places whose reports do tell what the ones asked do not."""
        indicator = read_indicator(query, self.encoder)
        if indicator.known and not indicator.text:
            return self._telling(indicator)
        scope = Scope(kinds=given.kinds)
        documents = self.library.documents_in(scope)
        hits = self._search(query, scope, SPEAKING)
        firsts = {hit.meta.city: number for number, hit in reversed(list(enumerate(hits))) if hit.meta.city not in (None, *query.cities)}
        told = [number for number in firsts.values() if self._answers(query, hits[number:], documents)]
        return _places(hits[number] for number in sorted(told)) if self.weights.decide else ()

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
        """Hits of all documents in scope, best first."""
        documents = self.library.documents_in(scope)
        return self._rank(query, retrieve(self.library, self.encoder, query.topic, documents, self.weights.expanded), k)

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
        number = self.library.document_of(row)
        document = self.library.documents[number]
        sentence: Span = passage.sentences[best] if 0 <= best < len(passage.sentences) else (0, len(passage.text))
        highlights = matched_words(passage.text, query.topic)
        return Hit(rank, score, row, number, document.file, document.meta, passage, sentence, highlights)


def _places(hits: Iterable[Hit]) -> tuple[str, ...]:
    """The places of hits, each once."""
    return tuple(dict.fromkeys(hit.meta.city for hit in hits if hit.meta.city))
