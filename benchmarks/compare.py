"""How well comparisons pick figures: by threshold on sentences of our own, and on expected figures over an index.

    python benchmarks/compare.py                                  sentences of tests/data/claims.tsv, by threshold
    python benchmarks/compare.py --golds FILE.jsonl [--index DIR] tables of real documents, by indicator, with timing

`FILE.jsonl` holds one object for each place and question: question, city, absent or value, unit, kind.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.metrics import same_place  # noqa: E402
from index.encoder import open_encoder  # noqa: E402
from index.records import Document, Meta, Passage, Period  # noqa: E402
from index.terminal import table  # noqa: E402
from index.text import sentence_spans  # noqa: E402
from qa.compare import FITS  # noqa: E402
from qa.engine import Engine  # noqa: E402
from qa.figure_search import candidates, choose  # noqa: E402
from qa.indicator import read_indicator  # noqa: E402
from qa.places import Places  # noqa: E402
from qa.question import understand  # noqa: E402

THRESHOLDS = (0.4, 0.5, 0.6, 0.65, 0.7, 0.8, 0.9)


def places_of(*cities: str) -> Places:
    """Places of a library that holds one report of 2023 of each city."""
    return Places(tuple(Document(f"{c}.txt", "", 0, Meta(city=c, level="city", year=2023, kind="政府工作报告")) for c in cities))


class _One:
    """A library of one document, as far as figures are searched in passages already read."""

    documents = places_of("宁波").documents


@cache
def _encoder() -> Any:  # noqa: ANN401 - any encoder
    return open_encoder()


def answer_in(sentence: str, question: str, period: str) -> tuple[float, float | None, str]:
    """The figure that answers a question in one sentence: score, value and unit; (0, None, "") where none fits.

    Args:
        sentence: A sentence of a report.
        question: A comparison question.
        period: What the sentence's passage speaks of, such as "actual 2022".
    """
    kind, year = period.split()
    passage = Passage("d", sentence, 0, len(sentence), (), sentence_spans(sentence), Period(kind, int(year)))
    indicator = read_indicator(understand(question, places_of("宁波")), _encoder())
    best = choose(candidates(_One(), indicator, 0, [(0, passage)]))  # type: ignore[arg-type]
    return (best.score, best.claim.figure.value, best.claim.figure.unit) if best else (0.0, None, "")


def sentences() -> int:
    """Precision, recall and absent right on our own sentences for several thresholds."""
    with (ROOT / "tests" / "data" / "claims.tsv").open(encoding="utf-8", newline="") as rows:
        golds = list(csv.DictReader(rows, delimiter="\t"))
    judged: list[tuple[float, bool, bool]] = []
    for gold in golds:
        score, value, unit = answer_in(gold["sentence"], gold["question"], gold["period"])
        right = bool(gold["value"]) and value is not None and _same(float(gold["value"]), value) and unit == gold["unit"]
        judged.append((score, right, bool(gold["value"])))
    lines = []
    for least in THRESHOLDS:
        stated = sum(score >= least for score, _, _ in judged)
        right = sum(right and score >= least for score, right, _ in judged)
        present = sum(present for _, _, present in judged)
        silent = sum(score < least and not present for score, _, present in judged)
        cells = (right / max(1, stated), right / max(1, present), silent / max(1, len(judged) - present))
        lines.append([f"{least}{' (used)' if least == FITS else ''}", *(f"{cell:.3f}" for cell in cells)])
    sys.stdout.write(table(["threshold", "precision", "recall", "absent right"], lines) + f"\n{len(golds)} sentences\n")
    return 0


def documents(golds: Path, index: Path) -> int:
    """Precision, recall and absent right by question, and the time of a comparison."""
    engine = Engine.open(index)
    asked: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for line in golds.read_text("utf-8").splitlines():
        if line.strip():
            gold = json.loads(line)
            asked[gold["question"]][gold["city"]].append(gold)
    lines: list[list[str]] = []
    total: Counter[str] = Counter()
    seconds: list[float] = []
    for question, places in asked.items():
        begun = time.perf_counter()
        rows = engine.compare(question).rows
        seconds.append(time.perf_counter() - begun)
        tally: Counter[str] = Counter()
        for city, expected in places.items():
            told = [row for row in rows if same_place(city, row.city) and not row.absent]
            present = [gold for gold in expected if not gold.get("absent")]
            right = any(_same(g["value"], r.value) and g["unit"] == r.unit and g["kind"] == r.kind for g in present for r in told)
            tally.update(stated=bool(told), present=bool(present), right=right, absent=not present, silent=not present and not told)
        total.update(tally)
        lines.append([question, f"{tally['right']}/{tally['present']}", str(tally["stated"]), f"{tally['silent']}/{tally['absent']}"])
    sys.stdout.write(table(["question", "right", "stated", "absent right"], lines) + "\n")
    precision, recall = total["right"] / max(1, total["stated"]), total["right"] / max(1, total["present"])
    sys.stdout.write(f"precision {precision:.3f}  recall {recall:.3f}  absent {total['silent'] / max(1, total['absent']):.3f}\n")
    later = sorted(seconds[1:] or seconds)
    sys.stdout.write(f"seconds a comparison: first {seconds[0]:.3f}  p50 {later[len(later) // 2]:.3f}  longest {later[-1]:.3f}\n")
    return 0


def _same(gold: float, found: float | None) -> bool:
    return found is not None and abs(gold - found) <= 0.005 * max(abs(gold), 1e-9)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--golds", type=Path, help="expected figures, JSON lines")
    parser.add_argument("--index", type=Path, default=ROOT / "built" / "reports")
    options = parser.parse_args(arguments)
    return documents(options.golds, options.index) if options.golds else sentences()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
