"""Markup -> visible lines, each with the path of its element, the share of links in it and its heading level."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from index.errors import UnreadableFile
from index.readers.tables import table_lines

Node = Any  # an lxml element: lxml ships no types

_DROPPED = frozenset(
    "script style noscript template iframe frame object embed svg canvas audio video map select option button input textarea "
    "nav aside head title math dialog".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header "
    "hr html li main ol p pre section summary table tbody td tfoot th thead tr ul caption".split()
)
_FRAMES = frozenset(
    "nav navi navbar navigation menu menubar header topbar toolbar footer foot bottom sidebar aside breadcrumb breadcrumbs crumb crumbs "
    "share sharing bshare bdshare pagination pager pagenav copyright related relate recommend login search comment comments "
    "friendlink friendlinks links qrcode ewm rightbar leftbar position location hide hidden".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_DEEPEST = 60  # deeper elements count as part of their ancestor
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LONGEST_FRAME = 400  # characters outside links; an element with more is text, whatever its class says
_LONGEST_CELL = 150
_SCANNED = 1_000_000  # elements looked at to find frames, over the whole page; then blocks are text whatever their class
_WIDE = re.compile(r"[一-鿿　-〿＀-￯“”‘’—…·]")


@dataclass
class Line:
    """A visible line. `path`: element numbers from the root down; `linked`: share of its characters inside links."""

    text: str
    path: tuple[int, ...]
    linked: float = 0.0
    heading: int = 0


@dataclass
class _Walk:
    """The state of one walk over the tree: what is collected for the line at hand, and the lines that are done."""

    lines: list[Line] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    linked: int = 0
    heading: int = 0
    budget: int = _SCANNED

    def add(self, text: str | None, path: tuple[int, ...], in_link: bool, in_pre: bool) -> None:
        """Text of the line at hand; in a `pre` its line ends are line ends."""
        if not text:
            return
        *whole, rest = text.split("\n") if in_pre else [text]
        for line in whole:
            self.parts.append(line)
            self.end_line(path)
        self.parts.append(rest)
        if in_link:
            self.linked += len(rest.strip())

    def end_line(self, path: tuple[int, ...]) -> None:
        text = tidy("".join(self.parts))
        if text:
            self.lines.append(Line(text, path, min(1.0, self.linked / len(text)), self.heading))
        self.parts, self.linked = [], 0


@dataclass(frozen=True)
class _Place:
    """Where the walk is: the path of the block, and whether it is inside of a link or of a `pre`."""

    path: tuple[int, ...] = ()
    link: bool = False
    pre: bool = False


def tidy(text: str) -> str:
    """White space as a browser shows it; a line end in the source beside a Chinese character is no space."""
    tidied = ""
    for part in text.replace("\u200b", "").split("\n"):
        part = " ".join(part.split())
        if part:
            beside = not tidied or _WIDE.match(tidied[-1]) or _WIDE.match(part[0])
            tidied += part if beside else f" {part}"
    return tidied


def page_lines(text: str) -> tuple[list[str], list[Line]]:
    """Titles that the page gives itself, best first, and its visible lines in order.

    Raises:
        UnreadableFile: the parser finds no element in it.
    """
    root = _parse(text)
    titles = [str(t) for t in root.xpath("//meta[translate(@name,'ARTICLE','article')='articletitle']/@content")]
    titles += [e.text_content() for e in root.xpath("//h1")[:3]] + [e.text_content() for e in root.xpath("//head/title")[:1]]
    walk = _Walk()
    _visit(root, walk)
    return titles, walk.lines


def _parse(text: str) -> Node:
    import lxml.html  # type: ignore[import-untyped]
    from lxml import etree

    # As bytes: a page that declares an encoding of its own is refused as str.
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableFile("holds no text that an html parser can find") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnreadableFile("is nested too deeply for an html parser; save the page again from the browser")
    return root


def _visit(root: Node, walk: _Walk) -> None:
    """Depth first without recursion: pages nest as deep as they like. An entry is (element, its parent's place, leaving)."""
    stack: list[tuple[Node, _Place, _Place | None]] = [(root, _Place(), None)]
    counter = 0
    while stack:
        element, outer, own = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        block = tag in _BLOCKS or tag == "br"
        if own is not None:  # the children are done: the line that ends here belongs to the element, its tail to its parent
            if block:
                walk.end_line(own.path)
                walk.heading = 0 if tag in _HEADINGS else walk.heading
            walk.add(element.tail, outer.path, outer.link, outer.pre)
            continue
        if block:
            walk.end_line(outer.path)
            counter += 1
        if not tag or tag == "br" or tag in _DROPPED or _is_frame(element, tag, walk):
            walk.add(element.tail, outer.path, outer.link, outer.pre)
            continue
        own = _Place(
            (*outer.path, counter) if block and len(outer.path) < _DEEPEST else outer.path,
            outer.link or (tag == "a" and _leads_away(element, walk)),
            outer.pre or tag == "pre",
        )
        if tag == "table" and (rows := data_table(element)) is not None:
            walk.lines += [Line(line, own.path) for line in table_lines(rows, _header_rows(element))]
            walk.add(element.tail, outer.path, outer.link, outer.pre)
            continue
        walk.heading = _HEADINGS.get(tag, walk.heading)
        walk.add(element.text, own.path, own.link, own.pre)
        stack.append((element, outer, own))
        stack += [(child, own, None) for child in reversed(element)]


def _leads_away(element: Node, walk: _Walk) -> bool:
    """Whether an `a` is a link; a heading that points to itself is not."""
    target = element.get("href") or ""
    return bool(target) and not (walk.heading and target.startswith("#"))


def _is_frame(element: Node, tag: str, walk: _Walk) -> bool:
    """Menus, heads, feet, side bars by tag, role, class or id, and what is hidden; never what holds a long text."""
    if tag in ("html", "body", "main", "article"):
        return False
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    words = {word.lower() for word in _WORDS.findall(named)} if len(named) > 1 else set()
    framed = (
        tag in ("header", "footer")
        or element.get("role") in ("navigation", "banner", "contentinfo", "search", "complementary", "menu")
        or element.get("hidden") is not None
        or bool(_HIDDEN.search(element.get("style") or ""))
        or bool(words & _FRAMES)
    )
    return framed and walk.budget > 0 and _holds_little(element, walk)


def _holds_little(element: Node, walk: _Walk) -> bool:
    """Whether the element holds no headline and no more than `_LONGEST_FRAME` characters outside links and scripts."""
    count = 0
    stack = [element]
    while stack:
        e = stack.pop()
        walk.budget -= 1 + len(e)
        if not isinstance(e.tag, str) or e.tag in _DROPPED or (e.tag == "a" and e.get("href")):
            continue
        count += len((e.text or "").strip()) + sum(len((child.tail or "").strip()) for child in e)
        if count > _LONGEST_FRAME or e.tag == "h1" or walk.budget <= 0:
            return False
        stack += list(e)
    return True


def data_table(table: Node) -> list[list[str]] | None:
    """The cells of a table row by row, or None where the table only lays out the page.

    Layout: one column or row, a table inside, long cells, cells of several paragraphs, or mostly links. Merged cells
    stand in their first place, the places they cover are empty.
    """
    if table.find(".//table") is not None:
        return None
    rows: list[list[str]] = []
    covered: dict[tuple[int, int], bool] = {}
    for number, row in enumerate(table.iter("tr")):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            text = tidy(" ".join(cell.itertext()) if cell.find(".//p") is None else "\n".join(cell.itertext()))
            paragraphs = [e for e in cell.iter("br", "p", "div", "li") if (e.tail or "").strip() or tidy(e.text_content())]
            if len(text) > _LONGEST_CELL or (len(paragraphs) > 3 and len(text) > 60):
                return None
            while covered.get((number, len(cells))):
                cells.append("")
            width, height = _span(cell.get("colspan")), _span(cell.get("rowspan"))
            for down in range(1, height):
                for right in range(width):
                    covered[number + down, len(cells) + right] = True
            cells += [text] + [""] * (width - 1)
        rows.append(cells)
    filled = [row for row in rows if sum(map(bool, row)) > 1]
    linked = sum(len(tidy(a.text_content())) for a in table.iter("a") if a.get("href"))
    if len(filled) < 2 or linked > 0.5 * sum(len(cell) for row in rows for cell in row):
        return None
    return rows


def _span(value: str | None) -> int:
    return min(50, int(value)) if value and value.strip().isdecimal() and int(value) > 0 else 1


def _header_rows(table: Node) -> int | None:
    """How many rows the markup itself calls header, None where it says nothing."""
    rows = [row for row in table.iter("tr") if len(row)]
    count = 0
    for row in rows:
        if any(cell.tag == "td" and tidy(cell.text_content()) for cell in row):
            break
        count += 1
    return count if 0 < count < len(rows) else None
