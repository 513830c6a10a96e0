"""Verify an index folder: files, counts, rows, offsets, vectors. Returns findings; none means it is sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.errors import IndexFolderError
from index.generation import file_hash
from index.library import Library
from index.stores import VectorStore

_BATCH = 4096


def check(folder: Path) -> list[str]:
    """Everything that is wrong with the serving generation, one sentence each."""
    try:
        library = Library(folder)
    except IndexFolderError as error:
        return [str(error)]
    found = [
        f"{name} differs from what was written"
        for name, expected in library.manifest["hashes"].items()
        if not (library.generation / name).is_file() or file_hash(library.generation / name) != expected
    ]
    counts = library.manifest["counts"]
    if len(library.documents) != counts["documents"]:
        found.append(f"{len(library.documents)} documents, the manifest says {counts['documents']}")
    if len(library.rows.periods) != library.passages.count:
        found.append(f"{len(library.rows.periods)} passages in the table, {library.passages.count} vectors")
    if library.words.count != library.passages.count:
        found.append(f"{library.words.count} rows of words, {library.passages.count} passages")
    for name, store in (("passage", library.passages), ("sentence", library.sentences)):
        found += _check_vectors(name, store)
    return found + _check_passages(library)


def _check_vectors(name: str, store: VectorStore) -> list[str]:
    bad = 0
    for start in range(0, store.count, _BATCH):
        norms = np.linalg.norm(store.vectors(np.arange(start, min(start + _BATCH, store.count))), axis=1)
        bad += int((~((np.abs(norms - 1) < 1e-3) | (norms == 0))).sum())
    return [f"{bad} {name} vectors are neither of unit length nor zero"] if bad else []


def _check_passages(library: Library) -> list[str]:
    found: list[str] = []
    rows = np.arange(library.passages.count)
    edges = library.sentence_edges(rows)
    for start in range(0, len(rows), _BATCH):
        for row, passage in zip(rows[start : start + _BATCH], library.read(rows[start : start + _BATCH]), strict=True):
            a, b = edges[row]
            if len(passage.sentences) != b - a:
                found.append(f"passage {row} has {len(passage.sentences)} sentences and {b - a} sentence vectors")
            if len(passage.text) != passage.end - passage.start or not passage.text.strip():
                found.append(f"passage {row} does not cut its text")
            if any(not 0 <= x < y <= len(passage.text) for x, y in passage.sentences):
                found.append(f"passage {row} has a sentence outside its text")
    return found[:20]
