"""A platform to stream to, of this machine alone: nginx with its RTMP module, which keeps what it gets."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from greenroom.local.ports import free_ports

PLACES = "/usr/local/sbin:/usr/sbin"
"""Where Debian has nginx, which is not in everybody's PATH."""
MODULES = (
    Path("/usr/lib/nginx/modules/ngx_rtmp_module.so"),
    Path("/usr/share/nginx/modules/ngx_rtmp_module.so"),
)
START_SECONDS = 10.0
CONFIG = """\
load_module {module};
daemon off;
master_process off;
error_log {folder}/error.log warn;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
rtmp {{
    server {{
        listen 127.0.0.1:{port};
        application live {{
            live on;
            record all;
            record_path {folder};
        }}
    }}
}}
"""


class NoPlatform(Exception):
    """There is no nginx with RTMP on this machine, or it does not start: why."""


def found() -> tuple[str, Path]:
    """The program and its RTMP module. Raises NoPlatform."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:{PLACES}")
    if nginx is None:
        raise NoPlatform("nginx is not installed (Debian: nginx-light)")
    for module in MODULES:
        if module.exists():
            return nginx, module
    raise NoPlatform("nginx has no RTMP module (Debian: libnginx-mod-rtmp)")


@dataclass(frozen=True, slots=True)
class Platform:
    """``url`` to stream to, ``received``: the file that the stream becomes."""

    url: str
    received: Path


@contextmanager
def platform(folder: Path, key: str) -> Iterator[Platform]:
    """It listens, until the block ends. Raises NoPlatform."""
    nginx, module = found()
    (port,) = free_ports(1)
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(module=module, folder=folder, port=port))
    process = subprocess.Popen(
        [nginx, "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process, folder / "error.log")
        yield Platform(f"rtmp://127.0.0.1:{port}/live/{key}", folder / f"{key}.flv")
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it listens. Raises NoPlatform with what nginx says."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    why = log.read_text("utf-8", "replace").strip() if log.exists() else "it gave no reason"
    raise NoPlatform(f"nginx did not start: {why}")
