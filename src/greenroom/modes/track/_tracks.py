"""Which published tracks a request means, and how they are told of."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict

from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.nouns import Participant
from greenroom.domain.ports import Context
from greenroom.domain.rights import is_person
from greenroom.domain.tracks import SCREEN, Published, PublishedTrack
from greenroom.modes._bulk import AT_ONCE

NAMES = {
    "microphone": "microphone",
    "camera": "camera",
    "screen_share": "screen share",
    "screen_share_audio": "screen sound",
}
"""Source → what people call it."""


def meant(sources: Collection[str]) -> set[str]:
    """Sources with what belongs to them: a screen share means its sound too. None means all."""
    return {*(sources or NAMES), *(SCREEN if SCREEN[0] in sources else ())}


def published(room: str, person: Participant, sources: Collection[str]) -> list[PublishedTrack]:
    """What they publish of these sources, in order of publishing. No sources mean everything, data and unknown ones too."""
    wanted = meant(sources)
    return [
        PublishedTrack(room=room, identity=person.identity, **asdict(track))
        for track in person.tracks
        if not sources or track.source in wanted
    ]


def of_person(
    room: str,
    person: Participant,
    sources: Collection[str],
    track: str = "",
    number: int | None = None,
) -> list[PublishedTrack]:
    """The tracks that a request about one person means. Raises not-found with what they do publish."""
    everything = published(room, person, ())
    found = (
        [one for one in everything if one.sid == track]
        if track
        else published(room, person, sources)
    )
    if number is not None:
        by_source = {one.source: [o for o in found if o.source == one.source] for one in found}
        found = [of[number - 1] for of in by_source.values() if len(of) >= number]
    if found:
        return found
    what = (
        f"a track {track}" if track else " or ".join(f"a {NAMES[s]}" for s in sources) or "anything"
    )
    if number is not None:
        what = f"{number} of that: {what}"
    do = f"They publish {in_words(everything)}." if everything else "They publish nothing."
    msg = f"{person.identity} does not publish {what} in {room}."
    raise PreconditionFailed(msg, code="not-found", hint=do)


def of_everybody(
    room: str, people: Iterable[Participant], sources: Collection[str], keep: Collection[str]
) -> Published:
    """Tracks of all people, without those that are kept. Programs and hidden participants are nobody that "everybody" means."""
    kept = {name.casefold() for name in keep}
    tracks: list[PublishedTrack] = []
    spared: list[PublishedTrack] = []
    people = list(people)
    for person in people:
        if kept & {person.identity.casefold(), person.name.casefold()}:
            continue
        visible = is_person(person) and not person.permission.hidden
        (tracks if visible else spared).extend(published(room, person, sources))
    names = {name for person in people for name in (person.identity, person.name) if name}
    return Published(
        tracks=tuple(tracks), spared=tuple(spared), people=tuple(sorted(names)), rooms=(room,)
    )


async def of_rooms(
    context: Context, rooms: Sequence[str], sources: Collection[str], keep: Collection[str]
) -> Published:
    """The same of many rooms, some read at once. A room that closed meanwhile has nobody in it."""
    found: list[Published] = []
    for start in range(0, len(rooms), AT_ONCE):
        names = rooms[start : start + AT_ONCE]
        inside = await asyncio.gather(*(context.rooms.list_participants(name) for name in names))
        found += [
            of_everybody(name, people, sources, keep)
            for name, people in zip(names, inside, strict=True)
        ]
    return Published(
        tracks=tuple(track for one in found for track in one.tracks),
        spared=tuple(track for one in found for track in one.spared),
        people=tuple(sorted({name for one in found for name in one.people})),
        rooms=tuple(rooms),
    )


def in_words(tracks: Sequence[PublishedTrack]) -> str:
    """``a microphone``, ``a camera and 2 screen shares``."""
    counted = Counter(NAMES.get(track.source, "other track") for track in tracks)
    said = [
        f"{number:,} {name}s" if number > 1 else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
        for name, number in counted.items()
    ]
    return " and ".join(filter(None, (", ".join(said[:-1]), said[-1]))) if said else "nothing"
