"""LiveKit's Start requests, both versions, from an EgressRequest. LiveKit: livekit_egress.proto."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from greenroom.adapters.livekit.client import request_of
from greenroom.domain.egress import EgressOutput, EgressRequest, Encoding, Storage
from greenroom.domain.egress_checks import format_of, has_video, require_possible, require_streams
from greenroom.domain.urls import stream_key

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from livekit.protocol import egress

PRESETS = {
    (1280, 720, 30): ("H264_720P_30", 3000),
    (1280, 720, 60): ("H264_720P_60", 4500),
    (1920, 1080, 30): ("H264_1080P_30", 4500),
    (1920, 1080, 60): ("H264_1080P_60", 6000),
    (720, 1280, 30): ("PORTRAIT_H264_720P_30", 3000),
    (720, 1280, 60): ("PORTRAIT_H264_720P_60", 4500),
    (1080, 1920, 30): ("PORTRAIT_H264_1080P_30", 4500),
    (1080, 1920, 60): ("PORTRAIT_H264_1080P_60", 6000),
}
"""Width, height and frames per second → LiveKit's EncodingOptionsPreset, and its video bitrate in kbps."""
AUDIO_KBPS = 128
FRAME_RATE = 30
LISTS = {
    "file": "file_outputs",
    "stream": "stream_outputs",
    "segments": "segment_outputs",
    "images": "image_outputs",
}
"""Kind → the field that lists its outputs in the first version's requests."""


@dataclass(frozen=True, slots=True)
class StartCall:
    """One Start call: the RPC's name and its request. ``secrets``: what no error may show."""

    method: str
    request: Message = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


def start_call(wanted: EgressRequest) -> StartCall | None:
    """The first version's call, or None where that version has no words for it. Raises InvalidRequest."""
    require_possible(wanted)
    found = _first(wanted)
    if found is None:
        return None
    method, request = found
    return StartCall(method, request, secrets_of(wanted))


def second_call(wanted: EgressRequest) -> StartCall:
    """The second version's call, which has words for everything. Raises InvalidRequest."""
    from livekit.protocol import egress

    require_possible(wanted)
    storage = storage_of(wanted.storage)
    request = request_of(
        egress.StartEgressRequest,
        room_name=wanted.room,
        outputs=[_second_output(output, wanted) for output in wanted.outputs],
        storage=request_of(egress.StorageConfig, **storage) if storage else None,
        webhooks=_webhooks(wanted),
        **_second_source(wanted),
        **_encoding(wanted),
    )
    return StartCall("StartEgress", request, secrets_of(wanted))


def needs_second(wanted: EgressRequest) -> bool:
    """Whether the first version lacks it: it documents one output of each kind, and people with sound and picture only."""
    kinds = [output.kind for output in wanted.outputs]
    alone = wanted.source.audio_only or wanted.source.video_only
    return len(set(kinds)) < len(kinds) or (wanted.source.kind == "participant" and alone)


def secrets_of(wanted: EgressRequest) -> tuple[str, ...]:
    """Stream URLs, their keys, and what opens the storage."""
    urls = [url for output in wanted.outputs for url in output.urls]
    credentials = wanted.storage.credentials.values() if wanted.storage else ()
    return (*secrets_of_streams(urls), *credentials)


def secrets_of_streams(urls: Iterable[str]) -> tuple[str, ...]:
    """The keys alone too: an error may name one without its URL."""
    return tuple(secret for url in urls for secret in (url, stream_key(url)))


