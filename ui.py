"""Open an index and show the page.

    python ui.py [--index built/demo] [--port 7860]

The page is served on this machine only (127.0.0.1) and loads nothing from elsewhere.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ChengwenError

if TYPE_CHECKING:
    from gradio import Blocks

    from qa.engine import Engine

STYLE = Path(__file__).parent / "pages" / "style.css"
FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]


def make_page(engine: Engine) -> Blocks:
    """The page over an opened engine: ask and compare."""
    import gradio as gr

    from pages.ask_tab import add_ask_tab
    from pages.compare_tab import add_compare_tab
    from pages.texts import TEXTS
    from qa.page import Voice

    voice = Voice({key: texts[0] for key, texts in TEXTS.items()})
    with gr.Blocks(title="城问 Chengwen", analytics_enabled=False) as page, gr.Tabs():
        with gr.Tab(voice("tab_ask"), id="ask"):
            add_ask_tab(engine, voice)
        with gr.Tab(voice("tab_compare"), id="compare"):
            add_compare_tab(engine, voice)
    return page  # type: ignore[no-any-return]


def main(arguments: list[str]) -> int:
    """Run the command; exit code 2 with one line when the index cannot be opened."""
    parser = argparse.ArgumentParser(prog="ui.py", description="Ask an index of city plans on a web page.")
    parser.add_argument("--index", type=Path, default=Path("built/demo"), metavar="DIR", help="index folder (default built/demo)")
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="model, if not the one the index was built with")
    parser.add_argument("--port", type=int, default=7860, help="port on 127.0.0.1 (default 7860)")
    options = parser.parse_args(arguments)
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    if options.model is None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        from qa.engine import Engine

        engine = Engine.open(options.index, options.model)
    except ChengwenError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    import gradio as gr

    threading.Thread(target=engine.warm, daemon=True).start()
    page = make_page(engine)
    sys.stdout.write(f"http://127.0.0.1:{options.port}  (Ctrl+C stops)\n")
    sys.stdout.flush()
    theme = gr.themes.Soft(primary_hue="teal", font=FONTS, font_mono=["ui-monospace", "monospace"]).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_dark="*primary_700",
        block_label_background_fill="transparent",
    )
    page.launch(
        server_name="127.0.0.1", server_port=options.port, css_paths=STYLE, theme=theme, footer_links=[], quiet=True, ssr_mode=False
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
