"""What people publish. Names are LiveKit's: message TrackInfo."""

from __future__ import annotations

from dataclasses import dataclass

SCREEN = ("screen_share", "screen_share_audio")
"""A shared screen and its sound: whoever means the one means both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """LiveKit: message TrackInfo."""

    sid: str
    source: str
    """camera, microphone, screen_share, screen_share_audio or unknown."""
    type: str
    """audio, video or data."""
    name: str = ""
    muted: bool = False
    width: int = 0
    """Pixels; 0 for audio."""
    height: int = 0
    mime_type: str = ""
    simulcast: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTrack(Track):
    """A track, and who publishes it."""

    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackList:
    """What is published in a room, by identity."""

    room: str
    tracks: tuple[PublishedTrack, ...]
