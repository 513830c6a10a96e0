"""A question over several places: one row for every document, the verdict on two, targets against results."""

from __future__ import annotations

import json
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from index.build import build
from index.library import Library
from pages.texts import words
from qa.__main__ import main
from qa.compare import one_unit
from qa.comparison import Row
from qa.comparison_page import comparison_html
from qa.engine import Engine
from qa.indicator import read_indicator
from qa.match import flow_of
from qa.page import Voice
from qa.question import understand
from qa.subjects import claims
from qa.targets import APART, MET, MISSED, UNTOLD, judged
from qa.verdict import judge
from tests.conftest import REPORT, ToyEncoder

KEYS = {"city", "title", "file", "year", "kind", "absent", "raw", "value", "unit", "qualifier", "evidence", "heading"}


def test_a_row_for_every_document_with_value_kind_and_place(engine: Engine) -> None:
    found = engine.compare("各市2023年GDP增长目标是多少?")
    assert [(r.city, r.value, r.unit, r.kind, r.year, r.qualifier) for r in found.rows] == [
        ("宁波", 6.0, "%", "target", 2023, "左右"),
        ("青岛", 5.5, "%", "target", 2023, "左右"),
    ]
    for row in found.rows:
        passage = engine.library.read([row.row])[0]
        assert passage.text[slice(*row.sentence)] == row.evidence
        assert passage.text[slice(*row.figure)] == row.raw
        assert passage.heading == row.heading and row.heading


def test_level_growth_actual_and_target_are_told_apart(engine: Engine) -> None:
    assert [r.value for r in engine.compare("各市2022年GDP是多少亿元").rows] == [1500, 1400]
    assert [r.value for r in engine.compare("各市2022年GDP增速").rows] == [3.1, 3.1]
    assert all(r.absent for r in engine.compare("各市2023年GDP总量目标是多少亿元").rows)
    assert [r.value for r in engine.compare("各市2022年新增就业多少人").rows] == [26000, 26000]
    assert all(r.absent for r in engine.compare("各市2023年新增就业目标是多少人").rows)


def test_absent_rows_keep_the_nearest_sentence(engine: Engine) -> None:
    rows = engine.compare("各市2022年粮食产量是多少").rows  # only a target is told
    assert [(r.city, r.absent, r.value, r.raw) for r in rows] == [("宁波", True, None, ""), ("青岛", True, None, "")]
    assert all("粮食产量" in r.evidence for r in rows)


def test_json_shape(engine: Engine) -> None:
    given = json.loads(json.dumps(engine.compare("各市2022年GDP是多少").as_json(), ensure_ascii=False))
    assert {"question", "indicator", "unit", "rows"} <= set(given)
    assert given["indicator"] == "地区生产总值" and given["unit"] == "亿元"
    for row in given["rows"]:
        assert set(row) >= KEYS
        assert isinstance(row["value"], float) and row["kind"] in ("actual", "target") and isinstance(row["heading"], list)


def test_places_and_years_of_the_caller_win(engine: Engine) -> None:
    assert [r.city for r in engine.compare("各市2022年GDP是多少", cities=["青岛"]).rows] == ["青岛"]
    assert [r.city for r in engine.compare("宁波2022年GDP是多少").rows] == ["宁波"]
    assert all(r.absent for r in engine.compare("各市GDP是多少", year=2015).rows)
    missing = engine.compare("GDP是多少", cities=["宁波", "大理"])
    assert missing.absent_cities == ("大理",) and [r.city for r in missing.rows] == ["宁波"]
    nowhere = engine.compare("兰州的GDP是多少")
    assert nowhere.rows == () and nowhere.absent_cities == ("兰州",)


def test_questions_over_text_give_sentences(engine: Engine) -> None:
    found = engine.compare("各市怎么处理污水?")
    assert found.text and found.unit == "" and [r.city for r in found.rows] == ["宁波", "青岛"]
    assert all("污水" in r.evidence and r.value is None for r in found.rows)


def test_several_documents_of_a_place_stay_apart(tmp_path: Path, toy: ToyEncoder) -> None:
    for year, gdp in (("2022", "1300"), ("2023", "1500")):
        text = (
            REPORT.format(city="宁波", gdp=gdp, goal="6")
            .replace("2022年工作回顾", f"{int(year) - 1}年工作回顾")
            .replace("2023年", f"{year}年")
        )
        (tmp_path / f"{year}.txt").write_text(text, "utf-8")
    build([tmp_path], tmp_path / "index", toy)
    engine = Engine(Library(tmp_path / "index"), toy)
    assert sorted((r.year, r.value) for r in engine.compare("宁波GDP是多少").rows) == [(2021, 1300), (2022, 1500)]
    aims = {aim.target.year: aim for aim in engine.targets("GDP增长")}
    assert aims[2022].before.value == 3.1 and aims[2022].before.year == 2021
    assert aims[2022].target.value == 6 and aims[2022].result is not None
    assert (aims[2022].result.value, aims[2022].status) == (3.1, MISSED)
    assert aims[2023].result is None and aims[2023].status == ""
    assert set(aims[2022].as_json()) == {"city", "title", "file", "before", "target", "result", "status"}


