"""What a broken network, a proxy in the way or an impostor makes of a call. Real sockets, no livekit-server."""

from __future__ import annotations

import ssl
from pathlib import Path

import aiohttp
import pytest

from greenroom.adapters.livekit.errors import translate
from greenroom.domain.errors import GreenroomError, ServerError
from tests.adapters.livekit.conftest import MakeRooms
from tests.adapters.livekit.servers import (
    PROTOBUF,
    Script,
    answer,
    certificate,
    closed_port,
    hangs_up,
    resets,
    saying,
    serve,
    silent,
    twirp,
)
from tests.doubles import SECRET

HTML = b"<html><h1>nginx</h1></html>"
ECHO = b"invalid token: eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBUElrZXkifQ.c2lnbmF0dXJl, error: what?"


STRANGE = {
    "html 502": (answer("502 Bad Gateway", HTML, Content_Type="text/html"), "unavailable"),
    "html 503": (answer("503 No", HTML, Content_Type="text/html"), "unavailable"),
    "html 504": (answer("504 Late", HTML, Content_Type="text/html"), "unavailable"),
    "html 500": (answer("500 Oh", HTML, Content_Type="text/html"), "not-livekit"),
    "html 401": (answer("401 Who", HTML, Content_Type="text/html"), "not-livekit"),
    "html 403": (answer("403 No", HTML, Content_Type="text/html"), "not-livekit"),
    "html 404": (answer("404 Not Found", HTML, Content_Type="text/html"), "not-livekit"),
    "html 413": (answer("413 Big", HTML, Content_Type="text/html"), "invalid-for-server"),
    "html 429": (answer("429 Slow", HTML, Content_Type="text/html"), "resource-exhausted"),
    "html 200": (answer("200 OK", HTML, Content_Type="text/html"), "not-livekit"),
    "empty 200": (answer("200 OK"), "not-livekit"),
    "empty 204": (answer("204 No Content"), "not-livekit"),
    "garbage 200": (answer("200 OK", b"\xff\xfe\xfd", Content_Type=PROTOBUF), "not-livekit"),
    "json 200": (answer("200 OK", b"{}", Content_Type="application/json"), "not-livekit"),
    "json that is no error": (
        answer("500 Oh", b'{"error":"x"}', Content_Type="application/json"),
        "not-livekit",
    ),
    "json list": (answer("500 Oh", b"[1]", Content_Type="application/json"), "not-livekit"),
    "json cut off": (answer("503 Oh", b'{"co', Content_Type="application/json"), "unavailable"),
    "code of no twirp": (twirp("500 Oh", "tired"), "server-error"),
    "code no text": (
        answer("500 Oh", b'{"code":{"a":1},"msg":3}', Content_Type="application/json"),
        "server-error",
    ),
    "redirect": (answer("301 Moved", Location="https://elsewhere.example/?x=1"), "not-livekit"),
    "redirect that keeps the method": (answer("308 Moved", Location="/login"), "not-livekit"),
    "redirect to nowhere": (answer("302 Found", Location="http://["), "not-livekit"),
    "not http": (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "not-livekit"),
    "tls alert": (b"\x15\x03\x01\x00\x02\x02\x16\r\n\r\n", "tls-failed"),
    "nginx to plain http": (
        answer(
            "400 Bad", b"The plain HTTP request was sent to HTTPS port", Content_Type="text/html"
        ),
        "tls-failed",
    ),
    "go to plain http": (
        answer("400 Bad", b"Client sent an HTTP request to an HTTPS server.\n"),
        "tls-failed",
    ),
    "token echoed": (answer("401 No", ECHO, Content_Type="text/plain"), "unauthenticated"),
    "token refused": (
        answer("401 No", b"invalid authorization token", Content_Type="text/plain"),
        "unauthenticated",
    ),
    "twirp unavailable": (twirp("503 No", "unavailable"), "unavailable"),
    "twirp permission": (
        twirp("401 No", "unauthenticated", "permissions denied"),
        "permission-denied",
    ),
}


