"""The two servers, and people who join them: by command here, with the livekit SDK there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from greenroom.local.livekit_server import LocalServer
from greenroom.local.sandbox import Sandbox
from tests.contract.calls import Wire

PATIENCE = 5.0
SOURCES = ("camera", "microphone", "screen_share", "screen_share_audio")


class Guest:
    """Somebody in a room of either server."""

    identity: str

    async def publish(self, source: str) -> str:
        """Publish a track; its sid."""
        raise NotImplementedError

    async def leave(self) -> None:
        raise NotImplementedError

    def received(self) -> list[tuple[bytes, str]]:
        """Data that arrived, with topics."""
        raise NotImplementedError


@dataclass(slots=True, kw_only=True)
class Server(Wire):
    """A server and the means to let people in."""

    name: str
    joined: AsyncExitStack = field(repr=False)
    enter: Callable[[Server, str, str, dict[str, Any]], Any] = field(repr=False)

    async def join(self, room: str, identity: str, **claims: Any) -> Guest:
        """Let somebody in with a token of these claims (``video`` is merged into the grant)."""
        video = {"roomJoin": True, "room": room, **claims.pop("video", {})}
        guest = await self.enter(self, self.token(video, sub=identity, **claims), identity, video)
        self.joined.push_async_callback(guest.leave)
        return guest


class SandboxGuest(Guest):
    def __init__(self, person: Any) -> None:
        self.person = person
        self.identity = person.identity

    async def publish(self, source: str) -> str:
        return self.person.publish(source)

    async def leave(self) -> None:
        self.person.leave()

    def received(self) -> list[tuple[bytes, str]]:
        return [(data.payload, data.topic) for data in self.person.received]


class RealGuest(Guest):
    def __init__(self, room: Any, identity: str) -> None:
        self.room, self.identity = room, identity
        self.data: list[tuple[bytes, str]] = []
        self.feeding: list[asyncio.Task[None]] = []
        room.on("data_received", lambda packet: self.data.append((packet.data, packet.topic or "")))

    async def publish(self, source: str) -> str:
        from livekit import rtc

        if source in {"microphone", "screen_share_audio"}:
            sound = rtc.AudioSource(48_000, 1)
            track: Any = rtc.LocalAudioTrack.create_audio_track(source, sound)
            frame: Any = rtc.AudioFrame.create(48_000, 1, 480)
            feed = sound.capture_frame
        else:
            picture = rtc.VideoSource(320, 180)
            track = rtc.LocalVideoTrack.create_video_track(source, picture)
            frame = rtc.VideoFrame(320, 180, rtc.VideoBufferType.I420, bytes(320 * 180 * 3 // 2))

            async def feed(frame: Any) -> None:
                picture.capture_frame(frame)

        async def keep_feeding() -> None:
            while True:
                await feed(frame)
                await asyncio.sleep(0.03)

        self.feeding.append(asyncio.create_task(keep_feeding()))
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.Value(
                f"SOURCE_{source.upper().replace('SCREEN_SHARE', 'SCREENSHARE')}"
            )
        )
        return (await self.room.local_participant.publish_track(track, options)).sid

    async def leave(self) -> None:
        for task in self.feeding:
            task.cancel()
        await asyncio.gather(*self.feeding, return_exceptions=True)
        self.feeding.clear()
        await self.room.disconnect()

    def received(self) -> list[tuple[bytes, str]]:
        return self.data


async def enter_real(
    server: Server, token: str, identity: str, _video: dict[str, Any]
) -> RealGuest:
    from livekit import rtc

    room = rtc.Room()
    guest = RealGuest(room, identity)
    await room.connect(server.url, token)
    return guest


KEYS = {"APIfirst": "first-secret-first-secret-first-secret", "APIsecond": "second-" * 6}


@pytest_asyncio.fixture(params=["sandbox", "livekit-server"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    """The server under test, one after the other."""
    async with AsyncExitStack() as stack:
        if request.param == "sandbox":
            # The real one has no Redis, so neither has an egress service: see test_egress for what has.
            sandbox = await stack.enter_async_context(Sandbox.start(keys=KEYS, egress=False))
            joined = await stack.enter_async_context(AsyncExitStack())

            async def enter(_s: Server, token: str, _i: str, _v: dict[str, Any]) -> SandboxGuest:
                return SandboxGuest(sandbox.join_with(token))

            yield Server(
                name="sandbox",
                url=sandbox.url,
                api_key="APIfirst",
                api_secret=KEYS["APIfirst"],
                joined=joined,
                enter=enter,
            )
            return
        real: LocalServer = request.getfixturevalue("livekit_server")
        joined = await stack.enter_async_context(AsyncExitStack())
        yield Server(
            name="livekit-server",
            url=real.url,
            api_key=real.api_key,
            api_secret=real.api_secret,
            joined=joined,
            enter=enter_real,
        )


@pytest.fixture
def name() -> str:
    """A name that no other test uses: the real server is shared."""
    return f"contract-{uuid4().hex[:12]}"


async def until(true: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Wait for what a real network makes true a little later; gives it."""
    async with asyncio.timeout(patience):
        while True:
            found = await true()
            if found:
                return found
            await asyncio.sleep(0.02)


MARK = "greenroom.sandbox"


async def person(server: Server, room: str, identity: str) -> dict[str, Any]:
    answer = await server.room("GetParticipant", {"room": room, "identity": identity})
    assert answer.status == 200, answer.text
    return without_mark(server, answer.json)


def without_mark(server: Server, shown: dict[str, Any]) -> dict[str, Any]:
    """A simulated participant says so; apart from that it is like a real one."""
    mark = shown["attributes"].pop(MARK, None)
    assert mark == ("true" if server.name == "sandbox" else None)
    return shown


async def rooms(server: Server, room: str) -> Any:
    return (await server.room("ListRooms", {"names": [room]})).json["rooms"]
