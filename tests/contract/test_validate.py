"""``/rtc/validate``: may this token join, and why not."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest
from livekit.protocol import rtc as signal

from tests.contract.calls import TEXT
from tests.contract.conftest import Server

JOIN = {"roomJoin": True, "room": "r"}
NO_ACCESS = (401, TEXT, "no permissions to access the room")
OLD, NEW = "/rtc/validate", "/rtc/v1/validate"
CASES: dict[str, tuple[Any, dict[str, Any], tuple[int, str]]] = {
    "good": (JOIN, {}, (200, "success")),
    "a room that does not exist": ({**JOIN, "room": "never-made"}, {}, (200, "success")),
    "no grant": (None, {}, (401, "no permissions to access the room")),
    "no roomJoin": ({"room": "r"}, {}, (401, "permissions denied")),
    "no room": ({"roomJoin": True}, {}, (400, "no room name")),
    "no identity": (JOIN, {"sub": None}, (400, "identity cannot be empty")),
    "an identity of 256 bytes": (JOIN, {"sub": "é" * 128}, (200, "success")),
    "a long identity": (
        JOIN,
        {"sub": "é" * 129},
        (400, "participant identity length exceeds limits: max length 256"),
    ),
    "a long room": (
        {"roomJoin": True, "room": "x" * 257},
        {},
        (400, "room name length exceeds limits: max length 256"),
    ),
}


def urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


async def validate(
    server: Server, token: str | None, path: str = OLD, **query: str
) -> tuple[int, str, Any]:
    given = {"access_token": token, **query} if token is not None else query
    answer = await server.send(path, None, method="GET", media=None, query=given)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.shown


@pytest.mark.parametrize("case", CASES)
async def test_a_token_is_judged(server: Server, case: str) -> None:
    video, claims, (status, words) = CASES[case]
    assert await validate(server, server.token(video, **claims)) == (status, TEXT, words)


@pytest.mark.parametrize("path", [OLD, NEW])
async def test_without_a_token_nobody_joins(server: Server, path: str) -> None:
    assert await validate(server, None, path) == NO_ACCESS


@pytest.mark.parametrize("path", [OLD, NEW])
async def test_a_bad_token_is_told_in_the_words_of_the_api(server: Server, path: str) -> None:
    assert await validate(server, "abc", path) == (401, TEXT, "invalid authorization token")


async def test_the_token_may_come_as_a_header_or_a_form(server: Server) -> None:
    token = server.token(JOIN)
    header = await server.send(OLD, None, method="GET", token=token)
    form = await server.send(
        OLD, f"access_token={token}".encode(), media="application/x-www-form-urlencoded"
    )
    assert header.shown == form.shown == (200, TEXT, "success")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"publish": "x"}, (200, TEXT, "success")),
        ({"attributes": "***"}, (400, TEXT, "cannot decode attributes")),
        ({"attributes": urlsafe(b"[]")}, (400, TEXT, "cannot decode attributes")),
        ({"attributes": urlsafe(b'{"a":5}')}, (400, TEXT, "cannot decode attributes")),
        ({"attributes": urlsafe(b'{"a":"b"}')}, NO_ACCESS),
        ({"attributes": urlsafe(b"{}")}, (200, TEXT, "success")),
        ({"room": "other"}, (200, TEXT, "success")),
    ],
)
async def test_what_the_client_adds_is_judged(
    server: Server, query: dict[str, str], expected: tuple[int, str, Any]
) -> None:
    assert await validate(server, server.token(JOIN), **query) == expected


async def test_attributes_need_the_right_to_change_them(server: Server) -> None:
    token = server.token({**JOIN, "canUpdateOwnMetadata": True})
    query = {"attributes": urlsafe(b'{"a":"b"}')}
    assert await validate(server, token, **query) == (200, TEXT, "success")


async def test_publishing_needs_the_right_to_publish(server: Server) -> None:
    token = server.token({**JOIN, "canPublish": False})
    assert await validate(server, token, publish="x") == NO_ACCESS


def wrapped(request: signal.JoinRequest, *, packed: bool = False, broken: bool = False) -> str:
    raw = request.SerializeToString()
    if broken:
        raw = b"\xff\xff"
    if packed and not broken:
        raw = gzip.compress(raw)
    kinds = signal.WrappedJoinRequest
    outer = kinds(join_request=raw, compression=kinds.GZIP if packed else kinds.NONE)
    return urlsafe(outer.SerializeToString())


@pytest.mark.parametrize("packed", [True, False])
async def test_a_join_request_is_judged(server: Server, packed: bool) -> None:
    # With client_info, without which livekit-server 1.11.0 panics.
    plain = signal.JoinRequest()
    plain.client_info.protocol = 15
    rich = signal.JoinRequest(metadata="m")
    rich.client_info.protocol = 15
    token = server.token(JOIN)
    good = await validate(server, token, NEW, join_request=wrapped(plain, packed=packed))
    refused = await validate(server, token, NEW, join_request=wrapped(rich, packed=packed))
    assert good == (200, TEXT, "success")
    assert refused == NO_ACCESS


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (None, "join_request is required"),
        ("***", "cannot base64 decode wrapped join request"),
        (urlsafe(b"\xff\xff"), "cannot unmarshal wrapped join request"),
        (wrapped(signal.JoinRequest(), broken=True), "cannot unmarshal join request"),
        (wrapped(signal.JoinRequest(), broken=True, packed=True), "cannot read decompressed join request"),
    ],
)  # fmt: skip
async def test_a_join_request_that_cannot_be_read_is_refused(
    server: Server, request_: str | None, words: str
) -> None:
    query = {} if request_ is None else {"join_request": request_}
    assert await validate(server, server.token(JOIN), NEW, **query) == (400, TEXT, words)


@pytest.mark.parametrize("path", ["/rtc", "/rtc/v1"])
async def test_the_signal_path_is_not_there_for_plain_requests(server: Server, path: str) -> None:
    answer = await server.send(path, None, method="GET", media=None, token=server.token(JOIN))
    assert (answer.status, answer.body) == (404, b"")
