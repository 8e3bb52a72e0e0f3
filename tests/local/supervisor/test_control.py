"""The control: who may use it, over the socket and over TCP."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from greenroom.domain.errors import ConfigurationError, InvalidRequest
from greenroom.local.supervisor import background
from greenroom.local.supervisor.access import Tokens
from greenroom.local.supervisor.background import Running
from greenroom.local.wire import call
from tests.local.supervisor.conftest import greenroom, processes_of, until


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_can_reach_the_socket_and_read_the_files(
    home: Path, up: Callable[..., Running]
) -> None:
    old = os.umask(0)
    try:
        up()
        Tokens(home).add("grafana", ["read"])
    finally:
        os.umask(old)
    for path in (home, home / "run", home / "server"):
        assert mode(path) == 0o700, path
    for path in [*(home / "run").iterdir(), *(home / "server").iterdir()]:
        assert mode(path) == 0o600, path


def test_what_is_no_command_is_an_error_and_nothing_else(
    home: Path, up: Callable[..., Running]
) -> None:
    up()
    at = str(home / "run" / "control.sock")
    for method, path in (("GET", "/"), ("GET", "/stop"), ("POST", "/status"), ("POST", "/../stop")):
        status, answer = call(at, method, path)
        assert (status, answer["error"]["code"]) == (404, "not-found")
    assert background.find(home) is not None


def test_without_a_control_port_nothing_listens_on_tcp(up: Callable[..., Running]) -> None:
    assert up().shape["control_url"] is None


@pytest.fixture
def tcp(up: Callable[..., Running]) -> Callable[..., tuple[int, str]]:
    """``tcp(method, path, token, **headers)`` gives status and error code of the control over TCP."""
    parts = urlsplit(up(control_port=0).shape["control_url"])
    assert parts.hostname == "127.0.0.1"

    def send(method: str, path: str, token: str = "", **headers: str) -> tuple[int, str]:
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        address = ("127.0.0.1", parts.port or 0)
        status, answer = call(address, method, path, headers=headers)
        return status, answer.get("error", {}).get("code", "")

    return send


def test_over_tcp_a_token_is_needed_and_it_opens_its_scope_alone(
    home: Path, tcp: Callable[..., tuple[int, str]]
) -> None:
    reader = Tokens(home).add("reader", ["read"])
    stopper = Tokens(home).add("stopper", ["destroy"])
    for bad in ("", "nonsense", reader + "x", reader[:-1], "grt_" + "ü" * 40):
        assert tcp("GET", "/status", bad.encode().decode("latin-1")) == (401, "unauthenticated")
    assert tcp("GET", "/status", reader) == (200, "")
    assert tcp("GET", "/people", reader) == (200, "")
    assert tcp("POST", "/stop", reader) == (403, "permission-denied")
    assert tcp("POST", "/rotate-key", reader) == (403, "permission-denied")
    assert tcp("GET", "/status", stopper) == (403, "permission-denied")
    Tokens(home).remove("reader")
    assert tcp("GET", "/status", reader) == (401, "unauthenticated")
    assert tcp("POST", "/stop", stopper) == (200, "")
    assert until(lambda: not processes_of(home))


def test_a_web_page_of_another_site_is_refused_even_with_a_token(
    home: Path, tcp: Callable[..., tuple[int, str]]
) -> None:
    token = Tokens(home).add("reader", ["read"])
    port = urlsplit(background.RunFolder(home).read()["control_url"]).port
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://localhost:{port}.evil.example"},
        {"Origin": f"http://127.0.0.1:{(port or 0) + 1}"},
    ):
        assert tcp("GET", "/status", token, **headers) == (403, "permission-denied")
    assert tcp("GET", "/status", token, Origin=f"http://localhost:{port}") == (200, "")


@pytest.mark.usefixtures("tcp")
def test_a_name_that_points_here_by_dns_is_refused(home: Path) -> None:
    token = Tokens(home).add("reader", ["read"])
    port = urlsplit(background.RunFolder(home).read()["control_url"]).port
    for host, status in (
        (f"localhost:{port}", b"200"),
        ("evil.example", b"403"),
        (f"evil.example:{port}", b"403"),
        ("127.0.0.1", b"403"),
        ("", b"403"),
    ):
        request = f"GET /status HTTP/1.0\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port)) as link:
            link.sendall(request.encode())
            assert link.recv(100).split(b" ")[1] == status, host


def test_tokens_are_kept_as_digests_and_shown_once(home: Path) -> None:
    made = greenroom(home, "access", "add", "grafana")
    token = made.stdout.strip()
    assert token.startswith("grt_")
    assert token not in (home / "run" / "tokens.json").read_text()
    listed = greenroom(home, "access", "list")
    assert "grafana: read" in listed.stdout
    assert token not in listed.stdout
    again = greenroom(home, "access", "add", "grafana", "--scope", "destroy")
    assert again.returncode == 1
    assert "(already-exists)" in again.stderr
    assert Tokens(home).scopes_of(f"Bearer {token}") == {"read"}
    assert greenroom(home, "access", "remove", "grafana").returncode == 0
    assert "(not-found)" in greenroom(home, "access", "remove", "grafana").stderr
    assert Tokens(home).scopes_of(f"Bearer {token}") == frozenset()


@pytest.mark.parametrize(
    ("name", "scopes"),
    [("", ["read"]), ("A b", ["read"]), ("x" * 65, ["read"]), ("ok", []), ("ok", ["everything"])],
)
def test_names_and_scopes_that_cannot_be(home: Path, name: str, scopes: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        Tokens(home).add(name, scopes)


def test_a_damaged_token_file_lets_nobody_in(
    home: Path, tcp: Callable[..., tuple[int, str]]
) -> None:
    token = Tokens(home).add("reader", ["read"])
    for text in ("{", "[]", '{"tokens": {"a": 1}}', json.dumps({"tokens": {"a": {"sha256": ""}}})):
        (home / "run" / "tokens.json").write_text(text)
        assert tcp("GET", "/status", token) == (500, "local-state-damaged")
        with pytest.raises(ConfigurationError):
            Tokens(home).all()


def test_tokens_are_listed_one_a_line(home: Path) -> None:
    for name in ("probe", "admin"):
        Tokens(home).add(name, ["read", "destroy"])
    listed = greenroom(home, "access", "list")
    assert listed.stdout == "✓ 2 tokens.\n  admin: read, destroy\n  probe: read, destroy\n"
