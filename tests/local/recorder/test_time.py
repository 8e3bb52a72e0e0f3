"""Time: sound and picture together, pauses without a trace."""

from __future__ import annotations

import asyncio
import statistics
from itertools import pairwise

import pytest
from livekit import api

from tests.local.recorder.conftest import Studio
from tests.local.recorder.media import claps, facts, shots, sound

pytestmark = pytest.mark.slow
STRAIGHT = 3.0
"""Seconds after which pictures wait for sound that is late: it is asked for every second."""


async def test_sound_and_picture_are_together(studio: Studio) -> None:
    anna = await studio.person("anna")
    await anna.clap()
    path = studio.path(await studio.record(8))
    apart = [(beep - flash) * 1000 for flash, beep in claps(path)]
    assert len(apart) >= 6
    # A picture stands for 33 ms, so one clap tells little; lip-sync is their middle.
    assert abs(statistics.median(apart)) <= 40


async def test_sound_and_picture_are_together_again_after_a_stumble(studio: Studio) -> None:
    """What a process that stood still for 200 ms hears is late by as much, for up to half a minute."""
    anna = await studio.person("anna")
    await anna.clap()
    info = await studio.active((await studio.start()).egress_id)
    await asyncio.sleep(3)
    worker = studio.worker()
    worker.suspend()
    try:
        await asyncio.sleep(0.2)
    finally:
        worker.resume()
    await asyncio.sleep(STRAIGHT + 6)
    path = studio.path(await studio.finish(info.egress_id))
    late = [(beep - flash) * 1000 for flash, beep in claps(path) if flash > 3.2 + STRAIGHT]
    assert len(late) >= 4
    assert abs(statistics.median(late)) <= 40


async def test_a_pause_leaves_no_gap_in_the_file(studio: Studio) -> None:
    anna = await studio.person("anna")
    await anna.clap()
    info = await studio.active((await studio.start()).egress_id)
    await asyncio.sleep(3)
    paused = await studio.own("PauseEgress", info.egress_id)
    assert paused["status"] == "EGRESS_ACTIVE"
    await asyncio.sleep(2)
    await studio.own("ResumeEgress", info.egress_id)
    await asyncio.sleep(3)
    ended = await studio.finish(info.egress_id)
    path = studio.path(ended)
    wall = (ended.ended_at - ended.started_at) / 1e9
    figures = await studio.own("GetEgressStats", info.egress_id)
    assert figures["pauses"] == 1
    assert figures["paused_seconds"] == pytest.approx(2, abs=0.3)
    assert facts(path)["seconds"] == pytest.approx(wall - figures["paused_seconds"], abs=0.15)
    gaps = [after.at - before.at for before, after in pairwise(shots(path))]
    assert max(gaps) <= 2 / 30 + 0.001
    assert sound(path).shape[1] / 48_000 == pytest.approx(facts(path)["seconds"], abs=0.1)
    apart = [(beep - flash) * 1000 for flash, beep in claps(path)]
    assert abs(statistics.median(apart)) <= 40


async def test_pausing_twice_is_pausing_once(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    info = await studio.active((await studio.start()).egress_id)
    for call in ("PauseEgress", "PauseEgress", "ResumeEgress", "ResumeEgress"):
        await studio.own(call, info.egress_id)
    await asyncio.sleep(0.5)
    ended = await studio.finish(info.egress_id)
    assert ended.status == api.EgressStatus.EGRESS_COMPLETE


async def test_a_recording_that_is_paused_can_be_stopped(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    info = await studio.active((await studio.start()).egress_id)
    await asyncio.sleep(1)
    await studio.own("PauseEgress", info.egress_id)
    await asyncio.sleep(1)
    ended = await studio.finish(info.egress_id)
    assert ended.status == api.EgressStatus.EGRESS_COMPLETE
    assert facts(studio.path(ended))["seconds"] == pytest.approx(1, abs=0.5)


async def test_what_has_ended_cannot_be_paused(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    info = await studio.record(0.5)
    token = studio.livekit.egress._auth_header(api.VideoGrants(room_record=True))
    url = f"{studio.recorder.url}/twirp/greenroom.Egress/PauseEgress"
    asked = {"egress_id": info.egress_id}
    async with studio.livekit._session.post(url, json=asked, headers=token) as answer:
        assert answer.status == 412
        assert (await answer.json())["code"] == "failed_precondition"
