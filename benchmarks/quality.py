"""Retrieval quality, channel by channel and by type of question.

    python benchmarks/quality.py [--wrong] [--markdown]
    python benchmarks/quality.py --index DIR --questions FILE.jsonl [--expected BLOCK]

Prints a table for BM25 alone, vectors alone and both, and OK or FAIL for every figure of `expected.json`.
Without arguments: the questions, refusals and comparisons over the sample corpus (its index is built in `built/corpus`),
and the development questions over the real reports where `../shared` is there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from benchmarks.corpus import (  # noqa: E402
    COMPARISONS,
    CORPUS,
    QUESTIONS,
    REPORTS,
    UNANSWERABLE,
    comparisons,
    open_built,
    read_rows,
    refusals,
)
from benchmarks.metrics import Row, judge, mean  # noqa: E402
from index.terminal import table  # noqa: E402
from qa.engine import Engine  # noqa: E402
from qa.fuse import BM25_ONLY, DENSE_ONLY, FUSED, Weights  # noqa: E402

CHANNELS = {
    "BM25, words as asked": replace(BM25_ONLY, expanded=0.0),
    "BM25, official terms too": BM25_ONLY,
    "vectors: passage": Weights(passage=1.0, sentence=0.0, lexical=0.0, period=0.0, rerank=False, figures=False, decide=False),
    "vectors: passage and best sentence": DENSE_ONLY,
    "both": Weights(period=0.0, rerank=False, figures=False, decide=False),
    "both, time asked for": FUSED,
    "and clauses, late interaction": Weights(form=False, figures=False, decide=False),
    "and form of the answer": Weights(figures=False, decide=False),
    "and figures of known indicators": Weights(decide=False),
    "and the fitted refusal (used)": Weights(),
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


def channels(engine: Engine, golds: list[Row], expected: dict[str, float], *, wrong: bool, markdown: bool) -> int:
    """Print the table of all channels and the verdicts; the number of figures below what is expected."""
    rows: list[list[str]] = []
    used: list[Row] = []
    metrics: dict[str, float] = {}
    timing = ""
    for channel, weights in CHANNELS.items():
        groups, missed, seconds = run(engine, golds, weights)
        for group, scores in groups.items():
            if group == "all" or channel == USED:
                rows.append([channel, group, *(f"{scores[c]:.3f}" if c in scores else "" for c in COLUMNS)])
        if channel == USED:
            used, metrics = missed, groups["all"]
            timing = f"seconds a question: p50 {seconds[len(seconds) // 2]:.4f}  p95 {seconds[int(len(seconds) * 0.95)]:.4f}"
            low, high = interval(wrong_and_right(engine, golds), "recall@1")
            timing += f"\nrecall@1, 95 % interval by bootstrap: {low:.3f} to {high:.3f}"
    head = ["channel", f"questions ({len(golds)})", *COLUMNS]
    if markdown:
        lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
        sys.stdout.write("\n".join(lines) + f"\n\n{timing}\n")
    else:
        sys.stdout.write(table(head, rows) + f"\n{timing}\n")
    failed = verdicts(metrics, expected)
    for row in used if wrong else ():
        gold, result = row["gold"], row["result"]
        top = result["answer"]["sentence"] if result["answer"] else ""
        sys.stdout.write(f"\n{gold['id']} [{gold['type']}] {gold['question']}\n   gold {gold['evidence'][:90]}\n   top  {top[:90]}\n")
    return failed


def verdicts(metrics: dict[str, float], expected: dict[str, float]) -> int:
    """Print OK or FAIL for every figure expected; the number of those that fail."""
    for name, least in expected.items():
        sys.stdout.write(f"{'OK  ' if metrics[name] >= least else 'FAIL'} {name} {metrics[name]:.3f}, expected at least {least}\n")
    return sum(metrics[name] < least for name, least in expected.items())


def sample(expected: dict[str, dict[str, float]], *, wrong: bool, markdown: bool) -> int:
    """The three sets over the sample corpus; the number of figures below what is expected."""
    engine = open_built(CORPUS, ROOT / "built" / "corpus")
    sys.stdout.write("sample corpus (corpus/)\n")
    failed = channels(engine, read_rows(QUESTIONS), expected["corpus"], wrong=wrong, markdown=markdown)
    for title, path, measure in (("unanswerable", UNANSWERABLE, refusals), ("comparisons", COMPARISONS, comparisons)):
        golds = read_rows(path)
        metrics, misses = measure(engine, golds)
        sys.stdout.write(f"\n{title} ({len(golds)})\n")
        failed += verdicts(metrics, expected[f"corpus_{title}"])
        sys.stdout.write("".join(f"\n{miss}\n" for miss in misses) if wrong else "")
    return failed


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, metavar="DIR", help="index folder, with --questions")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="questions with gold evidence, JSON lines")
    parser.add_argument("--expected", default="reports", metavar="BLOCK", help="block of expected.json to compare with (default reports)")
    parser.add_argument("--wrong", action="store_true", help="list the questions without the right passage or sentence on top")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    options = parser.parse_args(arguments)
    expected = json.loads((ROOT / "benchmarks" / "expected.json").read_text("utf-8"))
    show = {"wrong": options.wrong, "markdown": options.markdown}
    development = ROOT.parent / "shared" / "eval" / "questions.jsonl"
    if options.index or options.questions:
        engine = Engine.open(options.index or ROOT / "built" / "reports")
        return int(channels(engine, read_rows(options.questions or development), expected.get(options.expected, {}), **show) > 0)
    failed = sample(expected, **show)
    if REPORTS.is_dir() and development.is_file():
        sys.stdout.write("\nreal reports (../shared/reports)\n")
        engine = open_built(REPORTS, ROOT / "built" / "reports")
        failed += channels(engine, read_rows(development), expected["reports"], **show)
    else:
        sys.stdout.write("\nthe real reports (../shared/reports) are not on this machine: only the sample was measured\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
