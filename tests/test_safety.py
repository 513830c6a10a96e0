"""The running page against visitors who mean no good: no file, no path, no trace gets out, whatever is sent."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from index.additions import SIZE_LIMIT
from index.build import build
from index.encoder import open_encoder
from pages.guard import BODY_LIMIT
from tests.conftest import ROOT, write_corpus
from tests.server import Server, serve

CANARY = "金丝雀七四一八五二九六三"
API = "/gradio_api"
PLACES = (f"{API}/file=", f"{API}/file/", "/file=", "/file/", "/static/", "/assets/", "/svelte/", f"{API}/proxy=", "/", "/en/")
CLIMBS = ("{path}", "/{path}", "..{up}{path}", "{up}{path}", "./{path}", "....//....//..{path}", "file://{path}", "/proc/self/root{path}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("safety")
    build([write_corpus(folder / "corpus")], folder / "index", open_encoder())
    (folder / "secret.txt").write_text(CANARY, "utf-8")
    (folder / "index" / "shelf.json").write_text(
        json.dumps({"corpora": [str(folder / "corpus")], "removed": []}), "utf-8"
    )  # so files are taken
    with serve(folder / "index", folder / "log", environment={"GRADIO_TEMP_DIR": str(folder / "temporary")}) as server:
        yield server
        assert server.post(f"{API}/run/library", {"data": [None, None, 1]}).status_code == 200, "the page no longer answers"


def forbidden(server: Server) -> dict[Path, bytes]:
    """Files that no visitor may read -> bytes that tell one of them."""
    generation = next((server.index / "generations").iterdir())
    files = [Path("/etc/passwd"), ROOT / "ui.py", ROOT / "pages" / "guard.py", ROOT / "requirements.txt", server.index / "current"]
    files += [generation / "manifest.json", generation / "passages.sqlite", server.index.parent / "secret.txt", server.log]
    return {path: path.read_bytes()[:24] for path in files}


def raw(server: Server, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """A request whose path is sent as written; a client of the usual kind would straighten it first."""
    line = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)
    try:
        line.request(method, path, body, headers)
        answer = line.getresponse()
        return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}
    finally:
        line.close()


def assert_tells_nothing(server: Server, body: bytes | str, sent: object) -> None:
    """No trace and no path of this machine that the visitor did not send."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    for mark in ("Traceback (most", 'File "', "site-packages", str(ROOT), str(server.index.parent), str(Path.home()) + "/", CANARY):
        assert mark not in text or mark in str(sent), (mark, sent, text[:300])


@pytest.mark.parametrize("place", PLACES)
def test_no_path_leads_to_a_file(place: str, server: Server):
    up = "/.." * 12
    for path, content in forbidden(server).items():
        for climb in CLIMBS:
            written = climb.format(path=path, up=up)
            forms = {quote(written), quote(written, safe=""), quote(quote(written, safe=""), safe=""), quote(written) + "%00.png"}
            forms |= {quote(written.replace("/", "\\")), quote(written).replace("..", "%2e%2e")}
            for form in forms:
                status, body, _ = raw(server, place + form)
                assert content not in body, (place + form, status)
                assert status != 200 or place in ("/", "/en/") or not body, (place + form, status, body[:80])
                assert_tells_nothing(server, body, place + form + written)


@pytest.mark.parametrize("path", ["ui.py", "pages/guard.py", "tests/conftest.py", ".git/config", "requirements.txt"])
def test_the_folder_of_the_program_is_not_served(path: str, server: Server):
    for place in PLACES:
        status, body, _ = raw(server, place + path)
        assert status in (403, 404), (place, status)
        assert not (ROOT / path).is_file() or (ROOT / path).read_bytes()[:24] not in body


def test_templates_of_components_lead_nowhere(server: Server):
    for name in ("..%2f..%2f..%2fui.py", "%2e%2e", "index.js", "..%2fpackage.json"):
        for environment in ("client", "server", "x"):
            status, body, _ = raw(server, f"{API}/custom_component/html/{environment}/..%2f../{name}")
            assert status >= 400
            assert_tells_nothing(server, body, name)


def test_only_public_reports_are_documents(server: Server):
    for document in (
        "../../etc/passwd",
        "/etc/passwd",
        "a\0b",
        "..",
        "",
        "." * 400,
        "0",
        "' OR 1=1 --",
        str(server.index / "current"),
        "%2e%2e",
    ):
        told = server.post(f"{API}/run/document", {"data": [document, 0, 100]})
        assert told.status_code == 500 and "no such document" in told.json()["error"]
        assert_tells_nothing(server, told.text, document)
    spots = [{"document": "../../etc/passwd", "start": 0, "end": 5, "span": None}, {"document": "/etc/passwd"}, [], 5, None, "x"]
    for spot in spots:
        told = server.ask_page("report", json.dumps(spot))
        assert "root:" not in told.text
        assert_tells_nothing(server, told.text, spot)


def test_files_as_arguments_are_not_opened(server: Server):
    file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}, "url": "file:///etc/passwd", "orig_name": "x.txt"}
    for name, rest in (("ask", [None, None, None, 1, ""]), ("document", [0, 10]), ("compare", [None, None])):
        told = server.post(f"{API}/run/{name}", {"data": [file, *rest]})
        assert told.status_code >= 400 and "root:" not in told.text
        assert_tells_nothing(server, told.text, file)
    assert not [p for p in (server.index.parent / "temporary").rglob("*") if p.name in ("passwd", "x.txt")]