@pytest.mark.parametrize("through", ["our own client", "livekit-api's client"])
@pytest.mark.parametrize("name", STRANGE)
async def test_a_strange_answer_has_a_code_a_sentence_and_a_hint(
    name: str, through: str, make_rooms: MakeRooms
) -> None:
    said, code = STRANGE[name]
    async with serve(saying(said)) as server:
        rooms = make_rooms(server.url)
        rooms._cloud = through != "our own client"
        with pytest.raises(ServerError) as caught:
            await rooms.list_rooms()
    error = caught.value
    assert error.code == code, error.message
    assert error.message.startswith("While listing rooms: ")
    assert error.message.endswith(".")
    assert error.hint.endswith(".")
    shown = f"{error.message} {error.hint}"
    assert "eyJ" not in shown
    assert SECRET not in shown
    assert "?x=1" not in shown


@pytest.mark.parametrize(
    ("script", "code"),
    [(hangs_up, "connection-failed"), (resets, "connection-failed"), (silent, "timeout")],
)
async def test_a_connection_that_breaks_or_stalls_is_told_apart(
    script: Script, code: str, make_rooms: MakeRooms
) -> None:
    async with serve(script) as server:
        with pytest.raises(ServerError) as caught:
            await make_rooms(server.url, timeout=0.2).list_rooms()
    assert caught.value.code == code
    assert caught.value.retryable


async def test_an_answer_whose_body_never_ends_is_a_timeout(make_rooms: MakeRooms) -> None:
    head = b"HTTP/1.1 502 Bad\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\nhalf"
    async with serve(saying(head)) as server:
        with pytest.raises(ServerError) as caught:
            await make_rooms(server.url, timeout=0.2).list_rooms()
    assert caught.value.code == "timeout"


async def test_a_closed_port_and_an_unknown_name_are_told_apart(make_rooms: MakeRooms) -> None:
    with pytest.raises(ServerError) as refused:
        await make_rooms(f"ws://127.0.0.1:{closed_port()}").list_rooms()
    with pytest.raises(ServerError) as unknown:
        await make_rooms("wss://nosuch.invalid").list_rooms()
    assert refused.value.code == "connection-refused"
    assert unknown.value.code == "name-resolution-failed"


@pytest.mark.parametrize("url", ["ws://" + "a" * 64 + ".invalid", "ws://a..b:7880"])
async def test_a_host_name_that_cannot_be_one_is_no_crash(url: str, make_rooms: MakeRooms) -> None:
    with pytest.raises(GreenroomError) as caught:
        await make_rooms(url).list_rooms()
    assert caught.value.code in {"invalid-url", "name-resolution-failed"}


async def test_tls_that_nobody_vouches_for_is_refused(
    tmp_path: Path, make_rooms: MakeRooms
) -> None:
    async with serve(saying(answer("200 OK")), certificate(tmp_path)) as server:
        with pytest.raises(ServerError) as caught:
            await make_rooms(f"wss://localhost:{server.port}").list_rooms()
    assert caught.value.code == "tls-failed"
    assert "self-signed" in caught.value.message


@pytest.mark.parametrize(
    ("name", "days", "word"),
    [("other.example", 1, "another host name"), ("localhost", -1, "expired")],
)
async def test_tls_of_a_known_issuer_still_needs_name_and_time(
    name: str,
    days: int,
    word: str,
    tmp_path: Path,
) -> None:
    tls = certificate(tmp_path, name=name, days=days)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    async with serve(saying(answer("200 OK")), tls) as server, aiohttp.ClientSession() as session:
        url = f"https://localhost:{server.port}"
        with pytest.raises(aiohttp.ClientError) as caught:
            await session.get(url, ssl=trusting)
    error = translate(caught.value, doing="looking", url=url)
    assert error.code == "tls-failed"
    assert word in error.message


async def test_tls_on_a_plain_port_says_which_scheme_to_use(make_rooms: MakeRooms) -> None:
    async with serve(silent, greeting=answer("400 Bad")) as server:
        with pytest.raises(ServerError) as caught:
            await make_rooms(f"wss://127.0.0.1:{server.port}").list_rooms()
    assert caught.value.code == "tls-failed"
    assert "ws://" in caught.value.hint


async def test_plain_http_on_a_tls_port_says_which_scheme_to_use(
    tmp_path: Path, make_rooms: MakeRooms
) -> None:
    async with serve(saying(answer("200 OK")), certificate(tmp_path)) as server:
        with pytest.raises(ServerError) as caught:
            await make_rooms(server.url).list_rooms()
    assert caught.value.code in {"tls-failed", "connection-failed"}, caught.value.message
