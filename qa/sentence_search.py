"""Questions over text (各市怎么治理内涝?): each document's best sentences side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from index.encoder import Encoder
from index.library import Library
from index.words import words
from qa.comparison import Row
from qa.question import Query
from qa.records import Hit
from qa.retrieve import Candidates, score_rows

Rank = Callable[[Query, Candidates, int], tuple[Hit, ...]]
LOOKED_AT = 6  # passages of each document that are ranked
SHOWN = 3  # sentences of each document
NEAR = 0.8  # ranking score from which a sentence is on the topic
_BESIDE = 0.8  # further sentences are shown from this share of the first one's score


def best_sentences(library: Library, encoder: Encoder, query: Query, blanks: Sequence[Row], rank: Rank) -> tuple[Row, ...]:
    """Each blank row filled with its document's best sentences; absent where none is on the topic.

    Args:
        library: Of the engine.
        encoder: Of the engine.
        query: The question; its topic is encoded once for all documents.
        blanks: One absent row for each document.
        rank: The engine's ranking of candidates, best first.
    """
    vector = encoder.encode_queries([query.topic])[0]
    asked = words(query.topic)
    top = float(library.words.scores(asked, library.words.best(asked, 1)).max(initial=0.0)) or 1.0
    picked = [np.zeros(0, np.int64)]
    owned = [library.rows_of(blank.document) for blank in blanks]
    bm25 = library.words.scores(asked, np.concatenate([*picked, *owned]))
    for own, lexical in zip(owned, np.split(bm25, np.cumsum([len(own) for own in owned])), strict=False):
        near = library.passages.vectors(own) @ vector + lexical / top
        picked.append(own[np.argsort(-near, kind="stable")[:LOOKED_AT]])
    rows = np.sort(np.concatenate(picked))
    found: dict[int, list[Hit]] = {}
    for hit in rank(query, score_rows(library, vector, rows, library.words.scores(asked, rows)), len(rows)) if len(rows) else ():
        found.setdefault(hit.document, []).append(hit)
    return tuple(_filled(blank, found.get(blank.document, [])[:SHOWN]) for blank in blanks)


def _filled(blank: Row, hits: Sequence[Hit]) -> Row:
    if not hits:
        return blank
    first, period = hits[0], hits[0].passage.period
    more = dict.fromkeys(hit.sentence for hit in hits[1:] if hit.score >= max(NEAR, _BESIDE * first.score))
    return replace(
        blank,
        absent=first.score < NEAR,
        year=period.year if period and period.year else blank.year,
        kind=period.kind if period else blank.kind,
        evidence=first.sentence,
        heading=first.passage.heading,
        row=first.row,
        sentence=first.best,
        score=max(0.0, min(1.0, first.score)),
        more=tuple(text for text in more if text != first.sentence),
    )
