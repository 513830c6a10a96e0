"""The five functions as programs meet them: over HTTP, through gradio's client, and as MCP tools."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from index.build import build
from index.encoder import open_encoder
from index.errors import QuestionError
from pages.api import ENDPOINTS, endpoints
from qa.engine import Engine
from qa.shelf import Shelf
from tests.conftest import ROOT, write_corpus
from tests.markdown import blocks, commands
from tests.server import Server, awaited, serve

DOCUMENT = ROOT / "docs" / "api.md"
QUESTION = "宁波2023年生产总值增长目标是多少？"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("api")
    build([write_corpus(folder / "corpus")], folder / "index", open_encoder())
    with serve(folder / "index", folder / "log") as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server):
    from gradio_client import Client

    client = Client(server.address, verbose=False)
    yield client
    client.close()


@pytest.fixture(scope="module")
def functions(server: Server) -> dict:
    """The same functions called in this process: what the page answers is held to them."""
    return {function.__name__: function for function in endpoints(Shelf(Engine.open(server.index)))}


def timeless(value: dict) -> dict:
    return {key: inner for key, inner in value.items() if key != "seconds"}


def test_the_named_endpoints_are_these_five(server: Server):
    info = server.get("/gradio_api/info").json()
    assert sorted(info["named_endpoints"]) == sorted(f"/{name}" for name in ENDPOINTS)
    assert sorted(server.get("/gradio_api/info?page=en").json()["named_endpoints"]) == []


def test_every_endpoint_names_typed_arguments(server: Server, functions: dict):
    info = server.get("/gradio_api/info").json()["named_endpoints"]
    for name, function in functions.items():
        told = {p["parameter_name"]: p for p in info[f"/{name}"]["parameters"]}
        assert list(told) == list(inspect.signature(function).parameters)
        assert all(p["type"] for p in told.values())
        assert info[f"/{name}"]["description"]


def test_every_endpoint_answers_through_the_client(client, functions: dict):
    number = functions["library"]()["documents"][0]["id"]
    calls = {
        "search": {"question": QUESTION, "k": 3},
        "ask": {"question": QUESTION, "k": 2},
        "compare": {"question": "各市2023年生产总值增长目标是多少？"},
        "document": {"document": number, "start": 3, "length": 20},
        "library": {"cities": ["青岛市"]},
    }
    assert set(calls) == set(ENDPOINTS)
    for name, arguments in calls.items():
        found = client.predict(**arguments, api_name=f"/{name}")
        assert timeless(found) == timeless(json.loads(json.dumps(functions[name](**arguments)))), name


def test_ask_and_compare_give_what_the_commands_print(server: Server, client):
    for name, question in (("ask", QUESTION), ("compare", "宁波和青岛谁的生产总值更大？")):
        command = [sys.executable, "-m", "qa", name, question, "--json", "--index", str(server.index)]
        printed = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        assert timeless(client.predict(question, api_name=f"/{name}")) == timeless(printed)


def test_a_hit_leads_to_its_place_in_the_document(client):
    hit = client.predict(QUESTION, api_name="/search")["hits"][0]
    length = len(hit["text"])
    read = client.predict(hit["document_id"], hit["start"], length, api_name="/document")
    assert read["text"] == hit["text"] and read["end"] - read["start"] == length
    whole = client.predict(hit["document_id"], 0, 100_000, api_name="/document")
    assert len(whole["text"]) == whole["characters"] == whole["end"]


def test_filters_hold(client):
    for hit in client.predict("学校和道路", cities=["Qingdao"], api_name="/search")["hits"]:
        assert hit["city"] == "青岛"
    assert client.predict("宁波的学校", years=[2019], api_name="/search")["refusal"]["reason"] == "absent_year"
    only = client.predict("学校", kinds=["政府工作报告"], k=1, api_name="/search")
    assert only["scope"]["kinds"] == ["政府工作报告"] and len(only["hits"]) == 1


def test_a_follow_up_takes_over_the_question_before(client):
    assert "青岛" in client.predict("那青岛呢？", previous=QUESTION, api_name="/ask")["completed"]


def test_one_request_is_enough(server: Server):
    done = server.post("/gradio_api/run/ask", {"data": [QUESTION, None, None, None, 1, ""]})
    assert done.json()["data"][0]["answered"] is True
    begun = server.post("/gradio_api/call/v2/ask", {"question": QUESTION, "k": 1}).json()["event_id"]
    event, data = server.get(f"/gradio_api/call/ask/{begun}").text.strip().splitlines()
    assert event == "event: complete" and json.loads(data.removeprefix("data: "))[0]["answered"] is True


def test_the_examples_of_the_document_work(server: Server, functions: dict):
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine")
    own = {"http://127.0.0.1:7860": server.address, "DOCUMENT_ID": functions["library"]()["documents"][0]["id"]}
    seen = []
    for command in commands(DOCUMENT.read_text("utf-8")):
        if not command.startswith("curl") or "PASSWORD" in command:
            continue
        for theirs, ours in own.items():
            command = command.replace(theirs, ours)
        printed = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True).stdout
        if "/run/" in command:
            [result] = json.loads(printed)["data"]
            seen.append(command.split("/run/")[1].split()[0])
            assert result.get("answered", True) and set(result) >= {"search": {"hits"}, "document": {"text"}}.get(seen[-1], set())
        elif "event_id" in printed:
            own["EVENT_ID"] = json.loads(printed)["event_id"]
        else:
            assert printed.startswith("event: complete")
    assert sorted(seen) == sorted(ENDPOINTS)


def test_the_python_of_the_document_runs(server: Server):
    [code] = [block for block in blocks(DOCUMENT.read_text("utf-8")) if "gradio_client" in block]
    found: dict = {}
    exec(code.replace("http://127.0.0.1:7860", server.address), found)
    assert found["hits"] and found["answer"]["answered"] and "青岛" in found["then"]["completed"]
    assert found["hits"][0]["text"] in found["around"]["text"] and len(found["table"]["rows"]) == 2 and found["held"]["matching"] == 2
    found["client"].close()


def test_the_document_names_every_argument_and_key(functions: dict):
    told = DOCUMENT.read_text("utf-8")
    for name, function in functions.items():
        row = next(line for line in told.splitlines() if line.startswith(f"| `{name}`"))
        for argument in inspect.signature(function).parameters.values():
            default = "" if argument.default is argument.empty else " " + json.dumps(argument.default)
            assert f"`{argument.name}`{default}" in row, (name, argument)
    number = functions["library"]()["documents"][0]["id"]
    for name, result in {
        "search": functions["search"]("学校"),
        "document": functions["document"](number),
        "library": functions["library"](),
    }.items():
        line = next(line for line in told.splitlines() if line.strip().startswith(f"{name}:"))
        assert re.findall(r'"(\w+)"', line) == list(result)


MISTAKES = [
    ("ask", {"question": " "}, "question is empty"),
    ("ask", {"question": "学" * 501}, "501 characters"),
    ("ask", {"question": ["学校"]}, "question has to be a text, not a list of 1"),
    ("ask", {"question": "学校", "k": 0}, "k is 0; it has to be 1 to 50"),
    ("ask", {"question": "学校", "k": "5"}, "k has to be a whole number, not a text"),
    ("ask", {"question": "学校", "k": True}, "not true or false"),
    ("ask", {"question": "学校", "previous": 3}, "previous has to be a text"),
    ("search", {"question": "学校", "cities": ["亚特兰蒂斯"]}, "no place of this library; it holds 宁波、青岛"),
    ("search", {"question": "学校", "cities": "宁波"}, "cities has to be a list"),
    ("search", {"question": "学校", "years": ["2023"]}, "each of years has to be a whole number"),
    ("search", {"question": "学校", "years": [20230]}, "it has to be 1900 to 2100"),
    ("search", {"question": "学校", "kinds": ["小说"]}, "no kind of this library"),
    ("search", {"question": "学校", "cities": ["宁"] * 201}, "a list of at most 200"),
    ("search", {"question": "学校", "cities": ["宁" * 501]}, "at most 500 characters"),
    ("compare", {"question": "学校", "year": 23}, "year is 23"),
    ("document", {"document": "../../etc/passwd"}, "no such document"),
    ("document", {"document": "/etc/passwd\0"}, "no such document"),
    ("document", {"document": {"path": "/etc/passwd"}}, "document has to be a text, not an object"),
    ("library", {"limit": 0}, "limit is 0"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), MISTAKES)
def test_mistakes_are_told(name: str, arguments: dict, message: str, functions: dict):
    with pytest.raises(QuestionError, match=message):
        functions[name](**arguments)


@pytest.mark.parametrize(("name", "arguments", "message"), MISTAKES[::6])
def test_mistakes_are_told_over_http_without_a_trace(name: str, arguments: dict, message: str, functions: dict, server: Server):
    names = inspect.signature(functions[name]).parameters
    data = [arguments.get(p, names[p].default) for p in names]
    done = server.post(f"/gradio_api/run/{name}", {"data": data})
    assert done.status_code == 500 and message in done.json()["error"]
    assert "Traceback" not in done.text and str(ROOT) not in done.text


def test_what_nobody_foresaw_is_not_told_to_visitors(functions: dict, server: Server, capsys: pytest.CaptureFixture[str]):
    from pages.api import _told

    def broken() -> dict:
        raise OSError("/secret/place")

    with pytest.raises(Exception, match="terminal that runs ui.py") as told:
        _told(broken)()
    assert "secret" not in str(told.value)
    assert "/secret/place" in capsys.readouterr().err


def test_mcp_has_exactly_these_tools_and_they_answer_in_json(server: Server, functions: dict):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def talk() -> tuple[list, list]:
        async with streamable_http_client(f"{server.address}/gradio_api/mcp/") as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            calls = [
                ("ask", {"question": QUESTION, "k": 2}),
                ("library", {}),
                ("ask", {"question": "学校", "k": 99}),
                ("ask", {"question": 5}),
            ]
            return tools, [await session.call_tool(name, arguments) for name, arguments in calls]

    tools, (answer, listed, wrong, untyped) = awaited(talk)
    assert sorted(tool.name for tool in tools) == sorted(ENDPOINTS)
    for tool in tools:
        signature = inspect.signature(functions[tool.name]).parameters
        assert list(tool.inputSchema["properties"]) == list(signature) and tool.description
        assert all(p.get("description") for p in tool.inputSchema["properties"].values()), tool.name
    assert timeless(json.loads(answer.content[0].text)) == timeless(functions["ask"](QUESTION, k=2))
    assert json.loads(listed.content[0].text) == functions["library"]()
    assert wrong.isError and wrong.content[0].text == "k is 99; it has to be 1 to 50"
    assert untyped.isError and "string" in untyped.content[0].text
