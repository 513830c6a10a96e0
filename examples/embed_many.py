"""Vectors made by many processes or machines with Ray Data, then an index built from them.

    pip install "ray[data]==2.60.0"
    python examples/embed_many.py FOLDER_OF_REPORTS --vectors built/vectors --index built/many --model ./bge-m3

Worth it for a transformer, whose encoding takes nearly all of a build's time; the included model is faster than its
distribution, and an index from stored vectors has no pieces of clauses (`tokens/`). Without `--address` Ray starts on
this machine; with one, every machine of that cluster must see this folder, the reports and DIR under the same paths.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from index.build import build, list_files  # noqa: E402
from index.encoder import Encoder, Vectors, open_encoder  # noqa: E402
from index.errors import ChengwenError, CorpusError, UnreadableFile  # noqa: E402
from index.passages import split_passages  # noqa: E402
from index.reading import read_documents  # noqa: E402
from index.sidecar import read_corrections  # noqa: E402


def key(text: str) -> bytes:
    """What a text's vector is found by: 16 bytes of its SHA-256."""
    return hashlib.sha256(text.encode()).digest()[:16]


def texts_of(row: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Everything of one file that an index needs a vector of: its passages and their sentences."""
    corpus = Path(row["corpus"])
    try:
        documents, _, _ = read_documents(Path(row["path"]), row["name"], read_corrections([corpus]))
    except UnreadableFile:
        return  # the build lists it with its reason
    for document in documents:
        for passage in split_passages(document):
            yield from ({"text": text} for text in (passage.text, *passage.sentence_texts()))


class Embed:
    """One worker's model, opened once."""

    def __init__(self, model: str | None) -> None:
        self._encoder = open_encoder(model)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        texts = list(dict.fromkeys(batch["text"].tolist()))
        vectors = self._encoder.encode_passages(texts)
        return {"key": np.asarray([key(text) for text in texts], object), "vector": vectors}


class StoredEncoder:
    """An `Encoder` whose passages' vectors were made before; questions are never asked of it."""

    def __init__(self, folder: Path, model: Encoder) -> None:
        """Read all vectors under `folder` into memory."""
        import pyarrow.parquet as parquet

        self.name, self.dimension, self.fingerprint = model.name, model.dimension, model.fingerprint
        table = parquet.read_table(folder)
        keys = table["key"].to_pylist()
        self._rows = {k: row for row, k in enumerate(keys)}
        self._vectors = np.asarray(table["vector"].combine_chunks().to_numpy_ndarray(), np.float32).reshape(len(keys), -1)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Raises KeyError for a text that no worker saw: the reports changed in between."""
        return np.asarray(self._vectors[[self._rows[key(text)] for text in texts]], np.float32).reshape(len(texts), self.dimension)

    encode_queries = encode_passages


def embed(corpus: Path, vectors: Path, model: str | None, workers: int, batch: int, address: str | None) -> int:
    """Write the vectors of all texts of a folder as Parquet files (key, vector); how many.

    Raises:
        CorpusError: there are no reports, or `vectors` holds something.
    """
    import ray

    if vectors.exists() and any(vectors.iterdir()):
        raise CorpusError(f"{vectors} is not empty; give a new folder with --vectors")
    # Each worker holds a processor; one more is needed for those that read.
    here = {} if address else {"num_cpus": workers + 1, "include_dashboard": False}
    ray.init(address, log_to_driver=False, logging_level="ERROR", **here)
    logging.getLogger("ray").setLevel("ERROR")
    logging.getLogger("ray.data").setLevel("ERROR")
    try:
        files = [{"path": str(path.resolve()), "name": name, "corpus": str(corpus.resolve())} for path, name in list_files([corpus])]
        texts = ray.data.from_items(files, override_num_blocks=min(len(files), 4 * workers)).flat_map(texts_of)
        made = texts.map_batches(Embed, fn_constructor_args=(model,), batch_size=batch, compute=ray.data.ActorPoolStrategy(size=workers))
        made.write_parquet(str(vectors.resolve()))
        return int(ray.data.read_parquet(str(vectors.resolve())).count())
    finally:
        ray.shutdown()


def main(arguments: list[str]) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(description="Embed a folder of reports with Ray Data, then build an index from the vectors.")
    parser.add_argument("corpus", type=Path, metavar="FOLDER_OF_REPORTS")
    parser.add_argument("--vectors", type=Path, required=True, metavar="DIR", help="new folder for the vectors")
    parser.add_argument("--index", type=Path, required=True, metavar="DIR", help="index folder to write")
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="sentence-transformers model (default: the included one)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes that hold a model (default 2)")
    parser.add_argument("--batch", type=int, default=1024, metavar="N", help="texts encoded at a time (default 1024)")
    parser.add_argument("--address", help="a Ray cluster, e.g. auto (default: start Ray here)")
    options = parser.parse_args(arguments)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])  # for the workers
    try:
        begun = time.perf_counter()
        count = embed(options.corpus, options.vectors, options.model, options.workers, options.batch, options.address)
        seconds = time.perf_counter() - begun
        sys.stdout.write(f"{count} vectors by {options.workers} workers in {seconds:.1f} s -> {options.vectors}\n")
        summary = build([options.corpus], options.index, StoredEncoder(options.vectors, open_encoder(options.model)))
    except ImportError as error:
        sys.stderr.write(f'error: {error}; this example needs: pip install "ray[data]==2.60.0"\n')
        return 2
    except ChengwenError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write(f"{summary.counts['passages']} passages, {summary.counts['sentences']} sentences -> {options.index}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
