"""The page as a whole: its head, its tabs and the meeting stage, once in Chinese at / and once in English at /en."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ChengwenError
from pages.served import told
from pages.texts import as_script
from pages.voices import speak

if TYPE_CHECKING:
    from gradio import Blocks

    from qa.shelf import Shelf

FOLDER = Path(__file__).parent


def make_page(shelf: Shelf) -> Blocks:
    """The page over what a shelf serves."""
    import gradio as gr

    from pages.api import add_api

    with gr.Blocks(title="城问 Chengwen", analytics_enabled=False, delete_cache=(3600, 3600)) as page:  # seconds a file may lie about
        _lay_out(shelf, "zh")
        add_api(shelf)
    with page.route("English", "/en"):
        _lay_out(shelf, "en")
    return page  # type: ignore[no-any-return]


def head_script() -> str:
    """What goes into the head of the page: the texts and what all tabs share."""
    return f"<script>window.chengwenTexts = {as_script()};\n{script('frame.js')}</script>"


def script(name: str) -> str:
    """A script of the page, as written."""
    return (FOLDER / name).read_text("utf-8")


def _lay_out(shelf: Shelf, language: str) -> None:
    import gradio as gr

    from pages.ask_tab import add_ask_tab
    from pages.compare_tab import add_compare_tab
    from pages.library_tab import add_library_tab
    from pages.meeting import meeting_html

    voice = speak(shelf, language)

    def report(spot: str) -> str:
        """The whole report that a passage is of, its sentence marked; a place that is not there is told."""
        from qa.page import report_html

        try:
            place = json.loads(spot)
            opened = shelf.serving.reports.open(str(place["document"]))
            spots, spans = [(int(place["start"]), int(place["end"]))], [tuple(map(int, place["span"]))] if place["span"] else []
            return report_html(opened, speak(shelf, language), spots, [(a, b) for a, b in spans])
        except ChengwenError as error:
            return f'<p class="failed">{escape(told(str(error), voice))}</p>'
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return f'<p class="failed">{voice.html("failed")}</p>'

    gr.Navbar(visible=False)
    other = "./" if language == "en" else "en"
    gr.HTML(
        f'<header class="top"><a class="skip" href="#question">{voice.html("skip")}</a>'
        f"<h1>{voice.html('title')} <small>{voice.html('subtitle')}</small></h1><div class='switches'>"
        f'<button type="button" class="plain" id="meeting-start">{voice.html("meeting")}</button>'
        f'<button type="button" class="plain" id="theme" title="{voice.html("theme")}" aria-label="{voice.html("theme")}">◐</button>'
        f'<a class="plain" id="language" href="{other}" aria-label="{voice.html("language_label")}">{voice.html("language")}</a></div></header>',
        js_on_load=script("panel.js"),
        server_functions=[report],
    )
    with gr.Tabs():
        with gr.Tab(voice("tab_ask"), id="ask", render_children=True):
            add_ask_tab(shelf, language)
        with gr.Tab(voice("tab_compare"), id="compare", render_children=True):
            add_compare_tab(shelf, language)
        with gr.Tab(voice("tab_library"), id="library"):
            add_library_tab(shelf, voice)
    gr.HTML(meeting_html(voice), js_on_load=script("meeting.js"), elem_id="meeting")
