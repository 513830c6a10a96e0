"""Cold start: a question from the shell in a new process, and the page from its start to its first answer.

    python benchmarks/cold_start.py [--index DIR] [--runs 10] [--page-runs 3] [--json]

Without --index: the real reports where `../shared` is there, else (or with --small) the sample corpus; its index is built
first. Times are seconds of the wall clock from starting the process.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.corpus import CORPUS, REPORTS, open_built  # noqa: E402
from index.library import Library  # noqa: E402
from index.terminal import table  # noqa: E402

QUESTION = "城镇新增就业多少人"
OF_A_PLACE = "环境保护怎么做"  # every report has an answer to it
LONGEST = 120.0  # seconds that the page may take


def ask_cold(index: Path, question: str = QUESTION) -> float:
    """Seconds from Enter to the printed answer."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "qa", "ask", question, "--index", str(index)], cwd=ROOT, capture_output=True)
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise RuntimeError(f"the question was not answered: {done.stderr.decode('utf-8', 'replace')[-500:]}")
    return seconds


def open_page(index: Path) -> tuple[float, float]:
    """Seconds to the first HTTP 200, and to the first answer of the page, asked as soon as it is there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.perf_counter()
    page = subprocess.Popen(
        [sys.executable, "ui.py", "--index", str(index), "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}/"
        while not _is_up(address):
            if page.poll() is not None or time.perf_counter() - begun > LONGEST:
                raise RuntimeError(f"the page did not come up in {LONGEST:.0f} s")
            time.sleep(0.02)
        served = time.perf_counter() - begun
        _first_answer(address)
        return served, time.perf_counter() - begun
    finally:
        page.terminate()
        page.wait()


def _is_up(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _first_answer(address: str) -> None:
    """Ask as the page itself does when Enter is pressed in its box; plain HTTP, no client package to load."""
    with urllib.request.urlopen(f"{address}config", timeout=LONGEST) as reply:
        components = json.load(reply)["components"]
    tab = next(c["id"] for c in components if c["props"].get("elem_id") == "ask-tab")
    asked = {"data": json.dumps({"question": QUESTION}), "component_id": tab, "fn_name": "ask", "session_hash": "cold"}
    head = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}gradio_api/component_server/", json.dumps(asked).encode(), head)
    with urllib.request.urlopen(request, timeout=LONGEST) as reply:
        answer = reply.read().decode()
    if "<mark" not in json.loads(json.loads(answer)).get("html", ""):
        raise RuntimeError(f"the page did not answer: {answer[:500]}")


def summed(name: str, seconds: list[float]) -> dict[str, Any]:
    """Smallest, median and largest of some runs."""
    ordered = sorted(seconds)
    return {"what": name, "runs": len(ordered), "min_s": ordered[0], "p50_s": ordered[len(ordered) // 2], "max_s": ordered[-1]}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, metavar="DIR", help="index folder that is there already")
    parser.add_argument("--small", action="store_true", help="the sample corpus instead of the real reports")
    parser.add_argument("--runs", type=int, default=10, metavar="N", help="questions from the shell (default 10)")
    parser.add_argument("--page-runs", type=int, default=3, metavar="N", help="starts of the page (default 3, 0 leaves it out)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    if options.runs < 1 or options.page_runs < 0:
        parser.error("--runs must be 1 or more, --page-runs 0 or more")
    index = options.index
    if index is None:
        small = options.small or not REPORTS.is_dir()
        index = ROOT / "built" / ("corpus" if small else "reports")
        open_built(CORPUS if small else REPORTS, index)
    place = next((d.meta.city for d in Library(index).documents if d.meta.city), "")
    load = os.getloadavg()[0]
    ask_cold(index)  # brings the files into the system's memory
    rows = [
        summed("python -m qa ask, a place named", [ask_cold(index, place + OF_A_PLACE) for _ in range(options.runs)]),
        summed("python -m qa ask, none named", [ask_cold(index) for _ in range(options.runs)]),  # the sounds of words are read
    ]
    pages = [open_page(index) for _ in range(options.page_runs)]
    if pages:
        rows.append(summed("python ui.py, first HTTP 200", [served for served, _ in pages]))
        rows.append(summed("python ui.py, first answer", [answered for _, answered in pages]))
    if options.json:
        sys.stdout.write(json.dumps({"index": index.name, "cores": os.cpu_count(), "load": load, "runs": rows}, ensure_ascii=False) + "\n")
        return 0
    head = ["from the start of", "runs", "min s", "p50 s", "max s"]
    sys.stdout.write(table(head, [[r["what"], str(r["runs"]), *(f"{r[k]:.2f}" for k in ("min_s", "p50_s", "max_s"))] for r in rows]))
    sys.stdout.write(f"\nindex {index.name}, files in the system's memory, {os.cpu_count()} cores, load average before {load:.2f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
