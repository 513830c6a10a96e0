"""What figures are said of, and when, on sentences of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Meta, Passage, Period
from qa.dates import Told, told
from qa.subjects import claims, content


def said(sentence: str) -> list[tuple[str, str, str]]:
    """(figure, subject without fillers, noun) of every figure."""
    return [(c.figure.raw, "|".join(content(part) for part in c.subject.split("|")), c.noun) for c in claims(sentence)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("全市地区生产总值2310亿元、增长3.6%。", [("2310亿元", "地区生产总值", ""), ("3.6%", "地区生产总值", "")]),
        ("生产总值完成980亿元、居全省第7位，增长4.1%。", [("980亿元", "生产总值", ""), ("4.1%", "生产总值", "")]),
        ("固定资产投资增长9%，出口增长5%。", [("9%", "固定资产投资", ""), ("5%", "出口", "")]),
        ("新建学校12所、幼儿园8所。", [("12所", "新建学校", ""), ("8所", "幼儿园", "")]),
        ("新增2400个学位、36所学校。", [("2400个", "新增", "学位"), ("36所", "新增", "学校")]),
        ("新建3万亩、改造提升5万亩高标准农田。", [("3万亩", "", "高标准农田"), ("5万亩", "改造", "高标准农田")]),
        ("城乡居民收入分别增长5%、7%。", [("5%", "城镇居民收入", ""), ("7%", "农村居民收入", "")]),
        ("城镇、农村居民收入增长5%和7%。", [("5%", "城镇居民收入", ""), ("7%", "农村居民收入", "")]),
        ("新材料产业、新能源产业产值分别达到50亿元、60亿元。", [("50亿元", "新材料产业产值", ""), ("60亿元", "新能源产业产值", "")]),
        ("民生支出31亿元，占财政支出的84%。", [("31亿元", "民生支出", ""), ("84%", "民生支出占财政支出", "")]),
    ],
)
def test_figures_find_their_subject(sentence: str, expected: list[tuple[str, str, str]]) -> None:
    assert said(sentence) == expected


def test_lists_dealt_out_stay_dealt_out_in_the_next_clause() -> None:
    four = said("城乡居民收入分别达到5.1万元、2.6万元，分别增长4.4%、6.9%。")
    assert [subject for _, subject, _ in four] == ["城镇居民收入", "农村居民收入"] * 2


def test_a_bare_head_looks_back_for_its_owner() -> None:
    grain = claims("粮食播种面积210万亩，产量88万吨。")[1]
    assert "粮食" in grain.context and content(grain.subject) == "产量"
    firms = claims("新增高新技术企业42家、总数达到310家。")[1]
    assert "高新技术企业" in firms.context and content(firms.subject) == "总数"


def test_the_verb_of_a_list_reaches_its_later_members() -> None:
    assert [c.lead for c in claims("新增科技企业12家、瞪羚企业3家，培训教师90人。")] == ["新增", "新增", ""]


@given(st.text(alphabet="全市新增企业总数收入增长和与、，。；达到分别的12.%亿元家个人(）第 ", max_size=60))
def test_any_text_gives_one_claim_for_each_figure_in_order(text: str) -> None:
    found = claims(text)
    starts = [c.figure.start for c in found]
    assert starts == sorted(starts)
    assert all(text[c.figure.start : c.figure.end] == c.figure.raw for c in found)


META = Meta(city="宁波", year=2023, kind="政府工作报告")


@pytest.mark.parametrize(
    ("period", "text", "expected"),
    [
        (Period("actual", 2022), "生产总值增长3%", Told("actual", 2022)),
        (Period("target", 2023), "生产总值增长6%", Told("target", 2023)),
        (Period("target", 2023), "去年新增就业3万人", Told("actual", 2022)),
        (Period("target", 2023), "比去年新增就业3万人", Told("target", 2023)),
        (Period("actual", 2022), "2021年增长8%", Told("actual", 2021)),
        (Period("actual", 2022), "今年增长8%", Told("target", 2023)),
        (Period("actual", 2022), "前三季度，出口300亿元；投资增长9%", Told("actual", 2022, whole=False)),
        (Period("actual", 2022), "前三季度，出口300亿元；全年投资增长9%", Told("actual", 2022)),
        (Period("actual", 2022), "五年来，新建公路900公里", Told("actual", 2022, whole=False)),
        (Period("actual", 2022), "53年来最强的台风，新建公路900公里", Told("actual", 2022)),
        (Period("target", 2023), "到2025年，城镇化率达60%", Told("target", 2023, whole=False)),
        (None, "生产总值增长3%", Told("", None)),
    ],
)
def test_the_time_of_a_figure(period: Period | None, text: str, expected: Told) -> None:
    passage = Passage("d", text, 0, len(text), (), ((0, len(text)),), period)
    assert told(passage, len(text), META if period else Meta()) == expected
