"""Mute or unmute these tracks, each by its sid."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Request, capability
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Muting, Published, PublishedTrack
from greenroom.modes._fields import FROM_JSON
from greenroom.modes.track._muting import mute_many, take_back, tell_many
from greenroom.modes.track._tracks import published


class SetMuted(Request):
    """What undo calls: exactly the tracks that were changed."""

    tracks: Annotated[
        dict[str, dict[str, str]],
        Field(min_length=1, description="Who publishes it, by sid, by room; as JSON."),
        FROM_JSON,
    ]
    muted: Annotated[bool, Field(description="Mute them, or unmute them.")]


async def the_tracks(context: Context, request: SetMuted) -> Published:
    """Those that are still there."""
    found: list[PublishedTrack] = []
    for room, asked in request.tracks.items():
        for person in await context.rooms.list_participants(room):
            found += [track for track in published(room, person, ()) if track.sid in asked]
    return Published(tracks=tuple(found), rooms=tuple(request.tracks))


def tell(request: SetMuted, before: Published, result: Muting) -> str:
    """How many, and how many are gone."""
    gone = sum(map(len, request.tracks.values())) - len(before.tracks)
    ended = f" {gone:,} ended meanwhile." if gone else ""
    return f"{tell_many(', '.join(request.tracks), result)}{ended}"


@capability(
    effect="write",
    grant="roomAdmin",
    rules=("secure-transport", "remote-unmute", "tracks-muted"),
    before=the_tracks,
    undo=take_back,
    tell=tell,
    examples=(),
)
async def set_muted(context: Context, request: SetMuted) -> Muting:
    """Tracks that ended meanwhile are left out. Raises remote-unmute-off, Interrupted. LiveKit: RoomService.MutePublishedTrack."""
    before: Published = context.before
    return await mute_many(context, before.tracks, muted=request.muted)
