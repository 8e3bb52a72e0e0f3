"""From a wish to a plan: sizes, file names and paths, and whether the outputs go together at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from livekit.protocol import egress

from greenroom.local.egress.names import below, fill, with_extension
from greenroom.local.egress.plan import (
    Encoding,
    File,
    Images,
    Output,
    Plan,
    Segments,
    Stream,
    Video,
)
from greenroom.local.egress.wish import Wanted, Wish
from greenroom.local.twirp.refusals import Refusal

Container = Literal["mp4", "webm", "ogg", "mp3"]
TYPES: dict[int, Container] = {egress.MP4: "mp4", egress.OGG: "ogg", egress.MP3: "mp3"}
SOUND_ONLY = frozenset({"ogg", "mp3"})
SECONDS = 4
"""Length of a segment, where the request names none."""
IMAGE_SECONDS = 10
KEY_SECONDS = 2.0
"""Between key frames, at most, where the request says nothing."""
SHORTEST = 1
SCHEMES = frozenset({"rtmp", "rtmps"})
Reserve = Callable[[Path], bool]
"""Takes a file's name, so that nobody else has it; False where it is taken. Raises Refusal."""


def plan_for(
    wish: Wish,
    egress_id: str,
    root: Path,
    facts: Mapping[str, str],
    now: float,
    *,
    reserve: Reserve,
) -> Plan:
    """Names are made of ``facts``, below ``root``. Raises Refusal, perhaps with some names reserved."""
    planner = _Planner(wish, root, facts, now, reserve)
    seen = [planner.check(wanted) for wanted in wish.outputs]
    video = wish.video if any(seen) else Video(of="nothing")
    outputs = tuple(planner.output(wanted) for wanted in wish.outputs)
    return Plan(
        egress_id=egress_id,
        room=wish.room,
        video=video,
        audio=wish.audio,
        encoding=_with_key_frames(wish.encoding, outputs),
        outputs=outputs,
    )


def _with_key_frames(encoding: Encoding, outputs: Iterable[Output]) -> Encoding:
    """A segment begins with a key frame, so an even number of their pauses must make a segment."""
    lengths = [each.seconds for each in outputs if isinstance(each, Segments)]
    length = lengths[0] if lengths else KEY_SECONDS
    pause = length / math.ceil(length / KEY_SECONDS)
    return replace(encoding, key_seconds=encoding.key_seconds or pause)


