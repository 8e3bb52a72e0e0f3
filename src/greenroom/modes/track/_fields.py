"""Arguments that several capabilities about pictures have."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from greenroom.domain.capability import Kind, Words
from greenroom.domain.video import written_size


def as_size(value: object) -> object:
    """People write 720p; settings have pixels."""
    return written_size(value) if isinstance(value, str) else value


Resolution = Annotated[
    str | None,
    Kind.RESOLUTION,
    Words("resolution", "resolution of", "size", "picture size"),
    BeforeValidator(as_size),
    Field(
        pattern=r"^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$",
        description="Width and height in pixels, 1280x720; 360p to 1440p, hd, full hd and 4k are known.",
    ),
]
FrameRate = Annotated[
    int | None,
    Kind.FRAME_RATE,
    Words("fps", "frame rate", "framerate", "frames per second", "pictures per second"),
    Field(ge=1, le=240, description="Pictures a second."),
]
MaxBitrate = Annotated[
    int | None,
    Kind.BITRATE,
    Words("bitrate", "max bitrate", "maximum bitrate", "at most", "up to"),
    Field(ge=1, description="Most bits per second that it may take."),
]
