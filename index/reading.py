"""One source file -> its reports with their passages; what needs no other file and so may be done by any process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.compendium import split_reports
from index.errors import UnreadableFile
from index.metadata import read_metadata
from index.passages import split_passages
from index.readers import read_file
from index.records import Document, Passage, Removed, Skipped
from index.sidecar import Correction, correct


@dataclass(frozen=True)
class Source:
    """A file to read: its path, its name in the index, what the user corrected, the name it came with if that is another."""

    path: Path
    name: str
    corrections: tuple[Correction, ...] = ()
    called: str = ""


@dataclass(frozen=True)
class Read:
    """A report with its passages; `rows` are those of the generation before, None where it must be encoded."""

    document: Document
    passages: tuple[Passage, ...]
    rows: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Contents:
    """What a file holds: reports with their passages, what could not be read, and text that is in no report."""

    reports: tuple[Read, ...]
    skipped: tuple[Skipped, ...]
    removed: tuple[Removed, ...]


def read_source(source: Source) -> Contents:
    """Read a file and cut its reports into passages; a file that cannot be read is told in `skipped`."""
    try:
        documents, skipped, removed = read_documents(source.path, source.name, source.corrections, source.called)
    except UnreadableFile as error:
        return Contents((), (Skipped(source.name, error.reason),), ())
    return Contents(tuple(Read(d, split_passages(d)) for d in documents), tuple(skipped), tuple(removed))


def read_documents(
    path: Path, name: str, corrections: tuple[Correction, ...] = (), called: str = ""
) -> tuple[list[Document], list[Skipped], list[Removed]]:
    """The reports of one file with their metadata, the members or pages that could not be read, and text in no report.

    `called` is the name the file came with where `name` is only what it is stored under.

    Raises:
        UnreadableFile: see `index.readers.read_file`.
    """
    reading = read_file(path, name)
    documents: list[Document] = []
    removed: list[Removed] = []
    for raw in reading.texts:
        parts, lead = split_reports(raw.text)
        removed += [Removed(raw.file, text) for text in (*raw.removed, *lead)]
        for part in parts:
            text = raw.text[part.start : part.end]
            found = read_metadata(text, (called or name) + raw.file[len(name) :], part.title or raw.title)
            meta = correct(found, raw.file, corrections)
            documents.append(Document(raw.file, text, part.start, meta))
    return documents, list(reading.skipped), removed
