"""What the engine gives back: hits, and an answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from index.library import Scope
from index.records import Meta, Passage, Span
from qa.question import Query


@dataclass(frozen=True)
class Hit:
    """A passage found. `score` is a similarity, higher is better; `best` is the span of its answer sentence."""

    rank: int
    score: float
    row: int
    document: int
    file: str
    meta: Meta
    passage: Passage
    best: Span
    highlights: tuple[Span, ...]

    @property
    def sentence(self) -> str:
        """The answer sentence."""
        return self.passage.text[self.best[0] : self.best[1]]

    def as_json(self) -> dict[str, Any]:
        """The hit as `python -m qa` prints it."""
        period = self.passage.period
        return {
            "rank": self.rank,
            "score": round(self.score, 4),
            "city": self.meta.city,
            "year": self.meta.year,
            "kind": self.meta.kind,
            "title": self.meta.title,
            "file": self.file,
            "document_id": self.passage.document_id,
            "start": self.passage.start,
            "heading": list(self.passage.heading),
            "period": {"kind": period.kind, "year": period.year} if period else None,
            "text": self.passage.text,
            "sentences": [list(s) for s in self.passage.sentences],
            "highlights": [list(s) for s in self.highlights],
        }


@dataclass(frozen=True)
class Refusal:
    """Why nothing is answered.

    Attributes:
        reason: absent_city, absent_year, empty_scope or not_stated.
        detail: the places or years that are missing.
        speaking: places whose reports do speak of the topic.
    """

    reason: str
    detail: str = ""
    speaking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """The answer of one place to a question of several.

    Attributes:
        city: the place, as the documents name it, or as asked where no document is of it.
        hit: the place's best hit (one of the answer's `hits`), None where nothing was found.
        span: the answer's words inside its sentence, empty where unknown or refused.
        refusal: why this place gives no answer, None where it does.
    """

    city: str
    hit: Hit | None
    span: str = ""
    refusal: Refusal | None = None

    def as_json(self) -> dict[str, Any]:
        """The part as `python -m qa ask --json` prints it."""
        told = self.hit if self.refusal is None else None
        return {
            "city": self.city,
            "answered": told is not None,
            "refusal": asdict(self.refusal) if self.refusal else None,
            "answer": {"sentence": told.sentence, "span": self.span, "hit": told.rank} if told else None,
        }


@dataclass(frozen=True)
class Answer:
    """The engine's reply.

    Attributes:
        hits: best first; with a refusal what came nearest. Where several places were asked, the best hit of every place
            that answers comes first.
        span: the answer's words inside the first hit's sentence, empty where unknown.
        completed: a follow-up made whole (那泉州呢? after a question of 宁波), else empty.
        parts: one for each place, in the order asked, where the question names several; else empty.
    """

    query: Query
    scope: Scope
    hits: tuple[Hit, ...]
    span: str
    seconds: float
    refusal: Refusal | None = None
    completed: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether the first hit is given as the answer."""
        return self.refusal is None

    @property
    def corrections(self) -> tuple[tuple[str, str], ...]:
        """Names that are nearly a place of the library: (typed, meant)."""
        return self.query.corrections

    def as_json(self) -> dict[str, Any]:
        """The object `python -m qa ask --json` and `batch` print (less `id`)."""
        top = self.hits[0] if self.hits and self.answered else None
        return {
            "question": self.query.text,
            "completed": self.completed,
            "scope": {
                "cities": list(self.scope.cities),
                "years": list(self.scope.years),
                "kinds": list(self.scope.kinds),
                "tense": self.query.tense,
                "wants": self.query.wants,
            },
            "corrections": [list(pair) for pair in self.corrections],
            "answered": self.answered,
            "refusal": asdict(self.refusal) if self.refusal else None,
            "answer": {"sentence": top.sentence, "span": self.span, "hit": top.rank} if top else None,
            "answers": [part.as_json() for part in self.parts],
            "hits": [hit.as_json() for hit in self.hits],
            "seconds": round(self.seconds, 5),
        }
