"""Answers and reports -> HTML fragments that are safe to show: every text is escaped here, marks are made from offsets.

Imports neither gradio nor numpy. A page only calls these and shows what they return.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from index.records import Meta, Span
from qa.citation import citation
from qa.records import Answer, Hit, Refusal
from qa.related import Related
from qa.report import Report, spot

_MANY = 3  # more places than this are told by their number
_CARDS = 6  # places that get a card each where several are asked

ICONS = {
    "up": '<path d="M7 11v9H4v-9zM7 11l4-8c1.7 0 2.6 1 2.6 2.6L13 9h5.6c1.2 0 2 1 1.8 2.1l-1.2 7A2.2 2.2 0 0 1 17 20H7"/>',
    "down": '<path d="M17 13V4h3v9zM17 13l-4 8c-1.7 0-2.6-1-2.6-2.6L11 15H5.4c-1.2 0-2-1-1.8-2.1l1.2-7A2.2 2.2 0 0 1 7 4h10"/>',
}


@dataclass(frozen=True)
class Voice:
    """How the page speaks: the texts of a language, names of places in it, names of files as people know them."""

    words: Mapping[str, str]
    places: Mapping[str, str] = field(default_factory=dict)
    file: Callable[[str], str] = str
    language: str = "zh"

    def __call__(self, key: str, **values: object) -> str:
        """A text with its blanks filled in; not escaped. Documents' own kinds are looked up too and may be unknown."""
        text = self.words.get(key, key)
        return text.format(**values) if values else text

    def html(self, key: str, **values: object) -> str:
        """The same, escaped."""
        return escape(self(key, **values))

    def place(self, city: str) -> str:
        """A place's name in this language."""
        return self.places.get(city, city)


def icon(name: str) -> str:
    """A line drawing the size of a letter; it says nothing to a screen reader."""
    return f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>'


def marked(text: str, layers: Sequence[tuple[str, Sequence[Span]]]) -> str:
    """Escaped text in which each layer's spans carry its class; layers may overlap one another.

    Args:
        text: the text to show.
        layers: (class name, sorted non-overlapping spans) pairs.
    """
    inside = [(name, max(0, a), min(len(text), b)) for name, spans in layers for a, b in spans if a < len(text) and b > 0]
    edges = sorted({0, len(text), *(edge for _, a, b in inside for edge in (a, b))})
    pieces: list[str] = []
    for start, end in zip(edges, edges[1:], strict=False):
        names = dict.fromkeys(name for name, a, b in inside if a <= start and end <= b)
        piece = escape(text[start:end])
        pieces.append(f'<mark class="{" ".join(names)}">{piece}</mark>' if names else piece)
    return "".join(pieces).replace("\n", "<br>")


def source_line(meta: Meta, voice: Voice, hit: Hit | None = None) -> str:
    """City, year, kind, period and section as small labels."""
    parts = [f'<span class="tag city">{escape(voice.place(meta.city))}</span>'] if meta.city else []
    parts += [f'<span class="tag">{voice.html("year", year=meta.year)}</span>'] if meta.year else []
    parts += [f'<span class="tag">{voice.html(meta.kind)}</span>'] if meta.kind else []
    if hit and hit.passage.period:
        period = hit.passage.period
        year = f" {period.year}" if period.year else ""
        parts.append(f'<span class="tag {escape(period.kind)}">{voice.html(period.kind)}{year}</span>')
    if hit and hit.passage.heading:
        parts.append(f'<span class="section">{escape(" › ".join(hit.passage.heading))}</span>')
    return f'<div class="source">{"".join(parts)}</div>'


def span_in(hit: Hit, words: str) -> tuple[Span, ...]:
    """Where the answer's words stand in the hit's sentence, as offsets into the sentence."""
    offset = hit.sentence.find(words) if words else -1
    return ((offset, offset + len(words)),) if offset >= 0 else ()


