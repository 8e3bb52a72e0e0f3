"""Rooms end when nobody is there: by the clock, not by the wall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from greenroom.local.sandbox import Sandbox, server
from greenroom.testing import FakeClock
from tests.contract.conftest import until
from tests.local.sandbox.conftest import wire


async def names(sandbox: Sandbox) -> list[str]:
    rooms = (await wire(sandbox).room("ListRooms", {})).json["rooms"]
    return sorted(room["name"] for room in rooms)


async def test_a_room_nobody_entered_ends_after_its_empty_timeout(
    sandbox: Sandbox, clock: FakeClock
) -> None:
    await wire(sandbox).room("CreateRoom", {"name": "a"})
    await wire(sandbox).room("CreateRoom", {"name": "b", "empty_timeout": 600})
    clock.move(299)
    assert await names(sandbox) == ["a", "b"]
    clock.move(2)
    assert await names(sandbox) == ["b"]
    clock.move(300)
    assert await names(sandbox) == []


async def test_a_room_stays_while_somebody_is_there(sandbox: Sandbox, clock: FakeClock) -> None:
    anna = sandbox.world.join("a", "anna")
    clock.move(500)
    assert await names(sandbox) == ["a"]
    anna.leave()
    clock.move(19)
    assert await names(sandbox) == ["a"]
    clock.move(2)
    assert await names(sandbox) == []


async def test_agents_do_not_keep_a_room_open_and_are_put_out(
    sandbox: Sandbox, clock: FakeClock
) -> None:
    anna, agent = sandbox.world.join("a", "anna"), sandbox.world.join("a", "bot", kind="agent")
    anna.leave()
    clock.move(21)
    assert await names(sandbox) == []
    assert agent.left == "ROOM_CLOSED"


async def test_coming_back_in_time_keeps_the_room(sandbox: Sandbox, clock: FakeClock) -> None:
    first = sandbox.world.join("a", "anna")
    sid = sandbox.world.rooms["a"].info.sid
    first.leave()
    clock.move(15)
    sandbox.world.join("a", "anna")
    clock.move(15)
    assert await names(sandbox) == ["a"]
    assert sandbox.world.rooms["a"].info.sid == sid


async def test_a_clock_set_back_ends_nothing(sandbox: Sandbox, clock: FakeClock) -> None:
    sandbox.world.join("a", "anna").leave()
    clock.move(-50)
    sandbox.world.close_idle()
    assert list(sandbox.world.rooms) == ["a"]


async def test_rooms_end_without_anybody_asking(
    start: Callable[..., Any], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "TICK", 0)
    sandbox: Sandbox = await start()
    sandbox.world.join("a", "anna").leave()
    clock.move(21)

    async def ended() -> bool:
        return not sandbox.world.rooms

    assert await until(ended)


async def test_the_date_is_the_sandboxs_own(sandbox: Sandbox, clock: FakeClock) -> None:
    clock.time = 0
    answer = await wire(sandbox).send("/", None, method="GET")
    assert answer.headers["Date"] == "Thu, 01 Jan 1970 00:00:00 GMT"
