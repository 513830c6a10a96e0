"""Measure a model on training questions that it was not trained on.

    python models/prepare.py --hold-out 10 11 --out built/held && python models/train.py --pairs built/held --out built/model
    python models/evaluate.py --model built/model --files 10 11

Every question is asked of all snippets of its file (about 370, from three or four provinces); the score is the dense
one of the engine, 0.3 x snippet + 0.7 x best sentence. Recipes are chosen by these figures, never by the development
questions.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.encoder import Encoder, open_encoder  # noqa: E402
from index.text import sentence_spans  # noqa: E402
from models.prepare import MATERIAL, OWN, read_lines  # noqa: E402


def ranks(encoder: Encoder, questions: list[tuple[str, int]], snippets: list[str]) -> np.ndarray:
    """Rank (1 is best) of the right snippet for each (question, snippet number), int64."""
    owners: list[int] = []
    sentences: list[str] = []
    for number, text in enumerate(snippets):
        found = [text[a:b] for a, b in sentence_spans(text)] or [text]
        owners += [number] * len(found)
        sentences += found
    queries = encoder.encode_queries([q for q, _ in questions])
    whole = queries @ encoder.encode_passages(snippets).T
    parts = queries @ encoder.encode_passages(sentences).T
    starts = np.searchsorted(np.asarray(owners), np.arange(len(snippets)))
    scores = 0.3 * whole + 0.7 * np.maximum.reduceat(parts, starts, axis=1)
    right = scores[np.arange(len(questions)), [n for _, n in questions]]
    return (scores > right[:, None]).sum(1) + 1


def load(material: Path, file: int) -> tuple[dict[str, list[tuple[str, int]]], list[str]]:
    """Questions of one file by kind (zh, en, keywords) with the number of their snippet, and the snippets."""
    snippets = {r["id"]: str(r["text"]) for r in read_lines(material / "questions" / f"snippets_{file}.jsonl")}
    place = {key: i for i, key in enumerate(snippets)}
    kinds: dict[str, list[tuple[str, int]]] = {"zh": [], "en": [], "keywords": []}
    for row in read_lines(OWN / "questions" / f"questions_{file}.jsonl"):
        if row.get("skip") or row["id"] not in place:
            continue
        for kind, field in (("zh", "q_zh"), ("en", "q_en")):
            kinds[kind] += [(str(q), place[row["id"]]) for q in row.get(field) or ()]
        if row.get("kw"):
            kinds["keywords"].append((str(row["kw"]), place[row["id"]]))
    return kinds, list(snippets.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=None, help="model folder (default: the included one)")
    parser.add_argument("--material", type=Path, default=MATERIAL)
    parser.add_argument("--files", type=int, nargs="+", default=[10, 11], help="numbers of the question files left out of training")
    arguments = parser.parse_args()
    if not (arguments.material / "questions").is_dir():
        sys.stderr.write(f"error: no snippets at {arguments.material}/questions; they quote reports and are not stored here\n")
        return 2
    encoder = open_encoder(arguments.model)
    found: dict[str, list[np.ndarray]] = {}
    for file in arguments.files:
        kinds, snippets = load(arguments.material, file)
        for kind, questions in kinds.items():
            found.setdefault(kind, []).append(ranks(encoder, questions, snippets))
    for kind, parts in [("all", [p for rows in found.values() for p in rows]), *found.items()]:
        r = np.concatenate(parts)
        sys.stdout.write(
            f"{kind:9} n={len(r):5}  recall@1 {np.mean(r == 1):.3f}  recall@5 {np.mean(r <= 5):.3f}  mrr {np.mean(1 / r):.3f}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
