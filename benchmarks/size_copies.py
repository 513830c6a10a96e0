"""A large index made of a small one: every document again and again, each time for another place, its vectors varied.

What takes long in a build (reading, cutting into words, encoding) is done once for the small index. A copy's vector is
the original's plus 0.2 to 0.9 of another row's, of unit length again: what a static model gives for a sentence that has
taken over a clause of another one. Words, pieces and texts are repeated as they are.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.size_texts import places
from index.encoder import Vectors
from index.generation import builder, write_generation
from index.library import SCHEMA, Library
from index.ranges import edges  # noqa: E402
from index.rows import RowTable
from index.stores import VectorStore
from index.stores.choice import Collector
from index.tokens import Tokens, TokensWriter  # noqa: E402

_BLOCK = 20_000


def multiply(base: Path, folder: Path, passages: int, flat_until: int) -> None:
    """Write an index of about so many passages into `folder`, from the index `base` whose reports are of `size_texts`;
    vectors are kept flat up to `flat_until`.
    """
    library = Library(base)
    times = max(1, round(passages / library.passages.count))
    with builder(folder), tempfile.TemporaryDirectory(suffix=".part", dir=folder / "generations") as spool:
        stores = {name: Collector(library.passages.dimension, Path(spool) / name, flat_until) for name in ("passages", "sentences")}
        for name, store in stores.items():
            for block in varied(getattr(library, name), times):
                store.add(block)
        counts = {"files": 1, "documents": len(library.documents) * times, **{name: store.count for name, store in stores.items()}}
        kept = {key: library.manifest[key] for key in ("format", "reading", "segmenter", "model", "store")}
        search = {name: store.reason for name, store in stores.items()}
        told = {key: library.manifest[key] * times for key in ("sources", "documents", "skipped", "removed")}  # as long as a build's
        manifest = kept | told | {"counts": counts, "search": search}
        parts: list[Callable[[Path], None]] = [
            lambda work: write_table(library, times, work / "passages.sqlite"),
            lambda work: row_table(library.rows, times).save(work / "rows"),
            lambda work: stores["passages"].save(work, "passages"),
            lambda work: stores["sentences"].save(work, "sentences"),
            lambda work: write_words(library.generation / "words", times, library.words.count, work / "words"),
        ]
        if (tokens := library.tokens) is not None:
            parts.append(lambda work: write_tokens(tokens, times, work / "tokens"))
        write_generation(folder, manifest, parts)


def varied(store: VectorStore, times: int) -> Iterator[Vectors]:
    """The rows of a store as they are, then the varied copies, block by block."""
    draw = np.random.default_rng(2026)
    whole = store.vectors(np.arange(store.count))
    for copy in range(times):
        for start in range(0, store.count, _BLOCK):
            block = whole[start : start + _BLOCK]
            if copy:
                weight = draw.uniform(0.2, 0.9, (len(block), 1)).astype(np.float32)
                block = block + weight * whole[draw.integers(0, store.count, len(block))]
                block /= np.maximum(np.linalg.norm(block, axis=1, keepdims=True), np.float32(1e-9))
            yield block


def new_places(library: Library, times: int) -> list[dict[str, str]]:
    """For each copy: place of the small index -> its place there. All are different, so each copy has its own rare place."""
    own = list(dict.fromkeys(d.meta.city or "" for d in library.documents))
    chosen = [place.short for place in places(len(own) * times)]
    return [dict(zip(own, chosen[copy * len(own) :], strict=False)) for copy in range(times)]


def write_table(library: Library, times: int, path: Path) -> None:
    """The table of documents and passages, numbers and places shifted from copy to copy."""
    source = sqlite3.connect(f"file:{(library.generation / 'passages.sqlite').as_posix()}?mode=ro", uri=True)
    target = sqlite3.connect(path)
    shift = (len(library.documents), library.passages.count, library.sentences.count)
    try:
        target.executescript(SCHEMA)
        for copy, renamed in enumerate(new_places(library, times)):
            for number, ident, file, offset, meta, text in source.execute("SELECT * FROM documents ORDER BY number"):
                told = json.loads(meta)
                told["city"] = renamed[told["city"]]
                row = (number + copy * shift[0], f"{copy}-{ident}", f"{copy}/{file}", offset, json.dumps(told, ensure_ascii=False), text)
                target.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)", row)
            for row, document, *rest, first in source.execute("SELECT * FROM passages ORDER BY row"):
                moved = (row + copy * shift[1], document + copy * shift[0], *rest, first + copy * shift[2])
                target.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", moved)
        target.commit()
    finally:
        source.close()
        target.close()


def row_table(rows: RowTable, times: int) -> RowTable:
    """The table of rows, `times` over."""
    starts = [edges(np.tile(np.diff(part), times)) for part in (rows.document_starts, rows.sentence_starts)]
    return RowTable(*starts, np.tile(rows.periods, times), np.tile(rows.years, times))


def write_tokens(tokens: Tokens, times: int, folder: Path) -> None:
    """The pieces, `times` over."""
    writer = TokensWriter(folder)
    for _ in range(times):
        writer.add(tokens)
    writer.close()


def write_words(source: Path, times: int, count: int, folder: Path) -> None:
    """BM25 of the copies: every word's passages, and the same again `count` rows further on."""
    folder.mkdir(parents=True)
    head = json.loads((source / "words.json").read_text("utf-8"))
    (folder / "words.json").write_text(json.dumps(head | {"count": count * times}, ensure_ascii=False), "utf-8")
    values, rows, starts = (np.load(source / f"{name}.csc.index.npy") for name in ("data", "indices", "indptr"))
    shifts = (np.arange(times, dtype=rows.dtype) * count)[:, None]
    many_values, many_rows = np.empty(len(values) * times, values.dtype), np.empty(len(rows) * times, rows.dtype)
    for a, b in zip(starts.tolist(), starts[1:].tolist(), strict=False):
        many_values[a * times : b * times] = np.tile(values[a:b], times)
        many_rows[a * times : b * times] = (rows[None, a:b] + shifts).ravel()
    for name, array in (("data", many_values), ("indices", many_rows), ("indptr", starts * times)):
        np.save(folder / f"{name}.csc.index.npy", array)
