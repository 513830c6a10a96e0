"""Word files (docx) -> lines in document order: paragraphs, headings, tables, text boxes, footnotes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from index.errors import UnreadableFile
from index.readers.archive import check_sizes
from index.readers.decoding import clean
from index.readers.docx_numbering import Numbering
from index.readers.reading import Reading, single
from index.readers.tables import table_lines
from index.text import plain

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_STRICT = b"http://purl.oclc.org/ooxml/"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NUMBERED = re.compile(
    r"第[一二三四五六七八九十]{1,3}[部章篇编节]|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}(?:\.|、)|\(\d{1,2}\)|【|——|#"
)
_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])$", re.I)
_WRAPPERS = frozenset(_W + n for n in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"))
_SPACES = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}

Node = Any  # an lxml element: lxml ships no types


def read_docx(data: bytes, name: str) -> Reading:
    """A Word document. Headings become Markdown headings unless they are numbered; table rows carry their header.

    Raises:
        UnreadableFile: protected by a password, an old .doc, cut off, damaged, or unpacks to far more than it holds.
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableFile("is protected by a password; save it without one")
        raise UnreadableFile("is an old Word file named .docx; rename it to .doc or save it as .docx")
    parts = _open(data)
    notes = [line for root in parts.notes for line in _notes(root)]
    return single(name, clean("\n".join([*_Story(parts).lines(parts.body), *notes])))


@dataclass(frozen=True)
class _Parts:
    """The root elements of a document's parts; numbering is None where it has none."""

    body: Node
    styles: Node
    numbering: Node
    notes: tuple[Node, ...]


def _open(data: bytes) -> _Parts:
    import docx
    from docx.opc.exceptions import OpcError
    from lxml import etree  # type: ignore[import-untyped]

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            check_sizes(package.infolist())
            if _STRICT in package.read("_rels/.rels"):
                raise UnreadableFile("is saved as Strict Open XML; save it as an ordinary .docx")
        document = docx.Document(io.BytesIO(data))
        notes = [_part_root(document.part, kind) for kind in ("footnotes", "endnotes")]
        body = document.element.body
        styles, numbering = document.styles.element, _part_root(document.part, "numbering")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise UnreadableFile("is damaged or cut off, or no docx at all; open it in Word and save it again") from error
    except (OpcError, etree.LxmlError, KeyError, ValueError, AttributeError, TypeError, IndexError) as error:
        # python-docx takes packages for whole: parts and attributes that are missing show as any of these.
        raise UnreadableFile(f"is a damaged docx ({type(error).__name__}); open it in Word and save it again") from error
    if body is None:
        raise UnreadableFile("is a damaged docx: it has no body")
    return _Parts(body, styles, numbering, tuple(root for root in notes if root is not None))


class _Story:
    """The body of a document as lines; keeps the numbering that runs through it."""

    def __init__(self, parts: _Parts) -> None:
        self._styles = _styles(parts.styles)
        self._numbering = Numbering(parts.numbering)
        self._first = True

    def lines(self, container: Node) -> Iterator[str]:
        for child in container:
            if child.tag in _WRAPPERS:
                yield from self.lines(child)
            elif child.tag == _W + "p":
                yield from self._paragraph(child)
            elif child.tag == _W + "tbl":
                yield from self._table(child)

    def _paragraph(self, paragraph: Node) -> Iterator[str]:
        style = self._style(paragraph)
        text = _text(paragraph)
        number = self._numbering.label(paragraph.find(f"{_W}pPr/{_W}numPr"), style.get("numPr"))
        if text.strip():
            text = number + text.strip()
            level = self._level(paragraph, style)
            flat = plain(text)
            marked = level and not self._first and "\n" not in text and len(text) <= 60 and not _NUMBERED.match(flat)
            yield f"{'#' * level} {text}" if marked else text
            self._first = False
        for box in _boxes(paragraph):
            yield from self.lines(box)

    def _style(self, paragraph: Node) -> dict[str, Any]:
        element = paragraph.find(f"{_W}pPr/{_W}pStyle")
        identity = element.get(_W + "val") if element is not None else ""
        return self._styles.get(identity) or self._styles.get("", {})

    def _level(self, paragraph: Node, style: dict[str, Any]) -> int:
        """Heading level 1 to 6, 0 for text: the paragraph's own outline level, or its style's."""
        own = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        value = own.get(_W + "val", "") if own is not None else ""
        level = int(value) + 1 if value.isdecimal() else style.get("level", 0)
        return level if level <= 6 else 0

    def _table(self, table: Node) -> Iterator[str]:
        """Rows with their header; a table that only lays out the page (long cells, a table inside) as its paragraphs."""
        rows: list[list[str]] = []
        cells_of_rows: list[list[Node]] = []
        for row in _children(table, "tr"):
            texts: list[str] = []
            cells = list(_children(row, "tc"))
            for cell in cells:
                merged = cell.find(f"{_W}tcPr/{_W}vMerge")
                follows = merged is not None and merged.get(_W + "val") != "restart"
                span = cell.find(f"{_W}tcPr/{_W}gridSpan")
                width = span.get(_W + "val", "") if span is not None else ""
                texts.append("" if follows else _cell_text(cell))
                texts += [""] * ((min(60, int(width)) if width.isdecimal() else 1) - 1)
            rows.append(texts)
            cells_of_rows.append(cells)
        nested = any(True for _ in table.iterdescendants(_W + "tbl"))
        if nested or max((len(t) for row in rows for t in row), default=0) > 150 or all(len(row) < 2 for row in rows):
            for cells in cells_of_rows:
                for cell in cells:
                    yield from self.lines(cell)
            return
        self._first = False
        yield from table_lines(rows)


