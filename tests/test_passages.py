from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.compendium import split_reports
from index.passages import LIMIT, split_passages
from index.records import Document, Meta
from tests.conftest import REPORT, REPORTS

META = Meta(title="t", city="宁波", level="city", year=2023, kind="政府工作报告")


def passages_of(text: str, meta: Meta = META):
    return split_passages(Document("f", text, 0, meta))


def same_text(text: str) -> None:
    joined = "".join(p.text for p in passages_of(text))
    assert "".join(joined.split()) == "".join(text.split())


def test_headings_on_their_own_line_and_pasted():
    found = {p.text.split("。")[0]: p.heading for p in passages_of(REPORT.format(city="宁波", gdp=1, goal=2))}
    assert found["（二）环境持续改善"] == ("一、2022年工作回顾", "(二)环境持续改善")
    assert found["二、2023年工作安排\n\n今年主要预期目标是：生产总值增长2%左右，粮食产量稳定在52万吨以上"] == ("二、2023年工作安排",)
    assert found["（一）办好教育"] == ("二、2023年工作安排", "(一)办好教育")


def test_headings_are_not_sentences_but_stay_in_the_text():
    first = passages_of("一、2022年工作回顾\n\n全市修路12公里，改造小区3个，群众出行更方便。")[0]
    assert first.text.startswith("一、2022年工作回顾")
    assert first.sentence_texts() == ["全市修路12公里，改造小区3个，群众出行更方便。"]


def test_a_report_of_one_single_line():
    text = "各位代表：现在报告工作。 一、2022年工作回顾 去年，全市修路12公里。" + "改造了一批小区，群众满意。" * 40
    text += " 二、2023年工作安排 今年计划修路20公里。" + "继续改造小区，让群众满意。" * 40 + "（一）办好教育。新建学校6所。"
    rows = passages_of(text)
    assert rows[-1].heading == ("二、2023年工作安排", "(一)办好教育")
    assert {p.heading[0] for p in rows if p.heading} == {"一、2022年工作回顾", "二、2023年工作安排"}
    same_text(text)


def test_periods_follow_the_headings():
    periods = {p.heading[0]: (p.period.kind, p.period.year) for p in passages_of(REPORT.format(city="宁波", gdp=1, goal=2)) if p.heading}
    assert periods == {"一、2022年工作回顾": ("actual", 2022), "二、2023年工作安排": ("target", 2023)}


def test_periods_without_headings_turn_at_the_phrase_that_opens_a_plan():
    text = "过去一年，我们修路12公里。\n一年来，改造小区3个，群众满意。\n今年工作的总体要求是：稳中求进，办好实事。\n新修道路20公里，改造小区8个。"
    assert [p.period.kind for p in passages_of(text)] == ["actual", "actual", "target", "target"]


def test_yearbook_chapters():
    meta = Meta(title="改革工作", city="中山", year=2018, kind="年鉴")
    rows = passages_of(
        "【改革概况】 2018年，全市推进改革，完成任务33项，成效明显。\n\n【商事登记】 2018年，办理登记5万户，时间缩短。", meta
    )
    assert [p.heading for p in rows] == [("【改革概况】",), ("【商事登记】",)]
    assert {(p.period.kind, p.period.year) for p in rows} == {("actual", 2018)}


@given(st.text(alphabet="一二、(（)）.1。；，建设污水\n —#【】“”", max_size=900))
def test_nothing_is_lost_and_nothing_is_too_long(text: str):
    same_text(text)
    for p in passages_of(text):
        assert 0 < len(p.text) <= LIMIT
        assert all(p.text[a:b].strip() and 0 <= a < b <= len(p.text) for a, b in p.sentences)


def test_long_paragraphs_become_even_pieces():
    rows = passages_of("全市新修道路12公里，改造小区3个，群众出行更加方便。" * 60)
    assert all(150 < len(p.text) <= LIMIT for p in rows)


@pytest.mark.parametrize("rest", [10, 49, 50, 100])
def test_a_short_rest_joins_the_piece_before_it(rest: int):
    text = "".join("路" * (length - 1) + "。" for length in (100, 200, rest))
    assert [len(p.text) for p in passages_of(text)] == ([300 + rest] if rest < 50 else [300, rest])


def test_a_collection_is_split_and_a_table_of_contents_is_not():
    body = "各位代表：现在报告工作。" + "全市修路12公里，群众满意。" * 40
    contents = "\n".join(f"2023年{c}市政府工作报告" for c in ("宁波", "青岛", "贵港"))
    text = "资料汇编\n目录\n" + contents + "\n" + "\n".join(f"2023年{c}市政府工作报告\n{body}" for c in ("宁波", "青岛", "贵港"))
    parts, removed = split_reports(text)
    assert [p.title for p in parts] == ["2023年宁波市政府工作报告", "2023年青岛市政府工作报告", "2023年贵港市政府工作报告"]
    assert removed[0].startswith("资料汇编")
    assert "".join(text[p.start : p.end] for p in parts) == text[parts[0].start :]


def test_one_report_stays_one():
    parts, removed = split_reports("2023年宁波市政府工作报告\n" + "全市修路12公里。" * 100)
    assert len(parts) == 1
    assert removed == ()


def test_real_reports_lose_nothing():
    if not REPORTS.is_dir():
        import pytest

        pytest.skip("the real reports (../shared/reports) are not on this machine")
    for path in REPORTS.glob("*.txt"):
        text = path.read_text("utf-8")
        for part in split_reports(text)[0]:
            same_text(text[part.start : part.end])
