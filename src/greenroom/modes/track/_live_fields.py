"""Fields that say which published tracks are meant."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Kind, Means, Words
from greenroom.domain.rights import Source

MICROPHONE = Means(
    "microphone",
    "microphone",
    "microphones",
    "mic",
    "mics",
    "mike",
    "audio",
    "voice",
    "voices",
    "sound",
)
CAMERA = Means(
    "camera",
    "camera",
    "cameras",
    "cam",
    "cams",
    "webcam",
    "webcams",
    "video",
    "videos",
    "picture",
    "pictures",
)
SCREEN_SHARE = Means(
    "screen_share",
    "screen share",
    "screen shares",
    "screenshare",
    "screenshares",
    "screen sharing",
    "screensharing",
    "shared screen",
    "shared screens",
    "sharing the screen",
    "sharing their screen",
    "sharing his screen",
    "sharing her screen",
    "screen",
    "screens",
)
SCREEN_SHARE_AUDIO = Means(
    "screen_share_audio",
    "screen sound",
    "screen audio",
    "screen share audio",
    "sound of the screen",
    "audio of the screen",
    "system audio",
    "system sound",
)
SOURCES = (MICROPHONE, CAMERA, SCREEN_SHARE, SCREEN_SHARE_AUDIO)
MutedSources = Annotated[
    list[Source],
    Kind.CHOICE,
    *SOURCES,
    Field(min_length=1, description="Which of their tracks; a screen share means its sound too."),
]
AnySources = Annotated[
    list[Source],
    Kind.CHOICE,
    *SOURCES,
    Field(description="Only these sources; an empty list: all."),
]
OneTrack = Annotated[
    str,
    Kind.TRACK,
    Words("track", "sid"),
    Field(max_length=256, description="Sid of one track, instead of sources: TR_…"),
]
Number = Annotated[
    int | None,
    Kind.ORDINAL,
    Words("number", "no"),
    Field(ge=1, le=100, description="The n-th track of its source, in order of publishing."),
]
Keep = Annotated[
    list[str],
    Kind.PERSON,
    Words(
        "except", "except for", "but", "but not", "apart from", "besides", "excluding", "keep", "leave", "save", "bar",
    ),
    Field(description="People who are left alone all the same."),
]  # fmt: skip


def microphone() -> list[Source]:
    """What "mute" means where nothing else is said."""
    return ["microphone"]
