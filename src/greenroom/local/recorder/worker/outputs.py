"""The outputs of a plan: which codecs they need, and the threads that write them."""

from __future__ import annotations

from typing import Any

from greenroom.local.egress.plan import File, Images, Output, Plan, Segments
from greenroom.local.recorder.worker.encoders import Audio, Encoders
from greenroom.local.recorder.worker.files import FileSink
from greenroom.local.recorder.worker.hls import HlsSink
from greenroom.local.recorder.worker.images import ImageSink
from greenroom.local.recorder.worker.sink import Sink

SOUND: dict[str, Audio] = {"mp4": "aac", "webm": "opus", "ogg": "opus", "mp3": "mp3"}
SOUND_ONLY = frozenset({"ogg", "mp3"})


def codecs_of(plan: Plan, output: Output) -> tuple[str | None, Audio | None]:
    """Video and audio codec that an output takes."""
    if isinstance(output, Images):
        return None, None
    # Segments and streams have what MP4 has.
    kind = output.container if isinstance(output, File) else "mp4"
    video = None if plan.video.of == "nothing" or kind in SOUND_ONLY else plan.encoding.video_codec
    return video, SOUND[kind] if plan.audio else None


def encoders_for(plan: Plan) -> Encoders:
    """Every codec that some output takes, once."""
    pairs = [codecs_of(plan, output) for output in plan.outputs]
    video = next((video for video, _ in pairs if video), None)
    return Encoders(plan.encoding, video, [audio for _, audio in pairs if audio])


def streams_of(plan: Plan, output: Output, encoders: Encoders) -> dict[str, Any]:
    """Codec → the stream that the output's own is made after."""
    return {codec: encoders.streams[codec] for codec in codecs_of(plan, output) if codec}


def sink_for(plan: Plan, output: File | Segments | Images, encoders: Encoders) -> Sink:
    """Not started yet."""
    streams = streams_of(plan, output, encoders)
    if isinstance(output, File):
        return FileSink(output, streams)
    if isinstance(output, Segments):
        return HlsSink(output, streams)
    return ImageSink(output, plan.encoding.width, plan.encoding.height)
