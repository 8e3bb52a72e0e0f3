"""LiveKit's EgressInfo read: both versions of requests, older results, values of a newer service."""

from __future__ import annotations

from typing import Any

import pytest
from livekit.protocol import egress

from greenroom.adapters.livekit.egress_mapping import to_egress

SECOND = 1_000_000_000
MEDIA = egress.MediaSource
ROUTE = egress.AudioRoute
REQUESTS: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "room": (
        {"room_composite": egress.RoomCompositeEgressRequest(layout="grid")},
        ("room", "", "grid"),
    ),
    "participant": (
        {"participant": egress.ParticipantEgressRequest(identity="anna")},
        ("participant", "anna", ""),
    ),
    "tracks": (
        {
            "track_composite": egress.TrackCompositeEgressRequest(
                video_track_id="TR_v", audio_track_id="TR_a"
            )
        },
        ("tracks", "TR_v, TR_a", ""),
    ),
    "track": ({"track": egress.TrackEgressRequest(track_id="TR_v")}, ("track", "TR_v", "")),
    "web": (
        {"web": egress.WebEgressRequest(url="https://u:p@example.com/page?token=planted")},
        ("web", "https://example.com/page", ""),
    ),
    "second room": (
        {"egress": egress.StartEgressRequest(template=egress.TemplateSource(layout="speaker"))},
        ("room", "", "speaker"),
    ),
    "second person": (
        {
            "egress": egress.StartEgressRequest(
                media=MEDIA(
                    participant_video=egress.ParticipantVideo(identity="anna"),
                    audio=egress.AudioConfig(routes=[ROUTE(participant_identity="anna")]),
                )
            )
        },
        ("participant", "anna", ""),
    ),
    "second sound of a person": (
        {
            "egress": egress.StartEgressRequest(
                media=MEDIA(audio=egress.AudioConfig(routes=[ROUTE(participant_identity="anna")]))
            )
        },
        ("participant", "anna", ""),
    ),
    "second tracks": (
        {
            "egress": egress.StartEgressRequest(
                media=MEDIA(
                    video_track_id="TR_v",
                    audio=egress.AudioConfig(routes=[ROUTE(track_id="TR_a")]),
                )
            )
        },
        ("tracks", "TR_v, TR_a", ""),
    ),
    "second page": (
        {"egress": egress.StartEgressRequest(web=egress.WebSource(url="https://example.com"))},
        ("web", "https://example.com", ""),
    ),
    "nothing said": ({}, ("room", "", "")),
}


@pytest.mark.parametrize(("fields", "shown"), REQUESTS.values(), ids=REQUESTS.keys())
def test_what_is_recorded_is_told_whatever_the_request_was(
    fields: dict[str, Any], shown: tuple[str, str, str]
) -> None:
    found = to_egress(egress.EgressInfo(egress_id="EG_1", **fields), "livekit")
    assert (found.source, found.subject, found.layout) == shown


def test_times_are_seconds_and_every_result_is_told() -> None:
    found = to_egress(
        egress.EgressInfo(
            egress_id="EG_1",
            room_name="lecture",
            status=egress.EGRESS_COMPLETE,
            started_at=1_800_000_000 * SECOND,
            ended_at=1_800_000_010 * SECOND + SECOND // 2,
            updated_at=1_800_000_011 * SECOND,
            details="End reason: StopEgress API",
            file_results=[
                egress.FileInfo(
                    filename="a.mp4", location="/out/a.mp4", size=9, duration=10 * SECOND
                )
            ],
            segment_results=[egress.SegmentsInfo(playlist_name="a.m3u8", segment_count=3, size=8)],
            image_results=[egress.ImagesInfo(filename_prefix="shots/a", image_count=2)],
            stream_results=[
                egress.StreamInfo(
                    url="rtmp://host/app/planted-key-x", status=egress.StreamInfo.FAILED, error="no"
                )
            ],
        ),
        "greenroom",
    )
    assert (found.status, found.is_active, found.is_stream) == ("complete", False, True)
    assert (found.started_at, found.ended_at) == (1_800_000_000.0, 1_800_000_010.5)
    assert (found.updated_at, found.service) == (1_800_000_011.0, "greenroom")
    file, segments, images, stream = found.results
    assert (file.kind, file.location, file.size, file.duration) == ("file", "/out/a.mp4", 9, 10.0)
    assert (segments.kind, segments.location, segments.count) == ("segments", "a.m3u8", 3)
    assert (images.kind, images.location, images.count) == ("images", "shots/a", 2)
    assert (stream.location, stream.status) == ("rtmp://host/app/{pla...y-x}", "failed")
    assert stream.error == "no"


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ({"file": egress.FileInfo(filename="a.mp4")}, "file"),
        ({"segments": egress.SegmentsInfo(playlist_name="a.m3u8")}, "segments"),
        (
            {"stream": egress.StreamInfoList(info=[egress.StreamInfo(url="rtmp://h/a/k")])},
            "stream",
        ),
    ],
)
def test_the_one_result_of_older_services_is_read(result: dict[str, Any], kind: str) -> None:
    (found,) = to_egress(egress.EgressInfo(egress_id="EG_1", **result), "livekit").results
    assert found.kind == kind


def test_a_result_that_is_told_twice_is_one() -> None:
    file = egress.FileInfo(filename="a.mp4")
    info = egress.EgressInfo(egress_id="EG_1", file=file, file_results=[file])
    assert len(to_egress(info, "livekit").results) == 1


def test_a_status_of_the_future_is_no_crash() -> None:
    stream = egress.StreamInfo(url="rtmp://h/a/k", status=98)  # type: ignore[arg-type]
    info = egress.EgressInfo(status=99, stream_results=[stream])  # type: ignore[arg-type]
    found = to_egress(info, "livekit")
    assert (found.status, found.results[0].status) == ("unknown-99", "unknown-98")
