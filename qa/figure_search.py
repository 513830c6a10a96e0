"""Inside each document the figure that was asked for: passages by words and meaning, figures by what they are said of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from index.encoder import Encoder, Vectors
from index.library import Library
from index.ranges import edges
from index.records import Passage, Span
from index.stores import Rows
from index.text import plain
from index.words import words
from qa.comparison import Row
from qa.dates import Told, told
from qa.indicator import Indicator
from qa.match import anchors, flow_of, match, may_hold
from qa.subjects import Claim, claims
from qa.terms import canonical

DEEP = 12  # passages read of each document
NEAREST = 3  # of them by meaning alone
ALL_WORDS = 24  # passages that hold all words of a name are read up to this number
_NUMERAL = re.compile(r"[\d０-９一二三四五六七八九十百千万亿半]")
_EXACT = ("", "达到")
_UNSURE = 0.85  # a passage whose time is unknown
_OTHER_KIND = 0.9  # a target where neither target nor result was asked for
_CITY_WIDE = 0.02
_ASKED_TIME = 0.05


@dataclass(frozen=True)
class Candidate:
    """A figure that may be the answer of a document."""

    score: float
    row: int
    passage: Passage
    sentence: Span
    claim: Claim
    told: Told

    def as_row(self, blank: Row) -> Row:
        """The row of its document, filled in."""
        figure, shift = self.claim.figure, self.sentence[0]
        return replace(
            blank,
            absent=False,
            year=self.told.year or blank.year,
            kind=self.told.kind or blank.kind,
            raw=figure.raw,
            value=figure.value,
            high=figure.high,
            unit=figure.unit,
            qualifier=figure.qualifier,
            change=figure.change,
            evidence=self.passage.text[slice(*self.sentence)],
            heading=self.passage.heading,
            row=self.row,
            sentence=self.sentence,
            figure=(figure.start + shift, figure.end + shift),
            score=min(1.0, self.score),
            note=self.note,
        )

    @property
    def note(self) -> str:
        """新增 where the figure tells what was added in the year, so that nobody takes it for the whole."""
        flow = flow_of(self.claim)
        return "新增" if flow.newly and not flow.stock and self.claim.figure.change == "" else ""


def search(library: Library, encoder: Encoder, indicator: Indicator, documents: Sequence[int]) -> Iterator[list[tuple[int, Passage]]]:
    """For each document its passages nearest to the indicator, (row, passage), best first.

    By words: the share of the rarest name's words that stand in the passage, the time asked for first among equals; by
    meaning: the question's vector, made once.
    """
    vector = encoder.encode_queries([indicator.phrase or indicator.label])[0]
    owns = [library.rows_of(number) for number in documents]
    rows = np.concatenate([*owns, np.zeros(0, np.int64)])
    covered = _covered(library, [name for name, _ in indicator.names], rows)
    ranked = covered + _ASKED_TIME * library.period_matches(rows, indicator.kind or None, indicator.years)
    picked: list[Rows] = []
    for own, start in zip(owns, edges(np.asarray([len(own) for own in owns], np.int64)), strict=False):
        here = slice(start, start + len(own))
        near: Vectors = library.passages.vectors(own) @ vector
        whole = int((covered[here] > 0.999).sum())
        by_words = own[np.lexsort((-near, -ranked[here]))[: min(ALL_WORDS, max(DEEP - NEAREST, whole))]]
        by_meaning = own[np.argsort(-near, kind="stable")[:DEEP]]
        size = max(DEEP, len(by_words) + NEAREST)
        picked.append(np.asarray(list(dict.fromkeys([*by_words.tolist(), *by_meaning.tolist()]))[:size], np.int64))
    read = iter(library.read(np.concatenate(picked) if picked else []))
    for found in picked:
        yield [(int(row), next(read)) for row in found]


def _covered(library: Library, names: Iterable[str], rows: Rows) -> Vectors:
    """For each passage row the largest share, by rarity, of one name's words that it holds, (len(rows),) float32."""
    best = np.zeros(len(rows), np.float32)
    for name in names:
        tokens = dict.fromkeys(words(name))
        weights = {token: float(np.log1p(library.words.count / (1 + library.words.frequency(token)))) for token in tokens}
        total = sum(weights.values())
        if total:
            share = np.zeros(len(rows), np.float32)
            for token in tokens:
                share[library.words.holds(token, rows)] += weights[token] / total
            np.maximum(best, share, out=best)
    return best


_OWN_PLACE = {2: "全市", 3: "全市的"}


@lru_cache(maxsize=50_000)
def _claims(sentence: str) -> tuple[Claim, ...]:
    return claims(sentence)


def candidates(library: Library, indicator: Indicator, number: int, passages: Iterable[tuple[int, Passage]]) -> Iterator[Candidate]:
    """All figures of the passages that fit at all, with their scores."""
    names = anchors(indicator)
    meta = library.documents[number].meta
    for row, passage in passages:
        for sentence in passage.sentences:
            text = passage.text[slice(*sentence)]
            if not _NUMERAL.search(text) or not may_hold(canonical(plain(text)), names):
                continue
            # The report's own place names nothing of a figure; a stand-in of the same length keeps the offsets.
            for claim in _claims(
                text.replace(meta.city, _OWN_PLACE[len(meta.city)]) if meta.city and len(meta.city) in _OWN_PLACE else text
            ):
                fit = match(claim, indicator)
                if not fit.score:
                    continue
                when = told(passage, sentence[0] + claim.figure.start, meta)
                score = fit.score * _time(when, indicator)
                if score:
                    score += _CITY_WIDE * ("全市" in claim.subject or "全县" in claim.subject)
                    yield Candidate(score, row, passage, sentence, claim, when)


def _time(when: Told, indicator: Indicator) -> float:
    """How far a figure's time is the time asked for."""
    if not when.whole:
        return 0.0
    factor = 1.0
    if indicator.years:
        if when.year is None:
            factor *= _UNSURE
        elif when.year not in indicator.years:
            return 0.0
    if not when.kind:
        return factor * _UNSURE
    if indicator.kind:
        return factor if when.kind == indicator.kind else 0.0
    return factor if when.kind == "actual" else factor * _OTHER_KIND


def choose(found: Iterable[Candidate]) -> Candidate | None:
    """The best candidate; where several are as good, the first that is exact, in reading order."""
    ordered = sorted(found, key=lambda c: (c.row, c.sentence, c.claim.figure.start))
    return max(ordered, key=lambda c: (round(c.score, 3), c.claim.figure.qualifier in _EXACT, -c.row), default=None)
