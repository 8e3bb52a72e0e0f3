"""A recording from its first call to its file: driven by the official SDK, decoded, looked at and listened to."""

from __future__ import annotations

import asyncio
import time

import pytest
from livekit import api

from greenroom.local.egress.results import SECOND
from greenroom.local.recorder.worker.session import PICTURE_SECONDS
from tests.local.recorder.conftest import Studio
from tests.local.recorder.media import (
    facts,
    is_fast_start,
    loudness,
    shot_at,
    sound,
    strength,
)


async def test_a_room_becomes_a_file_in_which_everybody_is_seen_and_heard(studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    await studio.person("bert", shade=180, tone=1000)
    info = await studio.record(3, "standup")
    assert info.status == api.EgressStatus.EGRESS_COMPLETE, info.error
    path = studio.path(info)
    assert facts(path)["video"] == "h264" and facts(path)["audio"] == "aac"
    assert facts(path)["size"] == (1280, 720)
    assert facts(path)["seconds"] == pytest.approx(3, abs=0.7)
    assert is_fast_start(path)
    shot = shot_at(path, 2)
    assert shot.shade(0.25, 0.5) == pytest.approx(60, abs=4)
    assert shot.shade(0.75, 0.5) == pytest.approx(180, abs=4)
    heard = sound(path)[:, 48_000:96_000]
    assert strength(heard, 440) == pytest.approx(0.25, abs=0.05)
    assert strength(heard, 1000) == pytest.approx(0.25, abs=0.05)
    assert strength(heard, 700) < 0.02


async def test_the_info_says_what_was_made_in_nanoseconds(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    before = time.time_ns()
    started = await studio.start("lectures/{room_name}-{time}")
    assert started.status == api.EgressStatus.EGRESS_STARTING
    assert started.room_name == studio.room and started.room_id.startswith("RM_")
    await studio.active(started.egress_id)
    await asyncio.sleep(1)
    info = await studio.finish(started.egress_id)
    (made,) = info.file_results
    assert made.filename.startswith(f"lectures/{studio.room}-20")
    assert made.location == str(studio.folder / made.filename)
    assert made.size == studio.path(info).stat().st_size
    assert made.duration == pytest.approx(
        facts(studio.path(info))["seconds"] * SECOND, abs=SECOND / 20
    )
    assert before < info.started_at < info.ended_at < time.time_ns()
    assert made.started_at == info.started_at
    assert info.details == "End reason: StopEgress API"
    assert info.room_composite.room_name == studio.room
    assert not info.error


async def test_recordings_are_listed_the_newest_first(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    first = await studio.record(0.5)
    second = await studio.active((await studio.start()).egress_id)

    async def listed(**asked: object) -> list[str]:
        answer = await studio.livekit.egress.list_egress(api.ListEgressRequest(**asked))
        return [info.egress_id for info in answer.items]

    assert await listed() == [second.egress_id, first.egress_id]
    assert await listed(active=True) == [second.egress_id]
    assert await listed(room_name=studio.room) == [second.egress_id, first.egress_id]
    assert await listed(room_name="elsewhere") == []
    assert await listed(egress_id=first.egress_id) == [first.egress_id]
    await studio.finish(second.egress_id)


async def test_nobody_in_the_room_sees_a_recorder_join(studio: Studio) -> None:
    anna = await studio.person("anna", shade=60)
    seen: list[object] = []
    anna.room.on("participant_connected", seen.append)
    await studio.record(1)
    assert seen == []


async def test_a_recording_needs_the_grant_to_record(studio: Studio) -> None:
    server = studio.server
    token = api.AccessToken(server.api_key, server.api_secret).with_grants(
        api.VideoGrants(room_admin=True, room=studio.room)
    )
    async with api.LiveKitAPI(studio.recorder.url, token=token.to_jwt()) as stranger:
        with pytest.raises(api.ServerError) as caught:
            await stranger.egress.list_egress(api.ListEgressRequest())
    assert (caught.value.code, caught.value.status) == ("unauthenticated", 401)
    assert caught.value.message == "permissions denied"


async def test_a_token_of_another_server_is_refused_before_anything_else(studio: Studio) -> None:
    async with api.LiveKitAPI(studio.recorder.url, "APIother", "x" * 40) as stranger:
        with pytest.raises(api.ServerError) as caught:
            await stranger.egress.list_egress(api.ListEgressRequest())
    assert caught.value.status == 401


async def test_silence_is_recorded_where_nobody_speaks(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    info = await studio.record(1)
    assert loudness(sound(studio.path(info))) < 0.001


async def test_it_begins_when_everybody_whose_camera_is_on_is_to_be_seen(studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    await studio.person("bert", shade=180, tone=1000)
    first = shot_at(studio.path(await studio.record(0.5)), 0)
    assert first.shade(0.25, 0.5) == pytest.approx(60, abs=4)
    assert first.shade(0.75, 0.5) == pytest.approx(180, abs=4)


async def test_a_camera_that_sends_nothing_is_not_waited_for_for_ever(studio: Studio) -> None:
    anna = await studio.person("anna", tone=440)
    await anna.show(fps=0.01)
    began = time.monotonic()
    info = await studio.record(1)
    assert time.monotonic() - began > PICTURE_SECONDS
    assert info.status == api.EgressStatus.EGRESS_COMPLETE, info.error
    assert strength(sound(studio.path(info)), 440) > 0.1
