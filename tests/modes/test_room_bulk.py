"""Many rooms and people: which are meant, what a yes covers, and an interruption that loses no count."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.errors import Interrupted, PreconditionFailed, ServerError
from tests.doubles import MemoryRooms


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms({f"test-{at}": [] for at in range(40)} | {"lobby": ["dana"], "Test-x": []})


@pytest.fixture
def told(crew: Greenroom) -> list[tuple[str, int, int]]:
    """What the crew says about progress."""
    told: list[tuple[str, int, int]] = []
    crew._report = lambda *progress: told.append(progress)
    return told


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"name": "lab", "count": 3}, ["lab-1", "lab-2", "lab-3"]),
        ({"name": "lab-08", "count": 3}, ["lab-08", "lab-09", "lab-10"]),
        ({"name": "lab-1", "last": "lab-3"}, ["lab-1", "lab-2", "lab-3"]),
        ({"name": "lab-1", "last": "3"}, ["lab-1", "lab-2", "lab-3"]),
        ({"name": "lab-9", "last": "lab-10", "count": 2}, ["lab-9", "lab-10"]),
    ],
)
async def test_names_follow_from_the_first_and_the_last_or_the_number(
    crew: Greenroom, arguments: dict[str, Any], names: list[str]
) -> None:
    outcome = await crew.call("room.create_many", **arguments)
    assert outcome.status == "done", outcome.message
    assert list(outcome.value.done) == names


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": "lab"},
        {"name": "lab", "last": "lab-3"},
        {"name": "lab-1", "last": "hall-3"},
        {"name": "lab-3", "last": "lab-1"},
        {"name": "lab-1", "last": "lab-3", "count": 4},
        {"name": "lab-1", "last": "lab-1001"},
        {"name": "lab", "count": 1001},
    ],
)
async def test_names_that_do_not_follow_make_no_room(
    crew: Greenroom, rooms: MemoryRooms, arguments: dict[str, Any]
) -> None:
    before = set(rooms.rooms)
    outcome = await crew.call("room.create_many", **arguments)
    assert outcome.error is not None
    assert (outcome.error.code, set(rooms.rooms)) == ("invalid-argument", before)


async def test_nothing_said_means_no_room_and_not_all_of_them(crew: Greenroom) -> None:
    outcome = await crew.call("room.delete_matching", approve=True)
    assert outcome.error is not None
    assert outcome.error.code == "invalid-argument"


async def test_all_that_is_said_must_be_true_of_a_room(crew: Greenroom, rooms: MemoryRooms) -> None:
    rooms.join("test-3", "ana")
    call = {"pattern": "test-*", "empty": True, "keep": ["test-5"]}
    shown = await crew.call("room.delete_matching", **call)
    named = set(shown.steps[0].arguments["rooms"])
    assert named == {f"test-{at}" for at in range(40)} - {"test-3", "test-5"}


async def test_the_yes_is_for_exactly_what_was_shown(crew: Greenroom, rooms: MemoryRooms) -> None:
    shown = await crew.ask("delete all the test- rooms")
    assert shown.approval is not None
    assert shown.approval.steps[0]["arguments"]["rooms"]["test-1"] == rooms.rooms["test-1"].sid
    rooms._add("test-new")
    rooms.join("test-2", "ana")
    await rooms.delete_room("test-4")
    done = await crew.approve(shown.approval.id)
    assert done.status == "done", done.message
    assert done.value.skipped == {
        "test-2": "1 person joined meanwhile",
        "test-4": "it is gone already",
    }
    assert set(rooms.rooms) == {"lobby", "Test-x", "test-2", "test-new"}
    again = await crew.approve(shown.approval.id)
    assert again.error is not None
    assert again.error.code == "approval-used"


async def test_a_dry_run_shows_the_rooms_that_would_be_deleted_and_what_an_undo_would_do(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    before = set(rooms.rooms)
    shown = await crew.call("room.delete_matching", pattern="test-*", dry_run=True, approve=True)
    assert (shown.status, shown.approval) == ("planned", None)
    assert len(shown.steps[0].arguments["rooms"]) == 40
    assert list(shown.steps[0].arguments) == ["rooms"]
    assert set(rooms.rooms) == before
    await crew.call("room.create", name="other")
    undone = await crew.call("coordinator.undo", dry_run=True)
    assert undone.status == "planned"
    assert [step.call.capability for step in undone.steps] == ["room.delete"]
    assert "other" in rooms.rooms


async def test_progress_is_reported_and_deleted_rooms_come_back(
    crew: Greenroom, rooms: MemoryRooms, told: list[tuple[str, int, int]]
) -> None:
    await crew.call("room.create", name="test-z", max_participants=7, metadata="m")
    await crew.call("room.delete_matching", pattern="test-*", approve=True)
    assert told[-1] == ("rooms", 41, 41)
    undone = await crew.call("coordinator.undo")
    assert undone.status == "done", undone.message
    assert undone.message == "41 of 41 rooms created: test-0 to test-z."
    assert (rooms.rooms["test-z"].max_participants, rooms.rooms["test-z"].metadata) == (7, "m")
    assert len(rooms.rooms) == 43


async def test_an_interruption_ends_what_is_under_way_and_counts_the_rest(
    crew: Greenroom, rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete, reached = rooms.delete_room, asyncio.Event()

    async def slowly(name: str) -> None:
        if name.endswith("15"):
            reached.set()
        await asyncio.sleep(0)
        await delete(name)

    monkeypatch.setattr(rooms, "delete_room", slowly)
    task = asyncio.create_task(crew.call("room.delete_matching", pattern="test-*", approve=True))
    await reached.wait()
    task.cancel()
    outcome = await task
    assert isinstance(outcome.error, Interrupted)
    made = outcome.error.made
    gone = 40 - sum(name.startswith("test-") for name in rooms.rooms)
    assert len(made.done) == gone
    assert len(made.done) + len(made.remaining) == 40
    assert f"Interrupted: {gone} of 40 rooms deleted, {40 - gone} not come to." in outcome.message
    (entry, *_) = (await crew.call("coordinator.journal")).value.entries
    assert entry.message == outcome.message
    assert len(entry.steps[0]["result"]["done"]) == gone


async def test_a_server_that_fails_ends_it_and_one_room_that_is_gone_does_not(
    crew: Greenroom, rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = rooms.delete_room

    async def fails(name: str) -> None:
        if name == "test-1":
            raise PreconditionFailed("It is gone.", code="not-found")
        if len(rooms.rooms) < 30:
            raise ServerError("Nothing listens there.", code="connection-refused")
        await delete(name)

    monkeypatch.setattr(rooms, "delete_room", fails)
    outcome = await crew.call("room.delete_matching", pattern="test-*", approve=True)
    assert isinstance(outcome.error, Interrupted)
    made = outcome.error.made
    assert made.skipped == {"test-1": "It is gone."}
    assert "Nothing listens there" in outcome.message
    assert len(made.done) == 42 - len(rooms.rooms)
    assert len(made.done) + len(made.skipped) + len(made.remaining) == 40


async def test_people_are_meant_by_identity_or_by_name_and_some_may_stay(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    for identity in ("bot-1", "bot-2", "ana"):
        rooms.join("lobby", identity)
    await crew.call("room.update_participant", room="lobby", identity="ana", name="bot-like")
    shown = await crew.call(
        "room.remove_matching", room="lobby", pattern="bot-*", keep=["bot-2"], approve=True
    )
    assert shown.value.done == ("ana", "bot-1")
    none = await crew.call("room.remove_matching", room="lobby", pattern="x*")
    assert none.error is not None
    assert none.error.code == "not-found"


async def test_the_question_names_the_first_and_counts_the_rest(crew: Greenroom) -> None:
    shown = await crew.call("room.delete_matching", pattern="test-*")
    assert "rooms test-0, test-1, test-10" in shown.message
    assert "and 32 more" in shown.message
    assert len(shown.message) < 300
    assert shown.approval is not None
    assert len(shown.approval.steps[0]["arguments"]["rooms"]) == 40
