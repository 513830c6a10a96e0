"""Fit the decision of `qa/refusal.py` (does the first hit answer?) and store it with its curve.

    python models/fit_refusal.py --model built/model [--files 10 11]

Use a model that was not trained on the question files (see `evaluate.py`); with one that was, answered questions look
surer than they are. Every question is asked of one of 31 whole provincial reports of 2025:

    answered    a question of the files, asked of the report its snippet is from; a question over a sentence of a report
                (`models/marked.py`), asked of that report: these are put in more everyday words
    absent      a question of `data/absent_questions.jsonl`, of a report without the words that would tell of it
    glossary    a question of the glossary, of a report that holds neither the term nor an everyday wording of it
    taken away  a question of the files, with the passages that hold its snippet taken out of the hits

What the figure reader decides by itself (`qa.indicated`) is left out. Questions that nothing answers are weighted to the
lengths, and the wish for a figure, of those that are answered, so that the decision cannot learn how they were written.
Measured by cross-validation, all questions of a report or of a topic in one fold; the threshold of each language answers
`ANSWERED` of the questions that are answered.

The kind of a question is a logistic regression over its vector alone, answered against absent. The examples get it from
the folds they are not in, under `--model`; what is stored is fitted under the included model, in whose space it is used.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.build import build  # noqa: E402
from index.encoder import StaticEncoder, open_encoder  # noqa: E402
from index.library import Library  # noqa: E402
from index.text import plain  # noqa: E402
from models.marked import marked  # noqa: E402
from models.prepare import MATERIAL, OWN, glossary, read_lines  # noqa: E402
from qa.engine import Engine  # noqa: E402
from qa.indicated import indicated  # noqa: E402
from qa.places import Places  # noqa: E402
from qa.question import understand  # noqa: E402
from qa.refusal import DATA, FEATURES, signs  # noqa: E402
from qa.retrieve import retrieve  # noqa: E402

ANSWERED = 0.99  # share of the answerable questions that are to be answered
KINDS = {"absent": 1.0, "glossary": 0.5, "taken away": 0.3}  # how much each kind of unanswered question counts
RIDGE = 1.0
KIND_RIDGE = 85.0
KINDS_ASKED = 4000  # questions of all files that the stored kinds are fitted on
FOLDS = 10
HITS = 10
MARKED = 5000  # questions over sentences that are asked
SHARES = (0.99, 0.98, 0.97, 0.95, 0.93, 0.9)  # of the curve
_TITLE = re.compile(r"2025年.{0,12}政府工作报告$")


@dataclass(frozen=True)
class Example:
    """One question asked of one report.

    Attributes:
        kind: answered, or a key of `KINDS`.
        language: zh or en.
        group: the report of an answered question, the topic of an absent one; never in two folds.
        length: pieces of the question's topic.
        figure: whether the question wants a figure.
        vector: of the question's topic, (dimension,) float32.
        signs: values of `FEATURES`, float32; the kind is filled in by `with_kinds`.
    """

    kind: str
    language: str
    group: str
    length: int
    figure: bool
    vector: np.ndarray
    signs: np.ndarray


def bare(text: str) -> str:
    return re.sub(r"\s+", "", plain(text))


def open_reports(material: Path, folder: Path, encoder: StaticEncoder) -> Engine:
    """The engine over the provincial reports, one document each."""
    texts = folder / "texts"
    texts.mkdir(parents=True, exist_ok=True)
    with lzma.open(material / "text" / "gwr_provincial_2025.txt.xz", "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n") for line in lines]
    heads = [i for i, row in enumerate(rows) if _TITLE.match(row.strip())]
    for number, (first, last) in enumerate(zip(heads, [*heads[1:], len(rows)], strict=True)):
        (texts / f"{number:02}.txt").write_text("\n".join(rows[first:last]), "utf-8")
    build([texts], folder / f"index-{encoder.fingerprint}", encoder)
    return Engine(Library(folder / f"index-{encoder.fingerprint}"), encoder)


class Collector:
    """Asks questions of single reports."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.texts = [bare(engine.library.document_text(d)) for d in range(len(engine.library.documents))]

    def home(self, text: str) -> int | None:
        """The report that holds a text."""
        return next((d for d, whole in enumerate(self.texts) if text and bare(text) in whole), None)

    def without(self, phrases: list[str]) -> list[int]:
        """The reports that hold none of the phrases."""
        return [d for d, text in enumerate(self.texts) if not any(bare(p) in text for p in phrases)]

    def ask(self, kind: str, group: str, question: str, document: int, taken: str = "") -> Example | None:
        """None where the question has no known piece, or the figure reader decides it."""
        engine = self.engine
        assert isinstance(engine.encoder, StaticEncoder)
        query = understand(question, engine.places)
        candidates = retrieve(engine.library, engine.encoder, query.topic, [document])
        hits = engine._rank(query, candidates, HITS + (5 if taken else 0))
        if taken:
            hits = tuple(hit for hit in hits if not _holds(bare(hit.passage.text), bare(taken)))[:HITS]
        else:
            found = indicated(engine.library, engine.encoder, query, [document])
            if found and found.sure:
                return None
        vector = engine.encoder.encode_queries([query.topic])[0]
        values = signs(engine.library, engine.encoder, query, hits, [document], engine.weights)
        if values is None:
            return None
        length = len(engine.encoder.pieces(query.topic)[0])
        return Example(kind, query.language, group, length, query.wants == "figure", vector, values)


