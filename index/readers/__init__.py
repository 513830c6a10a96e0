"""Files -> raw text: one reader a format, and the table that chooses it by suffix."""

from __future__ import annotations

from pathlib import Path

from index.errors import UnreadableFile
from index.readers.archive import read_archive
from index.readers.doc import read_doc
from index.readers.docx import read_docx
from index.readers.html import read_html, read_mhtml
from index.readers.pdf import read_pdf
from index.readers.plain_text import read_plain_text
from index.readers.reading import FILE_LIMIT, Reader, Reading

__all__ = ["READERS", "Reader", "Reading", "read_bytes", "read_file"]


def read_file(path: Path, name: str) -> Reading:
    """Read one file; `name` is how it is shown (its path inside the corpus folder).

    Raises:
        UnreadableFile: no reader for its suffix, too long, or the reader could not make text of it.
    """
    try:
        size = path.stat().st_size
        if size > FILE_LIMIT:
            raise UnreadableFile(f"is {size / 1e6:,.0f} MB long, the limit is {FILE_LIMIT // 1_000_000} MB; split it")
        return read_bytes(path.read_bytes() if path.suffix.lower() in READERS else b"", name, path.suffix)
    except OSError as error:
        raise UnreadableFile(f"cannot be opened: {error.strerror or error}") from error


def read_bytes(data: bytes, name: str, suffix: str) -> Reading:
    """Read a file's content; `suffix` (with its dot) chooses the reader.

    Raises:
        UnreadableFile: see `read_file`.
    """
    reader = READERS.get(suffix.lower())
    if reader is None:
        raise UnreadableFile(f"no reader for {suffix or 'files without a suffix'}; convert it to one of {', '.join(sorted(READERS))}")
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableFile("holds no text")
    try:
        reading = reader(data, name)
    except UnreadableFile:
        raise
    except Exception as error:  # readers name what their libraries raise; what none of them foresaw ends here, in one place
        told = " ".join(str(error).split())[:80]
        raise UnreadableFile(f"cannot be read: its {suffix} reader failed ({type(error).__name__}: {told})") from error
    if not reading.skipped and not any(text.text.strip() for text in reading.texts):
        raise UnreadableFile("holds no text")
    return reading


def _read_zip(data: bytes, name: str) -> Reading:
    return read_archive(data, name, read_bytes)


READERS: dict[str, Reader] = {
    ".txt": read_plain_text,
    ".md": read_plain_text,
    ".markdown": read_plain_text,
    ".html": read_html,
    ".htm": read_html,
    ".mhtml": read_mhtml,
    ".mht": read_mhtml,
    ".docx": read_docx,
    ".doc": read_doc,
    ".wps": read_doc,
    ".pdf": read_pdf,
    ".zip": _read_zip,
}
