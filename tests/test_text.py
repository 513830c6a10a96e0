from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text import clause_spans, plain, sentence_spans


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


def test_one_form():
    assert plain("增长１２．５％，Ａ级（市）") == "增长12.5%,A级(市)"
