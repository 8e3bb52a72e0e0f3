"""Files as outputs: MP4, WebM, OGG and MP3."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import av

from greenroom.local.egress.plan import File
from greenroom.local.recorder.worker.encoders import Piece
from greenroom.local.recorder.worker.mp4 import (
    FRAGMENTED,
    duration_of,
    keep_whole_fragments,
    to_fast_start,
)
from greenroom.local.recorder.worker.sink import Sink

OPTIONS = {
    "mp4": FRAGMENTED,
    "webm": {"cluster_time_limit": "1000", "flush_packets": "1"},
    "ogg": {"page_duration": "500000", "flush_packets": "1"},
    "mp3": {"flush_packets": "1"},
}
"""All of them can be read when they end in the middle."""


class FileSink(Sink):
    """Writes over the empty file that the service has put there, so that no other recording takes the name."""

    def __init__(self, file: File, streams: dict[str, Any]) -> None:
        super().__init__(tuple(streams))
        self._file = file
        self._path = Path(file.path)
        self._templates = streams
        self._container: Any = None
        self._streams: dict[str, Any] = {}
        self.duration = 0.0

    def open(self) -> None:
        """See Sink."""
        kind = self._file.container
        self._container = av.open(self._file.path, "w", format=kind, options=OPTIONS[kind])
        self._streams = {
            codec: self._container.add_stream_from_template(template, opaque=True)
            for codec, template in self._templates.items()
        }
        self._container.start_encoding()

    def write(self, item: Piece) -> None:
        """See Sink."""
        self._container.mux(item.packet(self._streams[item.codec]))

    def close(self) -> None:
        """See Sink."""
        container, self._container = self._container, None
        container.close()
        if self._file.container == "mp4":
            to_fast_start(self._path)
        self._measure()

    def salvage(self) -> None:
        """See Sink."""
        if self._container is not None:
            # It cannot be written, so neither can its end.
            with suppress(OSError, av.FFmpegError, ValueError):
                self._container.close()
        with suppress(OSError, av.FFmpegError):
            if self._file.container == "mp4" and keep_whole_fragments(self._path):
                with suppress(OSError, av.FFmpegError):
                    to_fast_start(self._path)
            self._measure()

    def _measure(self) -> None:
        self.size = self._path.stat().st_size
        if self.size:
            self.duration = duration_of(self._path)

    def result(self) -> dict[str, Any]:
        """See Sink."""
        return {
            "size": self.size,
            "seconds": self.duration,
            "error": self.error,
        }
