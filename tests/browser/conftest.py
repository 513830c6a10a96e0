"""The real page in Debian's Chromium; skipped in one line where there is none."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync".split()


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def serve(index: Path, *options: str) -> Iterator[str]:
    """Address of `ui.py` over an index, started as a user starts it."""
    port = free_port()
    log = index.with_suffix(".log").open("w+")
    command = [sys.executable, "ui.py", "--index", str(index), "--port", str(port), *options]
    server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 180  # seconds; a busy machine takes long to start
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                assert server.poll() is None and time.monotonic() < end, index.with_suffix(".log").read_text()
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(10)
        log.close()


def page_index_of(folder: Path, *corpora: Path) -> Path:
    """An index in `folder`, built as a user builds it."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium fonts-noto-cjk)")
    command = [sys.executable, "build_index.py", *corpora, "--index", folder / "index"]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode < 2, built.stderr
    return folder / "index"


@pytest.fixture(scope="session")
def page_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the included corpus."""
    return page_index_of(tmp_path_factory.mktemp("page"), ROOT / "corpus")


@pytest.fixture
def feedback_path(page_index: Path) -> Path:
    return page_index.with_name("index.feedback.jsonl")


@pytest.fixture(scope="session")
def page_address(page_index: Path) -> Iterator[str]:
    """The page over the included corpus."""
    with serve(page_index) as address:
        yield address


@pytest.fixture(scope="session")
def browser(page_address: str):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, page_address: str):
    """A fresh visitor on the page; fails afterwards if a request left this machine."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="zh-CN")
    page = context.new_page()
    away: list[str] = []
    page.on("request", lambda r: away.append(r.url) if r.url.startswith("http") and not r.url.startswith(page_address) else None)
    page.goto(page_address)
    page.wait_for_selector("[data-ready]", state="attached")
    yield page
    context.close()
    assert away == []
