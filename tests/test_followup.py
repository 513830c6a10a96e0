"""Dialogues: what the second question leaves out is taken from the first."""

from __future__ import annotations

import pytest

from qa.followup import follow
from qa.places import Places
from qa.question import understand
from tests.test_question import document

PLACES = Places(
    (
        document("宁波", "浙江省"),
        document("泉州", "福建省"),
        document("温州", "浙江省"),
        document("青岛", "山东省"),
        document("三乡镇", "广东省", "township", prefecture="中山市"),
    )
)

# first question, follow-up, (cities, years, words of the topic, tense)
DIALOGUES = [
    ("宁波2023年GDP增长目标是多少？", "那泉州呢？", (("泉州",), (2023,), "GDP", "target")),
    ("宁波2023年GDP增长目标是多少？", "泉州呢", (("泉州",), (2023,), "GDP", "target")),
    ("宁波2023年GDP增长目标是多少？", "那温州市呢?", (("温州",), (2023,), "GDP", "target")),
    ("宁波2023年GDP增长目标是多少？", "去年呢？", (("宁波",), (2022,), "GDP", None)),
    ("宁波去年新增就业多少人", "今年呢", (("宁波",), (2023,), "就业", "target")),
    ("宁波去年新增就业多少人", "目标呢？", (("宁波",), (2023,), "就业", "target")),
    ("宁波今年粮食产量目标", "实际呢？", (("宁波",), (2022,), "粮食", "actual")),
    ("宁波今年粮食产量目标", "实际完成情况呢", (("宁波",), (2022,), "粮食", "actual")),
    ("宁波怎么治理农村污水？", "青岛呢？", (("青岛",), (), "污水", None)),
    ("宁波怎么治理农村污水？", "那青岛和泉州呢？", (("青岛", "泉州"), (), "污水", None)),
    ("三乡镇怎么治水", "宁波呢", (("宁波",), (), "治水", None)),
    ("宁波怎么治水", "那三乡镇呢", (("三乡镇",), (), "治水", None)),
    ("宁波有多少所学校", "2022年呢？", (("宁波",), (2022,), "学校", None)),
    ("宁波有多少所学校", "换成温州", (("温州",), (), "学校", None)),
    ("宁波有多少所学校", "再看看青岛", (("青岛",), (), "学校", None)),
    ("宁波的养老床位有多少", "那里的学校有多少所", (("宁波",), (), "学校", None)),
    ("宁波的养老床位有多少", "还有，当地的医院呢", (("宁波",), (), "医院", None)),
    ("What is Ningbo's GDP growth target for 2023?", "What about Wenzhou?", (("温州",), (2023,), "GDP", "target")),
    ("What is Ningbo's GDP growth target for 2023?", "and Quanzhou?", (("泉州",), (2023,), "GDP", "target")),
    ("What is Ningbo's GDP growth target for 2023?", "And last year?", (("宁波",), (2022,), "GDP", None)),
    ("How many jobs did Ningbo create last year?", "What about Qingdao?", (("青岛",), (2022,), "jobs", None)),
    ("How many jobs did Ningbo create last year?", "and the target?", (("宁波",), (2023,), "jobs", "target")),
    ("How does Ningbo treat sewage?", "How about Wenzhou and Qingdao?", (("温州", "青岛"), (), "sewage", None)),
    ("How does Ningbo treat sewage?", "and how many schools are there?", (("宁波",), (), "schools", None)),
    ("宁波2023年固定资产投资目标", "2022年实际呢？", (("宁波",), (2022,), "固定资产投资", "actual")),
    ("宁波2023年GDP增长目标是多少？", "What about Wenzhou?", (("温州",), (2023,), "GDP", "target")),
]


@pytest.mark.parametrize(("first", "second", "expected"), DIALOGUES)
def test_dialogues(first: str, second: str, expected: tuple[tuple[str, ...], tuple[int, ...], str, str | None]):
    before, _ = follow(first, PLACES, None)
    query, completed = follow(second, PLACES, before)
    cities, years, words, tense = expected
    assert (query.cities, query.years) == (cities, years)
    assert words in query.topic
    assert completed
    assert tense is None or query.tense == tense


def test_a_third_turn_follows_the_second():
    first, _ = follow("宁波2023年GDP增长目标是多少？", PLACES, None)
    second, _ = follow("泉州呢", PLACES, first)
    third, completed = follow("去年呢", PLACES, second)
    assert (third.cities, third.years) == (("泉州",), (2022,))
    assert "GDP" in third.topic
    assert "泉州" in completed


@pytest.mark.parametrize("question", ["青岛新建几所学校", "农村污水怎么治理", "How many schools does Qingdao build?", "哪个城市的粮食最多"])
def test_a_whole_question_stands_by_itself(question: str):
    before = understand("宁波2023年GDP增长目标是多少？", PLACES)
    query, completed = follow(question, PLACES, before)
    assert completed == ""
    assert "宁波" not in query.cities


def test_the_first_question_is_never_a_follow_up():
    assert follow("那泉州呢？", PLACES, None)[1] == ""
