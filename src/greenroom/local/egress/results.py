"""An EgressInfo, filled as LiveKit's egress fills it. Times and durations are nanoseconds."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from livekit.protocol import egress

from greenroom.domain.egress import EGRESS_ID
from greenroom.domain.urls import redacted_url
from greenroom.local.egress.plan import Plan
from greenroom.local.egress.planning import require_stream_url
from greenroom.local.egress.redact import redact
from greenroom.local.twirp.refusals import Refusal, from_inside

REQUESTS = {
    "RoomCompositeEgressRequest": "room_composite",
    "WebEgressRequest": "web",
    "ParticipantEgressRequest": "participant",
    "TrackCompositeEgressRequest": "track_composite",
    "TrackEgressRequest": "track",
    "StartEgressRequest": "egress",
}
"""Request → its place in ``EgressInfo.request``."""
ENDED = frozenset(
    {
        egress.EGRESS_COMPLETE,
        egress.EGRESS_FAILED,
        egress.EGRESS_ABORTED,
        egress.EGRESS_LIMIT_REACHED,
    }
)
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SECOND = 1_000_000_000
BAD_REQUEST, INTERNAL = 400, 500
"""error_code: HTTP's statuses, as LiveKit has them there."""


def new_id() -> str:
    """An egress id as LiveKit makes them. protocol utils/guid."""
    return EGRESS_ID + "".join(secrets.choice(LETTERS) for _ in range(12))


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


def set_layout(info: egress.EgressInfo, layout: str) -> None:
    """So that whoever asks later is told the layout of that moment; LiveKit's egress goes on showing the first one."""
    match info.WhichOneof("request"):
        case "room_composite":
            info.room_composite.layout = layout
        case "egress" if info.egress.WhichOneof("source") == "template":
            info.egress.template.layout = layout


def stream_now(made: Any, event: Mapping[str, Any]) -> None:
    """From the worker's ``stream``: how one destination stands."""
    made.status = egress.StreamInfo.Status.Value(event["status"].upper())
    made.error = event["error"]
    made.retries = event["retries"]
    made.last_retry_at = event["last_retry_at"]
    made.started_at, made.ended_at = event["started_at"], event["ended_at"]
    if made.started_at and made.ended_at:
        made.duration = made.ended_at - made.started_at


def change_streams(
    info: egress.EgressInfo,
    urls: list[str],
    add: Iterable[str],
    remove: Iterable[str],
) -> tuple[list[str], list[str]]:
    """UpdateStream: what is new, and what of ``urls`` is to go. Those to remove may be named as they are shown.

    ``urls``: where it streams to, in the order of the info's results; they are secrets. Raises Refusal.
    """
    new = [require_stream_url(url) for url in dict.fromkeys(add) if url not in urls]
    if new and not _is_streamable(info):
        words = "This recording is not made for streams: it has no H.264 video with AAC sound."
        raise Refusal("failed_precondition", words)
    gone = [_known(urls, url) for url in remove]
    for url in new:
        urls.append(url)
        info.stream_results.add(url=redacted_url(url))
    return new, gone


def _known(urls: Iterable[str], url: str) -> str:
    for known in urls:
        if url in {known, redacted_url(known)}:
            return known
    raise Refusal("not_found", f"This recording does not stream to {redacted_url(url)}.")


def _is_streamable(info: egress.EgressInfo) -> bool:
    """Whether what RTMP takes is encoded anyway."""
    made = info.stream_results or info.segment_results
    return bool(made) or any(each.filename.endswith(".mp4") for each in info.file_results)


def refused_info(request: Any, *, room_id: str, error: str) -> egress.EgressInfo:
    """Of an automatic egress that did not start: it has no id. livekit-server pkg/rtc/egress.go."""
    info = egress.EgressInfo(
        room_id=room_id, room_name=request.room_name, status=egress.EGRESS_FAILED, error=error
    )
    kept = getattr(info, REQUESTS[type(request).__name__])
    kept.CopyFrom(request)
    redact(kept)
    return info


def no_egress() -> Refusal:
    """Nothing of that id."""
    return from_inside("not_found", "egress does not exist")


def not_now(info: egress.EgressInfo, done: str) -> Refusal:
    """As livekit-server words it; ``done``: stopped, updated."""
    name = egress.EgressStatus.Name(info.status)
    return Refusal("failed_precondition", f"egress with status {name} cannot be {done}")


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
