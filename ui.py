"""Open an index and show the page.

    python ui.py [--index built/demo] [--port 7860] [--corpus DIR ...]

The page is served on this machine only (127.0.0.1) and loads nothing from elsewhere.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from pathlib import Path

from index.errors import ChengwenError, CorpusError

STYLE = Path(__file__).parent / "pages" / "style.css"
FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]


def main(arguments: list[str]) -> int:
    """Run the command; exit code 2 with one line when the index cannot be opened."""
    parser = argparse.ArgumentParser(prog="ui.py", description="Ask an index of city plans on a web page.")
    parser.add_argument("--index", type=Path, default=Path("built/demo"), metavar="DIR", help="index folder (default built/demo)")
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="model, if not the one the index was built with")
    parser.add_argument("--port", type=int, default=7860, help="port on 127.0.0.1 (default 7860)")
    parser.add_argument(
        "--corpus",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="folder to build from again when the library is changed on the page (default: those of the last build; repeatable)",
    )
    options = parser.parse_args(arguments)
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    if options.model is None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        from qa.engine import Engine

        engine = Engine.open(options.index, options.model)
        for folder in options.corpus:
            if not folder.exists():
                raise CorpusError(f"{folder} does not exist; give the folder of reports that --index was built from")
    except ChengwenError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    import gradio as gr

    from index.additions import SIZE_LIMIT
    from pages.frame import make_page
    from qa.shelf import Shelf

    threading.Thread(target=engine.warm, daemon=True).start()
    page = make_page(Shelf(engine, options.corpus))
    sys.stdout.write(f"http://127.0.0.1:{options.port}  (Ctrl+C stops)\n")
    sys.stdout.flush()
    theme = gr.themes.Soft(primary_hue="teal", font=FONTS, font_mono=["ui-monospace", "monospace"]).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_dark="*primary_700",
        block_label_background_fill="transparent",
    )
    page.launch(
        server_name="127.0.0.1",
        server_port=options.port,
        max_file_size=SIZE_LIMIT,
        css_paths=STYLE,
        theme=theme,
        footer_links=[],
        quiet=True,
        ssr_mode=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
