"""Fields and looks that several capabilities of recordings share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from greenroom.domain.capability import Kind, Means, Words

Format = Literal["mp4", "ogg", "mp3", "webm", "hls"]
Recording = Annotated[
    str,
    Kind.EGRESS,
    Words("recording", "recording of", "recording in", "recording from", "room"),
    Field(
        min_length=1,
        max_length=256,
        description="A room that is being recorded, or the id of one recording: EG_….",
    ),
]
Recorded = Annotated[
    str,
    Kind.RECORDED,
    Words("recording", "recording of", "recording in", "recording from", "room"),
    Field(
        min_length=1,
        max_length=256,
        description="A room that was recorded, or the id of one recording: EG_….",
    ),
]
AskedFormat = Annotated[
    Format | None,
    Kind.CHOICE,
    Words("format", "as", "file type"),
    Means("mp4", "mp4", "mpeg-4", "an mp4", "mp4 file"),
    Means("ogg", "ogg", "opus", "ogg file"),
    Means("mp3", "mp3", "an mp3", "mp3 file"),
    Means("webm", "webm", "vp8"),
    Means("hls", "hls", "m3u8", "segments", "playlist"),
]
