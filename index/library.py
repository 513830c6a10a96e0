"""One generation of an index folder opened as a whole: passages, vectors, words and manifest with aligned rows.

    DIR/current                   name of the generation that serves
    DIR/generations/<name>/       manifest.json, passages.sqlite, rows/, passages.*, sentences.* (vectors), words/, tokens/
                                   (in place of vectors and words milvus.json and, without a server, milvus.db/)

A reader keeps the generation it opened; a builder writes a new one beside it (`index.build`).
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue, Scope
from index.encoder import Encoder
from index.errors import IndexFolderError, ModelMismatch
from index.lexical import Lexical, WordIndex
from index.ranges import ranges
from index.records import Document, Meta, Passage, Period
from index.rows import RowTable
from index.stores import Rows, VectorStore
from index.stores.choice import open_store
from index.tokens import Tokens
from index.words import fingerprint

FORMAT = 6
__all__ = ["FORMAT", "SCHEMA", "Library", "Scope", "current_generation", "read_manifest"]

SCHEMA = """
CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT, file TEXT, offset INTEGER, meta TEXT, text TEXT);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, document INTEGER, start INTEGER, end INTEGER, heading TEXT, sentences TEXT,
    period TEXT, period_year INTEGER, first_sentence INTEGER
);
"""


def current_generation(folder: Path) -> Path:
    """The folder of the generation that serves.

    Raises:
        IndexFolderError: there is no index there, or it is half-written.
    """
    pointer = folder / "current"
    if not pointer.is_file():
        raise IndexFolderError(f"no index at {folder}; make one with: python build_index.py FOLDER_OF_REPORTS --index {folder}")
    generation = folder / "generations" / pointer.read_text("utf-8").strip()
    if not (generation / "manifest.json").is_file():
        raise IndexFolderError(f"the index at {folder} is incomplete; rebuild it with build_index.py")
    return generation


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the serving generation, its format checked."""
    generation = current_generation(folder)
    try:
        manifest: dict[str, Any] = json.loads((generation / "manifest.json").read_text("utf-8"))
    except ValueError as error:
        raise IndexFolderError(f"the manifest of {folder} is damaged; rebuild the index with build_index.py") from error
    if manifest.get("format") != FORMAT:
        raise IndexFolderError(
            f"the index at {folder} has format {manifest.get('format')}, this version reads {FORMAT}; rebuild it with build_index.py"
        )
    return manifest


def _open_stores(generation: Path, store: dict[str, Any]) -> tuple[VectorStore, VectorStore, WordIndex]:
    """Passages, sentences and words of a generation, from the store that its manifest names."""
    if store["name"] == "milvus":
        from index.stores.milvus import Milvus
        from index.stores.milvus_store import MilvusStore
        from index.stores.milvus_words import MilvusWords

        place = Milvus.of(generation, store["uri"])
        return MilvusStore(place, "passages"), MilvusStore(place, "sentences"), MilvusWords(place, generation / "words")
    return open_store(generation, "passages"), open_store(generation, "sentences"), Lexical.open(generation / "words")


