from __future__ import annotations

from pathlib import Path

import pytest

from index.build import build
from index.encoder import open_encoder
from index.errors import ModelMismatch
from index.library import Library, Scope
from pages.texts import words
from qa.__main__ import render
from qa.engine import Engine
from qa.fuse import BM25_ONLY, Weights
from qa.page import Voice, answer_html
from tests.conftest import ToyEncoder


def test_the_sentence_that_answers_is_on_top(engine: Engine):
    answer = engine.ask("宁波农村污水处理站有多少座")
    assert answer.hits[0].sentence == "（二）环境持续改善。建成农村生活污水处理站18座；" or "污水处理站18座" in answer.hits[0].sentence
    assert answer.hits[0].meta.city == "宁波"
    assert answer.span == "18座"


def test_the_city_filters_inside_the_search(engine: Engine):
    assert {hit.meta.city for hit in engine.ask("青岛的就业").hits} == {"青岛"}
    assert {hit.meta.city for hit in engine.ask("就业", scope=Scope(cities=("宁波",))).hits} == {"宁波"}


def test_a_filter_that_matches_nothing_finds_nothing(engine: Engine):
    answer = engine.ask("就业", scope=Scope(cities=("南京",)))
    assert answer.hits == ()
    assert not answer.answered
    assert answer.refusal.reason == "empty_scope"


def test_a_city_that_is_not_there_is_told(engine: Engine):
    answer = engine.ask("南京的就业目标是多少")
    assert not answer.answered
    assert (answer.refusal.reason, answer.refusal.detail) == ("absent_city", "南京")


def test_year_and_tense_prefer_the_part_that_speaks_of_them(engine: Engine):
    assert engine.ask("宁波2023年生产总值增长目标").hits[0].passage.period.kind == "target"
    assert engine.ask("宁波2022年生产总值增长").hits[0].passage.period.kind == "actual"


def test_json_shape_is_a_public_interface(engine: Engine):
    shape = engine.ask("宁波污水处理站多少座").as_json()
    assert set(shape) == {"question", "completed", "scope", "corrections", "answered", "refusal", "answer", "answers", "hits", "seconds"}
    assert set(shape["scope"]) == {"cities", "years", "kinds", "tense", "wants"}
    assert set(shape["answer"]) == {"sentence", "span", "hit"}
    keys = {
        "rank",
        "score",
        "city",
        "year",
        "kind",
        "title",
        "file",
        "document_id",
        "start",
        "heading",
        "period",
        "text",
        "sentences",
        "highlights",
    }
    assert set(shape["hits"][0]) == keys
    hit = shape["hits"][0]
    assert [h["rank"] for h in shape["hits"]] == list(range(1, len(shape["hits"]) + 1))
    assert all(a < b <= len(hit["text"]) for a, b in hit["sentences"] + hit["highlights"])
    assert all(x[1] <= y[0] for x, y in zip(hit["highlights"], hit["highlights"][1:], strict=False))


def test_of_several_places_each_answers_first(engine: Engine):
    answer = engine.ask("青岛和宁波2022年城镇新增就业多少人")
    assert [part.city for part in answer.parts] == ["青岛", "宁波"]
    assert {hit.meta.city for hit in answer.hits[:2]} == {"青岛", "宁波"}
    assert all("2.6万人" in hit.sentence for hit in answer.hits[:2])
    parts = answer.as_json()["answers"]
    assert [(part["city"], part["answered"], part["answer"]["span"]) for part in parts] == [
        ("青岛", True, "2.6万人"),
        ("宁波", True, "2.6万人"),
    ]
    assert sorted(part["answer"]["hit"] for part in parts) == [1, 2]
    assert engine.ask("青岛新增就业多少人").parts == ()


def test_a_place_that_does_not_tell_is_refused_by_itself(corpus: Path, tmp_path: Path, toy: ToyEncoder):
    silent = corpus / "b.md"
    silent.write_bytes(silent.read_text("gb18030").replace("达到1400亿元，增长", "增长").encode("gb18030"))
    build([corpus], tmp_path / "silent", toy)
    engine = Engine(Library(tmp_path / "silent"), toy)
    answer = engine.ask("青岛、宁波和南京2022年生产总值是多少亿元")
    assert answer.answered
    assert answer.hits[0].meta.city == "宁波"
    assert answer.span == "1500亿元"
    reasons = {part.city: part.refusal.reason if part.refusal else "" for part in answer.parts}
    assert reasons == {"青岛": "not_stated", "宁波": "", "南京": "absent_city"}
    page = answer_html(answer, Voice(words("zh")))
    assert page.count('class="hit lead"') == 1
    assert page.count('class="silent"') == 2
    assert "1500" in page[page.index('span">') :][:20]
    printed = render(answer, 1)
    assert "青岛: 未提及" in printed
    assert "南京: 城市不在库中" in printed
    none = engine.ask("青岛和南京2022年生产总值是多少亿元")
    assert answer_html(none, Voice(words("zh"))).count('class="silent"') == 2
    assert not none.answered
    assert none.refusal.speaking == ("宁波",)
    assert "宁波" in render(none, 1)


def test_scores_fall_and_are_similarities(engine: Engine):
    scores = [h.score for h in engine.ask("就业").hits]
    assert scores == sorted(scores, reverse=True)


def test_candidates_of_one_channel_have_the_scores_of_the_other(engine: Engine):
    words = Engine(engine.library, engine.encoder, BM25_ONLY).ask("工业的蓝湖计划")
    assert "蓝湖计划" in words.hits[0].passage.text
    both = Engine(engine.library, engine.encoder, Weights()).ask("工业的蓝湖计划")
    assert "蓝湖计划" in both.hits[0].passage.text


def test_an_index_of_another_model_is_refused(engine: Engine):
    with pytest.raises(ModelMismatch, match="--model"):
        Engine(Library(engine.library.folder), ToyEncoder("another"))


def figure_of(engine: Engine, question: str) -> tuple[bool, str]:
    answer = engine.ask(question)
    return answer.answered, answer.hits[0].sentence


def test_wordings_that_the_figure_reader_does_not_know_are_answered(tmp_path: Path):
    text = (
        "2023年青岛市政府工作报告\n\n各位代表：\n\n一、2022年工作回顾\n\n"
        "全年接待海内外游客3100万人次，比上年多。\n\n共有64个老旧小区改造完工，住户都搬回来了。\n\n"
        "财政支持的保障性租赁住房开工900套。\n\n二、2023年工作安排\n\n再办好一批实事。\n"
    )
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text(text, "utf-8")
    encoder = open_encoder()
    build([tmp_path / "corpus"], tmp_path / "index", encoder)
    engine = Engine(Library(tmp_path / "index"), encoder)
    assert figure_of(engine, "青岛2022年旅游人次是多少") == (True, "全年接待海内外游客3100万人次，比上年多。")
    assert figure_of(engine, "青岛2022年改造老旧小区多少个") == (True, "共有64个老旧小区改造完工，住户都搬回来了。")
    assert not engine.ask("青岛2022年一般公共预算收入是多少亿元").answered