def hit_html(hit: Hit, voice: Voice, words: str = "", lead: bool = False) -> str:
    """A hit: its sentence, where it stands, what can be done with it, and the passage folded beneath."""
    first, last = hit.best
    span = span_in(hit, words)
    inner = tuple((a - first, b - first) for a, b in hit.highlights if first <= a and b <= last)
    sentence = marked(hit.sentence, [("word", inner), ("span", span)])
    passage = marked(hit.passage.text, [("sentence", (hit.best,)), ("span", tuple((a + first, b + first) for a, b in span))])
    words_in = (span[0][0] + first, span[0][1] + first) if span else (0, 0)
    place = spot(hit.passage.document_id, hit.passage.start, hit.best, words_in)
    title = hit.meta.title or voice("no_title")
    return (
        f'<article class="hit{" lead" if lead else ""}" data-spot="{escape(place)}">'
        f'<p class="answer">{sentence}</p>'
        f"{source_line(hit.meta, voice, hit)}"
        f'<div class="actions"><button type="button" class="link strong" data-do="open">{voice.html("open")}</button>'
        f'<button type="button" class="link" data-do="cite" data-text="{escape(citation(hit))}">{voice.html("cite")}</button></div>'
        f"<details><summary>{voice.html('context')}</summary><blockquote>{passage}</blockquote>"
        f'<p class="file">{escape(title)} · {escape(voice.file(hit.file))}</p></details>'
        "</article>"
    )


def answer_html(answer: Answer, voice: Voice, related: Sequence[Related] = (), more: int = 5, total: int = 0, compare: str = "") -> str:
    """The card of one turn.

    Args:
        answer: what the engine said.
        voice: the language.
        related: questions to go on with.
        more: further hits shown, folded.
        total: places of the library, so that a scope of all of them can be named as such.
        compare: the same question of every place, offered where it is not empty.
    """
    head = _question(answer, voice, total)
    if not answer.answered:
        told = _silent(answer, voice) + _refusal(answer, voice)
        return f'<section class="turn refused">{head}{told}{_related(related, voice, compare)}</section>'
    leads = _leads(answer)
    rest = [hit for hit in answer.hits if hit not in [lead for lead, _ in leads]][:more]
    cards = "".join(hit_html(hit, voice, span, lead=True) for hit, span in leads) + _silent(answer, voice)
    others = "".join(hit_html(hit, voice) for hit in rest)
    if rest:
        others = f'<details class="others"><summary>{voice.html("others", count=len(rest))}</summary>{others}</details>'
    return f'<section class="turn">{head}{cards}{_verdict(voice)}{others}{_related(related, voice, compare)}</section>'


def _leads(answer: Answer) -> list[tuple[Hit, str]]:
    """The first hit with its answer's words, or that of each place where a few places were asked for."""
    told = [(part.hit, part.span) for part in answer.parts if part.hit and not part.refusal]
    return told if 1 < len(told) <= _CARDS else [(answer.hits[0], answer.span)]


def _silent(answer: Answer, voice: Voice) -> str:
    """A line for each of several places that gives no answer."""
    lines = [
        f'<p class="silent"><span class="tag city">{escape(voice.place(part.city))}</span> {_why(part.refusal, voice)}</p>'
        for part in answer.parts
        if part.refusal
    ]
    return "".join(lines[:_CARDS])


def _question(answer: Answer, voice: Voice, total: int) -> str:
    query = answer.query
    asked = answer.completed or query.text
    state = {
        "asked": asked,
        "scope": {"cities": answer.scope.cities, "years": answer.scope.years, "kinds": answer.scope.kinds},
        "topic": query.topic,
    }
    completed = f'<p class="completed">{voice.html("completed", text=answer.completed)}</p>' if answer.completed else ""
    chips = _chips(answer, voice, total)
    for typed, meant in answer.corrections:
        question = asked.replace(typed, meant)
        label = voice.html("did_you_mean", typed=typed, meant=voice.place(meant))
        chips += f'<button type="button" class="chip hint" data-do="replace" data-text="{escape(question)}">{label}</button>'
    return f'<div class="asked" data-state="{escape(json.dumps(state))}">{completed}<div class="chips">{chips}</div></div>'


