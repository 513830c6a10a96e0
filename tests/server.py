"""`ui.py` as a process of its own, for tests that talk to it over HTTP."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.conftest import ROOT

T = TypeVar("T")
START = 300  # seconds to wait for the page on a machine that is busy with other things


@dataclass(frozen=True)
class Server:
    """A running page: its address, its index folder and what it has printed."""

    address: str
    index: Path
    log: Path
    process: int = 0

    def post(self, path: str, body: object, **more: object) -> httpx.Response:
        """One request with a JSON body."""
        return httpx.post(self.address + path, json=body, timeout=30, **more)

    def get(self, path: str, **more: object) -> httpx.Response:
        """One request; a path is sent as it is written."""
        return httpx.get(self.address + path, timeout=30, **more)

    def config(self, **more: object) -> dict:
        """The layout of the page, from which a script learns the numbers of components."""
        return self.get("/config", **more).json()

    def component(self, function: str) -> int | None:
        """The component with a server function of that name."""
        found = (c["id"] for c in self.config()["components"] if function in c.get("props", {}).get("server_fns", []))
        return next(found, None)

    def ask_page(self, function: str, value: str) -> httpx.Response:
        """Call a server function as the page's script does."""
        body = {"data": value, "component_id": self.component(function), "session_hash": "test", "fn_name": function}
        return self.post("/gradio_api/component_server", body)


@dataclass
class Share:
    """How much of this machine a stretch of work got: 1 where nothing else ran, 0.5 where other programs took half.

    Other work on the same cores makes everything slower by about that factor; a limit in seconds is divided by it.
    Without /proc (not Linux) it is 1.
    """

    server: Server
    value: float = 1.0

    def __enter__(self) -> Share:
        self._begun = self._read()
        return self

    def __exit__(self, *_: object) -> None:
        if self._begun:
            total, ours = (after - before for after, before in zip(self._read(), self._begun, strict=True))
            self.value = min(max(ours / max(total, 1e-9), 0.02), 1.0)

    def _read(self) -> tuple[float, float] | None:
        """(time of all cores so far, the part of it that was idle or ours) in ticks."""
        stat = Path("/proc/stat")
        if not stat.is_file():
            return None
        times = [float(x) for x in stat.read_text().split("\n", 1)[0].split()[1:9]]
        own = Path(f"/proc/{self.server.process}/stat").read_text().rsplit(")", 1)[1].split()
        ticks = os.sysconf("SC_CLK_TCK")
        return sum(times), times[3] + times[4] + float(own[11]) + float(own[12]) + time.process_time() * ticks


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def serve(index: Path, log: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start `ui.py` and stop it afterwards."""
    port = free_port()
    command = [sys.executable, "ui.py", "--index", str(index), "--port", str(port), *options]
    with log.open("w") as file:
        env = os.environ | {"PYTHONUNBUFFERED": "1"} | dict(environment or {})
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, env=env)
        try:
            end = time.monotonic() + START
            while "Ctrl+C" not in log.read_text("utf-8"):
                assert process.poll() is None and time.monotonic() < end, log.read_text("utf-8")
                time.sleep(0.1)
            yield Server(f"http://127.0.0.1:{port}", index, log, process.pid)
        finally:
            process.terminate()
            process.wait(20)


def awaited(talk: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What a coroutine returns; in a thread of its own, because a browser driven by other tests keeps this one's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(talk())).result()
