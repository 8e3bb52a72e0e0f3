"""RTMP servers to stream to: nginx with its RTMP module, and servers that misbehave."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from greenroom.interfaces.cli.demo.rtmp import NoPlatform, found
from greenroom.local.ports import free_ports

CONFIG = """\
load_module {module};
{user}
daemon off;
worker_processes 1;
error_log {folder}/error.log warn;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
rtmp {{
    server {{
        listen 127.0.0.1:{port};
        application live {{
            live on;
            record all;
            record_path {folder}/received;
            record_unique on;
        }}
    }}
}}
"""


@dataclass(slots=True)
class Sink:
    """An nginx that keeps what it gets as FLV files."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    received: Path = field(init=False)

    def __post_init__(self) -> None:
        self.received = self.folder / "received"
        self.received.mkdir(parents=True)
        self.received.chmod(0o777)
        _, module = found()
        # As root, its worker would become somebody who may not look into the test's folder.
        user = "" if os.geteuid() else "user root;"
        config = CONFIG.format(module=module, user=user, folder=self.folder, port=self.port)
        (self.folder / "nginx.conf").write_text(config)

    def url(self, key: str) -> str:
        return f"rtmp://127.0.0.1:{self.port}/live/{key}"

    def start(self) -> None:
        """Return when it listens."""
        nginx, _ = found()
        command = [nginx, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        msg = f"nginx did not start: {(self.folder / 'error.log').read_text()}"
        raise AssertionError(msg)

    def kill(self) -> None:
        """At once, with its workers."""
        if self.process is not None:
            self._signal(signal.SIGCONT)
            self._signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stall(self) -> None:
        """Take nothing any more, and say nothing."""
        self._signal(signal.SIGSTOP)

    def _signal(self, number: int) -> None:
        import psutil

        if self.process is None:
            return
        parent = psutil.Process(self.process.pid)
        for each in [*parent.children(recursive=True), parent]:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(number)

    def files(self, key: str) -> list[Path]:
        """What came for a key, the oldest first: a file for each connection."""
        return sorted(self.received.glob(f"{key}-*.flv"), key=lambda path: path.stat().st_mtime_ns)


def require() -> None:
    """Skip the test where there is no nginx with its RTMP module."""
    try:
        found()
    except NoPlatform as why:
        pytest.skip(str(why))


@contextmanager
def nginx(folder: Path) -> Iterator[Sink]:
    """One that runs, until the block ends."""
    (port,) = free_ports(1)
    sink = Sink(folder, port)
    sink.start()
    try:
        yield sink
    finally:
        sink.kill()


@contextmanager
def silent_server() -> Iterator[str]:
    """Accepts, and never says a word: what froze FFmpeg inside of the process. Gives its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                held.append(listener.accept()[0])

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"rtmp://127.0.0.1:{listener.getsockname()[1]}/live/silent-key"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for each in held:
            each.close()


@contextmanager
def with_tls(folder: Path, port: int) -> Iterator[tuple[int, Path]]:
    """TLS in front of a server of this machine: its port, and the certificate that is to be trusted."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def serve(plain: socket.socket) -> None:
        with (
            suppress(OSError),
            plain,
            context.wrap_socket(plain, server_side=True) as near,
            socket.create_connection(("127.0.0.1", port)) as far,
        ):
            back = threading.Thread(target=carry, args=(far, near), daemon=True)
            back.start()
            carry(near, far)
            back.join()

    def accept() -> None:
        with suppress(OSError):
            while True:
                thread = threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True)
                threads.append(thread)
                thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield int(listener.getsockname()[1]), certificate
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join(5)
