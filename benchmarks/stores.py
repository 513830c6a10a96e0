"""One corpus in two stores: the same hits, and how long a question takes in each.

    python benchmarks/stores.py built/mine built/milvus [--questions benchmarks/corpus_questions.jsonl]

Prints OK where every question has the same hits in both with scores within 0.0001; exit code 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from qa.engine import Engine
from qa.records import Answer

TOLERANCE = 1e-4


def same(one: Answer, two: Answer) -> bool:
    """Whether both give the same hits, scores, marks and refusal."""
    if [(h.row, h.sentence) for h in one.hits] != [(h.row, h.sentence) for h in two.hits]:
        return False
    near = np.allclose([h.score for h in one.hits], [h.score for h in two.hits], atol=TOLERANCE)
    return near and (one.span, one.answered) == (two.span, two.answered)


def main(arguments: list[str]) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(description="Compare the answers of two indexes of the same corpus, and their speed.")
    parser.add_argument("indexes", nargs=2, type=Path, metavar="DIR")
    parser.add_argument("--questions", type=Path, default=Path(__file__).parent / "corpus_questions.jsonl", metavar="FILE.jsonl")
    options = parser.parse_args(arguments)
    questions = [json.loads(line)["question"] for line in options.questions.read_text("utf-8").splitlines()]
    engines, answers = [], []
    for folder in options.indexes:
        begun = time.perf_counter()
        engine = Engine.open(folder)
        engine.warm()
        print(f"{folder}: store {engine.library.manifest['store']['name']}, open and warm {time.perf_counter() - begun:.1f} s")  # noqa: T201
        engines.append(engine)
    for question in questions:  # in turns, so that what else runs on the machine slows both alike
        answers.append([engine.ask(question) for engine in engines])
    for number, folder in enumerate(options.indexes):
        p50, p95 = np.percentile([pair[number].seconds * 1000 for pair in answers], [50, 95])
        print(f"{folder}: p50 {p50:.0f} ms, p95 {p95:.0f} ms a question")  # noqa: T201
    differ = [question for question, (one, two) in zip(questions, answers, strict=True) if not same(one, two)]
    print(f"{'FAIL' if differ else 'OK'}: {len(questions) - len(differ)} of {len(questions)} questions have the same answer and hits")  # noqa: T201
    for question in differ[:10]:
        print(f"  {question}")  # noqa: T201
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
