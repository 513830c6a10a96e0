"""What travels between the steps: frozen records, changed only by `dataclasses.replace`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

Span = tuple[int, int]  # [start, end) in characters


@dataclass(frozen=True)
class RawText:
    """A file as read: its text and, where the format has pages, where each page starts in the text."""

    file: str
    text: str
    title: str = ""
    page_starts: tuple[int, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Meta:
    """Who speaks, when, in what kind of document. Unknown stays None.

    Attributes:
        city: the place the document speaks for, short (宁波, 鹤山, 三乡镇).
        level: province, city, county or township.
        year: the year in the report's title.
        kind: 政府工作报告, 年鉴, 五年规划, 计划报告 or 其他.
        pinyin: of a township, which stands in no table, in Latin letters.
        evidence: field -> the words it was read from.
    """

    title: str = ""
    province: str | None = None
    prefecture: str | None = None
    city: str | None = None
    level: str | None = None
    year: int | None = None
    kind: str = "其他"
    pinyin: str = ""
    evidence: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """One report: its text is a slice of one file (`offset` characters into the file's text)."""

    file: str
    text: str
    offset: int
    meta: Meta

    @cached_property
    def id(self) -> str:
        """Hash of place, year, kind and text, so that the same report has the same id in any folder."""
        head = f"{self.meta.city}|{self.meta.year}|{self.meta.kind}|{self.meta.title}\n"
        return digest(head + self.text)


@dataclass(frozen=True)
class Period:
    """What time a passage speaks of: `actual` looks back on `year`, `target` plans for it."""

    kind: str
    year: int | None


@dataclass(frozen=True)
class Passage:
    """About 220 characters of a document: the unit that is found and shown.

    Attributes:
        text: `document.text[start:end]`, headings on lines of their own included.
        heading: path of the section, outermost first.
        sentences: spans in `text`, in order, never overlapping; headings are not sentences.
    """

    document_id: str
    text: str
    start: int
    end: int
    heading: tuple[str, ...]
    sentences: tuple[Span, ...]
    period: Period | None = None

    def sentence_texts(self) -> list[str]:
        """The sentences, cut from the text."""
        return [self.text[a:b] for a, b in self.sentences]


@dataclass(frozen=True)
class Skipped:
    """A file that is not in the index, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class Removed:
    """Text of a file that is in no report: running heads, a cover, a table of contents, a page without text."""

    file: str
    text: str


def digest(text: str) -> str:
    """Short content hash: 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
