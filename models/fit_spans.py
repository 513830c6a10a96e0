"""Fit the score of `qa/span_model.py` on questions with marked answers, and print how well it marks.

    python models/prepare.py --hold-out 10 11 --out built/held && python models/train.py --pairs built/held --out built/model
    python models/fit_spans.py --model built/model --files 10 11

The files named were not read by the model: first the other files are fitted and these are measured, then all are fitted
and stored. Every question is asked of the sentence that holds its marked answer; English questions have the answer of
their Chinese sibling, which not all of them ask for, so their figures are low.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.encoder import StaticEncoder, open_encoder  # noqa: E402
from index.records import Document, Meta  # noqa: E402
from index.text import sentence_spans  # noqa: E402
from models.prepare import MATERIAL, OWN, read_lines  # noqa: E402
from qa.places import Places  # noqa: E402
from qa.question import understand  # noqa: E402
from qa.span_features import COLUMNS, FEATURES, describe  # noqa: E402
from qa.span_model import WEIGHTS, expected  # noqa: E402

DIVISIONS = ROOT / "index" / "data" / "divisions.tsv"
FILES = range(12)
UNITS, EPOCHS, BATCH, RATE, DECAY, DROPPED = 64, 8, 64, 3e-3, 0.01, 0.3
SHARP = 10.0  # softmax(SHARP x F1) is what the cross entropy aims at
CROSS, GAIN = 0.3, 2.0  # weights of cross entropy and of expected F1 in the loss


@dataclass(frozen=True)
class Row:
    """A question's candidates: columns float32 (n, columns), F1 of each with the marked answer, and its group."""

    file: int
    group: str
    spans: np.ndarray
    columns: np.ndarray
    gains: np.ndarray


def f1(gold: str, found: str) -> float:
    """F1 of the characters of two strings as bags, 0 to 1."""
    both = sum((Counter(gold) & Counter(found)).values())
    return 2 * both / (len(gold) + len(found)) if both else 0.0


def provinces() -> Places:
    """The provinces as places, so that their names leave a question's topic as a city's do when the library is asked."""
    with DIVISIONS.open(encoding="utf-8", newline="") as lines:
        units = [row for row in csv.DictReader(lines, delimiter="\t") if row["level"] == "province"]
    return Places([Document(r["name"], r["name"], 0, Meta(city=r["short"], province=r["name"], level="province")) for r in units])


def rows(encoder: StaticEncoder, material: Path) -> list[Row]:
    """The first Chinese and the first English question of every snippet whose answer stands in one sentence."""
    places = provinces()
    found: list[Row] = []
    for file in FILES:
        snippets = {r["id"]: str(r["text"]) for r in read_lines(material / "questions" / f"snippets_{file}.jsonl")}
        for row in read_lines(OWN / "questions" / f"questions_{file}.jsonl"):
            text, answer = snippets.get(row["id"], ""), str(row.get("answer") or "")
            sentence = next((text[a:b] for a, b in sentence_spans(text) if answer and answer in text[a:b]), "")
            for language in ("zh", "en") if sentence else ():
                for question in (row.get(f"q_{language}") or ())[:1]:
                    query = understand(str(question), places)
                    told = describe(encoder, sentence, query)
                    form = np.repeat(told.form[None], len(told.features), 0)
                    gains = np.asarray([f1(answer, sentence[a:b]) for a, b in told.runs.spans.tolist()], np.float32)
                    columns = np.concatenate([told.features, form], 1)
                    found.append(Row(file, f"{language} {query.wants or 'other'}", told.runs.spans, columns, gains))
    return found


class Perceptron(torch.nn.Module):
    """A hidden layer with a straight path beside it."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.straight, self.hidden = torch.nn.Linear(columns, 1), torch.nn.Linear(columns, UNITS)
        self.out, self.dropout = torch.nn.Linear(UNITS, 1), torch.nn.Dropout(DROPPED)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        straight: torch.Tensor = self.straight(x)[:, 0]
        bent: torch.Tensor = self.out(self.dropout(torch.relu(self.hidden(x))))[:, 0]
        return straight + bent


def softmax(scores: torch.Tensor, owners: torch.Tensor, n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Softmax within each question, and its logarithm."""
    highest = torch.full((n,), -1e9).scatter_reduce(0, owners, scores, "amax")
    shifted = scores - highest[owners]
    total = torch.zeros(n).index_add(0, owners, shifted.exp())
    logs = shifted - total[owners].log()
    return logs.exp(), logs


