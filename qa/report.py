"""A whole report for reading: its lines, which of them are headings, and where marks fall."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from index.errors import QuestionError
from index.library import Library
from index.records import Meta, Passage, Span
from qa.comparison import Row

_LONGEST_LINE = 500  # characters; a longer paragraph is broken where its passages begin
_LONGEST_HEADING = 60
_SIGNS = re.compile(r"^#+\s+")  # of a Markdown heading


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

    def spots(self, rows: Sequence[Row]) -> dict[int, str]:
        """Number of a passage -> where in its report the sentence and the figure of a comparison's row stand, as JSON."""
        told = [row for row in rows if row.row >= 0]
        passages = self.library.read([row.row for row in told])
        return {row.row: spot(p.document_id, p.start, row.sentence, row.figure) for row, p in zip(told, passages, strict=True)}


def spot(document: str, start: int, sentence: Span, span: Span) -> str:
    """A sentence and the words in it, as offsets into the report's text, in the form that a page hands back.

    Args:
        document: content hash of the report.
        start: of the passage in the report.
        sentence: in the passage.
        span: in the passage; empty where there are no special words.
    """
    inside = [start + span[0], start + span[1]] if span[0] < span[1] else []
    return json.dumps({"document": document, "start": start + sentence[0], "end": start + sentence[1], "span": inside})


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
            lines.append(Line(begin + len(content) - len(_SIGNS.sub("", content)), end, True))
            continue
        cuts = [s for s in starts if begin < s < end] if len(content) > _LONGEST_LINE else []
        edges = [begin, *cuts, end]
        lines += [Line(a, b) for a, b in zip(edges, edges[1:], strict=False)]
    return tuple(lines)
