"""The probe tells the server's time or nothing; it never raises."""

from __future__ import annotations

import time
from typing import Any

import pytest

from greenroom.adapters.livekit.probe import HttpProbe
from tests.adapters.livekit.servers import answer, closed_port, hangs_up, saying, serve, silent

DATE = "Fri, 15 Jan 2027 08:00:00 GMT"
NOON = 1_800_000_000.0


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "406 Not Ready", "301 Moved"])
async def test_any_answer_with_a_date_tells_the_time(status: str) -> None:
    async with serve(saying(answer(status, Date=DATE, Location="http://127.0.0.1:1/"))) as server:
        assert await HttpProbe(server.url).server_time() == NOON


async def test_no_credentials_are_sent_and_a_path_is_kept() -> None:
    async with serve(saying(answer("200 OK", Date=DATE))) as server:
        await HttpProbe(f"{server.url}/live/").server_time()
    assert server.requests[0].startswith(b"HEAD /live HTTP/1.1\r\n")
    assert b"uthorization" not in server.requests[0]


async def test_a_server_that_does_not_know_head_is_asked_with_get() -> None:
    async def script(request: bytes, writer: Any) -> None:
        if request.startswith(b"HEAD"):
            writer.close()
        else:
            writer.write(answer("200 OK", Date=DATE))

    async with serve(script) as server:
        assert await HttpProbe(server.url).server_time() == NOON


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 99 Jan 2027 99:00:00 GMT", "9" * 400])
async def test_a_date_that_is_none_is_nothing(date: str) -> None:
    async with serve(saying(answer("200 OK", Date=date))) as server:
        assert await HttpProbe(server.url).server_time() is None


async def test_absence_in_every_form_is_nothing_and_is_told_in_time() -> None:
    start = time.monotonic()
    for url in (
        f"ws://127.0.0.1:{closed_port()}",
        "wss://nosuch.invalid",
        "ws://" + "a" * 64 + ".invalid",
        "nonsense",
        "",
    ):
        assert await HttpProbe(url).server_time() is None
    for script in (silent, hangs_up, saying(b"SSH-2.0-x\r\n\r\n")):
        async with serve(script) as server:
            assert await HttpProbe(server.url, timeout=0.2).server_time() is None
    async with serve(silent, greeting=answer("200 OK")) as plain:
        assert await HttpProbe(f"wss://127.0.0.1:{plain.port}").server_time() is None
    assert time.monotonic() - start < 3
