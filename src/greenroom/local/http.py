"""HTTP/1.1 on asyncio alone, as much of it as the sandbox and the control of the supervisor need.

Why not aiohttp, which Greenroom has anyway: importing its server takes three times as long as all of
the sandbox, and half as much memory again. RFC 9112; what it forbids is answered with 400 and the end
of the connection.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

LONGEST_HEAD = 65_536
"""Bytes of a request's line and headers, and of a line of a chunked body."""
LARGEST_BODY = 16 * 2**20
IDLE = 120.0
"""Seconds that a connection may stay silent."""
LINGER = 1.0
"""Seconds that a refused client has to take its answer."""
_HEX = frozenset(b"0123456789abcdefABCDEF")
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. Names of headers are in lower case; ``path`` is decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Response:
    """One answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    pieces: AsyncGenerator[bytes, None] | None = None
    """In place of ``body``, what is too large to be held."""
    size: int = 0
    """Bytes of all pieces."""


Handler = Callable[[Request], Awaitable[Response | None]]
"""Answers a request; None ends the connection without an answer."""


class MalformedError(Exception):
    """Not HTTP/1.1 as we read it: status and words to answer with."""

    def __init__(self, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(status.phrase)
        self.status = status


class HttpServer:
    """Listens and answers until it is closed."""

    def __init__(self, handler: Handler, now: Callable[[], float]) -> None:
        self._handler = handler
        self._now = now
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen; gives the port. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(
            self._connected, host, port, limit=LONGEST_HEAD, backlog=512
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, EOFError, TimeoutError, asyncio.CancelledError):
            # Gone, silent or told to stop: nobody is left to tell.
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection stays."""
        try:
            async with asyncio.timeout(IDLE):
                request = await read_request(reader, writer)
        except MalformedError as error:
            text = f"{error.status.value} {error.status.phrase}".encode()
            self._write(writer, Response(status=error.status.value, body=text), stays=False)
            await self._linger(reader, writer)
            return False
        response = await self._handler(request)
        if response is None:
            # Reset and not FIN: nothing of an answer may look complete.
            writer.transport.abort()
            return False
        wishes = request.headers.get("connection", "").lower().split(",")
        stays = "close" not in {wish.strip() for wish in wishes}
        head = request.method == "HEAD"
        self._write(writer, response, stays=stays, head=head)
        await writer.drain()
        if response.pieces is not None:
            await self._send(writer, response.pieces, head=head)
        return stays

    async def _send(
        self, writer: asyncio.StreamWriter, pieces: AsyncGenerator[bytes, None], *, head: bool
    ) -> None:
        """As fast as they are taken. What breaks off ends with a reset, so that it does not look complete."""
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    if head:
                        break
                    writer.write(piece)
                    await writer.drain()
        except BaseException:
            writer.transport.abort()
            raise

    async def _linger(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take in what is still on its way: unread bytes would make a reset of the end, and the answer lost."""
        await writer.drain()
        writer.write_eof()
        async with asyncio.timeout(LINGER):
            while await reader.read(LONGEST_HEAD):
                pass

    def _write(
        self, writer: asyncio.StreamWriter, response: Response, *, stays: bool, head: bool = False
    ) -> None:
        bare = response.status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
        # strftime's names of days are English: nobody here sets a locale.
        headers = {"Date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(self._now()))}
        if response.body or response.pieces is not None:
            headers["Content-Type"] = response.content_type
        if not bare:
            headers["Content-Length"] = str(response.size or len(response.body))
        if not stays:
            headers["Connection"] = "close"
        headers.update(response.headers)
        lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}"]
        lines += [f"{name}: {_one_line(value)}" for name, value in headers.items()]
        raw = "\r\n".join(lines).encode("latin-1", "replace") + _END
        writer.write(raw if head or bare else raw + response.body)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _one_line(value: str) -> str:
    """Others' text, such as an Origin, must not become a header of its own."""
    return "".join(c for c in value if c.isprintable())


async def read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    """Read one request. Raises MalformedError, and EOFError when the connection ended."""
    try:
        head = (await reader.readuntil(_END)).decode("latin-1")
    except asyncio.LimitOverrunError:
        raise MalformedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from None
    first, *rest = head[: -len(_END)].split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or parts[2] not in {"HTTP/1.1", "HTTP/1.0"}:
        raise MalformedError
    method, target, version = parts
    headers = _headers(rest)
    if version == "HTTP/1.0":
        headers.setdefault("connection", "close")
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await _body(reader, headers)
    # A path that begins with two slashes would be read as a host.
    split = urlsplit(target if "://" in target.partition("?")[0] else f"http://sandbox{target}")
    return Request(
        method=method,
        path=unquote(split.path) or "/",
        query=parameters(split.query),
        headers=headers,
        body=body,
    )


def parameters(text: str) -> dict[str, str]:
    """A query or a form, as Go's ``Get`` reads it: of several values the first."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, value)
    return found


def _headers(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip() or "\n" in line or "\r" in line:
            raise MalformedError
        key = name.lower()
        if key in {"content-length", "transfer-encoding"} and key in found:
            raise MalformedError
        found.setdefault(key, value.strip(" \t"))
    return found


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is not None:
        # RFC 9112 section 6.1: both together is how requests are smuggled.
        if length is not None or coding.lower() != "chunked":
            raise MalformedError
        return await _chunks(reader)
    if length is None:
        return b""
    if not (length.isascii() and length.isdigit()):
        raise MalformedError
    if int(length) > LARGEST_BODY:
        raise MalformedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return await reader.readexactly(int(length))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        try:
            digits = (await reader.readuntil(b"\r\n")).partition(b";")[0].strip()
        except asyncio.LimitOverrunError:
            raise MalformedError from None
        # int() takes signs and underscores, too.
        if not digits or not _HEX.issuperset(digits):
            raise MalformedError
        size = int(digits, 16)
        if len(body) + size > LARGEST_BODY:
            raise MalformedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not size:
            break
        body += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise MalformedError
    # Trailers mean nothing to us, but they end the body.
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass
    return bytes(body)
