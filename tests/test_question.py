from __future__ import annotations

import pytest

from index.errors import QuestionError
from index.records import Document, Meta
from qa.places import Places
from qa.question import LONGEST, understand


def document(city: str, province: str, level: str = "city", year: int = 2023, prefecture: str | None = None) -> Document:
    return Document(
        "f", "", 0, Meta(city, province, prefecture or city + "市", city, level, year, "政府工作报告", {"三乡镇": "sanxiang"}.get(city, ""))
    )


PLACES = Places(
    (
        document("宁波", "浙江省"),
        document("青岛", "山东省"),
        document("中山", "广东省"),
        document("三乡镇", "广东省", "township", prefecture="中山市"),
        document("乐昌", "广东省", "county", prefecture="韶关市"),
    )
)


@pytest.mark.parametrize(
    ("question", "cities"),
    [
        ("宁波今年的目标", ("宁波",)),
        ("宁波市有多少所学校", ("宁波",)),
        ("What is Ningbo's growth target?", ("宁波",)),
        ("NINGBO growth", ("宁波",)),
        ("宁波和青岛谁的产值高", ("宁波", "青岛")),
        ("三乡镇怎么治水", ("三乡镇",)),
        ("三乡怎么治水", ("三乡镇",)),
        ("中山市三乡镇怎么治水", ("三乡镇",)),
        ("What does Sanxiang Town in Zhongshan build?", ("三乡镇",)),
        ("山东有哪些海洋产业", ("青岛",)),
        ("乐昌修了几条路", ("乐昌",)),
        ("修了几条路", ()),
    ],
)
def test_places_in_any_form(question: str, cities: tuple[str, ...]):
    assert understand(question, PLACES).cities == cities


@pytest.mark.parametrize(
    ("question", "absent"),
    [("南京的目标", ("南京",)), ("宁夏的目标", ("宁夏",)), ("青海的目标", ("青海",)), ("Guangzhou GDP", ("广州",)), ("宁波的目标", ())],
)
def test_places_the_library_does_not_hold_are_never_taken_for_another(question: str, absent: tuple[str, ...]):
    query = understand(question, PLACES)
    assert query.absent_cities == absent
    assert not (absent and query.cities)


def test_scope_and_question_words_leave_the_topic():
    query = understand("宁波2023年新增就业目标是多少？", PLACES)
    assert (query.topic, query.years, query.tense, query.wants) == ("新增就业目标是", (2023,), "target", "figure")


@pytest.mark.parametrize(
    ("question", "years"), [("去年修路多少", (2022,)), ("今年修路多少", (2023,)), ("jobs last year", (2022,)), ("修路", ())]
)
def test_relative_years_count_from_the_reports_year(question: str, years: tuple[int, ...]):
    assert understand(question, PLACES).years == years


def test_relative_years_stay_open_where_reports_of_several_years_may_answer():
    places = Places((document("宁波", "浙江省", year=2022), document("宁波", "浙江省", year=2023)))
    assert understand("去年修路多少", places).years == ()


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("修路多少公里", "figure"),
        ("how many schools", "figure"),
        ("怎么治水", "measures"),
        ("有没有地铁", "yes_no"),
        ("哪个区最快", "name"),
    ],
)
def test_kind_of_answer(question: str, wants: str):
    assert understand(question, PLACES).wants == wants


@pytest.mark.parametrize("question", ["", "  \n ", "问" * (LONGEST + 1)])
def test_what_cannot_be_asked_is_told(question: str):
    with pytest.raises(QuestionError):
        understand(question, PLACES)


def test_a_question_of_question_words_only_is_still_searched():
    assert understand("多少？", PLACES).topic


@pytest.mark.parametrize(
    ("question", "cities"),
    [
        ("甬今年的目标", ("宁波",)),
        ("珠三角的就业", ("中山",)),
        ("Pearl River Delta jobs", ("中山",)),
        ("长三角的污水", ("宁波",)),
        ("广东的学校", ("中山", "三乡镇", "乐昌")),
    ],
)
def test_abbreviations_provinces_and_groups(question: str, cities: tuple[str, ...]):
    assert understand(question, PLACES).cities == cities


@pytest.mark.parametrize("question", ["甬道怎么修", "青年就业", "中小学的学位", "宁静的河"])
def test_single_characters_are_not_taken_for_places(question: str):
    query = understand(question, PLACES)
    assert query.cities == ()


@pytest.mark.parametrize(
    ("question", "meant"),
    [("宁播的目标", ("宁播", "宁波")), ("Nigbo growth target", ("Nigbo", "宁波")), ("Qindao jobs", ("Qindao", "青岛"))],
)
def test_slips_are_offered_and_not_taken(question: str, meant: tuple[str, str]):
    query = understand(question, PLACES)
    assert query.corrections == (meant,)
    assert query.cities == ()


@pytest.mark.parametrize("question", ["宁波的目标", "农村的目标", "What is the quality of air?", "青岛怎么治水"])
def test_right_names_and_other_words_are_not_corrected(question: str):
    assert understand(question, PLACES).corrections == ()


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("宁波、青岛和中山的财政收入", "的财政收入"),
        ("Ningbo and Qingdao: fiscal revenue", "fiscal revenue"),
        ("青岛和南京的财政收入是多少", "的财政收入是"),
        ("青岛与上海的合作怎么推进", "与上海的合作 推进"),  # a place that is spoken of, not asked
    ],
)
def test_words_that_join_places_leave_with_them(question: str, topic: str):
    assert understand(question, PLACES).topic == topic


@pytest.mark.parametrize(
    ("question", "tense"),
    [
        ("宁波2023年要建多少座桥", "target"),
        ("宁波港口今年要做到多少万箱", "target"),
        ("宁波明年打算办什么展会", "target"),
        ("宁波的产值想冲到多少亿", "target"),
        ("宁波即将开通的地铁有几条", "target"),
        ("宁波通过哪些办法治水", None),
        ("宁波为了什么修路", None),
        ("宁波将建成几座公园", "target"),
        ("How does Ningbo intend to cut costs?", "target"),
        ("When is the bridge supposed to open?", "target"),
        ("宁波2022年修了多少公里路", "actual"),
        ("宁波到机场的路修通了没", "actual"),
        ("宁波的球队拿过啥奖", "actual"),
        ("宁波拿了什么奖", "actual"),
        ("宁波去年新开了几家超市", "actual"),
        ("宁波今年定了多少人的就业任务", "target"),
        ("跑了几趟都没办成，宁波有人管吗", None),
        ("宁波娃娃上学要不要交钱", None),
        ("宁波办一张证要几天", None),
        ("宁波最重要的产业是哪个", None),
        ("宁波的主要河流有哪些", None),
        ("我想知道宁波的桥有多少座", None),
        ("在宁波想学开车去哪里", None),
        ("在宁波要租房去哪里", None),
    ],
)
def test_what_was_done_and_what_is_wanted(question: str, tense: str | None):
    assert understand(question, PLACES).tense == tense


def test_several_is_not_how_many():
    assert understand("跑了几趟都没办成，宁波有人管吗", PLACES).wants == "yes_no"
    assert understand("宁波跑了几趟班列", PLACES).wants == "figure"
