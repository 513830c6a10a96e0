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

from benchmarks.metrics import Row, judge, mean  # noqa: E402
from index.terminal import table  # noqa: E402
from qa.engine import Engine  # noqa: E402
from qa.fuse import BM25_ONLY, DENSE_ONLY, FUSED, Weights  # noqa: E402

CHANNELS = {"BM25": BM25_ONLY, "dense": DENSE_ONLY, "fused": FUSED, "reranked": Weights()}
COLUMNS = ("recall@1", "recall@5", "mrr@10", "sentence@1", "span_f1", "answered")


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


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=ROOT / "built" / "reports")
    parser.add_argument("--questions", type=Path, default=ROOT.parent / "shared" / "eval" / "questions.jsonl")
    parser.add_argument("--expected", default="reports", help="block of expected.json to compare with")
    parser.add_argument("--wrong", action="store_true", help="list the questions without the right passage or sentence on top")
    options = parser.parse_args(arguments)
    golds = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines() if line.strip()]
    engine = Engine.open(options.index)
    expected = json.loads((ROOT / "benchmarks" / "expected.json").read_text("utf-8")).get(options.expected, {})
    rows: list[list[str]] = []
    failed = 0
    for channel, weights in CHANNELS.items():
        groups, wrong, seconds = run(engine, golds, weights)
        for group, metrics in groups.items():
            if group == "all" or channel == "reranked":
                rows.append([channel, group, *(f"{metrics[c]:.3f}" if c in metrics else "" for c in COLUMNS)])
        if channel == "reranked":
            verdicts = [(n, groups["all"][n], least) for n, least in expected.items()]
            timing = f"seconds a question: p50 {seconds[len(seconds) // 2]:.4f}  p95 {seconds[int(len(seconds) * 0.95)]:.4f}"
    sys.stdout.write(table(["channel", f"questions ({len(golds)})", *COLUMNS], rows) + f"\n{timing}\n")
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
