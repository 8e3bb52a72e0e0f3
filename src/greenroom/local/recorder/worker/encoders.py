"""Every codec that is needed, once, whatever the number of outputs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import av
import numpy as np
from av.video.frame import PictureType

from greenroom.local.egress.plan import Encoding
from greenroom.local.recorder.load import is_heavy, pixels
from greenroom.local.recorder.worker.sound import RATE, Samples

Audio = Literal["aac", "opus", "mp3"]
CODECS: dict[Audio, str] = {"aac": "aac", "opus": "libopus", "mp3": "libmp3lame"}
AUDIO_OPTIONS: dict[Audio, dict[str, str]] = {"opus": {"compression_level": "5"}}
"""libopus' complexity, of 10: what the other half finds is not heard at these bit rates, and costs as much again."""
QUALITY = "23"
"""x264's crf, libvpx' as well: the bit rate that was asked for is what it may not exceed."""
SMPTE170M = 6
"""What WebRTC's planes are; nothing is converted, so players must be told (H.273)."""
LIMITED = 1
AHEAD = {"mbtree": "1", "rc-lookahead": "10"}
"""Of what veryfast has more than superfast, this is nearly all that is to be seen. It costs next to nothing where one
thread encodes, a tenth of a core and 60 MB where there are more."""
THREAD_PIXELS = 2.25
"""What one thread of x264 encodes in time, in units of 720p at 30: 1080p at 30. More threads share less well."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An encoded packet. Sinks make packets of their own of it: muxers change theirs."""

    codec: str
    data: bytes
    pts: int
    dts: int
    duration: int
    time_base: Fraction
    key: bool

    @property
    def seconds(self) -> float:
        """When it is to be decoded."""
        return float(self.dts * self.time_base)

    def packet(self, stream: Any, start: float = 0.0) -> av.Packet[Any]:
        """A packet of a sink's own stream; ``start``: seconds that are its zero."""
        packet: av.Packet[Any] = av.Packet(self.data)
        base = int(Fraction(start).limit_denominator(90_000) / self.time_base)
        packet.stream = stream
        packet.time_base = self.time_base
        packet.pts, packet.dts = self.pts - base, self.dts - base
        packet.duration = self.duration
        packet.is_keyframe = self.key
        return packet


class Encoders:
    """``streams``: codec → what a sink's stream is made after."""

    def __init__(self, encoding: Encoding, video: str | None, audio: Iterable[Audio]) -> None:
        """``video``: "h264", "vp8" or None; ``audio``: as many codecs as outputs need."""
        self.streams: dict[str, Any] = {}
        self._holders: list[Any] = []
        self._video = self._add_video(encoding, video) if video else None
        self._audio = [self._add_audio(codec, encoding) for codec in sorted(set(audio))]
        self._video_name = video or ""

    def _hold(self) -> Any:
        # A container that writes nothing: streams made after another need one that belongs to a container.
        holder = av.open("none", "w", format="null")
        self._holders.append(holder)
        return holder

    def _add_video(self, encoding: Encoding, codec: str) -> Any:
        name = "libx264" if codec == "h264" else "libvpx"
        stream = self._hold().add_stream(
            name, rate=encoding.fps, options=_video_options(encoding, codec)
        )
        stream.width, stream.height, stream.pix_fmt = encoding.width, encoding.height, "yuv420p"
        context = stream.codec_context
        context.time_base = Fraction(1, encoding.fps)
        context.gop_size = max(1, round(encoding.key_seconds * encoding.fps))
        context.color_range, context.colorspace = LIMITED, SMPTE170M
        context.color_primaries = context.color_trc = SMPTE170M
        if encoding.constant or codec == "vp8":
            context.bit_rate = encoding.video_kbps * 1000
        context.flags |= av.codec.context.Flags.global_header
        # Threads a picture each: with slices of one, each waits for the slowest.
        context.thread_type = "FRAME"
        # Opens the codec, and says in the stream what came of it.
        stream.container.start_encoding()
        self.streams[codec] = stream
        return stream

    def _add_audio(self, codec: Audio, encoding: Encoding) -> tuple[str, Any]:
        # Opus knows one rate only (RFC 7845).
        rate = RATE if codec == "opus" else encoding.sample_rate
        stream = self._hold().add_stream(
            CODECS[codec], rate=rate, layout="stereo", options=AUDIO_OPTIONS.get(codec, {})
        )
        stream.codec_context.bit_rate = encoding.audio_kbps * 1000
        stream.codec_context.flags |= av.codec.context.Flags.global_header
        stream.container.start_encoding()
        self.streams[codec] = stream
        return codec, stream

    def video(self, frame: av.VideoFrame, number: int, *, key: bool) -> list[Piece]:
        """Encode frame ``number`` of the recording; ``key``: as a key frame."""
        if self._video is None:
            return []
        frame.pts, frame.time_base = number, self._video.codec_context.time_base
        frame.pict_type = PictureType.I if key else PictureType.NONE
        return [self._piece(self._video_name, each) for each in self._video.encode(frame)]

    def audio(self, samples: Samples, start: int) -> list[Piece]:
        """Encode sound from sample ``start`` of the recording on."""
        pieces = []
        for codec, stream in self._audio:
            packed = np.ascontiguousarray(samples).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format="s16", layout="stereo")
            frame.sample_rate = RATE
            frame.pts, frame.time_base = start, Fraction(1, RATE)
            pieces += [self._piece(codec, each) for each in stream.encode(frame)]
        return pieces

    def close(self) -> list[Piece]:
        """What the encoders still held."""
        pieces = []
        every = [(self._video_name, self._video)] if self._video is not None else []
        for codec, stream in [*every, *self._audio]:
            pieces += [self._piece(codec, each) for each in stream.encode(None)]
        for holder in self._holders:
            holder.close()
        return pieces

    def _piece(self, codec: str, packet: av.Packet[Any]) -> Piece:
        return Piece(
            codec,
            bytes(packet),
            packet.pts or 0,
            packet.dts if packet.dts is not None else packet.pts or 0,
            packet.duration or 0,
            packet.time_base,
            packet.is_keyframe,
        )


def _video_options(encoding: Encoding, codec: str) -> dict[str, str]:
    if codec == "vp8":
        return {"deadline": "realtime", "cpu-used": "8", "threads": "2", "lag-in-frames": "0"}
    most = encoding.video_kbps
    options = {
        "preset": "superfast",
        **({} if is_heavy(encoding) else AHEAD),
        "profile": encoding.profile,
        # B-frames cost a tenth to a quarter of the time, which a small machine lacks, and save a fifth of the bytes.
        "bf": "0",
        "threads": str(math.ceil(pixels(encoding) / THREAD_PIXELS)),
        # Cuts between scenes would make segments uneven.
        "sc_threshold": "0",
        "maxrate": f"{most}k",
        "bufsize": f"{2 * most}k",
    }
    return options if encoding.constant else {**options, "crf": QUALITY}
