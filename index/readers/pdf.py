"""pdf -> paragraphs: the text layer through PDFium in a process of its own, then `pdf_layout`.

PDFium is C++ and reads what others send: a process of its own can hang or fall without taking the build with it, and
is ended when its time is up. (It is not thread-safe either.)
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from index.errors import UnreadableFile
from index.readers.pdf_layout import Page, Run, page_texts
from index.readers.reading import Reading
from index.records import RawText, Skipped

TIME_LIMIT = 120  # seconds for one file; about 80 full pages are read in one
_WORKER = Path(__file__).with_name("pdf_worker.py")
_SCAN = "is a scan without a text layer; run OCR first (e.g. ocrmypdf)"
_REASONS = {
    "password": "is protected by a password; save it without one",
    "format": "is damaged or no pdf",
    "pages": "has more than {limit:,} pages; split it",
    "empty": "has no pages",
}
_SCANNED_SHARE = 0.3  # of a page that pictures cover when it has no text
_GARBLED = 0.3  # share of characters without a meaning at which a text layer is worthless


def read_pdf(data: bytes, name: str, time_limit: float = TIME_LIMIT) -> Reading:
    """The text layer of a pdf as paragraphs; running heads, feet and page numbers are listed in `removed`.

    Raises:
        UnreadableFile: protected, damaged, cut off, a scan, a text layer that is garbled, or over the time limit.
    """
    if b"%PDF-" not in data[:1024]:
        raise UnreadableFile(_REASONS["format"])
    if b"%%EOF" not in data[-8192:]:
        raise UnreadableFile("is cut off: it has no end mark; fetch it again")
    pages = _pages(data, time_limit)
    dark = [number for number, page in enumerate(pages, 1) if not any(run.text.strip() for run in page.runs)]
    pictured = [number for number in dark if pages[number - 1].pictures >= _SCANNED_SHARE or pages[number - 1].curves]
    if len(dark) == len(pages):
        raise UnreadableFile(_SCAN if pictured else "holds no text")
    text, starts, removed = page_texts(pages)
    if _meaningless(text) > _GARBLED:
        raise UnreadableFile("has a text layer without character codes (its letters are only pictures of letters); run OCR (e.g. ocrmypdf)")
    if not text.strip():
        raise UnreadableFile(_SCAN if pictured else "holds no text")
    scanned = tuple(f"page {number}: scanned, no text" for number in pictured)
    raw = RawText(name, text, page_starts=starts, removed=(*removed, *scanned))
    return Reading((raw,), tuple(Skipped(name, reason) for reason in scanned))


def _pages(data: bytes, time_limit: float) -> list[Page]:
    command = [sys.executable, "-P", str(_WORKER)]  # -P: the reader html.py must not shadow the library's html
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=time_limit, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(f"took longer than {time_limit:g} seconds to read; split it or save it again") from error
    except OSError as error:
        raise UnreadableFile(f"cannot be read: the pdf process does not start ({error.strerror or error})") from error
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        if told and told[-1].startswith("ModuleNotFoundError"):
            raise UnreadableFile("needs the package pypdfium2: pip install -r requirements.txt")
        raise UnreadableFile(f"{_REASONS['format']} (the pdf parser ended with {done.returncode})")
    pages: list[Page] = []
    for line in done.stdout.splitlines():
        record = json.loads(line)
        if "error" in record:
            raise UnreadableFile(_REASONS[record["error"]].format(**record))
        runs = tuple(Run(*values) for values in record["runs"])
        pages.append(Page(record["width"], record["height"], record["pictures"], record["curves"], runs))
    return pages


def _meaningless(text: str) -> float:
    """Share of characters from private areas, of replacement marks and of control codes."""
    marks = [c for c in text if not c.isspace()]
    odd = sum("\ue000" <= c <= "\uf8ff" or c == "\ufffd" or c < " " or "\x7f" <= c < "\xa0" for c in marks)
    return odd / max(1, len(marks))
