"""What people publish. Names are LiveKit's: message TrackInfo."""

from __future__ import annotations

from dataclasses import dataclass, field

SCREEN = ("screen_share", "screen_share_audio")
"""A shared screen and its sound: whoever means the screen means both."""


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
    """A track, who publishes it, and where."""

    room: str
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackList:
    """What is published in a room, by identity."""

    room: str
    tracks: tuple[PublishedTrack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a request is about, before anything is changed."""

    tracks: tuple[PublishedTrack, ...]
    """Those that are meant."""
    spared: tuple[PublishedTrack, ...] = ()
    """Tracks of agents, ingress and hidden participants, which "everybody" does not mean."""
    people: tuple[str, ...] = ()
    """Everybody inside, by identity and by display name."""
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Muting:
    """What became of tracks that were to be muted, or unmuted."""

    muted: bool
    """What was asked for."""
    changed: tuple[PublishedTrack, ...]
    """Tracks that were otherwise before, as they are now."""
    already: tuple[PublishedTrack, ...] = ()
    """Tracks that were so before."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Sid → why it was left alone."""
    remaining: tuple[PublishedTrack, ...] = ()
    """What was not come to, because the step was interrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Tracks that somebody was made to receive, or to receive no more. LiveKit has no call that shows who receives what."""

    room: str
    identity: str
    subscribed: bool
    tracks: tuple[PublishedTrack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody who is to receive tracks, or to receive them no more, as they are before."""

    sid: str
    can_subscribe: bool
    tracks: tuple[PublishedTrack, ...]
