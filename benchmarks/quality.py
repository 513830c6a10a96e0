"""Retrieval quality, channel by channel and by type of question.

    python benchmarks/quality.py [--index built/reports] [--questions FILE.jsonl] [--wrong]

Prints a table for BM25 alone, vectors alone and both, and OK or FAIL for every figure of `expected.json`.
Without arguments the corpus questions are run if present, and the development questions if `../shared` is there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from benchmarks.metrics import Row, judge, mean  # noqa: E402
from index.terminal import table  # noqa: E402
from qa.engine import Engine  # noqa: E402
from qa.fuse import BM25_ONLY, DENSE_ONLY, FUSED, Weights  # noqa: E402

CHANNELS = {
    "BM25": BM25_ONLY,
    "vectors: passage": Weights(passage=1.0, sentence=0.0, lexical=0.0, period=0.0, rerank=False),
    "vectors: passage and best sentence": DENSE_ONLY,
    "both": Weights(period=0.0, rerank=False),
    "both, time asked for": FUSED,
    "and clauses, late interaction": Weights(form=False),
    "and form of the answer (used)": Weights(),
}
USED = list(CHANNELS)[-1]
COLUMNS = ("recall@1", "recall@5", "mrr@10", "sentence@1", "span_f1", "answered")
RESAMPLES = 2000


def interval(scores: list[dict[str, float]], name: str) -> tuple[float, float]:
    """95 % interval of a metric's mean by resampling the questions."""
    values = np.asarray([row[name] for row in scores if name in row])
    means = np.random.default_rng(0).choice(values, (RESAMPLES, len(values))).mean(1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def run(engine: Engine, golds: list[Row], weights: Weights) -> tuple[dict[str, dict[str, float]], list[Row], list[float]]:
    """Metrics by group of questions, the questions whose top hit is wrong, and seconds a question."""
    channel = Engine(engine.library, engine.encoder, weights)
    groups: dict[str, list[dict[str, float]]] = defaultdict(list)
    wrong: list[Row] = []
    seconds: list[float] = []
    for gold in golds:
        begun = time.perf_counter()
        result = channel.ask(gold["question"]).as_json()
        seconds.append(time.perf_counter() - begun)
        scores = judge(result, gold)
        for name in ("all", gold["type"]):
            groups[name].append(scores)
        if not scores["recall@1"] or not scores["sentence@1"]:
            wrong.append({"gold": gold, "result": result, "scores": scores})
    return {name: mean(scores) for name, scores in groups.items()}, wrong, sorted(seconds)


def wrong_and_right(engine: Engine, golds: list[Row]) -> list[dict[str, float]]:
    """Scores of every question with what is used."""
    return [judge(engine.ask(gold["question"]).as_json(), gold) for gold in golds]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=ROOT / "built" / "reports")
    parser.add_argument("--questions", type=Path, default=ROOT.parent / "shared" / "eval" / "questions.jsonl")
    parser.add_argument("--expected", default="reports", help="block of expected.json to compare with")
    parser.add_argument("--wrong", action="store_true", help="list the questions without the right passage or sentence on top")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    options = parser.parse_args(arguments)
    golds = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines() if line.strip()]
    engine = Engine.open(options.index)
    expected = json.loads((ROOT / "benchmarks" / "expected.json").read_text("utf-8")).get(options.expected, {})
    rows: list[list[str]] = []
    failed = 0
    verdicts: list[tuple[str, float, float]] = []
    timing = ""
    for channel, weights in CHANNELS.items():
        groups, wrong, seconds = run(engine, golds, weights)
        for group, metrics in groups.items():
            if group == "all" or channel == USED:
                rows.append([channel, group, *(f"{metrics[c]:.3f}" if c in metrics else "" for c in COLUMNS)])
        if channel == USED:
            verdicts = [(n, groups["all"][n], least) for n, least in expected.items()]
            timing = f"seconds a question: p50 {seconds[len(seconds) // 2]:.4f}  p95 {seconds[int(len(seconds) * 0.95)]:.4f}"
            low, high = interval(wrong_and_right(engine, golds), "recall@1")
            timing += f"\nrecall@1, 95 % interval by bootstrap: {low:.3f} to {high:.3f}"
    head = ["channel", f"questions ({len(golds)})", *COLUMNS]
    if options.markdown:
        lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
        sys.stdout.write("\n".join(lines) + f"\n\n{timing}\n")
    else:
        sys.stdout.write(table(head, rows) + f"\n{timing}\n")
    for name, value, least in verdicts:
        failed += value < least
        sys.stdout.write(f"{'OK  ' if value >= least else 'FAIL'} {name} {value:.3f}, expected at least {least}\n")
    if options.wrong:
        for row in wrong:
            gold, result = row["gold"], row["result"]
            top = result["answer"]["sentence"] if result["answer"] else ""
            sys.stdout.write(f"\n{gold['id']} [{gold['type']}] {gold['question']}\n   gold {gold['evidence'][:90]}\n   top  {top[:90]}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
