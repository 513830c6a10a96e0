"""Questions of our own with their answers marked in a sentence of a report; only offsets are stored, the text is not.

`data/questions` holds the first answer of every snippet as text, `data/marked_answers.jsonl` where those to the second
Chinese and the first English question stand in it (`zh`, `en`: [start, end)), `data/marked_questions.jsonl` questions over
single sentences of the raw texts: file, line counted from 0, and [start, end) of the answer in the line.
"""

from __future__ import annotations

import lzma
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.text import sentence_spans
from models.prepare import OWN, RAW_TEXTS, read_lines

EVERY = 8  # one in so many of the raw texts' paragraphs is held out where question files are


@dataclass(frozen=True)
class Marked:
    """A question with the sentence that answers it.

    Attributes:
        source: `first`, `second`, `English` (questions over snippets) or `text` (over sentences of the raw texts).
        held: whether it lies in what is held out.
    """

    source: str
    question: str
    sentence: str
    answer: str
    held: bool


def marked(material: Path, held: Collection[int]) -> Iterator[Marked]:
    """All of them; `held` are numbers of question files."""
    yield from _over_snippets(material, held)
    yield from _over_texts(material, held)


def _over_texts(material: Path, held: Collection[int]) -> Iterator[Marked]:
    """Those over the raw texts; a sentence that stands in a snippet is held out or kept as the snippet is."""
    files = {int(path.stem.removeprefix("questions_")) for path in (OWN / "questions").glob("questions_*.jsonl")}
    out, kept = (
        "\n".join(text for n in sorted(numbers) for text in _snippets(material, n).values()) for numbers in (held, files - set(held))
    )
    lines: dict[str, list[str]] = {}
    for name in RAW_TEXTS:
        with lzma.open(material / "text" / f"{name}.txt.xz", "rt", encoding="utf-8", newline="\n") as text:
            lines[name] = text.read().split("\n")
    for row in read_lines(OWN / "marked_questions.jsonl"):
        line, start, end = int(str(row["line"])), int(str(row["start"])), int(str(row["end"]))
        found = _holding(lines[str(row["text"])][line], start, end)
        if found:
            sentence = found[0].strip()
            apart = sentence in out or (bool(held) and line % EVERY == 0 and sentence not in kept)
            yield Marked("text", str(row["question"]), *found, apart)


def _over_snippets(material: Path, held: Collection[int]) -> Iterator[Marked]:
    places = {str(row["id"]): row for row in read_lines(OWN / "marked_answers.jsonl")}
    for path in sorted((OWN / "questions").glob("questions_*.jsonl")):
        number = int(path.stem.removeprefix("questions_"))
        snippets = _snippets(material, number)
        for row in read_lines(path):
            text, answer, place = snippets.get(str(row["id"]), ""), str(row.get("answer") or ""), places.get(str(row["id"]), {})
            chinese, english = (list(row.get(field) or ()) for field in ("q_zh", "q_en"))  # type: ignore[call-overload]
            begin = text.find(answer) if answer else -1
            asked = [("first", chinese[:1], [begin, begin + len(answer)] if begin >= 0 else None)]
            asked += [("second", chinese[1:2], place.get("zh")), ("English", english[:1], place.get("en"))]
            for source, questions, span in asked:
                found = _holding(text, *span) if span else None
                if questions and found:
                    yield Marked(source, str(questions[0]), *found, number in held)


def _snippets(material: Path, number: int) -> dict[str, str]:
    return {str(row["id"]): str(row["text"]) for row in read_lines(material / "questions" / f"snippets_{number}.jsonl")}


def _holding(text: str, start: int, end: int) -> tuple[str, str] | None:
    """The sentence around [start, end) and the words there; None where they run over its end."""
    for a, b in sentence_spans(text):
        if a <= start and end <= b:
            return text[a:b], text[start:end]
    return None
