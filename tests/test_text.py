from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Span
from index.text import (
    _CLOSERS,
    _ENDERS,
    _LONGEST_QUOTE,
    _ONE_FORM,
    _PAIRS,
    _append,
    _cut_long,
    _english_stop,
    clause_spans,
    plain,
    sentence_spans,
)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("建成3所学校。新增学位120个；改造道路5条。好。", ["建成3所学校。", "新增学位120个；", "改造道路5条。好。"]),
        ("产值增长3.5%，收入1.2万元。", ["产值增长3.5%，收入1.2万元。"]),
        ("落实《条例。细则》要求。下一句话开始。", ["落实《条例。细则》要求。", "下一句话开始。"]),
        ("他说“先修路。再盖房”，大家都同意。", ["他说“先修路。再盖房”，大家都同意。"]),
        ("他说：“我们一定做好。”第二句在这里。", ["他说：“我们一定做好。”", "第二句在这里。"]),
        ("第一行没有句号\n第二行也没有", ["第一行没有句号", "第二行也没有"]),
        ("GDP grew 3.5 percent. Jobs rose by 2 percent. ", ["GDP grew 3.5 percent.", "Jobs rose by 2 percent."]),
        ("建成（一期。二期）工程。好。", ["建成（一期。", "二期）工程。好。"]),
        ("   \n ", []),
    ],
)
def test_sentences(text: str, sentences: list[str]):
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences


@given(st.text(alphabet="建设。；！？，“”《》 \n1.5%a（）", max_size=200))
def test_sentences_lose_only_white_space(text: str):
    spans = sentence_spans(text)
    assert all(a < b for a, b in spans)
    assert all(left[1] <= right[0] for left, right in zip(spans, spans[1:], strict=False))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())


def test_a_sentence_without_end_is_cut_before_a_passage_overflows():
    spans = sentence_spans("一串没有句号的话，" * 200)
    assert max(b - a for a, b in spans) <= 380


def test_clauses_keep_decimals_and_thousands_whole():
    text = "产值1,234.5亿元，增长3.5%、居第一"
    assert [text[a:b] for a, b in clause_spans(text, (0, len(text)))] == ["产值1,234.5亿元，", "增长3.5%、", "居第一"]


@given(st.text())
def test_one_form_keeps_length(text: str):
    assert len(plain(text)) == len(text)


@given(st.text(alphabet=st.characters(), max_size=50))
def test_one_form_of_a_long_text(text: str):
    text = text + "，污水１２ａ\U0001f642" + "甲" * 2_000
    assert plain(text) == text.translate(_ONE_FORM)


def test_one_form_of_halves_side_by_side():
    text = "甲，" * 2_000 + "\ud83d" + "\ude42"
    assert len(plain(text)) == len(text)


def test_one_form():
    assert plain("增长１２．５％，Ａ级（市）") == "增长12.5%,A级(市)"


def character_by_character(text: str) -> tuple[Span, ...]:
    """The same rule as a slow loop over every character."""
    spans: list[Span] = []
    start = i = 0
    closing, opened = "", 0
    while i < len(text):
        c = text[i]
        if closing:
            if c == closing or i - opened > _LONGEST_QUOTE:
                closing = ""
        elif c in _PAIRS and text.find(_PAIRS[c], i, i + _LONGEST_QUOTE) > 0:
            closing, opened = _PAIRS[c], i
        ends = c == "\n" or (not closing and (c in _ENDERS or _english_stop(text, i)))
        # “……。” closes the sentence after the mark.
        if c in "”」』" and i and text[i - 1] in "。！？!?":
            ends = True
        if ends:
            while i + 1 < len(text) and text[i + 1] in _CLOSERS and c != "\n":
                if text[i + 1] == closing:
                    closing = ""
                i += 1
            _append(spans, text, start, i + 1)
            start = i + 1
            if c == "\n":
                closing = ""
        i += 1
    _append(spans, text, start, len(text))
    return tuple(piece for span in spans for piece in _cut_long(text, span))


@settings(max_examples=500)
@given(st.text(alphabet="建设市民。；！？?，“”《》「」』 \n1.5%a（）甲", max_size=260))
def test_sentences_are_those_of_the_slow_loop(text: str):
    assert sentence_spans(text) == character_by_character(text)


@given(st.integers(100, 140), st.sampled_from("“《「『"), st.text(alphabet="甲。”》“」\n）", max_size=30))
def test_a_quotation_that_is_not_closed_in_time(length: int, mark: str, rest: str):
    text = mark + "甲" * (length - 2) + "。" + rest + "乙。" * 20 + "”》"
    assert sentence_spans(text) == character_by_character(text)
