"""What a new generation takes over from the one before: reports of unchanged files with their vectors and pieces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.errors import IndexFolderError
from index.library import Library
from index.records import Document, Passage, Removed, Skipped
from index.tokens import Tokens


@dataclass(frozen=True)
class Read:
    """A report with its passages; `rows` are those of the generation before, None where it must be encoded."""

    document: Document
    passages: tuple[Passage, ...]
    rows: NDArray[np.int64] | None = None


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
        for name, source in library.manifest["sources"]:
            numbers = [n for n, document in enumerate(library.documents) if _belongs(document.file, name)]
            if numbers and not any(row.file == name for row in self._skipped):
                self._by_source[source] = (name, numbers)

    def reports(self, name: str, source: str) -> tuple[list[Read], list[Skipped], list[Removed]] | None:
        """The reports of an unchanged or renamed file, and what of it is in none; None where it must be read again."""
        if self.library is None or source not in self._by_source:
            return None
        old_name, numbers = self._by_source[source]

        def _renamed(file: str) -> str:
            return name + file[len(old_name) :]

        found = []
        for number in numbers:
            document = self.library.documents[number]
            if old_name != name and old_name.rsplit("/", 1)[-1] in document.meta.evidence.values():
                return None  # something was read from the old name
            rows = self.library.rows_of(number)
            document = replace(document, file=_renamed(document.file), text=self.library.document_text(number))
            found.append(Read(document, tuple(self.library.read(rows)), rows))
        skipped = [replace(row, file=_renamed(row.file)) for row in self._skipped if _belongs(row.file, old_name)]
        removed = [replace(row, file=_renamed(row.file)) for row in self._removed if _belongs(row.file, old_name)]
        return found, skipped, removed

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
