"""End to end on the included corpus and model: what a fresh clone answers."""

from __future__ import annotations

import pytest

from qa.engine import Engine


def test_all_places_are_there(sample_engine: Engine):
    assert len({d.meta.city for d in sample_engine.library.documents}) == 27


@pytest.mark.parametrize(
    ("question", "city", "words"),
    [
        ("宁波2023年地区生产总值增长目标是多少", "宁波", "6"),
        ("What is Zhuhai's economic growth target for 2023?", "珠海", "6%"),
        ("金华去年地区生产总值多少", "金华", "5562.47"),
    ],
)
def test_questions(sample_engine: Engine, question: str, city: str, words: str):
    answer = sample_engine.ask(question)
    assert answer.hits[0].meta.city == city
    assert words in answer.hits[0].passage.text
