"""txt and md: the text itself, in whatever of the usual Chinese encodings it is."""

from __future__ import annotations

from index.readers.decoding import decode
from index.readers.reading import Reading, single


def read_plain_text(data: bytes, name: str) -> Reading:
    """A text or Markdown file with line ends made one form and control characters taken out.

    Raises:
        UnreadableFile: it is no text in any encoding that reports come in.
    """
    text, notes = decode(data)
    return single(name, text, removed=notes)