def _children(parent: Node, name: str) -> Iterator[Node]:
    """Rows of a table or cells of a row, content controls around them looked through."""
    for child in parent:
        if child.tag == _W + name:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, name)


def _text(paragraph: Node) -> str:
    """The visible text of a paragraph: no deleted text, no field codes, no text boxes."""
    parts: list[str] = []
    stack = [paragraph]
    while stack:
        element = stack.pop()
        tag = element.tag
        if tag in (_W + "txbxContent", _FALLBACK, _W + "del", _W + "moveFrom", _W + "pPr", _W + "rt"):
            continue
        if tag == _W + "t":
            parts.append(element.text or "")
        elif tag in _SPACES:
            page = element.get(_W + "type") in ("page", "column")
            parts.append("" if page else _SPACES[tag])
        elif tag == _W + "sym":
            parts.append("•")
        else:
            stack += reversed(element)
    return "".join(parts)


def _cell_text(cell: Node) -> str:
    return " ".join(filter(None, (_text(p).strip() for p in cell.iterdescendants(_W + "p"))))


def _boxes(paragraph: Node) -> Iterator[Node]:
    """The text boxes anchored in a paragraph; Word writes each twice, the second for old programs."""
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag == _W + "txbxContent":
            yield element
        elif element.tag not in (_FALLBACK, _W + "t"):
            stack += reversed(element)


def _styles(root: Node) -> dict[str, dict[str, Any]]:
    """Style id -> what matters of it, its parents' settings taken in; "" is the default paragraph style."""
    elements = {e.get(_W + "styleId"): e for e in root.iterchildren(_W + "style")}
    found: dict[str, dict[str, Any]] = {}
    for identity, element in elements.items():
        level, numbering, seen = 0, None, set()
        current = element
        while current is not None and id(current) not in seen:
            seen.add(id(current))
            level = level or _style_level(current)
            if numbering is None:
                numbering = current.find(f"{_W}pPr/{_W}numPr")
            base = current.find(_W + "basedOn")
            current = elements.get(base.get(_W + "val")) if base is not None else None
        found[identity] = {"level": level, "numPr": numbering}
        if element.get(_W + "default") in ("1", "true") and element.get(_W + "type") == "paragraph":
            found[""] = found[identity]
    return found


def _style_level(style: Node) -> int:
    name = style.find(_W + "name")
    named = _HEADING_NAME.match(name.get(_W + "val", "")) if name is not None else None
    if named:
        return int(named[1])
    outline = style.find(f"{_W}pPr/{_W}outlineLvl")
    value = outline.get(_W + "val", "") if outline is not None else ""
    return int(value) + 1 if value.isdecimal() and int(value) < 9 else 0


def _part_root(part: Node, kind: str) -> Node:
    """The root element of the document's part of this kind (numbering, footnotes, endnotes), None without one."""
    from lxml import etree

    for relation in part.rels.values():
        if relation.reltype.endswith("/" + kind) and not relation.is_external:
            return etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
    return None


def _notes(root: Node) -> Iterator[str]:
    """Footnotes or endnotes, each on a line after the text; the separators Word keeps among them left out."""
    number = 0
    for note in root:
        text = " ".join(filter(None, (_text(p).strip() for p in note.iterdescendants(_W + "p"))))
        if text and note.get(_W + "type") in (None, "normal"):
            number += 1
            yield f"[{number}] {text}"
