"""What the build promises: a lock that names no place, commands that help lists, a server that goes again."""

from __future__ import annotations

import re
import stat
import subprocess
import urllib.request
from pathlib import Path

import psutil
import pytest

from greenroom.domain.errors import ConfigurationError
from greenroom.local import livekit_server
from greenroom.local.livekit_server import LocalServer
from tests.conftest import CACHE

ROOT = Path(__file__).parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(\[[^\]]+\])?==\S+")


def test_the_lock_names_no_host_path_or_index() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host|file:| @ ", text)
    assert not re.search(r"(?m)(^|\s)/\w", text)


def test_every_line_of_the_lock_is_pinned_and_hashed() -> None:
    entries = (ROOT / "requirements.lock").read_text().replace("\\\n", " ").splitlines()
    entries = [entry for entry in entries if entry.strip() and not entry.startswith("#")]
    assert entries
    for entry in entries:
        assert PINNED.match(entry), entry
        assert "--hash=sha256:" in entry, entry


def test_help_lists_every_command_but_setup() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"(?m)^\.PHONY: (.+)$", makefile)
    assert phony
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = re.findall(r"(?m)^  make (\S+)", said.stdout)
    assert sorted(listed) == sorted(set(phony[1].split()) - {"setup"})


@pytest.mark.usefixtures("has_livekit_server")
def test_a_server_starts_answers_and_leaves_no_process(tmp_path: Path) -> None:
    with LocalServer.start(tmp_path, cache=CACHE) as server:
        url = server.url.replace("ws://", "http://")
        with urllib.request.urlopen(url, timeout=5) as answer:
            assert answer.status == 200
        assert stat.S_IMODE((tmp_path / "livekit.yaml").stat().st_mode) == 0o600
        assert server.api_secret not in repr(server)
    assert not psutil.pid_exists(server.pid)


def test_settings_of_another_server_do_not_reach_the_local_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LIVEKIT_KEYS", "LIVEKIT_CONFIG", "LIVEKIT_URL", "NODE_IP", "UDP_PORT"):
        monkeypatch.setenv(name, "of another server")
    assert "of another server" not in livekit_server.own_environment().values()


def test_without_go_and_binary_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(livekit_server, "GO_PLACES", ())
    with (
        pytest.raises(ConfigurationError) as caught,
        LocalServer.start(tmp_path, cache=tmp_path / "cache"),
    ):
        pass
    assert caught.value.code == "livekit-server-missing"
    assert caught.value.hint
    assert "LIVEKIT_URL" in caught.value.hint


def test_a_server_that_does_not_start_says_why_and_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "livekit-server"
    program.write_text("#!/bin/sh\necho no room on this ship\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ConfigurationError) as caught, LocalServer.start(tmp_path):
        pass
    assert caught.value.code == "livekit-server-failed"
    assert "no room on this ship" in caught.value.message
