"""Rows of cells -> lines of text that carry their header, so that a row says what its numbers are on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(r"[-+−]?[\d.,]+\s*(?:%|‰|％|亿|万)?$")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_SEPARATOR = "；"


def table_lines(rows: Sequence[Sequence[str]], header_rows: int | None = None) -> list[str]:
    """One line a row: `指标：生产总值；2023年：1500亿元`. A merged cell has its text in its first place only.

    Args:
        rows: cells row by row; merged cells keep empty strings in the places they cover, so columns stay aligned.
        header_rows: how many rows are the header; None guesses from the cells (see `_headers`).

    Returns:
        The lines. A row of a single cell (a caption, a note) stays as it is, and so do the rows of a table without
        header, their cells separated by ；.
    """
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    lines: list[str] = []
    while len(cells) > 1 and cells[0][0] and not any(cells[0][1:]) and header_rows is None:  # a caption
        lines.append("".join(cells.pop(0)))
    if header_rows is None:
        header_rows = _headers(cells)
    names = _names(cells[:header_rows])
    if len(cells) == header_rows:
        return lines + [_SEPARATOR.join(filter(None, row)) for row in cells]
    for row in cells[header_rows:]:
        if len(names) > 1 and row[0] and not any(row[1:]):  # a note, or the name of the rows below
            lines.append("".join(row))
            continue
        parts = []
        for column, cell in enumerate(row):
            name = names[column] if column < len(names) else ""
            if cell:
                parts.append(f"{name}：{cell}" if name and name != cell else cell)
        lines.append(_SEPARATOR.join(parts))
    return lines


def _headers(cells: Sequence[Sequence[str]]) -> int:
    """The first row is the header if it has several cells, short ones, and none of them is a figure.

    The second row belongs to it where it fills what merged cells of the first leave open (2023年 over 总量 and 增速).
    """
    if len(cells) < 2 or not any(cells[0][1:]) or not _is_header(cells[0]):
        return 0
    first, second = cells[0], cells[1]
    if len(cells) < 3 or len(first) != len(second) or not _is_header(second):
        return 1
    gaps = [column for column, cell in enumerate(first) if column and not cell]
    filled = gaps and all(second[column] for column in gaps)
    return 2 if filled and any(not cell for cell in second) else 1


def _is_header(row: Sequence[str]) -> bool:
    figures = any(_NUMBER.match(cell) and not _YEAR.match(cell) for cell in row)
    return not figures and max(map(len, row)) <= 40


def _names(header: Sequence[Sequence[str]]) -> list[str]:
    """One name a column; a name over several columns holds for all of them, and the rows below refine it."""
    width = max((len(row) for row in header), default=0)
    names = [""] * width
    for depth, row in enumerate(header):
        last = ""
        for column in range(width):
            cell = row[column] if column < len(row) else ""
            if depth + 1 < len(header):
                last = cell or last
                cell = cell or last
            names[column] += cell
    return names
