"""What is seen while people come, go, speak and share: one file, looked at second by second."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from livekit import api

from tests.local.recorder.conftest import Studio
from tests.local.recorder.media import facts, shot_at, shots, sound, strength
from tests.local.recorder.people import Person

pytestmark = pytest.mark.slow


async def test_people_come_and_go_inside_one_file(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    info = await studio.active((await studio.start()).egress_id)
    await asyncio.sleep(2)
    bert = await studio.person("bert", shade=180)
    await asyncio.sleep(2.5)
    await bert.leave()
    await asyncio.sleep(2)
    path = studio.path(await studio.finish(info.egress_id))
    alone, both = shot_at(path, 1), shot_at(path, 3.7)
    assert alone.shade(0.25, 0.5) == alone.shade(0.75, 0.5) == pytest.approx(60, abs=4)
    assert both.shade(0.25, 0.5) == pytest.approx(60, abs=4)
    assert both.shade(0.75, 0.5) == pytest.approx(180, abs=4)
    last = shots(path)[-1]
    assert last.shade(0.75, 0.5) == pytest.approx(60, abs=4)
    gaps = [after.at - before.at for before, after in pairwise(shots(path))]
    assert max(gaps) <= 0.11


async def test_the_layout_changes_inside_one_file(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    await studio.person("bert", shade=180)
    info = await studio.active((await studio.start(layout="grid")).egress_id)
    await asyncio.sleep(1.5)
    asked = api.UpdateLayoutRequest(egress_id=info.egress_id, layout="single-speaker-light")
    await studio.livekit.egress.update_layout(asked)
    await asyncio.sleep(1.5)
    path = studio.path(await studio.finish(info.egress_id))
    assert shot_at(path, 1).shade(0.75, 0.5) == pytest.approx(180, abs=4)
    last = shots(path)[-1]
    assert last.shade(0.25, 0.5) == last.shade(0.75, 0.5)


async def test_a_layout_that_does_not_exist_changes_nothing(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    info = await studio.active((await studio.start()).egress_id)
    asked = api.UpdateLayoutRequest(egress_id=info.egress_id, layout="pyramid")
    with pytest.raises(api.ServerError, match="There is no layout"):
        await studio.livekit.egress.update_layout(asked)
    ended = await studio.finish(info.egress_id)
    assert ended.status == api.EgressStatus.EGRESS_COMPLETE


async def test_light_layouts_have_a_light_ground_and_dark_ones_a_dark_one(studio: Studio) -> None:
    await studio.person("anna", shade=100)
    await studio.person("bert", shade=100)
    grounds = {}
    for layout in ("grid", "grid-light"):
        path = studio.path(await studio.record(1, layout, layout=layout))
        grounds[layout] = shot_at(path, 0.5).luma[360, 640]
    assert grounds["grid"] < 60
    assert grounds["grid-light"] > 200


async def test_a_screen_share_takes_the_stage_and_gives_it_back(studio: Studio) -> None:
    anna = await studio.person("anna", shade=60)
    await studio.person("bert", shade=90)
    info = await studio.active((await studio.start()).egress_id)
    await asyncio.sleep(1)
    await anna.show(210, (1280, 720), source="screen")
    await asyncio.sleep(2.5)
    await anna.stop("screen")
    await asyncio.sleep(2)
    path = studio.path(await studio.finish(info.egress_id))
    stage = shot_at(path, 3)
    assert stage.shade(0.6, 0.5) == pytest.approx(210, abs=4)
    assert {stage.shade(0.08, 0.4), stage.shade(0.08, 0.6)} != {210}
    last = shots(path)[-1]
    assert last.shade(0.25, 0.5) == pytest.approx(60, abs=4)
    assert last.shade(0.75, 0.5) == pytest.approx(90, abs=4)


async def test_who_speaks_takes_the_stage(studio: Studio) -> None:
    anna = await studio.person("anna", shade=60, tone=440)
    bert = await studio.person("bert", shade=180, tone=1000)
    anna.volume, bert.volume = 0.3, 0.0
    info = await studio.active((await studio.start(layout="speaker")).egress_id)
    await asyncio.sleep(2.5)
    anna.volume, bert.volume = 0.0, 0.3
    await asyncio.sleep(4)
    path = studio.path(await studio.finish(info.egress_id))
    assert shot_at(path, 2).shade(0.6, 0.5) == pytest.approx(60, abs=4)
    assert shots(path)[-1].shade(0.6, 0.5) == pytest.approx(180, abs=4)


async def test_a_camera_that_is_off_leaves_the_name_in_its_place(studio: Studio) -> None:
    anna = await studio.person("anna", shade=200, tone=440)
    info = await studio.active((await studio.start()).egress_id)
    await asyncio.sleep(1)
    await anna.stop("camera")
    await asyncio.sleep(1.5)
    path = studio.path(await studio.finish(info.egress_id))
    assert shot_at(path, 0.7).shade(0.5, 0.3) == pytest.approx(200, abs=4)
    last = shots(path)[-1]
    assert last.shade(0.5, 0.3) < 60
    middle = last.luma[300:420, 400:880]
    assert middle.max() > 200, "the name is written in white"


async def test_names_stand_on_tiles(studio: Studio) -> None:
    await studio.person("anna", shade=100, name="Anna Ärlig")
    path = studio.path(await studio.record(1))
    corner = shot_at(path, 0.7).luma[660:720, 0:200]
    assert corner.max() > 200, "letters"
    assert corner.min() < 70, "the strip behind them"
    assert shot_at(path, 0.7).luma[660:720, 700:].max() < 120


@pytest.mark.parametrize(
    ("preset", "size"),
    [
        (api.EncodingOptionsPreset.PORTRAIT_H264_720P_30, (720, 1280)),
        (api.EncodingOptionsPreset.H264_1080P_30, (1920, 1080)),
    ],
)
async def test_presets_have_their_sizes(studio: Studio, preset: int, size: tuple[int, int]) -> None:
    await studio.person("anna", shade=60)
    await studio.person("bert", shade=180)
    path = studio.path(await studio.record(1.5, preset=preset))
    assert facts(path)["size"] == size
    shot = shot_at(path, 1)
    first, second = ((0.5, 0.25), (0.5, 0.75)) if size[0] < size[1] else ((0.25, 0.5), (0.75, 0.5))
    assert shot.shade(*first) == pytest.approx(60, abs=4)
    assert shot.shade(*second) == pytest.approx(180, abs=4)


async def test_audio_only_has_no_picture(studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    path = studio.path(await studio.record(1.5, audio_only=True))
    assert path.suffix == ".ogg"
    assert facts(path)["audio"] == "opus"
    assert "video" not in facts(path)
    assert strength(sound(path)[:, 24_000:], 440) == pytest.approx(0.25, abs=0.05)


async def test_video_only_has_no_sound(studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    path = studio.path(await studio.record(1, video_only=True))
    assert "audio" not in facts(path)
    assert shot_at(path, 0.5).shade(0.5, 0.5) == pytest.approx(60, abs=4)


async def test_two_channels_part_people_in_the_order_they_came(studio: Studio) -> None:
    await studio.person("anna", tone=440)
    await asyncio.sleep(0.3)
    await studio.person("bert", tone=1000)
    info = await studio.record(
        2, audio_only=True, audio_mixing=api.AudioMixing.DUAL_CHANNEL_ALTERNATE
    )
    left, right = sound(studio.path(info))[:, 48_000:]
    louder = {440: left, 1000: right}
    if strength(left, 1000) > strength(left, 440):
        louder = {440: right, 1000: left}
    for tone, side in louder.items():
        assert strength(side, tone) == pytest.approx(0.25, abs=0.05)
        assert strength(side, 1440 - tone) < 0.01


async def test_a_track_that_changes_its_size_goes_on(studio: Studio) -> None:
    anna: Person = await studio.person("anna", shade=60)
    info = await studio.active((await studio.start()).egress_id)
    await asyncio.sleep(1)
    anna.size, anna.shade = (320, 568), 150
    await asyncio.sleep(1.5)
    path = studio.path(await studio.finish(info.egress_id))
    last = shots(path)[-1]
    assert last.shade(0.5, 0.5) == pytest.approx(150, abs=4)
    assert last.shade(0.1, 0.5) == pytest.approx(16, abs=4), "an upright picture is shown whole"


async def test_a_microphone_that_is_muted_is_silent_and_comes_back(studio: Studio) -> None:
    anna = await studio.person("anna", tone=440)
    info = await studio.active((await studio.start(audio_only=True)).egress_id)
    publication = anna.room.local_participant.track_publications[anna.sids["microphone"]]
    await asyncio.sleep(1.5)
    publication.track.mute()
    await asyncio.sleep(2)
    publication.track.unmute()
    await asyncio.sleep(2)
    heard = sound(studio.path(await studio.finish(info.egress_id)))
    assert strength(heard[:, 24_000:60_000], 440) > 0.2
    assert strength(heard[:, 108_000:150_000], 440) < 0.02
    assert strength(heard[:, -36_000:], 440) > 0.2