def _chips(answer: Answer, voice: Voice, total: int) -> str:
    """What was understood, each with a cross that takes it away."""
    scope, query = answer.scope, answer.query
    chips: list[str] = []
    if total and len(scope.cities) >= total:
        chips.append(f'<span class="chip">{voice.html("all_cities")}</span>')
    elif len(scope.cities) > _MANY:
        chips.append(_chip(voice("some_cities", count=len(scope.cities)), "cities", "", voice))
    else:
        chips += [_chip(voice.place(city), "cities", city, voice) for city in scope.cities]
    if len(scope.years) > _MANY:
        chips.append(f'<span class="chip">{voice.html("all_years")}</span>')
    else:
        chips += [_chip(voice("year", year=year), "years", str(year), voice) for year in scope.years]
    chips += [_chip(voice(kind), "kinds", kind, voice) for kind in scope.kinds]
    if query.tense:
        chips.append(_chip(voice("ask_" + query.tense), "tense", query.tense, voice))
    return "".join(chips)


def _chip(name: str, field: str, value: str, voice: Voice) -> str:
    label = voice.html("drop", name=name)
    return (
        f'<button type="button" class="chip drop" data-do="drop" data-field="{field}" data-value="{escape(value)}" '
        f'aria-label="{label}" title="{label}">{escape(name)}<span aria-hidden="true">×</span></button>'
    )


def _verdict(voice: Voice) -> str:
    buttons = "".join(
        f'<button type="button" class="thumb" data-do="judge" data-verdict="{verdict}" aria-pressed="false" '
        f'aria-label="{voice.html(key)}" title="{voice.html(key)}">{icon(verdict)}</button>'
        for verdict, key in (("up", "good"), ("down", "bad"))
    )
    return f'<div class="verdict">{buttons}<span class="note" role="status"></span></div>'


def _refusal(answer: Answer, voice: Voice) -> str:
    refusal = answer.refusal
    speaking = ""
    if refusal and refusal.speaking:
        buttons = "".join(
            f'<button type="button" class="chip" data-do="place" data-value="{escape(city)}">{escape(voice.place(city))}</button>'
            for city in refusal.speaking[:8]
        )
        speaking = f'<div class="speaking"><span>{voice.html("speaking")}</span>{buttons}</div>'
    nearest = ""
    if answer.hits:
        hits = "".join(hit_html(hit, voice) for hit in answer.hits[:3])
        nearest = f'<details class="others" open><summary>{voice.html("nearest")}</summary>{hits}</details>'
    return (
        f'<div class="reason"><p class="what">{_why(refusal, voice)}</p>'
        f'<p class="why">{voice.html("refusal_hint")}</p>{speaking}</div>{nearest}{_verdict(voice)}'
    )


def _why(refusal: Refusal | None, voice: Voice) -> str:
    """Why nothing answers, escaped."""
    reason = refusal.reason if refusal else "not_stated"
    detail = "、".join(voice.place(d) for d in refusal.detail.split("、")) if refusal else ""
    return voice.html(reason if reason in voice.words else "not_stated", detail=detail)


def _related(related: Sequence[Related], voice: Voice, compare: str) -> str:
    buttons = "".join(
        f'<button type="button" class="chip" data-do="ask" data-text="{escape(r.text)}">{escape(r.text)}</button>' for r in related
    )
    if compare:
        buttons += (
            f'<button type="button" class="chip" data-do="compare" data-text="{escape(compare)}">{voice.html("compare_these")}</button>'
        )
    return f'<div class="related"><span>{voice.html("related")}</span>{buttons}</div>' if buttons else ""


def report_html(report: Report, voice: Voice, spots: Sequence[tuple[int, int]] = (), spans: Sequence[tuple[int, int]] = ()) -> str:
    """A whole report; the n-th spot becomes `mark.spot.n<n>` so that a page can scroll to it, spans the answer's words."""
    layers = [(f"spot n{number}", [spot]) for number, spot in enumerate(spots)] + [("span", [span]) for span in spans]
    body: list[str] = []
    for line in report.lines:
        own = [(name, [(a - line.start, b - line.start) for a, b in found if a < line.end and line.start < b]) for name, found in layers]
        tag = "h4" if line.heading else "p"
        body.append(f"<{tag}>{marked(report.text[line.start : line.end], own)}</{tag}>")
    title = report.meta.title or voice("no_title")
    return (
        f'<header class="report-head"><h3>{escape(title)}</h3>{source_line(report.meta, voice)}'
        f'<p class="file">{escape(voice.file(report.file))}</p></header><div class="report-text">{"".join(body)}</div>'
    )
