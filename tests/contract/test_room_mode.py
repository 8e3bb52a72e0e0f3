"""The room mode through the whole crew: the same answers on the sandbox and on a real livekit-server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.rights import policy_key
from tests.contract.conftest import Server, until


@pytest.fixture
async def crew(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Greenroom]:
    """A crew on the server under test, with a project of its own."""
    (tmp_path / ".ruru").mkdir()
    monkeypatch.chdir(tmp_path)
    async with Greenroom(
        url=server.url, api_key=server.api_key, api_secret=server.api_secret, home=tmp_path / "home"
    ) as crew:
        yield crew


async def test_metadata_is_replaced_merged_and_put_back(crew: Greenroom, name: str) -> None:
    await crew.call("room.create", name=name)
    said = await crew.ask(f'change the metadata of room {name} to "daily at nine"')
    assert (said.status, said.value.metadata) == ("done", "daily at nine")
    refused = await crew.call("room.update_metadata", room=name, metadata='{"a": 1}', merge=True)
    assert refused.error is not None
    assert refused.error.code == "failed-precondition"
    undone = await crew.call("coordinator.undo")
    assert undone.status == "done", undone.message
    assert (await crew.call("room.show", room=name)).value.room.metadata == ""
    for patch in ('{"a": 1, "b": {"c": 2}}', '{"a": null, "b": {"d": 3}}'):
        merged = await crew.call("room.update_metadata", room=name, metadata=patch, merge=True)
        assert merged.status == "done", merged.message
    assert merged.value.metadata == '{"b": {"c": 2, "d": 3}}'


@pytest.fixture
async def room(crew: Greenroom, name: str) -> AsyncIterator[str]:
    """A room that is gone at the end, with whatever its test put into it."""
    made = await crew.call("room.create", name=name)
    assert made.status == "done", made.message
    yield name
    await crew.call("room.delete", room=name, approve=True)


async def done(crew: Greenroom, capability: str, **arguments: Any) -> Any:
    """The result of a call that must succeed, approved."""
    outcome = await crew.call(capability, approve=True, **arguments)
    assert outcome.status == "done", outcome.message
    return outcome.value


async def undo(crew: Greenroom) -> None:
    """Take back what was done last."""
    outcome = await crew.call("coordinator.undo", approve=True)
    assert outcome.status == "done", outcome.message


async def refused(crew: Greenroom, capability: str, **arguments: Any) -> tuple[str, str]:
    """Status and code of a call that must not succeed."""
    outcome = await crew.call(capability, approve=True, **arguments)
    assert outcome.error is not None, outcome.message
    return outcome.status, outcome.error.code


async def test_a_participant_is_shown_with_rights_and_attributes(
    crew: Greenroom, server: Server, room: str
) -> None:
    await server.join(
        room, "dana", name="Dana", attributes={"seat": "4"}, video={"canPublish": False}
    )
    shown = await done(crew, "room.show_participant", room=room, identity="dana")
    assert (shown.name, shown.attributes["seat"]) == ("Dana", "4")
    assert (shown.permission.can_publish, shown.permission.can_subscribe) == (False, True)
    nobody = await refused(crew, "room.show_participant", room=room, identity="dan")
    assert nobody == ("failed", "not-found")


async def test_one_right_is_changed_and_all_others_stay(
    crew: Greenroom, server: Server, room: str
) -> None:
    rights = {"canUpdateOwnMetadata": True, "canPublishSources": ["camera", "screen_share"]}
    await server.join(room, "dana", video=rights)
    before = await done(crew, "room.show_participant", room=room, identity="dana")
    changed = await done(
        crew, "room.update_participant", room=room, identity="dana", can_publish_data=False
    )
    assert changed.permission == replace(before.permission, can_publish_data=False)
    await undo(crew)
    after = await done(crew, "room.show_participant", room=room, identity="dana")
    assert after.permission == before.permission


async def test_name_metadata_and_attributes_change_and_come_back(
    crew: Greenroom, server: Server, room: str
) -> None:
    await server.join(room, "dana", name="Dana", metadata="old", attributes={"a": "1", "b": "2"})
    changes = {"name": "Dana S.", "metadata": "new", "attributes": {"a": "9", "b": "", "c": "3"}}
    changed = await done(crew, "room.update_participant", room=room, identity="dana", **changes)
    kept = {k: v for k, v in changed.attributes.items() if k in "abc"}
    assert (changed.name, changed.metadata, kept) == ("Dana S.", "new", {"a": "9", "c": "3"})
    await undo(crew)
    back = await done(crew, "room.show_participant", room=room, identity="dana")
    kept = {k: v for k, v in back.attributes.items() if k in "abc"}
    assert (back.name, back.metadata, kept) == ("Dana", "old", {"a": "1", "b": "2"})


async def test_screen_sharing_is_taken_from_one_and_given_back(
    crew: Greenroom, server: Server, room: str
) -> None:
    await server.join(room, "dana")
    call = {"room": room, "identity": "dana"}
    without = await done(crew, "room.update_participant", **call, screen_sharing=False)
    assert set(without.permission.can_publish_sources) == {"camera", "microphone"}
    again = await done(crew, "room.update_participant", **call, screen_sharing=True)
    assert again.permission.can_publish_sources == ()


async def test_a_self_hosted_server_says_that_it_cannot_move_before_anything_runs(
    crew: Greenroom, server: Server, room: str
) -> None:
    await server.join(room, "dana")
    other = f"{room}-b"
    await done(crew, "room.create", name=other)
    call = {"room": room, "identity": "dana", "destination": other}
    outcome = await crew.call("room.move_participant", **call)
    assert outcome.status == "blocked"
    assert outcome.error is not None
    assert f"create-token dana --room {other}" in outcome.error.hint
    waived = {"can-move-participants": "to see what the server says"}
    tried = await crew.call("room.move_participant", waive=waived, **call)
    assert tried.error is not None
    assert (tried.status, tried.error.code) == ("failed", "server-error")
    await done(crew, "room.delete", room=other)


async def test_a_message_reaches_everybody_or_those_who_are_named(
    crew: Greenroom, server: Server, room: str
) -> None:
    dana, ana = await server.join(room, "dana"), await server.join(room, "ana")
    sent = await done(crew, "room.send_to_room", room=room, text="hi", topic="chat")
    assert (sent.size, sent.identities) == (2, ("ana", "dana"))
    await done(crew, "room.send_to_room", room=room, text="you", identities=["dana"])
    seen = [(b"hi", "chat"), (b"you", "")]

    async def arrived() -> bool:
        return dana.received() == seen

    await until(arrived)
    assert ana.received() == seen[:1]
    stranger = await refused(crew, "room.send_to_room", room=room, text="x", identities=["bob"])
    assert stranger == ("failed", "not-found")


async def test_agents_are_dispatched_listed_and_recalled(crew: Greenroom, room: str) -> None:
    made = await crew.call("room.dispatch_agent", room=room, agent="scribe", metadata="de")
    assert made.status == "done", made.message
    (warning,) = [c for c in made.steps[0].checks if c.verdict == "warn"]
    assert warning.rule == "agent-dispatched"
    listed = await done(crew, "room.list_agents", room=room)
    named = [(one.agent_name, one.metadata) for one in listed.dispatches if one.agent_name]
    assert (named, listed.participants) == ([("scribe", "de")], ())
    await undo(crew)
    listed = await done(crew, "room.list_agents", room=room)
    assert [one for one in listed.dispatches if one.agent_name] == []
    gone = await refused(crew, "room.recall_agent", room=room, agent="scribe")
    assert gone == ("failed", "not-found")


async def test_agents_that_joined_are_listed(crew: Greenroom, server: Server, room: str) -> None:
    await server.join(room, "helper", kind="agent", video={"agent": True})
    listed = await done(crew, "room.list_agents", room=room)
    assert [one.identity for one in listed.participants] == ["helper"]


async def test_a_policy_holds_for_people_inside_and_undo_gives_each_their_rights_back(
    crew: Greenroom, server: Server, room: str
) -> None:
    await server.join(room, "dana")
    await server.join(room, "ana", video={"canPublishSources": ["microphone", "screen_share"]})
    await server.join(room, "bob", video={"canPublishSources": ["camera"]})
    before = (await done(crew, "room.list_participants", room=room)).participants
    said = await crew.ask(f"disable screen sharing in room {room}")
    assert said.status == "done", said.message
    assert [person.identity for person in said.value.changed] == ["ana", "dana"]
    now = (await done(crew, "room.list_participants", room=room)).participants
    assert [set(person.permission.can_publish_sources) for person in now] == [
        {"microphone"},
        {"camera"},
        {"camera", "microphone"},
    ]
    against = {"room": room, "identity": "dana", "screen_sharing": True}
    assert (await refused(crew, "room.update_participant", **against))[0] == "blocked"
    await undo(crew)
    after = (await done(crew, "room.list_participants", room=room)).participants
    assert [p.permission for p in after] == [p.permission for p in before]
    await done(crew, "room.update_participant", **against)


async def test_a_layout_is_mirrored_in_json_metadata_and_taken_back(
    crew: Greenroom, room: str
) -> None:
    await done(crew, "room.update_metadata", room=room, metadata='{"topic": "x"}')
    await done(crew, "room.set_layout", room=room, layout="speaker")
    shown = (await done(crew, "room.show", room=room)).room
    assert json.loads(shown.metadata) == {"topic": "x", "layout": "speaker"}
    await undo(crew)
    shown = (await done(crew, "room.show", room=room)).room
    assert json.loads(shown.metadata) == {"topic": "x"}


async def test_the_sentence_of_the_guide_makes_the_room_and_says_that_nothing_records(
    crew: Greenroom, name: str
) -> None:
    said = await crew.ask(
        f'Create a new room named "{name}" with max capacity of 100, enabled recording, and disabled '
        "screen sharing for participants"
    )
    assert said.status == "done", said.message
    assert "Nothing will be recorded" in said.message
    assert (said.value.max_participants, said.value.policy) == (100, {"screenSharing": False})
    assert crew._configuration.chosen(policy_key(name, "screenSharing")) is False
    against = await refused(crew, "room.create", name=name, screen_sharing=True)
    assert against[0] == "blocked"
    await undo(crew)
    assert crew._configuration.chosen(policy_key(name)) in (None, {})
    assert await refused(crew, "room.show", room=name) == ("failed", "not-found")


async def test_rooms_are_created_by_number_and_deleted_by_pattern_as_they_were_shown(
    crew: Greenroom, server: Server, name: str
) -> None:
    made = await crew.ask(f"create 12 rooms named {name}-1 to {name}-12")
    assert made.status == "done", made.message
    assert len(made.value.done) == 12
    await server.join(f"{name}-1", "early")
    await until(lambda: counted(crew, f"{name}-1"))
    shown = await crew.ask(f"delete all rooms whose names start with {name}-")
    assert shown.status == "needs_approval", shown.message
    assert shown.approval is not None
    (step,) = shown.approval.steps
    assert len(step["arguments"]["rooms"]) == 12
    await server.join(f"{name}-2", "late")
    await done(crew, "room.delete", room=f"{name}-3")
    await done(crew, "room.create", name=f"{name}-3")
    await done(crew, "room.create", name=f"{name}-13")
    outcome = await crew.approve(shown.approval.id)
    assert outcome.status == "done", outcome.message
    assert outcome.value.skipped == {
        f"{name}-2": "1 person joined meanwhile",
        f"{name}-3": "it is another room by now",
    }
    assert len(outcome.value.done) == 10
    left = [room.name for room in await crew._rooms.list_rooms() if room.name.startswith(name)]
    assert left == [f"{name}-13", f"{name}-2", f"{name}-3"]
    await undo(crew)
    back = [room.name for room in await crew._rooms.list_rooms() if room.name.startswith(name)]
    assert len(back) == 13
    await done(crew, "room.delete_matching", pattern=f"{name}*")


async def counted(crew: Greenroom, name: str) -> bool:
    """Whether the server's own head count of a room has come to 1: it lags."""
    return any(room.num_participants for room in await crew._rooms.list_rooms([name]))