class Library:
    """A generation, read-only and safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Open the serving generation.

        Raises:
            IndexFolderError: missing, incomplete, damaged, of another format, or its parts disagree.
        """
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.generation = current_generation(folder)
        if self.manifest["segmenter"] != fingerprint():
            raise IndexFolderError(f"the index at {folder} was made with another word segmenter; rebuild it with build_index.py")
        self._local = threading.local()
        self.rows = RowTable.open(self.generation / "rows")
        self.passages, self.sentences, self.words = _open_stores(self.generation, self.manifest["store"])
        folder = self.generation / "tokens"
        self.tokens: Tokens | None = Tokens.open(folder) if folder.is_dir() else None
        counts = self.manifest["counts"]
        found = {"passages": self.passages.count, "sentences": self.sentences.count}
        for name, count in found.items():
            if count != counts[name]:
                raise IndexFolderError(
                    f"the index at {folder} holds {count} {name}, its manifest says {counts[name]}; rebuild it with build_index.py"
                )

    def check_model(self, encoder: Encoder) -> None:
        """Raises ModelMismatch where the index was built with another model."""
        built = self.manifest["model"]
        if built["fingerprint"] != encoder.fingerprint:
            raise ModelMismatch(
                f"the index at {self.folder} was built with the model {built['name']} ({built['dimension']} dimensions), "
                f"not with {encoder.name} ({encoder.dimension}); give --model {built['name']} or rebuild the index"
            )

    @property
    def _connection(self) -> sqlite3.Connection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            uri = f"file:{(self.generation / 'passages.sqlite').resolve().as_posix()}?mode=ro&immutable=1"
            connection = self._local.connection = sqlite3.connect(uri, uri=True)
        return connection

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """All documents by number, without their text (`document_text` reads it)."""
        rows = self._connection.execute("SELECT file, offset, meta FROM documents ORDER BY number")
        return tuple(Document(file, "", offset, Meta(**json.loads(meta))) for file, offset, meta in rows)

    @cached_property
    def document_ids(self) -> tuple[str, ...]:
        """Content hash of every document, by number."""
        return tuple(str(row[0]) for row in self._connection.execute("SELECT id FROM documents ORDER BY number"))

    @cached_property
    def catalogue(self) -> Catalogue:
        """The documents by place, year and kind."""
        return Catalogue(self.documents, self.rows)

    def document_of(self, row: int) -> int:
        """Document number of a passage row."""
        return int(self.rows.document_of(np.asarray([row]))[0])

    def period_matches(self, rows: Rows, tense: str | None, years: Sequence[int]) -> NDArray[np.float32]:
        """How far passages speak of the time asked for; see `RowTable.matches`."""
        return self.rows.matches(rows, tense, years)

    def document_text(self, number: int) -> str:
        """The whole text of a document."""
        row = self._connection.execute("SELECT text FROM documents WHERE number = ?", (number,)).fetchone()
        return str(row[0])

    def read(self, rows: Iterable[int]) -> list[Passage]:
        """The passages of rows, in the order asked."""
        wanted = [int(r) for r in rows]
        found: dict[int, Passage] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            query = (
                "SELECT p.row, d.id, substr(d.text, p.start + 1, p.end - p.start), p.start, p.end, p.heading, p.sentences, "
                "p.period, p.period_year FROM passages p JOIN documents d ON d.number = p.document "
                f"WHERE p.row IN ({','.join('?' * len(part))})"
            )
            for row, document, text, a, b, heading, sentences, period, year in self._connection.execute(query, part):
                spans = tuple((x, y) for x, y in json.loads(sentences))
                found[row] = Passage(document, text, a, b, tuple(json.loads(heading)), spans, Period(period, year) if period else None)
        return [found[row] for row in wanted]

    def covered_years(self, number: int) -> frozenset[int]:
        """Years a document speaks of: its own, and those of its review and its plan."""
        return self.catalogue.covered[number]

    @property
    def present_years(self) -> tuple[int | None, ...]:
        """The year that 今年 means in each document."""
        return self.catalogue.present_years

    def documents_in(self, scope: Scope) -> Sequence[int]:
        """Numbers of the documents a scope allows, ascending."""
        return self.catalogue.documents_in(scope)

    def rows_of(self, number: int) -> Rows:
        """Passage rows of one document."""
        starts = self.rows.document_starts
        return np.arange(starts[number], starts[number + 1], dtype=np.int64)

    def rows_in(self, documents: Sequence[int]) -> tuple[Rows | None, Rows | None]:
        """(passage rows, sentence rows) of some documents, ascending; (None, None) for all of them."""
        if len(documents) == len(self.documents):
            return None, None
        numbers = np.unique(np.asarray(documents, np.int64))
        starts, ends = self.rows.document_starts[numbers], self.rows.document_starts[numbers + 1]
        return ranges(starts, ends), ranges(self.rows.sentence_starts[starts], self.rows.sentence_starts[ends])

    def sentence_edges(self, passages: Rows) -> Rows:
        """Sentence rows [start, end) of each passage, (n, 2)."""
        return self.rows.sentence_edges(passages)

    def passage_of_sentences(self, sentences: Rows) -> Rows:
        """Passage row of each sentence row."""
        return self.rows.passage_of(sentences)
