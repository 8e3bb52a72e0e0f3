"""What every test has: a home of its own, no server from outside, and nothing left behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from greenroom.domain.errors import ConfigurationError
from greenroom.local.livekit_server import LocalServer, default_cache, find_or_build

CACHE = default_cache()
"""Where a built livekit-server is kept: read before tests get homes of their own."""


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_is_heard() -> None:
    """A shell that starts the tests in the background has SIGINT ignored, and every process they start inherits that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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


MISSING = pytest.StashKey[str]()
"""Why there is no livekit-server on this machine."""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Build livekit-server before the first test that needs one begins: it takes longer than a test may."""
    needed = any("has_livekit_server" in getattr(i, "fixturenames", ()) for i in session.items)
    if not needed or session.config.option.collectonly:
        return
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    try:
        find_or_build(CACHE, say=terminal.write_line if terminal else print)
    except ConfigurationError as error:
        if error.code != "livekit-server-missing":
            raise
        session.config.stash[MISSING] = error.message


@pytest.fixture(scope="session")
def has_livekit_server(pytestconfig: pytest.Config) -> None:
    """Skips, by name, what needs a livekit-server where there is none and no Go to build it with."""
    if MISSING in pytestconfig.stash:
        pytest.skip(f"livekit-server: {pytestconfig.stash[MISSING]}")


@pytest.fixture(scope="session")
def livekit_server(
    has_livekit_server: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalServer]:
    """One real livekit-server for all tests; they keep apart by room names."""
    del has_livekit_server
    with LocalServer.start(tmp_path_factory.mktemp("livekit"), cache=CACHE) as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def _no_process_left() -> Iterator[None]:
    """Every process that a test started is gone at the end."""
    yield
    left = psutil.Process().children(recursive=True)
    assert not left, f"processes left behind: {left}"
