"""Who receives what, and what is published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from greenroom.crew import Greenroom
from tests.doubles import MemoryRooms


@pytest.mark.parametrize(
    ("arguments", "count", "message"),
    [
        (
            {"room": "lobby"},
            6,
            "In lobby: ben: microphone on, screen share on, screen sound on; dana: microphone on, camera on, camera on.",
        ),
        (
            {"room": "lobby", "identity": "ben", "sources": ["screen_share"]},
            2,
            "In lobby: ben: screen share on, screen sound on.",
        ),
        (
            {"room": "lobby", "identity": "ben", "sources": ["camera"]},
            0,
            "ben publishes no camera in lobby.",
        ),
        ({"room": "lobby", "identity": "ana"}, 0, "ana publishes nothing in lobby."),
        (
            {"room": "back-2", "sources": ["camera"]},
            0,
            "Nobody publishes a camera in back-2.",
        ),
        ({"room": "back-3"}, 0, "Nobody publishes anything in back-3."),
    ],
)
async def test_what_is_published_is_told_by_person(
    crew: Greenroom, arguments: dict[str, Any], count: int, message: str
) -> None:
    outcome = await crew.call("track.list", **arguments)
    assert (len(outcome.value.tracks), outcome.message) == (count, message)


async def test_a_muted_track_is_told_as_muted_and_who_is_not_there_is_not_found(
    crew: Greenroom,
) -> None:
    await crew.call("track.mute", room="lobby", identity="dana")
    shown = await crew.call("track.list", room="lobby", identity="dana", sources=["microphone"])
    assert shown.message == "In lobby: dana: microphone muted."
    wrong = await crew.call("track.list", room="lobby", identity="dena")
    assert wrong.error is not None
    assert (wrong.error.code, wrong.error.hint) == ("not-found", "Did you mean dana?")


async def test_somebody_receives_what_is_named_and_undo_takes_exactly_that_away(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    sids = [t.sid for t in rooms.inside["lobby"]["dana"].tracks if t.source == "camera"]
    call = {"room": "lobby", "identity": "ana", "publisher": "dana", "sources": ["camera"]}
    outcome = await crew.call("track.subscribe", **call)
    assert outcome.status == "done", outcome.message
    assert "cannot" not in outcome.message
    assert "LiveKit does not show who receives what" in outcome.message
    assert rooms.subscribed["lobby", "ana"] == dict.fromkeys(sids, True)
    rooms.publish("lobby", "dana", "camera")
    await crew.call("coordinator.undo")
    assert rooms.subscribed["lobby", "ana"] == dict.fromkeys(sids, False)


async def test_everybody_means_all_others(crew: Greenroom, rooms: MemoryRooms) -> None:
    outcome = await crew.call("track.unsubscribe", room="lobby", identity="dana")
    bens = {track.sid for track in rooms.inside["lobby"]["ben"].tracks}
    assert outcome.status == "done", outcome.message
    assert set(rooms.subscribed["lobby", "dana"]) == bens
    assert not any(rooms.subscribed["lobby", "dana"].values())


async def test_who_may_receive_nothing_is_not_subscribed(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    await rooms.update_participant("lobby", "ana", permission={"can_subscribe": False})
    outcome = await crew.call("track.subscribe", room="lobby", identity="ana")
    assert outcome.status == "blocked"
    assert outcome.error is not None
    assert "update-participant lobby ana --can-subscribe" in outcome.error.hint
    assert "update_subscriptions" not in rooms.calls


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        ({"identity": "ana", "publisher": "ana"}, "invalid-argument", ""),
        (
            {"identity": "ana", "publisher": "ben", "sources": ["camera"]},
            "not-found",
            "Published is a microphone, a screen share and a screen sound.",
        ),
        ({"identity": "ana", "publisher": "bem"}, "not-found", "Did you mean ben?"),
        ({"identity": "anna"}, "not-found", "Did you mean ana?"),
    ],
)
async def test_what_cannot_be_received_is_said(
    crew: Greenroom, arguments: dict[str, Any], code: str, hint: str
) -> None:
    outcome = await crew.call("track.subscribe", room="lobby", **arguments)
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.hint) == (code, hint)


async def test_an_undo_is_not_for_somebody_who_joined_anew(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    await crew.call("track.unsubscribe", room="lobby", identity="ana")
    rooms.inside["lobby"]["ana"] = replace(rooms.inside["lobby"]["ana"], sid="PA_new")
    undone = await crew.call("coordinator.undo")
    assert undone.error is not None
    assert undone.error.code == "changed-since"
