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
def serve(folder: Path, *corpora: Path) -> Iterator[str]:
    """Build an index in `folder` and run `ui.py` over it, as a user does; gives its address."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium fonts-noto-cjk)")
    built = subprocess.run(
        [sys.executable, "build_index.py", *corpora, "--index", folder / "index"], cwd=ROOT, capture_output=True, text=True
    )
    assert built.returncode < 2, built.stderr
    port = free_port()
    log = (folder / "log").open("w")
    command = [sys.executable, "ui.py", "--index", str(folder / "index"), "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 180  # seconds; a busy machine takes long to start
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                assert server.poll() is None and time.monotonic() < end, (folder / "log").read_text()
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(10)
        log.close()


@pytest.fixture(scope="session")
def page_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of `ui.py` over the included corpus."""
    with serve(tmp_path_factory.mktemp("page"), ROOT / "corpus") as address:
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
    page.wait_for_selector("#question textarea")
    yield page
    context.close()
    assert away == []
