"""A whole report for reading: its lines, which of them are headings, and where marks fall."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from index.errors import QuestionError
from index.library import Library
from index.records import Meta, Passage

_LONGEST_LINE = 500  # characters; a longer paragraph is broken where its passages begin
_LONGEST_HEADING = 60


@dataclass(frozen=True)
class Line:
    """A paragraph of a report, [start, end) in its text."""

    start: int
    end: int
    heading: bool = False


@dataclass(frozen=True)
class Report:
    """A document with its text laid out; `id` is its content hash."""

    id: str
    file: str
    meta: Meta
    text: str
    lines: tuple[Line, ...]


class Reports:
    """The documents of a library by their content hash, so that an address outlives a rebuild."""

    def __init__(self, library: Library) -> None:
        self.library = library

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Content hash of every document, by number."""
        return self.library.document_ids

    def open(self, document: str) -> Report:
        """One report.

        Raises:
            QuestionError: the library holds no document of that id.
        """
        if document not in self.ids:
            raise QuestionError("this library holds no such document (it may have been removed); ask again")
        number = self.ids.index(document)
        held = self.library.documents[number]
        text = self.library.document_text(number)
        passages = self.library.read(self.library.rows_of(number))
        return Report(document, held.file, held.meta, text, lay_out(text, passages))


def lay_out(text: str, passages: list[Passage]) -> tuple[Line, ...]:
    """The lines of a text that are not blank; a line that holds no sentence of any passage is a heading."""
    sentences = sorted((p.start + a, p.start + b) for p in passages for a, b in p.sentences)
    starts = [p.start for p in passages]
    lines: list[Line] = []
    at = 0
    for raw in text.splitlines(keepends=True):
        begin, end = at, at + len(raw)
        at = end
        content = raw.strip()
        if not content:
            continue
        begin += len(raw) - len(raw.lstrip())
        end = begin + len(content)
        covered = any(a < end and begin < b for a, b in sentences)
        if not covered and len(content) <= _LONGEST_HEADING:
            lines.append(Line(begin, end, True))
            continue
        cuts = [s for s in starts if begin < s < end] if len(content) > _LONGEST_LINE else []
        edges = [begin, *cuts, end]
        lines += [Line(a, b) for a, b in zip(edges, edges[1:], strict=False)]
    return tuple(lines)
