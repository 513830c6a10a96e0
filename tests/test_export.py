"""Comparisons written as files and read back by reader libraries."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from qa.comparison import Comparison, Row, Verdict
from qa.export import to_csv, to_docx, to_markdown, to_xlsx, write
from qa.table import FIGURES, TEXTS, for_terminal

EVIL = '=HYPERLINK("http://x","点我")'
ROWS = (
    Row(
        "宁波",
        "报告|甲",
        "a.txt",
        2022,
        "actual",
        False,
        "458.51亿元",
        458.51,
        None,
        "亿元",
        evidence="产值458.51亿元。",
        heading=("一、回顾",),
    ),
    Row("青岛", "@SUM(1)", "b.md", 2022, "actual", False, "14.5%", -14.5, None, "%", change="下降", evidence=EVIL),
    Row("鹤山", "报告丙", "c.txt", 2022, "actual", evidence="-1+1\x07最接近的一句"),
)
FOUND = Comparison("各市2022年产值?", "产值", "亿元", ROWS, verdict=Verdict("unit", "单位不同。", "The units differ."))
TEXT = replace(FOUND, text=True, unit="", verdict=None)


def test_csv_has_a_bom_numbers_and_no_formulas() -> None:
    data = to_csv(FOUND)
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert tuple(head) == FIGURES and len(rows) == 3
    assert float(rows[0][1]) == 458.51 and float(rows[1][1]) == -14.5 and rows[2][1] == ""
    assert rows[2][3] == "未提及" and rows[1][3] == "下降14.5%"
    assert rows[1][7] == "'" + EVIL and rows[1][9] == "'@SUM(1)" and rows[2][7] == "'-1+1最接近的一句"


def test_excel_figures_are_numbers_and_text_is_text() -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(to_xlsx(FOUND)))
    sheet = book["比较"]
    rows = list(sheet.iter_rows(min_row=1, values_only=True))
    assert rows[0] == FIGURES and len(rows) == 4
    assert rows[1][1] == 458.51 and isinstance(rows[1][1], float) and rows[1][0] == "宁波"
    assert sheet["B3"].data_type == "n" and sheet["B4"].value is None
    assert sheet["H3"].value == EVIL and sheet["H3"].data_type == "s"
    assert rows[1][10] == "a.txt" and rows[1][8] == "一、回顾"
    about = dict(book["说明"].iter_rows(values_only=True))
    assert about["问题"] == FOUND.question and about["未提及"] == "鹤山" and about["结论"] == "单位不同。"


def test_word_has_the_table_and_numbered_sources() -> None:
    from docx import Document

    book = Document(io.BytesIO(to_docx(FOUND)))
    cells = [[cell.text for cell in row.cells] for row in book.tables[0].rows]
    assert cells[1][:4] == ["宁波", "458.51亿元[1]", "458.51", "亿元"] and cells[3][1] == "未提及[3]"
    text = "\n".join(p.text for p in book.paragraphs)
    assert "[1] 宁波：报告|甲，一、回顾：产值458.51亿元。（a.txt）" in text and "单位不同。" in text


def test_markdown_escapes_what_would_be_markup() -> None:
    text = to_markdown(FOUND).decode()
    assert "| 宁波 | 458.51亿元[^1] | 458.51 | 亿元 | 完成 | 2022 |" in text
    assert r"[^1]: 报告\|甲，一、回顾：产值458.51亿元。（a.txt）" in text
    assert text.count("[^") == 6


def test_tables_of_text() -> None:
    assert tuple(csv.reader(io.StringIO(to_csv(TEXT).decode("utf-8-sig"))).__next__()) == TEXTS
    assert "未提及" in for_terminal(TEXT) and to_docx(TEXT) and to_xlsx(TEXT)


def test_a_file_is_written_by_its_suffix(tmp_path: Path) -> None:
    for suffix in ("csv", "xlsx", "docx", "md"):
        write(FOUND, tmp_path / f"表.{suffix}")
        assert (tmp_path / f"表.{suffix}").stat().st_size > 100
    with pytest.raises(ValueError, match="written as"):
        write(FOUND, tmp_path / "表.pdf")
