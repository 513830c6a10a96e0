"""`ui.py` as a process of its own, for tests that talk to it over HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.conftest import ROOT

START = 120  # seconds to wait for the page on a machine that is busy with other things


@dataclass(frozen=True)
class Server:
    """A running page: its address, its index folder and what it has printed."""

    address: str
    index: Path
    log: Path

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
            yield Server(f"http://127.0.0.1:{port}", index, log)
        finally:
            process.terminate()
            process.wait(20)
