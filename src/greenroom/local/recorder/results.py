"""An EgressInfo, filled as LiveKit's egress fills it. Times and durations are nanoseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from livekit.protocol import egress

from greenroom.local.recorder.plan import Plan
from greenroom.local.recorder.redact import redact, redacted_url

REQUESTS = {
    "RoomCompositeEgressRequest": "room_composite",
    "ParticipantEgressRequest": "participant",
    "TrackCompositeEgressRequest": "track_composite",
    "TrackEgressRequest": "track",
    "StartEgressRequest": "egress",
}
"""Request → its place in ``EgressInfo.request``."""
SECOND = 1_000_000_000
BAD_REQUEST, INTERNAL = 400, 500
"""error_code: HTTP's statuses, as LiveKit has them there."""


def new_info(
    plan: Plan, request: Any, *, room_id: str, single: bool, now: int
) -> egress.EgressInfo:
    """STARTING, with the names that files will have. ``request`` is redacted here. ``now``: nanoseconds."""
    info = egress.EgressInfo(
        egress_id=plan.egress_id,
        room_id=room_id,
        room_name=plan.room,
        source_type=egress.EGRESS_SOURCE_TYPE_SDK,
        status=egress.EGRESS_STARTING,
        updated_at=now,
    )
    # LiveKit says WEB where a page is recorded in Chrome; nothing is here.
    kept = getattr(info, REQUESTS[type(request).__name__])
    kept.CopyFrom(request)
    redact(kept)
    for output in plan.as_dict()["outputs"]:
        _ADDERS[output["kind"]](info, output)
    if single:
        _fill_result(info)
    return info


def _add_file(info: egress.EgressInfo, output: Mapping[str, Any]) -> None:
    info.file_results.add(filename=output["name"], location=output["path"])


def _add_segments(info: egress.EgressInfo, output: Mapping[str, Any]) -> None:
    live = output["live_playlist"]
    info.segment_results.add(
        playlist_name=Path(output["playlist"]).name,
        playlist_location=output["playlist"],
        live_playlist_name=Path(live).name if live else "",
        live_playlist_location=live,
    )


def _add_images(info: egress.EgressInfo, output: Mapping[str, Any]) -> None:
    info.image_results.add(filename_prefix=output["prefix"])


def _add_stream(info: egress.EgressInfo, output: Mapping[str, Any]) -> None:
    for url in output["urls"]:
        info.stream_results.add(url=redacted_url(url))


_ADDERS = {
    "file": _add_file,
    "segments": _add_segments,
    "images": _add_images,
    "stream": _add_stream,
}


def begin(info: egress.EgressInfo, at: int) -> None:
    """The first picture or sound is there."""
    info.started_at = at
    # Whoever has stopped it meanwhile must not see it active again.
    if info.status == egress.EGRESS_STARTING:
        info.status = egress.EGRESS_ACTIVE
    made: tuple[Any, ...] = (*info.file_results, *info.segment_results, *info.image_results)
    for each in made:
        each.started_at = at


def stream_now(made: Any, event: Mapping[str, Any]) -> None:
    """From the worker's ``stream``: how one destination stands."""
    made.status = egress.StreamInfo.Status.Value(event["status"].upper())
    made.error = event["error"]
    made.retries = event["retries"]
    made.last_retry_at = event["last_retry_at"]
    made.started_at, made.ended_at = event["started_at"], event["ended_at"]
    if made.started_at and made.ended_at:
        made.duration = made.ended_at - made.started_at


def end(
    info: egress.EgressInfo, event: Mapping[str, Any], outputs: Sequence[Mapping[str, Any]]
) -> None:
    """From the worker's ``ended``, or what a repair found in its place."""
    info.ended_at = event["at"]
    info.error = event["error"]
    said = f"End reason: {event['reason']}"
    info.details = f"{said}. {info.details}" if info.details else said
    if info.error:
        info.status, info.error_code = egress.EGRESS_FAILED, INTERNAL
    elif info.started_at:
        info.status = egress.EGRESS_COMPLETE
    else:
        info.status = egress.EGRESS_ABORTED
    files, segments, images = (
        iter(list[Any](each))
        for each in (info.file_results, info.segment_results, info.image_results)
    )
    written = [output for output in outputs if output["kind"] != "stream"]
    results = event["outputs"] or [{} for _ in written]
    for output, result in zip(written, results, strict=True):
        match output["kind"]:
            case "file":
                _end_file(next(files), result, info)
            case "segments":
                _end_segments(next(segments), result, info)
            case "images":
                made = next(images)
                made.image_count, made.ended_at = result.get("count", 0), info.ended_at
    if info.WhichOneof("result"):
        _fill_result(info)


def relocate(
    info: egress.EgressInfo,
    output: Mapping[str, Any],
    root: Path,
    location: Callable[[str], str],
) -> None:
    """Say where the files of an output are now. ``location``: a name in ``root`` → its URL."""

    def url(path: str) -> str:
        return location(str(Path(path).relative_to(root)))

    for made in info.file_results:
        if made.location == output.get("path"):
            made.location = url(made.location)
    for listed in info.segment_results:
        if listed.playlist_location == output.get("playlist"):
            listed.playlist_location = url(listed.playlist_location)
            if listed.live_playlist_location:
                listed.live_playlist_location = url(listed.live_playlist_location)


def layout_now(info: egress.EgressInfo, layout: str) -> None:
    """The layout that holds stands where the one that was asked for stood; LiveKit keeps it in a participant's metadata."""
    request = info.WhichOneof("request")
    if request == "room_composite":
        info.room_composite.layout = layout
    elif request == "egress" and info.egress.WhichOneof("source") == "template":
        info.egress.template.layout = layout


def _end_file(made: Any, result: Mapping[str, Any], info: egress.EgressInfo) -> None:
    made.size = result.get("size", 0)
    made.duration = int(result.get("seconds", 0) * SECOND)
    made.ended_at = info.ended_at


def _end_segments(made: Any, result: Mapping[str, Any], info: egress.EgressInfo) -> None:
    _end_file(made, result, info)
    made.segment_count = result.get("count", 0)


def _fill_result(info: egress.EgressInfo) -> None:
    """What clients read before there were lists of results."""
    if info.file_results:
        info.file.CopyFrom(info.file_results[0])
    elif info.segment_results:
        info.segments.CopyFrom(info.segment_results[0])
    elif info.stream_results:
        info.stream.info.clear()
        info.stream.info.extend(info.stream_results)
