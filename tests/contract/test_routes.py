"""Paths, methods, bodies: what is not a good request, and how it is told."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from time import time
from typing import Any

import pytest
from livekit.protocol import room as proto

from tests.contract.calls import JSON, MALFORMED_JSON, PROTOBUF, TEXT, admin
from tests.contract.conftest import Server

ROOMS = "/twirp/livekit.RoomService/"
LIST = f"{ROOMS}ListRooms"


def bad_route(words: str, path: str, method: str = "POST") -> tuple[int, str, Any]:
    told = {"code": "bad_route", "msg": words, "meta": {"twirp_invalid_route": f"{method} {path}"}}
    return (404, JSON, told)


@pytest.mark.parametrize(
    "path",
    [
        f"{ROOMS}Nope",
        f"{ROOMS}listRooms",
        f"{ROOMS}",
        f"{LIST}/more",
        "/twirp/livekit.AgentDispatchService/GetDispatch",
        "/twirp/livekit.Egress/StartEgress",
        "/twirp/livekit.Ingress/Nope",
        "/twirp/livekit.SIP/CreateSIPTrunk",
    ],
)
@pytest.mark.parametrize("known", [True, False], ids=["token", "no token"])
async def test_an_unknown_method_is_a_bad_route(server: Server, path: str, known: bool) -> None:
    token = server.token(admin("")) if known else None
    answer = await server.send(path, token=token)
    assert answer.shown == bad_route(f'no handler for path "{path}"', path)


async def test_only_post_is_allowed(server: Server) -> None:
    answer = await server.send(LIST, None, method="GET", token=server.token(admin("")))
    words = 'unsupported method "GET" (only POST is allowed)'
    assert answer.shown == bad_route(words, LIST, "GET")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/twirp/livekit.Nope/X",
        "/twirp/livekit.Nope",
        "/twirp",
        "/rtcx",
        "/settings/regions",
    ],
)
async def test_an_unknown_path_is_not_found(server: Server, path: str) -> None:
    answer = await server.send(path)
    assert answer.shown == (404, TEXT, "404 page not found\n")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "better"),
    [
        ("/twirp/livekit.RoomService", ROOMS),
        ("/twirp//livekit.RoomService/ListRooms", LIST),
        ("/twirp/./livekit.RoomService/ListRooms", LIST),
        ("/a/../twirp/livekit.RoomService/ListRooms", LIST),
        ("/a//b/?x=1&y=%20", "/a/b/?x=1&y=%20"),
    ],
)
async def test_an_untidy_path_is_sent_to_the_tidy_one(
    server: Server, path: str, better: str
) -> None:
    import aiohttp
    from yarl import URL

    # aiohttp tidies paths itself unless told that they are encoded.
    async with (
        aiohttp.ClientSession() as session,
        session.post(URL(server.http + path, encoded=True), allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (307, better)


async def test_two_slashes_at_the_front_are_one(server: Server) -> None:
    assert (await server.send(f"/{LIST}", token=server.token(admin("")))).status == 200


@pytest.mark.parametrize(
    "media", ["text/plain", "application/octet-stream", "application/x-protobuf"]
)
async def test_another_content_type_is_a_bad_route(server: Server, media: str) -> None:
    answer = await server.send(LIST, token=server.token(admin("")), media=media)
    assert answer.shown == bad_route(f'unexpected Content-Type: "{media}"', LIST)


async def test_the_content_type_may_have_parameters_and_capitals(server: Server) -> None:
    media = "Application/JSON; charset=utf-8"
    answer = await server.send(LIST, token=server.token(admin("")), media=media)
    assert (answer.status, answer.media) == (200, JSON)


BAD_JSON = {
    "nothing": b"",
    "cut": b"{",
    "a word": b"nope",
    "an array": b"[]",
    "null": b"null",
    "text": b'"x"',
    "a number": b"5",
    "text for a list": b'{"names":"x"}',
    "a number for text": b'{"names":[5]}',
    "a key twice": b'{"names":[],"names":[]}',
    "a byte that is not UTF-8": b'{"names":["\xff"]}',
    "half a surrogate": b'{"names":["\\ud800"]}',
    "a comment": b"{/**/}",
    "NaN": b'{"names":[NaN]}',
    "UTF-16": "{}".encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON.keys())
@pytest.mark.parametrize("known", [True, False], ids=["token", "no token"])
async def test_a_body_that_is_not_the_message_is_malformed(
    server: Server, body: bytes, known: bool
) -> None:
    token = server.token(admin("")) if known else None
    assert (await server.send(LIST, body, token=token)).shown == MALFORMED_JSON


@pytest.mark.parametrize(
    "body",
    [b'{"name":5}', b'{"name":"x","empty_timeout":-1}', b'{"name":"x","empty_timeout":4294967296}',
     b'{"name":"x","empty_timeout":1.5}', b'{"name":"x","empty_timeout":"a"}', b'{"name":"x","sync_streams":"yes"}',
     b'{"name":"x","egress":[]}'],
)  # fmt: skip
async def test_a_value_of_another_type_is_malformed(server: Server, body: bytes) -> None:
    answer = await server.send(f"{ROOMS}CreateRoom", body, token=server.token(admin("")))
    assert answer.shown == MALFORMED_JSON


async def test_bytes_that_are_not_base64_are_malformed(server: Server) -> None:
    answer = await server.send(
        f"{ROOMS}SendData", b'{"room":"r","data":"***"}', token=server.token(admin("r"))
    )
    assert answer.shown == MALFORMED_JSON


@pytest.mark.parametrize(
    "body", [b'{"unknown":1}', b"{} trailing", b' \n{"names":[]}', b'{"names":null}']
)
async def test_what_gos_reader_forgives_is_forgiven(server: Server, body: bytes) -> None:
    assert (await server.send(LIST, body, token=server.token(admin("")))).status == 200


@pytest.mark.parametrize("body", [b"\xff\xff", b"\x0a\x01\xff", b"\x0a\x05a"])
async def test_protobuf_that_cannot_be_read_is_malformed(server: Server, body: bytes) -> None:
    answer = await server.send(LIST, body, media=PROTOBUF, token=server.token(admin("")))
    words = "the protobuf request could not be decoded"
    assert answer.shown == (400, JSON, {"code": "malformed", "msg": words})


async def test_protobuf_is_answered_in_protobuf_and_errors_in_json(
    server: Server, name: str
) -> None:
    body = proto.ListRoomsRequest(names=[name]).SerializeToString()
    answer = await server.send(LIST, body, media=PROTOBUF, token=server.token(admin("")))
    assert (answer.status, answer.media, answer.body) == (200, PROTOBUF, b"")
    refused = await server.send(LIST, body, media=PROTOBUF, token=server.token({}))
    assert (refused.status, refused.media) == (401, JSON)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_root_says_ok(server: Server, method: str) -> None:
    answer = await server.send("/", None, method=method)
    assert answer.shown == (200, TEXT, "OK")
    assert abs(parsedate_to_datetime(answer.headers["Date"]).timestamp() - time()) < 5


async def test_the_root_has_a_head(server: Server) -> None:
    answer = await server.send("/", None, method="HEAD")
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "2")


async def test_browsers_of_every_origin_may_call(server: Server) -> None:
    answer = await server.send(LIST, headers={"Origin": "https://example.com"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://example.com"
    assert answer.headers["Access-Control-Expose-Headers"] == "*"
    ahead = await server.send(
        LIST,
        None,
        method="OPTIONS",
        media=None,
        headers={"Origin": "https://example.com", "Access-Control-Request-Method": "POST"},
    )
    assert (ahead.status, ahead.body) == (204, b"")
    assert ahead.headers["Access-Control-Allow-Methods"] == "POST"
    assert ahead.headers["Access-Control-Allow-Origin"] == "https://example.com"
