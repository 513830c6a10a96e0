"""What every reader gives back: the texts of one file, and the parts of it that could not be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.records import RawText, Skipped

FILE_LIMIT = 100_000_000  # bytes; a longer file is refused


@dataclass(frozen=True)
class Reading:
    """One file as read: one text, or many where the file is an archive.

    Attributes:
        texts: in the order of the file.
        skipped: members of an archive or pages of a scan that are in no text, with the reason.
    """

    texts: tuple[RawText, ...]
    skipped: tuple[Skipped, ...] = ()


Reader = Callable[[bytes, str], Reading]  # (content, shown name) -> Reading; raises UnreadableFile and nothing else


def single(name: str, text: str, title: str = "", removed: tuple[str, ...] = ()) -> Reading:
    """The reading of a file that holds one text."""
    return Reading((RawText(name, text, title, removed=removed),))
