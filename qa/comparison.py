"""What a comparison gives back: one row for every document of every place in scope, absent ones too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from index.records import Span


@dataclass(frozen=True)
class Row:
    """One document's figure, or its best sentences where the question asks for text.

    Attributes:
        city, title, file, year: Where the figure stands and the year it speaks of (the year asked for where it is absent).
        kind: "actual" or "target".
        absent: Whether the document does not tell it; `evidence` is then the nearest sentence.
        raw: The figure as written.
        value: In `unit`; a range gives its lower end, `high` its upper. Negative for a decline.
        qualifier: 以上, 左右, 超 ...; see `qa.figures.Figure`.
        change: 增长, 下降 or "" for a level.
        evidence: The sentence.
        heading: Path of its section.
        document, row: Numbers of document and passage in the library, -1 where there is none.
        sentence, figure: Offsets of the sentence and of the figure in the passage.
        score: How surely the figure is what was asked, 0 to 1.
        more: Further sentences, for questions that ask for text.
        note: 新增 where the figure tells what was added in the year, else "".
    """

    city: str
    title: str
    file: str
    year: int | None
    kind: str
    absent: bool = True
    raw: str = ""
    value: float | None = None
    high: float | None = None
    unit: str = ""
    qualifier: str = ""
    change: str = ""
    evidence: str = ""
    heading: tuple[str, ...] = ()
    document: int = -1
    row: int = -1
    sentence: Span = (0, 0)
    figure: Span = (0, 0)
    score: float = 0.0
    more: tuple[str, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The row as `python -m qa compare` prints it."""
        return {
            "city": self.city,
            "title": self.title,
            "file": self.file,
            "year": self.year,
            "kind": self.kind,
            "absent": self.absent,
            "raw": self.raw,
            "value": self.value,
            "high": self.high,
            "unit": self.unit,
            "qualifier": self.qualifier,
            "change": self.change,
            "evidence": self.evidence,
            "heading": list(self.heading),
            "document": self.document,
            "row": self.row,
            "sentence": list(self.sentence),
            "figure": list(self.figure),
            "score": round(self.score, 3),
            "more": list(self.more),
            "note": self.note,
        }


@dataclass(frozen=True)
class Verdict:
    """Which of two places is ahead, or why that cannot be said.

    Attributes:
        code: larger, smaller, equal, absent, unit, period, measure or close.
        zh, en: Fixed phrases with the names filled in.
    """

    code: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Comparison:
    """A question over many places.

    Attributes:
        indicator: The name of what is compared.
        unit: The unit of the column, "" for text or where nothing was found.
        rows: In the order of the library's documents.
        text: Whether the rows hold sentences instead of figures.
        verdict: For two places, else None.
        absent_cities: Places named that the library does not hold.
        scope: The places and years asked for.
        seconds: Time taken.
    """

    question: str
    indicator: str
    unit: str
    rows: tuple[Row, ...]
    text: bool = False
    verdict: Verdict | None = None
    absent_cities: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    seconds: float = 0.0

    @property
    def stated(self) -> tuple[Row, ...]:
        """Rows with a figure or a sentence."""
        return tuple(row for row in self.rows if not row.absent)

    def by_value(self, *, descending: bool = True) -> Comparison:
        """Rows sorted by value, absent ones last."""
        order = sorted(self.rows, key=lambda r: (r.value is None, -(r.value or 0) if descending else (r.value or 0)))
        return replace(self, rows=tuple(order))

    def as_json(self) -> dict[str, Any]:
        """The object `python -m qa compare --json` prints."""
        return {
            "question": self.question,
            "indicator": self.indicator,
            "unit": self.unit,
            "text": self.text,
            "verdict": self.verdict.as_json() if self.verdict else None,
            "absent_cities": list(self.absent_cities),
            "rows": [row.as_json() for row in self.rows],
            "seconds": round(self.seconds, 5),
        }
