"""A conversation as a document: every turn with its answer sentence and a numbered citation, as Markdown or Word."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence

from qa.citation import source
from qa.records import Answer

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # what XML, and so Word, cannot hold


def as_markdown(answers: Sequence[Answer], words: Mapping[str, str]) -> str:
    """Questions as headings, answer sentences as quotations, sources as footnotes.

    Args:
        answers: the turns, oldest first.
        words: the texts of a language (`history_title`, `no_answer`).
    """
    lines = [f"# {words['history_title']}", ""]
    notes: list[str] = []
    for answer in answers:
        lines += [f"## {_plain(answer.completed or answer.query.text)}", ""]
        if not answer.answered or not answer.hits:
            lines += [words["no_answer"], ""]
            continue
        hit = answer.hits[0]
        sentence = _plain(hit.sentence.strip())
        if answer.span:
            sentence = sentence.replace(_plain(answer.span), f"**{_plain(answer.span)}**", 1)
        notes.append(source(hit))
        lines += [f"> {sentence}[^{len(notes)}]", ""]
    lines += [f"[^{number}]: {_plain(note)}" for number, note in enumerate(notes, 1)]
    return "\n".join(lines).rstrip() + "\n"


def as_word(answers: Sequence[Answer], words: Mapping[str, str]) -> bytes:
    """The same as a .docx file, sources in a numbered list at the end."""
    from docx import Document

    document = Document()
    document.add_heading(words["history_title"], 1)
    notes: list[str] = []
    for answer in answers:
        document.add_heading(_clean(answer.completed or answer.query.text), 2)
        if not answer.answered or not answer.hits:
            document.add_paragraph(words["no_answer"])
            continue
        hit = answer.hits[0]
        notes.append(source(hit))
        before, span, after = _clean(hit.sentence.strip()).partition(_clean(answer.span)) if answer.span else (hit.sentence, "", "")
        paragraph = document.add_paragraph(_clean(before), style="Intense Quote")
        paragraph.add_run(span).bold = True
        paragraph.add_run(after)
        paragraph.add_run(f" [{len(notes)}]").font.superscript = True
    if notes:
        document.add_heading(words["sources"], 2)
        for number, note in enumerate(notes, 1):
            document.add_paragraph(f"[{number}] {_clean(note)}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _plain(text: str) -> str:
    """Report text in Markdown: its own signs are no marks."""
    return _MARKDOWN.sub(r"\\\1", " ".join(_clean(text).split()))


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
