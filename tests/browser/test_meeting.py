"""Meeting mode on the real page."""

from __future__ import annotations

import pytest

from tests.browser.test_ask import ask

pytestmark = pytest.mark.browser
QUESTIONS = ["珠海2023年GDP增长目标是多少？", "各市2023年GDP增长目标", "南京的目标是多少？"]


@pytest.fixture
def stage(page):
    ask(page, "宁波新建多少所学校")
    page.click("#prepare-open")
    assert page.input_value("#prepare textarea") == "宁波新建多少所学校"
    page.fill("#prepare textarea", "\n".join([*QUESTIONS[:2], "", QUESTIONS[2]]))
    page.click('#prepare [data-do="start"]')
    page.wait_for_selector("#stage .answer")
    return page


def test_keys_turn_the_questions_and_escape_leaves(stage):
    assert stage.locator("#stage h2").inner_text() == QUESTIONS[0]
    assert "6%" in stage.locator("#stage .hit.lead .answer").inner_text()
    stage.keyboard.press("PageDown")
    stage.wait_for_selector("#stage svg .bar")
    assert stage.locator("#stage .count").inner_text() == "2 / 3"
    stage.keyboard.press("ArrowRight")
    stage.wait_for_selector("#stage .reason")
    assert "南京" in stage.locator("#stage .reason").inner_text()
    stage.keyboard.press("ArrowRight")
    assert stage.locator("#stage .count").inner_text() == "3 / 3"
    stage.keyboard.press("ArrowLeft")
    stage.wait_for_selector("#stage svg .bar")
    stage.keyboard.press("Escape")
    assert not stage.locator("#stage").is_visible()


def test_nothing_but_the_answer_is_in_sight(stage):
    seen = [b for b in stage.locator("#stage button").all() if b.is_visible()]
    assert len(seen) == 3  # back, next, leave
    box = stage.locator("#stage").bounding_box()
    size = stage.viewport_size
    assert (box["width"], box["height"]) == (size["width"], size["height"])
    assert stage.evaluate("parseFloat(getComputedStyle(document.querySelector('#stage .hit.lead .answer')).fontSize)") >= 28


def test_the_address_leads_to_the_same_slide_for_whoever_has_the_list(stage):
    stage.keyboard.press("ArrowRight")
    stage.wait_for_selector("#stage svg .bar")
    stage.reload()
    stage.wait_for_selector("#stage svg .bar")
    assert stage.locator("#stage .count").inner_text() == "2 / 3"


def test_the_list_is_kept_and_attack_strings_stay_text(stage):
    stage.keyboard.press("Escape")
    stage.click("#prepare-open")
    stage.fill("#prepare textarea", "<img src=x onerror=\"document.title='broken'\">")
    stage.click('#prepare [data-do="start"]')
    stage.wait_for_selector("#stage .reason, #stage .hit")
    assert "<img" in stage.locator("#stage h2").inner_text()
    assert stage.title() == "城问 Chengwen" and stage.locator("#stage img").count() == 0


def test_without_questions_it_says_what_to_do(page):
    page.click("#meeting-start")
    assert "会议问题" in page.locator("#stage .shown").inner_text()
    page.keyboard.press("Escape")
