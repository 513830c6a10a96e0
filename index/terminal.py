"""Text for a terminal: tables whose columns stay aligned although a Chinese character is two cells wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Cells a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], longest: int = 44) -> str:
    """Aligned columns with a rule under the head; cells over `longest` cells are cut with an ellipsis."""
    cells = [[_shorten(c.replace("\n", " "), longest) for c in row] for row in (head, *rows)]
    widths = [max(width(row[i]) for row in cells) for i in range(len(head))]
    lines = ["  ".join(c + " " * (w - width(c)) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([lines[0], "  ".join("─" * w for w in widths), *lines[1:]])


def _shorten(text: str, longest: int) -> str:
    if width(text) <= longest:
        return text
    kept = ""
    for character in text:
        if width(kept + character) >= longest:
            break
        kept += character
    return kept + "…"
