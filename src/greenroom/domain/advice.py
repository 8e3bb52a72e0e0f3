"""What a recommendation of media settings is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Area = Literal["capture", "publish", "subscribe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One setting of a client, why it has this value, and who says so."""

    area: Area
    setting: str
    """As livekit-client calls it, in snake_case: resolution, video_codec, adaptive_stream …"""
    value: str | bool | tuple[str, ...]
    """Names of presets are those of ``track.list_presets``."""
    reason: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """Settings for a device, a connection, a number of people and a use; "" and None: nothing was said of it."""

    condition: str
    device: str
    people: int | None
    use: str
    advice: tuple[Advice, ...]
    """Capture, then publish, then subscribe."""
