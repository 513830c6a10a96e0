"""What a new generation takes over from the one before: reports of unchanged files with their vectors and pieces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.errors import IndexFolderError
from index.library import Library
from index.reading import Contents, Read
from index.records import Removed, Skipped
from index.tokens import Tokens


class Before:
    """The generation that serves, if it was built with the same recipe; else nothing can be taken over."""

    def __init__(self, folder: Path | None, recipe: dict[str, Any]) -> None:
        self.library: Library | None = None
        self._by_source: dict[str, tuple[str, list[int]]] = {}
        if folder is None:
            return
        try:
            library = Library(folder)
        except IndexFolderError:
            return
        if any(library.manifest.get(k) != v for k, v in recipe.items()):
            return
        self.library = library
        self._skipped = [Skipped(**row) for row in library.manifest["skipped"]]
        self._removed = [Removed(**row) for row in library.manifest["removed"]]
        sources = {name for name, _ in library.manifest["sources"]}
        numbers: dict[str, list[int]] = {}
        for number, document in enumerate(library.documents):
            for name in _origins(document.file):
                if name in sources:
                    numbers.setdefault(name, []).append(number)
        unread = {row.file for row in self._skipped}
        for name, source in library.manifest["sources"]:
            if name in numbers and name not in unread:
                self._by_source[source] = (name, numbers[name])

    def knows(self, name: str, source: str) -> bool:
        """Whether the reports of a file, unchanged or renamed, can be taken over."""
        if self.library is None or source not in self._by_source:
            return False
        old_name, numbers = self._by_source[source]
        last = old_name.rsplit("/", 1)[-1]
        # What was read from the old name must be read again.
        return old_name == name or not any(last in self.library.documents[n].meta.evidence.values() for n in numbers)

    def reports(self, name: str, source: str) -> Contents:
        """The reports of a file that is known, and what of it is in none."""
        assert self.library is not None
        old_name, numbers = self._by_source[source]

        def _renamed(file: str) -> str:
            return name + file[len(old_name) :]

        found = []
        for number in numbers:
            document = self.library.documents[number]
            rows = self.library.rows_of(number)
            document = replace(document, file=_renamed(document.file), text=self.library.document_text(number))
            found.append(Read(document, tuple(self.library.read(rows)), rows))
        skipped = [replace(row, file=_renamed(row.file)) for row in self._skipped if _belongs(row.file, old_name)]
        removed = [replace(row, file=_renamed(row.file)) for row in self._removed if _belongs(row.file, old_name)]
        return Contents(tuple(found), tuple(skipped), tuple(removed))

    def vectors(self, rows: NDArray[np.int64]) -> tuple[Vectors, Vectors, Tokens | None]:
        """Passage vectors, sentence vectors and pieces of passage rows."""
        assert self.library is not None
        edges = self.library.sentence_edges(rows)
        sentences = np.concatenate([np.arange(a, b) for a, b in edges]) if len(rows) else np.zeros(0, np.int64)
        tokens = self.library.tokens.take(sentences) if self.library.tokens else None
        return self.library.passages.vectors(rows), self.library.sentences.vectors(sentences), tokens


def _belongs(file: str, source: str) -> bool:
    """Whether a document was read from a source file: the file itself, or a member of an archive."""
    return file == source or file.startswith(source + "/")


def _origins(file: str) -> list[str]:
    """The source files that a document may have been read from: the file itself, or an archive above it."""
    parts = file.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
