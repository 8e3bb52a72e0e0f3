"""What every test has: a home of its own, no server from outside, and nothing left behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from greenroom.domain.errors import ConfigurationError
from greenroom.local.livekit_server import LocalServer, default_cache

CACHE = default_cache()
"""Where a built livekit-server is kept: read before tests get homes of their own."""


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the developer's home, server or credentials."""
    for name in list(os.environ):
        if name.startswith(("LIVEKIT_", "GREENROOM_", "XDG_")):
            monkeypatch.delenv(name)
    # No command starts a server unless its test says so, and none takes a port that people use.
    monkeypatch.setenv("GREENROOM_AUTOSTART", "no")
    monkeypatch.setenv("GREENROOM_PORT_BASE", "0")
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("GREENROOM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(
        "XDG_CACHE_HOME", str(Path(__file__).parent.parent / ".pytest_cache" / "xdg")
    )


@pytest.fixture(scope="session")
def livekit_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """One real livekit-server for all tests; they keep apart by room names."""
    try:
        with LocalServer.start(
            tmp_path_factory.mktemp("livekit"), cache=CACHE, say=print
        ) as server:
            yield server
    except ConfigurationError as error:
        if error.code != "livekit-server-missing":
            raise
        pytest.skip(f"livekit-server: {error.message}")


@pytest.fixture(scope="session", autouse=True)
def _no_process_left() -> Iterator[None]:
    """Every process that a test started is gone at the end."""
    yield
    left = psutil.Process().children(recursive=True)
    assert not left, f"processes left behind: {left}"
