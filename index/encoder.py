"""Text -> vectors. `Encoder` is the seam: the default model is read directly, any other by sentence-transformers.

Vectors are float32 of unit length (all zero for a text without a known piece), so an inner product is a cosine,
higher is better.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.bulk_pieces import BulkPieces
from index.errors import ModelError

Vectors = NDArray[np.float32]
DEFAULT_MODEL = Path(__file__).resolve().parents[1] / "models" / "default"


class Encoder(Protocol):
    """What an index needs of a model."""

    name: str
    dimension: int
    fingerprint: str

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) float32, unit length."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same for questions: a model with a query prompt adds it here, never to passages."""
        ...


class StaticEncoder:
    """A `StaticEmbedding` + `Normalize` model read with tokenizers and numpy alone; starts in milliseconds.

    Gives the vectors of `SentenceTransformer(path)` (a test holds it to 1e-3).
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_file(str(_one(path, "tokenizer.json")))
            weights = load_file(_one(path, "model.safetensors"))["embedding.weight"]
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(f"model {path} is damaged ({error}); restore models/default from the repository") from error
        self._tokenizer.no_padding()
        self.weights = weights.astype(np.float32)
        self.norms = np.linalg.norm(self.weights, axis=1)
        self.path = path
        self.name = name or str(path)
        self.dimension = int(weights.shape[1])
        # Every 61st row tells two models apart and is read in a millisecond.
        self.fingerprint = hashlib.sha256(repr(weights.shape).encode() + weights[::61].tobytes()).hexdigest()[:16]

    def __reduce__(self) -> tuple[Callable[[Path, str], StaticEncoder], tuple[Path, str]]:
        """In another process the model is read there, once, however often it is sent."""
        return _read_once, (self.path, self.name)

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of the pieces of each text."""
        encodings = self._tokenizer.encode_batch_fast([t or " " for t in texts], add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    @cached_property
    def _bulk(self) -> BulkPieces | None:
        return BulkPieces.of(self._tokenizer)

    def flat_ids(self, texts: Sequence[str], bulk: bool = False) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Ids of the pieces of all texts one after the other, and where each text starts among them, (texts + 1,).

        `bulk`: many texts will come; worth a moment's preparation.
        """
        if bulk and self._bulk is not None and (cut := self._bulk.cut(texts)) is not None:
            return cut
        rows = self.token_ids(texts)
        starts = np.fromiter(accumulate(map(len, rows), initial=0), np.int64, len(rows) + 1)
        return np.fromiter(chain.from_iterable(rows), np.int32, int(starts[-1])), starts

    def sums(self, ids: NDArray[np.int32], starts: NDArray[np.int64]) -> Vectors:
        """Sum of the vectors of each run of pieces ids[starts[i] : starts[i + 1]], (runs, dimension).

        As a product with a sparse matrix, which reads each piece's vector once and copies none; its library takes
        longer to load than one question to encode, so questions do without.
        """
        from scipy.sparse import csr_array

        runs = csr_array((np.ones(len(ids), np.float32), ids, starts), shape=(len(starts) - 1, len(self.weights)))
        return np.asarray(runs @ self.weights, np.float32)

    def pieces(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ids of a text's pieces that have a vector, and their [start, end) in the text, (n,) and (n, 2)."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        ids, offsets = np.asarray(encoding.ids, np.int64), np.asarray(encoding.offsets, np.int64).reshape(-1, 2)
        known = self.norms[ids] > 0
        return ids[known], offsets[known]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        out = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), 4096):
            rows = self.token_ids(texts[start : start + 4096])
            lengths = np.asarray([len(row) for row in rows])
            ids = np.concatenate([np.asarray(row, np.int64) for row in rows]) if lengths.any() else np.zeros(0, np.int64)
            filled = np.flatnonzero(lengths)
            if len(filled):
                starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])[filled]
                # Sum and mean point the same way; unit length makes them equal.
                out[start + filled] = np.add.reduceat(self.weights[ids], starts, axis=0)
        return unit(out)

    encode_queries = encode_passages


@cache
def _read_once(path: Path, name: str) -> StaticEncoder:
    return StaticEncoder(path, name)


def unit(vectors: Vectors) -> Vectors:
    """Rows brought to unit length; a row of zeros stays."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1), np.float32)


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by path or name, with its own query and passage prompts."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name)
        except Exception as error:  # the library raises a dozen kinds for a model that cannot be had
            raise ModelError(
                f"cannot open the model {name!r} ({type(error).__name__}: {str(error).splitlines()[0][:160]}); give the "
                "folder of a downloaded sentence-transformers model, or leave --model out for the one that is included"
            ) from error
        self.name = name
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        configuration: dict[str, Any] = {"name": name, "prompts": self._model.prompts, "dimension": self.dimension}
        self.fingerprint = hashlib.sha256(json.dumps(configuration, sort_keys=True).encode()).hexdigest()[:16]

    def _encode(self, texts: Sequence[str], prompt: str | None) -> Vectors:
        vectors = self._model.encode(
            list(texts), prompt_name=prompt, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32).reshape(len(texts), self.dimension)

    def _prompt(self, *names: str) -> str | None:
        return next((n for n in names if self._model.prompts.get(n)), None)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self._prompt("document", "passage"))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self._prompt("query"))


def open_encoder(name: str | os.PathLike[str] | None = None) -> Encoder:
    """The included model without a name; a folder or a hub name otherwise.

    Raises:
        ModelError: there is no such folder, or the model cannot be opened.
    """
    path = Path(name) if name and name != "default" else DEFAULT_MODEL
    if path.is_dir():
        if _is_static(path):
            return StaticEncoder(path, "default" if path.resolve() == DEFAULT_MODEL.resolve() else str(name))
        return SentenceTransformerEncoder(str(path))
    if path == DEFAULT_MODEL or str(name).startswith((".", "/", "~")) or str(name).count("/") > 1:
        raise ModelError(f"no model folder at {path}; check the path, or leave --model out for the one that is included")
    return SentenceTransformerEncoder(str(name))


def _is_static(path: Path) -> bool:
    modules = path / "modules.json"
    if not modules.is_file():
        return False
    kinds = [m["type"].rsplit(".", 1)[-1] for m in json.loads(modules.read_text(encoding="utf-8"))]
    return kinds == ["StaticEmbedding", "Normalize"]


def _one(path: Path, name: str) -> Path:
    """The file of that name in a model folder, whose modules may lie in folders of their own."""
    found = sorted(path.rglob(name))
    if not found:
        raise OSError(f"{name} is missing")
    return found[0]
