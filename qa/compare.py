"""`Engine.compare`: one question over many places, a row for every document, figures or sentences."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from index.encoder import Encoder
from index.library import Library, Scope
from index.records import Passage, Span
from index.text import plain
from qa.comparison import Comparison, Row
from qa.figure_search import candidates, choose, search
from qa.indicator import EVERYWHERE, Indicator, read_indicator
from qa.match import COUNTED, anchors, may_hold, same_unit
from qa.places import Places
from qa.question import understand
from qa.sentence_search import Rank, best_sentences
from qa.terms import canonical
from qa.verdict import judge

FITS = 0.65  # score from which a figure is what was asked for; chosen on tests/data/claims.tsv, see benchmarks/compare.py


def compare(
    library: Library,
    encoder: Encoder,
    places: Places,
    question: str,
    cities: Sequence[str] | None = None,
    year: int | None = None,
    *,
    rank: Rank,
) -> Comparison:
    """The table of a question.

    Args:
        library: Of the engine.
        encoder: Of the engine.
        places: Of the engine.
        rank: The engine's ranking of candidates.
        question: As typed; its places and years hold where the caller gives none.
        cities: `Meta.city` of the places to compare; None for those of the question, or all.
        year: The year the figures should speak of.

    Raises:
        QuestionError: The question is empty or too long.
    """
    begun = time.perf_counter()
    query = understand(question, places)
    wanted = tuple(cities) if cities is not None else query.cities
    indicator = read_indicator(query, encoder)
    if year is not None:
        indicator = replace(indicator, years=(year,))
    nowhere = cities is None and query.absent_cities and not wanted
    documents = () if nowhere else library.documents_in(Scope(cities=wanted))
    held = {library.documents[number].meta.city for number in documents}
    absent = tuple(dict.fromkeys([*(query.absent_cities if cities is None else ()), *(city for city in wanted if city not in held)]))
    if indicator.text:
        blanks = [blank_row(library, number, indicator) for number in documents]
        query = replace(query, topic=EVERYWHERE.sub("", query.topic).strip() or query.topic)
        rows = best_sentences(library, encoder, query, blanks, rank)
    else:
        rows = compare_figures(library, encoder, indicator, documents)
        if not indicator.measure and not indicator.rate and common_unit(rows) == "%":
            indicator = replace(indicator, measure="growth")
    return Comparison(
        question,
        query.topic if indicator.text else indicator.title,
        "" if indicator.text else common_unit(rows),
        rows,
        text=indicator.text,
        verdict=None if indicator.text else judge(rows, wanted, indicator.title),
        absent_cities=absent,
        cities=wanted,
        years=indicator.years,
        seconds=time.perf_counter() - begun,
    )


def compare_figures(library: Library, encoder: Encoder, indicator: Indicator, documents: Sequence[int]) -> tuple[Row, ...]:
    """One row for each document, in order."""
    found = list(search(library, encoder, indicator, documents))
    rows = [_row(library, indicator, number, passages) for number, passages in zip(documents, found, strict=True)]
    unit = common_unit(rows)
    if not indicator.units and unit:
        # Nothing says in which unit the indicator is told: the commonest decides, and the others are looked at again.
        settled = replace(indicator, units=(unit,), rate=indicator.rate or unit == "%")
        for i, (number, passages) in enumerate(zip(documents, found, strict=True)):
            if not rows[i].absent and not same_unit(rows[i].unit, (unit,), indicator.label):
                rows[i] = _row(library, settled, number, passages)
    return one_unit(rows, indicator)


def _row(library: Library, indicator: Indicator, number: int, passages: Sequence[tuple[int, Passage]]) -> Row:
    """The row of one document: its best figure, or the nearest passage where none fits."""
    best = choose(candidates(library, indicator, number, passages))
    blank = blank_row(library, number, indicator)
    return best.as_row(blank) if best and best.score >= FITS else _nearest(blank, passages, indicator)


def blank_row(library: Library, number: int, indicator: Indicator) -> Row:
    """The absent row of a document."""
    document = library.documents[number]
    meta = document.meta
    year = indicator.years[0] if indicator.years else None
    return Row(meta.city or "", meta.title, document.file, year, indicator.kind or "actual", document=number)


def one_unit(rows: Sequence[Row], indicator: Indicator) -> tuple[Row, ...]:
    """Rows with units that count the same things (个, 座, 家) brought under the one asked for, or the commonest."""
    units = Counter(row.unit for row in rows if not row.absent)
    if not units:
        return tuple(rows)
    unit = indicator.asked_unit or units.most_common(1)[0][0]
    return tuple(
        replace(row, unit=unit) if not row.absent and row.unit != unit and row.unit in COUNTED and unit in COUNTED else row for row in rows
    )


def _nearest(blank: Row, passages: Sequence[tuple[int, Passage]], indicator: Indicator) -> Row:
    """An absent row with the passage that comes nearest."""
    if not passages:
        return blank
    names = anchors(indicator)
    for row, passage in passages:
        for sentence in passage.sentences:
            if may_hold(canonical(plain(passage.text[slice(*sentence)])), names):
                return _with(blank, row, passage, sentence)
    row, passage = passages[0]
    return _with(blank, row, passage, passage.sentences[0] if passage.sentences else (0, len(passage.text)))


def _with(blank: Row, row: int, passage: Passage, sentence: Span) -> Row:
    return replace(blank, evidence=passage.text[slice(*sentence)], heading=passage.heading, row=row, sentence=sentence)


def common_unit(rows: Sequence[Row]) -> str:
    """The unit of most rows, "" where no row has one."""
    units = Counter(row.unit for row in rows if not row.absent and row.unit)
    return units.most_common(1)[0][0] if units else ""
