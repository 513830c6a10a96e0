from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def compare(page, question: str) -> None:
    page.get_by_role("tab", name="比较").click()
    page.fill("#compare-question textarea", question)
    page.press("#compare-question textarea", "Enter")
    page.wait_for_selector("#comparison table.rows")


def test_every_place_has_a_row_and_the_chart_shows_the_stated(page):
    compare(page, "各市2023年GDP增长目标是多少？")
    rows = page.locator("#comparison table.rows tbody tr")
    assert rows.count() == 28
    stated = page.locator("#comparison tr.stated").count()
    assert page.locator("#comparison svg rect.bar").count() == stated
    assert page.locator("#comparison svg rect.bar.target").count() == stated
    assert "未提及" in page.locator("#comparison tr.absent").first.inner_text()


def test_a_source_opens_on_click(page):
    compare(page, "各市2023年GDP增长目标是多少？")
    row = page.locator("#comparison tr.stated").first
    assert not row.locator("blockquote").is_visible()
    row.locator("summary").click()
    assert row.locator("blockquote mark.span").is_visible()


def test_the_table_can_be_sorted(page):
    compare(page, "各市2023年GDP增长目标是多少？")
    page.get_by_label("从高到低").click()
    page.wait_for_function("document.querySelector('#comparison tr th[scope=row]').innerText !== '三乡镇'")
    texts = page.locator("#comparison tr.stated td.number").all_inner_texts()
    values = [float(t.split()[0]) for t in texts]
    assert values == sorted(values, reverse=True)


def test_two_places_get_a_verdict_in_fixed_words(page):
    compare(page, "宁波和金华谁的进出口更大？")
    assert "宁波" in page.locator("#comparison .verdict-line").inner_text()


def test_the_files_can_be_taken_away(page):
    compare(page, "各市2023年GDP增长目标是多少？")
    for suffix, first in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf"), ("docx", b"PK"), ("md", b"")):
        with page.expect_download() as taken:
            page.locator(f'#compare-files [data-format="{suffix}"]').click()
        content = taken.value.path().read_bytes()
        assert taken.value.suggested_filename == f"comparison.{suffix}"
        assert content.startswith(first) and len(content) > 1000
