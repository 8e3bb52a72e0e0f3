"""Homes, ports and sockets that cannot be used: one clear error, with a code, and nothing left running."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from greenroom.domain.errors import ConfigurationError
from greenroom.local import files
from greenroom.local.supervisor import background
from greenroom.local.supervisor.background import Running
from greenroom.local.supervisor.options import Options
from tests.local.supervisor.conftest import greenroom, processes_of, until


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def refused(home: Path, **given: object) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        background.start(Options(home=home, **{"backend": "sandbox", "port_base": 0, **given}))
    assert caught.value.hint
    assert until(lambda: not processes_of(home))
    assert background.find(home) is None
    return caught.value


def test_a_port_that_is_taken_is_named_with_who_has_it(home: Path, taken: int) -> None:
    error = refused(home, port_base=taken)
    assert error.code == "port-taken"
    assert f"Port {taken} (TCP)" in error.message
    if Path("/proc/self").exists():
        assert f"process {os.getpid()} (" in error.message
        assert "python" in error.message


@pytest.mark.usefixtures("livekit_found")
def test_a_port_for_media_that_is_taken_is_named_too(home: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        error = refused(home, backend="livekit-server", port_base=port - 2)
    assert error.code == "port-taken"
    assert f"Port {port} (UDP)" in error.message


@pytest.mark.parametrize(
    "given",
    [
        {"port_base": 65535},
        {"port_base": -4},
        {"port_base": 20000, "port": 20001},
        {"port": 70000},
        {"host": "203.0.113.7"},
        {"host": "no such host"},
    ],
)
def test_addresses_that_cannot_be(home: Path, given: dict[str, object]) -> None:
    assert refused(home, **given).code == "address-unusable"


def test_a_path_too_long_for_a_socket_is_said_before_anything_starts(tmp_path: Path) -> None:
    home = tmp_path / ("long-" * 20)
    error = refused(home)
    assert error.code == "socket-path-too-long"
    assert "107 bytes" in error.message
    assert "--home" in error.hint


def test_a_home_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for home in (tmp_path / "file", tmp_path / "file" / "home"):
        error = refused(home)
        assert error.code == "home-not-writable"
        assert "a file is in the way of a folder" in error.message
    assert background.stop(tmp_path / "file" / "home") is False


def test_a_home_of_another_account_is_not_touched(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    monkeypatch.setattr(files.os, "geteuid", lambda: os.getuid() + 4242)
    error = refused(home)
    assert error.code == "home-of-another"
    assert "belongs to" in error.message
    assert list(home.iterdir()) == []


AS_NOBODY = """
import os, sys
from pathlib import Path
from greenroom.adapters.sqlite.database import Database
from greenroom.domain.errors import GreenroomError
from greenroom.local.keys import KeyFile
from greenroom.local.supervisor import background
from greenroom.local.supervisor.access import Tokens
from greenroom.local.supervisor.options import Options
os.setgid(65534), os.setuid(65534)
def look():
    with Database(home / "run").reading():
        pass
for work in (
    lambda: background.find(home), lambda: background.start(Options(home=home)), lambda: background.stop(home),
    look, lambda: Tokens(home).all(), lambda: KeyFile(home).read(),
):
    home = Path(sys.argv[1])
    try:
        work()
        print("done")
    except GreenroomError as error:
        print(error.code)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_account_is_told_that_the_home_is_not_its_own(
    home: Path, up: Callable[..., Running]
) -> None:
    up()
    for folder in (home.parent, home):
        folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(home)], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["home-of-another"] * 6, done.stderr
    assert background.find(home) is not None


READ_ONLY = """
import os, sys
from pathlib import Path
from greenroom.domain.errors import GreenroomError
from greenroom.local.supervisor import background
from greenroom.local.supervisor.options import Options
os.setgid(65534), os.setuid(65534)
try:
    background.start(Options(home=Path(sys.argv[1]), backend="sandbox", port_base=0))
except GreenroomError as error:
    print(error.code)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_read_only_home_of_ones_own_is_said(home: Path) -> None:
    home.parent.chmod(0o755)
    home.mkdir(mode=0o500)
    os.chown(home, 65534, 65534)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(home)], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "home-not-writable", done.stderr
    os.chown(home, os.getuid(), os.getgid())
    home.chmod(0o700)


def test_a_folder_where_the_socket_should_be_is_said(home: Path) -> None:
    (home / "run" / "control.sock").mkdir(parents=True)
    assert refused(home).code == "control-failed"
    (home / "run" / "control.sock").rmdir()


def test_keys_that_cannot_be_read_are_not_replaced_silently(home: Path) -> None:
    (home / "server").mkdir(parents=True)
    (home / "server" / "keys.json").write_text('{"keys": [{"key": "a: b", "secret": "x"}]}')
    error = refused(home)
    assert error.code == "local-state-damaged"
    assert "a: b" in (home / "server" / "keys.json").read_text()


@pytest.mark.parametrize("backend", ["sandbox", "livekit-server"])
@pytest.mark.parametrize("url", ["nonsense", "http://[", "http://host:99999999/"])
def test_a_webhook_url_that_is_none_is_told_by_up_whichever_server_it_is(
    home: Path, livekit_found: None, backend: str, url: str
) -> None:
    del livekit_found
    error = refused(home, backend=backend, webhooks=("http://127.0.0.1:9/hook", url))
    assert error.code == "invalid-url"
    assert url in error.message


def test_a_control_port_that_livekit_needs_is_said(home: Path, taken: int) -> None:
    error = refused(home, port_base=taken, control_port=taken)
    assert error.code == "address-unusable"
    assert error.hint == "Choose another --control-port."


def test_livekit_server_where_there_is_none_says_how_to_get_it(home: Path) -> None:
    done = greenroom(home, "server", PATH="/usr/bin:/bin")
    assert done.returncode == 5
    assert "greenroom server install" in done.stderr
    assert "(livekit-server-missing)" in done.stderr


def test_an_error_is_json_for_scripts(home: Path, taken: int) -> None:
    import json

    done = greenroom(home, "up", "--json", "--port-base", str(taken))
    assert done.returncode == 5
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "port-taken"
    assert done.stderr == ""


def test_a_server_that_cannot_be_started_is_tried_once_a_request(home: Path, taken: int) -> None:
    done = greenroom(
        home, "ask", "list rooms", GREENROOM_PORT_BASE=str(taken), GREENROOM_AUTOSTART=""
    )
    assert "(port-taken)" in done.stderr
    assert done.stderr.count("starting one on this machine") == 1
