"""Commands over HTTP: the same people as in Python, for whom a token of the server's keys is needed."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from greenroom.local.sandbox import Sandbox
from tests.contract.calls import DENIED, JSON, TEXT, Answer, admin
from tests.local.sandbox.conftest import wire


async def command(sandbox: Sandbox, word: str, video: Any = None, /, **fields: Any) -> Answer:
    at = wire(sandbox)
    grant = admin(fields.get("room", "")) if video is None else video
    return await at.send(f"/sandbox/{word}", json.dumps(fields).encode(), token=at.token(grant))


async def test_a_whole_visit_by_commands(sandbox: Sandbox) -> None:
    at = {"room": "stage", "identity": "anna"}
    joined = await command(sandbox, "join", **at, name="Anna", grant={"canUpdateOwnMetadata": True})
    assert (joined.status, joined.json["name"], joined.json["state"]) == (200, "Anna", "ACTIVE")
    await command(sandbox, "join", room="stage", identity="bob")
    sid = (await command(sandbox, "publish", **at, source="camera", width=640, height=480)).json[
        "sid"
    ]
    assert (await command(sandbox, "mute", **at, track_sid=sid)).status == 200
    (track,) = sandbox.world.rooms["stage"].people["anna"].info.tracks
    assert (track.sid, track.muted, track.width) == (sid, True, 640)
    assert (await command(sandbox, "mute", **at, track_sid=sid, muted=False)).status == 200
    await command(sandbox, "update", **at, metadata="m", attributes={"k": "v"})
    data = base64.b64encode(b"hello").decode()
    await command(sandbox, "send", **at, data=data, topic="t", to=["bob"])
    received = (await command(sandbox, "received", room="stage", identity="bob")).json
    assert received == {
        "received": [{"data": data, "topic": "t", "sender": "anna", "reliable": True}]
    }
    assert (await command(sandbox, "unpublish", **at, track_sid=sid)).status == 200
    info = sandbox.world.rooms["stage"].people["anna"].info
    assert (info.metadata, info.attributes["k"], list(info.tracks)) == ("m", "v", [])
    left = await command(sandbox, "leave", **at, reason="CONNECTION_TIMEOUT")
    assert left.shown == (200, JSON, {})
    assert "anna" not in sandbox.world.rooms["stage"].people


async def test_a_join_token_is_checked_as_the_server_checks_it(sandbox: Sandbox) -> None:
    at = wire(sandbox)
    good = at.token({"roomJoin": True, "room": "stage", "canPublish": False}, name="Anna")
    joined = await command(sandbox, "join", {}, token=good)
    assert (joined.json["identity"], joined.json["permission"]["can_publish"]) == ("tester", False)
    for bad, status, words in (
        ("abc", 401, "invalid authorization token"),
        (at.token({"room": "stage"}), 401, "permissions denied"),
        (at.token({"roomJoin": True}), 400, "no room name"),
        (at.token({"roomJoin": True, "room": "x"}, sub=None), 400, "identity cannot be empty"),
    ):
        refused = await command(sandbox, "join", {}, token=bad)
        assert (refused.status, refused.json["msg"]) == (status, words)


@pytest.mark.parametrize(
    "name", ["join", "leave", "publish", "mute", "unpublish", "update", "send", "received"]
)
@pytest.mark.parametrize("video", [{}, admin("other"), {"roomAdmin": True}], ids=str)
async def test_people_need_room_admin_for_their_room(
    sandbox: Sandbox, name: str, video: dict[str, Any]
) -> None:
    fields = {"room": "stage", "identity": "anna", "source": "camera", "track_sid": "", "data": ""}
    answer = await command(sandbox, name, video, **fields)
    assert answer.shown == DENIED
    assert not sandbox.world.rooms


@pytest.mark.parametrize("name", ["fault", "clear"])
async def test_faults_need_room_create(sandbox: Sandbox, name: str) -> None:
    fields = {"method": "ListRooms", "kind": "refuse"}
    refused = await command(sandbox, name, {"roomAdmin": True, "room": ""}, **fields)
    assert refused.shown == DENIED


async def test_without_a_token_nothing_is_commanded(sandbox: Sandbox) -> None:
    body = b'{"room":"stage","identity":"anna"}'
    assert (await wire(sandbox).send("/sandbox/join", body)).shown == DENIED
    bad = await wire(sandbox).send("/sandbox/join", body, token="abc")
    assert bad.shown == (401, TEXT, "invalid authorization token")


async def test_faults_are_ordered_and_cleared(sandbox: Sandbox) -> None:
    at = wire(sandbox)
    await command(sandbox, "fault", method="ListRooms", kind="refuse", times=5, code="aborted")
    assert (await at.room("ListRooms", {})).json["code"] == "aborted"
    await command(sandbox, "clear")
    assert (await at.room("ListRooms", {})).status == 200


BAD = {
    "no JSON": (b"{", "malformed"),
    "a list": (b"[]", "malformed"),
    "deep": (b"[" * 100_000, "malformed"),
    "nothing": (b"", "invalid_argument"),
    "no identity": (b'{"room":"stage"}', "invalid_argument"),
    "an empty identity": (b'{"room":"stage","identity":""}', "invalid_argument"),
    "an unknown field": (b'{"room":"stage","identity":"a","nmae":"x"}', "invalid_argument"),
    "a number": (b'{"room":"stage","identity":5}', "invalid_argument"),
    "null": (b'{"room":"stage","identity":null}', "invalid_argument"),
    "a kind": (b'{"room":"stage","identity":"a","kind":"cat"}', "invalid_argument"),
    "attributes": (b'{"room":"stage","identity":"a","attributes":{"a":1}}', "invalid_argument"),
    "a grant": (b'{"room":"stage","identity":"a","grant":{"canPublish":"no"}}', "invalid_argument"),
}


@pytest.mark.parametrize(("body", "code"), BAD.values(), ids=BAD.keys())
async def test_a_bad_command_is_refused_and_does_nothing(
    sandbox: Sandbox, body: bytes, code: str
) -> None:
    at = wire(sandbox)
    answer = await at.send("/sandbox/join", body, token=at.token(admin("stage")))
    assert (answer.status, answer.json["code"]) == (400, code)
    assert not sandbox.world.rooms


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        ("leave", {"reason": "BORED"}, "invalid_argument"),
        ("publish", {"source": "nose"}, "invalid_argument"),
        ("publish", {"source": "camera", "width": True}, "invalid_argument"),
        ("publish", {"source": "camera", "width": -1}, "invalid_argument"),
        ("publish", {"source": "camera", "height": 2**40}, "invalid_argument"),
        ("mute", {"track_sid": "TR_no"}, "not_found"),
        ("unpublish", {"track_sid": "TR_no"}, "not_found"),
        ("update", {"name": "x"}, "permission_denied"),
        ("send", {"data": "***"}, "invalid_argument"),
        ("send", {"data": "aGk=", "to": [5]}, "invalid_argument"),
    ],
)
async def test_what_a_person_cannot_do_is_refused(
    sandbox: Sandbox, name: str, fields: dict[str, Any], code: str
) -> None:
    anna = sandbox.world.join("stage", "anna")
    answer = await command(sandbox, name, room="stage", identity="anna", **fields)
    assert (answer.status >= 400, answer.json["code"]) == (True, code)
    assert anna.left is None
    assert list(anna.info.tracks) == []


async def test_somebody_who_is_not_there_is_not_found(sandbox: Sandbox) -> None:
    answer = await command(sandbox, "leave", room="stage", identity="nobody")
    assert (answer.status, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(("path", "method"), [("/sandbox/dance", "POST"), ("/sandbox/join", "GET")])
async def test_an_unknown_command_is_a_bad_route(sandbox: Sandbox, path: str, method: str) -> None:
    answer = await wire(sandbox).send(path, None, method=method)
    assert (answer.status, answer.json["code"]) == (404, "bad_route")


async def test_the_sandbox_says_what_it_is(sandbox: Sandbox) -> None:
    about = (await wire(sandbox).send("/sandbox", None, method="GET")).json
    assert (about["sandbox"], about["media"]) == (True, False)
    assert "join" in about["commands"]
