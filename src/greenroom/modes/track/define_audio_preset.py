"""Keep a quality of audio under a name."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from greenroom.domain.capability import Change, Example, Kind, Means, Words, capability
from greenroom.domain.nouns import SettingsChange
from greenroom.domain.ports import Context
from greenroom.domain.presets import SettingsWanted
from greenroom.modes._settings import where
from greenroom.modes.track._presets import PresetName, in_words, key_of, presets_of
from greenroom.modes.track._writing import put_back, wanted, write

NAMES = {"max_bitrate": "maxBitrate", "dtx": "dtx", "red": "red"}
"""Argument → name below ``track.audioPresets.<name>``."""
USUAL = 48_000
"""Bits per second where nothing is said: livekit-client publishes with AudioPresets.music."""


class DefineAudioPreset(Change):
    """What is given is set; the rest of the preset stays."""

    name: PresetName
    max_bitrate: Annotated[
        int | None,
        Kind.BITRATE,
        Words("bitrate", "max bitrate", "maximum bitrate", "at most", "up to"),
        Field(
            ge=6_000,
            le=510_000,
            description="Most bits per second; what Opus can do (RFC 6716): 6000 to 510000.",
        ),
    ] = None
    dtx: Annotated[
        bool | None,
        Means(True, "dtx", "with dtx", "discontinuous transmission", "silent when nobody speaks"),
        Means(False, "no dtx", "without dtx", "dtx off", "disable dtx"),
        Field(description="Send nothing during silence (RFC 7587)."),
    ] = None
    red: Annotated[
        bool | None,
        Means(True, "red", "with red", "redundancy", "redundant audio", "redundant packets"),
        Means(False, "no red", "without red", "red off", "disable red", "without redundancy"),
        Field(description="Send packets twice against loss (RFC 2198)."),
    ] = None


async def as_written(context: Context, request: DefineAudioPreset) -> SettingsWanted:
    """What the file says now, and what is to be written. Raises invalid-config."""
    holds = dict(presets_of(context.settings, "audio").get(request.name, {}))
    said = {name: getattr(request, field) for field, name in NAMES.items()}
    if said["maxBitrate"] is None and "maxBitrate" not in holds:
        said["maxBitrate"] = USUAL
    changes: dict[str, Any] = {
        key_of("audio", request.name, name): value
        for name, value in said.items()
        if value is not None and holds.get(name) != value
    }
    return wanted(context, key_of("audio", request.name), changes)


def tell(request: DefineAudioPreset, before: SettingsWanted, result: SettingsChange) -> str:
    """The whole preset, and where it is written."""
    if not before.changes:
        return f"Audio preset {request.name} is that already: {in_words(before.holds)}."
    return f"Audio preset {request.name}: {in_words(before.then)}, {where(result)}"


@capability(
    effect="write",
    positional=("name",),
    rules=("preset-name-free", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "define an audio preset music with 128 kbps and without dtx",
            name="music",
            max_bitrate=128_000,
            dtx=False,
        ),
    ),
)
async def define_audio_preset(context: Context, request: DefineAudioPreset) -> SettingsChange:
    """Write ``track.audioPresets.<name>`` into the configuration; a new one has 48 kbps unless said otherwise. Raises invalid-config."""
    del request  # ``before`` holds what comes of it
    return await write(context)
