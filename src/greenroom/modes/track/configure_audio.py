"""Set how clients capture the microphone."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Change, Example, Means, capability
from greenroom.domain.nouns import SettingsChange
from greenroom.domain.ports import Context
from greenroom.domain.presets import SettingsWanted
from greenroom.modes._settings import given, where
from greenroom.modes.track._writing import put_back, wanted, write

KEYS = {
    "echo_cancellation": "track.defaultSettings.audio.echoCancellation",
    "noise_suppression": "track.defaultSettings.audio.noiseSuppression",
    "auto_gain_control": "track.defaultSettings.audio.autoGainControl",
}
"""Argument → setting. WebRTC: MediaTrackConstraints of the same names."""


class ConfigureAudio(Change):
    """What is given is set; the rest stays."""

    echo_cancellation: Annotated[
        bool | None,
        Means(True, "echo cancellation", "echo canceling", "cancel echo", "aec"),
        Means(
            False,
            "no echo cancellation",
            "without echo cancellation",
            "echo cancellation off",
            "disable echo cancellation",
        ),
        Field(description="Take out the loudspeaker's echo."),
    ] = None
    noise_suppression: Annotated[
        bool | None,
        Means(True, "noise suppression", "noise reduction", "suppress noise", "denoise"),
        Means(
            False,
            "no noise suppression",
            "without noise suppression",
            "noise suppression off",
            "disable noise suppression",
        ),
        Field(description="Take out steady noise."),
    ] = None
    auto_gain_control: Annotated[
        bool | None,
        Means(True, "auto gain control", "auto gain", "automatic gain control", "agc"),
        Means(
            False,
            "no auto gain",
            "without auto gain",
            "auto gain off",
            "auto gain control off",
            "disable auto gain",
        ),
        Field(description="Keep the voice equally loud."),
    ] = None


async def as_written(context: Context, request: ConfigureAudio) -> SettingsWanted:
    """What the files say now, and what is to be written. Raises invalid-config."""
    return wanted(context, "track.defaultSettings.audio", given(request, KEYS))


def tell(request: ConfigureAudio, _before: SettingsWanted, result: SettingsChange) -> str:
    """Each of them, and where it is written."""
    given = {field.replace("_", " "): getattr(request, field) for field in KEYS}
    said = [f"{name} {'on' if on else 'off'}" for name, on in given.items() if on is not None]
    return f"Microphones: {', '.join(said)}, {where(result)}"


@capability(
    effect="write",
    rules=("settings-as-asked",),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example("turn noise suppression off", noise_suppression=False),
        Example(
            "enable echo cancellation and auto gain",
            echo_cancellation=True,
            auto_gain_control=True,
        ),
    ),
)
async def configure_audio(context: Context, request: ConfigureAudio) -> SettingsChange:
    """Write ``track.defaultSettings.audio`` into the configuration. Raises invalid-config."""
    del request  # ``before`` holds what comes of it
    return await write(context)