@pytest.mark.parametrize(
    "name", ["preprocess", "postprocess", "__init__", "__class__", "get_config", "load", "server_fns", "_id", "", "ask.__call__", None, 5]
)
def test_the_page_has_no_other_functions(name: object, server: Server):
    for component in (server.component("report"), 1, 10**30, -1, "1", None, [], {}, "../1"):
        body = {"data": "x", "component_id": component, "session_hash": "s", "fn_name": name}
        told = server.post(f"{API}/component_server", body)
        assert told.status_code >= 400
        assert_tells_nothing(server, told.text, body)


BROKEN = (
    b"",
    b"{",
    b"null",
    b"[]",
    b"5",
    b'{"data": 5}',
    b'{"data": {}}',
    b'{"data": []}',
    b"\xff\xfe\x00",
    b"[" * 50_000,
    b'{"data": [' + b"1," * 999 + b"1]}",
)
TAKERS = (
    "run/ask",
    "run/none",
    "run/0",
    "api/ask",
    "call/ask",
    "call/v2/ask",
    "call/v2/none",
    "queue/join",
    "component_server",
    "cancel",
    "reset",
)
TAKERS = (
    *(f"{API}/{name}" for name in (*TAKERS, "upload", "stream/x", "process_recording", "vibe-edit", "mcp/", "mcp/messages/")),
    "/login",
)


@pytest.mark.parametrize("path", TAKERS)
def test_bodies_that_are_broken_tell_nothing(path: str, server: Server):
    for kind in (
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/x-www-form-urlencoded",
    ):
        for body in BROKEN:
            status, told, _ = raw(server, path, "POST", body, **{"Content-Type": kind, "Accept": "application/json, text/event-stream"})
            assert_tells_nothing(server, told, body)
            assert status >= 400 or path.endswith(("cancel", "reset", "call/ask", "upload")), (path, kind, body[:40], status)


def test_what_is_left_running_tells_nothing(server: Server):
    """An answer fetched by event id, with arguments of every wrong kind."""
    for value in (None, 5, 1.5, True, [], {}, "", "问" * 100_000, "\0", 1e308):
        begun = server.post(f"{API}/call/v2/ask", {"question": value})
        assert begun.status_code == 200
        told = fetched(server, begun.json()["event_id"])
        assert "event: error" in told or "answered" in told
        assert_tells_nothing(server, told, "")
    for event in ("none", "../../x", "%00", "x" * 5000):
        assert_tells_nothing(server, fetched(server, quote(event, safe="%")), event)


def fetched(server: Server, event: str) -> str:
    """What is told of an event, also where the stream ends early."""
    told = b""
    with suppress(httpx.RemoteProtocolError), httpx.stream("GET", f"{server.address}{API}/call/ask/{event}", timeout=30) as stream:
        for part in stream.iter_raw():
            told += part
    return told.decode()


def test_an_over_long_question_is_told(server: Server):
    long = "问" * 300_000
    told = server.post(f"{API}/run/ask", {"data": [long, None, None, None, 1, ""]})
    assert "300000 characters" in told.json()["error"]
    page = server.ask_page("ask", json.dumps({"question": long, "scope": {}}, ensure_ascii=False))
    assert "error" in json.loads(page.json()) and len(page.text) < 1000


@pytest.mark.parametrize("path", TAKERS)
def test_ten_megabytes_are_refused_before_they_are_read(path: str, server: Server):
    if path.endswith("/upload"):
        pytest.skip("files may be as large; see the next tests")
    address = urlsplit(server.address)
    with socket.create_connection((address.hostname, address.port), timeout=30) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 10000000\r\nConnection: close\r\n\r\n".encode())
        told = b"".join(iter(lambda: line.recv(4000), b""))
    assert b" 413 " in told.splitlines()[0] and str(BODY_LIMIT).encode() in told


def test_a_body_without_a_length_is_cut_off(server: Server):
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 100_000
            yield b" " * 100_000

    try:
        told = httpx.post(f"{server.address}{API}/run/ask", content=parts(), headers={"Content-Type": "application/json"}, timeout=30)
        assert told.status_code in (400, 413)
    except httpx.TransportError:
        pass  # the server hung up while the rest was still being sent
    assert sent <= 10_000_000


