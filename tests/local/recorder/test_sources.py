"""What can be recorded beside a room: a person, two tracks, one track; and the second version of the API."""

from __future__ import annotations

import asyncio

import pytest
from livekit import api, rtc

from tests.local.recorder.conftest import Studio
from tests.local.recorder.media import facts, shot_at, shots, sound, strength

pytestmark = pytest.mark.slow

COMPLETE = api.EgressStatus.EGRESS_COMPLETE
FILE = api.EncodedFileOutput


async def finished(studio: Studio, info: api.EgressInfo, seconds: float = 1.5) -> api.EgressInfo:
    await studio.active(info.egress_id)
    await asyncio.sleep(seconds)
    ended = await studio.finish(info.egress_id)
    assert ended.status == COMPLETE, ended.error
    return ended


async def test_a_person_is_recorded_alone(studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    await studio.person("bert", shade=180, tone=1000)
    request = api.ParticipantEgressRequest(
        room_name=studio.room, identity="anna", file_outputs=[FILE()]
    )
    info = await studio.livekit.egress.start_participant_egress(request)
    ended = await finished(studio, info, 2)
    path = studio.path(ended)
    assert ended.participant.identity == "anna"
    assert path.name.startswith("anna-20")
    shot = shot_at(path, 1)
    assert {shot.shade(x, 0.5) for x in (0.1, 0.5, 0.9)} == {shot.shade(0.5, 0.5)}
    assert shot.shade(0.5, 0.5) == pytest.approx(60, abs=4)
    heard = sound(path)[:, 48_000:]
    assert strength(heard, 440) == pytest.approx(0.25, abs=0.05)
    assert strength(heard, 1000) < 0.01


async def test_a_persons_screen_can_be_recorded_in_place_of_the_camera(studio: Studio) -> None:
    anna = await studio.person("anna", shade=60)
    await anna.show(210, (1280, 720), source="screen")
    request = api.ParticipantEgressRequest(
        room_name=studio.room, identity="anna", screen_share=True, file_outputs=[FILE()]
    )
    info = await studio.livekit.egress.start_participant_egress(request)
    path = studio.path(await finished(studio, info))
    assert shot_at(path, 1).shade(0.5, 0.5) == pytest.approx(210, abs=4)


async def test_the_recording_of_a_person_ends_when_they_leave(studio: Studio) -> None:
    anna = await studio.person("anna", shade=60, tone=440)
    await studio.person("bert", shade=180)
    request = api.ParticipantEgressRequest(
        room_name=studio.room, identity="anna", file_outputs=[FILE()]
    )
    info = await studio.livekit.egress.start_participant_egress(request)
    await studio.active(info.egress_id)
    await asyncio.sleep(1)
    await anna.leave()
    ended = await studio.ended(info.egress_id)
    assert (ended.status, ended.details) == (COMPLETE, "End reason: Source closed")


async def test_two_tracks_are_recorded_together(studio: Studio) -> None:
    anna = await studio.person("anna", shade=60)
    bert = await studio.person("bert", shade=180, tone=1000)
    request = api.TrackCompositeEgressRequest(
        room_name=studio.room,
        video_track_id=anna.sids["camera"],
        audio_track_id=bert.sids["microphone"],
        file_outputs=[FILE(filepath="both")],
    )
    info = await studio.livekit.egress.start_track_composite_egress(request)
    path = studio.path(await finished(studio, info, 2))
    assert shot_at(path, 1).shade(0.5, 0.5) == pytest.approx(60, abs=4)
    assert strength(sound(path)[:, 48_000:], 1000) == pytest.approx(0.25, abs=0.05)


async def test_a_microphone_alone_becomes_an_ogg_file(studio: Studio) -> None:
    anna = await studio.person("anna", shade=60, tone=440)
    request = api.TrackEgressRequest(
        room_name=studio.room,
        track_id=anna.sids["microphone"],
        file=api.DirectFileOutput(filepath="{track_source}-{track_id}"),
    )
    info = await studio.livekit.egress.start_track_egress(request)
    ended = await finished(studio, info, 2)
    path = studio.path(ended)
    assert path.name == f"microphone-{anna.sids['microphone']}.ogg"
    assert facts(path)["audio"] == "opus"
    assert strength(sound(path)[:, 48_000:], 440) == pytest.approx(0.25, abs=0.05)
    assert ended.file.filename == path.name, "older clients read the oneof"


@pytest.mark.parametrize(
    ("codec", "extension", "encoded"), [("VP8", "webm", "vp8"), ("H264", "mp4", "h264")]
)
async def test_a_camera_alone_has_its_own_size_and_the_container_of_its_codec(
    studio: Studio, codec: str, extension: str, encoded: str
) -> None:
    anna = await studio.person("anna")
    sid = await anna.show(60, (480, 270), codec=rtc.VideoCodec.Value(codec))
    request = api.TrackEgressRequest(
        room_name=studio.room, track_id=sid, file=api.DirectFileOutput()
    )
    info = await studio.livekit.egress.start_track_egress(request)
    path = studio.path(await finished(studio, info, 2))
    assert path.suffix == f".{extension}"
    assert facts(path)["video"] == encoded
    assert facts(path)["size"] == (480, 270)
    assert shot_at(path, 1).shade(0.5, 0.5) == pytest.approx(60, abs=5)


async def test_the_recording_of_a_track_ends_with_the_track(studio: Studio) -> None:
    anna = await studio.person("anna", shade=60, tone=440)
    request = api.TrackEgressRequest(
        room_name=studio.room, track_id=anna.sids["microphone"], file=api.DirectFileOutput()
    )
    info = await studio.livekit.egress.start_track_egress(request)
    await studio.active(info.egress_id)
    await asyncio.sleep(1)
    await anna.stop("microphone")
    ended = await studio.ended(info.egress_id)
    assert (ended.status, ended.details) == (COMPLETE, "End reason: Source closed")
    assert facts(studio.path(ended))["seconds"] == pytest.approx(1, abs=0.6)


async def test_the_second_version_records_a_room_into_several_files_at_once(
    studio: Studio,
) -> None:
    await studio.person("anna", shade=60, tone=440)
    request = api.StartEgressRequest(
        room_name=studio.room,
        template=api.TemplateSource(layout="speaker"),
        outputs=[
            api.Output(file=api.FileOutput(filepath="a.mp4")),
            api.Output(file=api.FileOutput(filepath="b", file_type=api.EncodedFileType.OGG)),
            api.Output(file=api.FileOutput(filepath="c", file_type=api.EncodedFileType.MP3)),
        ],
    )
    info = await studio.livekit.egress.start_egress(request)
    ended = await finished(studio, info, 4)
    paths = [studio.folder / name for name in ("a.mp4", "b.ogg", "c.mp3")]
    assert [each.location for each in ended.file_results] == list(map(str, paths))
    assert [facts(path)["audio"] for path in paths] == ["aac", "opus", "mp3float"]
    for path, made in zip(paths, ended.file_results, strict=True):
        assert strength(sound(path)[:, 96_000:], 440) == pytest.approx(0.25, abs=0.05)
        assert made.duration / 1e9 == pytest.approx(facts(path)["seconds"], abs=0.1)
    assert shot_at(paths[0], 1).shade(0.5, 0.5) == pytest.approx(60, abs=4)
    assert ended.WhichOneof("request") == "egress"


async def test_the_second_version_takes_one_persons_video_and_chosen_voices(
    studio: Studio,
) -> None:
    anna = await studio.person("anna", shade=60, tone=440)
    await studio.person("bert", shade=180, tone=1000)
    await studio.person("carl", shade=100, tone=1600)
    media = api.MediaSource(
        participant_video=api.ParticipantVideo(identity="anna"),
        audio=api.AudioConfig(
            routes=[
                api.AudioRoute(
                    track_id=anna.sids["microphone"], channel=api.AudioChannel.AUDIO_CHANNEL_LEFT
                ),
                api.AudioRoute(
                    participant_identity="bert", channel=api.AudioChannel.AUDIO_CHANNEL_RIGHT
                ),
            ]
        ),
    )
    request = api.StartEgressRequest(
        room_name=studio.room,
        media=media,
        outputs=[api.Output(file=api.FileOutput(filepath="chosen"))],
    )
    info = await studio.livekit.egress.start_egress(request)
    path = studio.path(await finished(studio, info, 4))
    left, right = sound(path)[:, 96_000:]
    assert strength(left, 440) == pytest.approx(0.25, abs=0.05)
    assert strength(right, 1000) == pytest.approx(0.25, abs=0.05)
    assert max(strength(left, 1000), strength(right, 440)) < 0.01
    assert max(strength(left, 1600), strength(right, 1600)) < 0.01
    assert shots(path)[-1].shade(0.5, 0.5) == pytest.approx(60, abs=4)


async def test_vp8_goes_into_webm(studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    options = api.EncodingOptions(width=640, height=360, video_codec=api.VideoCodec.VP8)
    path = studio.path(await studio.record(1.5, "room.webm", advanced=options))
    assert (facts(path)["video"], facts(path)["audio"]) == ("vp8", "opus")
    assert shot_at(path, 1).shade(0.5, 0.5) == pytest.approx(60, abs=5)
