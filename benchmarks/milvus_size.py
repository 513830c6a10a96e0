"""How far a file of Milvus Lite carries: vectors and words of N passages, without a corpus.

    python benchmarks/milvus_size.py --passages 10000 [--folder built/milvus-size]

A process of its own writes random unit vectors (4.5 sentences a passage) and words whose frequencies fall as 1 / rank;
then this one opens them and searches, by itself and within one in a hundred passages, and prints what it saw.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from index.lexical import Lexical
from index.stores import Rows
from index.stores.exact import ExactStore
from index.stores.milvus import Milvus
from index.stores.milvus_store import MilvusStore
from index.stores.milvus_words import MilvusWords

DIMENSION, SENTENCES, WORDS, VOCABULARY = 256, 4.5, 85, 50_000
QUESTIONS = 50


def word(number: int) -> str:
    """A word of letters for a number."""
    return "".join(chr(97 + int(digit)) for digit in str(number)) + "x"


def make(place: Milvus, folder: Path, passages: int) -> None:
    """Write all three collections."""
    rng = np.random.default_rng(7)
    for part, count in (("passages", passages), ("sentences", int(passages * SENTENCES))):
        vectors = rng.standard_normal((count, DIMENSION), np.float32)
        MilvusStore.write(ExactStore(vectors / np.linalg.norm(vectors, axis=1, keepdims=True)), place, part)
    share = 1 / np.arange(1, VOCABULARY + 1)
    drawn = rng.choice(VOCABULARY, (passages, WORDS), p=share / share.sum())
    Lexical.build((" ".join(map(word, row)) for row in drawn), folder / "words")
    MilvusWords.write(folder / "words", place)


def p50(ask: Callable[[int], object]) -> float:
    """Milliseconds of the middle one of all questions."""
    seconds = []
    for number in range(QUESTIONS):
        begun = time.perf_counter()
        ask(number)
        seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds)) * 1000


def main(arguments: list[str]) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(description="Size, opening, memory and speed of a file of Milvus Lite.")
    parser.add_argument("--passages", type=int, default=10_000, metavar="N")
    parser.add_argument("--folder", type=Path, default=Path("built/milvus-size"), metavar="DIR")
    parser.add_argument("--make", action="store_true", help="only write")
    options = parser.parse_args(arguments)
    place = Milvus(str((options.folder / "milvus.db").resolve()), "size")
    if options.make:
        make(place, options.folder, options.passages)
        return 0
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    begun = time.perf_counter()
    subprocess.run([sys.executable, __file__, *arguments, "--make"], check=True)
    wrote = time.perf_counter() - begun
    size = sum(p.stat().st_size for p in options.folder.rglob("*") if p.is_file())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    passages, sentences, words = (
        MilvusStore(place, "passages"),
        MilvusStore(place, "sentences"),
        MilvusWords(place, options.folder / "words"),
    )
    queries = passages.vectors(np.arange(QUESTIONS))
    asked = [[word(n) for n in np.random.default_rng(number).integers(0, 2000, 6)] for number in range(QUESTIONS)]
    sentences.search(queries[0], 10)
    words.best(asked[0], 10)
    opened = time.perf_counter() - begun
    few = np.arange(passages.count // 2, passages.count // 2 + max(1, passages.count // 100))
    more = np.arange(int(few[0] * SENTENCES), int((few[-1] + 1) * SENTENCES))

    def both(rows: Rows | None, parts: Rows | None) -> tuple[float, float]:
        dense = p50(lambda n: (passages.search(queries[n], 60, rows), sentences.search(queries[n], 200, parts)))
        return dense, p50(lambda n: words.best(asked[n], 60, rows))

    all_dense, all_words = both(None, None)
    few_dense, few_words = both(few, more)
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    sys.stdout.write(
        f"{passages.count:,} passages, {sentences.count:,} sentences: written in {wrote:.0f} s, {size / 1e6:.0f} MB on disk; "
        f"first answer {opened:.1f} s after opening, {memory:.0f} MB of memory more; p50 vectors {all_dense:.0f} ms, words {all_words:.0f} ms; "
        f"within 1 % vectors {few_dense:.0f} ms, words {few_words:.0f} ms\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
