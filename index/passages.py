"""Headings -> heading path; paragraphs -> passages cut at sentence ends.

A heading stands on a line of its own (一、 (一) 1. # 【】, or a short line without a full stop), or is pasted to the
front of a paragraph ((一)坚持……。正文), or stands in the middle of a report that is one single line. Heading lines
stay in the text of the passage they open, so nothing of a document is lost; they are not sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from index.periods import PeriodReader
from index.records import Document, Passage, Span
from index.text import plain, sentence_spans

TARGET = 220  # characters a passage aims at
LIMIT = 400  # characters a passage never exceeds
_LEAD_IN = 25  # a shorter line that ends no sentence opens the passage that follows (各位代表: )
_LONGEST_HEADING = 60

_NUMBER = "一二三四五六七八九十"
_LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第[{_NUMBER}]{{1,3}}[部分篇章编]{{1,2}}\s*")),
    (2, re.compile(rf"[{_NUMBER}]{{1,3}}、")),
    (2, re.compile(r"【[^】]{2,30}】")),
    (3, re.compile(rf"\([{_NUMBER}]{{1,3}}\)")),
    (4, re.compile(r"\d{1,2}(?:\.(?!\d)|、)")),
    (5, re.compile(r"\(\d{1,2}\)")),
    (6, re.compile(r"——|--")),
)
_MARKDOWN = re.compile(r"(#{1,6})\s+")
_TOP = re.compile(
    r"(?:\d{4}年)?.{0,16}(?:工作回顾|工作安排|工作任务|目标任务|预期目标|重点工作|工作思路|自身建设|用语说明|名词解释)[^。，,]{0,12}$"
)
_INLINE = re.compile(rf"(?<=[。！？!?；;:\s])\s*(?=[{_NUMBER}]{{1,3}}、[一-鿿\d]|\([{_NUMBER}]{{1,3}}\)[一-鿿])")
_ENDERS = "。！？；!?;，,、"


@dataclass(frozen=True)
class Block:
    """A paragraph or heading line, [start, end) in the document, with what it opens."""

    start: int
    end: int
    level: int = 0  # 0 is no heading
    label: str = ""
    alone: bool = False  # the whole block is the heading


def split_passages(document: Document) -> tuple[Passage, ...]:
    """The passages of a document; together their spans cover every character that is not white space."""
    text, flat = document.text, plain(document.text)
    passages: list[Passage] = []
    path: list[tuple[int, str]] = []
    periods = PeriodReader(document.meta)
    opening: int | None = None  # where pending heading lines start
    for block in _blocks(flat):
        if block.level:
            path = [(level, label) for level, label in path if level < block.level] + [(block.level, block.label)]
            periods.heading(block.level, block.label)
        if block.alone:
            opening = block.start if opening is None else opening
            continue
        lead = block.end - block.start < _LEAD_IN and flat[block.end - 1] not in "。！？!?；;”）)"
        if lead and block.level == 0:
            opening = block.start if opening is None else opening
            continue
        heading = tuple(label for _, label in path)
        for span in _cut(text, block.start, block.end):
            start = span[0]
            if opening is not None and span[1] - opening <= LIMIT:
                start, opening = opening, None
            elif opening is not None:
                passages.append(_passage(document, flat, (opening, block.start), (block.start, block.start), heading, periods))
                opening = None
            passages.append(_passage(document, flat, (start, span[1]), span, heading, periods))
    if opening is not None:
        end = len(text.rstrip())
        passages.append(_passage(document, flat, (opening, end), (opening, end), tuple(label for _, label in path), periods))
    return tuple(passages)


def _passage(document: Document, flat: str, whole: Span, body: Span, heading: tuple[str, ...], periods: PeriodReader) -> Passage:
    start, end = whole
    while end > start and document.text[end - 1].isspace():
        end -= 1
    text = document.text[start:end]
    shift = body[0] - start
    sentences = tuple((a + shift, b + shift) for a, b in sentence_spans(document.text[body[0] : min(body[1], end)]))
    return Passage(document.id, text, start, end, heading, sentences, periods.passage(flat[start:end]))


def _blocks(flat: str) -> Iterator[Block]:
    """Lines as blocks; a line of many sections is cut at its inner headings first."""
    position = 0
    for line in flat.split("\n"):
        start, end = position, position + len(line)
        position = end + 1
        edges = [start, *(start + m.end() for m in _INLINE.finditer(line) if len(line) > LIMIT), end]
        for a, b in zip(edges, edges[1:], strict=False):
            while a < b and flat[a].isspace():
                a += 1
            while b > a and flat[b - 1].isspace():
                b -= 1
            if a < b:
                yield from _heading_or_text(flat, a, b)


def _heading_or_text(flat: str, start: int, end: int) -> Iterator[Block]:
    line = flat[start:end]
    markdown = _MARKDOWN.match(line)
    bare = line[markdown.end() :] if markdown else line
    short = len(bare) <= _LONGEST_HEADING
    for level, pattern in _LEVELS:
        found = pattern.match(bare)
        if not found:
            continue
        if pattern.pattern.startswith("【"):
            label_end = found.end()
        elif short and bare[-1] not in _ENDERS:
            label_end = len(bare)
        else:
            stop = re.compile(r"[。:；;]|\s(?=\S{8})").search(bare, found.end(), _LONGEST_HEADING)
            label_end = stop.start() if stop else found.end()
        label = bare[:label_end].strip()
        alone = short and label_end >= len(bare) - 1
        if level >= 4 and not alone and label_end > 24:
            label = label[: found.end()] if level < 6 else ""
        if level == 6:
            label = label.lstrip("—-")
        if label_end - found.end() < 2 and not pattern.pattern.startswith("【"):
            break
        # A numbered line that ends in a full stop is a sentence too: it stays text.
        yield Block(start, end, level if label else 0, label, alone and bare[-1] not in "。！？；;!?")
        return
    if markdown:
        yield Block(start, end, max(1, len(markdown[1]) - 1), bare.strip(), True)
    elif short and bare[-1] not in _ENDERS + ":”）)" and _TOP.search(bare) and len(bare) <= 40:
        yield Block(start, end, 1, bare, True)
    else:
        yield Block(start, end)


def _cut(text: str, start: int, end: int) -> list[Span]:
    """A paragraph as pieces of about `TARGET` characters, of even size, ending with sentences."""
    if end - start <= TARGET * 1.4:
        return [(start, end)]
    sentences = [(a + start, b + start) for a, b in sentence_spans(text[start:end])]
    pieces: list[Span] = []
    begin = start
    for (_, stop), following in zip_longest(sentences, sentences[1:]):
        next_start = following[0] if following else end
        grown = (following[1] if following else stop) - begin
        left = end - begin
        aim = left / max(1, round(left / TARGET))  # what is left in even pieces
        if following is None or grown > LIMIT or next_start - begin >= aim * 0.95:
            pieces.append((begin, stop if following is None else next_start))
            begin = next_start
    if begin < end:
        pieces.append((begin, end))
    if len(pieces) > 1 and pieces[-1][1] - pieces[-1][0] < 50 and pieces[-1][1] - pieces[-2][0] <= LIMIT:
        pieces[-2:] = [(pieces[-2][0], pieces[-1][1])]
    return pieces
