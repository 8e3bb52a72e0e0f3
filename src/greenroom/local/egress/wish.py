"""What was asked for, by whichever of LiveKit's Start calls: one shape for all of them.

The first version's calls name their outputs in four lists and, in older clients, in a oneof; the second
version, StartEgress, has one list. Storage stands in each output, or once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from livekit.protocol import egress
from livekit.protocol.models import ParticipantInfo

from greenroom.domain.urls import split_url
from greenroom.local.egress.encoding import encoding_of
from greenroom.local.egress.layouts import check_layout
from greenroom.local.egress.plan import Channel, Encoding, Route, Video
from greenroom.local.twirp.refusals import Refusal

WEB = (
    "Greenroom's recorder does not open web pages: it records rooms, participants and tracks. For a web page, or a "
    "template of your own (custom_base_url), LiveKit's Egress service is needed."
)
LISTS = {"file_outputs": "file", "stream_outputs": "stream", "segment_outputs": "segments"}
LISTS["image_outputs"] = "images"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One output as it was asked for: its kind, its message, and the storage (a message) it goes to, if any."""

    kind: str
    message: Any
    storage: Any | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A Start call that could be read."""

    room: str
    video: Video
    audio: tuple[Route, ...]
    encoding: Encoding
    outputs: tuple[Wanted, ...]
    webhooks: tuple[Any, ...]
    single: bool = False
    """The output was named by the older oneof, so ``EgressInfo.result`` is filled, too."""


def read_wish(request: Any, *, pages: bool = False) -> Wish:
    """Any of the six requests. ``pages``: web pages can be opened. Raises Refusal (invalid_argument, unimplemented)."""
    kind = type(request).__name__
    if opens_page(request) and not pages:
        raise Refusal("unimplemented", WEB)
    room = "" if _is_web(request) else request.room_name
    video, audio = _READERS[kind](request)
    if not room and not _is_web(request):
        raise Refusal("invalid_argument", "room_name is missing.")
    oneof = "encoding" if kind == "StartEgressRequest" else "options"
    plain = kind == "TrackEgressRequest"
    wish = Wish(
        room=room,
        video=video,
        audio=audio,
        encoding=Encoding() if plain else encoding_of(request, oneof),
        outputs=tuple(_outputs(request)),
        webhooks=tuple(request.webhooks),
        single="output" in request.DESCRIPTOR.oneofs_by_name
        and request.WhichOneof("output") is not None,
    )
    if not wish.outputs:
        raise Refusal(
            "invalid_argument", "The request names no output: a file, stream, segments or images."
        )
    return wish


def opens_page(request: Any) -> bool:
    """Whether it needs a browser: for a web page, or for a template of one's own."""
    template = request.template if isinstance(request, egress.StartEgressRequest) else request
    return _is_web(request) or bool(getattr(template, "custom_base_url", ""))


def _is_web(request: Any) -> bool:
    if isinstance(request, egress.StartEgressRequest):
        return str(request.WhichOneof("source")) == "web"
    return isinstance(request, egress.WebEgressRequest)


def _room(request: Any) -> tuple[Video, tuple[Route, ...]]:
    if request.audio_mixing not in _MIXINGS:
        words = f"There is no audio mixing {request.audio_mixing}."
        raise Refusal("invalid_argument", words)
    return _template(request, _MIXINGS[request.audio_mixing])


def _template(source: Any, audio: tuple[Route, ...]) -> tuple[Video, tuple[Route, ...]]:
    # A template of one's own has layouts of its own.
    layout = source.layout if source.custom_base_url else check_layout(source.layout)
    return _halves(source, Video(of="room", layout=layout), audio)


def _web(source: Any) -> tuple[Video, tuple[Route, ...]]:
    if split_url(source.url, {"http", "https"}) is None:
        raise Refusal("invalid_argument", "The web page has no http or https URL.")
    return _halves(source, Video(of="page"), (Route(),))


def _halves(source: Any, video: Video, audio: tuple[Route, ...]) -> tuple[Video, tuple[Route, ...]]:
    if source.audio_only and source.video_only:
        raise Refusal("invalid_argument", "audio_only and video_only exclude each other.")
    return Video(of="nothing") if source.audio_only else video, () if source.video_only else audio


def _participant(request: Any) -> tuple[Video, tuple[Route, ...]]:
    if not request.identity:
        raise Refusal("invalid_argument", "identity is missing.")
    video = Video(of="participant", identity=request.identity, screen_share=request.screen_share)
    return video, (Route(by="identity", value=request.identity),)