def require_stream_url(url: str) -> str:
    """The URL, when it is RTMP or RTMPS. Raises Refusal (invalid_argument), which does not show it: it is a secret."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in SCHEMES and parts.hostname and parts.path.strip("/")
        _ = parts.port
    except ValueError:
        good, parts = None, urlsplit("")
    if not good or any(c.isspace() for c in url.removesuffix(" live=1")):
        shown = f"{parts.scheme}://{parts.hostname or ''}" if parts.scheme else "without a scheme"
        words = (
            f"A stream goes to rtmp://host/app/key or rtmps://host/app/key, not to a URL {shown}."
        )
        raise Refusal("invalid_argument", words)
    return url


class _Planner:
    def __init__(
        self, wish: Wish, root: Path, facts: Mapping[str, str], now: float, reserve: Reserve
    ) -> None:
        self._wish = wish
        self._root = root
        self._facts = facts
        self._now = now
        self._vp8 = wish.encoding.video_codec == "vp8"
        self._take = reserve

    def _reserve(self, path: Path) -> Path:
        stem, number = path.stem, 1
        while not self._take(path):
            number += 1
            path = path.with_name(f"{stem}-{number}{path.suffix}")
        return path

    def check(self, wanted: Wanted) -> bool:
        """Whether the output takes video. Raises Refusal for one that cannot be, before anything is written."""
        has_video, has_audio = self._wish.video.of != "nothing", bool(self._wish.audio)
        if wanted.kind == "file":
            container = self._container(wanted.message)
            if container in SOUND_ONLY:
                if not has_audio:
                    words = (
                        f"{container.upper()} holds sound only, and the request is for video only."
                    )
                    raise Refusal("invalid_argument", words)
                return False
            if has_video and (container == "webm") != self._vp8:
                words = (
                    "VP8 goes into WebM files (a name that ends with .webm), and H.264 into MP4."
                )
                raise Refusal("invalid_argument", words)
        elif self._vp8 and wanted.kind != "images":
            raise Refusal("invalid_argument", f"VP8 cannot be used for {wanted.kind}: take H.264.")
        if wanted.kind == "images" and not has_video:
            raise Refusal(
                "invalid_argument", "Images need video, and the request is for audio only."
            )
        return has_video

    def output(self, wanted: Wanted) -> Output:
        """Names and reserves. Raises Refusal."""
        makers: dict[str, Callable[[Any], Output]] = {
            "file": self._file,
            "segments": self._segments,
            "stream": self._stream,
            "images": self._images,
        }
        return makers[wanted.kind](wanted.message)

    def _container(self, message: Any) -> Container:
        given = TYPES.get(getattr(message, "file_type", 0))
        if given:
            return given
        ending = message.filepath.rpartition(".")[2].lower()
        if ending in {"mp4", "webm", "ogg", "mp3"}:
            return cast("Container", ending)
        if self._wish.video.of == "nothing":
            return "ogg"
        return "webm" if self._vp8 else "mp4"

    def _name(self, template: str, extension: str) -> str:
        """Without a name, or with that of a folder only, a file is named for its source and time."""
        if not template or template.endswith("/"):
            first = "track_id" if self._facts.get("track_id") else "publisher_identity"
            first = first if self._facts.get(first) else "room_name"
            template += f"{{{first}}}-{{time}}"
        return with_extension(fill(template, self._facts, self._now), extension)

    def _file(self, message: Any) -> File:
        container = self._container(message)
        name = self._name(message.filepath, f".{container}")
        path = self._reserve(below(self._root, name))
        return File(container=container, path=str(path), name=self._relative(path))

    def _segments(self, message: Any) -> Segments:
        if message.protocol == egress.HLS_FMP4_PROTOCOL:
            words = "HLS is made of MPEG-TS segments here (HLS_PROTOCOL)."
            raise Refusal("unimplemented", words)
        by_time = message.filename_suffix == egress.TIMESTAMP
        prefix = self._prefix(message.filename_prefix, "" if by_time else "_00000.ts")
        named = fill(message.playlist_name, self._facts, self._now) or Path(prefix).name
        playlist = self._reserve(self._beside(prefix, named))
        live = ""
        if message.live_playlist_name:
            given = fill(message.live_playlist_name, self._facts, self._now)
            live = str(self._reserve(self._beside(prefix, given)))
        return Segments(
            prefix=str(below(self._root, prefix)),
            playlist=str(playlist),
            live_playlist=live,
            seconds=max(SHORTEST, message.segment_duration or SECONDS),
            by_time=by_time,
        )

    def _prefix(self, template: str, first: str) -> str:
        """Of many files, the first of which is reserved: ``first`` is what its name has after the prefix."""
        wanted = prefix = self._name(template, "")
        number = 1
        while True:
            path = below(self._root, f"{prefix}{first}")
            if not first or self._take(path):
                return prefix
            number += 1
            prefix = f"{wanted}-{number}"

    def _beside(self, prefix: str, playlist: str) -> Path:
        """A playlist stands in the folder of its segments: it names them without one."""
        folder = str(Path(prefix).parent) if "/" in prefix else ""
        name = f"{folder}/{playlist}" if folder and "/" not in playlist else playlist
        path = below(self._root, with_extension(name, ".m3u8"))
        if path.parent != below(self._root, prefix).parent:
            words = f"The playlist {playlist!r} must be in the folder of its segments."
            raise Refusal("invalid_argument", words)
        return path

    def _stream(self, message: Any) -> Stream:
        if message.protocol not in {egress.DEFAULT_PROTOCOL, egress.RTMP}:
            known = {number: name for name, number in egress.StreamProtocol.items()}
            name = known.get(message.protocol, message.protocol)
            raise Refusal("unimplemented", f"Streams are RTMP or RTMPS here, not {name}.")
        given = [*message.urls, *(each.url for each in message.destinations)]
        urls = tuple(dict.fromkeys(require_stream_url(url) for url in given))
        if not urls:
            raise Refusal("invalid_argument", "The stream output names no URL.")
        return Stream(urls=urls)

    def _images(self, message: Any) -> Images:
        suffix = {1: "time", 2: "none"}.get(message.filename_suffix, "index")
        first = {"time": "", "none": ".jpeg", "index": "_00001.jpeg"}[suffix]
        prefix = self._prefix(message.filename_prefix, first)
        return Images(
            prefix=str(below(self._root, prefix)),
            seconds=message.capture_interval or IMAGE_SECONDS,
            width=message.width // 2 * 2,
            height=message.height // 2 * 2,
            suffix=cast("Literal['index', 'time', 'none']", suffix),
        )

    def _relative(self, path: Path) -> str:
        return str(path.relative_to(self._root))


def sized(plan: Plan, width: int, height: int) -> Plan:
    """The plan with a picture of this size: a track is recorded as large as it is."""
    most = max(width / 1920, height / 1080, 1)
    wide, tall = (max(64, int(side / most) // 2 * 2) for side in (width, height))
    return replace(plan, encoding=replace(plan.encoding, width=wide, height=tall))
