"""Fit the weights of `qa/spans.py` on questions with marked answers, and print how well they mark.

    python models/fit_spans.py [--model FOLDER] [--files 10 11]

Use a model that was not trained on the files (see `evaluate.py`). A softmax over the candidates of a sentence is fitted
to the candidate whose characters are nearest the marked answer; half of the questions fit, the other half are measured.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.encoder import StaticEncoder, open_encoder  # noqa: E402
from index.text import sentence_spans  # noqa: E402
from models.prepare import MATERIAL, OWN, read_lines  # noqa: E402
from qa.places import Places  # noqa: E402
from qa.question import understand  # noqa: E402
from qa.spans import FEATURES, WEIGHTS, candidates, features  # noqa: E402

PINNED = {"date, time wanted": 2.0}  # too rare in the questions to be fitted

Row = tuple[np.ndarray, np.ndarray]  # features of the candidates, F1 of each with the marked answer


def f1(gold: str, found: str) -> float:
    both = sum((Counter(gold) & Counter(found)).values())
    return 2 * both / (len(gold) + len(found)) if both else 0.0


def rows(encoder: StaticEncoder, material: Path, files: list[int]) -> list[Row]:
    """One row a question whose answer stands in one sentence of its snippet."""
    found: list[Row] = []
    for file in files:
        snippets = {r["id"]: str(r["text"]) for r in read_lines(material / "questions" / f"snippets_{file}.jsonl")}
        for row in read_lines(OWN / "questions" / f"questions_{file}.jsonl"):
            text, answer = snippets.get(row["id"], ""), str(row.get("answer") or "")
            sentence = next((text[a:b] for a, b in sentence_spans(text) if answer and answer in text[a:b]), "")
            for question in (*(row.get("q_zh") or ())[:1],) if sentence else ():
                query = understand(str(question), Places(()))
                options = candidates(sentence, query)
                if options:
                    scores = np.asarray([f1(answer, sentence[c.start : c.end]) for c in options], np.float32)
                    found.append((features(encoder, sentence, query, options), scores))
    return found


def fit(train: list[Row], steps: int = 400, rate: float = 0.1, decay: float = 1e-3) -> np.ndarray:
    """Weights by Adam on the cross entropy between softmax(score) and softmax(10 x F1)."""
    w = np.zeros(len(FEATURES))
    m, v = np.zeros_like(w), np.zeros_like(w)
    for step in range(1, steps + 1):
        gradient = decay * w
        for x, gain in train:
            p, t = softmax(x @ w), softmax(10 * gain)
            gradient += x.T @ (p - t) / len(train)
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        w -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return w


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max())
    return e / e.sum()


def measure(w: np.ndarray, test: list[Row]) -> tuple[float, float]:
    """Mean F1 of the chosen candidates, and of the best there were."""
    return float(np.mean([g[int((x @ w).argmax())] for x, g in test])), float(np.mean([g.max() for _, g in test]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=None)
    parser.add_argument("--material", type=Path, default=MATERIAL)
    parser.add_argument("--files", type=int, nargs="+", default=[10, 11])
    arguments = parser.parse_args()
    if not (arguments.material / "questions").is_dir():
        sys.stderr.write(f"error: no snippets at {arguments.material}/questions; they quote reports and are not stored here\n")
        return 2
    encoder = open_encoder(arguments.model)
    if not isinstance(encoder, StaticEncoder):
        sys.stderr.write("error: the weights are for a static model\n")
        return 2
    found = rows(encoder, arguments.material, arguments.files)
    random.Random(5).shuffle(found)
    half = len(found) // 2
    scores = [measure(fit(a), b) for a, b in ((found[:half], found[half:]), (found[half:], found[:half]))]
    chosen, best = (float(np.mean(s)) for s in zip(*scores, strict=True))
    sys.stdout.write(
        f"{len(found)} questions, each half measured with the weights of the other: F1 {chosen:.3f}, best possible {best:.3f}\n"
    )
    weights = {name: round(float(x), 3) for name, x in zip(FEATURES, fit(found), strict=True)} | PINNED
    WEIGHTS.parent.mkdir(exist_ok=True)
    note = {"questions": len(found), "files": arguments.files, "f1": round(chosen, 3), "weights": weights}
    WEIGHTS.write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for name, value in weights.items():
        sys.stdout.write(f"  {value:7.3f}  {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
