"""Our own questions with marked answers: offsets that fit their texts, wordings that are our own; the fit's form of the network."""

from __future__ import annotations

import json
import lzma
import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from index.encoder import StaticEncoder, open_encoder
from models.marked import EVERY, marked
from models.prepare import MATERIAL, OWN, RAW_TEXTS
from tests.conftest import ROOT

needs_material = pytest.mark.skipif(not (MATERIAL / "questions").is_dir(), reason="the training material is not on this machine")
LONGEST = 12  # characters a question may share with its paragraph in one run


def rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (OWN / name).read_text("utf-8").splitlines()]


def test_what_is_stored_is_questions_and_offsets_only():
    for row in rows("marked_questions.jsonl"):
        assert list(row) == ["text", "line", "start", "end", "question"]
        assert row["text"] in RAW_TEXTS and 0 <= row["start"] < row["end"] and row["question"].strip() == row["question"] != ""
    for row in rows("marked_answers.jsonl"):
        assert set(row) <= {"id", "zh", "en"}
        assert all(0 <= row[key][0] < row[key][1] for key in ("zh", "en") if key in row)


@needs_material
def test_offsets_fit_and_no_question_is_copied():
    lines = {}
    for name in RAW_TEXTS:
        with lzma.open(MATERIAL / "text" / f"{name}.txt.xz", "rt", encoding="utf-8", newline="\n") as text:
            lines[name] = text.read().split("\n")
    for row in rows("marked_questions.jsonl"):
        line, question = lines[row["text"]][row["line"]], row["question"]
        assert row["end"] <= len(line)
        runs = (question[i : i + LONGEST] for i in range(len(question) - LONGEST + 1))
        assert not any(run in line for run in runs if re.search("[一-鿿]", run)), question


@needs_material
def test_every_answer_stands_in_its_sentence_and_what_is_held_out_lies_apart():
    every = list(marked(MATERIAL, [10, 11]))
    assert {row.source for row in every} == {"first", "second", "English", "text"}
    assert all(row.answer and row.answer in row.sentence for row in every)
    held, kept = ({row.sentence for row in every if row.held == side} for side in (True, False))
    shared = {sentence for sentence in held & kept if len(sentence) > 40}  # formulas stand in many reports
    assert len(shared) < len(held) / 100
    assert 0.8 / EVERY < np.mean([row.held for row in every if row.source == "text"]) < 2 / EVERY
    assert not any(row.held for row in marked(MATERIAL, []))


@needs_material
def test_the_network_that_is_fitted_scores_as_the_one_that_is_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(ROOT))
    torch = pytest.importorskip("torch")
    from models.fit_spans import f1, provinces, row_of, scale_of
    from models.span_net import Sizes, SpanNet, batch_of
    from qa.span_model import from_arrays

    encoder = open_encoder()
    assert isinstance(encoder, StaticEncoder)
    places = provinces()
    found = [row for one in islice(marked(MATERIAL, [10]), 24) if (row := row_of(encoder, one, places))]
    assert len(found) > 20
    scale = scale_of(found)
    torch.manual_seed(1)
    net = SpanNet(encoder.dimension, Sizes()).eval()
    with torch.no_grad():
        whole = net(batch_of(found, scale)).numpy()
    model, start = from_arrays(net.arrays(scale)), 0
    for row in found:
        fitted, used = whole[start : start + len(row.gains)], model.scores(row)
        start += len(row.gains)
        np.testing.assert_allclose(used - used.mean(), fitted - fitted.mean(), atol=1e-3)
        assert row.gains.max() > 0.5
    assert f1("6所", "6所学校") == pytest.approx(2 * 2 / 6) and f1("甲", "乙") == 0


def test_the_stored_weights_are_small():
    assert (Path(ROOT) / "qa" / "data" / "span_weights.npz").stat().st_size < 600_000