def _holds(text: str, snippet: str) -> bool:
    pieces = [snippet[i : i + 4] for i in range(max(1, len(snippet) - 3))]
    return sum(p in text for p in pieces) >= 0.4 * len(pieces)


def collect(engine: Engine, material: Path, files: list[int], share: float, rng: random.Random) -> Iterator[Example | None]:
    """All examples; `share` of the questions of the files and of the glossary are asked."""
    collector = Collector(engine)
    for file in files:
        snippets = {r["id"]: str(r["text"]) for r in read_lines(material / "questions" / f"snippets_{file}.jsonl")}
        for row in read_lines(OWN / "questions" / f"questions_{file}.jsonl"):
            text = snippets.get(row["id"], "")
            home = collector.home(text)
            if row.get("skip") or home is None:
                continue
            asked = [str(q) for field in ("q_zh", "q_en") for q in row.get(field) or ()] + [str(row["kw"])] * bool(row.get("kw"))
            for question in asked:
                if rng.random() < share:
                    yield collector.ask("answered", f"report {home}", question, home)
                if rng.random() < share * 0.35:
                    yield collector.ask("taken away", f"report {home}", question, home, taken=text)
    homes = [(one.question, collector.home(one.sentence)) for one in marked(material, files) if one.source == "text"]
    for question, home in rng.sample([(question, home) for question, home in homes if home is not None], MARKED):
        yield collector.ask("answered", f"report {home}", question, home)
    for number, row in enumerate(read_lines(OWN / "absent_questions.jsonl")):
        free = collector.without([str(w) for w in row["words"]])  # type: ignore[attr-defined]
        for question in (*row["zh"], *row["en"]):  # type: ignore[misc]
            for document in rng.sample(free, min(3, len(free))):
                yield collector.ask("absent", f"topic {number}", str(question), document)
    entries = glossary()
    for entry in rng.sample(entries, int(len(entries) * share / 5)):
        free = collector.without([str(entry["term"]), *(str(p) for p in entry.get("plain") or ())])  # type: ignore[attr-defined]
        for field in ("q_zh", "q_en"):
            questions = list(entry.get(field) or ())  # type: ignore[call-overload]
            if free and questions:
                yield collector.ask("glossary", f"term {entry['term']}", str(rng.choice(questions)), rng.choice(free))


