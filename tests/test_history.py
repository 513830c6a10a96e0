"""A conversation as Markdown and Word: every answer with its citation, report text as text."""

from __future__ import annotations

import io

import pytest
from docx import Document

from pages.texts import words
from qa.history import as_markdown, as_word


@pytest.fixture
def answers(engine):
    return [engine.ask(q) for q in ("宁波的污水怎么治理", "火星的目标是多少", "宁波有多少所学校*[x](y)")]


def test_markdown_has_a_footnote_for_every_answer(answers):
    text = as_markdown(answers, words("zh"))
    answered = [a for a in answers if a.answered]
    assert text.count("\n## ") == len(answers)
    assert text.count("[^1]: ") == 1 and f"[^{len(answered)}]: " in text and f"[^{len(answered) + 1}]" not in text
    assert text.count(words("zh")["no_answer"]) == len(answers) - len(answered)
    assert r"\*\[x\](y)" in text


def test_word_holds_the_same_sentences(answers):
    document = Document(io.BytesIO(as_word(answers, words("en"))))
    text = "\n".join(p.text for p in document.paragraphs)
    for answer in answers:
        assert answer.query.text in text
        assert (answer.hits[0].sentence.strip() in text) == answer.answered
    assert words("en")["sources"] in text


def test_word_takes_control_characters(engine):
    answer = engine.ask("宁波的污水\x00\x0b怎么治理")
    assert "宁波的污水怎么治理" in "\n".join(p.text for p in Document(io.BytesIO(as_word([answer], words("zh")))).paragraphs)
