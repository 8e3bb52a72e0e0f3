"""Real sockets on loopback that answer as a bad day would: scripted byte for byte."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROTOBUF = "application/protobuf"
Script = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Served:
    """A scripted server: where it listens, and what it was sent."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP/1.1 answer with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def twirp(status: str, code: str, message: str = "because") -> bytes:
    """An error as Twirp v7 writes it."""
    body = f'{{"code":"{code}","msg":"{message}"}}'.encode()
    return answer(status, body, Content_Type="application/json")


def saying(*answers: bytes) -> Script:
    """The answers one after the other, the last one for ever."""
    left = list(answers)

    async def script(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()

    return script


async def silent(_request: bytes, _writer: asyncio.StreamWriter) -> None:
    """Takes the request and never says a word."""
    await asyncio.Event().wait()


async def resets(_request: bytes, writer: asyncio.StreamWriter) -> None:
    """Cuts the connection with RST after half an answer."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/protobuf\r\nContent-Length: 99\r\n\r\nhalf"
    )
    await writer.drain()
    await asyncio.sleep(0.01)
    writer.transport.abort()


async def hangs_up(_request: bytes, writer: asyncio.StreamWriter) -> None:
    """Closes without an answer."""
    writer.close()


async def _one_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return head + await reader.readexactly(length)


@asynccontextmanager
async def serve(
    script: Script, tls: ssl.SSLContext | None = None, *, greeting: bytes = b""
) -> AsyncIterator[Served]:
    """Listen on a free port of loopback; nothing is left behind. A greeting is said unasked."""
    handlers: set[asyncio.Task[None]] = set()
    served = Served(port=0)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handlers.add(task)
        served.connections += 1
        try:
            writer.write(greeting)
            while not writer.is_closing():
                request = await _one_request(reader)
                served.requests.append(request)
                await script(request, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            handlers.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        for task in list(handlers):
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        await server.wait_closed()


def closed_port() -> int:
    """A port where nothing listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path, *, name: str = "localhost", days: int = 1) -> ssl.SSLContext:
    """A server's TLS with a self-signed certificate made by the openssl command."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no certificate can be made")
    key, request, cert = folder / "key.pem", folder / "request.pem", folder / "cert.pem"
    ask = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    ask += ["-keyout", str(key), "-out", str(request), "-subj", f"/CN={name}"]
    ask += ["-addext", f"subjectAltName=DNS:{name}", "-addext", "basicConstraints=CA:TRUE"]
    sign = ["x509", "-req", "-in", str(request), "-signkey", str(key), "-out", str(cert)]
    sign += ["-copy_extensions", "copy", "-days", str(days)]
    try:
        for command in (ask, sign):
            subprocess.run(["openssl", *command], check=True, capture_output=True, timeout=30)
    except subprocess.CalledProcessError:
        pytest.skip(f"this openssl makes no certificate for {days} day(s)")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context
