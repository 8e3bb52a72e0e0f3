"""Arguments that several capabilities about pictures have."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Kind, Words
from greenroom.modes._fields import PictureSize

Resolution = Annotated[PictureSize, Words("resolution", "resolution of", "size", "picture size")]
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