async def test_empty_rooms_are_told_apart_and_what_is_not_known_is_said(
    crew: Greenroom, server: Server, name: str
) -> None:
    for room in ("a", "b"):
        await done(crew, "room.create", name=f"{name}-{room}")
    await server.join(f"{name}-b", "dana")
    await until(lambda: counted(crew, f"{name}-b"))
    call = {"pattern": f"{name}*", "empty_for": 1}
    # Rooms know their age in whole seconds.
    await asyncio.sleep(2.1)
    shown = await crew.call("room.delete_matching", **call)
    assert shown.approval is not None
    assert list(shown.approval.steps[0]["arguments"]["rooms"]) == [f"{name}-a"]
    assert "does not say since when" in shown.message
    young = await refused(crew, "room.delete_matching", pattern=f"{name}*", empty_for=3600)
    assert young == ("failed", "not-found")
    await done(crew, "room.delete_matching", pattern=f"{name}*")


async def test_people_are_removed_by_pattern_and_whoever_joined_anew_stays(
    crew: Greenroom, server: Server, room: str
) -> None:
    for identity in ("test-1", "test-2", "dana"):
        await server.join(room, identity)
    shown = await crew.ask(f"remove everyone whose name starts with test- from {room}")
    assert shown.status == "needs_approval", shown.message
    assert shown.approval is not None
    await done(crew, "room.remove_participant", room=room, identity="test-2")
    await server.join(room, "test-2")
    outcome = await crew.approve(shown.approval.id)
    assert outcome.value.done == ("test-1",)
    assert outcome.value.skipped == {"test-2": "joined anew meanwhile"}
    inside = (await done(crew, "room.list_participants", room=room)).participants
    assert [person.identity for person in inside] == ["dana", "test-2"]
