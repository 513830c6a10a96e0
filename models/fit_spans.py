"""Fit the score of `qa/span_model.py` on questions with marked answers, and print how well it marks.

    python models/prepare.py --hold-out 10 11 --out built/held && python models/train.py --pairs built/held --out built/model
    python models/fit_spans.py --model built/model --files 10 11

What is held out (the question files named and every eighth paragraph of the raw texts) was not read by the model: first the
rest is fitted and this is measured, then all is fitted and stored. Every question is asked of the sentence that holds its
marked answer.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.encoder import StaticEncoder, open_encoder  # noqa: E402
from index.records import Document, Meta  # noqa: E402
from models.marked import Marked, marked  # noqa: E402
from models.prepare import MATERIAL  # noqa: E402
from models.span_net import Batch, Row, Scale, Sizes, SpanNet, batch_of  # noqa: E402
from qa.places import Places  # noqa: E402
from qa.question import understand  # noqa: E402
from qa.span_features import COLUMNS, describe  # noqa: E402
from qa.span_model import WEIGHTS, SpanModel, expected, from_arrays  # noqa: E402

DIVISIONS = ROOT / "index" / "data" / "divisions.tsv"
EPOCHS, BATCH, RATE, DECAY, WARM = 7, 96, 3e-3, 0.1, 50
AVERAGED = 0.2  # share of the last steps whose weights are averaged
SHARP = 10.0  # softmax(SHARP x F1) is what the cross entropy aims at
CROSS, GAIN = 0.3, 2.0  # weights of cross entropy and of expected F1 in the loss
WHOLE = ("hidden", "bias", "out", "straight", "weighing")  # stored in single precision


def f1(gold: str, found: str) -> float:
    """F1 of the characters of two strings as bags, 0 to 1."""
    both = sum((Counter(gold) & Counter(found)).values())
    return 2 * both / (len(gold) + len(found)) if both else 0.0


def provinces() -> Places:
    """The provinces as places, so that their names leave a question's topic as a city's do when the library is asked."""
    with DIVISIONS.open(encoding="utf-8", newline="") as lines:
        units = [row for row in csv.DictReader(lines, delimiter="\t") if row["level"] == "province"]
    return Places([Document(r["name"], r["name"], 0, Meta(city=r["short"], province=r["name"], level="province")) for r in units])


def row_of(encoder: StaticEncoder, one: Marked, places: Places) -> Row | None:
    """The candidates of one question; None where sentence or topic holds no known piece."""
    told = describe(encoder, one.sentence, understand(one.question, places))
    if not len(told.pieces.vectors) or not len(told.pieces.topic):
        return None
    gains = np.asarray([f1(one.answer, one.sentence[a:b]) for a, b in told.runs.spans.tolist()], np.float32)
    group = one.source if one.source != "text" else f"text, {'English' if one.question.isascii() else 'Chinese'}"
    return Row(group, one.held, told.runs.spans, told.features, told.form, told.pieces, gains)


def scale_of(rows: list[Row]) -> Scale:
    """Mean and spread of what is not a likeness."""
    every = np.concatenate([row.features for row in rows])
    weights = np.concatenate([row.pieces.weights for row in rows])
    return Scale(every.mean(0), every.std(0) + 1e-3, float(weights.mean()), float(weights.std()))


def softmax(scores: torch.Tensor, owners: torch.Tensor, n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Softmax within each question, and its logarithm."""
    highest = torch.full((n,), -1e9).scatter_reduce(0, owners, scores, "amax")
    shifted = scores - highest[owners]
    total = torch.zeros(n).index_add(0, owners, shifted.exp())
    logs = shifted - total[owners].log()
    return logs.exp(), logs


def loss_of(net: SpanNet, batch: Batch) -> torch.Tensor:
    """Expected F1, negative, and the cross entropy with softmax(10 x F1), for each question."""
    chance, logs = softmax(net(batch), batch.owners, batch.size)
    aim, _ = softmax(SHARP * batch.gains, batch.owners, batch.size)
    return (-CROSS * aim * logs - GAIN * chance * batch.gains).sum() / batch.size


def fit(train: list[Row], seed: int = 0) -> dict[str, np.ndarray]:
    """The arrays of the model, by AdamW; the weights of the last steps are averaged."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # the same sums in the same order on any machine
    rng = np.random.default_rng(seed)
    scale = scale_of(train)
    net = SpanNet(train[0].pieces.vectors.shape[1], Sizes())
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: max(0.02, 1 - s / steps) * min(1, (s + 1) / WARM))
    averaged = torch.optim.swa_utils.AveragedModel(net)
    with tqdm(total=steps, desc="fit") as bar:
        for _ in range(EPOCHS):
            order = rng.permutation(len(train))
            for begin in range(0, len(train), BATCH):
                loss = loss_of(net, batch_of([train[i] for i in order[begin : begin + BATCH]], scale))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                bar.update()
                if bar.n > steps * (1 - AVERAGED):
                    averaged.update_parameters(net)
    return averaged.module.arrays(scale)


def chosen(model: SpanModel, row: Row) -> float:
    """F1 of the candidate that would be marked."""
    return float(row.gains[expected(row.spans, model.scores(row)).argmax()])


def report(model: SpanModel, rows: list[Row]) -> None:
    """Print the F1 by group."""
    scores: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        for group in ("all", row.group):
            scores[group].append((chosen(model, row), float(row.gains.max())))
    for group, pairs in sorted(scores.items()):
        told, best = np.mean(pairs, 0)
        sys.stdout.write(f"{group:14} n={len(pairs):5}  F1 {told:.3f}  best possible {best:.3f}\n")


def stored(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """As they are written: the reader in half precision."""
    return {name: array.astype(np.float32 if name in WHOLE else np.float16) for name, array in arrays.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=None, help="model folder (default: the included one, which has read every file)")
    parser.add_argument("--material", type=Path, default=MATERIAL)
    parser.add_argument("--files", type=int, nargs="+", default=[10, 11], help="question files that the model has not read")
    parser.add_argument("--only-measure", action="store_true", help="store nothing")
    arguments = parser.parse_args()
    if not (arguments.material / "questions").is_dir():
        sys.stderr.write(f"error: no snippets at {arguments.material}/questions; they quote reports and are not stored here\n")
        return 2
    encoder = open_encoder(arguments.model)
    if not isinstance(encoder, StaticEncoder):
        sys.stderr.write("error: the weights are for a static model\n")
        return 2
    places = provinces()
    every = [row_of(encoder, one, places) for one in tqdm(marked(arguments.material, arguments.files), desc="read")]
    found = [row for row in every if row]
    report(from_arrays(fit([row for row in found if not row.held])), [row for row in found if row.held])
    if not arguments.only_measure:
        np.savez(WEIGHTS, columns=np.asarray(COLUMNS), **stored(fit(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
