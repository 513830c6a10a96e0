"""Screenshots of the real page into docs/images/ (make screenshots).

python tests/browser/take_screenshots.py [--index built/demo]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import CHROMIUM, FLAGS, free_port  # noqa: E402

SHOTS = ROOT / "docs" / "images"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", default="built/demo")
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.stderr.write("error: no Chromium on this machine (Debian: apt-get install chromium fonts-noto-cjk)\n")
        return 2
    port = free_port()
    server = subprocess.Popen([sys.executable, "ui.py", "--index", options.index, "--port", str(port)], cwd=ROOT)
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=1)
                break
            except OSError:
                time.sleep(0.2)
        take(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(10)
    return 0


def take(address: str) -> None:
    """Every view that the documents show."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, scheme, width in (("", "light", 1100), ("-dark", "dark", 1100), ("-phone", "light", 400)):
            page = browser.new_page(viewport={"width": width, "height": 760}, color_scheme=scheme)
            page.goto(address)
            ask(page, "珠海2023年GDP增长目标是多少？")
            page.screenshot(path=SHOTS / f"ask{name}.png")
            if not name:
                ask(page, "南京的经济目标是多少？")
                page.screenshot(path=SHOTS / "refusal.png")
                page.locator('.hit.lead [data-do="open"]').last.click()
                page.wait_for_selector("#report-panel mark.spot")
                page.wait_for_timeout(300)
                page.screenshot(path=SHOTS / "report.png")
                page.keyboard.press("Escape")
            page.get_by_role("tab", name="比较").click()
            page.fill("#compare-question textarea", "各市2023年GDP增长目标是多少？")
            page.press("#compare-question textarea", "Enter")
            page.wait_for_selector("#comparison table.rows")
            page.screenshot(path=SHOTS / f"compare{name}.png")
            page.get_by_role("tab", name="资料库").click()
            page.wait_for_selector("table.reports")
            page.screenshot(path=SHOTS / f"library{name}.png")
            page.close()
        page = browser.new_page(viewport={"width": 1100, "height": 760})
        page.goto(f"{address}/en")
        ask(page, "What is Zhuhai's growth target for 2023?")
        page.screenshot(path=SHOTS / "english.png")
        page.click("#prepare-open")
        page.fill("#prepare textarea", "What is Zhuhai's growth target for 2023?\n各市2023年GDP增长目标是多少？")
        page.click('#prepare [data-do="start"]')
        page.wait_for_selector("#stage .hit.lead")
        page.screenshot(path=SHOTS / "meeting.png")
        page.keyboard.press("PageDown")
        page.wait_for_selector("#stage svg .bar")
        page.screenshot(path=SHOTS / "meeting-compare.png")
        browser.close()


def ask(page, question: str) -> None:
    count = page.locator(".turn").count()
    page.wait_for_selector("[data-ready]", state="attached")
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function(f"document.querySelectorAll('.turn').length > {count}")
    page.wait_for_timeout(300)


if __name__ == "__main__":
    sys.exit(main())
