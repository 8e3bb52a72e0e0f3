"""HLS and pictures at an interval."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import av
import pytest
from livekit import api

from greenroom.domain.playlists import names_in
from greenroom.local.recorder.worker.playlist import live_part, seconds_of
from tests.local.recorder.conftest import Studio
from tests.local.recorder.media import facts, luma, shots, sound, strength

pytestmark = pytest.mark.slow

COMPLETE, FAILED = api.EgressStatus.EGRESS_COMPLETE, api.EgressStatus.EGRESS_FAILED


async def start(studio: Studio, **outputs: Any) -> api.EgressInfo:
    request = api.RoomCompositeEgressRequest(room_name=studio.room, **outputs)
    info = await studio.livekit.egress.start_room_composite_egress(request)
    return await studio.active(info.egress_id)


async def test_hls_has_even_segments_and_an_end(studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    output = api.SegmentedFileOutput(
        filename_prefix="live/room",
        playlist_name="room.m3u8",
        live_playlist_name="now.m3u8",
        segment_duration=2,
    )
    info = await start(studio, segment_outputs=[output])
    await asyncio.sleep(7)
    running = (studio.folder / "live/room.m3u8").read_text()
    assert "#EXT-X-ENDLIST" not in running and names_in(running)
    ended = await studio.finish(info.egress_id)
    assert ended.status == COMPLETE, ended.error
    playlist = studio.folder / "live" / "room.m3u8"
    listed = playlist.read_text()
    assert listed.rstrip().endswith("#EXT-X-ENDLIST")
    names = names_in(listed)
    assert names[0] == "room_00000.ts" and len(names) >= 3
    lengths = [float(line[8:-1]) for line in listed.splitlines() if line.startswith("#EXTINF")]
    assert lengths[:-1] == pytest.approx([2.0] * (len(lengths) - 1), abs=0.05)
    (made,) = ended.segment_results
    assert made.segment_count == len(names)
    assert made.playlist_location == str(playlist)
    assert made.size == sum((playlist.parent / name).stat().st_size for name in names)
    assert made.duration / 1e9 == pytest.approx(seconds_of(listed), abs=0.01)
    assert facts(playlist)["seconds"] == pytest.approx(7, abs=1)
    assert len(shots(playlist)) > 6 * 29
    assert strength(sound(playlist)[:, 48_000:], 440) == pytest.approx(0.25, abs=0.05)
    live = playlist.with_name("now.m3u8").read_text()
    assert names_in(live) == names[-5:]


async def test_a_killed_hls_recording_is_ended_so_that_players_do_not_wait(
    studio: Studio,
) -> None:
    await studio.person("anna", shade=60, tone=440)
    output = api.SegmentedFileOutput(filename_prefix="room", segment_duration=2)
    info = await start(studio, segment_outputs=[output])
    await asyncio.sleep(5)
    studio.worker().kill()
    ended = await studio.ended(info.egress_id)
    assert ended.status == FAILED
    playlist = studio.folder / "room.m3u8"
    assert playlist.read_text().rstrip().endswith("#EXT-X-ENDLIST")
    assert facts(playlist)["seconds"] > 3
    assert len(shots(playlist)) > 85
    assert not list(studio.folder.glob("*.tmp"))


async def test_two_recordings_with_one_prefix_write_over_nothing(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    output = api.SegmentedFileOutput(filename_prefix="room", segment_duration=1)
    image = api.ImageOutput(filename_prefix="room", capture_interval=1)
    infos = []
    for _ in range(2):
        info = await start(studio, segment_outputs=[output], image_outputs=[image])
        await asyncio.sleep(1.5)
        infos.append(await studio.finish(info.egress_id))
    first, second = (info.segment_results[0].playlist_location for info in infos)
    assert (Path(first).name, Path(second).name) == ("room.m3u8", "room-2.m3u8")
    assert not set(names_in(Path(first).read_text())) & set(names_in(Path(second).read_text()))
    assert (studio.folder / "room_00001.jpeg").exists()
    assert (studio.folder / "room-2_00001.jpeg").exists()


async def test_pictures_are_taken_at_their_interval_in_their_size(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    output = api.ImageOutput(filename_prefix="still", capture_interval=1, width=320, height=180)
    info = await start(studio, image_outputs=[output])
    await asyncio.sleep(3.5)
    ended = await studio.finish(info.egress_id)
    assert ended.status == COMPLETE, ended.error
    paths = sorted(studio.folder.glob("still_*.jpeg"))
    assert ended.image_results[0].image_count == len(paths)
    assert 3 <= len(paths) <= 5
    assert paths[0].name == "still_00001.jpeg"
    with av.open(str(paths[1])) as container:
        (frame,) = container.decode(video=0)
    assert (frame.width, frame.height) == (320, 180)
    # JPEG has the full range: 60 of 16 to 235 is 51 of 0 to 255.
    assert int(luma(frame)[60, 160]) == pytest.approx(51, abs=5)


async def test_one_picture_can_be_kept_up_to_date(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    output = api.ImageOutput(
        filename_prefix="now",
        capture_interval=1,
        filename_suffix=api.ImageFileSuffix.IMAGE_SUFFIX_NONE_OVERWRITE,
    )
    info = await start(studio, image_outputs=[output])
    await asyncio.sleep(2.5)
    await studio.finish(info.egress_id)
    assert [path.name for path in studio.folder.iterdir()] == ["now.jpeg"]


async def test_a_playlist_in_another_folder_is_refused(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    output = api.SegmentedFileOutput(filename_prefix="a/room", playlist_name="b/room.m3u8")
    with pytest.raises(api.ServerError, match="folder of its segments"):
        await start(studio, segment_outputs=[output])
    assert [path for path in studio.folder.rglob("*") if path.is_file()] == []


LISTED = """#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:EVENT
""" + "".join(f"#EXTINF:2.000000,\nroom_{number:05}.ts\n" for number in range(8))


def test_a_live_playlist_holds_the_last_five_segments_and_counts_on() -> None:
    live = live_part(LISTED)
    assert names_in(live) == [f"room_{number:05}.ts" for number in range(3, 8)]
    assert "#EXT-X-MEDIA-SEQUENCE:3" in live
    assert "PLAYLIST-TYPE" not in live


def test_a_short_live_playlist_is_all_there_is() -> None:
    short = "\n".join(LISTED.splitlines()[:9])
    assert names_in(live_part(short)) == ["room_00000.ts", "room_00001.ts"]
    assert "#EXT-X-MEDIA-SEQUENCE:0" in live_part(short)


def test_the_length_of_a_playlist_is_that_of_its_segments() -> None:
    assert seconds_of(LISTED) == 16
