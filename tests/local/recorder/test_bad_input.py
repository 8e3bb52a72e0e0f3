"""What cannot be recorded is refused at once, with a reason; and nothing is left of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from livekit import api

from tests.local.recorder.conftest import Studio, workers
from tests.local.recorder.media import facts

FILE = api.EncodedFileOutput


async def refused(call: Any) -> api.ServerError:
    with pytest.raises(api.ServerError) as caught:
        await call
    assert workers() == []
    return caught.value


async def test_a_room_that_does_not_exist_is_refused_as_livekit_does(studio: Studio) -> None:
    error = await refused(studio.start())
    assert (error.code, error.status) == ("not_found", 404)
    assert error.message == "twirp error unknown: requested room does not exist"


async def test_a_person_who_is_not_there_is_refused(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    request = api.ParticipantEgressRequest(
        room_name=studio.room, identity="nobody", file_outputs=[FILE()]
    )
    error = await refused(studio.livekit.egress.start_participant_egress(request))
    assert (error.code, error.message) == (
        "not_found",
        "twirp error unknown: participant does not exist",
    )


async def test_a_track_that_is_not_there_is_refused_by_its_name(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    request = api.TrackEgressRequest(
        room_name=studio.room, track_id="TR_nothing", file=api.DirectFileOutput()
    )
    error = await refused(studio.livekit.egress.start_track_egress(request))
    assert error.code == "not_found"
    assert "TR_nothing" in error.message


async def test_a_video_is_no_audio_track(studio: Studio) -> None:
    anna = await studio.person("anna", shade=60)
    request = api.TrackCompositeEgressRequest(
        room_name=studio.room, audio_track_id=anna.sids["camera"], file_outputs=[FILE()]
    )
    error = await refused(studio.livekit.egress.start_track_composite_egress(request))
    assert error.code == "invalid_argument"
    assert "no audio" in error.message


@pytest.mark.parametrize(
    "name",
    [
        "../outside.mp4",
        "lectures/../../outside.mp4",
        "/tmp/outside.mp4",
        "a\\..\\b.mp4",
        "nul\0.mp4",
        "x" * 300,
    ],
)
async def test_a_file_name_that_leads_out_of_the_folder_is_refused(
    studio: Studio, name: str
) -> None:
    await studio.person("anna", shade=60)
    error = await refused(studio.start(name))
    assert error.code == "invalid_argument"
    assert list(studio.folder.rglob("*")) == []


async def test_a_link_that_leads_out_of_the_folder_is_refused(
    studio: Studio, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60)
    studio.folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (studio.folder / "link").symlink_to(tmp_path / "elsewhere")
    error = await refused(studio.start("link/outside"))
    assert error.code == "invalid_argument"
    assert list((tmp_path / "elsewhere").iterdir()) == []


async def test_a_name_of_others_cannot_lead_anywhere(studio: Studio) -> None:
    await studio.person("../../anna", shade=60)
    request = api.ParticipantEgressRequest(
        room_name=studio.room,
        identity="../../anna",
        file_outputs=[FILE(filepath="{publisher_identity}")],
    )
    info = await studio.livekit.egress.start_participant_egress(request)
    await studio.active(info.egress_id)
    info = await studio.finish(info.egress_id)
    assert studio.path(info).parent == studio.folder
    assert studio.path(info).name == "_.._anna.mp4"


async def test_a_folder_that_cannot_be_written_is_refused_with_the_reason(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    studio.folder.mkdir()
    (studio.folder / "lectures").write_text("a file is in the way")
    error = await refused(studio.start("lectures/one"))
    assert error.code == "failed_precondition"
    assert str(studio.folder / "lectures") in error.message
    assert "cannot be written" in error.message


async def test_a_file_is_never_written_over(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    studio.folder.mkdir()
    (studio.folder / "standup.mp4").write_text("precious")
    info = await studio.record(0.5, "standup.mp4")
    assert (studio.folder / "standup.mp4").read_text() == "precious"
    assert info.file_results[0].filename == "standup-2.mp4"
    assert facts(studio.folder / "standup-2.mp4")["video"] == "h264"


async def test_two_recordings_with_one_name_make_two_files(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    both = await asyncio.gather(studio.start("standup"), studio.start("standup"))
    names = sorted(info.file_results[0].filename for info in both)
    assert names == ["standup-2.mp4", "standup.mp4"]
    for info in both:
        await studio.active(info.egress_id)
        await studio.finish(info.egress_id)


async def test_a_layout_that_does_not_exist_is_refused_with_those_that_do(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    error = await refused(studio.start(layout="pyramid"))
    assert error.code == "invalid_argument"
    for name in ("pyramid", "grid", "speaker", "single-speaker", "-light"):
        assert name in error.message


async def test_a_web_page_is_answered_with_what_is_needed_for_it(studio: Studio) -> None:
    request = api.WebEgressRequest(url="https://example.com", file_outputs=[FILE()])
    error = await refused(studio.livekit.egress.start_web_egress(request))
    assert (error.code, error.status) == ("unimplemented", 501)
    assert "does not open web pages" in error.message


async def test_a_recording_without_an_output_is_refused(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    request = api.RoomCompositeEgressRequest(room_name=studio.room)
    error = await refused(studio.livekit.egress.start_room_composite_egress(request))
    assert error.code == "invalid_argument"
    assert "no output" in error.message


@pytest.mark.parametrize(
    ("advanced", "told"),
    [
        ({"width": 1281, "height": 720}, "even"),
        ({"width": 20_000, "height": 720}, "width"),
        ({"framerate": 240}, "framerate"),
        ({"audio_frequency": 8000}, "audio_frequency"),
        ({"key_frame_interval": 60}, "key_frame_interval"),
    ],
)
async def test_an_encoding_that_cannot_be_is_refused_with_its_limits(
    studio: Studio, advanced: dict[str, Any], told: str
) -> None:
    await studio.person("anna", shade=60)
    options = api.EncodingOptions(**advanced)
    error = await refused(studio.start(advanced=options))
    assert error.code == "invalid_argument"
    assert told in error.message


@pytest.mark.parametrize(
    "change",
    [
        lambda output: output.__setattr__("file_type", api.EncodedFileType.MP3),
        lambda output: output.__setattr__("filepath", "sound.ogg"),
        lambda output: output.__setattr__("filepath", "video.webm"),
    ],
)
async def test_outputs_that_do_not_go_with_the_media_are_refused(
    studio: Studio, change: Callable[[Any], None]
) -> None:
    await studio.person("anna", shade=60)
    output = FILE()
    change(output)
    request = api.RoomCompositeEgressRequest(
        room_name=studio.room, video_only=True, file_outputs=[output]
    )
    error = await refused(studio.livekit.egress.start_room_composite_egress(request))
    assert error.code == "invalid_argument"
    assert list(studio.folder.rglob("*")) == []


async def test_stopping_twice_is_told_and_harms_nothing(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    info = await studio.active((await studio.start()).egress_id)
    stop = api.StopEgressRequest(egress_id=info.egress_id)
    both = await asyncio.gather(
        studio.livekit.egress.stop_egress(stop), studio.livekit.egress.stop_egress(stop)
    )
    assert {one.status for one in both} == {api.EgressStatus.EGRESS_ENDING}
    ended = await studio.ended(info.egress_id)
    assert ended.status == api.EgressStatus.EGRESS_COMPLETE
    error = await refused(studio.livekit.egress.stop_egress(stop))
    assert (error.code, error.status) == ("failed_precondition", 412)
    assert "egress with status EGRESS_COMPLETE cannot be stopped" in error.message
    assert facts(studio.path(ended))["video"] == "h264"


async def test_an_egress_that_does_not_exist_is_not_found(studio: Studio) -> None:
    calls = studio.livekit.egress
    for call in (
        calls.stop_egress(api.StopEgressRequest(egress_id="EG_nothing")),
        calls.update_layout(api.UpdateLayoutRequest(egress_id="EG_nothing", layout="grid")),
        calls.list_egress(api.ListEgressRequest(egress_id="EG_nothing")),
    ):
        error = await refused(call)
        assert (error.code, error.status) == ("not_found", 404)
        assert error.message == "twirp error unknown: egress does not exist"


async def test_stopping_before_it_has_begun_leaves_nothing(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    info = await studio.start("early")
    ended = await studio.finish(info.egress_id)
    assert ended.status in {api.EgressStatus.EGRESS_ABORTED, api.EgressStatus.EGRESS_COMPLETE}
    if ended.status == api.EgressStatus.EGRESS_ABORTED:
        assert list(studio.folder.rglob("*")) == []


async def test_a_livekit_server_that_is_gone_is_told(studio: Studio) -> None:
    studio.recorder.egresses._rooms._client.host = "http://127.0.0.1:1"
    error = await refused(studio.start())
    assert (error.code, error.status) == ("unavailable", 503)
    assert "LiveKit server" in error.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_folder_of_another_account_is_refused(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    studio.folder.mkdir(mode=0o500)
    error = await refused(studio.start("one"))
    assert error.code == "failed_precondition"