def storage_of(storage: Storage | None) -> dict[str, Message]:
    """The field of LiveKit's ``output`` and ``provider`` oneofs, with its message; {} where files stay with the service."""
    from livekit.protocol import egress

    if storage is None or storage.type == "local":
        return {}
    place = {"bucket": storage.bucket, "region": storage.region, "endpoint": storage.endpoint}
    known = storage.credentials
    match storage.type:
        case "s3":
            path_style = bool(storage.endpoint)
            made: Message = request_of(
                egress.S3Upload, **place, force_path_style=path_style, **known
            )
            return {"s3": made}
        case "gcp":
            return {"gcp": request_of(egress.GCPUpload, bucket=storage.bucket, **known)}
        case "azure":
            container = storage.bucket
            made = request_of(egress.AzureBlobUpload, container_name=container, **known)
            return {"azure": made}
        case _:
            return {"aliOSS": request_of(egress.AliOSSUpload, **place, **known)}


def _first(wanted: EgressRequest) -> tuple[str, Message] | None:
    from livekit.protocol import egress

    source, room = wanted.source, wanted.room
    common: dict[str, Any] = {"webhooks": _webhooks(wanted)}
    alone = {"audio_only": source.audio_only, "video_only": source.video_only}
    match source.kind:
        case "track":
            file = request_of(
                egress.DirectFileOutput, filepath=_track_path(wanted), **storage_of(wanted.storage)
            )
            request: Message = request_of(
                egress.TrackEgressRequest,
                room_name=room,
                track_id=source.track,
                file=file,
                **common,
            )
            return "StartTrackEgress", request
        case "participant" if any(alone.values()):
            return None
    common |= {**_encoding(wanted), **_lists(wanted)}
    match source.kind:
        case "room":
            kind: Any = egress.RoomCompositeEgressRequest
            fields = {"room_name": room, "layout": source.layout, **alone}
            return "StartRoomCompositeEgress", request_of(kind, **fields, **common)
        case "participant":
            kind = egress.ParticipantEgressRequest
            who = {"identity": source.identity, "screen_share": source.screen_share}
            return "StartParticipantEgress", request_of(kind, room_name=room, **who, **common)
        case "tracks":
            kind = egress.TrackCompositeEgressRequest
            tracks = {"audio_track_id": source.audio_track, "video_track_id": source.video_track}
            return "StartTrackCompositeEgress", request_of(kind, room_name=room, **tracks, **common)
        case _:
            return "StartWebEgress", request_of(
                egress.WebEgressRequest, url=source.url, **alone, **common
            )


def _lists(wanted: EgressRequest) -> dict[str, list[Message]]:
    lists: dict[str, list[Message]] = {}
    for output in wanted.outputs:
        upload = {} if output.kind == "stream" else storage_of(wanted.storage)
        lists.setdefault(LISTS[output.kind], []).append(_output(output, wanted, upload))
    return lists


def _output(output: EgressOutput, wanted: EgressRequest, upload: dict[str, Message]) -> Message:
    from livekit.protocol import egress

    path = _path(output.path, wanted.storage)
    match output.kind:
        case "file":
            return request_of(egress.EncodedFileOutput, **_file(output, path), **upload)
        case "stream":
            return _stream(output)
        case "segments":
            playlist = f"{path.rpartition('/')[2]}.m3u8" if output.path else ""
            return request_of(
                egress.SegmentedFileOutput,
                filename_prefix=path,
                playlist_name=playlist,
                segment_duration=output.interval,
                **upload,
            )
        case "images":
            return request_of(
                egress.ImageOutput,
                filename_prefix=path,
                capture_interval=output.interval,
                **upload,
            )


def _file(output: EgressOutput, path: str) -> dict[str, Any]:
    from livekit.protocol import egress

    kind = format_of(output)
    if kind and path and not path.lower().endswith((f".{kind}", "/")):
        path = f"{path}.{kind}"
    # WebM is no file type of LiveKit's: VP8 makes it one, and the ending says so.
    types = {"mp4": egress.MP4, "ogg": egress.OGG, "mp3": egress.MP3}
    return {"filepath": path, "file_type": types.get(kind, egress.DEFAULT_FILETYPE)}


