"""What the calls of the room mode send: bytes on a socket, decoded with LiveKit's own messages. No livekit-server."""

from __future__ import annotations

import json

import pytest
from livekit.protocol import agent, agent_dispatch, models
from livekit.protocol import room as proto

from greenroom.adapters.livekit.dispatch import LiveKitDispatch
from greenroom.adapters.livekit.mapping import changed_permission, to_dispatch
from greenroom.domain.errors import GreenroomError
from tests.adapters.livekit.conftest import MakeRooms
from tests.adapters.livekit.servers import PROTOBUF, answer, saying, serve, twirp


def test_what_this_version_does_not_know_of_permissions_is_kept() -> None:
    known = models.ParticipantPermission(can_publish=True, can_subscribe=True, agent=True)
    # Field 99, a varint of 1: a right of the future.
    now = models.ParticipantPermission.FromString(known.SerializeToString() + b"\x98\x06\x01")
    changed = changed_permission(
        now, {"can_publish": False, "can_publish_sources": ["screen_share"]}
    )
    assert (changed.can_publish, changed.can_subscribe, changed.agent) == (False, True, True)
    assert list(changed.can_publish_sources) == [models.SCREEN_SHARE]
    assert changed.SerializeToString().endswith(b"\x98\x06\x01")
    assert now.can_publish


def test_jobs_of_a_dispatch_are_told_by_their_state() -> None:
    job = agent.Job(state=agent.JobState(status=agent.JobStatus.JS_RUNNING))
    state = agent_dispatch.AgentDispatchState(jobs=[job])
    found = to_dispatch(agent_dispatch.AgentDispatch(id="AD_1", agent_name="scribe", state=state))
    assert found.jobs == ("running",)


@pytest.mark.parametrize("record", [True, False])
async def test_a_room_to_be_recorded_carries_auto_egress(
    make_rooms: MakeRooms, record: bool
) -> None:
    made = models.Room(sid="RM_1", name="a").SerializeToString()
    async with serve(saying(answer("200 OK", made, Content_Type=PROTOBUF))) as server:
        await make_rooms(server.url).create_room("a", record=record)
    sent = proto.CreateRoomRequest.FromString(server.requests[0].partition(b"\r\n\r\n")[2])
    assert sent.HasField("egress") is record
    files = [output.filepath for output in sent.egress.room.file_outputs]
    assert files == (["{room_name}-{time}.mp4"] if record else [])


async def test_writes_to_participants_and_agents_are_sent_once(make_rooms: MakeRooms) -> None:
    async with serve(saying(twirp("503 No", "unavailable"))) as server:
        rooms = make_rooms(server.url)
        dispatch = LiveKitDispatch(rooms)
        for write in (
            rooms.update_participant("a", "b", name="c"),
            rooms.move_participant("a", "b", "c"),
            rooms.send_data("a", b"x"),
            dispatch.create_dispatch("a", "b", ""),
            dispatch.delete_dispatch("a", "b"),
        ):
            with pytest.raises(GreenroomError):
                await write
    paths = [request.split(b" ")[1].rpartition(b"/")[2].decode() for request in server.requests]
    assert paths == [
        "UpdateParticipant",
        "MoveParticipant",
        "SendData",
        "CreateDispatch",
        "DeleteDispatch",
    ]


async def test_two_messages_have_two_nonces(make_rooms: MakeRooms) -> None:
    async with serve(saying(answer("200 OK", Content_Type=PROTOBUF))) as server:
        for _ in range(2):
            await make_rooms(server.url).send_data("a", json.dumps({}).encode())
    sent = [
        proto.SendDataRequest.FromString(request.partition(b"\r\n\r\n")[2])
        for request in server.requests
    ]
    assert len({len(one.nonce) for one in sent} | {16}) == 1
    assert sent[0].nonce != sent[1].nonce
