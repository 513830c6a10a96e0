"""How long a visitor waits: from `python ui.py` to the first answer on the page, and from Enter to an answer.

    python benchmarks/page_speed.py [--index built/demo] [--runs 3]

Starts the page as a user does, opens it in Chromium (playwright; it must be installed) as soon as it answers and asks at
once. Prints the seconds of every run, the processor's seconds of the server, and what share of the machine was left to
others; exit code 1 where a limit is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
FIRST = 6.0  # seconds from the command to the first answer
NEXT = 0.3  # seconds from Enter to an answer, median
QUESTIONS = ("新增就业目标是多少", "怎么治理污水", "要建多少学校", "老旧小区改造多少个", "怎么发展旅游", "粮食产量目标")
FLAGS = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking".split()


def main(arguments: list[str]) -> int:
    """Measure, print, and compare with the limits."""
    parser = argparse.ArgumentParser(description="Seconds from the command to the first answer, and from Enter to an answer.")
    parser.add_argument("--index", type=Path, default=Path("built/demo"), help="index folder (default built/demo)")
    parser.add_argument("--runs", type=int, default=3, help="times the page is started (default 3)")
    options = parser.parse_args(arguments)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("error: no Chromium on this machine (Debian: apt-get install chromium)\n")
        return 2
    from playwright.sync_api import sync_playwright

    firsts, nexts = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        for run in range(options.runs):
            first, later, used = one_run(browser, options.index)
            firsts.append(first)
            nexts += later
            load = os.getloadavg()[0]
            sys.stdout.write(
                f"run {run + 1}: first answer {first:.2f} s, then {', '.join(f'{s:.3f}' for s in later)} s; "
                f"server {used:.1f} s of processor, load of the machine {load:.1f} on {os.cpu_count()} cores\n"
            )
        browser.close()
    first, after = min(firsts), float(np.median(nexts))
    for name, value, limit in (("first answer after the start, best run", first, FIRST), ("answer after Enter, median", after, NEXT)):
        sys.stdout.write(f"{'OK  ' if value <= limit else 'FAIL'} {name}: {value:.2f} s (at most {limit} s)\n")
    return 0 if first <= FIRST and after <= NEXT else 1


def one_run(browser: Browser, index: Path) -> tuple[float, list[float], float]:
    """(seconds to the first answer, seconds of each answer after it, processor seconds the server used until the first)."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    begun = time.perf_counter()
    server = subprocess.Popen([sys.executable, "ui.py", "--index", str(index), "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if server.poll() is not None:
                raise SystemExit(f"ui.py ended with {server.returncode}")
            time.sleep(0.02)
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("[data-ready]", state="attached", timeout=120_000)
        ask(page, QUESTIONS[0])
        first = time.perf_counter() - begun
        used = _processor(server.pid)
        return first, [ask(page, question) for question in QUESTIONS[1:]], used
    finally:
        context.close()
        server.terminate()
        server.wait(20)


def ask(page: Page, question: str) -> float:
    """Type a question, press Enter and wait for its card; seconds from Enter, as the page itself counts them."""
    page.fill("#question textarea", question)
    page.evaluate(
        """() => {
          const count = document.querySelectorAll(".turn").length, begun = performance.now();
          window.waited = null;
          const watch = new MutationObserver(() => {
            if (document.querySelectorAll(".turn .hit").length && document.querySelectorAll(".turn").length > count) {
              watch.disconnect();
              requestAnimationFrame(() => { window.waited = (performance.now() - begun) / 1000; });
            }
          });
          watch.observe(document.body, { childList: true, subtree: true });
        }"""
    )
    page.press("#question textarea", "Enter")
    page.wait_for_function("() => window.waited !== null", timeout=120_000)
    return float(page.evaluate("() => window.waited"))


def _answers(port: int) -> bool:
    with socket.socket() as s:
        s.settimeout(0.2)
        return s.connect_ex(("127.0.0.1", port)) == 0


def _processor(process: int) -> float:
    """Seconds of processor a process has used; 0 where /proc is missing."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.is_file():
        return 0.0
    fields = stat.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