def _tracks(request: Any) -> tuple[Video, tuple[Route, ...]]:
    if not request.audio_track_id and not request.video_track_id:
        raise Refusal("invalid_argument", "audio_track_id and video_track_id are both missing.")
    return _of_tracks(request.video_track_id, request.audio_track_id)


def _of_tracks(video: str, audio: str) -> tuple[Video, tuple[Route, ...]]:
    shown = Video(of="track", track=video) if video else Video(of="nothing")
    return shown, (Route(by="track", value=audio),) if audio else ()


def _track(request: Any) -> tuple[Video, tuple[Route, ...]]:
    if not request.track_id:
        raise Refusal("invalid_argument", "track_id is missing.")
    if request.WhichOneof("output") == "websocket_url":
        words = "Tracks are not sent to WebSockets here: write them to a file."
        raise Refusal("unimplemented", words)
    # Which kind it is stands in the room: ``tracks`` asks there.
    return Video(of="track", track=request.track_id), (Route(by="track", value=request.track_id),)


def _second(request: Any) -> tuple[Video, tuple[Route, ...]]:
    source = request.WhichOneof("source")
    if source == "web":
        return _web(request.web)
    if source == "template":
        return _template(request.template, (Route(),))
    if source != "media":
        raise Refusal("invalid_argument", "The request names no source: template, web or media.")
    media = request.media
    match media.WhichOneof("video"):
        case "video_track_id":
            video = Video(of="track", track=media.video_track_id)
        case "participant_video":
            who = media.participant_video
            video = Video(
                of="participant", identity=who.identity, screen_share=who.prefer_screen_share
            )
        case _:
            video = Video(of="nothing")
    routes = tuple(_route(each) for each in media.audio.routes)
    audio = (Route(),) if media.audio.capture_all else routes
    if video.of == "nothing" and not audio:
        raise Refusal("invalid_argument", "The media source names neither video nor audio.")
    return video, audio


def _route(given: Any) -> Route:
    match = given.WhichOneof("match")
    if match is None:
        raise Refusal("invalid_argument", "An audio route names no track, identity or kind.")
    value = str(getattr(given, match))
    return Route(by=_MATCHES[match], value=value, channel=_CHANNELS.get(given.channel, "both"))


_CHANNELS: dict[int, Channel] = {
    egress.AUDIO_CHANNEL_LEFT: "left",
    egress.AUDIO_CHANNEL_RIGHT: "right",
}
_MATCHES: dict[str, Literal["track", "identity", "kind"]] = {
    "track_id": "track",
    "participant_identity": "identity",
    "participant_kind": "kind",
}
_AGENT = Route(by="kind", value=str(ParticipantInfo.AGENT), channel="left")
_MIXINGS: dict[int, tuple[Route, ...]] = {
    egress.DEFAULT_MIXING: (Route(),),
    egress.DUAL_CHANNEL_AGENT: (_AGENT, Route(channel="right")),
    egress.DUAL_CHANNEL_ALTERNATE: (Route(channel="alternate"),),
}
_READERS = {
    "RoomCompositeEgressRequest": _room,
    "WebEgressRequest": _web,
    "ParticipantEgressRequest": _participant,
    "TrackCompositeEgressRequest": _tracks,
    "TrackEgressRequest": _track,
    "StartEgressRequest": _second,
}


def _outputs(request: Any) -> Iterator[Wanted]:
    if isinstance(request, egress.StartEgressRequest):
        for output in request.outputs:
            kind = output.WhichOneof("config")
            if kind is None:
                raise Refusal(
                    "invalid_argument", "An output names no file, stream, segments or images."
                )
            common = output.storage if output.HasField("storage") else request.storage
            yield Wanted(kind, getattr(output, kind), _one_of(common, "provider"))
        return
    named = {name: kind for name, kind in LISTS.items() if hasattr(request, name)}
    listed = [(kind, each) for name, kind in named.items() for each in getattr(request, name)]
    single = request.WhichOneof("output") if "output" in request.DESCRIPTOR.oneofs_by_name else None
    if single and not listed:
        listed = [(single, getattr(request, single))]
    for kind, message in listed:
        yield Wanted(kind, message, None if kind == "stream" else _one_of(message, "output"))


def _one_of(message: Any, oneof: str) -> Any | None:
    name = message.WhichOneof(oneof) if oneof in message.DESCRIPTOR.oneofs_by_name else None
    return getattr(message, name) if name else None
