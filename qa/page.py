"""Answers -> HTML fragments that are safe to show: every text is escaped here, marks are made from offsets.

Imports neither gradio nor numpy. A page only calls these and shows what they return.
"""

from __future__ import annotations

from html import escape

from index.records import Meta, Span
from qa.records import Answer, Hit

_PERIOD = {"actual": ("回顾", "review"), "target": ("计划", "plan")}


def marked(text: str, layers: list[tuple[str, tuple[Span, ...]]]) -> str:
    """Escaped text in which each layer's spans carry its class; layers may overlap one another.

    Args:
        text: the text to show.
        layers: (class name, sorted non-overlapping spans) pairs.
    """
    edges = sorted({0, len(text), *(edge for _, spans in layers for span in spans for edge in span)})
    pieces: list[str] = []
    for start, end in zip(edges, edges[1:], strict=False):
        names = [name for name, spans in layers if any(a <= start and end <= b for a, b in spans)]
        piece = escape(text[start:end])
        pieces.append(f'<mark class="{" ".join(names)}">{piece}</mark>' if names else piece)
    return "".join(pieces).replace("\n", "<br>")


def source_line(meta: Meta, hit: Hit | None = None) -> str:
    """City, year, kind, section and period as small labels."""
    labels = [("city", meta.city), ("year", meta.year), ("kind", meta.kind)]
    parts = [f'<span class="tag {name}">{escape(str(value))}</span>' for name, value in labels if value]
    if hit and hit.passage.period:
        period = hit.passage.period
        zh, _ = _PERIOD[period.kind]
        parts.append(f'<span class="tag period">{zh}{" " + str(period.year) if period.year else ""}</span>')
    if hit and hit.passage.heading:
        parts.append(f'<span class="section">{escape(" › ".join(hit.passage.heading))}</span>')
    return f'<div class="source">{"".join(parts)}</div>'


def hit_html(hit: Hit, span: str = "", opened: bool = False) -> str:
    """A hit: its sentence, where it stands, and the passage folded beneath."""
    sentence = hit.sentence
    offset = sentence.find(span) if span else -1
    inner: tuple[Span, ...] = ((offset, offset + len(span)),) if offset >= 0 else ()
    shift = hit.best[0]
    words = tuple((a - shift, b - shift) for a, b in hit.highlights if hit.best[0] <= a and b <= hit.best[1])
    best = (hit.best,)
    answer = tuple((a + shift, b + shift) for a, b in inner)
    passage = marked(hit.passage.text, [("sentence", best), ("word", hit.highlights), ("span", answer)])
    return (
        f'<article class="hit" data-rank="{hit.rank}">'
        f'<p class="answer">{marked(sentence, [("word", words), ("span", inner)])}</p>'
        f"{source_line(hit.meta, hit)}"
        f"<details{' open' if opened else ''}><summary>原文段落 passage</summary>"
        f'<blockquote>{passage}</blockquote><p class="file">{escape(hit.meta.title)} · {escape(hit.file)}</p></details>'
        "</article>"
    )


def answer_html(answer: Answer, more: int = 4) -> str:
    """The card of one turn: the question, the best hit open, further hits folded; or why there is no answer."""
    question = f'<h3 class="question">{escape(answer.query.text)}</h3>'
    if not answer.answered:
        return f'<section class="turn refusal">{question}<p class="reason">没有找到答案：{escape(answer.refusal.detail if answer.refusal else "")}</p></section>'
    first, rest = answer.hits[0], answer.hits[1 : 1 + more]
    others = "".join(hit_html(hit) for hit in rest)
    folded = f'<details class="others"><summary>其他相关段落 more passages ({len(rest)})</summary>{others}</details>' if rest else ""
    return f'<section class="turn">{question}{hit_html(first, answer.span, opened=True)}{folded}</section>'