def balance(examples: list[Example]) -> np.ndarray:
    """Weight of every example, (n,) float64: both sides together weigh the same; see the head of this file."""
    kinds = np.asarray([e.kind for e in examples])
    answered = kinds == "answered"
    edges = np.quantile([e.length for e in examples if e.kind == "answered"], [0.2, 0.4, 0.6, 0.8])
    bins = np.digitize([e.length for e in examples], edges) * 2 + np.asarray([e.figure for e in examples])
    weights = answered / answered.sum()
    for kind, counts in KINDS.items():
        of = kinds == kind
        for number in np.unique(bins[of]):
            inside = of & (bins == number)
            weights[inside] = min((answered & (bins == number)).sum() / answered.sum() / inside.sum(), 8 / of.sum())
        weights[of] *= counts / max(weights[of].sum(), 1e-9)
    weights[~answered] /= max(weights[~answered].sum(), 1e-9)
    return np.asarray(weights * len(examples) / 2)


def logistic(x: np.ndarray, y: np.ndarray, weights: np.ndarray, ridge: float = RIDGE) -> tuple[np.ndarray, float]:
    """Weights and bias of a logistic regression by Newton's method; the ridge counts on standardised features."""
    mean, spread = x.mean(0), x.std(0) + 1e-6
    z = np.c_[(x - mean) / spread, np.ones(len(x))]
    penalty = np.diag([*([ridge] * x.shape[1]), 1e-6])
    w = np.zeros(z.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-z @ w))
        gradient = z.T @ (weights * (p - y)) + penalty @ w
        hessian = (z * (weights * p * (1 - p))[:, None]).T @ z + penalty
        w -= np.linalg.solve(hessian, gradient)
    raw = w[:-1] / spread
    return raw, float(w[-1] - raw @ mean)


def folds_of(examples: list[Example]) -> np.ndarray:
    """The fold of every example, (n,) int64; a group lies in one."""
    groups = sorted({e.group for e in examples})
    random.Random(3).shuffle(groups)
    fold = {group: number % FOLDS for number, group in enumerate(groups)}
    return np.asarray([fold[e.group] for e in examples])


def fit_kinds(vectors: np.ndarray, examples: list[Example]) -> tuple[np.ndarray, float]:
    """Weights and bias of the kind of question, answered against absent; vectors (n, dimension)."""
    weights = np.zeros(len(examples))
    for language in ("zh", "en"):
        own = [i for i, e in enumerate(examples) if e.language == language]
        weights[own] = balance([examples[i] for i in own])
    return logistic(vectors.astype(float), np.asarray([e.kind == "answered" for e in examples]), weights, KIND_RIDGE)


def with_kinds(examples: list[Example]) -> list[Example]:
    """The examples with the kind filled in by the folds they are not in."""
    folds = folds_of(examples)
    vectors = np.stack([e.vector for e in examples])
    kinds = np.zeros(len(examples))
    usable = np.asarray([e.kind in ("answered", "absent") for e in examples])
    for number in range(FOLDS):
        train = np.flatnonzero(usable & (folds != number))
        w, bias = fit_kinds(vectors[train], [examples[i] for i in train])
        kinds[folds == number] = vectors[folds == number] @ w + bias
    return [replace(e, signs=np.append(e.signs[:-1], kind)) for e, kind in zip(examples, kinds, strict=True)]


def stored_kinds(typical: float) -> dict[str, object]:
    """The kinds in the space of the included model, from questions of all files and the absent ones."""
    encoder = open_encoder()
    assert isinstance(encoder, StaticEncoder)
    rows = [row for path in sorted((OWN / "questions").glob("*.jsonl")) for row in read_lines(path) if not row.get("skip")]
    asked = [("answered", str(q)) for row in rows for field in ("q_zh", "q_en") for q in row.get(field) or ()]  # type: ignore[attr-defined]
    asked = random.Random(5).sample(asked, KINDS_ASKED)
    asked += [("absent", str(q)) for row in read_lines(OWN / "absent_questions.jsonl") for q in (*row["zh"], *row["en"])]  # type: ignore[misc]
    examples: list[Example] = []
    for kind, question in asked:
        query = understand(question, Places(()))
        vector, length = encoder.encode_queries([query.topic])[0], len(encoder.pieces(query.topic)[0])
        examples.append(Example(kind, query.language, "", length, query.wants == "figure", vector, vector[:0]))
    w, bias = fit_kinds(np.stack([e.vector for e in examples]), examples)
    return {"model": encoder.fingerprint, "typical": round(typical, 3), "bias": round(bias, 4), "weights": [round(float(x), 4) for x in w]}


