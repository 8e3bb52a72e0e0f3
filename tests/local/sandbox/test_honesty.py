"""It never pretends to be a real server."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from greenroom.domain.errors import ConfigurationError
from greenroom.local.sandbox import Sandbox
from greenroom.local.sandbox.server import HEADER, NO_MEDIA
from greenroom.local.twirp.tokens import verify
from tests.contract.calls import PROTOBUF, admin
from tests.local.sandbox.conftest import KEYS, wire

PATHS = {
    "root": "/",
    "nothing": "/nothing",
    "redirect": "/twirp//x",
    "answer": "/twirp/livekit.RoomService/ListRooms",
    "bad route": "/twirp/livekit.RoomService/Nope",
    "validate": "/rtc/validate",
    "signal": "/rtc",
    "control": "/sandbox",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
@pytest.mark.parametrize("token", ["good", "bad", None])
@pytest.mark.parametrize("media", ["application/json", PROTOBUF, None])
async def test_every_answer_says_sandbox(
    sandbox: Sandbox, path: str, token: str | None, media: str | None
) -> None:
    at = wire(sandbox)
    given = at.token(admin("")) if token == "good" else token
    answer = await at.send(path, b"", token=given, media=media)
    assert "not simulated" in answer.headers[HEADER]


async def test_every_participant_says_sandbox(sandbox: Sandbox) -> None:
    sandbox.world.join("stage", "anna")
    sandbox.world.join("stage", "bob", attributes={"greenroom.sandbox": "no"})
    people = (await wire(sandbox).room("ListParticipants", {"room": "stage"})).json["participants"]
    assert {one["attributes"]["greenroom.sandbox"] for one in people} == {"true"}


async def test_nobody_can_take_the_mark_off(sandbox: Sandbox) -> None:
    anna = sandbox.world.join("stage", "anna", grant={"canUpdateOwnMetadata": True})
    anna.update(attributes={"greenroom.sandbox": ""})
    assert anna.info.attributes["greenroom.sandbox"] == "true"


async def test_a_client_that_wants_to_join_is_told_why_it_cannot(sandbox: Sandbox) -> None:
    token = wire(sandbox).token({"roomJoin": True, "room": "stage"})
    async with aiohttp.ClientSession() as session:
        url = f"{sandbox.url}/rtc"
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(url, params={"access_token": token})
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
        plain = url.replace("ws", "http", 1)
        async with session.get(plain, params={"access_token": token}, headers=upgrade) as answer:
            assert await answer.text() == NO_MEDIA
    assert caught.value.status == 501


async def test_a_client_with_a_bad_token_is_told_that_first(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(f"{sandbox.url}/rtc", params={"access_token": "abc"})
    assert caught.value.status == 401


async def test_several_keys_are_valid_at_once(sandbox: Sandbox) -> None:
    for key in KEYS:
        assert (await wire(sandbox, key).room("ListRooms", {})).status == 200
    mixed = wire(sandbox, "APIfirst")
    mixed.api_secret = KEYS["APIsecond"]
    assert (await mixed.room("ListRooms", {})).status == 401


async def test_an_empty_secret_verifies_nobody() -> None:
    with pytest.raises(Exception, match="invalid API key: k"):
        verify(f"{'eyJhbGciOiJIUzI1NiJ9'}.eyJpc3MiOiJrIn0.AAAA", {"k": ""}, 0)


async def started(**options: Any) -> None:
    async with Sandbox.start(**options):
        pass


@pytest.mark.parametrize("keys", [{}, {"k": ""}])
async def test_without_keys_it_does_not_start(keys: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await started(keys=keys)
    assert caught.value.code == "credentials-incomplete"


async def test_a_key_that_signs_webhooks_must_be_one_of_the_keys() -> None:
    with pytest.raises(ConfigurationError):
        await started(keys=KEYS, webhook_key="other")


async def test_a_port_that_is_taken_is_an_os_error(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await started(port=sandbox.port, keys=KEYS)
