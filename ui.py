"""Open an index and show the page.

    python ui.py [--index built/demo] [--port 7860]

The page is served on this machine only (127.0.0.1) and loads nothing from elsewhere.
"""

from __future__ import annotations

import argparse
import os
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ChengwenError

if TYPE_CHECKING:
    from gradio import Blocks

    from qa.engine import Engine

STYLE = Path(__file__).parent / "pages" / "style.css"
FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
EXAMPLES = (
    "{0}{1}年的经济增长目标是多少？",
    "{0}农村污水怎么治理？",
    "{0}要改造多少个老旧小区？",
    "How many new urban jobs does {2} plan?",
)


def examples(engine: Engine) -> list[str]:
    """Questions about places that this library holds."""
    documents = [d for d in engine.library.documents if d.meta.city and d.meta.kind == "政府工作报告"] or list(engine.library.documents)
    latin = {city: name for name, city in engine.places.names.items() if name.isascii()}
    found = []
    for number, pattern in enumerate(EXAMPLES):
        meta = documents[(number * 7) % len(documents)].meta
        city = meta.city or ""
        found.append(pattern.format(city, meta.year or "", latin.get(city, city).capitalize()))
    return found


def make_page(engine: Engine) -> Blocks:
    """The chat page over an opened engine."""
    import gradio as gr

    from index.library import Scope
    from pages.texts import TEXTS
    from qa.page import Voice, answer_html

    cities = sorted({d.meta.city for d in engine.library.documents if d.meta.city})
    voice = Voice({key: texts[0] for key, texts in TEXTS.items()})
    counts = engine.library.manifest["counts"]

    def answer(question: str, chosen: list[str], turns: list[str]) -> tuple[str, list[str], str]:
        try:
            card = answer_html(engine.ask(question, scope=Scope(cities=tuple(chosen or ()))), voice)
        except ChengwenError as error:
            raise gr.Error(str(error), print_exception=False) from error
        turns = [f'<h3 class="question">{escape(question)}</h3>{card}', *turns]
        return "", turns, "".join(turns)

    with gr.Blocks(title="城问 Chengwen", analytics_enabled=False) as page:
        turns = gr.State([])
        gr.HTML(
            f'<div class="hero"><h1>城问 <small>Chengwen</small></h1><p>向城市规划提问，答案就在原文里。'
            f"{counts['documents']} 份报告，{len(cities)} 个地方，{counts['passages']} 段。</p></div>"
        )
        with gr.Row(equal_height=True):
            question = gr.Textbox(
                show_label=False,
                placeholder="用平常的话提问，例如：珠海今年的经济目标是多少？",
                elem_id="question",
                scale=6,
                autofocus=True,
                lines=1,
            )
            send = gr.Button("提问 Ask", variant="primary", scale=1, elem_id="ask", min_width=110)
        chosen = gr.Dropdown(cities, multiselect=True, label="只问这些地方 only these places", elem_id="cities")
        shown: list[Any] = [gr.Button(text, size="sm", variant="secondary") for text in ()]
        with gr.Row():
            shown += [gr.Button(text, size="sm", elem_classes="example") for text in examples(engine)]
        feed = gr.HTML(elem_id="feed")
        outputs = [question, turns, feed]
        for trigger in (send.click, question.submit):
            trigger(answer, [question, chosen, turns], outputs, api_name=False, show_progress="hidden")
        for button in shown:
            button.click(answer, [button, chosen, turns], outputs, api_name=False, show_progress="hidden")
    return page  # type: ignore[no-any-return]


def main(arguments: list[str]) -> int:
    """Run the command; exit code 2 with one line when the index cannot be opened."""
    parser = argparse.ArgumentParser(prog="ui.py", description="Ask an index of city plans on a web page.")
    parser.add_argument("--index", type=Path, default=Path("built/demo"), metavar="DIR", help="index folder (default built/demo)")
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="model, if not the one the index was built with")
    parser.add_argument("--port", type=int, default=7860)
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

    page = make_page(engine)
    sys.stdout.write(f"http://127.0.0.1:{options.port}  (Ctrl+C stops)\n")
    theme = gr.themes.Soft(primary_hue="teal", font=FONTS, font_mono=["ui-monospace", "monospace"])
    page.launch(
        server_name="127.0.0.1", server_port=options.port, css_paths=STYLE, theme=theme, footer_links=[], quiet=True, ssr_mode=False
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
