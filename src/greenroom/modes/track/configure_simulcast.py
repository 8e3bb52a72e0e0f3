"""Set whether clients send several qualities of a video at once, and which."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from greenroom.domain.capability import Change, Example, Kind, Means, Words, capability
from greenroom.domain.nouns import SettingsChange
from greenroom.domain.ports import Context, Settings
from greenroom.domain.presets import SettingsWanted
from greenroom.modes._settings import where
from greenroom.modes.track._presets import presets_of, unknown
from greenroom.modes.track._writing import put_back, wanted, write

ENABLED = "track.simulcast.enabled"
LAYERS = "track.simulcast.layers"
MOST = 3
"""Layers that livekit-client publishes of one video."""


class ConfigureSimulcast(Change):
    """What is given is set; the rest stays."""

    enabled: Annotated[
        bool | None,
        Means(True, "simulcast on", "enable simulcast", "turn on simulcast", "switch on simulcast"),
        Means(
            False,
            "simulcast off",
            "no simulcast",
            "without simulcast",
            "disable simulcast",
            "turn off simulcast",
            "switch off simulcast",
        ),
        Field(description="Whether clients send several qualities of a video."),
    ] = None
    layers: Annotated[
        list[str] | None,
        Kind.PRESET,
        Words("layers", "layer", "the layers", "with the layers", "presets", "qualities"),
        Field(
            min_length=1,
            max_length=MOST,
            description="Names of video presets, three at most; they are kept smallest first.",
        ),
    ] = None

    @model_validator(mode="after")
    def layers_differ(self) -> Self:
        """The same layer twice is a mistake."""
        if len(set(self.layers or ())) < len(self.layers or ()):
            msg = "layers must differ"
            raise ValueError(msg)
        return self


def changes(settings: Settings, request: ConfigureSimulcast) -> dict[str, Any]:
    """Setting → value. Raises PreconditionFailed (not-found) for a layer that is no video preset."""
    given: dict[str, Any] = {}
    if request.enabled is not None:
        given[ENABLED] = request.enabled
    if request.layers is not None:
        presets = presets_of(settings, "video")
        for name in request.layers:
            if name not in presets:
                raise unknown(settings, name, ("video",))
        # livekit-client needs them lowest first.
        given[LAYERS] = sorted(request.layers, key=lambda name: size(presets[name]))
    return given


def size(preset: Any) -> tuple[int, int]:
    """Pixels, then bitrate."""
    pixels = preset.get("width", 0) * preset.get("height", 0)
    return pixels, preset.get("maxBitrate", 0)


async def as_written(context: Context, request: ConfigureSimulcast) -> SettingsWanted:
    """What the file says now, and what is to be written. Raises not-found, invalid-config."""
    return wanted(context, "track.simulcast", changes(context.settings, request))


def tell(_request: ConfigureSimulcast, _before: SettingsWanted, result: SettingsChange) -> str:
    """On or off, the layers, and where it is written."""
    said = []
    if ENABLED in result.values:
        said.append("on" if result.values[ENABLED] else "off")
    if LAYERS in result.values:
        said.append(f"layers {', '.join(result.values[LAYERS])}")
    return f"Simulcast: {', '.join(said)}, {where(result)}"


@capability(
    effect="write",
    rules=("simulcast-off", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example("switch simulcast off", enabled=False),
        Example("use simulcast with the layers h180 and h360", layers=["h180", "h360"]),
    ),
)
async def configure_simulcast(context: Context, request: ConfigureSimulcast) -> SettingsChange:
    """Write ``track.simulcast`` into the configuration. Raises not-found, invalid-config."""
    del request  # ``before`` holds what comes of it
    return await write(context)
