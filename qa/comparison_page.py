"""A comparison -> HTML-safe fragments: verdict, bar chart, table with its sources.

Imports neither gradio nor numpy. Targets are hatched, places that do not tell the figure are listed by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from qa.comparison import Comparison, Row
from qa.page import Voice, marked
from qa.table import written

_BAR = 26  # pixels a bar
_LABEL = 92  # pixels for the name of a place
_WIDE = 560  # pixels for the longest bar


def comparison_html(comparison: Comparison, voice: Voice, spots: Mapping[int, str] | None = None) -> str:
    """Everything about one comparison, for the page.

    Args:
        comparison: what to show.
        voice: the language.
        spots: number of a passage -> where its report is opened (`qa.report.Reports.spots`).
    """
    if not comparison.rows:
        return f'<p class="none">{voice.html("compare_none")}</p>'
    verdict = comparison.verdict
    said = f'<p class="verdict-line">{escape(verdict.en if voice.language == "en" else verdict.zh)}</p>' if verdict else ""
    stated, absent = len(comparison.stated), len(comparison.rows) - len(comparison.stated)
    title = f"{comparison.indicator}（{comparison.unit}）" if comparison.unit else comparison.indicator
    counted = voice.html("stated", stated=stated, absent=absent)
    head = f'<h3 class="indicator">{escape(title)}</h3>{said}<p class="counted">{counted}</p>'
    chart = "" if comparison.text else bar_chart(comparison, voice)
    return f'<section class="comparison">{head}{chart}{_table(comparison, voice, spots or {})}</section>'


def bar_chart(comparison: Comparison, voice: Voice) -> str:
    """Bars of the stated values as SVG, the largest first; empty where nothing was stated."""
    rows = sorted((r for r in comparison.stated if r.value is not None), key=lambda r: -(r.value or 0))
    if not rows:
        return ""
    low, high = min(0.0, *(r.value or 0 for r in rows)), max(0.0, *(r.value or 0 for r in rows))
    span = (high - low) or 1.0
    zero = _LABEL + _WIDE * -low / span
    bars = "".join(_bar(row, number, zero, span, voice) for number, row in enumerate(rows))
    height = _BAR * len(rows) + 8
    absent = [voice.place(r.city) for r in comparison.rows if r.absent]
    missing = f'<p class="missing">{voice.html("absent_list", places="、".join(dict.fromkeys(absent)))}</p>' if absent else ""
    hatch = (
        '<defs><pattern id="hatch" width="7" height="7" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">'
        '<rect class="hatch-ground" width="7" height="7"/><rect class="hatch-line" width="3" height="7"/></pattern></defs>'
    )
    label = voice.html("chart_label", indicator=comparison.indicator)
    legend = (
        f'<p class="legend"><span class="key actual"></span>{voice.html("legend_actual")}'
        f'<span class="key target"></span>{voice.html("legend_target")}</p>'
    )
    return (
        f'<figure class="chart"><svg viewBox="0 0 {_LABEL + _WIDE + 130} {height}" role="img" aria-label="{label}">{hatch}{bars}</svg>'
        f"{legend}{missing}</figure>"
    )


def _bar(row: Row, number: int, zero: float, span: float, voice: Voice) -> str:
    value = row.value or 0.0
    length = abs(value) / span * _WIDE
    left = zero if value >= 0 else zero - length
    y = number * _BAR + 4
    fill = "bar target" if row.kind == "target" else "bar actual"
    return (
        f'<text class="name" x="{_LABEL - 8}" y="{y + 16}" text-anchor="end">{escape(voice.place(row.city))}</text>'
        f'<rect class="{fill}" x="{left:.1f}" y="{y}" width="{max(length, 1):.1f}" height="{_BAR - 7}"/>'
        f'<text class="value" x="{max(left + length, zero) + 6:.1f}" y="{y + 16}">{escape(written(row))}</text>'
    )


def _table(comparison: Comparison, voice: Voice, spots: Mapping[int, str]) -> str:
    columns = (
        ["column_city", "column_evidence"]
        if comparison.text
        else ["column_city", "column_raw", "column_value", "column_kind", "column_year"]
    )
    head = "".join(f'<th scope="col">{voice.html(c)}</th>' for c in [*columns, "column_source"])
    body = "".join(_row(r, comparison, voice, spots.get(r.row, "")) for r in comparison.rows)
    return f'<div class="scroll"><table class="rows"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _row(row: Row, comparison: Comparison, voice: Voice, spot: str) -> str:
    start = row.sentence[0]
    figure = (row.figure[0] - start, row.figure[1] - start)
    spans = [figure] if not row.absent and 0 <= figure[0] < figure[1] <= len(row.evidence) else []
    evidence = marked(row.evidence, [("span", spans)])
    place = f'<th scope="row">{escape(voice.place(row.city))}</th>'
    heading = escape(" › ".join(row.heading))
    opens = f'<button type="button" class="link" data-do="open" data-spot="{escape(spot)}">{voice.html("open")}</button>' if spot else ""
    source = (
        f"<details><summary>{escape(row.title or voice.file(row.file))}</summary><blockquote>{evidence}</blockquote>"
        f'<p class="section">{heading}</p>{opens}</details>'
    )
    if comparison.text:
        more = "".join(f"<li>{escape(text)}</li>" for text in row.more)
        told = evidence + (f"<ul>{more}</ul>" if more else "")
        cells = f"<td>{told if not row.absent else voice.html('not_told')}</td>"
    elif row.absent:
        cells = f'<td class="absent">{voice.html("not_told")}</td><td></td><td></td><td>{row.year or ""}</td>'
    else:
        kind = voice.html("is_target" if row.kind == "target" else "is_actual")
        unit = "" if row.unit == comparison.unit else f" {escape(row.unit)}"
        cells = f'<td>{escape(written(row))}</td><td class="number">{row.value:,.10g}{unit}</td><td>{kind}</td><td>{row.year or ""}</td>'
    return f'<tr class="{"absent" if row.absent else "stated"}">{place}{cells}<td class="from">{source}</td></tr>'
