"""Webhooks, and what a server is configured not to do: both servers tell the same story.

The server under test is one of its own here: it sends to a receiver on loopback and forbids remote unmute.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import jwt as pyjwt
import pytest
import pytest_asyncio
from aiohttp import web

from greenroom.local.livekit_server import LocalServer, free_ports
from greenroom.local.sandbox import Sandbox
from tests.conftest import CACHE
from tests.contract.calls import JSON
from tests.contract.conftest import KEYS, SandboxGuest, Server, enter_real, until

ROOM_FIELDS = {
    "sid", "name", "emptyTimeout", "departureTimeout", "creationTime", "creationTimeMs", "turnPassword",
    "enabledCodecs",
}  # fmt: skip


class Receiver:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        return web.Response()

    def events(self, room: str) -> list[dict[str, Any]]:
        """Events of one room, in order."""
        read = [json.loads(body) for _, body in self.requests]
        return [event for event in read if event["room"]["name"] == room]

    def story(self, room: str) -> list[tuple[str, str]]:
        """Event names and who they are about."""
        return [
            (e["event"], e.get("participant", {}).get("identity", "")) for e in self.events(room)
        ]


@contextmanager
def strict_server(home: Path, url: str) -> Iterator[LocalServer]:
    """A livekit-server with a webhook and without remote unmute."""
    with LocalServer.start(home, cache=CACHE, webhooks=[url], remote_unmute=False) as server:
        yield server


PORT = free_ports(1)[0]
"""The real server's configuration names it before any receiver listens."""


@pytest.fixture(scope="module")
def strict_livekit(
    tmp_path_factory: pytest.TempPathFactory, livekit_server: LocalServer
) -> Iterator[LocalServer]:
    """One for the module. Needs ``livekit_server`` only so that it is skipped where that is."""
    del livekit_server
    with strict_server(
        tmp_path_factory.mktemp("strict"), f"http://127.0.0.1:{PORT}/hook"
    ) as server:
        yield server


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    app = web.Application()
    app.router.add_post("/hook", found.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT, reuse_address=True).start()
    yield found
    await runner.cleanup()


@pytest_asyncio.fixture(params=["sandbox", "livekit-server"])
async def strict(request: pytest.FixtureRequest, receiver: Receiver) -> AsyncIterator[Server]:
    del receiver
    async with AsyncExitStack() as stack:
        if request.param == "sandbox":
            sandbox = await stack.enter_async_context(
                Sandbox.start(
                    keys=KEYS,
                    webhook_urls=[f"http://127.0.0.1:{PORT}/hook"],
                    webhook_key="APIfirst",
                    remote_unmute=False,
                )
            )

            async def enter(_s: Server, token: str, _i: str, _v: dict[str, Any]) -> SandboxGuest:
                return SandboxGuest(sandbox.join_with(token))

            at: Any = (sandbox.url, "APIfirst", KEYS["APIfirst"], enter)
        else:
            real: LocalServer = request.getfixturevalue("strict_livekit")
            at = (real.url, real.api_key, real.api_secret, enter_real)
        url, key, secret, enter_it = at
        joined = await stack.enter_async_context(AsyncExitStack())
        yield Server(
            name=request.param,
            url=url,
            api_key=key,
            api_secret=secret,
            joined=joined,
            enter=enter_it,
        )


async def story_of(receiver: Receiver, room: str, length: int) -> list[tuple[str, str]]:
    async def told() -> bool:
        return len(receiver.events(room)) >= length

    await until(told)
    return receiver.story(room)


async def test_the_story_of_a_room_is_told_in_order(
    strict: Server, receiver: Receiver, name: str
) -> None:
    anna = await strict.join(name, "anna", metadata="m")
    await story_of(receiver, name, 2)
    await anna.publish("microphone")
    await story_of(receiver, name, 3)
    await anna.leave()
    await story_of(receiver, name, 5)
    await strict.room("DeleteRoom", {"room": name})
    assert await story_of(receiver, name, 6) == [
        ("room_started", ""),
        ("participant_joined", "anna"),
        ("track_published", "anna"),
        ("track_unpublished", "anna"),
        ("participant_left", "anna"),
        ("room_finished", ""),
    ]
    events = {event["event"]: event for event in receiver.events(name)}
    started, joined, left = (
        events[key] for key in ("room_started", "participant_joined", "participant_left")
    )
    assert set(started) == {"event", "room", "id", "createdAt"}
    assert set(started["room"]) == ROOM_FIELDS
    assert set(joined) == {"event", "room", "participant", "id", "createdAt"}
    assert (joined["participant"]["state"], joined["participant"]["metadata"]) == ("ACTIVE", "m")
    assert left["participant"]["state"] == "DISCONNECTED"
    assert left["participant"]["disconnectReason"] == "CLIENT_INITIATED"
    assert "tracks" not in left["participant"]
    for event in ("track_published", "track_unpublished"):
        assert set(events[event]["room"]) == {"sid", "name"}
        assert set(events[event]["participant"]) == {"sid", "identity"}
        assert events[event]["track"]["source"] == "MICROPHONE"
    ids = [event["id"] for event in receiver.events(name)]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("EV_") for one in ids)
    assert all(abs(int(e["createdAt"]) - time.time()) < 60 for e in receiver.events(name))


