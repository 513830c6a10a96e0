"""axe-core finds nothing serious on any tab but what the framework itself causes, which is listed here."""

from __future__ import annotations

import pytest

from tests.browser.test_ask import ask

pytestmark = pytest.mark.browser
# rule -> why it is not ours
OF_THE_FRAMEWORK: dict[str, str] = {}


def serious(page) -> dict[str, list[str]]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return {
        v["id"]: [f"{' '.join(map(str, n['target']))}: {n['html'][:120]}" for n in v["nodes"]]
        for v in found
        if v["impact"] in ("serious", "critical") and v["id"] not in OF_THE_FRAMEWORK
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/en"])
def test_every_view(browser, page_address: str, scheme: str, path: str):
    page = browser.new_page(viewport={"width": 1200, "height": 900}, color_scheme=scheme)
    page.goto(page_address + path)
    page.wait_for_selector("[data-ready]", state="attached")
    ask(page, "珠海2023年GDP增长目标是多少？")
    ask(page, "南京的目标是多少？")
    page.locator("#filters summary").click()
    assert serious(page) == {}
    page.locator('[data-do="open"]').first.click()
    page.wait_for_selector("#report-panel mark.spot")
    assert serious(page) == {}
    page.keyboard.press("Escape")
    page.get_by_role("tab").nth(1).click()
    page.fill("#compare-question textarea", "各市2023年GDP增长目标是多少？")
    page.press("#compare-question textarea", "Enter")
    page.wait_for_selector("#comparison table.rows")
    assert serious(page) == {}
    page.get_by_role("tab").nth(2).click()
    page.wait_for_selector("table.reports")
    assert serious(page) == {}
    page.click("#meeting-start")
    page.wait_for_selector("#stage .hit, #stage .reason")
    assert serious(page) == {}
    page.close()
