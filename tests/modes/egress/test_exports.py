"""Exports: files, single tracks, HLS, pictures and web pages; what they ask the service for, and when they are refused."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.egress import EgressRequest
from tests.doubles import MemoryRooms
from tests.modes.egress.conftest import Service


async def asked(
    crew: Greenroom, egress: Service, capability: str, **arguments: Any
) -> EgressRequest:
    done = await crew.call(f"egress.{capability}", **arguments)
    assert done.status == "done", done.message
    assert "(EG_" in done.message
    return egress.asked[-1]


async def test_hls_has_segments_of_the_length_that_was_asked_for(
    crew: Greenroom, egress: Service
) -> None:
    request = await asked(crew, egress, "start_hls", room="lobby", segment_duration=4)
    (output,) = request.outputs
    assert (output.kind, output.interval, output.path) == ("segments", 4, "{room_name}-{time}")


async def test_sound_alone_is_exported_where_the_format_holds_no_pictures(
    crew: Greenroom, egress: Service
) -> None:
    request = await asked(crew, egress, "export_file", room="lobby", format="mp3")
    assert request.source.audio_only and request.outputs[0].format == "mp3"
    assert request.encoding is None


async def test_a_file_has_the_room_s_layout_and_the_size_that_was_asked_for(
    crew: Greenroom, egress: Service
) -> None:
    await crew.call("room.set_layout", room="stage", layout="grid-dark")
    call = {"room": "stage", "resolution": "360p", "path": "talks/one"}
    request = await asked(crew, egress, "export_file", **call)
    assert (request.source.layout, request.outputs[0].path) == ("grid-dark", "talks/one")
    assert request.encoding is not None and request.encoding.height == 360


@pytest.mark.parametrize(
    "impossible",
    [{"resolution": "641x360"}, {"path": "../talk"}, {"format": "mp3", "path": "/talk"}],
)
async def test_what_no_service_can_do_is_refused_before_it_is_asked(
    crew: Greenroom, egress: Service, impossible: dict[str, str]
) -> None:
    refused = await crew.call("egress.export_file", room="stage", **impossible)
    assert (refused.status, refused.error and refused.error.code) == ("failed", "invalid-argument")
    assert egress.asked == []


async def test_pictures_come_as_often_as_was_asked_for(crew: Greenroom, egress: Service) -> None:
    call = {"room": "stage", "interval": 5, "identity": "dana"}
    request = await asked(crew, egress, "take_snapshots", **call)
    assert (request.outputs[0].kind, request.outputs[0].interval) == ("images", 5)
    assert (request.source.kind, request.source.identity) == ("participant", "dana")


async def test_the_track_of_a_source_is_found(
    crew: Greenroom, egress: Service, rooms: MemoryRooms
) -> None:
    rooms.publish("stage", "dana", "camera", "microphone")
    camera, microphone = rooms.inside["stage"]["dana"].tracks
    call = {"room": "stage", "identity": "dana"}
    request = await asked(crew, egress, "export_track", source="microphone", **call)
    assert (request.source.kind, request.source.track) == ("track", microphone.sid)
    assert (await asked(crew, egress, "export_track", **call)).source.track == camera.sid


async def test_of_several_tracks_one_is_named_and_of_none_it_says_what_there_is(
    crew: Greenroom, egress: Service, rooms: MemoryRooms
) -> None:
    rooms.publish("stage", "dana", "camera", "camera")
    one, other = (track.sid for track in rooms.inside["stage"]["dana"].tracks)
    call = {"room": "stage", "identity": "dana"}
    several = await crew.call("egress.export_track", **call)
    assert several.error is not None and several.error.code == "several-fit"
    assert one in several.error.hint and other in several.error.hint
    assert (await asked(crew, egress, "export_track", track=other, **call)).source.track == other
    none = await crew.call("egress.export_track", source="microphone", **call)
    assert none.error is not None and none.error.code == "not-found"
    assert none.message == "dana publishes no microphone in stage."


async def test_a_web_page_is_refused_before_anything_runs_where_nothing_has_a_browser(
    crew: Greenroom, egress: Service
) -> None:
    refused = await crew.call("egress.export_web", url="https://example.com/board")
    assert refused.status == "blocked"
    assert "opens no web pages" in refused.message
    assert refused.error is not None and "LiveKit's Egress" in refused.error.hint
    assert egress.asked == []


async def test_a_web_page_is_recorded_by_livekit_s_own_and_no_metadata_service(
    crew: Greenroom, egress: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def livekit() -> str:
        return "livekit"

    monkeypatch.setattr(egress, "service", livekit)
    done = await crew.call("egress.export_web", url="https://example.com/board")
    assert done.status == "done", done.message
    assert egress.asked[0].source.url == "https://example.com/board"
    inside = await crew.call("egress.export_web", url="http://169.254.169.254/latest")
    assert inside.status == "blocked"


async def test_files_go_to_the_storage_of_exports_with_its_credentials(
    crew: Greenroom, egress: Service
) -> None:
    secret = '{"access_key": "AK", "secret": "storage-secret-nobody-sees"}'
    call = {"storage": "s3", "bucket": "acme", "region": "eu-west-1", "credentials": secret}
    (await crew.call("egress.configure_storage", **call)).unwrap()
    request = await asked(crew, egress, "export_file", room="lobby")
    assert request.storage is not None
    assert (request.storage.type, request.storage.bucket) == ("s3", "acme")
    assert request.storage.credentials["secret"] == "storage-secret-nobody-sees"
    assert "storage-secret" not in repr(request)


async def test_without_a_storage_it_is_said_where_files_stay(crew: Greenroom) -> None:
    done = await crew.call("egress.export_file", room="lobby")
    (warning,) = [c for c in done.steps[0].checks if c.verdict == "warn"]
    assert warning.rule == "export-storage-named"
    assert "Greenroom's recorder" in warning.reason


async def test_everything_that_is_started_tells_whom_it_is_to_tell(
    crew: Greenroom, egress: Service
) -> None:
    await crew.call("egress.notify", url="https://example.com/exports")
    for capability in ("export_file", "start_hls", "take_snapshots"):
        done = await crew.call(f"egress.{capability}", room="lobby")
        assert done.status == "done", done.message
        assert egress.asked[-1].webhooks == ("https://example.com/exports",)


@pytest.mark.parametrize("capability", ["export_file", "start_hls", "take_snapshots"])
async def test_an_export_that_is_only_said_is_found_out(
    crew: Greenroom, egress: Service, capability: str
) -> None:
    egress.lies = True
    lied = await crew.call(f"egress.{capability}", room="lobby")
    assert (lied.status, lied.error and lied.error.code) == ("failed", "not-as-asked")


async def test_a_layout_is_changed_and_put_back(crew: Greenroom, egress: Service) -> None:
    await crew.call("egress.start_hls", room="stage", layout="grid")
    done = await crew.call("egress.update_layout", egress="stage", layout="single-speaker")
    assert done.status == "done", done.message
    assert egress.egresses["EG_1"].layout == "single-speaker"
    assert (await crew.call("coordinator.undo")).status == "done"
    assert egress.egresses["EG_1"].layout == "grid"
    unknown = await crew.call("egress.update_layout", egress="stage", layout="mosaic")
    assert unknown.error is not None and unknown.error.code == "invalid-argument"


async def test_one_is_shown_with_what_it_goes_to_and_how_it_does(crew: Greenroom) -> None:
    await crew.call("egress.start_stream", room="stage", url="rtmp://a.example.com/app/first-key")
    shown = await crew.call("egress.show", egress="stage")
    assert shown.message.startswith("The stream of stage (EG_1) is active, for")
    assert "rtmp://a.example.com/app/{fir...key} is active." in shown.message
    await crew.call("egress.stop", egress="stage", approve=True)
    ended = await crew.call("egress.show", egress="EG_1")
    assert "is complete." in ended.message


async def test_whoever_ends_the_stream_of_a_room_ends_no_recording(
    crew: Greenroom, egress: Service
) -> None:
    await crew.call("recording.start", room="stage")
    refused = await crew.call("egress.stop", egress="stage", approve=True)
    assert (refused.status, refused.error and refused.error.code) == ("failed", "not-found")
    assert egress.egresses["EG_1"].is_active
