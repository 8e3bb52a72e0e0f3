"""The state file: everything comes back, nothing is half written, nothing broken is swallowed."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from greenroom.domain.errors import ConfigurationError
from greenroom.local.sandbox import Sandbox
from greenroom.local.sandbox.state import StateFile, copy_of
from greenroom.local.sandbox.world import World
from greenroom.testing import FakeClock
from tests.local.sandbox.conftest import KEYS, wire


async def test_rooms_people_tracks_and_dispatches_come_back(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    async with Sandbox.start(keys=KEYS, state_file=file) as first:
        anna = first.world.join("stage", "anna", name="Ä", metadata="m", attributes={"k": "v"})
        sid = anna.publish("camera")
        first.world.rooms["stage"].dispatch("agent", "x")
        before = first.world.rooms["stage"].info
        room, person = type(before).FromString(before.SerializeToString()), anna.info
    async with Sandbox.start(keys=KEYS, state_file=file) as second:
        again = second.world.rooms["stage"]
        assert again.info == room
        found = again.people["anna"]
        assert found.info == person
        assert [one.agent_name for one in again.dispatches.values()] == ["", "agent"]
        track = found.mute(sid)
        assert track is not None
        assert track.muted


async def test_timeouts_go_on_where_they_were(tmp_path: Path, clock: FakeClock) -> None:
    file = tmp_path / "state.json"
    async with Sandbox.start(keys=KEYS, state_file=file, clock=clock) as first:
        first.world.join("stage", "anna").leave()
    clock.move(21)
    async with Sandbox.start(keys=KEYS, state_file=file, clock=clock) as second:
        answer = await wire(second).room("ListRooms", {})
        assert answer.json == {"rooms": []}


async def test_the_file_is_private_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    async with Sandbox.start(keys=KEYS, state_file=file) as sandbox:
        sandbox.world.join("stage", "anna")
    assert list(tmp_path.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert KEYS["APIfirst"] not in file.read_text()


async def test_what_did_not_change_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    world, store = World(), StateFile(file)
    store.load(world)
    store.save(world)
    assert not file.exists()
    world.join("stage", "anna")
    store.save(world)
    written = file.stat().st_mtime_ns
    store.save(world)
    assert file.stat().st_mtime_ns == written


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", '{"schema": "other/9", "rooms": []}', "\ufffe", "[" * 100_000,
     '{"schema": "greenroom.sandbox/1", "rooms": [{}]}', '{"schema": "greenroom.sandbox/1", "rooms": 5}',
     json.dumps({"schema": "greenroom.sandbox/1", "rooms": [
         {"name": "a", "room": "///", "joined_at": 0, "left_at": 0, "people": [], "dispatches": []}]})],
)  # fmt: skip
async def test_a_broken_file_is_refused_and_kept(
    tmp_path: Path, start: Callable[..., Any], text: str
) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(text.encode("utf-16" if text == "\ufffe" else "utf-8"))
    before = file.read_bytes()
    with pytest.raises(ConfigurationError) as caught:
        await start(state_file=file)
    assert caught.value.code == "sandbox-failed"
    assert str(file) in caught.value.message
    assert file.read_bytes() == before


async def test_a_disk_that_refuses_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    async with Sandbox.start(keys=KEYS, state_file=folder / "state.json") as sandbox:
        folder.rmdir()
        sandbox.world.join("stage", "anna")
        assert (await wire(sandbox).room("ListRooms", {})).status == 200
    assert "was not stored" in caplog.text


async def test_a_copy_is_apart(sandbox: Sandbox) -> None:
    sandbox.world.join("stage", "anna")
    copy = copy_of(sandbox.world)
    copy.close_room("stage")
    copy.join("other", "bob")
    assert sorted(sandbox.world.rooms) == ["stage"]
    assert list(sandbox.world.rooms["stage"].people) == ["anna"]
