"""Files -> raw text: one reader a format, and the table that chooses it by suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index.errors import UnreadableFile
from index.readers.plain_text import read_plain_text
from index.records import RawText

Reader = Callable[[Path, str], RawText]

READERS: dict[str, Reader] = {
    ".txt": read_plain_text,
    ".md": read_plain_text,
    ".markdown": read_plain_text,
}


def read_file(path: Path, name: str) -> RawText:
    """Read one file; `name` is how it is shown (its path inside the corpus folder).

    Raises:
        UnreadableFile: no reader for its suffix, or the reader could not make text of it.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableFile(f"no reader for {path.suffix or 'files without a suffix'}; convert it to one of {', '.join(sorted(READERS))}")
    try:
        raw = reader(path, name)
    except OSError as error:
        raise UnreadableFile(f"cannot be opened: {error.strerror or error}") from error
    if not raw.text.strip():
        raise UnreadableFile("holds no text")
    return raw
