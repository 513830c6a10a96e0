"""The sample corpus answers its own questions: shape of the sets, and the figures of `benchmarks/expected.json`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import compare, quality
from benchmarks.corpus import (
    COMPARISONS,
    CORPUS,
    QUESTIONS,
    UNANSWERABLE,
    Scores,
    answers,
    comparisons,
    read_rows,
    refusals,
)
from qa.engine import Engine
from tests.conftest import ROOT

DIGESTS = {path.stem: path.read_text("utf-8") for path in sorted(CORPUS.glob("*.md"))}
EXPECTED = json.loads((ROOT / "benchmarks" / "expected.json").read_text("utf-8"))
SETS = [("corpus", QUESTIONS, answers), ("corpus_unanswerable", UNANSWERABLE, refusals), ("corpus_comparisons", COMPARISONS, comparisons)]
TARGETS = "各市2023年GDP增长目标"


def of_place(city: str) -> str:
    return "\n".join(text for name, text in DIGESTS.items() if name.split("-")[0] == city)


@pytest.mark.parametrize(("block", "path", "measure"), SETS, ids=[name for name, _, _ in SETS])
def test_what_is_expected_is_reached(block: str, path: Path, measure: Callable[..., tuple[Scores, list[str]]], sample_engine: Engine):
    metrics, failed = measure(sample_engine, read_rows(path))
    short = {name: round(metrics[name], 3) for name, least in EXPECTED[block].items() if metrics[name] < least}
    assert not short, "\n".join([f"{short} below {EXPECTED[block]}", *failed])


def test_at_least_nine_in_ten_first_hits_are_asked_for():
    assert EXPECTED["corpus"]["recall@1"] >= 0.9


def test_questions_have_evidence_in_the_digest_of_their_place():
    golds = read_rows(QUESTIONS)
    assert len(golds) >= 60 and len({gold["id"] for gold in golds}) == len(golds)
    assert {gold["city"] for gold in golds} == {name.split("-")[0] for name in DIGESTS}
    types = Counter(gold["type"] for gold in golds)
    assert set(types) == {"fact", "paraphrase", "policy", "target", "en"} and types["en"] >= 20
    for gold in golds:
        assert set(gold) == {"id", "city", "lang", "type", "question", "evidence", "answer"}
        assert (gold["lang"] == "en") == (gold["type"] == "en") == gold["question"].isascii()
        assert gold["evidence"] in of_place(gold["city"]), gold["id"]
        assert gold["answer"] in gold["evidence"], gold["id"]


def test_a_third_of_the_questions_are_in_other_words_than_the_digest():
    """No three characters in a row of the evidence besides the name of the place, figures aside."""
    chinese = [gold for gold in read_rows(QUESTIONS) if gold["lang"] == "zh"]

    def repeats(gold: dict[str, str]) -> bool:
        asked = re.sub(rf"{gold['city']}|[0-9]+|[^一-鿿]", "|", gold["question"])
        return any("|" not in asked[i : i + 3] and asked[i : i + 3] in gold["evidence"] for i in range(len(asked) - 2))

    assert sum(not repeats(gold) for gold in chinese) * 3 >= len(chinese)


def test_unanswerable_questions_are_of_places_held_and_not_held():
    golds = read_rows(UNANSWERABLE)
    held = [gold for gold in golds if gold["city"]]
    assert len(golds) >= 24 and len(held) * 2 == len(golds) and {gold["lang"] for gold in golds} == {"zh", "en"}
    assert {gold["city"] for gold in held} <= {name.split("-")[0] for name in DIGESTS}


def test_comparisons_expect_figures_that_the_digests_hold():
    golds = read_rows(COMPARISONS)
    places = Counter(gold["question"] for gold in golds)
    assert len(places) == 10 and min(places.values()) >= 6
    for gold in golds:
        if not gold.get("absent"):
            assert {"question", "city", "value", "unit", "kind"} == set(gold) and of_place(gold["city"])


def test_the_growth_targets_have_a_row_for_each_of_the_27_places(sample_engine: Engine):
    found = sample_engine.compare(TARGETS)
    assert {row.city for row in found.rows} == {name.split("-")[0] for name in DIGESTS}
    assert len(found.rows) == len(DIGESTS) == 28  # two documents of 中山
    assert all(row.kind == "target" and row.year == 2023 for row in found.rows)


def test_the_growth_targets_are_those_of_the_real_reports(sample_engine: Engine, reports_index: Path):
    def told(engine: Engine) -> dict[str, tuple[float | None, str]]:
        return {row.city: (row.value, row.unit) for row in engine.compare(TARGETS).rows if not row.absent}

    assert told(sample_engine) == told(Engine.open(reports_index))


def test_quality_prints_a_table_verdicts_and_what_is_wrong(sample_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    few = tmp_path / "few.jsonl"
    golds = read_rows(QUESTIONS)[:2]
    golds.append(golds[0] | {"id": "off", "evidence": "没有这样一句话", "answer": ""})
    few.write_text("".join(json.dumps(gold, ensure_ascii=False) + "\n" for gold in golds), "utf-8")
    arguments = ["--index", str(sample_engine.library.folder), "--questions", str(few), "--expected", "corpus", "--wrong"]
    assert quality.main(arguments) == 1
    printed = capsys.readouterr().out
    assert all(f"\n{channel} " in printed for channel in quality.CHANNELS)
    assert "FAIL recall@1 0.667, expected at least" in printed and "\noff [fact]" in printed


def test_comparisons_are_measured_from_the_shell_too(sample_engine: Engine, capsys: pytest.CaptureFixture[str]):
    assert compare.main(["--golds", str(COMPARISONS), "--index", str(sample_engine.library.folder)]) == 0
    printed = capsys.readouterr().out
    scores, _ = comparisons(sample_engine, read_rows(COMPARISONS))
    assert "precision {precision:.3f}  recall {recall:.3f}  absent {absent:.3f}".format(**scores) in printed
