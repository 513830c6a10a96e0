"""The parts of a generation, written as reports and their vectors come: nothing of it is held but counts and words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from index.encoder import Vectors
from index.lexical_writer import LexicalWriter
from index.library import SCHEMA
from index.records import Document, Passage
from index.rows import GrowingRows
from index.stores.choice import Collector
from index.tokens import Tokens, TokensWriter
from index.word_counts import WordCounts


class IndexWriter:
    """Rows in the order given; reports may run ahead of their vectors and words. Use as a context, then `finish`.

    Attributes:
        documents, passages, sentences: rows written to the table so far.
    """

    def __init__(self, work: Path, dimension: int, pieces: bool) -> None:
        """`pieces`: whether the model has pieces to keep."""
        self.documents = self.passages = self.sentences = 0
        self._open = ExitStack()
        self._table = sqlite3.connect(work / "passages.sqlite")
        self._open.callback(self._table.close)
        self._table.execute("PRAGMA journal_mode = OFF")  # nobody reads it before it is whole
        self._table.executescript(SCHEMA)
        self._work = work
        self._rows = GrowingRows()
        self._vectors = {name: Collector(dimension, work / f"{name}.spool") for name in ("passages", "sentences")}
        self._words = LexicalWriter(work / "words")
        self._tokens = TokensWriter(work / "tokens") if pieces else None
        for close in [self._words.close, *(v.close for v in self._vectors.values()), *([self._tokens.close] if self._tokens else [])]:
            self._open.callback(close)

    def __enter__(self) -> IndexWriter:
        return self

    def __exit__(self, *reason: object) -> None:
        self._open.close()

    def report(self, document: Document, passages: Sequence[Passage]) -> None:
        """A report's text and the places of its passages."""
        meta = json.dumps(asdict(document.meta), ensure_ascii=False)
        values = (self.documents, document.id, document.file, document.offset, meta, document.text)
        self._table.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)", values)
        rows = []
        for p in passages:
            period = (p.period.kind, p.period.year) if p.period else (None, None)
            heading = json.dumps(p.heading, ensure_ascii=False)
            rows.append((self.passages, self.documents, p.start, p.end, heading, json.dumps(p.sentences), *period, self.sentences))
            self.passages += 1
            self.sentences += len(p.sentences)
        self._table.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._rows.add(passages)
        self.documents += 1

    def batch(self, words: WordCounts, passages: Vectors, sentences: Vectors, tokens: Tokens | None) -> None:
        """Words, vectors and pieces of the next passages."""
        self._vectors["passages"].add(passages)
        self._vectors["sentences"].add(sentences)
        self._words.add(words)
        if self._tokens is not None and tokens is not None:
            self._tokens.add(tokens)

    @property
    def search(self) -> dict[str, str]:
        """How passages and sentences will be searched, and why."""
        return {name: vectors.reason for name, vectors in self._vectors.items()}

    def finish(self) -> None:
        """Complete every part on disk."""
        self._table.commit()
        self._words.finish()
        self._rows.table().save(self._work / "rows")
        for name, vectors in self._vectors.items():
            vectors.save(self._work, name)
        self._open.close()
