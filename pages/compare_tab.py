"""The compare tab: one question, a row for every place, a chart, files to take away; `compare.js` moves it."""

from __future__ import annotations

import base64
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import QuestionError
from pages.filters import cities_html, select_html
from pages.served import served
from pages.turn import read_turn
from pages.voices import speak

if TYPE_CHECKING:
    from collections.abc import Callable

    from qa.comparison import Comparison
    from qa.page import Voice
    from qa.shelf import Shelf

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown",
}
EXAMPLES = ("compare_growth", "compare_income", "compare_two", "compare_text")
ORDERS = ("report", "high", "low")


def compare_html(shelf: Shelf, voice: Voice) -> str:
    """The tab before anything was asked."""
    h, library = voice.html, shelf.engine.library
    cities = list(dict.fromkeys(d.meta.city for d in library.documents if d.meta.city))
    years = sorted({y for n in range(len(library.documents)) for y in library.covered_years(n)}, reverse=True)
    tried = "".join(f'<button type="button" class="chip">{h(key)}</button>' for key in EXAMPLES)
    orders = "".join(
        f'<label><input type="radio" name="order" value="{o}"{" checked" if o == "report" else ""}>{h("order_" + o)}</label>'
        for o in ORDERS
    )
    taken = "".join(f'<button type="button" class="link" data-format="{f}">{label}</button>' for f, label in _labels())
    return (
        f'<p class="lead-in">{h("compare_lead")}</p>'
        f'<div id="compare-question" class="ask-row"><textarea rows="1" maxlength="500" aria-label="{h("question_label")}" '
        f'placeholder="{h("compare_hint")}"></textarea><button type="button" class="main" id="compare-ask">{h("compare_send")}</button></div>'
        f'<div id="compare-examples" class="chips"><span>{h("hero_try")}</span>{tried}</div>'
        f'<div class="filter-row">{cities_html("compare-cities", "compare-cities-list", voice("compare_cities"), cities, voice)}'
        f"{select_html('compare-year', voice('compare_year'), [(str(y), voice('year', year=y)) for y in years], voice)}"
        f'<fieldset><legend>{h("order")}</legend>{orders}</fieldset></div><div class="chosen chips"></div>'
        f'<p class="status" role="status"></p><div id="comparison"></div>'
        f'<div id="compare-files" class="row" role="group" aria-label="{h("export")}" hidden><span>{h("export")}</span>{taken}</div>'
    )


def functions(shelf: Shelf, language: str) -> list[Callable[[str], str]]:
    """What `compare.js` calls."""
    from qa.comparison_page import comparison_html
    from qa.export import write

    voice = speak(shelf, language)

    def compared(request: dict[str, Any]) -> Comparison:
        turn = read_turn({"question": request.get("question"), "scope": {"cities": request.get("cities") or []}})
        year = str(request.get("year") or "")
        if year and not (year.isascii() and year.isdecimal() and len(year) == 4):
            raise QuestionError(f"{year[:20]} is no year; give four digits, e.g. 2023")
        found = shelf.engine.compare(turn.question, turn.scope.cities or None, int(year) if year else None)
        return {"high": found.by_value(), "low": found.by_value(descending=False)}.get(str(request.get("order")), found)

    @served(voice)
    def compare(request: dict[str, Any]) -> dict[str, Any]:
        """A comparison as HTML; every row can open its report."""
        serving = shelf.serving
        found = compared(request)
        return {"html": comparison_html(found, speak(shelf, language), serving.reports.spots(found.rows))}

    @served(voice)
    def take(request: dict[str, Any]) -> dict[str, Any]:
        """A comparison as a file."""
        suffix = str(request.get("format"))
        if suffix not in FORMATS:
            raise QuestionError(f"the format is one of {', '.join(FORMATS)}")
        with tempfile.TemporaryDirectory(prefix="chengwen-") as folder:
            path = Path(folder) / f"comparison.{suffix}"
            write(compared(request), path)
            return {"name": path.name, "mime": FORMATS[suffix], "base64": base64.b64encode(path.read_bytes()).decode()}

    return [compare, take]


def add_compare_tab(shelf: Shelf, language: str) -> None:
    """Lay out the tab inside an open `gr.Blocks`."""
    import gradio as gr

    from pages.frame import script

    html = compare_html(shelf, speak(shelf, language))
    gr.HTML(html, js_on_load=script("compare.js"), server_functions=functions(shelf, language), elem_id="compare-tab")


def _labels() -> list[tuple[str, str]]:
    names = {"xlsx": "Excel", "csv": "CSV", "docx": "Word", "md": "Markdown"}
    return [(suffix, escape(names[suffix])) for suffix in FORMATS]
