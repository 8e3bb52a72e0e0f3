"""HTTP as others send it: odd, broken, slow, in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from greenroom.local import http
from greenroom.local.http import HttpServer, Request, Response


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    """A server that echoes what it understood."""

    async def echo(request: Request) -> Response:
        said = f"{request.method} {request.path} {sorted(request.query.items())} {request.body!r}"
        return Response(body=said.encode(), headers={"X-Echo": request.headers.get("x-say", "")})

    server = HttpServer(echo, lambda: 0.0)
    yield await server.start("127.0.0.1", 0)
    await server.close()


async def talk(port: int, *pieces: bytes, end: bool = True) -> bytes:
    """All that comes back for these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    if end:
        writer.write_eof()
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    return answer


def status(answer: bytes) -> int:
    return int(answer.split()[1])


GOOD = {
    "plain": (b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /a [] b''"),
    "query": (b"GET /a?x=1&y=%20&x=2 HTTP/1.1\r\n\r\n", b"GET /a [('x', '1'), ('y', ' ')] b''"),
    "escaped": (b"GET /%C3%A9?q HTTP/1.1\r\n\r\n", "GET /é [('q', '')] b''".encode()),
    "two slashes": (b"GET //a HTTP/1.1\r\n\r\n", b"GET //a [] b''"),
    "absolute": (b"GET http://x/a HTTP/1.1\r\n\r\n", b"GET /a [] b''"),
    "body": (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", b"POST / [] b'hi'"),
    "chunks": (
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhi\r\n3\r\n yo\r\n0\r\nT: t\r\n\r\n",
        b"POST / [] b'hi yo'",
    ),
    "old": (b"GET /a HTTP/1.0\r\n\r\n", b"GET /a [] b''"),
}


@pytest.mark.parametrize(("sent", "understood"), GOOD.values(), ids=GOOD.keys())
@pytest.mark.parametrize("pieces", [1, 3, 1000])
async def test_good_requests_are_understood_in_any_pieces(
    port: int, sent: bytes, understood: bytes, pieces: int
) -> None:
    size = max(1, len(sent) // pieces)
    cut = [sent[at : at + size] for at in range(0, len(sent), size)]
    answer = await talk(port, *cut)
    assert status(answer) == 200
    assert answer.endswith(b"\r\n\r\n" + understood)


BAD = {
    "no version": (b"GET /\r\n\r\n", 400),
    "four words": (b"GET / x HTTP/1.1\r\n\r\n", 400),
    "another version": (b"GET / HTTP/2.0\r\n\r\n", 400),
    "no colon": (b"GET / HTTP/1.1\r\nHost\r\n\r\n", 400),
    "space before colon": (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
    "folded": (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400),
    "bare newline": (b"GET / HTTP/1.1\r\nA: b\nB: c\r\n\r\n", 400),
    "length and chunks": (
        b"POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "two lengths": (b"POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi", 400),
    "a negative length": (b"POST / HTTP/1.1\r\nContent-Length: -2\r\n\r\n", 400),
    "a signed length": (b"POST / HTTP/1.1\r\nContent-Length: +2\r\n\r\nhi", 400),
    "an odd coding": (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
    "an odd chunk": (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "a negative chunk": (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
    "a chunk that is longer": (
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nhi\r\n0\r\n\r\n",
        400,
    ),
    "a huge body": (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
    "a huge chunk": (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", 413),
    "a huge head": (b"GET / HTTP/1.1\r\n" + b"A: " + b"x" * 200_000 + b"\r\n\r\n", 431),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
}


@pytest.mark.parametrize(("sent", "expected"), BAD.values(), ids=BAD.keys())
async def test_bad_requests_are_refused_and_the_connection_ended(
    port: int, sent: bytes, expected: int
) -> None:
    answer = await talk(port, sent, end=False)
    assert status(answer) == expected
    assert b"Connection: close" in answer
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhi"], ids=str
)
async def test_a_client_that_goes_away_gets_nothing(port: int, sent: bytes) -> None:
    assert await talk(port, sent) == b""


async def test_a_connection_serves_several_requests(port: int) -> None:
    one = b"GET /a HTTP/1.1\r\n\r\n"
    last = b"GET /b HTTP/1.1\r\nConnection: close\r\n\r\n"
    answer = await talk(port, one + one + last, end=False)
    assert answer.count(b"200 OK") == 3
    assert answer.endswith(b"GET /b [] b''")


async def test_head_has_the_length_and_no_body(port: int) -> None:
    answer = await talk(port, b"HEAD /a HTTP/1.1\r\n\r\n")
    assert b"Content-Length: 14\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


async def test_who_expects_100_gets_it(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    answer = await talk(port, head, b"hi")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


async def test_no_text_of_others_becomes_a_header(port: int) -> None:
    answer = await talk(port, b"GET / HTTP/1.1\r\nX-Say: a\x01b\x7fc\r\n\r\n")
    assert b"X-Echo: abc\r\n" in answer


async def test_a_silent_connection_is_ended(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "IDLE", 0.05)
    assert await talk(port, b"GET / HTTP/1.1\r\n", end=False) == b""


async def test_closing_ends_connections_that_wait() -> None:
    entered = asyncio.Event()

    async def hang(_request: Request) -> Response:
        entered.set()
        await asyncio.Event().wait()
        return Response()

    server = HttpServer(hang, lambda: 0.0)
    port = await server.start("127.0.0.1", 0)
    waiting = asyncio.create_task(talk(port, b"GET / HTTP/1.1\r\n\r\n", end=False))
    await entered.wait()
    await server.close()
    assert await waiting == b""
