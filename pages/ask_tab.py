"""The ask tab: a question, the card that answers, filters, follow-ups; `ask.js` moves it."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any

from index.errors import QuestionError
from pages.filters import cities_html, select_html
from pages.served import served
from pages.turn import read_turn
from pages.voices import speak

if TYPE_CHECKING:
    from collections.abc import Callable

    from qa.engine import Engine
    from qa.page import Voice
    from qa.shelf import Shelf

KEPT = 30  # turns of a conversation that a request may bring back
EXAMPLES = ("example_target", "example_sewage", "example_renewal", "example_jobs")


def examples(engine: Engine, voice: Voice) -> list[str]:
    """Questions about places that this library holds."""
    reports = [d for d in engine.library.documents if d.meta.kind == "政府工作报告" and d.meta.level in ("city", "county")]
    documents = reports or [d for d in engine.library.documents if d.meta.city]
    latin = {city: name for name, city in engine.places.names.items() if name.isascii()}
    found = []
    for number, key in enumerate(EXAMPLES if documents else ()):
        meta = documents[(number * 7) % len(documents)].meta
        city = meta.city or ""
        found.append(voice(key, city=city, year=meta.year or "", latin=latin.get(city, city).title()))
    return found


def ask_html(shelf: Shelf, voice: Voice) -> str:
    """The tab before anything was asked."""
    h, library = voice.html, shelf.engine.library
    held = [d.meta for d in library.documents]
    cities = list(dict.fromkeys(m.city for m in held if m.city))
    years = sorted({m.year for m in held if m.year})
    span = "–".join(map(str, dict.fromkeys([years[0], years[-1]]))) if years else ""
    counted = voice("hero_counts", documents=library.manifest["counts"]["documents"], cities=len(cities), years=span)
    kinds = [(kind, voice(kind)) for kind in dict.fromkeys(m.kind for m in held if m.kind)]
    tried = "".join(f'<button type="button" class="chip">{escape(text)}</button>' for text in examples(shelf.engine, voice))
    return (
        f'<p class="lead-in">{escape(counted)}</p>'
        f'<div id="question" class="ask-row"><textarea rows="1" maxlength="500" aria-label="{h("question_label")}" '
        f'placeholder="{h("question_hint")}" title="{h("keys")}" autofocus></textarea>'
        f'<button type="button" class="main" id="ask">{h("send")}</button></div>'
        f'<div id="examples" class="chips"><span>{h("hero_try")}</span>{tried}</div>'
        f'<details id="filters"><summary>{h("filters")}</summary><div class="filter-row">'
        f"{cities_html('filter-cities', 'cities-list', voice('filter_cities'), cities, voice)}"
        f"{select_html('filter-years', voice('filter_years'), [(str(y), voice('year', year=y)) for y in reversed(years)], voice)}"
        f"{select_html('filter-kinds', voice('filter_kinds'), kinds, voice)}</div>"
        f'<div class="chips"><span class="chosen chips"></span><button type="button" class="link clear" hidden>{h("filter_clear")}</button></div></details>'
        f'<p id="status" role="status"></p>'
        f'<div id="conversation" class="row" role="group" aria-label="{h("conversation")}" hidden>'
        f'<button type="button" class="link" data-format="md">{h("export_markdown")}</button>'
        f'<button type="button" class="link" data-format="docx">{h("export_word")}</button>'
        f'<button type="button" class="link" id="prepare-open">{h("prepare")}</button>'
        f'<button type="button" class="link" id="forget">{h("forget")}</button></div>'
        f'<div id="feed" role="log" aria-label="{h("conversation")}"></div>'
    )


def functions(shelf: Shelf, language: str) -> list[Callable[[str], str]]:
    """What `ask.js` calls."""
    from qa import feedback, history
    from qa.comparison_page import comparison_html
    from qa.indicator import EVERYWHERE
    from qa.page import answer_html
    from qa.related import everywhere, related

    voice = speak(shelf, language)

    def card(value: object) -> dict[str, Any]:
        engine = shelf.engine
        answer = read_turn(value).answer(engine)
        cities = len({d.meta.city for d in engine.library.documents})
        html = answer_html(answer, speak(shelf, language), related(engine, answer), total=cities, compare=everywhere(engine, answer))
        return {"html": html, "asked": answer.completed or answer.query.text, "answered": answer.answered}

    def turns(request: dict[str, Any]) -> list[Any]:
        found = request.get("turns")
        if not isinstance(found, list) or len(found) > KEPT:
            raise QuestionError(f"turns must be a list of at most {KEPT}")
        return found

    @served(voice)
    def ask(request: dict[str, Any]) -> dict[str, Any]:
        """The card of a turn."""
        return card(request)

    @served(voice)
    def replay(request: dict[str, Any]) -> dict[str, Any]:
        """The cards of a conversation that the browser kept, answered from what the library holds now."""
        return {"answers": [card(turn) for turn in turns(request)]}

    @served(voice)
    def present(request: dict[str, Any]) -> dict[str, Any]:
        """One prepared question for the whole screen; a question for all places becomes their comparison."""
        question = read_turn(request).question
        if EVERYWHERE.search(question):
            found = shelf.engine.compare(question).by_value()
            return {"html": comparison_html(found, speak(shelf, language))}
        return card(request)

    @served(voice)
    def judge(request: dict[str, Any]) -> dict[str, Any]:
        """Write down whether an answer was right."""
        answer = read_turn(request.get("turn")).answer(shelf.engine)
        feedback.record(shelf.folder, answer, str(request.get("verdict")))
        return {"noted": True}

    @served(voice)
    def take(request: dict[str, Any]) -> dict[str, Any]:
        """The conversation as a file, with citations."""
        answers = [read_turn(turn).answer(shelf.engine) for turn in turns(request)]
        words = speak(shelf, language).words
        if request.get("format") == "docx":
            data, mime = history.as_word(answers, words), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        else:
            data, mime = history.as_markdown(answers, words).encode(), "text/markdown"
        name = f"chengwen.{'docx' if request.get('format') == 'docx' else 'md'}"
        return {"name": name, "mime": mime, "base64": base64.b64encode(data).decode()}

    return [ask, replay, present, judge, take]


def add_ask_tab(shelf: Shelf, language: str) -> None:
    """Lay out the tab inside an open `gr.Blocks`."""
    import gradio as gr

    from pages.frame import script

    html = ask_html(shelf, speak(shelf, language))
    gr.HTML(html, js_on_load=script("ask.js"), server_functions=functions(shelf, language), elem_id="ask-tab")
