"""What every request passes before the page sees it: host, origin, password, size.

Gradio's own login leaves MCP and several of its routes open and checks no `Host`; one place in front of all routes
leaves no gap.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import ipaddress
import sys
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

BODY_LIMIT = 2_000_000  # bytes of a request that brings no file
UPLOAD_LIMIT = 550_000_000  # bytes of one that does: ten of the largest files and the forms around them
UPLOAD = "/gradio_api/upload"
OPEN = "/gradio_api/startup-events"  # gradio asks this of itself at launch; the answer is true or false
ABROAD = ("/gradio_api/file=http", "/gradio_api/file/http", "/gradio_api/proxy=")  # would fetch from the network
HEADERS = ((b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"SAMEORIGIN"), (b"referrer-policy", b"no-referrer"))
CHALLENGE = ((b"www-authenticate", b'Basic realm="Chengwen", charset="UTF-8"'),)
PAUSE = 0.5  # seconds between two wrong passwords, whoever sends them


class Guard:
    """ASGI middleware. A request that does not pass gets one line of plain text and never reaches gradio."""

    def __init__(self, app: App, local: bool = True, password: str = "", uploads: bool = True) -> None:
        """Guard an app.

        Args:
            app: What is guarded.
            local: The server listens on this machine only, so any other `Host` is another site's name turned to this
                address (DNS rebinding).
            password: Asked for by HTTP Basic, whatever the user's name; empty for none.
            uploads: Whether files are taken.
        """
        self.app = app
        self.local = local
        self.password = password.encode()
        self.uploads = uploads
        self._wrong = asyncio.Lock()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass on or refuse."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["path"]
        status, text = self._foreign(headers, scope["method"])
        if not status and self.password and path != OPEN:
            status, text = await self._stranger(headers.get("authorization", ""))
        if not status:
            status, text = self._closed(path)
        limit = UPLOAD_LIMIT if path.rstrip("/") == UPLOAD else BODY_LIMIT
        length = headers.get("content-length", "0")
        if not status and not (length.isascii() and length.isdecimal() and int(length) <= limit):
            status, text = 413, f"the request has {length} bytes; at most {limit} are taken"
        if status:
            await _reply(send, status, text)
            return
        await self._pass(scope, _limited(receive, limit), send)

    def _foreign(self, headers: dict[str, str], method: str) -> tuple[int, str]:
        """A page of another site, or another site's name for this machine."""
        host = headers.get("host", "")
        if self.local and not is_local(_split(f"//{host}").hostname or ""):
            return 403, "this page answers to 127.0.0.1 and localhost only"
        origin = headers.get("origin")
        if origin is not None and _split(origin).netloc.lower() != host.lower():
            return 403, "requests from pages of other sites are refused"
        opened = method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not opened:
            return 403, "requests from pages of other sites are refused"
        return 0, ""

    def _closed(self, path: str) -> tuple[int, str]:
        if path.startswith(ABROAD):
            return 403, "nothing is fetched from elsewhere"
        if not self.uploads and path.rstrip("/") == UPLOAD:
            return 403, "this page takes no files"
        return 0, ""

    async def _stranger(self, authorization: str) -> tuple[int, str]:
        """(0, "") for who knows the password."""
        kind, _, word = authorization.partition(" ")
        if kind.lower() != "basic":
            return 401, "this page asks for a password"
        try:
            _, _, given = base64.b64decode(word, validate=True).partition(b":")
        except (binascii.Error, ValueError):
            given = b""
        if hmac.compare_digest(given, self.password):
            return 0, ""
        async with self._wrong:  # one after the other, so that guessing stays slow however many connections guess
            await asyncio.sleep(PAUSE)
        return 401, "the password is wrong"

    async def _pass(self, scope: Message, receive: Receive, send: Send) -> None:
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        try:
            await self.app(scope, receive, sent)
        except _TooLarge as error:
            if not begun:
                await _reply(send, 413, str(error))
        except Exception:  # of a request that gradio does not foresee; the owner of the terminal gets the trace
            traceback.print_exc(file=sys.stderr)
            if not begun:
                await _reply(send, 500, "this request failed; docs/api.md tells the forms that are understood")


class _TooLarge(Exception):
    """A body that goes on after its limit."""


def is_local(host: str) -> bool:
    """Whether a host name or address is this machine as it calls itself."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(address: str) -> SplitResult:
    """An address in its parts; one that is none has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _limited(receive: Receive, limit: int) -> Receive:
    """Receive at most `limit` bytes, also of a body that does not tell its length."""
    taken = 0

    async def received() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise _TooLarge(f"the request has more than {limit} bytes; at most {limit} are taken")
        return message

    return received


async def _reply(send: Send, status: int, text: str) -> None:
    body = f"{text}\n".encode()
    fields = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": [*fields, *(CHALLENGE if status == 401 else ())]})
    await send({"type": "http.response.body", "body": body})
