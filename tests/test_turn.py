"""What a browser sends is read with suspicion."""

from __future__ import annotations

import json

import pytest

from index.errors import QuestionError
from index.library import Scope
from pages.served import served
from pages.texts import words
from pages.turn import Turn, read_json, read_turn
from qa.page import Voice

VOICE = Voice(words("zh"))


def test_a_turn_is_read_with_its_scope_and_the_turn_before():
    turn = read_turn(
        {
            "question": "那泉州呢？",
            "scope": {"cities": ["泉州"], "years": ["2023", 2022], "kinds": ["年鉴"]},
            "without": ["tense", "everything"],
            "previous": {"question": "宁波的目标", "without": ["cities"], "previous": {"question": "never read"}},
        }
    )
    assert turn.scope == Scope(cities=("泉州",), years=(2023, 2022), kinds=("年鉴",))
    assert turn.without == ("tense",)
    assert turn.previous == Turn("宁波的目标", without=("cities",))


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "text",
        {},
        {"question": 5},
        {"question": "x", "scope": "宁波"},
        {"question": "x", "scope": {"cities": "宁波"}},
        {"question": "x", "scope": {"cities": [["宁波"]]}},
        {"question": "x", "scope": {"cities": ["长" * 101]}},
        {"question": "x", "scope": {"cities": ["a"] * 2001}},
        {"question": "x", "scope": {"years": ["today"]}},
        {"question": "x", "scope": {"years": ["²⁰²³"]}},
        {"question": "x", "previous": {"question": None}},
    ],
)
def test_a_turn_of_another_shape_is_refused_with_a_message(value: object):
    with pytest.raises(QuestionError, match=r"\w+"):
        read_turn(value)


@pytest.mark.parametrize("request_", [None, 5, "", "[]", "{", "[" * 100_000, '"text"', "{" + " " * 500_000 + "}"])
def test_a_request_that_is_no_object_is_refused(request_: object):
    with pytest.raises(QuestionError):
        read_json(request_)


def test_a_visitor_never_sees_a_trace(capsys: pytest.CaptureFixture[str]):
    @served(VOICE)
    def broken(request: dict) -> dict:
        raise RuntimeError("a secret path")

    @served(VOICE)
    def refused(request: dict) -> dict:
        raise QuestionError("2x is no year; give four digits, e.g. 2023")

    assert json.loads(broken("{}")) == {"error": "出错了，没有得到结果。"}
    assert "a secret path" in capsys.readouterr().err
    assert json.loads(refused("{}")) == {"error": "2x 不是年份；请用四位数字，例如 2023"}
    assert "error" in json.loads(broken("no json"))
