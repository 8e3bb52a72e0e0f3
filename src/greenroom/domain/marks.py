"""Marks that a field carries inside ``Annotated``: what kind of value it is, which words people use, what is secret."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a field's value is, so that the planner, completion and redaction treat it rightly."""

    ROOM = "room"
    """Name of a room that exists."""
    ROOM_TO_BE = "room-to-be"
    """Name of a room that may not exist yet."""
    PERSON = "person"
    """Identity of a participant who is in the room."""
    PERSON_TO_BE = "person-to-be"
    """Identity of somebody who is not there yet."""
    DISPLAY_NAME = "display-name"
    COUNT = "count"
    DURATION = "duration"
    """Seconds."""
    TEXT = "text"
    """Free text, quoted or after its cue."""
    ROLE = "role"
    """Name of a role that the settings keep, Greenroom's own among them."""
    ROLE_TO_BE = "role-to-be"
    """Name of a role that may not exist yet."""
    PREFIX = "prefix"
    """What several names begin with."""
    JWT = "jwt"
    """A token: a secret."""
    SECRET = "secret"  # noqa: S105 - a kind of value
    """A password or key that nobody but the caller may read."""
    PLAN_ID = "plan-id"
    PATTERN = "pattern"
    """Which of many: a name with * for anything."""
    CHOICE = "choice"
    """One or several of the values named by ``Means``."""
    REASON = "reason"
    """Why something is wanted that a rule stops otherwise: all that is said behind "because"."""
    EGRESS = "egress"
    """A room that something is made of (a recording, a stream), or the id of one egress: ``EG_…``."""
    RECORDED = "recorded"
    """The same of one that has ended."""
    TRACK = "track"
    """Sid of a published track: ``TR_…``."""
    NAME_TO_BE = "name-to-be"
    """Name of a preset, channel or destination that may not exist yet."""
    DESTINATION = "destination"
    """Name of a stream destination that the settings keep."""
    PRESET = "preset"
    """Name of a preset that the settings keep, LiveKit's own among them."""
    RESOLUTION = "resolution"
    """Width and height in pixels: ``1920x1080``."""
    FRAME_RATE = "frame-rate"
    """Frames per second."""
    BITRATE = "bitrate"
    """Bits per second."""
    ORDINAL = "ordinal"
    """Which of several, from 1: "the second camera"."""
    URL = "url"
    """http or https."""
    STREAM_URL = "stream-url"
    """Where a stream goes: ``rtmp://…``, ``rtmps://…``, ``srt://…``. It may hold a stream key: a secret."""
    REGION = "region"
    """Where a bucket is, as clouds name it: ``eu-west-1``."""
    PATH = "path"
    """Name of a file or folder."""
    SETTINGS = "settings"
    """Values by dotted key of the configuration: ``auth.defaultTtl``."""


SECRET_KINDS = frozenset({Kind.JWT, Kind.SECRET, Kind.STREAM_URL})


@dataclass(frozen=True, slots=True)
class Words:
    """Words people put beside a field's value: "limit", "up to", "named"."""

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        object.__setattr__(self, "words", words)


@dataclass(frozen=True, slots=True)
class Means:
    """Phrases that by themselves mean one value of the field: "view only" is ``can_publish=False``."""

    value: bool | str
    phrases: tuple[str, ...]

    def __init__(self, value: bool | str, *phrases: str) -> None:
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "phrases", phrases)


@dataclass(frozen=True, slots=True)
class Secret:
    """Marks a field of a request or result that reaches the caller and nothing else."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a field's value comes from when the request does not give one: the first of these settings that is set.

    ``{field}`` in a key stands for another argument: "auth.roles.{role}.canPublish".
    """

    keys: tuple[str, ...]

    def __init__(self, *keys: str) -> None:
        object.__setattr__(self, "keys", keys)
