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
    page.locator("#examples button").first.click()
    page.wait_for_selector(".turn")


def test_the_report_opens_at_the_sentence_and_closes_with_escape(page):
    ask(page, "珠海2023年GDP增长目标是多少？")
    sentence = page.locator(".hit.lead .answer").first.inner_text()
    page.locator('[data-do="open"]').first.click()
    spot = page.locator("#report-panel mark.spot").first
    spot.wait_for()
    assert "".join(page.locator("#report-panel mark.spot").all_inner_texts()) == sentence
    box = spot.bounding_box()
    assert 0 <= box["y"] <= 900
    page.keyboard.press("Escape")
    assert not page.locator("#report-panel").is_visible()


def test_a_follow_up_takes_over_the_topic(page):
    ask(page, "珠海2023年GDP增长目标是多少？")
    ask(page, "那泉州呢？")
    assert "泉州" in page.locator(".turn").first.locator(".completed").inner_text()
    assert "6.5%" in page.locator(".turn").first.locator(".hit.lead").inner_text()


def test_enter_of_an_input_method_does_not_send(page):
    page.fill("#question textarea", "宁波的学")
    page.evaluate(
        """() => { const box = document.querySelector('#question textarea');
        box.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));
        box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, keyCode: 229, bubbles: true, cancelable: true}));
        box.dispatchEvent(new KeyboardEvent('keypress', {key: 'Enter', isComposing: true, keyCode: 229, bubbles: true, cancelable: true})); }"""
    )
    page.wait_for_timeout(600)
    assert page.locator(".turn").count() == 0


@pytest.mark.parametrize(
    "text", ["{{7*7}}宁波的学校", "${7*7}宁波的学校", "<script>document.title='broken'</script>宁波", "'\"><svg onload=alert(1)>宁波"]
)
def test_attack_strings_are_shown_as_text(page, text: str):
    ask(page, text)
    assert page.locator(".question").first.inner_text() == text
    assert page.title() != "broken"
    assert page.locator("#feed script, #feed svg[onload]").count() == 0
