"""Comparisons as files: CSV, Excel, Word, Markdown. Figures are numbers, every row carries its source, and text from
reports stays text: a cell that a spreadsheet would take for a formula is never written as one.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

from qa.comparison import Comparison
from qa.table import ABSENT, KINDS, Cell, cells, for_markdown, head, source, written

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTHS = {
    "城市": 10,
    "数值": 14,
    "单位": 12,
    "原文": 18,
    "限定": 8,
    "类型": 8,
    "年份": 8,
    "依据": 70,
    "其他相关": 70,
    "章节": 30,
    "报告": 34,
    "文件": 30,
}
_FONT = "Noto Sans CJK SC"


def write(comparison: Comparison, path: Path) -> None:
    """Write a comparison in the format that the file's suffix names: .csv, .xlsx, .docx or .md.

    Raises:
        ValueError: The suffix is none of these.
        OSError: The file cannot be written.
    """
    writers = {".csv": to_csv, ".xlsx": to_xlsx, ".docx": to_docx, ".md": to_markdown}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise ValueError(f"{path}: a comparison is written as .csv, .xlsx, .docx or .md")
    path.write_bytes(writer(comparison))


def to_csv(comparison: Comparison) -> bytes:
    """UTF-8 with BOM, as spreadsheets expect; text that would be a formula begins with an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head(comparison))
    for row in comparison.rows:
        writer.writerow([_safe(cell) for cell in cells(row, text=comparison.text)])
    return text.getvalue().encode("utf-8-sig", "replace")


def _safe(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = _CONTROL.sub("", cell)
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text


def to_markdown(comparison: Comparison) -> bytes:
    """A table with numbered sources."""
    return for_markdown(comparison).encode("utf-8", "replace")


def to_xlsx(comparison: Comparison) -> bytes:
    """A sheet with one row for each document, and a sheet that says what was asked."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book: Any = Workbook()
    sheet = book.active
    sheet.title = "比较"
    names = head(comparison)
    for column, name in enumerate(names, 1):
        cell = sheet.cell(1, column, name)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS[name]
    for number, row in enumerate(comparison.rows, 2):
        for column, value in enumerate(cells(row, text=comparison.text), 1):
            _put(sheet.cell(number, column), value)
            sheet.cell(number, column).alignment = Alignment(vertical="top", wrap_text=names[column - 1] in ("依据", "其他相关"))
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    about = book.create_sheet("说明")
    for number, (name, value) in enumerate(_about(comparison), 1):
        _put(about.cell(number, 1), name)
        _put(about.cell(number, 2), value)
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 12, 90
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(cell: Any, value: Cell) -> None:  # noqa: ANN401 - openpyxl is untyped
    """A value as what it is: text is never read as a formula, a number stays a number."""
    if isinstance(value, str):
        text = _CONTROL.sub("", value)[:32_767]
        cell.value = text or None
        if text:
            cell.data_type = "s"
            cell.quotePrefix = text.startswith(_FORMULA)
    elif value is not None:
        cell.value = int(value) if isinstance(value, float) and value.is_integer() else value


def _about(comparison: Comparison) -> list[tuple[str, Cell]]:
    rows: list[tuple[str, Cell]] = [("问题", comparison.question), ("指标", comparison.indicator), ("单位", comparison.unit)]
    rows += [("库中没有", "、".join(comparison.absent_cities))] if comparison.absent_cities else []
    rows += [("结论", comparison.verdict.zh)] if comparison.verdict else []
    absent = [row.city for row in comparison.rows if row.absent]
    return rows + [(ABSENT, "、".join(absent))]


def to_docx(comparison: Comparison) -> bytes:
    """A heading, the table, and numbered sources beneath it."""
    from docx import Document

    book: Any = Document()
    _chinese(book)
    book.add_heading(_clean(comparison.indicator), level=1)
    book.add_paragraph(_clean(comparison.question))
    names = ("城市", "依据") if comparison.text else ("城市", "原文", "数值", "单位", "类型", "年份")
    grid = book.add_table(rows=1, cols=len(names), style="Light Grid Accent 1")
    for cell, name in zip(grid.rows[0].cells, names, strict=True):
        cell.text = name
    for number, row in enumerate(comparison.rows, 1):
        shown = row.evidence if comparison.text and not row.absent else written(row)
        value = "" if row.value is None else f"{row.value:.10g}"
        texts = [row.city, shown, value, "" if row.absent else row.unit, KINDS.get(row.kind, ""), str(row.year or "")]
        line = grid.add_row().cells
        for cell, text in zip(line, texts, strict=False):
            cell.text = _clean(text)
        line[1].paragraphs[0].add_run(f"[{number}]").font.superscript = True
    if comparison.verdict:
        book.add_paragraph(_clean(comparison.verdict.zh))
    book.add_heading("来源", level=2)
    for number, row in enumerate(comparison.rows, 1):
        book.add_paragraph(_clean(f"[{number}] {row.city}：{source(row)}"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _chinese(book: Any) -> None:  # noqa: ANN401 - its styles are untyped
    """A font that has Chinese characters, for the eastern script too."""
    from docx.oxml.ns import qn

    fonts = book.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(script), _FONT)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
