"""The place of a text that does not name itself, on sentences of our own."""

from __future__ import annotations

import pytest

from index.metadata import read_metadata

SAID = "宁波市的港口今年更忙，新开航线两条。"


@pytest.mark.parametrize(("times", "city"), [(2, ""), (3, "宁波"), (4, "宁波")])
def test_a_place_named_three_times_is_the_place(times: int, city: str):
    meta = read_metadata("港口一年的工作。\n" + SAID * times, "note.txt")
    assert (meta.city or "") == city
    assert (f"宁波市: {times} ×" in meta.evidence.get("city", "")) == bool(city)


def test_the_place_named_most_often_wins():
    meta = read_metadata("港口一年的工作。\n" + SAID * 3 + "青岛市来的船也多了。" * 4, "note.txt")
    assert meta.city == "青岛"


@pytest.mark.parametrize("province", ["江苏省", "福建省", "河南省"])
def test_the_province_that_the_text_names_decides_between_places_of_one_name(province: str):
    meta = read_metadata(f"鼓楼区政府工作报告\n鼓楼区新修道路12公里，{province}的客人来了不少。", "note.txt")
    assert (meta.city, meta.province) == ("鼓楼", province)


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("易县政府工作报告\n今年全县新修道路12公里。", "易县"),
        ("2023年保定市易县人民政府工作报告\n各位代表，现在报告工作。", "易县"),
        ("——2023年1月5日在寿县第十七届人民代表大会第二次会议上\n各位代表，现在报告工作。", "寿县"),
        ("和县政府工作报告\n今年全县新修道路12公里。", "和县"),
        ("各市和县人民政府都来了\n港口今年更忙。", ""),
        ("城区政府工作报告\\n港口今年更忙。", ""),
        ("我市政府工作报告\n港口今年更忙。", ""),
    ],
)
def test_counties_of_two_characters(text: str, city: str):
    assert (read_metadata(text, "note.txt").city or "") == city
