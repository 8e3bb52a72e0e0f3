"""Egress events, as LiveKit's own receivers read them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from livekit import api

from greenroom.local.livekit_server import LocalServer
from tests.local.listening import listening
from tests.local.recorder.conftest import Studio, eventually, open_studio


class Receiver:
    """Takes webhooks and checks them with the official SDK's receiver."""

    def __init__(self, server: LocalServer) -> None:
        self.url = ""
        self.events: list[api.WebhookEvent] = []
        self.bodies: list[dict[str, object]] = []
        verifier = api.TokenVerifier(server.api_key, server.api_secret)
        self._receiver = api.WebhookReceiver(verifier)

    async def take(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        assert request.headers["Content-Type"] == "application/webhook+json"
        self.events.append(self._receiver.receive(body, request.headers["Authorization"]))
        self.bodies.append(json.loads(body))
        return web.Response()

    def names(self) -> list[str]:
        return [event.event for event in self.events]


@pytest_asyncio.fixture
async def receiver(livekit_server: LocalServer) -> AsyncIterator[Receiver]:
    made = Receiver(livekit_server)
    app = web.Application()
    app.router.add_post("/hook", made.take)
    async with listening(app) as url:
        made.url = f"{url}/hook"
        yield made


def story(names: list[str]) -> list[str]:
    """Without the updates in between."""
    return [name for name in names if name != "egress_updated"]


async def test_a_recording_tells_its_story_to_the_recorders_urls(
    livekit_server: LocalServer, studio: Studio, receiver: Receiver, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60)
    async with AsyncExitStack() as stack:
        other = await open_studio(
            livekit_server,
            tmp_path / "other",
            tmp_path / "two",
            studio.room,
            stack,
            webhook_urls=[receiver.url],
        )
        info = await other.record(1)
        await eventually(lambda: "egress_ended" in receiver.names())
    assert story(receiver.names()) == ["egress_started", "egress_ended"]
    assert "egress_updated" in receiver.names()
    started, ended = receiver.events[0].egress_info, receiver.events[-1].egress_info
    assert started.status == api.EgressStatus.EGRESS_STARTING
    assert ended == info
    assert receiver.bodies[-1]["egressInfo"]["fileResults"][0]["size"].isdigit()  # type: ignore[index]
    assert len({event.id for event in receiver.events}) == len(receiver.events)


async def test_a_request_may_name_a_webhook_of_its_own(studio: Studio, receiver: Receiver) -> None:
    await studio.person("anna", shade=60)
    hook = api.WebhookConfig(url=receiver.url, signing_key=studio.server.api_key)
    await studio.record(0.5, webhooks=[hook])
    await eventually(lambda: "egress_ended" in receiver.names())
    assert story(receiver.names()) == ["egress_started", "egress_ended"]


@pytest.mark.parametrize(
    ("hook", "told"),
    [
        (api.WebhookConfig(url="ftp://host/hook"), "http"),
        (api.WebhookConfig(url="http://127.0.0.1:1/", signing_key="APIother"), "APIother"),
    ],
)
async def test_a_webhook_that_cannot_be_told_is_refused_at_once(
    studio: Studio, hook: api.WebhookConfig, told: str
) -> None:
    await studio.person("anna", shade=60)
    with pytest.raises(api.ServerError) as caught:
        await studio.start(webhooks=[hook])
    assert caught.value.code == "invalid_argument"
    assert told in caught.value.message
