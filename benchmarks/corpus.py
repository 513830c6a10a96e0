"""The question sets over the sample corpus: what is answered, what is refused, what is compared.

`corpus_questions.jsonl` holds questions with the sentence of the digest that answers, `corpus_unanswerable.jsonl`
questions that no digest answers, `corpus_comparisons.jsonl` the figure (or none) that each place states. All were
written from the digests before any of them was asked.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.metrics import Row, judge, mean, same_place
from index.build import build
from index.encoder import open_encoder
from qa.comparison import Row as Compared
from qa.engine import Engine

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
REPORTS = ROOT.parent / "shared" / "reports"
QUESTIONS = ROOT / "benchmarks" / "corpus_questions.jsonl"
UNANSWERABLE = ROOT / "benchmarks" / "corpus_unanswerable.jsonl"
COMPARISONS = ROOT / "benchmarks" / "corpus_comparisons.jsonl"
Scores = dict[str, float]


def read_rows(path: Path) -> list[Row]:
    """The objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def open_built(corpus: Path, folder: Path) -> Engine:
    """The engine over an index of a corpus, built where it is missing or out of date."""
    build([corpus], folder, open_encoder())
    return Engine.open(folder)


def answers(engine: Engine, golds: Sequence[Row]) -> tuple[Scores, list[str]]:
    """Means of `judge`, and a line for each question that is not answered by the right sentence."""
    scores: list[Scores] = []
    failed: list[str] = []
    for gold in golds:
        result = engine.ask(gold["question"]).as_json()
        scores.append(judge(result, gold))
        if not (scores[-1]["recall@1"] and scores[-1]["sentence@1"]):
            told = (result["answer"] or {}).get("sentence") or f"refused: {result['refusal']}"
            failed.append(f"{gold['id']} [{gold['type']}] {gold['question']}\n   gold {gold['evidence']}\n   told {told}")
    return mean(scores), failed


def refusals(engine: Engine, golds: Sequence[Row]) -> tuple[Scores, list[str]]:
    """Share of the questions refused: of all, of places the library does not hold, of places it holds.

    Also gives a line for each question answered although nothing answers it.
    """
    scores: list[Scores] = []
    failed: list[str] = []
    for gold in golds:
        answer = engine.ask(gold["question"])
        refused = float(not answer.answered)
        scores.append({"refused": refused, "refused, place held" if gold["city"] else "refused, place not held": refused})
        if answer.answered:
            failed.append(f"{gold['id']} {gold['question']}: {gold['why']}\n   told {answer.hits[0].sentence}")
    return mean(scores), failed


def comparisons(engine: Engine, golds: Sequence[Row]) -> tuple[Scores, list[str]]:
    """Precision and recall of the figures, share of the absent ones left absent, and a line for each that is wrong.

    Precision is over the figures stated for the places that a question has an expectation for.
    """
    tally: Counter[str] = Counter()
    failed: list[str] = []
    asked: dict[str, list[Row]] = defaultdict(list)
    for gold in golds:
        asked[gold["question"]].append(gold)
    for question, places in asked.items():
        rows = engine.compare(question).rows
        for gold in places:
            told = [row for row in rows if same_place(gold["city"], row.city) and not row.absent]
            absent = bool(gold.get("absent"))
            right = not told if absent else any(_same(gold, row) for row in told)
            tally.update(present=not absent, absent=absent, stated=bool(told), right=right and not absent, silent=right and absent)
            if not right:
                wanted = "absent" if absent else f"{gold['value']} {gold['unit']}"
                failed.append(f"{question} {gold['city']}: expected {wanted}, told {told[0].raw if told else 'absent'}")
    scores = {
        "precision": tally["right"] / max(1, tally["stated"]),
        "recall": tally["right"] / max(1, tally["present"]),
        "absent": tally["silent"] / max(1, tally["absent"]),
    }
    return scores, failed


def _same(gold: Row, row: Compared) -> bool:
    near = row.value is not None and abs(gold["value"] - row.value) <= 0.005 * abs(gold["value"])
    return near and row.unit == gold["unit"] and row.kind == gold["kind"]
