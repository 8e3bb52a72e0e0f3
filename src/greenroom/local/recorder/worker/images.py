"""JPEG at an interval, of the pictures that are encoded, before they are."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from greenroom.local.egress.plan import Images
from greenroom.local.recorder.worker.sink import Sink

QUALITY = 4
"""mjpeg's quantiser, 2 to 31, the lower the better."""


class ImageSink(Sink):
    """Takes pictures in place of packets."""

    def __init__(self, images: Images, width: int, height: int) -> None:
        super().__init__(())
        self._plan = images
        self._width, self._height = images.width or width, images.height or height
        self._due = 0.0
        self.count = 0

    def see(self, frame: av.VideoFrame, seconds: float) -> None:
        """A picture of the recording and its time; one in each interval is kept."""
        if seconds >= self._due and not self.error:
            self._due = seconds - seconds % self._plan.seconds + self._plan.seconds
            self.put(frame, frame.width * frame.height)

    def open(self) -> None:
        """See Sink."""

    def write(self, item: Any) -> None:
        """See Sink."""
        self.count += 1
        path = self._path()
        fresh = path.with_name(f".{path.name}.new")
        try:
            fresh.write_bytes(self._jpeg(item))
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    def _path(self) -> Path:
        prefix = self._plan.prefix
        if self._plan.suffix == "none":
            return Path(f"{prefix}.jpeg")
        stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime())
        return Path(f"{prefix}_{stamp if self._plan.suffix == 'time' else f'{self.count:05}'}.jpeg")

    def _jpeg(self, frame: av.VideoFrame) -> bytes:
        picture = frame.reformat(self._width, self._height, "yuvj420p")
        encoder: Any = av.CodecContext.create("mjpeg", "w")
        encoder.width, encoder.height, encoder.pix_fmt = self._width, self._height, "yuvj420p"
        encoder.time_base = Fraction(1, 30)
        encoder.options = {"qmin": str(QUALITY), "qmax": str(QUALITY)}
        picture.pts = 0
        return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode()])

    def close(self) -> None:
        """See Sink."""

    def salvage(self) -> None:
        """See Sink: every picture is a file of its own, and whole."""

    def result(self) -> dict[str, Any]:
        """See Sink."""
        return {"count": self.count, "error": self.error}