def test_uploads_have_a_size(server: Server):
    temporary = server.index.parent / "temporary"
    told = httpx.post(f"{server.address}{API}/upload", files={"files": ("a.txt", b"x" * (SIZE_LIMIT + 1))}, timeout=120)
    assert told.status_code == 413
    assert_tells_nothing(server, told.text, "")
    assert not [p for p in temporary.rglob("*") if p.is_file() and p.stat().st_size > SIZE_LIMIT]


@pytest.mark.parametrize(
    "name", ["../../../evil.txt", "/etc/evil.txt", "a\\..\\..\\evil.txt", "..", "x" * 500 + ".txt", "a\nb.txt", "con.html", "a.svg"]
)
def test_uploads_stay_in_their_own_folder(name: str, server: Server):
    temporary = (server.index.parent / "temporary").resolve()
    told = httpx.post(f"{server.address}{API}/upload", files={"files": (name, b"<script>1</script>")}, timeout=30)
    assert (
        not [p for p in server.index.parent.rglob("*evil*") if temporary not in p.resolve().parents] and not Path("/etc/evil.txt").exists()
    )
    if told.status_code == 200:
        [stored] = told.json()
        assert temporary in Path(stored).resolve().parents
        status, _, headers = raw(server, f"{API}/file={quote(stored)}")
        assert status == 200 and headers["x-content-type-options"] == "nosniff"
        assert headers["content-disposition"].startswith("attachment") or headers["content-type"].startswith("text/plain")


def test_other_sites_get_nothing(server: Server):
    body = {"data": ["宁波的学校", None, None, None, 1, ""]}
    port = urlsplit(server.address).port
    own = urlsplit(server.address).netloc
    for origin in (
        "https://evil.example",
        "null",
        f"http://localhost:{port + 1}",
        "http://127.0.0.1",
        f"http://127.0.0.1.evil.example:{port}",
        "",
    ):
        for path in (f"{API}/run/ask", f"{API}/component_server", f"{API}/upload", f"{API}/mcp/", f"{API}/queue/join"):
            refused = server.post(path, body, headers={"Origin": origin})
            assert refused.status_code == 403 and refused.headers.get("access-control-allow-origin") in (None, origin)
            assert "other sites" in refused.text
        assert server.get(f"{API}/info", headers={"Origin": origin}).status_code == 403
    assert server.post(f"{API}/run/ask", body, headers={"Origin": f"http://{own}", "Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_pages_of_other_sites_may_link_here_but_load_nothing(server: Server):
    across = {"Sec-Fetch-Site": "cross-site"}
    assert server.get("/", headers=across | {"Sec-Fetch-Mode": "navigate"}).status_code == 200
    assert server.get(f"{API}/info", headers=across | {"Sec-Fetch-Mode": "no-cors"}).status_code == 403
    assert httpx.post(f"{server.address}/login", headers=across | {"Sec-Fetch-Mode": "navigate"}, timeout=30).status_code == 403
    assert server.get("/").headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "localhost.evil.example", "127.0.0.1.evil.example", "", "@", "[", "10.0.0.1"]
)
def test_another_name_for_this_machine_is_refused(host: str, server: Server):
    status, body, _ = raw(server, "/config", Host=host)
    assert status in (400, 403) and b"components" not in body


def test_nothing_is_fetched_from_elsewhere(server: Server):
    for address in ("http://127.0.0.1:1/", "https://example.org/x.png", "HTTP://example.org/"):
        for place in ("file=", "file/", "proxy="):
            status, body, _ = raw(server, f"{API}/{place}{quote(address, safe='')}")
            assert status in (403, 404), (address, place, status)
            assert_tells_nothing(server, body, address)


def test_what_the_owner_of_the_program_alone_needs_is_closed(server: Server):
    for path in ("/monitoring", "/monitoring/summary", "/monitoring/x", f"{API}/run-history/records", f"{API}/dev/nothing"):
        assert server.get(path).status_code in (403, 404), path
    for path in (f"{API}/vibe-edit", f"{API}/undo-vibe-edit"):
        assert server.post(path, {"prompt": "x", "hash": "x"}).status_code >= 400
    assert server.get(f"{API}/vibe-code").status_code >= 400


def test_the_layout_of_the_page_names_no_local_path(server: Server):
    for path in (
        "/config",
        "/",
        "/en",
        f"{API}/info",
        "/openapi.json",
        f"{API}/openapi.json",
        f"{API}/mcp/schema",
        "/nothing",
        "/theme.css",
    ):
        assert_tells_nothing(server, server.get(path).text, path)


def test_the_log_holds_no_visitor_s_password_or_body(server: Server):
    assert os.fspath(server.log) and CANARY not in server.log.read_text("utf-8")
