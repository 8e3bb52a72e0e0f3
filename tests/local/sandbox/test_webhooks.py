"""Webhooks that fail: what is tried again, what is given up, and in which order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from greenroom.domain.errors import ConfigurationError
from greenroom.local import webhooks
from greenroom.local.livekit_server import free_ports
from greenroom.local.sandbox import Sandbox
from greenroom.testing import FakeClock
from tests.contract.conftest import until
from tests.local.sandbox.conftest import KEYS, Endpoint

Start = Callable[..., Any]


def events(endpoint: Endpoint) -> list[str]:
    return [json.loads(body)["event"] for _, body in endpoint.taken]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_failing_endpoint_is_tried_again_with_the_same_bytes(
    start: Start, endpoint: Endpoint, clock: FakeClock, status: int
) -> None:
    endpoint.statuses = [status, status]
    before = clock.now()
    sandbox: Sandbox = await start(webhook_urls=[endpoint.url])
    sandbox.world.join("stage", "anna")
    await sandbox.webhooks.sent()
    assert events(endpoint) == ["room_started"] * 3 + ["participant_joined"]
    first, second, third, _ = endpoint.taken
    assert first[1] == second[1] == third[1]
    assert first[0]["Authorization"] == third[0]["Authorization"]
    assert clock.now() - before == 1 + 2


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 404, 501])
async def test_other_answers_count_as_delivered(
    start: Start, endpoint: Endpoint, status: int
) -> None:
    endpoint.statuses = [status]
    sandbox: Sandbox = await start(webhook_urls=[endpoint.url])
    sandbox.world.join("stage", "anna")
    await sandbox.webhooks.sent()
    assert events(endpoint) == ["room_started", "participant_joined"]


async def test_five_tries_are_made_and_what_waited_for_too_long_is_dropped(
    start: Start, endpoint: Endpoint, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.statuses = [500] * 10
    before = clock.now()
    sandbox: Sandbox = await start(webhook_urls=[endpoint.url])
    sandbox.world.join("stage", "anna").publish("camera")
    sandbox.world.close_room("stage")
    await sandbox.webhooks.sent()
    assert events(endpoint) == ["room_started"] * 5 + ["participant_joined"] * 5 + [
        "track_published", "track_unpublished", "participant_left", "room_finished",
    ]  # fmt: skip
    assert clock.now() - before == 30
    clock.move(1)
    assert "gave up" in caplog.text


async def test_events_older_than_half_a_minute_are_dropped(
    start: Start, endpoint: Endpoint, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox: Sandbox = await start(webhook_urls=[endpoint.url])
    sandbox.world.join("stage", "anna")
    clock.move(31)
    await sandbox.webhooks.sent()
    assert events(endpoint) == []
    assert "older than 30 s" in caplog.text


async def test_nobody_listening_is_tried_five_times(
    start: Start, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    before = clock.now()
    sandbox: Sandbox = await start(webhook_urls=[f"http://127.0.0.1:{free_ports(1)[0]}/"])
    sandbox.world.join("stage", "anna")
    await sandbox.webhooks.sent()
    assert clock.now() - before == 30
    assert caplog.text.count("gave up") == 2


async def test_one_rooms_trouble_does_not_hold_up_another(start: Start, endpoint: Endpoint) -> None:
    slow = asyncio.Event()

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await slow.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    hanging = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    sandbox: Sandbox = await start(webhook_urls=[hanging, endpoint.url])
    sandbox.world.join("stage", "anna")
    sandbox.world.join("other", "bob")

    async def arrived() -> bool:
        return len(endpoint.taken) == 4

    assert await until(arrived)
    slow.set()
    server.close()


async def test_the_queue_of_a_room_has_an_end(
    start: Start, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox: Sandbox = await start(webhook_urls=[endpoint.url])
    for number in range(webhooks.DEEPEST + 5):
        sandbox.world.join("stage", f"p{number}")
    await sandbox.webhooks.sent()
    assert len(endpoint.taken) == webhooks.DEEPEST
    assert caplog.text.count("are waiting") == 6


async def test_every_url_gets_every_event_and_the_first_key_signs(
    start: Start, endpoint: Endpoint
) -> None:
    sandbox: Sandbox = await start(webhook_urls=[endpoint.url, f"{endpoint.url}?second=1"])
    sandbox.world.join("stage", "anna")
    await sandbox.webhooks.sent()
    assert sorted(events(endpoint)) == ["participant_joined"] * 2 + ["room_started"] * 2
    assert {headers["X-Greenroom-Sandbox"] for headers, _ in endpoint.taken} == {"webhook"}


async def test_another_key_may_sign(start: Start, endpoint: Endpoint) -> None:
    from livekit import api

    sandbox: Sandbox = await start(webhook_urls=[endpoint.url], webhook_key="APIsecond")
    sandbox.world.join("stage", "anna")
    await sandbox.webhooks.sent()
    headers, body = endpoint.taken[0]
    verifier = api.TokenVerifier("APIsecond", KEYS["APIsecond"])
    event = api.WebhookReceiver(verifier).receive(body.decode(), headers["Authorization"])
    assert event.event == "room_started"


async def test_an_answer_that_is_not_http_is_a_failure(start: Start, clock: FakeClock) -> None:
    async def mumble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\r\n")
        writer.close()

    server = await asyncio.start_server(mumble, "127.0.0.1", 0)
    before = clock.now()
    sandbox: Sandbox = await start(
        webhook_urls=[f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"]
    )
    await asyncio.sleep(0)
    sandbox.world.join("stage", "anna")
    await sandbox.webhooks.sent()
    assert clock.now() - before == 30
    server.close()


@pytest.mark.parametrize("url", ["", "ftp://x/", "http://", "nonsense"])
async def test_what_is_no_url_is_refused_at_the_start(start: Start, url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await start(webhook_urls=[url])
    assert caught.value.code == "invalid-url"