def fit(train: list[Row], seed: int = 0) -> dict[str, np.ndarray]:
    """The arrays of `SpanModel`, by AdamW on expected F1 and the cross entropy with softmax(10 x F1)."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # the same sums in the same order on any machine
    rng = np.random.default_rng(seed)
    every = np.concatenate([row.columns[:, : len(FEATURES)] for row in train])
    mean, spread = np.zeros(len(COLUMNS), np.float32), np.ones(len(COLUMNS), np.float32)
    mean[: len(FEATURES)], spread[: len(FEATURES)] = every.mean(0), every.std(0) + 1e-3
    net = Perceptron(len(COLUMNS))
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: max(0.02, 1 - s / steps))
    for _ in range(EPOCHS):
        order = rng.permutation(len(train))
        for begin in range(0, len(train), BATCH):
            batch = [train[i] for i in order[begin : begin + BATCH]]
            x = torch.from_numpy((np.concatenate([row.columns for row in batch]) - mean) / spread)
            gains = torch.from_numpy(np.concatenate([row.gains for row in batch]))
            owners = torch.from_numpy(np.repeat(np.arange(len(batch)), [len(row.gains) for row in batch]))
            chance, logs = softmax(net(x), owners, len(batch))
            aim, _ = softmax(SHARP * gains, owners, len(batch))
            loss = (-CROSS * aim * logs - GAIN * chance * gains).sum() / len(batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    hidden, straight = (layer.weight.detach().numpy() / spread for layer in (net.hidden, net.straight))
    bias = net.hidden.bias.detach().numpy() - hidden @ mean
    return {"hidden": hidden, "bias": bias, "out": net.out.weight.detach().numpy()[0], "straight": straight[0, : len(FEATURES)]}


def chosen(weights: dict[str, np.ndarray], row: Row) -> float:
    """F1 of the candidate that would be marked."""
    bent = np.maximum(row.columns @ weights["hidden"].T + weights["bias"], 0) @ weights["out"]
    scores = bent + row.columns[:, : len(FEATURES)] @ weights["straight"]
    return float(row.gains[expected(row.spans, scores).argmax()])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=None, help="model folder (default: the included one, which has read every file)")
    parser.add_argument("--material", type=Path, default=MATERIAL)
    parser.add_argument("--files", type=int, nargs="+", default=[10, 11], help="question files that the model has not read")
    arguments = parser.parse_args()
    if not (arguments.material / "questions").is_dir():
        sys.stderr.write(f"error: no snippets at {arguments.material}/questions; they quote reports and are not stored here\n")
        return 2
    encoder = open_encoder(arguments.model)
    if not isinstance(encoder, StaticEncoder):
        sys.stderr.write("error: the weights are for a static model\n")
        return 2
    found = rows(encoder, arguments.material)
    test = [row for row in found if row.file in arguments.files]
    weights = fit([row for row in found if row.file not in arguments.files])
    scores: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in test:
        for group in ("all", row.group[:2], row.group):
            scores[group].append((chosen(weights, row), float(row.gains.max())))
    for group, pairs in sorted(scores.items()):
        told, best = np.mean(pairs, 0)
        sys.stdout.write(f"{group:12} n={len(pairs):5}  F1 {told:.3f}  best possible {best:.3f}\n")
    stored = {name: [[float(f"{x:.4g}") for x in r] for r in np.atleast_2d(w)] for name, w in fit(found).items()}
    note = {
        "questions": len(found),
        "measured on files": arguments.files,
        "f1": round(float(np.mean([t for t, _ in scores["all"]])), 3),
        "columns": list(COLUMNS),
        "hidden": stored["hidden"],
        **{name: stored[name][0] for name in ("bias", "out", "straight")},
    }
    WEIGHTS.write_text(json.dumps(note, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
