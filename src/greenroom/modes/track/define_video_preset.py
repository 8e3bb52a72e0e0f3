"""Keep a quality of video under a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from greenroom.domain.capability import Change, Example, Kind, Means, capability
from greenroom.domain.nouns import SettingsChange
from greenroom.domain.ports import Context
from greenroom.domain.presets import SettingsWanted
from greenroom.domain.video import SIZES, Quality, bitrate_for, encoding_for, pixel_size, size_for
from greenroom.modes._settings import where
from greenroom.modes.track._fields import FrameRate, MaxBitrate, Resolution
from greenroom.modes.track._presets import PresetName, in_words, key_of, presets_of
from greenroom.modes.track._writing import put_back, wanted, write


class DefineVideoPreset(Change):
    """What is given is set; the rest of the preset stays. A new one is completed from LiveKit's own presets."""

    name: PresetName
    resolution: Resolution = None
    frame_rate: FrameRate = None
    max_bitrate: MaxBitrate = None
    bitrate: Annotated[
        Quality | None,
        Kind.CHOICE,
        Means("low", "low bitrate", "low quality", "low-quality", "little bandwidth"),
        Means("standard", "standard bitrate", "standard quality", "normal quality"),
        Means("high", "high bitrate", "high quality", "high-quality", "best quality"),
        Field(description="In place of a number: standard is what LiveKit sends such a size with."),
    ] = None

    @model_validator(mode="after")
    def one_bitrate(self) -> Self:
        """A bitrate that is said twice is a mistake."""
        if self.max_bitrate is not None and self.bitrate is not None:
            msg = "give max_bitrate or bitrate, not both"
            raise ValueError(msg)
        return self


def settings_for(request: DefineVideoPreset, holds: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of the preset that change. ``holds``: what it says before.

    A size that nobody said is the one that the bitrate fits, or the quality, or LiveKit's default. A bitrate follows
    from the size where it is new or said in a word.
    """
    width, height = size_of(request, holds)
    frame_rate = request.frame_rate or holds.get("frameRate")
    frame_rate = frame_rate or round(encoding_for(width, height).frame_rate)
    bitrate = request.max_bitrate
    if bitrate is None and request.bitrate is None and request.resolution is None:
        bitrate = holds.get("maxBitrate")
    bitrate = bitrate or bitrate_for(width, height, frame_rate, request.bitrate or "standard")
    whole = {"frameRate": frame_rate, "maxBitrate": bitrate}
    if request.resolution is not None or not holds:
        whole = {"width": width, "height": height, **whole}
    return {name: value for name, value in whole.items() if holds.get(name) != value}


def size_of(request: DefineVideoPreset, holds: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height that are said, held, or fit what else is said."""
    if request.resolution is not None:
        return pixel_size(request.resolution)
    if "width" in holds and "height" in holds:
        return holds["width"], holds["height"]
    bitrate = request.max_bitrate or holds.get("maxBitrate")
    usual = SIZES[request.bitrate or "standard"] if bitrate is None else size_for(bitrate)
    return usual.width, usual.height


async def as_written(context: Context, request: DefineVideoPreset) -> SettingsWanted:
    """What the file says now, and what is to be written. Raises invalid-config."""
    holds = dict(presets_of(context.settings, "video").get(request.name, {}))
    settings = settings_for(request, holds)
    changes = {key_of("video", request.name, name): value for name, value in settings.items()}
    return wanted(context, key_of("video", request.name), changes)


def tell(request: DefineVideoPreset, before: SettingsWanted, result: SettingsChange) -> str:
    """The whole preset, and where it is written."""
    if not before.changes:
        return f"Video preset {request.name} is that already: {in_words(before.holds)}."
    return f"Video preset {request.name}: {in_words(before.then)}, {where(result)}"


@capability(
    effect="write",
    positional=("name",),
    rules=("preset-name-free", "video-preset-bitrate", "video-heavy", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "make a video preset called mobile with 360p at 15 fps and 400 kbps",
            name="mobile",
            resolution="640x360",
            frame_rate=15,
            max_bitrate=400_000,
        ),
        Example(
            "define a video preset presenter with 1080p, 30 fps and high bitrate",
            name="presenter",
            resolution="1920x1080",
            frame_rate=30,
            bitrate="high",
        ),
    ),
)
async def define_video_preset(context: Context, request: DefineVideoPreset) -> SettingsChange:
    """Write ``track.videoPresets.<name>`` into the configuration. A size that nobody said is 720p, or what bitrate or quality fit. Raises invalid-config."""
    del request  # ``before`` holds what comes of it
    return await write(context)
