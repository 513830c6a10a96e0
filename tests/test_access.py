"""Who may open the page: --host, --password, --open, and the guard that holds them."""

from __future__ import annotations

import argparse
import base64
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from index.build import build
from index.encoder import open_encoder
from index.errors import AccessError
from pages.access import VARIABLE, Access, access, add_options
from pages.api import ENDPOINTS
from pages.guard import OPEN, PAUSE, is_local
from tests.conftest import ROOT, write_corpus
from tests.server import Server, awaited, serve

WORD = "城门上的八个字：密语"


def login(word: str, name: str = "anyone") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{word}".encode()).decode()}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("access")
    build([write_corpus(folder / "corpus")], folder / "index", open_encoder())
    return folder / "index"


@pytest.fixture(scope="module")
def locked(index: Path) -> Iterator[Server]:
    with serve(index, index.parent / "locked.log", "--host", "0.0.0.0", "--password", environment={VARIABLE: WORD}) as server:
        yield server


@pytest.fixture(scope="module")
def opened(index: Path) -> Iterator[Server]:
    with serve(index, index.parent / "open.log", "--host", "0.0.0.0", "--open") as server:
        yield server


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(arguments)


def test_this_machine_only_is_the_default():
    assert access(parse(), {}) == Access("127.0.0.1", "", True)
    assert access(parse("--host", "localhost"), {}).local
    assert access(parse("--password"), {VARIABLE: WORD}) == Access("127.0.0.1", WORD, True)


def test_eight_characters_are_enough():
    assert access(parse("--password"), {VARIABLE: "eight888"}).password == "eight888"


def test_other_machines_need_a_word_about_it():
    assert access(parse("--host", "0.0.0.0", "--password"), {VARIABLE: WORD}) == Access("0.0.0.0", WORD, True)
    assert access(parse("--host", "192.168.1.7", "--open"), {}) == Access("192.168.1.7", "", False)
    assert access(parse("--open"), {}).editable is False


@pytest.mark.parametrize(
    ("arguments", "word", "message"),
    [
        (["--host", "0.0.0.0"], WORD, "add --password, or --open"),
        (["--host", "192.168.1.7"], "", "opens the page to other machines"),
        (["--host", "::"], "", "opens the page to other machines"),
        (["--password", "--open"], WORD, "exclude each other"),
        (["--password"], "", f"set {VARIABLE}"),
        (["--password"], "seven77", "has 7 characters"),
        (["--password"], "eight888\n", "all printable"),
    ],
)
def test_mistakes_are_told(arguments: list[str], word: str, message: str):
    with pytest.raises(AccessError, match=message):
        access(parse(*arguments), {VARIABLE: word} if word else {})


def test_the_command_ends_with_2_and_one_line(index: Path):
    command = [sys.executable, "ui.py", "--index", str(index), "--host", "0.0.0.0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2 and "--open" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_told(opened: Server, index: Path):
    port = opened.address.rsplit(":", 1)[1]
    command = [sys.executable, "ui.py", "--index", str(index), "--port", port]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2 and f"port {port}" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.9.9.9", True), ("0.0.0.0", False), ("localhost.evil.example", False)],
)
def test_local_addresses(host: str, local: bool):
    assert is_local(host) is local


def every_route(server: Server) -> list[tuple[str, str]]:
    """(method, path) of all that gradio opens, from its own list, and of what it mounts."""
    paths = server.get("/openapi.json", headers=login(WORD)).json()["paths"]
    found = [(method.upper(), path.replace("{", "").replace("}", "")) for path, methods in paths.items() for method in methods]
    assert len(found) > 50
    mounted = [(method, f"/gradio_api/mcp/{rest}") for method in ("GET", "POST") for rest in ("", "schema", "sse", "messages/", "http")]
    return [*found, *mounted, ("HEAD", "/"), ("GET", "/openapi.json"), ("GET", "/nothing"), ("PUT", "/"), ("DELETE", "/config")]


def test_without_the_password_no_route_answers(locked: Server):
    with httpx.Client(base_url=locked.address, timeout=30) as line:
        answered = {path for method, path in every_route(locked) if line.request(method, path).status_code != 401}
        assert answered == {OPEN}
        assert line.get(OPEN).text in ("true", "false")
        told = line.get("/")
        assert told.headers["www-authenticate"].startswith("Basic") and "gradio" not in told.text.lower()


def test_a_preflight_says_nothing(locked: Server):
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    assert httpx.options(f"{locked.address}/config", headers=asked, timeout=30).text == "OK"
    assert httpx.options(f"{locked.address}/config", timeout=30).status_code == 401


def test_a_wrong_password_is_refused_and_costs_time(locked: Server):
    for headers in (
        login("nonsense"),
        login(""),
        login(WORD + "x"),
        {"Authorization": "Basic ???"},
        {"Authorization": "Basic 城".encode()},
    ):
        begun = time.perf_counter()
        assert locked.get("/config", headers=headers).status_code == 401
        assert time.perf_counter() - begun >= PAUSE
    assert locked.get("/config", headers={"Authorization": "Bearer " + WORD.encode().hex()}).status_code == 401


def test_the_cookie_login_of_gradio_opens_nothing(locked: Server):
    assert httpx.post(f"{locked.address}/login", data={"username": "anyone", "password": WORD}, timeout=30).status_code == 401


def test_with_the_password_the_page_its_functions_and_mcp_answer(locked: Server):
    from gradio_client import Client
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    assert locked.get("/", headers=login(WORD)).status_code == 200
    client = Client(locked.address, headers=login(WORD), verbose=False)
    assert client.predict("宁波的学校", api_name="/ask")["answered"]
    client.close()

    async def tools() -> list[str]:
        async with (
            httpx.AsyncClient(headers=login(WORD)) as line,
            streamable_http_client(f"{locked.address}/gradio_api/mcp/", http_client=line) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            assert not (await session.call_tool("ask", {"question": "宁波的学校"})).isError
            return [tool.name for tool in (await session.list_tools()).tools]

    assert sorted(awaited(tools)) == sorted(ENDPOINTS)


def test_the_password_stands_neither_in_the_process_list_nor_in_the_log(locked: Server):
    told = Path(f"/proc/{locked.process}/cmdline")
    assert not told.is_file() or WORD.encode() not in told.read_bytes()
    assert WORD not in locked.log.read_text("utf-8")


def test_an_open_page_answers_everyone_and_takes_nothing(opened: Server):
    assert opened.get("/", headers={"Host": "plans.example"}).status_code == 200
    assert opened.post("/gradio_api/run/ask", {"data": ["宁波的学校", None, None, None, 1, ""]}).json()["data"][0]["answered"]
    for path in ("/gradio_api/upload", "/gradio_api/upload/", "/gradio_api/upload?upload_id=1"):
        refused = httpx.post(opened.address + path, files={"files": ("a.txt", b"x")}, timeout=30)
        assert refused.status_code == 403 and "takes no files" in refused.text
