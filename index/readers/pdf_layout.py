"""Runs of text on pages -> paragraphs in reading order: running heads off, columns in order, lines joined again."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from index.readers.pdf_columns import Line, Run, reading_order, row_lines
from index.text import plain

__all__ = ["Line", "Page", "Run", "page_texts"]

Row = tuple[Line, list[Run]]

_MARGIN = 0.12  # of the page's height, at top and bottom, where running heads stand
_OUTERMOST = 3  # lines at either end of a page that may be running heads
_FEW = 5  # lines of a column from which its left edge is sure
_SEEN = 3  # times a running head is seen at least; twice in a document of two or three pages
_DENSITY = 0.4
_LONGEST_HEAD = 60  # characters
_PRINTED = re.compile(
    r"(?:https?|file)://\S+\s*\d+/\d+|\d{1,4}/\d{1,2}/\d{1,4},?\s*(?:上午|下午)?\d{1,2}:\d\d(?:\s*[AP]M)?(?:\s.*)?"
)  # by browsers
_PAGE_NUMBER = re.compile(
    r"[-–—－―·•~\s]*(?:第\s*)?[\divxlc]{1,4}(?:\s*页)?(?:\s*[/／,，共|]+\s*(?:第\s*)?\d{1,4}(?:\s*页)?)?[-–—－―·•~\s]*", re.I
)
_HEADING = re.compile(
    r"第[一二三四五六七八九十]{1,3}[部章篇编节]|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}(?:\.(?![\d%])|、)|\(\d{1,2}\)|【|[●■◆▲★]|——"
)
_ENDS = "。！？!?：:；;"
_NEVER_FIRST = "，。、；：！？）】》”’」』〉％%,.;:!?)]}"
_RADICALS = str.maketrans(
    "⺠⻘⻓⻔⻛⻜⻢⻩⻬⻰⻅⻉⻋⻝⻥⻤⻆⻄⻚⻦⻧⻨⻮⻯⻳⺟⻣⻁⺴⻌", "民青长门风飞马黄齐龙见贝车食鱼鬼角西页鸟卤麦齿竜龟母骨虎囗辶"
) | {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}


@dataclass(frozen=True)
class Page:
    """One page as the worker gives it, in points from the upper left corner.

    Attributes:
        pictures: share of the page that pictures cover (only told of pages without text).
        curves: it is drawn with many paths (only told of pages without text).
    """

    width: float
    height: float
    pictures: float
    curves: bool
    runs: tuple[Run, ...]


def page_texts(pages: Sequence[Page]) -> tuple[str, tuple[int, ...], tuple[str, ...]]:
    """The document's text, the offset at which each page begins in it, and the lines that were taken out."""
    upright = [[_readable(run) for run in page.runs if run.angle == 0] for page in pages]
    heads = _running_heads(pages, [row_lines(runs) for runs in upright])
    taken = {(number, run) for number, _, row in heads for run in row}
    ordered = reading_order([[run for run in runs if (number, run) not in taken] for number, runs in enumerate(upright)])
    told: dict[str, list[int]] = defaultdict(list)
    shown: dict[str, str] = {}
    for number, line, _ in heads:
        told[_folded(line.text)].append(number + 1)
        shown.setdefault(_folded(line.text), line.text)
    removed = [f"page {_ranges(numbers)}: {shown[key]}" for key, numbers in told.items()]
    watermarks: set[str] = set()
    for page, lines in zip(pages, ordered, strict=True):
        slanted = "".join(run.text.strip() for run in page.runs if run.angle % 90)
        watermarks |= {f"watermark: {slanted[:_LONGEST_HEAD]}"} if slanted else set()
        lines += [Line.of(_readable(run)) for run in page.runs if run.angle and run.angle % 90 == 0 and run.text.strip()]
    text, starts = _paragraphs(_settled(ordered))
    return text, starts, (*removed, *sorted(watermarks))


