"""One reading of the passages against encoding every text by itself."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from index.digest import digest
from index.encoder import StaticEncoder, open_encoder
from index.metadata import read_metadata
from index.passages import split_passages
from index.records import Document, Passage
from index.tokens import Tokens, add_runs, run_sums
from index.words import words
from tests.conftest import REPORT, ROOT


@pytest.fixture(scope="module")
def model() -> StaticEncoder:
    encoder = open_encoder()
    assert isinstance(encoder, StaticEncoder)
    return encoder


def passages():
    texts = [REPORT.format(city="宁波", gdp=1500, goal=6), *(p.read_text("utf-8") for p in ROOT.glob("corpus/*.md"))]
    return [p for text in texts for p in split_passages(Document("a.md", text, 0, read_metadata(text, "a.md")))]


def test_vectors_and_pieces_are_those_of_each_text_by_itself(model: StaticEncoder):
    found = [*passages(), Passage("x", "建设污水处理站的标题", 0, 10, (), ())]  # without a sentence
    assert any(p.sentences and p.sentences[0][0] > 0 for p in found)
    whole = digest([(p.text, p.sentences) for p in found], model)
    sentences = [s for p in found for s in p.sentence_texts()]
    assert whole.passages is not None and whole.sentences is not None and whole.tokens is not None
    np.testing.assert_allclose(whole.passages, model.encode_passages([p.text for p in found]), atol=2e-6)
    np.testing.assert_allclose(whole.sentences, model.encode_passages(sentences), atol=2e-6)
    apart = Tokens.build(model, sentences)
    for name in ("ids", "clause_starts", "clause_norms", "sentence_starts"):
        np.testing.assert_array_equal(getattr(whole.tokens, name), getattr(apart, name))


def test_a_passage_is_the_same_in_any_batch(model: StaticEncoder):
    found = [(p.text, p.sentences) for p in passages()]
    whole, alone = digest(found, model), digest(found[7:8], model)
    assert whole.passages is not None and alone.passages is not None
    np.testing.assert_array_equal(whole.passages[7:8], alone.passages)


def test_words_are_counted_text_by_text():
    texts = ["污水处理，污水管网", "", "学校 2023"]
    counts = digest([(text, ()) for text in texts], None).words
    edges = np.cumsum([0, *counts.distinct])
    for row, text in enumerate(texts):
        span = slice(edges[row], edges[row + 1])
        found = {counts.vocabulary[n]: t for n, t in zip(counts.numbers[span], counts.times[span], strict=True)}
        assert found == {w: words(text).count(w) for w in words(text)}
        assert counts.lengths[row] == len(words(text))


def test_no_passages_and_no_known_piece(model: StaticEncoder):
    assert digest([], model).passages.shape == (0, 256)
    assert not digest([("🙂", ((0, 1),))], model).sentences.any()


def test_sums_of_runs_equal_the_slow_way():
    values = np.random.default_rng(3).normal(size=(20, 5)).astype(np.float32)
    bounds = np.asarray([0, 3, 3, 11, 20])
    np.testing.assert_allclose(add_runs(values, bounds), run_sums(values, bounds), rtol=1e-5)
    np.testing.assert_allclose(add_runs(values, bounds)[2], sum(values[3:11]), rtol=1e-5)


def test_a_static_model_travels_by_its_path(model: StaticEncoder):
    text = pickle.dumps(model)
    assert len(text) < 1000
    again = pickle.loads(text)
    assert again.fingerprint == model.fingerprint
