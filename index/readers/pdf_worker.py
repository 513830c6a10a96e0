"""Run as a process of its own: a pdf on standard input, one JSON object a page on standard output.

{"width", "height", "pictures": share of the page under pictures, "curves": it is drawn with many paths,
 "runs": [[text, x0, x1, baseline, size, angle], ...]} in points from the upper left corner, or {"error": ...}.
"""

from __future__ import annotations

import ctypes
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

PAGES = 3_000
MEMORY = 2_000_000_000  # bytes of address space
CHARACTERS = 200_000  # on one page
_MANY_PATHS = 200
_A4 = (0.0, 0.0, 595.0, 842.0)  # in place of a page without an extent

Page = Any  # pypdfium2 ships no types
Handle = Any  # of PDFium's own functions
Box = tuple[float, float, float, float]  # left, bottom, right, top


def main() -> None:
    """Read the document and write its pages."""
    _limit_memory()
    import pypdfium2  # type: ignore[import-untyped]

    data = sys.stdin.buffer.read()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        _write({"error": "password" if "assword" in str(error) or "ecurity" in str(error) else "format"})
        return
    count = len(document)
    if count == 0 or count > PAGES:
        _write({"error": "pages" if count else "empty", "limit": PAGES})
        return
    for number in range(count):
        try:
            page = document[number]
            record = page_record(page)
            page.close()
        except pypdfium2.PdfiumError:
            _write({"error": "format"})
            return
        _write(record)


def page_record(page: Page) -> dict[str, Any]:
    """Text runs and size of one page as it is read (turned so that most of its text is upright), pictures if it has no text."""
    import pypdfium2.raw as raw  # type: ignore[import-untyped]

    textpage = page.get_textpage()
    left, bottom, right, top = page.get_cropbox(fallback_ok=True)
    turn = _turn(textpage.raw, raw, page.get_rotation())
    width, height = (top - bottom, right - left) if turn in (90, 270) else (right - left, top - bottom)
    if not (math.isfinite(width + height) and width > 1 and height > 1):
        (left, bottom, right, top), width, height = _A4, _A4[2], _A4[3]
    runs = _runs(textpage.raw, raw, (left, bottom, right, top), turn)
    textpage.close()
    pictures, curves = (0.0, False) if runs else _drawn(page, raw, width * height)
    return {"width": round(width, 1), "height": round(height, 1), "pictures": pictures, "curves": curves, "runs": runs}


def _drawn(page: Page, raw: Handle, area: float) -> tuple[float, bool]:
    covered = 0.0
    paths = 0
    for item in page.get_objects(max_depth=3):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        paths += item.type in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING)
    return round(min(1.0, covered / max(1.0, area)), 3), paths > _MANY_PATHS


def _turn(text: Handle, raw: Handle, rotation: int) -> int:
    """Degrees clockwise by which the page is turned for reading: what most of its characters ask for."""
    count = raw.FPDFText_CountChars(text)
    sampled = range(0, count, max(1, count // 200))
    angles = Counter(_angle(text, raw, i) for i in sampled if not chr(max(0, raw.FPDFText_GetUnicode(text, i))).isspace())
    angle = angles.most_common(1)[0][0] if angles else -rotation
    return (360 - angle) % 360 if angle % 90 == 0 else rotation


def _angle(text: Handle, raw: Handle, i: int) -> int:
    return round(math.degrees(raw.FPDFText_GetCharAngle(text, i))) % 360


def _runs(text: Handle, raw: Handle, page: Box, turn: int) -> list[list[Any]]:
    """Characters that follow one another on a line, as one run each; a wide gap or a change of size ends a run."""
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    runs: list[list[Any]] = []
    current: list[Any] | None = None
    for i, char in _characters(text, raw):
        if char in "\r\n":
            current = None
            continue
        if char.isspace():
            if current is not None and not current[0].endswith(" "):
                current[0] += " "
            continue
        if not raw.FPDFText_GetLooseCharBox(text, i, box) or not raw.FPDFText_GetCharOrigin(text, i, x, y):
            continue
        a0, b0 = _seen(box.left, box.bottom, page, turn)
        a1, b1 = _seen(box.right, box.top, page, turn)
        baseline = _seen(x.value, y.value, page, turn)[1]
        x0, x1, size = min(a0, a1), max(a0, a1), abs(b1 - b0)
        if not math.isfinite(x0 + x1 + size + baseline):
            continue
        angle = (_angle(text, raw, i) + turn) % 360
        if current is not None and angle == current[5] and abs(size - current[4]) <= 0.25 * current[4]:
            if abs(baseline - current[3]) < 0.3 * size and -0.5 * size < x0 - current[2] < 0.8 * size:
                current[0] += char
                current[2] = x1
                continue
        current = [char, x0, x1, baseline, size, angle]
        runs.append(current)
    return [[r[0], round(r[1], 1), round(r[2], 1), round(r[3], 1), round(r[4], 1), r[5]] for r in runs]


def _characters(text: Handle, raw: Handle) -> Iterator[tuple[int, str]]:
    """Index and character; the halves of characters beyond U+FFFF joined."""
    high = 0
    for i in range(min(raw.FPDFText_CountChars(text), CHARACTERS)):
        code = raw.FPDFText_GetUnicode(text, i)
        if 0xD800 <= code < 0xDC00:
            high = code
        elif 0xDC00 <= code < 0xE000:
            yield i, chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00) if high else "\ufffd"
            high = 0
        elif code in (0x2, 0xFFFE):  # PDFium's marks for a hyphen at the end of a line
            yield i, "\u00ad"
        elif 0 < code < 0x110000 and code != 0xFFFF:
            yield i, chr(code)


def _seen(x: float, y: float, box: Box, turn: int) -> tuple[float, float]:
    """A point of the page's own coordinates (y upwards) as seen: from the upper left, turned clockwise by `turn`."""
    left, bottom, right, top = box
    if turn == 90:
        return y - bottom, x - left
    if turn == 180:
        return right - x, y - bottom
    if turn == 270:
        return top - y, right - x
    return x - left, top - y


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _write(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
