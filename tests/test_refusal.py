from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.build import build
from index.encoder import StaticEncoder, open_encoder
from index.library import Library
from models.fit_refusal import logistic
from qa.engine import Engine
from qa.fuse import Weights
from qa.refusal import DATA, FEATURES, Kinds, answers, decisions, signs

ROOT = Path(__file__).resolve().parents[1]
TELLS = """2023年青岛市政府工作报告

各位代表：

一、2022年工作回顾

{fares}

城镇新增就业3.8万人，登记失业率保持在较低水平。新修农村公路96公里。

建成污水处理厂4座，空气优良天数318天。改造老旧小区52个。

二、2023年工作安排

粮食产量稳定在60万吨以上。新建学校7所，增加学位6100个。
"""
FARES = "出租车起步价定为9元，三公里以内不再另外加钱。"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """青岛 tells its taxi fares, 宁波 does not."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "a.txt").write_text(TELLS.format(fares=FARES), "utf-8")
    (folder / "corpus" / "b.txt").write_text(TELLS.format(fares="市民出行更方便。").replace("青岛", "宁波"), "utf-8")
    encoder = open_encoder()
    build([folder / "corpus"], folder / "index", encoder)
    return Engine(Library(folder / "index"), encoder)


def test_what_one_place_tells_is_refused_for_the_other(two: Engine):
    told = two.ask("青岛出租车起步价是多少元")
    assert told.answered
    assert told.hits[0].sentence == FARES
    silent = two.ask("宁波出租车起步价是多少元")
    assert not silent.answered
    assert silent.refusal.reason == "not_stated"
    assert silent.refusal.speaking == ("青岛",)
    assert silent.hits
    assert silent.span == ""


@pytest.mark.parametrize(
    "question",
    [
        "宁波的摩托车赛谁得了冠军",
        "宁波一碗牛肉面卖多少钱",
        "宁波电视塔是哪位建筑师设计的",
        "宁波养了多少只孔雀",
        "What does a bowl of noodles cost in Ningbo?",
        "Who designed the television tower of Ningbo?",
    ],
)
def test_what_no_report_tells_is_refused(two: Engine, question: str):
    assert not two.ask(question).answered


@pytest.mark.parametrize(
    "question",
    [
        "宁波新增了多少就业",
        "宁波修了多长的乡下公路",
        "宁波今年要盖几所学校",
        "宁波的空气好的日子有多少天",
        "How many old residential areas did Ningbo renovate?",
        "How many new schools will Ningbo build?",
        "污水处理厂",
    ],
)
def test_what_the_report_tells_is_answered(two: Engine, question: str):
    assert two.ask(question).answered


def test_the_decision_can_be_left_out(two: Engine):
    open_to_all = Engine(two.library, two.encoder, replace(Weights(), decide=False))
    assert open_to_all.ask("宁波一碗牛肉面卖多少钱").answered


def test_without_a_static_model_everything_is_answered(engine: Engine):
    answer = engine.ask("青岛一碗牛肉面卖多少钱")
    assert answer.answered
    assert answers(engine.library, engine.encoder, answer.query, answer.hits, (0,), engine.weights)


def test_signs_are_what_a_slow_loop_says(two: Engine):
    encoder = two.encoder
    assert isinstance(encoder, StaticEncoder)
    answer = two.ask("青岛修了多长的公路")
    top = answer.hits[0]
    vector = encoder.encode_queries([answer.query.topic])[0]
    kinds = Kinds(np.zeros(encoder.dimension, np.float32), 1.25, encoder.fingerprint, 0.0)
    found = dict(zip(FEATURES, signs(two.library, encoder, answer.query, answer.hits, (0,), two.weights, kinds), strict=True))

    def best(piece: int, text: str) -> float:
        cosines = [
            float(encoder.weights[piece] @ encoder.weights[other] / encoder.norms[piece] / encoder.norms[other])
            for other in encoder.token_ids([text])[0]
            if encoder.norms[other] > 0
        ]
        return max(cosines)

    pieces = [p for p in encoder.token_ids([answer.query.topic])[0] if encoder.norms[p] > 0]
    lengths = [float(encoder.norms[p]) for p in pieces]
    weak = sum(w * np.exp(-6 * best(p, top.sentence)) for p, w in zip(pieces, lengths, strict=True)) / sum(lengths)
    met = sum(w * best(p, top.passage.text) for p, w in zip(pieces, lengths, strict=True)) / sum(lengths)
    assert found["weakest word"] == pytest.approx(-np.log(weak) / 6, abs=1e-4)
    assert found["words in the passage"] == pytest.approx(met, abs=0.02)  # pieces at the edges of clauses may differ
    assert found["sentence"] == pytest.approx(float(encoder.encode_passages([top.sentence])[0] @ vector), abs=1e-5)
    assert found["kind"] == 1.25
    assert (found["unit told"], found["unit not told"], found["no figure"]) == (1, 0, 0)


def test_the_kind_of_question_is_neutral_under_another_model():
    kinds = Kinds(np.asarray([1, 2], np.float32), 0.5, "this", 3.25)
    assert kinds.odds(np.asarray([1, 1], np.float32), "this") == 3.5
    assert kinds.odds(np.asarray([1, 1], np.float32), "another") == 3.25


def test_what_is_stored_fits_the_included_model_and_has_its_curve():
    stored = json.loads(DATA.read_text("utf-8"))
    by_language, kinds = decisions()
    encoder = open_encoder()
    assert kinds.model == encoder.fingerprint, "the model changed: run models/fit_refusal.py again"
    assert kinds.weights.shape == (encoder.dimension,)
    assert set(by_language) == {"zh", "en"}
    for language, decision in by_language.items():
        curve = stored["decisions"][language]["curve"]
        refused = [point["refused, absent"] for point in curve]
        assert refused == sorted(refused)
        assert decision.threshold in [point["threshold"] for point in curve]
        assert next(p["answered"] for p in curve if p["threshold"] == decision.threshold) >= 0.97


def test_logistic_finds_the_least_loss():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3)) * (1, 5, 0.2) + (0, 3, 0)
    y = (x @ (1.0, -0.3, 4.0) + rng.normal(size=300)) > -1
    weights = rng.uniform(0.2, 2, 300)
    w, bias = logistic(x, y, weights, ridge=1.0)

    def loss(w: np.ndarray, bias: float) -> float:
        z = x @ w + bias
        return float(weights @ np.logaddexp(0, np.where(y, -z, z)) + 0.5 * ((w * (x.std(0) + 1e-6)) ** 2).sum())

    least = loss(w, bias)
    draws = random.Random(1)
    for _ in range(200):
        assert loss(w + [draws.gauss(0, 0.02) for _ in w], bias + draws.gauss(0, 0.02)) > least


def test_absent_questions_are_our_own_and_not_those_that_measure():
    rows = [json.loads(line) for line in (ROOT / "models" / "data" / "absent_questions.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) > 200
    assert all(row["words"] and len(row["zh"]) == 2 and row["en"] for row in rows)
    asked = {q for row in rows for q in (*row["zh"], *row["en"])}
    measured = (ROOT / "benchmarks" / "corpus_unanswerable.jsonl").read_text("utf-8").splitlines()
    assert not asked & {json.loads(line)["question"] for line in measured}
