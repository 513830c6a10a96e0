"""Verdicts of visitors are kept whole and become a question file that the quality runner takes."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from benchmarks.metrics import is_right
from index.errors import QuestionError
from qa import feedback
from qa.__main__ import main


@pytest.fixture
def told(engine, tmp_path: Path):
    answer = engine.ask("宁波的污水怎么治理")
    assert answer.answered
    return tmp_path / "index", answer


def test_an_approved_answer_becomes_a_question_with_its_evidence(told, capsys: pytest.CaptureFixture[str]):
    index, answer = told
    path = feedback.record(index, answer, "up")
    assert path.parent == index.parent
    assert main(["feedback", "--index", str(index)]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["question"] == "宁波的污水怎么治理" and row["evidence"] == answer.hits[0].sentence
    assert is_right(answer.hits[0].as_json(), row)


def test_the_last_verdict_counts_and_what_was_wrong_is_kept_apart(told, tmp_path: Path):
    index, answer = told
    feedback.record(index, answer, "up")
    feedback.record(index, answer, "down")
    good, wrong = tmp_path / "good.jsonl", tmp_path / "wrong.jsonl"
    assert main(["feedback", "--index", str(index), "--out", str(good), "--wrong", str(wrong)]) == 1
    assert good.read_text() == ""
    assert json.loads(wrong.read_text("utf-8"))["question"] == answer.query.text


def test_many_visitors_at_once_write_whole_lines(told):
    index, answer = told
    threads = [threading.Thread(target=feedback.record, args=(index, answer, "up")) for _ in range(40)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(list(feedback.read(feedback.feedback_file(index)))) == 40


def test_a_damaged_line_is_left_out(told):
    index, answer = told
    path = feedback.record(index, answer, "up")
    path.write_text(path.read_text("utf-8") + '{"verdict": "up", "que\n[]\n', "utf-8")
    assert len(list(feedback.read(path))) == 1


def test_no_such_verdict_and_a_full_file_are_told(told, monkeypatch: pytest.MonkeyPatch):
    index, answer = told
    with pytest.raises(QuestionError, match="sideways"):
        feedback.record(index, answer, "sideways")
    feedback.record(index, answer, "up")
    monkeypatch.setattr(feedback, "LIMIT", 10)
    with pytest.raises(QuestionError, match="move it away"):
        feedback.record(index, answer, "up")


def test_without_feedback_the_command_says_where_it_would_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["feedback", "--index", str(tmp_path / "index")]) == 2
    assert "index.feedback.jsonl" in capsys.readouterr().err
