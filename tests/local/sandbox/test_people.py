"""People commanded from Python: they can do what they may, and nothing once they left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from greenroom.local.sandbox.people import Person
from greenroom.local.sandbox.world import World
from greenroom.local.twirp.refusals import Refusal


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def world(told: list[str]) -> World:
    return World(tell=lambda _room, event, _person, _track: told.append(event))


@pytest.mark.parametrize(
    ("grant", "may"),
    [
        ({}, {"camera", "microphone", "screen_share", "screen_share_audio"}),
        ({"canPublish": False}, set()),
        ({"canPublishSources": ["microphone"]}, {"microphone"}),
        ({"canPublish": False, "canPublishSources": ["microphone"]}, set()),
    ],
    ids=str,
)
def test_sources_are_what_the_grant_allows(
    world: World, grant: dict[str, Any], may: set[str]
) -> None:
    anna = world.join("stage", "anna", grant=grant)
    for source in ("camera", "microphone", "screen_share", "screen_share_audio"):
        if source in may:
            assert anna.publish(source).startswith("TR_")
        else:
            with pytest.raises(Refusal) as caught:
                anna.publish(source)
            assert caught.value.code == "permission_denied"
    assert len(anna.info.tracks) == len(may)


@pytest.mark.parametrize(
    "act",
    [
        lambda anna: anna.publish("camera"),
        lambda anna: anna.send(b"x"),
        lambda anna: anna.update(name="x"),
    ],
)
def test_who_left_can_do_nothing(
    world: World, told: list[str], act: Callable[[Person], object]
) -> None:
    anna = world.join("stage", "anna", grant={"canUpdateOwnMetadata": True})
    anna.leave()
    before = list(told)
    with pytest.raises(Refusal) as caught:
        act(anna)
    assert caught.value.code == "failed_precondition"
    assert told == before


def test_leaving_twice_is_told_once(world: World, told: list[str]) -> None:
    anna = world.join("stage", "anna")
    anna.leave()
    anna.leave()
    assert told == ["room_started", "participant_joined", "participant_left"]


def test_a_reason_that_does_not_exist_changes_nothing(world: World) -> None:
    anna = world.join("stage", "anna")
    with pytest.raises(ValueError, match="BORED"):
        anna.leave("BORED")
    assert anna.left is None
    assert world.person("stage", "anna") is anna


def test_the_info_is_a_copy(world: World) -> None:
    anna = world.join("stage", "anna")
    anna.info.name = "changed"
    assert anna.info.name == ""


def test_data_goes_to_others_or_to_those_named(world: World) -> None:
    anna, bob, eve = (world.join("stage", name) for name in ("anna", "bob", "eve"))
    anna.send(b"all")
    anna.send(b"bob", topic="t", to=["bob"])
    shown = [[data.payload for data in person.received] for person in (anna, bob, eve)]
    assert shown == [[], [b"all", b"bob"], [b"all"]]
    assert (bob.received[1].sender, bob.received[1].topic) == ("anna", "t")


def test_data_needs_the_right_to_it(world: World) -> None:
    anna, bob = (
        world.join("stage", "anna", grant={"canPublishData": False}),
        world.join("stage", "bob"),
    )
    with pytest.raises(Refusal):
        anna.send(b"x")
    assert bob.received == []


def test_what_was_received_long_ago_is_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenroom.local.sandbox.world.MOST_KEPT", 3)
    anna, bob = world.join("stage", "anna"), world.join("stage", "bob")
    for number in range(5):
        anna.send(str(number).encode())
    assert [data.payload for data in bob.received] == [b"2", b"3", b"4"]


def test_a_muted_track_is_shown_at_once(world: World) -> None:
    anna = world.join("stage", "anna")
    sid = anna.publish("microphone", name="mic", muted=True)
    assert '"muted":true' in anna.text
    anna.mute(sid, False)
    assert '"muted":true' not in anna.text
    assert anna.mute("TR_no") is None


@pytest.mark.parametrize(("room", "identity"), [("", "anna"), ("stage", ""), ("", "")])
def test_nobody_joins_without_a_name(world: World, room: str, identity: str) -> None:
    with pytest.raises(Refusal) as caught:
        world.join(room, identity)
    assert caught.value.code == "invalid_argument"
    assert world.rooms == {}


def test_a_full_room_takes_agents_and_those_who_come_again(world: World) -> None:
    from livekit.protocol import room as proto

    world.room(proto.CreateRoomRequest(name="stage", max_participants=1))
    first = world.join("stage", "anna")
    world.join("stage", "agent", kind="agent")
    again = world.join("stage", "anna")
    assert first.left == "DUPLICATE_IDENTITY"
    with pytest.raises(Refusal, match="max participants"):
        world.join("stage", "bob")
    assert again.left is None
    assert world.rooms["stage"].info.num_participants == 1
