"""Muting and unmuting: which tracks are meant, what undo takes back, and an interruption that loses no count."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.errors import Interrupted, ServerError
from tests.doubles import MemoryRooms
from tests.modes.track.conftest import muted


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"identity": "dana"}, {("dana", "microphone")}),
        ({"identity": "dana", "sources": ["camera"]}, {("dana", "camera")}),
        (
            {"identity": "ben", "sources": ["screen_share"]},
            {("ben", "screen_share"), ("ben", "screen_share_audio")},
        ),
        ({"identity": "ben", "sources": ["screen_share_audio"]}, {("ben", "screen_share_audio")}),
        (
            {"identity": "dana", "sources": ["microphone", "camera"]},
            {("dana", "microphone"), ("dana", "camera")},
        ),
    ],
)
async def test_what_is_meant_is_muted_and_nothing_else_and_comes_back(
    crew: Greenroom, rooms: MemoryRooms, arguments: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    outcome = await crew.call("track.mute", room="lobby", **arguments)
    assert outcome.status == "done", outcome.message
    assert muted(rooms) == expected
    undone = await crew.call("coordinator.undo")
    assert (undone.status, muted(rooms)) == ("done", set())


async def test_a_number_means_the_nth_of_its_source_in_order_of_publishing(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    call = {"room": "lobby", "identity": "dana", "sources": ["camera"]}
    outcome = await crew.call("track.mute", **call, number=2)
    assert outcome.status == "done", outcome.message
    cameras = [t for t in rooms.inside["lobby"]["dana"].tracks if t.source == "camera"]
    assert [camera.muted for camera in cameras] == [False, True]
    third = await crew.call("track.mute", **call, number=3)
    assert third.error is not None
    assert (third.error.code, third.error.hint) == (
        "not-found",
        "They publish a microphone and 2 cameras.",
    )


async def test_a_sid_means_one_track_whatever_its_source(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    sid = rooms.inside["lobby"]["dana"].tracks[2].sid
    outcome = await crew.call("track.mute", room="lobby", identity="dana", track=sid)
    assert [track.sid for track in outcome.value.changed] == [sid]
    others = await crew.call("track.mute", room="lobby", identity="ben", track=sid)
    both = await crew.call("track.mute", room="lobby", identity="dana", track=sid, number=2)
    assert others.error is not None and others.error.code == "not-found"
    assert both.error is not None and both.error.code == "invalid-argument"


async def test_what_somebody_does_not_publish_is_not_found_and_they_are_told_what_they_do(
    crew: Greenroom,
) -> None:
    outcome = await crew.call("track.mute", room="lobby", identity="ben", sources=["camera"])
    assert outcome.error is not None
    assert outcome.error.code == "not-found"
    assert outcome.message == "ben does not publish a camera in lobby."
    assert outcome.error.hint == "They publish a microphone, a screen share and a screen sound."
    silent = await crew.call("track.mute", room="lobby", identity="ana")
    assert silent.error is not None
    assert silent.error.hint == "They publish nothing."


async def test_what_is_muted_already_is_no_change_and_has_no_undo(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    await crew.call("track.mute", room="lobby", identity="dana")
    calls = len(rooms.calls)
    again = await crew.call("track.mute", room="lobby", identity="dana")
    assert again.status == "done"
    assert again.message == "dana in lobby: microphone was muted already; nothing was changed."
    assert again.steps[0].undo is None
    assert "mute_track" not in rooms.calls[calls:]


async def test_undo_unmutes_only_what_was_changed(crew: Greenroom, rooms: MemoryRooms) -> None:
    await crew.call("track.mute", room="lobby", identity="dana")
    everybody = await crew.call("track.mute_all", room="lobby")
    assert everybody.message == "lobby: a microphone muted; a microphone muted already."
    await crew.call("coordinator.undo")
    assert muted(rooms) == {("dana", "microphone")}


async def test_undo_leaves_out_tracks_that_ended(crew: Greenroom, rooms: MemoryRooms) -> None:
    await crew.call("track.mute_all", room="lobby")
    del rooms.inside["lobby"]["ben"]
    undone = await crew.call("coordinator.undo")
    assert undone.status == "done", undone.message
    assert undone.message == "lobby: a microphone unmuted. 1 ended meanwhile."


async def test_everybody_is_muted_but_those_who_are_kept_by_name_or_identity(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    named = replace(rooms.inside["lobby"]["ben"], name="Benjamin B.")
    rooms.inside["lobby"]["ben"] = named
    outcome = await crew.call("track.mute_all", room="lobby", keep=["Dana", "benjamin b."])
    assert (outcome.status, muted(rooms)) == ("done", set())
    await crew.call("track.mute_all", room="lobby", keep=["DANA"])
    assert muted(rooms) == {("ben", "microphone")}


@pytest.mark.parametrize("capability", ["track.mute_all", "track.unmute_all"])
async def test_a_name_with_a_slip_is_not_kept_silently(
    crew: Greenroom, rooms: MemoryRooms, capability: str
) -> None:
    outcome = await crew.call(capability, room="lobby", keep=["dama"])
    assert outcome.status == "blocked"
    assert outcome.error is not None
    assert "Did you mean dana?" in outcome.error.hint
    assert "mute_track" not in rooms.calls


async def test_agents_and_hidden_people_are_muted_by_name_only(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    inside = rooms.inside["lobby"]
    inside["ben"] = replace(inside["ben"], kind="agent")
    hidden = replace(inside["dana"].permission, hidden=True)
    inside["dana"] = replace(inside["dana"], permission=hidden)
    outcome = await crew.call("track.mute_all", room="lobby")
    assert muted(rooms) == set()
    assert "Left alone" in outcome.message
    assert "ben, dana" in outcome.message
    await crew.call("track.mute", room="lobby", identity="ben")
    assert muted(rooms) == {("ben", "microphone")}


async def test_rooms_are_meant_by_a_pattern_and_all_come_back(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    outcome = await crew.call("track.mute_matching", pattern="back*")
    assert outcome.message == "back-1, back-2, back-3: 2 microphones muted."
    assert muted(rooms, "back-1") == {("eve", "microphone")}
    assert muted(rooms) == set()
    await crew.call("coordinator.undo")
    assert muted(rooms, "back-1") | muted(rooms, "back-2") == set()
    nowhere = await crew.call("track.mute_matching", pattern="front*")
    assert nowhere.error is not None and nowhere.error.code == "not-found"


async def test_where_nobody_publishes_nothing_is_changed_and_that_is_no_failure(
    crew: Greenroom,
) -> None:
    outcome = await crew.call("track.mute_all", room="back-3")
    assert (outcome.status, outcome.message) == ("done", "back-3: nothing was there to be muted.")


async def test_unmuting_is_blocked_before_anything_happens_where_the_server_forbids_it(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    await crew.call("track.mute_all", room="lobby")
    rooms.remote_unmute = False
    calls: list[tuple[str, dict[str, str]]] = [
        ("track.unmute", {"room": "lobby", "identity": "dana"}),
        ("track.unmute_all", {"room": "lobby"}),
        ("coordinator.undo", {}),
    ]
    for capability, arguments in calls:
        outcome = await crew.call(capability, **arguments)
        assert outcome.status == "blocked", outcome.message
        assert "lets nobody unmute somebody else" in outcome.message
    assert len(muted(rooms)) == 2


async def test_a_server_that_says_yes_and_mutes_nothing_is_found_out(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    rooms.lies = True
    outcome = await crew.call("track.mute", room="lobby", identity="dana")
    assert outcome.error is not None
    assert outcome.error.code == "not-as-asked"


async def test_hundreds_are_muted_ten_at_a_time_and_an_interruption_counts_exactly(
    crew: Greenroom, rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(300):
        rooms.join("back-3", f"p{at}")
        rooms.publish("back-3", f"p{at}", "microphone")
    mute, reached = rooms.mute_track, asyncio.Event()
    under_way = most = 0

    async def slowly(room: str, identity: str, track: str, *, muted: bool) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if identity == "p150":
            reached.set()
        await asyncio.sleep(0.001)
        await mute(room, identity, track, muted=muted)
        under_way -= 1

    monkeypatch.setattr(rooms, "mute_track", slowly)
    task = asyncio.create_task(crew.call("track.mute_all", room="back-3"))
    await reached.wait()
    task.cancel()
    outcome = await task
    assert isinstance(outcome.error, Interrupted)
    done = len(muted(rooms, "back-3"))
    assert 0 < done < 300
    assert most == 10
    assert len(outcome.error.made.changed) == done
    assert len(outcome.error.made.remaining) == 300 - done
    assert f"Interrupted: {done} of 300 tracks muted, {300 - done} not come to." in outcome.message


async def test_a_server_that_fails_on_the_way_stops_it_with_a_count(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    rooms.fail["mute_track"] = ServerError("LiveKit is tired.", code="unavailable")
    outcome = await crew.call("track.mute_all", room="lobby")
    assert isinstance(outcome.error, Interrupted)
    assert "LiveKit is tired.: 0 of 2 tracks muted, 2 not come to." in outcome.message
