"""The compare tab: one question, a row for every place, a chart, files to take away."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ChengwenError

if TYPE_CHECKING:
    from qa.engine import Engine
    from qa.page import Voice

FORMATS = (".xlsx", ".csv", ".docx", ".md")
EXAMPLES = ("各市2023年GDP增长目标是多少？", "各市2022年城镇居民人均可支配收入增速", "宁波和金华谁的进出口更大？", "各市怎么治理内涝？")


def add_compare_tab(engine: Engine, voice: Voice) -> None:
    """Lay out the tab inside an open `gr.Blocks`; everything it shows comes from `qa`."""
    import gradio as gr

    from qa.comparison_page import comparison_html
    from qa.export import write

    cities = sorted({d.meta.city for d in engine.library.documents if d.meta.city})
    years = sorted({y for n in range(len(engine.library.documents)) for y in engine.library.covered_years(n)}, reverse=True)

    def compare(question: str, chosen: list[str], year: str, order: str) -> tuple[str, list[str]]:
        """One comparison as HTML, and the files to take away, written into a folder of this visit alone."""
        try:
            found = engine.compare(question, chosen or None, int(year) if year and year.isdecimal() else None)
        except ChengwenError as error:
            raise gr.Error(str(error), print_exception=False) from error
        folder = Path(tempfile.mkdtemp(prefix="chengwen-"))
        paths = [folder / f"comparison{suffix}" for suffix in FORMATS]
        for path in paths:
            write(found, path)
        shown = {"high": found.by_value(), "low": found.by_value(descending=False)}.get(order, found)
        return comparison_html(shown, voice), [str(p) for p in paths]

    gr.HTML(f'<div class="hero"><h2>{voice.html("compare_hero")}</h2><p>{voice.html("compare_lead")}</p></div>')
    with gr.Row(equal_height=True):
        hint = voice("compare_hint")
        question = gr.Textbox(show_label=False, placeholder=hint, elem_id="compare-question", scale=6, lines=1)
        send = gr.Button(voice("compare_send"), variant="primary", scale=1, elem_id="compare-ask", min_width=110)
    with gr.Row():
        chosen = gr.Dropdown(cities, multiselect=True, label=voice("compare_cities"), elem_id="compare-cities", scale=3)
        year = gr.Dropdown(["", *map(str, years)], label=voice("compare_year"), value="", elem_id="compare-year", scale=1)
        orders = [("报告顺序", "report"), ("从高到低", "high"), ("从低到高", "low")]
        order = gr.Radio(orders, label="排序", value="report", elem_id="compare-order", scale=2)
    with gr.Row():
        buttons = [gr.Button(text, size="sm", elem_classes="compare-example") for text in EXAMPLES]
    shown = gr.HTML(elem_id="comparison")
    files = gr.Files(label=voice("export"), interactive=False, elem_id="compare-files")
    outputs = [shown, files]
    for trigger in (send.click, question.submit, order.input, year.input):
        trigger(compare, [question, chosen, year, order], outputs, api_name=False, show_progress="minimal")
    for button in buttons:
        taken = button.click(lambda text: text, button, question, api_name=False)
        taken.then(compare, [question, chosen, year, order], outputs, api_name=False, show_progress="minimal")
