"""The page as a whole: its tabs, once in Chinese at / and once in English at /en."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pages.texts import LANGUAGES, TEXTS

if TYPE_CHECKING:
    from gradio import Blocks

    from qa.page import Voice
    from qa.shelf import Shelf

FOLDER = Path(__file__).parent


def make_page(shelf: Shelf) -> Blocks:
    """The page over what a shelf serves."""
    import gradio as gr

    with gr.Blocks(title="城问 Chengwen", analytics_enabled=False) as page:
        _add_tabs(shelf, voice_of(shelf, "zh"))
    with page.route("English", "/en"):
        _add_tabs(shelf, voice_of(shelf, "en"))
    return page  # type: ignore[no-any-return]


def voice_of(shelf: Shelf, language: str) -> Voice:
    """How the page speaks in a language; in English a place of China is written in pinyin."""
    from qa.page import Voice

    column = LANGUAGES.index(language)
    return Voice({key: texts[column] for key, texts in TEXTS.items()}, file=shelf.shown)


def _add_tabs(shelf: Shelf, voice: Voice) -> None:
    import gradio as gr

    from pages.ask_tab import add_ask_tab
    from pages.compare_tab import add_compare_tab
    from pages.library_tab import add_library_tab

    gr.Navbar(visible=False)
    with gr.Tabs():
        with gr.Tab(voice("tab_ask"), id="ask"):
            add_ask_tab(shelf.engine, voice)
        with gr.Tab(voice("tab_compare"), id="compare"):
            add_compare_tab(shelf.engine, voice)
        with gr.Tab(voice("tab_library"), id="library"):
            add_library_tab(shelf, voice)
