"""Candidates, their features and the choice among them, against slow loops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoder import StaticEncoder, open_encoder
from index.words import word_spans
from qa.figures import figures
from qa.places import Places
from qa.question import understand
from qa.span_candidates import clause_bounds, runs
from qa.span_features import FEATURES, describe
from qa.span_forms import FORMS, asked_noun
from qa.span_model import expected, span_model
from qa.span_pieces import KINDS
from qa.span_reader import SHARP, STEERED, STEPS

SENTENCES = [
    "全年新建小学6所、新增学位突破5400个，“暖心食堂”开到12个社区，居民满意率达98.5%。",
    "通过送货下乡、上门收购等办法，帮果农卖出苹果3.2万吨；",
    "青石村和白水村评上《美丽乡村名录》，环湖步道6月底前完工。",
]


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    model = open_encoder()
    assert isinstance(model, StaticEncoder)
    return model


@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_candidate_cuts_a_figure_a_word_or_a_quotation(encoder: StaticEncoder, sentence: str):
    found = runs(sentence, encoder.pieces(sentence)[1])
    whole = [(f.start, f.end) for f in figures(sentence)] + word_spans(sentence)
    for start, end in found.spans.tolist():
        inside = {(a - 1, b + 1) for a, b in [(start, end)]} & set(found.quoted)
        assert inside or not any(a < edge < b for a, b in [*whole, *found.quoted] for edge in (start, end)), sentence[start:end]
        assert sentence[start] not in "的了和与等，、。" and sentence[end - 1] not in "的和与，、。"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_figures_quotations_and_clauses_are_candidates(encoder: StaticEncoder, sentence: str):
    spans = set(map(tuple, runs(sentence, encoder.pieces(sentence)[1]).spans.tolist()))
    assert {(f.start, f.end) for f in figures(sentence)} <= spans
    assert set(clause_bounds(sentence)) <= spans


def test_clauses_of_a_list_stay_together_and_numbers_in_front_go():
    sentence = "（三）修建管网、泵站，清理河道：共3,200米。"
    assert [sentence[a:b] for a, b in clause_bounds(sentence)] == ["修建管网、泵站", "清理河道", "共3,200米"]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_a_candidate_says_of_the_question_against_a_loop(encoder: StaticEncoder, sentence: str):
    query = understand("哪个村子评上了乡村名录", Places(()))
    told = describe(encoder, sentence, query)
    ids, offsets = encoder.pieces(sentence)
    asked, _ = encoder.pieces(query.topic)
    weights = encoder.norms[asked] / encoder.norms[asked].sum()
    for (start, end), row in zip(told.runs.spans.tolist(), told.features, strict=True):
        inside = [i for i, (a, b) in zip(ids, offsets.tolist(), strict=True) if start <= a and b <= end]
        unit = [encoder.weights[i] / encoder.norms[i] for i in inside]
        said = sum(
            w * max((float(encoder.weights[q] @ u / encoder.norms[q]) for u in unit), default=0.0)
            for q, w in zip(asked, weights, strict=True)
        )
        total = encoder.weights[inside].sum(0)
        topic = encoder.weights[asked].sum(0)
        cosine = float(total @ topic / max(np.linalg.norm(total), 1e-6) / np.linalg.norm(topic))
        assert row[FEATURES.index("question said inside")] == pytest.approx(max(said, 0), abs=1e-4), sentence[start:end]
        assert row[FEATURES.index("cosine")] == pytest.approx(cosine, abs=1e-3)
        assert row[FEATURES.index("is a figure")] == ((start, end) in {(f.start, f.end) for f in figures(sentence)})


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6), st.floats(-4, 4)), min_size=1, max_size=25))
def test_expected_f1_against_a_loop(rows: list[tuple[int, int, float]]):
    spans = np.asarray([(a, a + n) for a, n, _ in rows], np.int64)
    scores = np.asarray([s for *_, s in rows], np.float32)
    chances = np.exp(scores) / np.exp(scores).sum()
    slow = []
    for a, n, _ in rows:
        mine = set(range(a, a + n))
        slow.append(sum(c * 2 * len(mine & set(range(b, b + m))) / (n + m) for (b, m, _), c in zip(rows, chances, strict=True)))
    assert expected(spans, scores) == pytest.approx(slow, abs=1e-4)


def test_neighbours_do_not_split_the_vote():
    spans = np.asarray([(0, 3), (10, 20), (10, 21), (9, 20)], np.int64)
    assert expected(spans, np.asarray([1.0, 0.8, 0.7, 0.6], np.float32)).argmax() == 1


@pytest.mark.parametrize(
    ("question", "form", "asks"),
    [
        ("要建哪几个公园", "which ones", True),
        ("要建哪几个公园", "how many", False),
        ("要建几个公园", "how many", True),
        ("打疫苗要不要钱", "yes or no", True),
        ("路灯还修不修", "yes or no", True),
        ("怎么修路灯", "yes or no", False),
        ("Which park will be opened?", "which one", True),
        ("How many parks are there?", "how", False),
    ],
)
def test_forms_of_questions(encoder: StaticEncoder, question: str, form: str, asks: bool):
    told = describe(encoder, "今年开放东湖公园。", understand(question, Places(())))
    assert told.form[4 + FORMS.index(form)] == asks


@pytest.mark.parametrize(
    ("question", "noun"),
    [("哪个村评上了先进", "村评上"), ("开了多少家超市", "超市"), ("Which village won?", "village won"), ("好不好", "")],
)
def test_the_noun_asked_for(question: str, noun: str):
    assert asked_noun(question) == noun


def test_weights_of_other_features_are_refused(tmp_path: Path):
    path = tmp_path / "weights.npz"
    np.savez(path, columns=np.asarray(["length"]), hidden=np.ones((1, 1)))
    with pytest.raises(ValueError, match="fit_spans"):
        span_model(path)


def test_a_score_against_the_sum_written_out(encoder: StaticEncoder):
    told = describe(encoder, SENTENCES[0], understand("新建几所小学", Places(())))
    model = span_model()
    read = model.reader.scores(told.pieces, told.form)
    for row, score, heard in zip(told.features, model.scores(told), read, strict=True):
        x = np.concatenate([row, told.form])
        bent = sum(o * max(0.0, float(h @ x) + b) for h, b, o in zip(model.hidden, model.bias, model.out, strict=True))
        assert score == pytest.approx(bent + float(model.straight @ row) + heard, abs=1e-2)


def test_the_reader_against_loops(encoder: StaticEncoder):
    told = describe(encoder, SENTENCES[1], understand("How many apples were sold for the farmers?", Places(())))
    reader, pieces = span_model().reader, told.pieces
    own, topic, question = ([reader.project @ v for v in vectors] for vectors in (pieces.vectors, pieces.topic, pieces.question))
    attention = np.exp([reader.attention @ q for q in question])
    asked = sum(a * q for a, q in zip(attention / attention.sum(), question, strict=True))
    rows = []
    for vector, mine, weight, kind in zip(pieces.vectors, own, pieces.weights, pieces.kinds, strict=True):
        alike = [float(vector @ t) for t in pieces.topic]
        shares = np.exp([SHARP * a for a in alike])
        aligned = sum(s * t for s, t in zip(shares / shares.sum(), topic, strict=True))
        heavy = (weight - reader.weighing[0]) / reader.weighing[1]
        rows.append(np.concatenate([mine, aligned, STEERED * mine * asked, [max(alike), heavy, max(alike) * heavy], kind]))
    known = np.concatenate([asked, told.form])
    for layer, (kernel, bias, step) in enumerate(zip(reader.kernels, reader.biases, STEPS, strict=True)):
        bent = []
        for at in range(len(rows)):
            total = bias.copy()
            for tap in range(kernel.shape[2]):
                place = at + (tap - kernel.shape[2] // 2) * step
                if 0 <= place < len(rows):
                    total += kernel[:, :, tap] @ rows[place]
            bent.append(np.maximum(total, 0))
        gate = 2 / (1 + np.exp(-(reader.gate @ known + reader.gate_bias)))
        shift = reader.shift @ known + reader.shift_bias
        rows = [b * gate + shift for b in bent] if layer == 0 else [r + b for r, b in zip(rows, bent, strict=True)]
    ends = [reader.ends @ row + reader.ends_bias for row in rows]
    for first, last, score in zip(pieces.first, pieces.last, reader.scores(pieces, told.form), strict=True):
        run = [ends[i][2] for i in range(first, last + 1)]
        expected_score = ends[first][0] + ends[last][1] + sum(run) / len(run) ** 0.5 if run else 0.0
        assert score == pytest.approx(expected_score, abs=1e-3)


def test_the_pieces_of_a_candidate(encoder: StaticEncoder):
    for sentence in SENTENCES:
        told = describe(encoder, sentence, understand("新建几所小学", Places(())))
        _, offsets = encoder.pieces(sentence)
        for (start, end), first, last in zip(told.runs.spans.tolist(), told.pieces.first, told.pieces.last, strict=True):
            inside = [i for i, (a, b) in enumerate(offsets.tolist()) if start <= a and b <= end]
            assert list(range(first, last + 1)) == inside
        figure = told.runs.figures[0] if told.runs.figures else None
        if figure:
            marked = [i for i, (a, b) in enumerate(offsets.tolist()) if a < figure.end and b > figure.start]
            assert all(told.pieces.kinds[i, KINDS.index("in a figure")] == 1 for i in marked)
            assert told.pieces.kinds[:, KINDS.index("in a figure")].sum() >= len(marked)


def test_a_question_of_unknown_pieces_adds_nothing(encoder: StaticEncoder):
    told = describe(encoder, SENTENCES[0], understand("🙂🙂", Places(())))
    assert not span_model().reader.scores(told.pieces, told.form).any()
