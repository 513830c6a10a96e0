"""What the page keeps and lets one change: chips, filters, address, history, verdicts, languages."""

from __future__ import annotations

import json
import urllib.parse

import pytest

from tests.browser.test_ask import ask

pytestmark = pytest.mark.browser
READY = "[data-ready]"


def chips(page) -> list[str]:
    return [text.replace("×", "").strip() for text in page.locator(".turn").first.locator(".asked .chip").all_inner_texts()]


def test_a_chip_that_is_taken_away_widens_the_question(page):
    ask(page, "珠海2023年GDP增长目标是多少？")
    assert chips(page) == ["珠海", "2023年", "问目标"]
    page.locator('[data-do="drop"][data-field="cities"]').first.click()
    page.wait_for_function("document.querySelectorAll('[data-field=cities]').length === 0")
    assert chips(page) == ["2023年", "问目标"]
    page.locator('[data-do="drop"][data-field="tense"]').first.click()
    page.wait_for_function("document.querySelectorAll('[data-field=tense]').length === 0")
    assert chips(page) == ["2023年"]
    assert page.locator(".exchange").count() == 1


def test_one_of_two_places_can_be_taken_away(page):
    ask(page, "珠海和泉州2023年GDP增长目标是多少？")
    page.locator('[data-do="drop"][data-value="珠海"]').first.click()
    page.wait_for_function("document.querySelectorAll('[data-value=\"珠海\"]').length === 0")
    assert chips(page)[0] == "泉州"
    assert page.locator(".hit.lead .tag.city").all_inner_texts() == ["泉州"]


def test_filters_narrow_and_are_seen_and_can_be_cleared(page):
    page.locator("#filters summary").click()
    page.fill("#filter-cities", "温州")
    page.select_option("#filter-years", "2023")
    page.select_option("#filter-kinds", "政府工作报告")
    assert [c.replace("×", "") for c in page.locator("#filters .chosen .chip").all_inner_texts()] == ["温州", "2023年"[:4], "政府工作报告"]
    ask(page, "新增就业目标是多少")
    assert set(page.locator(".hit.lead .tag.city").all_inner_texts()) == {"温州"}
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)
    assert (query["city"], query["year"], query["kind"], query["q"]) == (["温州"], ["2023"], ["政府工作报告"], ["新增就业目标是多少"])
    page.locator("#filters .clear").click()
    ask(page, "泉州新增就业目标是多少")
    assert page.locator(".turn").first.locator(".tag.city").first.inner_text() == "泉州"


def test_an_address_restores_question_and_filters(page, page_address: str):
    page.goto(page_address + "/?" + urllib.parse.urlencode({"q": "新增就业目标是多少", "city": "温州"}))
    page.wait_for_selector(".turn")
    assert page.locator(".question").all_inner_texts() == ["新增就业目标是多少"]
    assert page.locator(".hit.lead .tag.city").first.inner_text() == "温州"


def test_an_address_restores_the_comparison(page, page_address: str):
    page.goto(page_address + "/?" + urllib.parse.urlencode({"tab": "compare", "cq": "各市2023年GDP增长目标是多少？", "order": "high"}))
    page.wait_for_selector("#comparison tr.stated")
    values = [float(t.split()[0]) for t in page.locator("#comparison tr.stated td.number").all_inner_texts()]
    assert len(values) > 10 and values == sorted(values, reverse=True)


def test_the_conversation_survives_a_reload(page):
    ask(page, "珠海2023年GDP增长目标是多少？")
    ask(page, "那泉州呢？")
    page.goto(page.url.split("?")[0])
    page.wait_for_selector(READY, state="attached")
    assert page.locator(".question").all_inner_texts() == ["那泉州呢？", "珠海2023年GDP增长目标是多少？"]
    assert "6.5%" in page.locator(".turn").first.locator(".hit.lead").inner_text()
    ask(page, "那宁波呢？")
    assert "宁波" in page.locator(".turn").first.locator(".completed").inner_text()


def test_the_conversation_can_be_cleared(page):
    ask(page, "珠海2023年GDP增长目标是多少？")
    page.on("dialog", lambda d: d.accept())
    page.click("#forget")
    page.reload()
    page.wait_for_selector(READY, state="attached")
    assert page.locator(".turn").count() == 0


@pytest.mark.parametrize("suffix", ["md", "docx"])
def test_the_conversation_can_be_taken_away_with_citations(page, suffix: str):
    ask(page, "珠海2023年GDP增长目标是多少？")
    with page.expect_download() as taken:
        page.locator(f'#conversation [data-format="{suffix}"]').click()
    assert taken.value.suggested_filename == f"chengwen.{suffix}"
    content = taken.value.path().read_bytes()
    assert content.startswith(b"PK") if suffix == "docx" else "[^1]: 珠海" in content.decode()