async def test_an_event_is_signed_over_its_bytes(
    strict: Server, receiver: Receiver, name: str
) -> None:
    from livekit import api

    await strict.room("CreateRoom", {"name": name, "metadata": "é <&>"})
    await story_of(receiver, name, 1)
    await strict.room("DeleteRoom", {"room": name})
    headers, body = next(r for r in receiver.requests if json.loads(r[1])["room"]["name"] == name)
    claims = pyjwt.decode(headers["Authorization"], strict.api_secret, algorithms=["HS256"])
    assert headers["Content-Type"] == "application/webhook+json"
    assert set(claims) == {"iss", "exp", "nbf", "sha256"}
    assert (claims["iss"], claims["exp"] - claims["nbf"]) == (strict.api_key, 300)
    assert claims["sha256"] == base64.b64encode(hashlib.sha256(body).digest()).decode()
    sdk = api.WebhookReceiver(api.TokenVerifier(strict.api_key, strict.api_secret))
    event = sdk.receive(body.decode(), headers["Authorization"])
    assert (event.event, event.room.metadata) == ("room_started", "é <&>")


@pytest.mark.parametrize(
    ("method", "reason"),
    [("RemoveParticipant", "PARTICIPANT_REMOVED"), ("DeleteRoom", "ROOM_DELETED")],
)
async def test_it_is_told_why_somebody_left(
    strict: Server, receiver: Receiver, name: str, method: str, reason: str
) -> None:
    await strict.join(name, "anna")
    await story_of(receiver, name, 2)
    await strict.room(method, {"room": name, "identity": "anna"})
    assert (await story_of(receiver, name, 3))[2] == ("participant_left", "anna")
    assert receiver.events(name)[2]["participant"]["disconnectReason"] == reason
    await strict.room("DeleteRoom", {"room": name})


async def test_a_replaced_person_leaves_before_the_new_one_joins(
    strict: Server, receiver: Receiver, name: str
) -> None:
    for length in (2, 4):
        await strict.join(name, "anna")
        await story_of(receiver, name, length)
    events = receiver.events(name)[1:]
    assert [e["event"] for e in events] == [
        "participant_joined", "participant_left", "participant_joined",
    ]  # fmt: skip
    assert events[1]["participant"]["disconnectReason"] == "DUPLICATE_IDENTITY"
    assert events[0]["participant"]["sid"] == events[1]["participant"]["sid"]
    assert events[2]["participant"]["sid"] != events[1]["participant"]["sid"]
    await strict.room("DeleteRoom", {"room": name})


async def test_revoked_sources_are_told_as_unpublished(
    strict: Server, receiver: Receiver, name: str
) -> None:
    anna = await strict.join(name, "anna")
    await anna.publish("camera")
    await story_of(receiver, name, 3)
    body = {"room": name, "identity": "anna", "permission": {"can_subscribe": True}}
    await strict.room("UpdateParticipant", body)
    assert (await story_of(receiver, name, 4))[3] == ("track_unpublished", "anna")
    await strict.room("DeleteRoom", {"room": name})


async def test_remote_unmute_can_be_forbidden(strict: Server, name: str) -> None:
    await strict.join(name, "anna")
    body = {"room": name, "identity": "anna", "track_sid": "TR_no"}
    unmute = await strict.room("MutePublishedTrack", {**body, "muted": False})
    mute = await strict.room("MutePublishedTrack", {**body, "muted": True})
    await strict.room("DeleteRoom", {"room": name})
    words = "twirp error unknown: remote unmute not enabled"
    assert unmute.shown == (412, JSON, {"code": "failed_precondition", "msg": words})
    assert mute.shown == (200, JSON, {"track": None})
