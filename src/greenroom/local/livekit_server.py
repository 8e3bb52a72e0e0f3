"""livekit-server on this machine: found or built, started on free ports, stopped again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from greenroom.domain.errors import ConfigurationError
from greenroom.local.files import write_private
from greenroom.local.keys import ApiKey
from greenroom.local.livekit_config import ServerSettings
from greenroom.local.ports import free_ports

VERSION = "1.11.0"
MODULE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
GO_PLACES = ("/usr/local/go/bin/go", "/usr/lib/go/bin/go")
START_SECONDS = 20
STOP_SECONDS = 5
INSIST_SECONDS = 0.5
"""livekit-server 1.11.0 goes on after a first SIGTERM, and ends at a second one."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A livekit-server that runs."""

    url: str
    api_key: str
    api_secret: str = field(repr=False)
    pid: int
    log: Path

    @staticmethod
    @contextmanager
    def start(
        home: Path,
        *,
        cache: Path | None = None,
        webhooks: Sequence[str] = (),
        remote_unmute: bool = True,
        say: Say = lambda _: None,
    ) -> Iterator[LocalServer]:
        """Run one on free ports of 127.0.0.1, with a generated key, until the block ends.

        Raises ConfigurationError (livekit-server-missing, livekit-server-failed).
        """
        program = find_or_build(cache or default_cache(), say)
        key = ApiKey.generate()
        port, tcp, udp = free_ports(3)
        config, log = home / "livekit.yaml", home / "livekit-server.log"
        settings = ServerSettings(
            port=port,
            tcp=tcp,
            udp=udp,
            keys=[key],
            webhooks=webhooks,
            remote_unmute=remote_unmute,
        )
        write_private(config, settings.as_yaml())
        with log.open("wb") as output:
            process = subprocess.Popen(
                [program, "--config", str(config)],
                env=own_environment(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            wait_until_up(process, f"http://127.0.0.1:{port}/", log)
            yield LocalServer(f"ws://127.0.0.1:{port}", key.key, key.secret, process.pid, log)
        finally:
            stop(process)


def own_environment() -> dict[str, str]:
    """The environment without what livekit-server would read in place of its config file."""
    taken = ("LIVEKIT_", "NODE_IP", "UDP_PORT")
    return {name: value for name, value in os.environ.items() if not name.startswith(taken)}


def default_cache() -> Path:
    """Where a built server is kept, outside every checkout."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "greenroom" / "bin"


def find(cache: Path) -> Path | None:
    """The program: from PATH, else from the cache; None when it is in neither."""
    found = shutil.which("livekit-server")
    kept = cache / f"livekit-server-{VERSION}"
    if found:
        return Path(found)
    return kept if kept.exists() else None


def find_or_build(cache: Path, say: Say) -> Path:
    """The program: found, else built with Go into the cache. Raises ConfigurationError (livekit-server-missing)."""
    found = find(cache)
    if found is None:
        found = cache / f"livekit-server-{VERSION}"
        build(found, say)
    return found


def find_go() -> str | None:
    """Go's program: from PATH, else from where it is put; None when it is in neither."""
    return shutil.which("go") or next((place for place in GO_PLACES if Path(place).exists()), None)


def build(kept: Path, say: Say) -> None:
    """``go install``, then an atomic rename. Raises ConfigurationError where there is no Go."""
    go = find_go()
    if go is None:
        msg = "There is no livekit-server on this machine, and no Go to build it with."
        hint = "Install Go, or name a server you have: LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET."
        raise ConfigurationError(msg, code="livekit-server-missing", hint=hint)
    say(f"Building livekit-server {VERSION} with Go, once (a minute or two)")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as made:
        done = subprocess.run(
            [go, "install", MODULE],
            env={**os.environ, "GOBIN": made},
            capture_output=True,
            text=True,
            check=False,
        )
        program = Path(made) / "server"
        if done.returncode or not program.exists():
            lines = done.stderr.strip().splitlines()
            msg = (
                f"livekit-server could not be built: {lines[-1] if lines else 'go install failed'}."
            )
            raise ConfigurationError(
                msg, code="livekit-server-missing", hint="Is the Go module proxy reachable?"
            )
        program.replace(kept)


def wait_until_up(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait for ``GET /``. Raises ConfigurationError with the last line of the log."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own loopback URL
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    lines = log.read_text(errors="replace").strip().splitlines()
    msg = f"livekit-server did not start: {lines[-1] if lines else 'it said nothing'}"
    raise ConfigurationError(msg, code="livekit-server-failed", hint=f"Its log is {log}.")


def stop(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, again because it goes on after the first, then SIGKILL; returns when it is gone."""
    for seconds in (INSIST_SECONDS, STOP_SECONDS):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
    if process.poll() is None:
        process.kill()
    process.wait()
