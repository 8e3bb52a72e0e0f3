"""Rules of the room mode: each passes, warns and blocks where it says. The whole crew, rooms in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.egress import EgressInfo, EgressRequest
from greenroom.domain.errors import ServerError
from greenroom.domain.nouns import AgentDispatch, Permission, Room
from greenroom.domain.outcome import Outcome
from greenroom.domain.ports import Target
from tests.doubles import FakeClock, MemoryRooms
from tests.egress_double import MemoryEgress

WORLD = {"lobby": ["dana", "test-1", "test-2"], "stage": [], "test-a": [], "test-b": ["ana"]}


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms(WORLD)


def verdict(outcome: Outcome, rule: str) -> str:
    """What a rule said of the last step."""
    return {check.rule: check.verdict for check in outcome.steps[-1].checks}[rule]


async def call(crew: Greenroom, capability: str, **arguments: Any) -> Outcome:
    return await crew.call(capability, approve=True, **arguments)


@pytest.mark.parametrize(
    ("capability", "arguments", "rule"),
    [
        ("update_metadata", {"room": "lobby", "metadata": "x"}, "room-metadata-as-asked"),
        (
            "update_participant",
            {"room": "lobby", "identity": "dana", "name": "Dana"},
            "participant-as-asked",
        ),
        (
            "update_participant",
            {"room": "lobby", "identity": "dana", "attributes": {"seat": "4"}},
            "participant-as-asked",
        ),
        (
            "update_participant",
            {"room": "lobby", "identity": "dana", "can_update_metadata": True},
            "participant-as-asked",
        ),
        ("set_policy", {"room": "lobby", "can_publish": False}, "room-policy-applied"),
        ("set_layout", {"room": "lobby", "layout": "grid"}, "room-layout-mirrored"),
        ("dispatch_agent", {"room": "lobby", "agent": "scribe"}, "agent-dispatched"),
        ("create_many", {"name": "lab", "count": 3}, "rooms-created"),
        ("delete_matching", {"pattern": "test-*"}, "rooms-gone"),
        ("remove_matching", {"room": "lobby", "pattern": "test-*"}, "participants-gone"),
    ],
)
async def test_what_the_server_agreed_to_and_did_not_do_is_found_out(
    crew: Greenroom, rooms: MemoryRooms, capability: str, arguments: dict[str, Any], rule: str
) -> None:
    rooms.lies = True
    outcome = await call(crew, f"room.{capability}", **arguments)
    assert outcome.error is not None
    assert (outcome.status, outcome.error.code) == ("failed", "not-as-asked")
    assert verdict(outcome, rule) == "block"
    rooms.lies = False
    outcome = await call(crew, f"room.{capability}", **arguments)
    assert outcome.status == "done", outcome.message
    assert verdict(outcome, rule) in {"pass", "warn"}


async def test_a_recall_that_did_not_happen_is_found_out(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    await call(crew, "room.dispatch_agent", room="lobby", agent="scribe")
    rooms.lies = True
    outcome = await call(crew, "room.recall_agent", room="lobby", agent="scribe")
    assert (outcome.status, verdict(outcome, "agent-recalled")) == ("failed", "block")
    rooms.lies = False
    outcome = await call(crew, "room.recall_agent", room="lobby", agent="scribe")
    assert (outcome.status, verdict(outcome, "agent-recalled")) == ("done", "pass")


async def test_an_agent_that_a_worker_took_is_no_warning(
    crew: Greenroom, rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned = await call(crew, "room.dispatch_agent", room="lobby", agent="scribe")
    assert verdict(warned, "agent-dispatched") == "warn"

    async def taken(_room: str) -> tuple[AgentDispatch, ...]:
        return tuple(replace(one, jobs=("running",)) for one in rooms.dispatches.values())

    monkeypatch.setattr(rooms, "list_dispatches", taken)
    outcome = await call(crew, "room.dispatch_agent", room="lobby", agent="scribe")
    assert verdict(outcome, "agent-dispatched") == "pass"


@pytest.mark.parametrize(
    ("url", "destination", "said"),
    [
        ("wss://x.livekit.cloud", "stage", "pass"),
        ("wss://x.livekit.cloud", "lobby", "block"),
        ("ws://localhost:7880", "stage", "block"),
        ("wss://livekit.cloud.example.com", "stage", "block"),
    ],
)
async def test_people_move_on_livekit_cloud_only(
    crew: Greenroom, url: str, destination: str, said: str
) -> None:
    crew.__dict__["_target"] = Target(url=url, api_key="APIkey", source="arguments")
    outcome = await call(
        crew, "room.move_participant", room="lobby", identity="dana", destination=destination
    )
    assert verdict(outcome, "can-move-participants") == said
    assert outcome.status == ("done" if said == "pass" else "blocked")
    if said == "pass":
        undone = await call(crew, "coordinator.undo")
        assert undone.message == "dana moved from stage to lobby."


async def test_a_move_that_did_not_happen_is_found_out(crew: Greenroom, rooms: MemoryRooms) -> None:
    crew.__dict__["_target"] = Target(url="wss://x.livekit.cloud", api_key="A", source="arguments")
    rooms.lies = True
    arguments = {"room": "lobby", "identity": "dana", "destination": "stage"}
    outcome = await call(crew, "room.move_participant", **arguments)
    assert verdict(outcome, "participant-moved") == "block"


@pytest.mark.parametrize(
    ("size", "reliable", "said"),
    [
        (15 * 1024, True, "pass"),
        (15 * 1024 + 1, True, "block"),
        (1_300, False, "pass"),
        (1_301, False, "warn"),
        (15 * 1024 + 1, False, "block"),
    ],
)
async def test_a_message_must_fit(crew: Greenroom, size: int, reliable: bool, said: str) -> None:
    outcome = await call(
        crew, "room.send_to_room", room="lobby", text="x" * size, reliable=reliable
    )
    assert verdict(outcome, "data-size") == said


async def test_a_message_to_nobody_is_a_warning(crew: Greenroom) -> None:
    nobody = await call(crew, "room.send_to_room", room="stage", text="hi")
    assert (nobody.status, verdict(nobody, "somebody-inside")) == ("done", "warn")
    somebody = await call(crew, "room.send_to_room", room="lobby", text="hi")
    assert verdict(somebody, "somebody-inside") == "pass"


@pytest.mark.parametrize(
    ("policy", "asked", "said"),
    [
        ({"screen_sharing": False}, {"screen_sharing": True}, "block"),
        ({"screen_sharing": False}, {"can_publish_sources": ["screen_share"]}, "block"),
        ({"screen_sharing": False}, {"can_publish_sources": ["camera"]}, "pass"),
        ({"screen_sharing": True}, {"screen_sharing": True}, "pass"),
        ({"can_publish": False}, {"can_publish": True}, "block"),
        ({"can_publish": True}, {"can_publish": False}, "pass"),
        ({"can_publish_data": False}, {"can_publish_data": True}, "block"),
        ({"can_subscribe": False}, {"can_subscribe": True}, "block"),
        (
            {"can_publish_sources": ["microphone"]},
            {"can_publish_sources": ["camera", "microphone"]},
            "block",
        ),
        ({"can_publish_sources": ["microphone"]}, {"can_publish_sources": ["microphone"]}, "pass"),
    ],
)
async def test_nobody_is_given_what_the_policy_of_the_room_withholds(
    crew: Greenroom, policy: dict[str, Any], asked: dict[str, Any], said: str
) -> None:
    assert (await call(crew, "room.set_policy", room="lobby", **policy)).status == "done"
    outcome = await call(crew, "room.update_participant", room="lobby", identity="dana", **asked)
    assert verdict(outcome, "participant-room-policy") == said
    assert outcome.status == ("blocked" if said == "block" else "done")


async def test_a_policy_leaves_agents_alone(crew: Greenroom, rooms: MemoryRooms) -> None:
    rooms.inside["lobby"]["dana"] = replace(rooms.inside["lobby"]["dana"], kind="agent")
    outcome = await call(crew, "room.set_policy", room="lobby", can_publish=False)
    assert [person.identity for person in outcome.value.changed] == ["test-1", "test-2"]
    assert rooms.inside["lobby"]["dana"].permission == Permission()


async def test_without_a_source_but_the_screen_nothing_may_be_published(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    only = Permission(can_publish_sources=("screen_share",))
    rooms.inside["lobby"]["dana"] = replace(rooms.inside["lobby"]["dana"], permission=only)
    await call(crew, "room.set_policy", room="lobby", screen_sharing=False)
    assert rooms.inside["lobby"]["dana"].permission.can_publish is False
    undone = await call(crew, "coordinator.undo")
    assert undone.status == "done", undone.message
    assert rooms.inside["lobby"]["dana"].permission == only


async def test_a_policy_of_a_room_that_does_not_exist_yet_is_kept(crew: Greenroom) -> None:
    outcome = await call(crew, "room.set_policy", room="my room.v2", hidden=True)
    assert (outcome.status, outcome.value.changed) == ("done", ())
    assert verdict(outcome, "room-policy-kept") == "pass"
    assert crew._configuration.chosen('room.policies."my room.v2".hidden') is True


async def test_a_policy_that_a_higher_layer_overrides_is_a_warning(
    crew: Greenroom, tmp_path: Path
) -> None:
    file = tmp_path / ".ruru" / "config" / "livekit.development.json"
    file.parent.mkdir()
    file.write_text('{"room": {"policies": {"lobby": {"canPublish": true}}}}')
    outcome = await call(crew, "room.set_policy", room="lobby", can_publish=False)
    assert verdict(outcome, "room-policy-kept") == "warn"


async def test_a_recording_is_promised_only_where_something_records(
    crew: Greenroom, rooms: MemoryRooms, egress: MemoryEgress
) -> None:
    without = await call(crew, "room.create", name="a", recording=True)
    assert (without.status, verdict(without, "something-records")) == ("done", "warn")
    assert "Nothing will be recorded" in without.message
    egress.there, egress.name = True, "livekit"
    recorded = await call(crew, "room.create", name="b", recording=True)
    assert verdict(recorded, "something-records") == "pass"
    assert (rooms.recorded, recorded.value.recording) == ({"b"}, True)
    silent = await call(crew, "room.create", name="c")
    assert (verdict(silent, "something-records"), rooms.recorded) == ("pass", {"b"})
    assert egress.awaited == []


async def test_greenroom_s_recorder_waits_for_the_first_participant_with_the_settings_of_recordings(
    crew: Greenroom, rooms: MemoryRooms, egress: MemoryEgress
) -> None:
    egress.there = True
    await call(crew, "recording.configure", format="mp4", layout="grid")
    made = await call(crew, "room.create", name="b", recording=True)
    assert (made.value.recording, rooms.recorded) == (True, set())
    (awaited,) = egress.awaited
    assert (awaited.room, awaited.source.layout) == ("b", "grid")
    assert awaited.outputs[0].format == "mp4"


async def test_a_recorder_that_cannot_wait_leaves_a_room_that_says_why_it_is_not_recorded(
    crew: Greenroom, rooms: MemoryRooms, egress: MemoryEgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    egress.there = True

    async def cannot(request: EgressRequest) -> EgressInfo:
        msg = f"It cannot wait for {request.room}."
        raise ServerError(msg, code="unimplemented")

    monkeypatch.setattr(egress, "await_room", cannot)
    made = await call(crew, "room.create", name="b", recording=True)
    assert (made.status, made.value.recording, set(rooms.rooms) >= {"b"}) == ("done", False, True)
    assert made.message.endswith("It is not recorded: It cannot wait for b.")


async def test_a_room_is_not_made_for_a_recording_that_is_forbidden(
    crew: Greenroom, rooms: MemoryRooms, egress: MemoryEgress
) -> None:
    egress.there = True
    await call(crew, "recording.configure", enabled=False)
    assert (await call(crew, "room.create", name="b", recording=True)).status == "blocked"
    assert "b" not in rooms.rooms
    assert (await call(crew, "room.create", name="b")).status == "done"


@pytest.mark.parametrize(
    ("kept", "asked", "said"),
    [
        (None, False, "pass"),
        (False, False, "pass"),
        (False, True, "block"),
        (True, False, "block"),
        (False, None, "pass"),
    ],
)
async def test_a_room_is_not_created_against_its_policy(
    crew: Greenroom, kept: bool | None, asked: bool | None, said: str
) -> None:
    if kept is not None:
        await call(crew, "room.set_policy", room="new", screen_sharing=kept)
    outcome = await call(crew, "room.create", name="new", screen_sharing=asked)
    assert verdict(outcome, "room-policy-agrees") == said


async def test_creating_a_room_that_exists_does_not_change_its_policy(crew: Greenroom) -> None:
    outcome = await call(crew, "room.create", name="lobby", screen_sharing=False)
    assert (outcome.status, verdict(outcome, "room-policy-agrees")) == ("blocked", "block")
    assert "set-policy lobby" in (outcome.error.hint if outcome.error else "")


async def test_an_undo_of_a_room_forgets_only_the_policy_that_it_made(crew: Greenroom) -> None:
    await call(crew, "room.set_policy", room="kept", screen_sharing=False)
    await call(crew, "room.create", name="kept", screen_sharing=False)
    assert (await call(crew, "coordinator.undo")).status == "done"
    assert crew._configuration.chosen("room.policies.kept.screenSharing") is False
    await call(crew, "room.create", name="fresh", screen_sharing=False)
    assert (await call(crew, "coordinator.undo")).status == "done"
    assert not crew._configuration.chosen("room.policies.fresh")


@pytest.mark.parametrize(("size", "said"), [(64_000, "pass"), (64_001, "block")])
async def test_attributes_must_fit(crew: Greenroom, size: int, said: str) -> None:
    outcome = await call(
        crew,
        "room.update_participant",
        room="lobby",
        identity="dana",
        attributes={"a": "x" * (size - 1)},
    )
    assert verdict(outcome, "attributes-size") == said


async def test_who_is_in_rooms_to_delete_is_said_before_the_yes(crew: Greenroom) -> None:
    shown = await crew.call("room.delete_matching", pattern="test-*")
    assert verdict(shown, "rooms-occupied") == "warn"
    assert "test-b has people inside" in shown.message
    empty = await crew.call("room.delete_matching", pattern="test-a")
    assert (empty.status, verdict(empty, "rooms-occupied")) == ("needs_approval", "pass")


async def test_since_when_a_room_is_empty_is_not_pretended_to_be_known(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    rooms.rooms = {name: aged(room, 100) for name, room in rooms.rooms.items()}
    shown = await crew.call("room.delete_matching", empty_for=60)
    assert verdict(shown, "rooms-empty-since") == "warn"
    assert "does not say since when" in shown.message
    assert set(shown.steps[0].arguments["rooms"]) == {"stage", "test-a"}
    plain = await crew.call("room.delete_matching", empty=True)
    assert verdict(plain, "rooms-empty-since") == "pass"
    young = await crew.call("room.delete_matching", empty_for=101)
    assert young.error is not None
    assert young.error.code == "not-found"


def aged(room: Room, seconds: int) -> Room:
    """The room, made so long ago."""
    return replace(room, creation_time=int(FakeClock().now()) - seconds)


async def test_rooms_that_exist_already_are_said_and_stay(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    rooms._add("lab-2", max_participants=7)
    outcome = await call(crew, "room.create_many", name="lab", count=3, max_participants=5)
    assert verdict(outcome, "rooms-exist-already") == "warn"
    assert (
        outcome.message
        == "2 of 3 rooms created, 1 left alone: lab-1 to lab-3. There already: lab-2."
    )
    assert rooms.rooms["lab-2"].max_participants == 7
    fresh = await call(crew, "room.create_many", name="other", count=2)
    assert verdict(fresh, "rooms-exist-already") == "pass"
