"""The ask tab: a question, the card that answers, follow-ups, and the report beside it."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ChengwenError

if TYPE_CHECKING:
    from qa.engine import Engine
    from qa.page import Voice
    from qa.question import Query

PATTERNS = (
    "{0}{1}年的经济增长目标是多少？",
    "{0}农村污水怎么治理？",
    "{0}要改造多少个老旧小区？",
    "How many new urban jobs does {2} plan?",
)


def examples(engine: Engine) -> list[str]:
    """Questions about places that this library holds."""
    reports = [d for d in engine.library.documents if d.meta.kind == "政府工作报告" and d.meta.level in ("city", "county")]
    documents = reports or [d for d in engine.library.documents if d.meta.city]
    latin = {city: name for name, city in engine.places.names.items() if name.isascii()}
    found = []
    for number, pattern in enumerate(PATTERNS if documents else ()):
        meta = documents[(number * 7) % len(documents)].meta
        city = meta.city or ""
        found.append(pattern.format(city, meta.year or "", latin.get(city, city).capitalize()))
    return found


def add_ask_tab(engine: Engine, voice: Voice) -> None:
    """Lay out the tab inside an open `gr.Blocks`."""
    import gradio as gr

    from index.library import Scope
    from qa.page import answer_html, report_html
    from qa.related import related
    from qa.report import Reports

    cities = sorted({d.meta.city for d in engine.library.documents if d.meta.city})
    counts = engine.library.manifest["counts"]
    years = "、".join(str(y) for y in sorted({d.meta.year for d in engine.library.documents if d.meta.year}))

    def answer(question: str, chosen: list[str], turns: list[str], previous: Query | None) -> tuple[str, list[str], Query | None, str]:
        """The card of a question on top of the cards before it."""
        try:
            found = engine.ask(question, scope=Scope(cities=tuple(chosen or ())), previous=previous)
        except ChengwenError as error:
            raise gr.Error(str(error), print_exception=False) from error
        card = f'<h3 class="question">{escape(question)}</h3>{answer_html(found, voice, related(engine, found))}'
        turns = [card, *turns]
        return "", turns, found.query, "".join(turns)

    reports = Reports(engine.library)

    def report(spot: str) -> str:
        """The whole report that a card's passage is of, its sentence marked; a place that is not there is told."""
        try:
            place = json.loads(spot)
            opened = reports.open(str(place["document"]))
            spots, spans = [(int(place["start"]), int(place["end"]))], [tuple(map(int, place["span"]))] if place["span"] else []
        except (ChengwenError, ValueError, KeyError, TypeError) as error:
            return f'<button type="button" class="close">{voice.html("close")}</button><p>{escape(str(error))}</p>'
        body = report_html(opened, voice, spots, [(a, b) for a, b in spans])
        return f'<button type="button" class="close">{voice.html("close")} (Esc)</button>{body}'

    turns, previous = gr.State([]), gr.State(None)
    held = voice("hero_counts", documents=counts["documents"], cities=len(cities), years=years)
    gr.HTML(f'<div class="hero"><h1>{voice.html("title")} <small>{voice.html("hero")}</small></h1><p>{escape(held)}</p></div>')
    with gr.Row(equal_height=True):
        hint = voice("question_hint")
        question = gr.Textbox(show_label=False, placeholder=hint, elem_id="question", scale=6, autofocus=True, lines=1)
        send = gr.Button(voice("send"), variant="primary", scale=1, elem_id="ask", min_width=110)
    with gr.Row():
        buttons = [gr.Button(text, size="sm", elem_classes="example") for text in examples(engine)]
    with gr.Accordion(voice("filters"), open=False):
        chosen = gr.Dropdown(cities, multiselect=True, label=voice("filter_cities"), elem_id="cities")
    script = (Path(__file__).parent / "cards.js").read_text("utf-8")
    feed = gr.HTML(elem_id="feed", js_on_load=script, server_functions=[report])
    outputs = [question, turns, previous, feed]
    for trigger in (send.click, question.submit):
        trigger(answer, [question, chosen, turns, previous], outputs, api_name=False, show_progress="hidden")
    for button in buttons:
        button.click(answer, [button, chosen, turns, previous], outputs, api_name=False, show_progress="hidden")
