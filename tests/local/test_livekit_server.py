"""livekit-server: installed once, its settings readable, its file a secret."""

from __future__ import annotations

import os
import stat
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from greenroom.local.keys import ApiKey
from greenroom.local.livekit_config import ServerSettings, is_loopback, reachable
from greenroom.local.livekit_server import VERSION
from greenroom.local.supervisor.background import Running
from tests.local.supervisor.conftest import greenroom, home, livekit_found, up

__all__ = ("home", "livekit_found", "up")

GO = """#!/bin/sh
[ "$1" = install ] || exit 9
echo "$2" >> {asked}
printf '#!/bin/sh\\necho built\\n' > "$GOBIN/server"
chmod 755 "$GOBIN/server"
"""


@pytest.fixture
def go(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """A Go that builds in no time, and the file that says what it was asked for."""
    asked, program = tmp_path / "asked", tmp_path / "bin" / "go"
    program.parent.mkdir()
    program.write_text(GO.format(asked=asked))
    program.chmod(0o755)
    environ = {"PATH": f"{program.parent}:/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    return environ, asked


def test_install_builds_once_and_outside_the_checkout(
    home: Path, go: tuple[dict[str, str], Path], tmp_path: Path
) -> None:
    environ, asked = go
    first = greenroom(home, "server", "install", **environ)
    assert first.returncode == 0, first.stderr
    assert f"Building livekit-server {VERSION} with Go, once" in first.stderr
    kept = tmp_path / "cache" / "greenroom" / "bin" / f"livekit-server-{VERSION}"
    assert str(kept) in first.stdout
    assert subprocess.check_output([kept], text=True) == "built\n"
    again = greenroom(home, "server", "install", **environ)
    assert again.stderr == ""
    assert asked.read_text().count("\n") == 1
    assert f"@v{VERSION}" in asked.read_text()
    assert [each.name for each in kept.parent.iterdir()] == [kept.name]


def test_a_build_that_fails_is_told_and_leaves_nothing(
    home: Path, go: tuple[dict[str, str], Path], tmp_path: Path
) -> None:
    environ, _ = go
    (tmp_path / "bin" / "go").write_text("#!/bin/sh\necho no such module >&2\nexit 1\n")
    done = greenroom(home, "server", "install", **environ)
    assert done.returncode == 5
    assert "no such module" in done.stderr
    assert list((tmp_path / "cache" / "greenroom" / "bin").iterdir()) == []


@pytest.mark.usefixtures("livekit_found")
def test_the_settings_asked_for_are_in_a_file_that_people_can_read(
    home: Path, up: Callable[..., Running]
) -> None:
    hook = 'http://127.0.0.1:1/a"b#c: d'
    running = up(backend="livekit-server", webhooks=(hook,), remote_unmute=False)
    file = home / "server" / "livekit.yaml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "enable_remote_unmute: false" in text
    assert f"{running.key.key}: {running.key.secret}" in text
    assert "devkey" not in text
    comments = [line for line in text.splitlines() if line.strip().startswith("#")]
    assert len(comments) >= 10
    port = int(running.url.rpartition(":")[2])
    assert f"port: {port}" in text
    for line in (home / "server" / "livekit-server.log").read_text().splitlines():
        assert running.key.secret not in line


@pytest.mark.usefixtures("livekit_found")
def test_it_listens_on_loopback_alone_unless_told(up: Callable[..., Running]) -> None:
    running = up(backend="livekit-server")
    port = running.url.rpartition(":")[2]
    with pytest.raises((urllib.error.URLError, OSError)):
        urllib.request.urlopen(f"http://{other_address()}:{port}/", timeout=2).close()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2) as answer:
        assert answer.status == 200


def other_address() -> str:
    """This machine, by another loopback address on Linux: 127.0.0.1 alone is bound."""
    if os.uname().sysname != "Linux":
        pytest.skip("one loopback address")
    return "127.0.0.2"


def test_all_interfaces_are_warned_about(up: Callable[..., Running]) -> None:
    running = up(host="0.0.0.0")
    assert running.url.startswith("ws://127.0.0.1:")
    assert "can be reached from other machines" in running.shape["warnings"][0]
    assert " of 0.0.0.0" in running.shape["warnings"][0]


def test_media_on_all_interfaces_is_not_announced_as_loopback() -> None:
    keys = [ApiKey("APIa", "s")]
    open_to_all = ServerSettings(host="0.0.0.0", port=1, tcp=2, udp=3, keys=keys).as_yaml()
    here = ServerSettings(port=1, tcp=2, udp=3, keys=keys).as_yaml()
    assert "node_ip: 127.0.0.1" in here
    assert "node_ip" not in open_to_all


@pytest.mark.parametrize(
    ("host", "inside", "shown"),
    [
        ("127.0.0.1", True, "127.0.0.1"),
        ("localhost", True, "localhost"),
        ("::1", True, "[::1]"),
        ("0.0.0.0", False, "127.0.0.1"),
        ("::", False, "[::1]"),
        ("192.0.2.1", False, "192.0.2.1"),
    ],
)
def test_addresses_as_clients_see_them(host: str, inside: bool, shown: str) -> None:
    assert (is_loopback(host), reachable(host)) == (inside, shown)
