from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoder import open_encoder
from qa.places import Places
from qa.question import understand
from qa.spans import answer_span, matched_words, merge


@pytest.mark.parametrize(
    ("question", "sentence", "span"),
    [
        ("新建几所学校", "全年新建学校6所，新增学位5400个。", "6所"),
        ("增加了多少学位", "全年新建学校6所，新增学位5400个。", "5400个"),
        ("修了多少公里农村公路", "新修农村公路１２０公里，改造桥梁18座。", "１２０公里"),
        ("产值多少亿，增长几个点", "全年工业总产值达到458.5亿元、增长3.7%。", "458.5亿元、增长3.7%"),
        ("投诉热线叫什么名字", "投诉热线改名为“暖心热线”，全天有人接听。", "暖心热线"),
        ("哪个村评上了全国先进", "青石村评上全国先进，群众都很高兴。", "青石村"),
        ("什么时候通车", "环城公路6月底前通车，沿线新建车站3座。", "6月底前"),
        ("怎么治理污水", "修建污水管网，开通公交线路3条。", "修建污水管网"),
    ],
)
def test_the_words_that_answer(question: str, sentence: str, span: str):
    assert answer_span(open_encoder(), sentence, understand(question, Places(()))) == span


@settings(deadline=None, max_examples=40)  # the first example opens the model
@given(st.text(alphabet="建设6所学校，。；“”《》()12.5%亿元 哪", max_size=80), st.sampled_from(["几所学校", "哪个学校", "怎么建学校"]))
def test_a_span_is_always_cut_from_its_sentence(sentence: str, question: str):
    assert answer_span(open_encoder(), sentence, understand(question, Places(()))) in sentence


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)).map(lambda t: (t[0], t[0] + t[1]))))
def test_merged_spans_are_sorted_and_apart(spans: list[tuple[int, int]]):
    merged = merge(spans)
    assert all(left[1] < right[0] for left, right in zip(merged, merged[1:], strict=False))
    assert {i for a, b in merged for i in range(a, b)} == {i for a, b in spans for i in range(a, b)}


def test_matched_words_survive_full_width_forms():
    text = "ＧＤＰ增长，gdp总量"
    assert [text[a:b] for a, b in matched_words(text, "GDP")] == ["ＧＤＰ", "gdp"]
