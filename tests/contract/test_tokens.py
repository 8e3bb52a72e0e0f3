"""Who is let in, and in which words the others are told."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.contract.calls import DENIED, JSON, TEXT, jwt
from tests.contract.conftest import Server

LIST = "/twirp/livekit.RoomService/ListRooms"
MAY = {"roomList": True}
CRYPTO = "go-jose/go-jose: error in cryptographic primitive"
EXPIRED = "go-jose/go-jose/jwt: validation failed, token is expired (exp)"
EARLY = "go-jose/go-jose/jwt: validation failed, token not valid yet (nbf)"
FUTURE = "go-jose/go-jose/jwt: validation field, token issued in the future (iat)"
HEADER = "invalid authorization header. Must start with Bearer "
UNREADABLE = "invalid authorization token"


async def test_without_a_token_the_grant_is_what_is_missing(server: Server) -> None:
    assert (await server.send(LIST)).shown == DENIED


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "bearer abc", "abc"])
async def test_a_header_without_bearer_is_refused_in_plain_text(
    server: Server, header: str
) -> None:
    answer = await server.send(LIST, headers={"Authorization": header})
    assert answer.shown == (401, TEXT, HEADER)


@pytest.mark.parametrize(
    "token", ["abc", "a.b", "a.b.c", "a.b.c.d", "e30.bm90IGpzb24.e30", "e30.W10.e30"]
)
async def test_what_is_no_token_is_refused(server: Server, token: str) -> None:
    assert (await server.send(LIST, token=token)).shown == (401, TEXT, UNREADABLE)


@pytest.mark.parametrize(
    "wrong", [{"exp": "soon"}, {"nbf": []}, {"iat": {}}, {"sub": 5}, {"jti": 5}, {"exp": True}]
)
async def test_registered_claims_of_another_type_are_no_token(
    server: Server, wrong: dict[str, Any]
) -> None:
    token = server.token(MAY, **wrong)
    assert (await server.send(LIST, token=token)).shown == (401, TEXT, UNREADABLE)


@pytest.mark.parametrize(("key", "shown"), [("nobody", "nobody"), ("", ""), (None, "")])
async def test_an_unknown_key_is_named(server: Server, key: str | None, shown: str) -> None:
    claims = server.claims(MAY)
    claims["iss"] = key
    answer = await server.send(LIST, token=jwt(claims, server.api_secret))
    assert answer.shown == (401, TEXT, f"invalid API key: {shown}")


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256", "nonsense"])
async def test_a_token_signed_in_another_way_than_it_says_is_refused(
    server: Server, algorithm: str
) -> None:
    token = jwt(server.claims(MAY), server.api_secret, algorithm)
    answer = await server.send(LIST, token=token)
    assert answer.shown == (401, TEXT, f"invalid token: {token}, error: {CRYPTO}")


async def test_a_wrong_secret_is_refused_and_the_token_echoed(server: Server) -> None:
    token = jwt(server.claims(MAY), "x" * 40)
    answer = await server.send(LIST, token=token)
    assert answer.shown == (401, TEXT, f"invalid token: {token}, error: {CRYPTO}")


@pytest.mark.parametrize(
    ("algorithm", "digest"), [("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")]
)
async def test_every_hmac_is_accepted(server: Server, algorithm: str, digest: str) -> None:
    token = jwt(server.claims(MAY), server.api_secret, algorithm, digest)
    assert (await server.send(LIST, token=token)).status == 200


@pytest.mark.parametrize(
    ("moved", "problem"),
    [
        ({"exp": -75}, EXPIRED),
        ({"nbf": 75}, EARLY),
        ({"iat": 75}, FUTURE),
        ({"exp": -75, "nbf": 75}, EARLY),
        ({"exp": -75, "iat": 75}, EXPIRED),
        ({"exp": 1e300}, EXPIRED),
    ],
)
async def test_times_over_a_minute_off_are_refused(
    server: Server, moved: dict[str, float], problem: str
) -> None:
    now = int(time.time())
    token = server.token(MAY, **{name: now + by for name, by in moved.items()})
    answer = await server.send(LIST, token=token)
    assert answer.shown == (401, TEXT, f"invalid token: {token}, error: {problem}")


@pytest.mark.parametrize("moved", [{"exp": -45}, {"nbf": 45}, {"iat": 45}, {"exp": 60.5}])
async def test_times_less_than_a_minute_off_are_forgiven(
    server: Server, moved: dict[str, float]
) -> None:
    now = int(time.time())
    token = server.token(MAY, **{name: now + by for name, by in moved.items()})
    assert (await server.send(LIST, token=token)).status == 200


async def test_a_token_without_expiry_is_accepted(server: Server) -> None:
    token = jwt({"iss": server.api_key, "video": MAY}, server.api_secret)
    assert (await server.send(LIST, token=token)).status == 200


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"video": "x"}, "string into Go value of type auth.VideoGrant"),
        ({"video": 5}, "number into Go value of type auth.VideoGrant"),
        ({"video": []}, "array into Go value of type auth.VideoGrant"),
        ({"video": {"roomList": "yes"}}, "string into Go value of type bool"),
        ({"video": {"room": 5}}, "number into Go value of type string"),
        ({"video": {"canPublishSources": "camera"}}, "string into Go value of type []string"),
        ({"video": {"canPublishSources": [5]}}, "number into Go value of type string"),
        ({"name": True}, "bool into Go value of type string"),
        ({"attributes": {"a": 5}}, "number into Go value of type string"),
        ({"attributes": []}, "array into Go value of type map[string]string"),
    ],
)
async def test_claims_of_another_type_are_refused_in_gos_words(
    server: Server, claims: dict[str, Any], problem: str
) -> None:
    token = server.token(**claims)
    said = f"invalid token: {token}, error: json: cannot unmarshal {problem}"
    assert (await server.send(LIST, token=token)).shown == (401, TEXT, said)


@pytest.mark.parametrize(
    "video", [None, {}, {"ROOMLIST": True}, {"roomList": None}, {"roomCreate": True}]
)
async def test_a_grant_that_is_missing_is_missing(server: Server, video: Any) -> None:
    assert (await server.send(LIST, token=server.token(video))).shown == DENIED


async def test_unknown_claims_and_null_are_no_trouble(server: Server) -> None:
    token = server.token({**MAY, "new": 1, "room": None}, name=None, more={"a": []})
    assert (await server.send(LIST, token=token)).status == 200


async def test_the_query_may_carry_the_token_but_the_header_wins(server: Server) -> None:
    query = {"access_token": server.token(MAY)}
    assert (await server.send(LIST, query=query)).status == 200
    assert (await server.send(LIST, query=query, token=server.token({}))).shown == DENIED


@pytest.mark.parametrize("path", ["/", "/nothing", "/twirp/livekit.RoomService/Nope"])
async def test_a_bad_token_is_refused_everywhere(server: Server, path: str) -> None:
    assert (await server.send(path, token="abc")).shown == (401, TEXT, UNREADABLE)


METHODS = {
    "RoomService/CreateRoom": {"name": "r"},
    "RoomService/ListRooms": {},
    "RoomService/DeleteRoom": {"room": "r"},
    "RoomService/UpdateRoomMetadata": {"room": "r"},
    "RoomService/ListParticipants": {"room": "r"},
    "RoomService/GetParticipant": {"room": "r", "identity": "i"},
    "RoomService/RemoveParticipant": {"room": "r", "identity": "i"},
    "RoomService/MutePublishedTrack": {"room": "r", "identity": "i", "track_sid": "TR_x"},
    "RoomService/UpdateParticipant": {"room": "r", "identity": "i"},
    "RoomService/UpdateSubscriptions": {"room": "r", "identity": "i"},
    "RoomService/SendData": {"room": "r", "data": "aGk="},
    "RoomService/ForwardParticipant": {"room": "r", "identity": "i", "destination_room": "d"},
    "RoomService/MoveParticipant": {"room": "r", "identity": "i", "destination_room": "d"},
    "RoomService/PerformRpc": {"room": "r", "destination_identity": "i"},
    "AgentDispatchService/CreateDispatch": {"room": "r"},
    "AgentDispatchService/ListDispatch": {"room": "r"},
    "AgentDispatchService/DeleteDispatch": {"room": "r"},
    "Egress/ListEgress": {},
    "Egress/StartRoomCompositeEgress": {},
    "Egress/StopEgress": {},
    "Ingress/ListIngress": {},
    "Ingress/CreateIngress": {},
    "SIP/ListSIPTrunk": {},
}
OTHERS = {"roomAdmin": True, "room": "other", "destinationRoom": "d", "roomJoin": True}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("video", [None, {}, OTHERS], ids=["no video", "empty", "another room"])
async def test_every_method_asks_for_its_grant(server: Server, method: str, video: Any) -> None:
    answer = await server.call(method, METHODS[method], video)
    assert answer.shown == DENIED
    assert answer.media == JSON
