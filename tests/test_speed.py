"""The measurements of speed measure what they say: ratios by hand, answers mixed up are noticed, filters hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import cold_start, throughput
from benchmarks.corpus import CORPUS, open_built
from benchmarks.rivals import SYSTEMS, missing
from benchmarks.speed import Line, Worker, main, material, measure, recall, report
from qa.engine import Engine
from tests.conftest import ROOT

PASSAGES = [
    {"text": "全年新建公园十二个，都在河边。", "title": "甲市政府工作报告", "city": "甲市"},
    {"text": "农村公路修了三百公里。", "title": "甲市政府工作报告", "city": "甲市"},
    {"text": "新建公园两个，改建广场一个。", "title": "乙市政府工作报告", "city": "乙市"},
    {"text": "医院床位增加八百张。", "title": "乙市政府工作报告", "city": "乙市"},
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return open_built(CORPUS, ROOT / "built" / "corpus")


class Built:
    """A worker that has been measured."""

    def __init__(self, peak: float) -> None:
        self.built, self.peak = {"import": 1.0, "index": 2.0}, peak


def test_ratios_are_of_the_same_round():
    ours = Line("ours", "plain", [10.0, 20.0, 40.0], [11.0, 21.0, 41.0], [9.0, 9.0, 9.0])
    rival = Line("txtai", "city", [20.0, 20.0, 20.0], [30.0, 30.0, 90.0], [5.0, 6.0, 7.0], (0.25, 0.5))
    rows = report([ours, rival], {"ours": Built(100.0), "txtai": Built(300.0)})
    assert [rows[0][key] for key in ("ratio", "ratio_min", "ratio_max", "first_p50_ms")] == [1.0, 1.0, 1.0, 10.0]
    assert [rows[1][key] for key in ("ratio", "ratio_min", "ratio_max")] == [1.0, 0.5, 2.0]  # 20/10, 20/20, 20/40
    assert [rows[1][key] for key in ("system", "p50_ms", "p95_ms", "cpu_ms", "peak_mb")] == [
        "txtai, given the city",
        20.0,
        30.0,
        6.0,
        300.0,
    ]


def test_recall_counts_the_first_and_the_first_five():
    gold = {"city": "甲", "evidence": "新建公园十二个", "answer": "十二个"}
    assert recall([[0, 1], [2, 0], [2, 3]], PASSAGES, [gold] * 3) == (1 / 3, 2 / 3)


def test_ours_is_measured_in_a_process_of_its_own(engine: Engine):
    golds = [json.loads(line) for line in (ROOT / "benchmarks" / "corpus_questions.jsonl").read_text("utf-8").splitlines()[:6]]
    lines, workers = measure(material(engine, golds, CORPUS), golds, ["ours"], rounds=2)
    assert lines[0].recall == (1.0, 1.0)
    assert len(lines[0].p50) == 2
    assert workers["ours"].peak > 100  # MB: the model alone is 64


def test_a_system_that_stops_says_why(tmp_path: Path):
    path = tmp_path / "material.json"
    path.write_text(json.dumps({"passages": [], "folder": str(tmp_path / "nowhere"), "warm": [], "questions": []}), "utf-8")
    with pytest.raises(RuntimeError, match=r"ours stopped: [\s\S]*nowhere"):
        Worker("ours", path)


@pytest.mark.parametrize("name", [name for name in SYSTEMS if not name.startswith("ours")])
def test_every_rival_finds_the_passage_and_keeps_to_the_city_it_is_given(name: str):
    if missing(name):
        pytest.skip(f"{missing(name)} is not installed: pip install -r requirements-bench.txt")
    pytest.importorskip("torch") if name != "rank_bm25" else None
    system = SYSTEMS[name][0](PASSAGES, "")
    assert system.search("修了多少公里农村公路", None)[0] == 1
    assert {PASSAGES[i]["city"] for i in system.search("新建公园", ["乙市"])} == {"乙市"}
    assert len({PASSAGES[i]["city"] for i in system.search("新建公园", [])}) == 2


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(SYSTEMS, "another", (object, ("json", "no_such_package.inside")))
    assert missing("another") == "no_such_package.inside"
    assert missing("ours") == ""


def test_answers_that_are_mixed_up_are_counted(engine: Engine):
    questions = throughput.unique_questions(engine, 30)
    assert len(set(questions)) == 30
    expected = [throughput.answer(engine, question)[0] for question in questions]
    assert throughput.level(engine, questions, expected, 4)["mixed_up"] == 0
    assert throughput.level(engine, questions, [expected[1], expected[0], *expected[2:]], 4)["mixed_up"] == 2


def test_throughput_prints_a_line_for_each_level(capsys: pytest.CaptureFixture[str]):
    assert throughput.main(["--small", "--questions", "16", "--rounds", "1"]) == 0
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.splitlines()[2:5]] == ["1", "4", "16"]
    assert "0 answers mixed up" in printed


def test_a_cold_question_is_timed(capsys: pytest.CaptureFixture[str]):
    assert cold_start.main(["--small", "--runs", "2", "--page-runs", "0", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["runs"][0]
    assert row["runs"] == 2
    assert 0.1 < row["min_s"] <= row["p50_s"] <= row["max_s"]


def test_a_cold_question_without_an_answer_is_no_measurement(tmp_path: Path):
    with pytest.raises(RuntimeError, match="no index at"):
        cold_start.ask_cold(tmp_path)


@pytest.mark.parametrize(("run", "wrong"), [(main, "--rounds"), (throughput.main, "--questions"), (cold_start.main, "--runs")])
def test_nothing_cannot_be_measured(run: object, wrong: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        run([wrong, "0"])
    assert stopped.value.code == 2
    assert "1 or more" in capsys.readouterr().err
