from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def ask(page, question: str) -> None:
    count = page.locator(".turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function(f"document.querySelectorAll('.turn').length > {count}")


def test_a_typed_question_gets_its_sentence_marked(page):
    ask(page, "珠海2023年GDP增长目标是多少？")
    card = page.locator(".turn").first
    assert "珠海" in card.locator(".tag.city").first.inner_text()
    assert "6%" in card.locator(".hit").first.inner_text()
    assert card.locator("mark.word").count() > 0


def test_the_next_question_stands_above_the_one_before(page):
    ask(page, "宁波新建多少所学校")
    ask(page, "泉州怎么治理污水")
    assert [q.inner_text() for q in page.locator(".question").all()] == ["泉州怎么治理污水", "宁波新建多少所学校"]


def test_a_place_that_is_not_there_is_refused(page):
    ask(page, "南京的目标是多少")
    assert "南京" in page.locator(".refused .reason").inner_text()


def test_what_is_typed_is_shown_as_text(page):
    ask(page, "<img src=x onerror=\"document.title='broken'\"><b>宁波</b>的学校")
    assert "<b>宁波</b>" in page.locator(".question").first.inner_text()
    assert page.title() != "broken"


def test_an_example_is_one_click(page):
    page.locator("button.example").first.click()
    page.wait_for_selector(".turn")