def _stream(output: EgressOutput) -> egress.StreamOutput:
    from livekit.protocol import egress

    protocol = egress.StreamProtocol.Value(require_streams(output.urls))
    return request_of(egress.StreamOutput, protocol=protocol, urls=list(output.urls))


def _track_path(wanted: EgressRequest) -> str:
    output = wanted.outputs[0]
    return str(_file(output, _path(output.path, wanted.storage))["filepath"])


def _path(path: str, storage: Storage | None) -> str:
    """Below the storage's prefix; without a name of its own the service makes one there."""
    if storage is None:
        return path
    folders = [storage.bucket if storage.type == "local" else "", storage.prefix]
    before = "".join(f"{folder.strip('/')}/" for folder in folders if folder.strip("/"))
    return f"{before}{path}"


def _webhooks(wanted: EgressRequest) -> list[Message]:
    from livekit.protocol import models

    # Without a key's name the service signs with its own first one.
    return [request_of(models.WebhookConfig, url=url) for url in wanted.webhooks]


def _encoding(wanted: EgressRequest) -> dict[str, Any]:
    """``preset`` where size and rates are those of one, else ``advanced``; {} leaves the choice to the service."""
    from livekit.protocol import egress

    asked = wanted.encoding or Encoding()
    vp8 = any(o.kind == "file" and format_of(o) == "webm" for o in wanted.outputs)
    if not vp8 and asked == Encoding():
        return {}
    preset = _preset(asked)
    if preset and not vp8:
        return {"preset": egress.EncodingOptionsPreset.Value(preset)}
    advanced = request_of(
        egress.EncodingOptions,
        width=asked.width,
        height=asked.height,
        framerate=asked.frame_rate,
        video_bitrate=asked.video_bitrate // 1000,
        audio_bitrate=asked.audio_bitrate // 1000,
        video_codec=_video_codec("VP8") if vp8 else 0,
        audio_codec=_audio_codec("OPUS") if vp8 else 0,
    )
    return {"advanced": advanced}


def _video_codec(name: str) -> int:
    """LiveKit: VideoCodec."""
    from livekit.protocol import models

    return int(models.VideoCodec.Value(name))


def _audio_codec(name: str) -> int:
    from livekit.protocol import models

    return int(models.AudioCodec.Value(name))


def _preset(asked: Encoding) -> str:
    name, kbps = PRESETS.get((asked.width, asked.height, asked.frame_rate or FRAME_RATE), ("", 0))
    video, audio = asked.video_bitrate // 1000, asked.audio_bitrate // 1000
    return name if video in {0, kbps} and audio in {0, AUDIO_KBPS} else ""


def _second_output(output: EgressOutput, wanted: EgressRequest) -> egress.Output:
    from livekit.protocol import egress

    path = _path(output.path, wanted.storage)
    if output.kind == "file":
        return egress.Output(file=request_of(egress.FileOutput, **_file(output, path)))
    message: Any = _output(output, wanted, {})
    return egress.Output(**{output.kind: message})


def _second_source(wanted: EgressRequest) -> dict[str, Message]:
    from livekit.protocol import egress

    source = wanted.source
    alone = {"audio_only": source.audio_only, "video_only": source.video_only}
    if source.kind == "room":
        return {"template": request_of(egress.TemplateSource, layout=source.layout, **alone)}
    if source.kind == "web":
        return {"web": request_of(egress.WebSource, url=source.url, **alone)}
    media = egress.MediaSource()
    if source.kind == "participant":
        route = request_of(egress.AudioRoute, participant_identity=source.identity)
        if has_video(source):
            media.participant_video.identity = source.identity
            media.participant_video.prefer_screen_share = source.screen_share
        if not source.video_only:
            media.audio.routes.append(route)
        return {"media": media}
    # Which kind a single track is stands in the room: TrackEgress, which knows, is the first version's.
    if source.video_track:
        media.video_track_id = source.video_track
    if source.audio_track:
        media.audio.routes.add(track_id=source.audio_track)
    return {"media": media}
