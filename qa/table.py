"""A comparison as a table of cells: for the terminal, for Markdown, and for the files of `qa.export`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.terminal import table
from qa.comparison import Comparison, Row
from qa.targets import ENGLISH, Aim

Cell = str | float | int | None
ABSENT = "未提及"
KINDS = {"actual": "完成", "target": "目标"}
FIGURES = ("城市", "数值", "单位", "原文", "限定", "类型", "年份", "依据", "章节", "报告", "文件")
TEXTS = ("城市", "依据", "其他相关", "类型", "年份", "章节", "报告", "文件")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~])")


def head(comparison: Comparison) -> tuple[str, ...]:
    """Names of the columns."""
    return TEXTS if comparison.text else FIGURES


def cells(row: Row, *, text: bool) -> tuple[Cell, ...]:
    """One row; the value is a number, everything else text, what is not there None or 未提及."""
    source = ("›".join(row.heading), row.title, row.file)
    kind = KINDS.get(row.kind, row.kind)
    if text:
        return (row.city, ABSENT if row.absent else row.evidence, "" if row.absent else "\n".join(row.more), kind, row.year, *source)
    if row.absent:
        return (row.city, None, "", ABSENT, "", kind, row.year, row.evidence, *source)
    return (row.city, row.value, row.unit, written(row), row.qualifier, kind, row.year, row.evidence, *source)


def for_terminal(comparison: Comparison) -> str:
    """Aligned columns with the verdict and the absent places beneath."""
    lines = [f"{comparison.indicator}{f'（{comparison.unit}）' if comparison.unit else ''}"]
    if comparison.text:
        rows = [[row.city, _year(row), ABSENT if row.absent else row.evidence] for row in comparison.rows]
        lines.append(table(["城市", "年份", "依据"], rows, longest=110))
    else:
        rows = [
            [row.city, written(row), _number(row), _unit(row), KINDS.get(row.kind, ""), _year(row), _around(row)] for row in comparison.rows
        ]
        lines.append(table(["城市", "原文", "数值", "单位", "类型", "年份", "依据"], rows, longest=60))
    lines += [f"{city}: 库中没有该地的文件 no document of this place" for city in comparison.absent_cities]
    if comparison.verdict:
        lines += ["", comparison.verdict.zh, comparison.verdict.en]
    return "\n".join(lines) + "\n"


def aims_for_terminal(aims: Sequence[Aim]) -> str:
    """Last year's result, this year's target and what became of it, aligned."""
    rows = [
        [
            aim.city,
            _told(aim.before),
            _told(aim.target),
            _told(aim.result) if aim.result else "",
            aim.status and f"{aim.status} {ENGLISH[aim.status]}",
        ]
        for aim in aims
    ]
    return table(["城市", "上年完成", "当年目标", "次年报告", "结果"], rows) + "\n"


def for_markdown(comparison: Comparison) -> str:
    """A Markdown table whose figures carry numbered sources, listed beneath."""
    title = f"## {_plain(comparison.indicator)}{f'（{comparison.unit}）' if comparison.unit else ''}"
    names = ("城市", "依据") if comparison.text else ("城市", "原文", "数值", "单位", "类型", "年份")
    lines = [title, "", _plain(comparison.question), "", f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    for number, row in enumerate(comparison.rows, 1):
        shown = row.evidence if comparison.text and not row.absent else written(row)
        first = [row.city, f"{_plain(shown)}[^{number}]"]
        rest = [] if comparison.text else [_number(row), _unit(row), KINDS.get(row.kind, ""), _year(row)]
        lines.append(f"| {' | '.join([_plain(first[0]), first[1], *map(_plain, rest)])} |")
    if comparison.verdict:
        lines += ["", _plain(comparison.verdict.zh)]
    lines.append("")
    lines += [f"[^{number}]: {_plain(source(row))}" for number, row in enumerate(comparison.rows, 1)]
    return "\n".join(lines) + "\n"


def written(row: Row) -> str:
    """The figure as written, with the word that makes it a decline, and 新增 where it tells what was added."""
    if row.absent:
        return ABSENT
    text = "下降" + row.raw if row.change == "下降" and not row.raw.startswith("-") else row.raw
    return f"{text}（{row.note}）" if row.note else text


def source(row: Row) -> str:
    """Where a row's figure stands: report, section, sentence, file; the nearest sentence for an absent one."""
    place = "，".join(part for part in (row.title, "›".join(row.heading)) if part)
    near = "最接近的原句：" if row.absent else ""
    return f"{place}：{near}{row.evidence}（{row.file}）" if row.evidence else f"{place}（{row.file}）"


def _plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _told(row: Row) -> str:
    return ABSENT if row.absent else f"{written(row)} ({row.year})"


def _year(row: Row) -> str:
    return str(row.year or "")


def _unit(row: Row) -> str:
    return "" if row.absent else row.unit


def _number(row: Row) -> str:
    if row.value is None:
        return ""
    text = f"{row.value:,.4f}".rstrip("0").rstrip(".")
    return f"{text}–{row.high:,.4f}".rstrip("0").rstrip(".") if row.high is not None else text


def _around(row: Row) -> str:
    """The part of the sentence that holds the figure."""
    at = max(0, row.figure[0] - row.sentence[0] - 18) if not row.absent else 0
    return ("…" if at else "") + row.evidence[at:]
