"""One engine, many threads: every answer is the one that a single thread gets."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, get_ident

import pytest

from index.errors import QuestionError
from index.library import Scope
from index.once import once
from qa.engine import Engine
from qa.turns import Turns
from tests.conftest import ROOT

THREADS = 16
PLACES = "宁波 金华 泉州 泸州 温州 珠海 邯郸 南宁 咸阳 茂名".split()
TOPICS = "新增就业 GDP增长目标 老旧小区改造多少个 污水处理 进出口总额 空气优良天数 粮食产量 招商引资怎么做 有哪些公园 学位".split()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from index.build import build
    from index.encoder import open_encoder

    folder = tmp_path_factory.mktemp("threads") / "index"
    build([ROOT / "corpus"], folder, open_encoder())
    return folder


@pytest.fixture
def hasty():
    """Threads change places a hundred times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 100)
    yield
    sys.setswitchinterval(before)


def told(engine: Engine, question: str) -> dict[str, object]:
    shape = engine.ask(question).as_json()
    del shape["seconds"]
    return shape


def test_sixteen_threads_answer_as_one_does(sample: Path, hasty: None):
    questions = [f"{place}{topic}" for place in PLACES for topic in TOPICS] + [f"{topic}?" for topic in TOPICS] + ["Ningbo new jobs", "GDP"]
    alone = Engine.open(sample)
    expected = [told(alone, question) for question in questions]
    assert len({str(answer["hits"]) for answer in expected}) > len(questions) // 2  # mixed up, they would be seen

    engine = Engine.open(sample)  # nothing of it is made yet: all threads come to that at once
    ready = Barrier(THREADS)

    def ask_all(first: int) -> list[dict[str, object]]:
        ready.wait()
        order = questions[first:] + questions[:first]
        found = [told(engine, question) for question in order]
        return found[len(questions) - first :] + found[: len(questions) - first]

    with ThreadPoolExecutor(THREADS) as pool:
        for answers in pool.map(ask_all, range(0, THREADS * 6, 6)):
            assert answers == expected


def test_comparisons_at_once(sample: Path, hasty: None):
    questions = ["各市GDP增长目标", "各市城镇新增就业", "宁波和金华谁的进出口更大?", "各市粮食产量"]
    expected = [Engine.open(sample).compare(question).rows for question in questions]
    engine = Engine.open(sample)
    with ThreadPoolExecutor(THREADS) as pool:
        assert [c.rows for c in pool.map(engine.compare, questions * 8)] == expected * 8


def test_a_scope_of_one_thread_is_not_seen_by_another(sample: Path, hasty: None):
    engine = Engine.open(sample)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda place: (place, engine.ask("城镇新增就业", scope=Scope(cities=(place,)))), PLACES * 20))
    assert all({hit.meta.city for hit in answer.hits} == {place} for place, answer in answers)


def test_what_is_slow_to_make_is_made_once():
    makers: list[int] = []

    @once
    def made(name: str) -> str:
        makers.append(get_ident())
        time.sleep(0.05)
        return name + "!"

    ready = Barrier(THREADS)

    def ask(_: int) -> str:
        ready.wait()
        return made("a")

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(ask, range(THREADS))) == {"a!"}
    assert len(makers) == 1
    assert made("b") == "b!"


def test_who_does_state_a_figure_is_looked_up_once(sample: Path):
    engine = Engine.open(sample)
    refused = [engine.ask(f"{place}粮食产量多少万吨") for place in ("中山", "乐昌", "温州")]
    told = [answer.refusal.speaking for answer in refused if answer.refusal]
    assert len(told) > 1
    assert set(told) == {told[0]}
    assert engine._telling.cache_info().misses == 1


def test_turns_are_taken_in_the_order_of_coming():
    turns, order = Turns(1), []

    def come(number: int) -> None:
        with turns:
            order.append(number)

    with ThreadPoolExecutor(12) as pool:
        with turns:
            for number in range(12):
                pool.submit(come, number)
                while len(turns._waiting) <= number:
                    time.sleep(0.001)
    assert order == list(range(12))


def test_no_more_than_the_turns_there_are():
    turns, inside, most = Turns(2), set(), []

    def come(number: int) -> None:
        with turns:
            inside.add(number)
            time.sleep(0.01)
            most.append(len(inside))
            inside.discard(number)

    for _ in range(3):  # as many again after all have left
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(come, range(24)))
    assert len(most) == 72
    assert max(most) == 2


def test_a_turn_ends_with_an_error_too(sample: Path):
    turns = Turns(1)
    with pytest.raises(ValueError, match="wrong"), turns:
        raise ValueError("wrong")
    with turns:
        pass
    engine = Engine.open(sample)
    for _ in range(2):
        with pytest.raises(QuestionError):
            engine.ask(" ")
    assert engine.ask("宁波新增就业").hits


def test_what_failed_is_tried_again():
    tries: list[int] = []

    @once
    def made() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("not yet")
        return 7

    with pytest.raises(OSError, match="not yet"):
        made()
    assert made() == made() == 7
    assert len(tries) == 2


def test_a_question_uses_one_thread_of_linear_algebra(sample: Path):
    from threadpoolctl import threadpool_info

    Engine.open(sample)
    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    assert libraries
    assert {library["num_threads"] for library in libraries} == {1}