def fit(examples: list[Example]) -> dict[str, object]:
    """The decision of one language with its curve, all numbers by cross-validation but the weights, which are of all."""
    x, y = np.stack([e.signs for e in examples]).astype(float), np.asarray([e.kind == "answered" for e in examples])
    folds = folds_of(examples)
    weights = balance(examples)
    odds = np.zeros(len(examples))
    for number in range(FOLDS):
        train = folds != number
        w, bias = logistic(x[train], y[train], weights[train])
        odds[~train] = x[~train] @ w + bias
    curve = []
    for share in SHARES:
        threshold = float(np.quantile(odds[y], 1 - share))
        row: dict[str, object] = {"answered": share, "threshold": round(threshold, 3)}
        for kind in KINDS:
            of = np.asarray([e.kind == kind for e in examples])
            row[f"refused, {kind}"] = round(float((weights * (odds < threshold))[of].sum() / weights[of].sum()), 3)
        curve.append(row)
    w, bias = logistic(x, y, weights)
    return {
        "questions": {kind: sum(e.kind == kind for e in examples) for kind in ("answered", *KINDS)},
        "weights": {name: round(float(v), 4) for name, v in zip(FEATURES, w, strict=True)},
        "bias": round(bias, 4),
        "threshold": next(row["threshold"] for row in curve if row["answered"] == ANSWERED),
        "curve": curve,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=None, help="model folder, not trained on the files (default: the included one)")
    parser.add_argument("--material", type=Path, default=MATERIAL)
    parser.add_argument("--files", type=int, nargs="+", default=[10, 11], help="numbers of the question files asked")
    parser.add_argument("--share", type=float, default=0.5, help="share of their questions that is asked")
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args()
    if not (arguments.material / "questions").is_dir():
        sys.stderr.write(f"error: no snippets at {arguments.material}/questions; they quote reports and are not stored here\n")
        return 2
    encoder = open_encoder(arguments.model)
    if not isinstance(encoder, StaticEncoder):
        sys.stderr.write("error: the decision is for a static model\n")
        return 2
    engine = open_reports(arguments.material, ROOT / "built" / "refusal", encoder)
    rng = random.Random(5)
    examples = [e for e in collect(engine, arguments.material, arguments.files, arguments.share, rng) if e]
    examples = with_kinds(examples)
    typical = float(np.mean([e.signs[-1] for e in examples if e.kind == "answered"]))
    stored = {language: fit([e for e in examples if e.language == language]) for language in ("zh", "en")}
    note = {"made by": "models/fit_refusal.py", "files": arguments.files, "decisions": stored, "kinds": stored_kinds(typical)}
    arguments.out.write_text(json.dumps(note, ensure_ascii=False) + "\n", "utf-8")
    for language, row in stored.items():
        sys.stdout.write(f"{language}: {row['questions']}\n")
        for point in row["curve"]:  # type: ignore[attr-defined]
            sys.stdout.write("  " + "  ".join(f"{name} {value:.3f}" for name, value in point.items()) + "\n")
        blind = fit([replace(e, signs=e.signs * (np.asarray(FEATURES) != "kind")) for e in examples if e.language == language])
        for point in blind["curve"]:  # type: ignore[attr-defined]
            sys.stdout.write("  without the kind: " + "  ".join(f"{name} {value:.3f}" for name, value in point.items()) + "\n")
        for name, value in row["weights"].items():  # type: ignore[attr-defined]
            sys.stdout.write(f"  {value:8.3f}  {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
