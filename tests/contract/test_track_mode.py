"""The track mode through the whole crew: the same answers on the sandbox and on a real livekit-server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.local.livekit_server import LocalServer
from greenroom.testing import sandbox
from tests.contract.conftest import Server, until

SETTLED = 0.5
"""Seconds after which a real client has echoed a mute, and the echo can undo nothing any more."""


@pytest.fixture
async def crew(server: Server, tmp_path: Path) -> AsyncIterator[Greenroom]:
    async with Greenroom(
        url=server.url, api_key=server.api_key, api_secret=server.api_secret, home=tmp_path / "home"
    ) as crew:
        yield crew


async def done(crew: Greenroom, capability: str, **arguments: Any) -> Any:
    outcome = await crew.call(capability, **arguments)
    assert outcome.status == "done", (outcome.message, outcome.error)
    return outcome


async def published(crew: Greenroom, room: str, count: int) -> Any:
    """What is published, once the server shows that much."""

    async def there() -> Any:
        tracks = (await done(crew, "track.list", room=room)).value.tracks
        return tracks if len(tracks) == count else None

    return await until(there)


async def muted(crew: Greenroom, room: str) -> set[str]:
    tracks = (await done(crew, "track.list", room=room)).value.tracks
    return {track.sid for track in tracks if track.muted}


async def test_tracks_are_listed_in_order_of_publishing_whatever_order_the_server_has(
    server: Server, crew: Greenroom, name: str
) -> None:
    anna = await server.join(name, "anna")
    sids = [await anna.publish("camera") for _ in range(5)]
    for _ in range(5):
        assert [track.sid for track in await published(crew, name, 5)] == sids
    await done(crew, "track.mute", room=name, identity="anna", sources=["camera"], number=4)
    assert await muted(crew, name) == {sids[3]}


async def test_a_person_is_muted_by_words_and_undo_brings_exactly_that_back(
    server: Server, crew: Greenroom, name: str
) -> None:
    anna = await server.join(name, "anna")
    screen, sound = await anna.publish("screen_share"), await anna.publish("screen_share_audio")
    await anna.publish("microphone")
    await published(crew, name, 3)
    await done(crew, "track.mute", room=name, identity="anna", sources=["screen_share"])
    assert await muted(crew, name) == {screen, sound}
    await asyncio.sleep(SETTLED)
    undone = await crew.call("coordinator.undo")
    assert undone.status == "done", undone.message
    assert await muted(crew, name) == set()
    silent = await crew.call("track.mute", room=name, identity="anna", sources=["camera"])
    assert silent.error is not None
    assert silent.error.code == "not-found"


async def test_a_room_is_muted_but_for_one_and_unmuted(
    server: Server, crew: Greenroom, name: str
) -> None:
    sids = {}
    for identity in ("anna", "bob", "cleo"):
        guest = await server.join(name, identity)
        sids[identity] = await guest.publish("microphone")
    await published(crew, name, 3)
    await done(crew, "track.mute_all", room=name, keep=["Bob"])
    assert await muted(crew, name) == {sids["anna"], sids["cleo"]}
    await done(crew, "track.mute_matching", pattern=f"{name[:-2]}*")
    assert await muted(crew, name) == set(sids.values())
    await asyncio.sleep(SETTLED)
    await done(crew, "track.unmute", room=name, identity="bob")
    assert await muted(crew, name) == {sids["anna"], sids["cleo"]}
    await done(crew, "track.unmute_all", room=name)
    assert await muted(crew, name) == set()


async def test_subscriptions_are_taken_and_a_refused_receiver_is_blocked(
    server: Server, crew: Greenroom, name: str
) -> None:
    anna, _bob = await server.join(name, "anna"), await server.join(name, "bob")
    await server.join(name, "deaf", video={"canSubscribe": False})
    await anna.publish("microphone")
    await published(crew, name, 1)
    for capability in ("track.unsubscribe", "track.subscribe"):
        outcome = await done(crew, capability, room=name, identity="bob", publisher="anna")
        assert [track.source for track in outcome.value.tracks] == ["microphone"]
    blocked = await crew.call("track.subscribe", room=name, identity="deaf")
    assert blocked.status == "blocked"


async def refused(crew: Greenroom, room: str) -> None:
    """Unmuting is blocked by a rule, and refused by the adapter with the same code and hint."""
    await done(crew, "track.mute", room=room, identity="anna")
    outcome = await crew.call("track.unmute", room=room, identity="anna")
    assert outcome.status == "blocked"
    assert outcome.error is not None
    assert "enable_remote_unmute: true" in outcome.error.hint
    undone = await crew.call("coordinator.undo")
    assert undone.status == "blocked"
    tracks = (await done(crew, "track.list", room=room)).value.tracks
    assert [track.muted for track in tracks] == [True]


async def test_a_sandbox_that_forbids_unmuting_is_found_out_before_anything_happens(
    tmp_path: Path, name: str
) -> None:
    async with sandbox(remote_unmute=False) as server:
        keys = {"url": server.url, "api_key": server.api_key, "api_secret": server.api_secret}
        async with Greenroom(**keys, home=tmp_path) as crew:
            await done(crew, "room.create", name=name)
            server.join(name, "anna").publish("microphone")
            await refused(crew, name)


async def test_a_real_server_that_forbids_unmuting_is_found_out_before_anything_happens(
    has_livekit_server: None, tmp_path: Path, name: str
) -> None:
    del has_livekit_server
    from livekit import api, rtc

    from tests.conftest import CACHE
    from tests.contract.conftest import RealGuest

    with LocalServer.start(tmp_path / "server", cache=CACHE, remote_unmute=False) as server:
        grants = api.VideoGrants(room_join=True, room=name)
        token = api.AccessToken(server.api_key, server.api_secret).with_identity("anna")
        room = rtc.Room()
        await room.connect(server.url, token.with_grants(grants).to_jwt())
        guest = RealGuest(room, "anna")
        keys = {"url": server.url, "api_key": server.api_key, "api_secret": server.api_secret}
        try:
            await guest.publish("microphone")
            async with Greenroom(**keys, home=tmp_path / "home") as crew:
                await published(crew, name, 1)
                await refused(crew, name)
        finally:
            await guest.leave()
