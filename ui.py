"""Open an index and show the page.

    python ui.py [--index built/demo] [--port 7860] [--corpus DIR ...]
    python ui.py --host 0.0.0.0 --password

Without --host the page is served on this machine only (127.0.0.1). It loads nothing from elsewhere.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ChengwenError, CorpusError
from pages.access import Access, access, add_options

if TYPE_CHECKING:
    from qa.engine import Engine

STYLE = Path(__file__).parent / "pages" / "style.css"
FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
THREADS = 8  # at once; more only share out the same two cores (benchmarks/README.md)


def main(arguments: list[str]) -> int:
    """Run the command; exit code 2 with one line when the index cannot be opened or the page not be served."""
    parser = argparse.ArgumentParser(prog="ui.py", description="Ask an index of city plans on a web page.")
    parser.add_argument("--index", type=Path, default=Path("built/demo"), metavar="DIR", help="index folder (default built/demo)")
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="model, if not the one the index was built with")
    parser.add_argument("--port", type=int, default=7860, help="port (default 7860)")
    parser.add_argument(
        "--corpus",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="folder to build from again when the library is changed on the page (default: those of the last build; repeatable)",
    )
    add_options(parser)
    options = parser.parse_args(arguments)
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    if options.model is None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        allowed = access(options)
        from qa.engine import Engine

        for folder in options.corpus:
            if not folder.exists():
                raise CorpusError(f"{folder} does not exist; give the folder of reports that --index was built from")
        return serve(Engine.open(options.index, options.model), allowed, options.port, options.corpus)
    except ChengwenError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


def serve(engine: Engine, allowed: Access, port: int, corpora: Sequence[Path] = ()) -> int:
    """Lay out the page, launch it and stay until Ctrl+C."""
    from pages.api import plain_json
    from pages.frame import make_page
    from pages.quick_import import import_gradio
    from qa.shelf import Shelf

    threading.Thread(target=engine.warm, daemon=True).start()
    import_gradio()
    shelf = Shelf(engine, corpora, editable=allowed.editable)
    page = make_page(shelf)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # gradio announces its MCP server even where it is to be quiet
            page.launch(**settings(shelf, allowed, port))
    except OSError:
        sys.stderr.write(f"error: port {port} of {allowed.host} cannot be taken; another program may hold it, choose one with --port\n")
        return 2
    plain_json(page.mcp_server_obj)
    shown = "127.0.0.1" if allowed.host == "0.0.0.0" else allowed.host
    sys.stdout.write(f"http://{shown}:{port}  (Ctrl+C stops)\n")
    sys.stdout.flush()
    page.block_thread()
    return 0


def settings(shelf: Any, allowed: Access, port: int) -> dict[str, Any]:  # noqa: ANN401 - a Shelf, loaded later
    """What `gradio.Blocks.launch` is told."""
    import gradio as gr
    from starlette.middleware import Middleware

    from index.additions import SIZE_LIMIT
    from pages.frame import head_script
    from pages.guard import Guard

    theme = gr.themes.Soft(primary_hue="teal", font=FONTS, font_mono=["ui-monospace", "monospace"]).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_dark="*primary_700",
        block_label_background_fill="transparent",
    )
    guard = Middleware(Guard, local=allowed.local, password=allowed.password, uploads=shelf.editable)
    look = {"head": head_script(), "css_paths": STYLE, "theme": theme, "footer_links": [], "quiet": True, "ssr_mode": False}
    limits = {"max_file_size": SIZE_LIMIT, "max_threads": THREADS, "share": False, "enable_monitoring": False, "run_history": False}
    where = {"server_name": allowed.host, "server_port": port, "app_kwargs": {"middleware": [guard]}, "prevent_thread_lock": True}
    return look | limits | where | {"mcp_server": True}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
