"""Runs of text on one page -> its lines in reading order: what stands side by side in columns is read column by column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_CELL_GAP = 1.3  # ems between two pieces of a line from which they are no words of one sentence
_GUTTER = 0.7  # ems: the least width of the white stripe between two columns
_LEAST_LINES = 4  # on either side of a gutter
_MOST_PIECES = 3_000  # on a page; more is a drawing
_WIDE = "一-鿿　-〿＀-￯"
_SPACE = re.compile(rf"(?<=[{_WIDE}]) +| +(?=[{_WIDE}])")


@dataclass(frozen=True)
class Run:
    """A piece of text on one baseline, in points from the upper left corner of the page; `size` is its height."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    angle: int


@dataclass(frozen=True)
class Line:
    """A line of one column.

    Attributes:
        em: width of a Chinese character of it.
        left: where its column begins.
        column: the column's number in reading order on the page; `side` counts from the left among `columns`.
    """

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    em: float
    left: float = 0.0
    column: int = 0
    side: int = 0
    columns: int = 1

    @classmethod
    def of(cls, run: Run) -> Line:
        """A line of its own."""
        return cls(run.text.strip(), run.x0, run.x1, run.baseline, run.size, run.size, run.x0)


def reading_order(pages: Sequence[Sequence[Run]]) -> list[list[Line]]:
    """Each page's lines as they are read: bands between full-width lines from top to bottom, the left column first.

    A page that does not show its columns (the last one, half empty) has them where most other pages do.
    """
    shown = [[run for run in runs if run.text.strip()] for runs in pages]
    pieces = [_pieces(runs) for runs in shown]
    gutters = [_gutter(found) for found in pieces]
    found = sorted(gutter for gutter in gutters if gutter is not None)
    usual = found[len(found) // 2] if found else None
    ordered = []
    for runs, parts, gutter in zip(shown, pieces, gutters, strict=True):
        if gutter is None and usual is not None and sum(p.x0 < usual < p.x1 for p in parts) <= 0.3 * len(parts):
            gutter = usual
        lines: list[Line] = []
        for band in _bands(runs, gutter, depth=0):
            start = lines[-1].column + 1 if lines else 0
            for side, column in enumerate(band):
                lines += _lines(column, start + side, side, len(band))
        ordered.append(lines)
    return ordered


def row_lines(runs: Sequence[Run]) -> list[tuple[Line, list[Run]]]:
    """The rows of a page across all columns, from top to bottom, each with its runs: where running heads are sought."""
    rows = _rows([run for run in runs if run.text.strip()])
    return [(_lines(row, 0, 0, 1)[0], row) for row in rows]


def _bands(runs: list[Run], gutter: float | None, depth: int) -> list[list[list[Run]]]:
    """Bands from top to bottom, each a list of columns from left to right, each the runs in it."""
    if gutter is None or depth > 1:
        return [[runs]] if runs else []
    bands: list[list[list[Run]]] = []
    sides: list[list[Run]] = [[], []]

    def flush() -> None:
        if sides[0] or sides[1]:
            # More columns than two are found inside a side; bands inside of a side are read as one column.
            inner = [_bands(side, _gutter(_pieces(side)), depth + 1) for side in sides]
            bands.append([c for side, found in zip(sides, inner, strict=True) for c in (found[0] if len(found) == 1 else [side])])
        sides[0], sides[1] = [], []

    for row in _rows(runs):
        crossing = [run for run in row if run.x0 < gutter < run.x1]
        if crossing:
            flush()
            if bands and len(bands[-1]) == 1:
                bands[-1][0] += row
            else:
                bands.append([list(row)])
            continue
        for run in row:
            sides[run.x0 >= gutter].append(run)
    flush()
    return bands


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs on one baseline together, from top to bottom; small raised figures stay with their line."""
    rows: list[list[Run]] = []
    level = size = 0.0
    for run in sorted(runs, key=lambda r: (r.baseline, r.x0)):
        if rows and run.baseline - level < 0.45 * max(size, run.size):
            rows[-1].append(run)
            if run.size > size:
                level, size = run.baseline, run.size
        else:
            rows.append([run])
            level, size = run.baseline, run.size
    return [sorted(row, key=lambda r: r.x0) for row in rows]


def _pieces(runs: Sequence[Run]) -> list[Run]:
    """Runs of a row that touch, joined: what a reader sees as one piece of line."""
    pieces: list[Run] = []
    for row in _rows(runs):
        for i, run in enumerate(row):
            if i and run.x0 - pieces[-1].x1 < _CELL_GAP * run.size * 0.8:
                last = pieces[-1]
                pieces[-1] = replace(last, text=last.text + run.text, x1=max(last.x1, run.x1))
            else:
                pieces.append(run)
    return pieces


def _gutter(pieces: Sequence[Run], tries: int = 8) -> float | None:
    """Where the white stripe between two columns of running text is, None on a page of one column or a table.

    A stripe in the middle part of the page that few pieces cross, with several lines on both sides that mostly fill
    their side (or stand in columns themselves): the cells of a table do not. `tries` bounds the work on odd pages.
    """
    if not 2 * _LEAST_LINES <= len(pieces) <= _MOST_PIECES:
        return None
    left, right = min(p.x0 for p in pieces), max(p.x1 for p in pieces)
    em = sorted(p.size for p in pieces)[len(pieces) // 2] * 0.8
    found: list[tuple[int, float]] = []  # pieces in the stripe, position
    for edge in {round(p.x0) for p in pieces if left + 0.2 * (right - left) < p.x0 < left + 0.8 * (right - left)}:
        stripe = edge - _GUTTER * em, edge - 0.1 * em
        inside = sum(p.x0 < stripe[1] and p.x1 > stripe[0] for p in pieces)
        if inside <= 0.3 * len(pieces):
            found.append((inside, sum(stripe) / 2))
    for inside, position in sorted(found)[:tries]:
        first, second = [p for p in pieces if p.x1 <= position], [p for p in pieces if p.x0 >= position]
        # The second column of the last page may have just begun.
        begun = 1 if inside == 0 and len(first) >= 2 * _LEAST_LINES else _LEAST_LINES
        if _running(first, position - left, _LEAST_LINES, tries // 4) and _running(second, right - position, begun, tries // 4):
            return position
    return None


def _running(side: Sequence[Run], width: float, least: int, tries: int) -> bool:
    """Whether the pieces are running text of this width, or of columns in it."""
    full = sum(p.x1 - p.x0 > 0.7 * width for p in side)
    return len(side) >= least and (full >= 0.4 * len(side) or (tries > 0 and _gutter(side, tries) is not None))


def _lines(runs: list[Run], column: int, side: int, columns: int) -> list[Line]:
    rows = _rows(runs)
    if not rows:
        return []
    starts = sorted(row[0].x0 for row in rows)
    # A figure or mark that hangs out to the left is no edge.
    left = starts[min(len(starts) - 1, len(starts) // 20)]
    lines = []
    for row in rows:
        text = row[0].text
        for before, run in zip(row, row[1:], strict=False):
            gap = run.x0 - before.x1
            text = text.rstrip() + ("  " if gap > _CELL_GAP * run.size else " " if gap > 0.2 * run.size else "") + run.text
        size = max(row, key=lambda run: len(run.text)).size  # other fonts, for Latin words or dashes, have other heights
        lines.append(Line(_spaced(text), row[0].x0, row[-1].x1, row[-1].baseline, size, _em(row), left, column, side, columns))
    return lines


def _spaced(text: str) -> str:
    """Spaces beside Chinese characters taken out (the setting makes them), those between words and cells kept."""
    return "  ".join(_SPACE.sub("", " ".join(cell.split())) for cell in text.split("  ") if cell.strip())


def _em(row: Sequence[Run]) -> float:
    """Width of a Chinese character of the line: its own average where it has such characters."""
    wide = sum(c >= "\u2e80" for run in row for c in run.text)
    narrow = sum(not c.isspace() for run in row for c in run.text) - wide
    span = sum(run.x1 - run.x0 for run in row)
    return span / (wide + 0.5 * narrow) if wide > narrow else max(run.size for run in row) * 0.85
