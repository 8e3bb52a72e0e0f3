"""Set how clients capture the camera."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from greenroom.domain.capability import Change, Example, Kind, Means, capability
from greenroom.domain.nouns import SettingsChange
from greenroom.domain.ports import Context
from greenroom.domain.presets import SettingsWanted
from greenroom.domain.video import pixel_size
from greenroom.modes._settings import where
from greenroom.modes.track._fields import FrameRate, Resolution
from greenroom.modes.track._writing import put_back, wanted, write

TABLE = "track.defaultSettings.video"
CAMERAS = {
    "user": "the camera that faces the person",
    "environment": "the camera on the back",
    "left": "the camera to the left",
    "right": "the camera to the right",
}
"""W3C Media Capture and Streams: VideoFacingModeEnum."""


class ConfigureVideo(Change):
    """What is given is set; the rest stays."""

    resolution: Resolution = None
    frame_rate: FrameRate = None
    facing_mode: Annotated[
        Literal["user", "environment", "left", "right"] | None,
        Kind.CHOICE,
        Means("user", "front camera", "selfie camera", "front-facing", "facing the user"),
        Means("environment", "back camera", "rear camera", "back-facing", "main camera"),
        Means("left", "left camera", "facing left"),
        Means("right", "right camera", "facing right"),
        Field(description="Which camera of a phone: user is the front one, environment the back."),
    ] = None


async def as_written(context: Context, request: ConfigureVideo) -> SettingsWanted:
    """What the files say now, and what is to be written. Raises invalid-config."""
    given: dict[str, Any] = {}
    if request.resolution is not None:
        given["width"], given["height"] = pixel_size(request.resolution)
    given |= {"frameRate": request.frame_rate, "facingMode": request.facing_mode}
    changes = {f"{TABLE}.{name}": value for name, value in given.items() if value is not None}
    return wanted(context, TABLE, changes)


def tell(request: ConfigureVideo, _before: SettingsWanted, result: SettingsChange) -> str:
    """Each of them, and where it is written."""
    said = [request.resolution] if request.resolution else []
    said += [f"{request.frame_rate} fps"] if request.frame_rate else []
    said += [CAMERAS[request.facing_mode]] if request.facing_mode else []
    return f"Cameras: {', '.join(said)}, {where(result)}"


@capability(
    effect="write",
    rules=("video-heavy", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "capture 720p at 24 frames per second by default",
            resolution="1280x720",
            frame_rate=24,
        ),
        Example("phones should use the back camera", facing_mode="environment"),
    ),
)
async def configure_video(context: Context, request: ConfigureVideo) -> SettingsChange:
    """Write ``track.defaultSettings.video`` into the configuration. Raises invalid-config."""
    del request  # ``before`` holds what comes of it
    return await write(context)
