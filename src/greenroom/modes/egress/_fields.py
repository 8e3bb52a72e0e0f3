"""Arguments that several capabilities of streams and exports have."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Kind, Means, Setting, Words
from greenroom.modes._fields import PictureSize
from greenroom.modes._layouts import AskedLayout

RoomLayout = Annotated[
    AskedLayout,
    Setting("room.policies.{room}.layout"),
    Field(description="How people are shown; None: as the room's policy says, else a grid."),
]
Resolution = Annotated[PictureSize, Words("resolution", "size", "in", "at")]
FrameRate = Annotated[
    int,
    Kind.FRAME_RATE,
    Words("frame rate", "fps", "frames per second", "pictures per second"),
    Field(ge=0, le=60, description="Frames per second; 0: the service's choice."),
]
OnlyPerson = Annotated[
    str,
    Kind.PERSON,
    Words("only", "participant", "person", "user", "identity"),
    Field(max_length=256, description='Only this person, by identity; "": the whole room.'),
]
FilePath = Annotated[
    str,
    Kind.PATH,
    Words("path", "file", "as", "to", "into", "folder", "named", "called"),
    Field(
        max_length=1024,
        description='Name of the file, or what names begin with; {room_name} and {time} are filled in; "": the service\'s choice.',
    ),
]
StreamUrl = Annotated[
    str,
    Kind.STREAM_URL,
    Words("url", "to", "address", "server", "endpoint", "ingest"),
    Field(max_length=2048, description="Where to: an rtmp, rtmps or srt URL; it may hold the key."),
]
Platform = Annotated[
    str,
    Kind.CHOICE,
    Means("youtube", "youtube", "you tube", "yt", "youtube live"),
    Means("twitch", "twitch", "twitch.tv"),
    Means("facebook", "facebook", "fb", "facebook live"),
    Field(
        pattern=r"^[A-Za-z0-9_-]{0,64}$",
        description="youtube, twitch, facebook, or another of egress.platforms.",
    ),
]
StreamKey = Annotated[
    str,
    Kind.SECRET,
    Words("key", "stream key", "streaming key", "stream-key", "streamkey", "with key"),
    Field(max_length=1024, description="Stream key, as the platform or server shows it."),
]
NAME = r"^[A-Za-z0-9_-]{0,64}$"
KnownDestination = Annotated[
    str,
    Kind.DESTINATION,
    Words("destination", "the destination", "on", "to"),
    Field(pattern=NAME, description="Name of a destination that was defined."),
]
CALLED = Words("destination", "as", "called", "named", "name", "as destination")
DestinationName = Annotated[
    str,
    Kind.NAME_TO_BE,
    CALLED,
    Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Name of the destination: main-site …"),
]
OneEgress = Annotated[
    str,
    Kind.EGRESS,
    Words("egress", "stream", "export", "room", "of", "in", "from"),
    Field(
        min_length=1,
        max_length=256,
        description="The room that is streamed or exported, or the id of one egress: EG_….",
    ),
]
