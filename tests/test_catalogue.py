"""Rows and scopes against a slow loop over all passages and documents."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from index.catalogue import Catalogue, Scope
from index.records import Document, Meta, Passage, Period
from index.rows import RowTable

KINDS = ("actual", "target")


def library(seed: int) -> tuple[list[Document], list[list[Passage]]]:
    draw = random.Random(seed)
    documents = [
        Document("f", "", 0, Meta(city=draw.choice(["宁波", "青岛", None]), year=draw.choice([2022, 2023, None]), kind=draw.choice("甲乙")))
        for _ in range(40)
    ]
    times = [None, *(Period(kind, year) for kind in KINDS for year in (2021, 2022, None))]
    passages = [
        [Passage("id", "", 0, 0, (), ((0, 1),) * draw.randrange(4), draw.choice(times)) for _ in range(draw.randrange(1, 6))]
        for _ in documents
    ]
    return documents, passages


@pytest.fixture(params=range(3))
def held(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[list[Document], list[list[Passage]], RowTable]:
    documents, passages = library(request.param)
    RowTable.of(passages).save(tmp_path / "rows")
    return documents, passages, RowTable.open(tmp_path / "rows")


def test_rows_follow_one_another(held: tuple[list[Document], list[list[Passage]], RowTable]):
    _, passages, rows = held
    flat = [(number, passage) for number, own in enumerate(passages) for passage in own]
    assert rows.document_of(np.arange(len(flat))).tolist() == [number for number, _ in flat]
    spans = rows.sentence_edges(np.arange(len(flat)))
    assert (spans[:, 1] - spans[:, 0]).tolist() == [len(p.sentences) for _, p in flat]
    assert rows.passage_of(np.arange(spans[-1, 1])).tolist() == [row for row, (_, p) in enumerate(flat) for _ in p.sentences]


def test_the_time_asked_for(held: tuple[list[Document], list[list[Passage]], RowTable]):
    _, passages, rows = held
    flat = [p.period for own in passages for p in own]
    every = np.arange(len(flat))
    assert rows.matches(every, "target", ()).tolist() == [float(p is not None and p.kind == "target") for p in flat]
    assert rows.matches(every, None, (2021,)).tolist() == [float(p is not None and p.year == 2021) for p in flat]
    both = [((p is not None and p.year == 2022) + (p is not None and p.kind == "actual")) / 2 for p in flat]
    assert rows.matches(every, "actual", (2022,)).tolist() == both
    assert not rows.matches(every, None, ()).any()


def test_a_scope_allows_what_a_loop_allows(held: tuple[list[Document], list[list[Passage]], RowTable]):
    documents, passages, rows = held
    catalogue = Catalogue(documents, rows)
    covered = [
        {y for y in (d.meta.year, *(p.period.year for p in own if p.period)) if y} for d, own in zip(documents, passages, strict=True)
    ]
    assert list(catalogue.covered) == covered
    scopes = [
        Scope(c, y, k) for c in ((), ("宁波",), ("宁波", "青岛"), ("无",)) for y in ((), (2021,), (2021, 2023)) for k in ((), ("甲",))
    ]
    for scope in scopes:
        loop = [
            n
            for n, d in enumerate(documents)
            if (not scope.cities or d.meta.city in scope.cities)
            and (not scope.years or covered[n] & set(scope.years))
            and (not scope.kinds or d.meta.kind in scope.kinds)
        ]
        assert list(catalogue.documents_in(scope)) == loop, scope


def test_this_year_is_the_year_of_the_plan(held: tuple[list[Document], list[list[Passage]], RowTable]):
    documents, passages, rows = held
    plans = [max((p.period.year or 0 for p in own if p.period and p.period.kind == "target"), default=0) for own in passages]
    assert list(Catalogue(documents, rows).present_years) == [y or d.meta.year for y, d in zip(plans, documents, strict=True)]