def test_a_verdict_is_written_beside_the_index(page, feedback_path):
    ask(page, "茂名2023年新增就业目标是多少？")
    page.locator('[data-verdict="down"]').first.click()
    page.wait_for_selector('[data-verdict="down"][aria-pressed="true"]')
    row = json.loads(feedback_path.read_text("utf-8").splitlines()[-1])
    assert (row["verdict"], row["question"]) == ("down", "茂名2023年新增就业目标是多少？")


def test_english_on_a_switch_keeps_the_conversation(page):
    ask(page, "珠海2023年GDP增长目标是多少？")
    page.click("#language")
    page.wait_for_selector(READY, state="attached")
    assert page.locator(".turn .tag.city").first.inner_text() == "Zhuhai"
    assert page.get_by_role("tab").all_inner_texts()[:2] == ["Ask", "Compare"]
    assert page.get_attribute("html", "lang") == "en"
    page.click("#language")
    page.wait_for_selector(READY, state="attached")
    assert page.locator(".turn .tag.city").first.inner_text() == "珠海"


def test_every_text_of_the_english_page_is_english(page, page_address: str):
    page.goto(page_address + "/en")
    page.wait_for_selector(READY, state="attached")
    page.get_by_role("tab", name="Compare").click()
    page.wait_for_selector("#compare-ask")
    seen = page.locator("button:not(.chip), label, legend, summary, a").all_inner_texts()
    chinese = [text for text in seen if any("\u4e00" <= c <= "\u9fff" for c in text) and text != "中文"]
    assert chinese == []


def test_the_panel_walks_through_the_hits(page):
    ask(page, "泉州怎么治理污水")
    page.locator('[data-do="open"]').first.click()
    page.wait_for_selector("#report-panel mark.spot")
    total = page.locator(".turn").first.locator(".hit").count()
    assert page.locator(".position").inner_text() == f"第 1 处，共 {total} 处"
    first = "".join(page.locator("#report-panel mark.spot").all_inner_texts())
    page.locator('#report-panel [data-go="1"]').click()
    page.wait_for_function("document.querySelector('.position').innerText.includes('第 2 处')")
    second = "".join(page.locator("#report-panel mark.spot").all_inner_texts())
    assert second and second != first
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.position').innerText.includes('第 1 处')")
    assert 0 <= page.locator("#report-panel mark.spot").first.bounding_box()["y"] <= 900


def test_everything_is_reached_by_keyboard(page):
    page.focus("#question textarea")
    page.keyboard.type("珠海2023年GDP增长目标是多少？")
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(document.activeElement.dataset.do || document.activeElement.id || document.activeElement.tagName)"))
    assert {"ask", "drop", "open", "cite", "judge", "compare", "forget", "SUMMARY"} <= reached


def test_shift_enter_breaks_the_line(page):
    page.focus("#question textarea")
    page.keyboard.type("宁波")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("学校")
    assert page.input_value("#question textarea") == "宁波\n学校"
    assert page.locator(".turn").count() == 0


def test_dark_and_light_are_kept(page):
    dark = page.evaluate("document.body.classList.contains('dark')")
    page.click("#theme")
    page.reload()
    page.wait_for_selector(READY, state="attached")
    assert page.evaluate("document.body.classList.contains('dark')") != dark


def test_a_phone_shows_no_sideways_scroll(page):
    page.set_viewport_size({"width": 375, "height": 740})
    ask(page, "珠海2023年GDP增长目标是多少？")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_lost_connection_is_told(page):
    page.route("**/component_server**", lambda route: route.abort())
    page.fill("#question textarea", "宁波的学校")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".failed")
    assert "连不上" in page.locator(".failed").inner_text()


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=\"document.title='broken'\">宁波", "\"><script>document.title='broken'</script>", "${7*7}{{7*7}}"]
)
def test_attack_strings_in_every_field_stay_text(page, page_address: str, text: str):
    address = {"q": text, "city": text, "year": text, "kind": text, "cq": text, "ccity": text, "cyear": text, "order": text, "tab": text}
    page.goto(page_address + "/?" + urllib.parse.urlencode(address))
    page.wait_for_selector(READY, state="attached")
    page.fill("#filter-cities", text)
    page.get_by_role("tab", name="比较").click()
    page.wait_for_selector("#compare-ask")
    page.fill("#compare-question textarea", text)
    page.press("#compare-question textarea", "Enter")
    page.wait_for_timeout(500)
    assert page.title() == "城问 Chengwen"
    assert page.locator("#feed img, #feed script, #comparison img, #comparison script, .chosen img, .chosen script").count() == 0