def _settled(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Columns of few lines with the left edge of their like on other pages: their own lines may all be indented."""
    groups: dict[tuple[int, int, int, int], list[Line]] = defaultdict(list)
    for number, lines in enumerate(pages):
        for line in lines:
            groups[number, line.column, line.side, line.columns].append(line)
    edges: dict[tuple[int, int], list[float]] = defaultdict(list)
    for (_, _, side, columns), lines in groups.items():
        if len(lines) >= _FEW:
            edges[side, columns].append(lines[0].left)
    settled: list[list[Line]] = [[] for _ in pages]
    for (number, _, side, columns), lines in groups.items():
        left = lines[0].left
        if len(lines) < _FEW and edges[side, columns]:
            usual = median(edges[side, columns])
            left = usual if 0 < left - usual < 6 * lines[0].em else left
        settled[number] += [replace(line, left=left) for line in lines]
    return settled


def _readable(run: Run) -> Run:
    return replace(run, text=run.text.translate(_RADICALS))


def _running_heads(pages: Sequence[Page], rows: Sequence[Sequence[Row]]) -> list[tuple[int, Line, list[Run]]]:
    """Rows in the margins that come back at the same height over the pages (digits folded), and page numbers."""
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    outer: list[tuple[int, Line, list[Run], tuple[str, int]]] = []
    for number, (page, found) in enumerate(zip(pages, rows, strict=True)):
        for i, (line, runs) in enumerate(found):
            at_end = i < _OUTERMOST or i >= len(found) - _OUTERMOST
            if at_end and not _MARGIN * page.height < line.baseline < (1 - _MARGIN) * page.height:
                place = _folded(line.text), round(line.baseline / page.height * 50)
                places[place].add(number)
                outer.append((number, line, runs, place))
    least = _SEEN if len(pages) > _SEEN else 2
    heads = []
    for number, line, runs, (text, band) in outer:
        # A line on the edge between two bands of height is in either.
        near = [places.get((text, band + shift), set()) for shift in (-1, 0, 1)]
        whole = len(line.text) > _LONGEST_HEAD or line.text[-1] in "。；，"
        again = not whole and any(_comes_back(near[1] | other, least) for other in near)
        if again or _PAGE_NUMBER.fullmatch(line.text) or _PRINTED.fullmatch(line.text):
            heads.append((number, line, runs))
    return heads


def _comes_back(numbers: Iterable[int], least: int) -> bool:
    """On at least `least` pages, and on nearly every second page from the first to the last (a chapter, odd pages)."""
    pages = sorted(numbers)
    return len(pages) >= least and len(pages) >= _DENSITY * (pages[-1] - pages[0] + 1)


def _neighbours(places: dict[tuple[str, int], list[tuple[int, Line]]]) -> Iterable[list[tuple[int, Line]]]:
    """What stands at one height; a line on the edge between two bands of height is counted with both."""
    for (text, band), found in places.items():
        yield found + places.get((text, band + 1), [])


def _folded(text: str) -> str:
    return re.sub(r"\d+|[一二三四五六七八九十百]+(?=页)", "0", "".join(plain(text).split()))


def _ranges(numbers: Sequence[int]) -> str:
    """1, 2, 3, 7 -> `1-3, 7`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        elif not parts or number != parts[-1][1]:
            parts.append([number, number])
    return ", ".join(f"{a}-{b}" if b > a else str(a) for a, b in parts)


def _paragraphs(pages: Sequence[Sequence[Line]]) -> tuple[str, tuple[int, ...]]:
    """Lines joined to paragraphs, one a line of text; the offset of each page's first character."""
    join = _Joiner([line for lines in pages for line in lines])
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    previous: Line | None = None
    for lines in pages:
        begun = False
        for line in lines:
            if previous is None:
                glue = ""
            elif join.continues(previous, line, new_page=not begun):
                if parts[-1].endswith("\u00ad"):  # a hyphen that only the end of the line asked for
                    parts[-1], length = parts[-1][:-1], length - 1
                    glue = ""
                else:
                    glue = _glue(previous.text, line.text)
            else:
                glue = "\n"
            if not begun:
                starts.append(length + len(glue))
                begun = True
            parts += [glue, line.text]
            length += len(glue) + len(line.text)
            previous = line
        if not begun:
            starts.append(length)
    return "".join(parts).replace("\u00ad", "-"), tuple(starts)


def _glue(before: str, after: str) -> str:
    """What stands between two joined lines: nothing beside a Chinese character or within a number, else a space."""
    a, b = before[-1], after[0]
    number = b.isdigit() and re.search(r"\d[.,]?$", before) is not None
    if not (a.isascii() and b.isascii()) or number or b in _NEVER_FIRST:
        return ""
    return " "


class _Joiner:
    """Tells whether a line goes on with the paragraph of the line before, from how the whole document is set."""

    def __init__(self, lines: Sequence[Line]) -> None:
        gaps = [b.baseline - a.baseline for a, b in zip(lines, lines[1:], strict=False) if b.column == a.column and b.baseline > a.baseline]
        self._leading = median(gaps) if gaps else 0.0
        widths: dict[int, list[float]] = defaultdict(list)
        for line in lines:  # a comma or full stop may hang out over the edge
            widths[line.columns].append(line.x1 - line.left - line.em * (line.text[-1] in _NEVER_FIRST))
        self._em = median(line.em for line in lines) if lines else 0.0
        self._widths = {columns: _usual_width(found, self._em) for columns, found in widths.items()}
        if 2 in self._widths and 1 in self._widths:  # a heading across both columns is narrower than they are
            self._widths[1] = max(self._widths[1], 2 * self._widths[2])
        indents = Counter(self._indented(line) for line in lines)
        self._indents = indents[True] >= max(2, 0.04 * len(lines))
        spaced = sum(gap > 1.25 * self._leading for gap in gaps)
        self._spaced = spaced >= max(3, 0.05 * len(gaps))

    def continues(self, before: Line, line: Line, new_page: bool) -> bool:
        """Whether `line` belongs to the paragraph of `before`.

        The line before must be full: the first word of this line would not have fitted into it. Then the indent of
        this line decides, in a document without indents the space above it, and without that how the line before ends.
        """
        if abs(before.size - line.size) > 0.2 * max(before.size, line.size) or not self._full(before, line):
            return False
        beside = before.column == line.column and not new_page
        gap = line.baseline - before.baseline
        if beside and self._leading and gap > 1.6 * self._leading:
            return False
        heading = bool(_HEADING.match(plain(line.text)))
        ended = before.text[-1] in _ENDS
        if self._indents:
            return not self._indented(line) and not (heading and ended and not line.text[0].isdigit())
        if heading and ended:
            return False
        if self._spaced and beside:
            return gap <= 1.25 * self._leading
        return not ended

    def _indented(self, line: Line) -> bool:
        em = line.em
        return 1.2 * em < line.x0 - line.left < 5 * em

    def _full(self, before: Line, line: Line) -> bool:
        right = before.left + self._widths.get(before.columns, before.x1 - before.left)
        # A little lenient: fonts that are not embedded are measured by their stand-ins.
        return before.x1 + _first_word(line.text) * line.em > right - 0.15 * line.em


def _usual_width(widths: Sequence[float], em: float) -> float:
    """Width of a column: the widest of its lines that several others come near; single wider ones stand out."""
    descending = sorted(widths, reverse=True)
    least = max(2, 0.08 * len(descending))
    for width in descending:
        if sum(width - 1.5 * em <= other <= width for other in descending) >= least:
            return width
    return descending[0]


def _first_word(text: str) -> float:
    """Width in ems of what may not be parted at the beginning of a line: a Latin word, or one character, with its comma."""
    word = re.match(r"[!-~]+", text)
    count = len(word[0]) * 0.55 if word else 1.0
    following = text[len(word[0]) if word else 1 :]
    return count + (1.0 if following and following[0] in _NEVER_FIRST else 0.0)