def row(city: str, value: float | None, raw: str = "", **values: object) -> Row:
    base = Row(city, "报告", "a.txt", 2022, "actual", value is None, raw or str(value), value, unit="亿元", score=1.0)
    return replace(base, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        (row("甲", 12.0), row("乙", 10.0), "larger"),
        (row("甲", 9.0), row("乙", 10.0), "smaller"),
        (row("甲", 10.0), row("乙", 10.0), "equal"),
        (row("甲", 12000.0, qualifier="超"), row("乙", 6800.0, qualifier="超"), "larger"),
        (row("甲", 2300.0, qualifier="超"), row("乙", 2304.0), "close"),
        (row("甲", 50.0, qualifier="以上"), row("乙", 60.0), "close"),
        (row("甲", 70.0, qualifier="以上"), row("乙", 60.0), "larger"),
        (row("甲", 6.0, kind="target", qualifier="以上"), row("乙", 5.0, kind="target", qualifier="左右"), "larger"),
        (row("甲", 6.0, unit="%"), row("乙", 5.0), "unit"),
        (row("甲", 6.0, year=2021), row("乙", 5.0), "period"),
        (row("甲", 6.0, kind="target"), row("乙", 5.0), "period"),
        (row("甲", 6.0, note="新增"), row("乙", 5.0), "measure"),
        (row("甲", None), row("乙", 5.0), "absent"),
    ],
)
def test_the_verdict_on_two_places(a: Row, b: Row, code: str) -> None:
    verdict = judge([a, b], ["甲", "乙"], "产值")
    assert verdict is not None and verdict.code == code and verdict.zh.endswith("。") and verdict.en.endswith(".")


def test_the_verdict_is_shown_in_the_language_of_the_page(engine: Engine) -> None:
    found = engine.compare("青岛和宁波谁的GDP更大")
    verdict = found.verdict
    assert verdict is not None
    chinese, english = (comparison_html(found, Voice(words(language), language=language)) for language in ("zh", "en"))
    assert escape(verdict.zh) in chinese and escape(verdict.en) not in chinese
    assert escape(verdict.en) in english and escape(verdict.zh) not in english


@pytest.mark.parametrize(
    ("sentence", "newly", "added", "stock"),
    [
        ("新增学位2400个。", True, True, False),
        ("高新技术企业净增30家。", True, True, False),
        ("高新技术企业增长12%。", True, True, False),
        ("高新技术企业总数达到581家。", False, False, True),
        ("累计建成充电桩2400个。", False, True, True),
        ("引进人才2400人。", False, True, False),
        ("完成投资24亿元。", False, False, False),
    ],
)
def test_what_was_added_and_what_there_is(sentence: str, newly: bool, added: bool, stock: bool) -> None:
    flow = flow_of(claims(sentence)[0])
    assert (flow.newly, flow.added, flow.stock) == (newly, added, stock)


def test_no_verdict_on_one_or_three_places() -> None:
    assert judge([row("甲", 1.0)], ["甲"], "产值") is None
    assert judge([row(c, 1.0) for c in "甲乙丙"], list("甲乙丙"), "产值") is None


def test_two_places_are_judged_in_a_question(engine: Engine) -> None:
    verdict = engine.compare("青岛和宁波谁的GDP更大").verdict
    assert verdict is not None and verdict.code == "smaller" and "宁波" in verdict.zh


@pytest.mark.parametrize(
    ("target", "result", "status"),
    [
        (row("甲", 6.0), row("甲", 6.4), MET),
        (row("甲", 6.0), row("甲", 5.9), MISSED),
        (row("甲", 5.5, qualifier="以内"), row("甲", 5.2), MET),
        (row("甲", -3.0, change="下降"), row("甲", -2.5, change="下降"), MISSED),
        (row("甲", 6.0), row("甲", None), UNTOLD),
        (row("甲", 6.0), row("甲", 6.0, unit="人"), APART),
        (row("甲", 6.0), None, ""),
        (row("甲", None), row("甲", 6.0), ""),
    ],
)
def test_targets_are_judged(target: Row, result: Row | None, status: str) -> None:
    assert judged(target, result) == status


def test_the_command(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from qa import compare_command

    monkeypatch.setattr(compare_command.Engine, "open", lambda *_: engine)
    assert main(["compare", "各市2022年GDP是多少", "--csv", str(tmp_path / "t.csv"), "--md", str(tmp_path / "t")]) == 0
    out = capsys.readouterr().out
    assert "1500亿元" in out and "青岛" in out
    assert (tmp_path / "t.csv").is_file() and (tmp_path / "t.md").is_file()
    assert main(["compare", "各市2022年养老床位有多少张", "--cities", "宁波", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["rows"][0]["absent"] is True
    (tmp_path / "q.jsonl").write_text('{"id": 7, "question": "各市2022年GDP是多少"}\n', "utf-8")
    assert main(["compare", "--questions", str(tmp_path / "q.jsonl")]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == 7
    assert main(["targets", "GDP增长", "--cities", "Ningbo"]) == 0
    assert "6%左右" in capsys.readouterr().out
    assert main(["compare", "各市GDP", "--cities", "亚特兰蒂斯"]) == 2
    assert "no place of this library" in capsys.readouterr().err
    assert main(["compare"]) == 2


def test_rows_are_brought_under_the_unit_asked_for_and_else_the_commonest(engine: Engine):
    rows = [Row("甲", "", "", 2023, "actual", absent=False, unit=unit) for unit in ("座", "座", "所", "公里")]
    asked = replace(read_indicator(understand("新建了多少所学校", engine.places)), asked_unit="所")
    assert [row.unit for row in one_unit(rows, asked)] == ["所", "所", "所", "公里"]
    assert [row.unit for row in one_unit(rows, replace(asked, asked_unit=""))] == ["座", "座", "座", "公里"]
