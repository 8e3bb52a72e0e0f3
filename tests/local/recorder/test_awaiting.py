"""A recording that waits for its room's first participant: what automatic egress is where there is no Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from google.protobuf.json_format import MessageToDict
from livekit import api

from tests.local.recorder.conftest import Studio, eventually, open_studio, workers
from tests.local.recorder.media import facts, shots

S3 = api.S3Upload(bucket="lectures", access_key="AKIA", secret="hidden-key", region="eu-west-1")
STARTING, ACTIVE = api.EgressStatus.EGRESS_STARTING, api.EgressStatus.EGRESS_ACTIVE
COMPLETE, ABORTED = api.EgressStatus.EGRESS_COMPLETE, api.EgressStatus.EGRESS_ABORTED


@pytest_asyncio.fixture
async def rooms(studio: Studio) -> AsyncIterator[api.LiveKitAPI]:
    """The LiveKit server, with the studio's room, which is empty."""
    server = studio.server
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name=studio.room))
        yield livekit


async def awaiting(studio: Studio, **more: Any) -> tuple[int, dict[str, Any]]:
    """Ask for it: status and answer."""
    request = api.RoomCompositeEgressRequest(room_name=studio.room, **more)
    token = studio.livekit.egress._auth_header(api.VideoGrants(room_record=True))
    url = f"{studio.recorder.url}/twirp/greenroom.Egress/AwaitRoomComposite"
    body = MessageToDict(request)
    async with studio.livekit._session.post(url, json=body, headers=token) as answer:
        return answer.status, await answer.json()


async def waits(studio: Studio, name: str = "waited") -> str:
    """Wait for somebody; the egress's id."""
    status, info = await awaiting(studio, file_outputs=[api.EncodedFileOutput(filepath=name)])
    assert status == 200, info
    return str(info["egress_id"])


@pytest.mark.usefixtures("rooms")
async def test_the_first_participant_begins_it_and_it_keeps_its_id(studio: Studio) -> None:
    status, info = await awaiting(
        studio, file_outputs=[api.EncodedFileOutput(filepath="waited")], layout="speaker"
    )
    assert status == 200, info
    assert (info["status"], info["details"]) == (
        "EGRESS_STARTING",
        "It waits for the first participant.",
    )
    listed = await studio.livekit.egress.list_egress(api.ListEgressRequest(active=True))
    assert [each.egress_id for each in listed.items] == [info["egress_id"]]
    await asyncio.sleep(1.5)
    assert workers() == []
    came = time.time_ns()
    await studio.person("anna", shade=60)
    active = await studio.active(info["egress_id"])
    assert (active.started_at - came) / 1e9 < 10
    assert active.room_composite.layout == "speaker"
    await asyncio.sleep(1)
    ended = await studio.finish(info["egress_id"])
    assert ended.status == COMPLETE
    assert studio.path(ended).name == "waited.mp4"
    assert facts(studio.path(ended))["seconds"] > 0.5
    assert shots(studio.path(ended))[-1].luma.mean() == pytest.approx(60, abs=8)


@pytest.mark.usefixtures("rooms")
async def test_whoever_is_inside_already_begins_it(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    egress_id = await waits(studio)
    await studio.active(egress_id)
    await studio.finish(egress_id)


@pytest.mark.usefixtures("rooms")
async def test_an_agent_does_not_begin_it(studio: Studio) -> None:
    egress_id = await waits(studio)
    await studio.person("assistant", kind="agent")
    await asyncio.sleep(2.5)
    info = await studio.info(egress_id)
    assert (info.status, info.details) == (STARTING, "It waits for the first participant.")
    await studio.person("anna", shade=60)
    await studio.active(egress_id)
    await studio.finish(egress_id)


@pytest.mark.usefixtures("rooms")
async def test_it_can_be_stopped_before_it_begins(studio: Studio) -> None:
    egress_id = await waits(studio)
    stopped = await studio.livekit.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id))
    assert (stopped.status, stopped.details) == (ABORTED, "End reason: StopEgress called")
    await studio.person("anna", shade=60)
    await asyncio.sleep(2.5)
    assert workers() == []
    with pytest.raises(api.TwirpError) as refused:
        await studio.livekit.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id))
    assert refused.value.code == "failed_precondition"


async def test_it_ends_with_its_room_and_a_new_room_of_that_name_is_another_one(
    studio: Studio, rooms: api.LiveKitAPI
) -> None:
    egress_id = await waits(studio)
    await rooms.room.delete_room(api.DeleteRoomRequest(room=studio.room))
    await rooms.room.create_room(api.CreateRoomRequest(name=studio.room))
    await studio.person("anna")
    info = await studio.ended(egress_id)
    assert (info.status, info.details) == (ABORTED, "End reason: Source closed")


@pytest.mark.usefixtures("rooms")
async def test_it_waits_on_after_a_restart_of_the_recorder(studio: Studio) -> None:
    state = studio.state.parent / "two"
    async with AsyncExitStack() as stack:
        before = await open_studio(studio.server, studio.folder, state, studio.room, stack)
        egress_id = await waits(before)
    async with AsyncExitStack() as stack:
        after = await open_studio(studio.server, studio.folder, state, studio.room, stack)
        assert (await after.info(egress_id)).status == STARTING
        await studio.person("anna", shade=60)
        await after.active(egress_id)
        ended = await after.finish(egress_id)
        assert ended.status == COMPLETE
        assert after.path(ended).name == "waited.mp4"


@pytest.mark.usefixtures("rooms")
@pytest.mark.parametrize(
    "output",
    [
        {"file_outputs": [api.EncodedFileOutput(filepath="a", s3=S3)]},
        {"stream_outputs": [api.StreamOutput(urls=["rtmp://127.0.0.1/app/hidden-key"])]},
    ],
    ids=["storage", "stream"],
)
async def test_keys_are_refused_because_it_is_kept_on_disk(
    studio: Studio, output: dict[str, Any]
) -> None:
    status, answer = await awaiting(studio, **output)
    assert (status, answer["code"]) == (400, "invalid_argument")
    assert "kept on disk" in answer["msg"]
    assert not [path for path in studio.state.rglob("*") if b"hidden-key" in path.read_bytes()]


async def test_a_room_that_is_not_there_and_a_layout_that_is_none_are_refused_at_once(
    studio: Studio,
) -> None:
    outputs = [api.EncodedFileOutput(filepath="a")]
    assert (await awaiting(studio, file_outputs=outputs))[1]["code"] == "not_found"
    wrong = await awaiting(studio, file_outputs=outputs, layout="mosaic")
    assert wrong[1]["code"] == "invalid_argument"


@pytest.mark.usefixtures("rooms")
async def test_rooms_are_looked_at_only_while_something_waits(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    service = studio.recorder.egresses._rooms
    listing = service.list_rooms

    async def counted(asked: api.ListRoomsRequest) -> api.ListRoomsResponse:
        nonlocal looks
        looks += 1
        return await listing(asked)

    monkeypatch.setattr(service, "list_rooms", counted)
    await asyncio.sleep(1.5)
    assert looks == 0
    egress_id = await waits(studio)
    await eventually(lambda: looks >= 3)
    await studio.livekit.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id))
    await asyncio.sleep(1.1)
    before = looks
    await asyncio.sleep(1.5)
    assert looks == before
