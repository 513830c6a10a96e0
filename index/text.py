"""Characters: one form for matching while the original is kept for showing, and sentences as offsets."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index.records import Span

_FULL = "，：；！？（）％．－～＋／＝　\u00a0\u3000" + "".join(chr(c) for c in range(0xFF10, 0xFF1A))
_HALF = ",:;!?()%.-~+/=   " + "0123456789"
_LETTERS = {c: chr(c - 0xFEE0) for c in [*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]}
_LONG = 2_000  # characters from which a table is quicker than `translate`
_ONE_FORM = {ord(a): b for a, b in zip(_FULL, _HALF, strict=True)} | _LETTERS

_ENDERS = "。！？!?；;"
_CLOSERS = "”’」』）)】》\"'"
_PAIRS = {"“": "”", "《": "》", "「": "」", "『": "』"}
_MARKS = re.compile(r"[。！？!?；;.\n“”《》「」『』]")  # where a sentence or a quotation may begin or end
_LONGEST_QUOTE = 120  # a quotation mark that is not closed within this many characters is taken for a slip
_SHORTEST = 6  # a piece of fewer characters joins the sentence before it
_LONGEST_SENTENCE = 380  # a passage holds at most 400 characters; longer sentences are cut at commas


def plain(text: str) -> str:
    """Text for matching: half-width digits, letters and punctuation. Same length, so offsets stay true."""
    if len(text) > _LONG:
        codes = _table()[np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)]
        flat = codes.tobytes().decode("utf-16-le", "surrogatepass")
        if len(flat) == len(text):  # not so where two halves of a character stand side by side
            return flat
    return text.translate(_ONE_FORM)


@cache
def _table() -> NDArray[np.uint16]:
    """The same for every UTF-16 unit."""
    table = np.arange(1 << 16, dtype=np.uint16)
    for code, form in _ONE_FORM.items():
        table[code] = ord(form)
    return table


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Sentences as offsets, ends included, white space between them left out.

    A sentence ends at 。！？； and line ends, and at an English full stop before a space; never inside 《》 or a
    quotation, never inside a decimal.
    """
    spans: list[Span] = []
    start = passed = 0  # where the sentence begins; up to where the text is dealt with
    closing, opened = "", 0
    for mark in _MARKS.finditer(text):
        i = mark.start()
        if i < passed:
            continue  # closes the sentence before
        c = text[i]
        if closing and i > max(opened + _LONGEST_QUOTE + 1, passed):
            closing = ""
        if closing:
            if c == closing or i - opened > _LONGEST_QUOTE:
                closing = ""
        elif c in _PAIRS and text.find(_PAIRS[c], i, i + _LONGEST_QUOTE) > 0:
            closing, opened = _PAIRS[c], i
        if c == "\n":
            _append(spans, text, start, i + 1)
            start, closing = i + 1, ""
        # “……。” closes the sentence after the mark.
        elif (not closing and (c in _ENDERS or _english_stop(text, i))) or (c in "”」』" and i and text[i - 1] in "。！？!?"):
            while i + 1 < len(text) and text[i + 1] in _CLOSERS:
                i += 1
                if text[i] == closing:
                    closing = ""
            _append(spans, text, start, i + 1)
            start = passed = i + 1
    _append(spans, text, start, len(text))
    return tuple(piece for span in spans for piece in _cut_long(text, span))


def clause_spans(text: str, span: Span) -> tuple[Span, ...]:
    """Clauses of one sentence (cut at ，、：), as offsets into `text`; a decimal or thousands comma does not cut."""
    start, end = span
    cuts = [m.end() + start for m in re.finditer(r"[，、：:]|,(?!\d{3}(?!\d))", text[start:end])]
    edges = [start, *cuts, end]
    return tuple((a, b) for a, b in zip(edges, edges[1:], strict=False) if text[a:b].strip())


def _english_stop(text: str, i: int) -> bool:
    return text[i] == "." and i + 1 < len(text) and text[i + 1].isspace() and i > 1 and text[i - 1].isascii() and text[i - 2].isalpha()


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return
    if spans and end - start < _SHORTEST and "\n" not in text[spans[-1][1] : start]:
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))


def _cut_long(text: str, span: Span) -> list[Span]:
    """A sentence over the limit is cut at its commas, or hard where it has none."""
    start, end = span
    if end - start <= _LONGEST_SENTENCE:
        return [span]
    pieces: list[Span] = []
    while end - start > _LONGEST_SENTENCE:
        window = text[start : start + _LONGEST_SENTENCE]
        cut = max(window.rfind(mark) for mark in "，,、：: ") + 1
        cut = cut if cut > _LONGEST_SENTENCE // 4 else _LONGEST_SENTENCE
        pieces.append((start, start + cut))
        start += cut
    pieces.append((start, end))
    return [(a, b) for a, b in pieces if text[a:b].strip()]
