"""What a machine can hold: the rule, and what is told when it is used."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import psutil
import pytest
from livekit import api

from greenroom.local.egress.plan import Encoding, Plan, Route, Video
from greenroom.local.recorder.load import (
    CALM,
    Pace,
    cost,
    describe,
    fitting,
    smaller,
)
from greenroom.local.recorder.worker.clock import LATE
from tests.local.recorder.conftest import Studio
from tests.local.recorder.media import facts

PLAN = Plan(
    egress_id="EG_x",
    room="room",
    video=Video(),
    audio=(Route(),),
    encoding=Encoding(),
    outputs=(),
)
LARGE = replace(PLAN, encoding=Encoding(width=1920, height=1080))
FAST = replace(PLAN, encoding=Encoding(width=1920, height=1080, fps=60))
SOUND = replace(PLAN, video=Video(of="nothing"))


def test_two_recordings_in_720_lines_fit_two_cores_and_a_third_one_is_smaller() -> None:
    assert fitting(PLAN, 0, 2) == PLAN
    assert fitting(PLAN, cost(PLAN), 2) == PLAN
    third = fitting(PLAN, 2 * cost(PLAN), 2)
    assert third is not None
    assert describe(third.encoding) == "640×360 at 15"


def test_1080_lines_fit_two_cores_alone() -> None:
    assert fitting(LARGE, 0, 2) == LARGE


def test_pictures_are_halved_before_lines_are() -> None:
    fitted = fitting(FAST, 0, 1)
    assert fitted is not None
    assert [describe(each) for each in smaller(FAST.encoding)] == [
        "1920×1080 at 60",
        "1920×1080 at 30",
        "1280×720 at 30",
        "1280×720 at 15",
        "640×360 at 15",
    ]


def test_what_does_not_fit_at_all_is_none() -> None:
    assert fitting(PLAN, 1.8, 2) is None
    assert fitting(SOUND, 1.8, 2) is None
    assert fitting(SOUND, 1.4, 2) == SOUND


def test_upright_pictures_keep_their_shape() -> None:
    sizes = [(each.width, each.height) for each in smaller(Encoding(width=1080, height=1920))]
    assert sizes == [(1080, 1920), (720, 1280), (720, 1280), (360, 640)]


def looks(pace: Pace, *lost: int) -> list[int]:
    """The step after each look; of 60 pictures so many were left out."""
    steps = []
    frames = dropped = 0
    for each in lost:
        frames, dropped = frames + 60 - each, dropped + each
        pace.look(frames, dropped)
        steps.append(pace.step)
    return steps


def test_the_pace_is_halved_when_pictures_are_left_out_and_doubled_after_a_calm() -> None:
    assert looks(Pace(30), 10, 10, *[0] * CALM, 0) == [1, 2, *[2] * (CALM - 1), 1, 1]


def test_a_stumble_changes_nothing() -> None:
    assert looks(Pace(30), 30, 0, 30, 0, 0, 30, 0) == [1] * 7


def test_what_costs_less_than_halving_is_borne_for_a_while() -> None:
    assert looks(Pace(30), *[6] * 3) == [1, 1, 2]
    assert looks(Pace(30), *[6, 6, 0] * 5)[-1] == 1


def test_a_picture_now_and_then_changes_nothing() -> None:
    assert looks(Pace(30), *[2] * 20) == [1] * 20


def test_at_least_seven_pictures_a_second_are_made() -> None:
    assert looks(Pace(30), *[30] * 10)[-1] == 4
    assert looks(Pace(60), *[30] * 10)[-1] == 8
    assert looks(Pace(25), *[30] * 10)[-1] == 2


def test_a_rate_that_was_doubled_in_vain_is_doubled_after_twice_as_long_a_calm() -> None:
    calm, bad = [0] * CALM, [10, 10]
    assert looks(Pace(30), *bad, *calm, *bad, *calm)[-1] == 2
    assert looks(Pace(30), *bad, *calm, *bad, *calm, *calm)[-1] == 1


def test_a_rate_that_was_held_for_long_is_as_good_as_the_first() -> None:
    calm, bad = [0] * CALM, [10, 10]
    assert looks(Pace(30), *bad, *calm, *calm, *bad, *calm)[-1] == 1


async def test_a_recording_that_does_not_fit_is_smaller_and_says_so(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    await studio.person("anna", shade=60)
    ended = await studio.record(1, preset=api.EncodingOptionsPreset.H264_1080P_60)
    assert "in place of 1920×1080 at 60: this machine has 1 cores" in ended.details
    assert ended.details.startswith("End reason: StopEgress API. Recorded 1920×1080 at 30")
    assert facts(studio.path(ended))["size"] == (1920, 1080)


async def test_a_recording_that_does_not_fit_at_all_is_refused_and_leaves_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set())
    await studio.person("anna", shade=60)
    with pytest.raises(api.ServerError) as caught:
        await studio.start()
    assert caught.value.code == "resource_exhausted"
    assert list(studio.folder.rglob("*.mp4")) == []


async def test_a_machine_that_is_too_slow_records_fewer_pictures_and_says_so(
    studio: Studio,
) -> None:
    """Stopped for much longer than what it catches up, over and over, the process has a part of its time."""
    await studio.person("anna", shade=60)
    info = await studio.active((await studio.start()).egress_id)
    worker: psutil.Process = studio.worker()
    async with asyncio.timeout(30):
        while "cannot hold the load" not in (await studio.info(info.egress_id)).details:
            worker.suspend()
            try:
                await asyncio.sleep(3 * LATE)
            finally:
                worker.resume()
            await asyncio.sleep(LATE)
    figures = await studio.own("GetEgressStats", info.egress_id)
    assert figures["dropped"] > 0
    ended = await studio.finish(info.egress_id)
    assert ended.status == api.EgressStatus.EGRESS_COMPLETE
    assert "pictures a second are recorded" in ended.details
