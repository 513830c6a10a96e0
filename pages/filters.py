"""Fields that narrow a question: places typed or chosen, a year, a kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from qa.page import Voice


def cities_html(id: str, list_id: str, label: str, cities: Iterable[str], voice: Voice) -> str:
    """A field that offers the library's places while one types."""
    options = "".join(f'<option value="{escape(voice.place(c))}" data-city="{escape(c)}"></option>' for c in cities)
    return (
        f'<label>{escape(label)}<input id="{id}" list="{list_id}" autocomplete="off" placeholder="{voice.html("filter_add")}">'
        f'<datalist id="{list_id}">{options}</datalist></label>'
    )


def select_html(id: str, label: str, choices: Sequence[tuple[str, str]], voice: Voice) -> str:
    """A list of (value, text) to choose from; empty means any."""
    options = "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices)
    return f'<label>{escape(label)}<select id="{id}"><option value="">{voice.html("any_year")}</option>{options}</select></label>'
