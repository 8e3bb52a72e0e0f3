"""Muting and unmuting: of one person's tracks, and of many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from greenroom.domain.errors import Interrupted
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Muting, Published, PublishedTrack
from greenroom.modes._bulk import each
from greenroom.modes.track._tracks import in_words

FEW = 5


def split(
    tracks: Iterable[PublishedTrack], *, muted: bool
) -> tuple[list[PublishedTrack], list[PublishedTrack]]:
    """Those that must be changed, and those that are so already."""
    tracks = list(tracks)
    return [t for t in tracks if t.muted != muted], [t for t in tracks if t.muted == muted]


async def mute_these(context: Context, tracks: Sequence[PublishedTrack], *, muted: bool) -> Muting:
    """The few tracks of one person, one after the other. Raises what the server says of the first that fails."""
    change, already = split(tracks, muted=muted)
    for track in change:
        await context.rooms.mute_track(track.room, track.identity, track.sid, muted=muted)
    changed = tuple(replace(track, muted=muted) for track in change)
    return Muting(muted=muted, changed=changed, already=tuple(already))


async def mute_many(context: Context, tracks: Sequence[PublishedTrack], *, muted: bool) -> Muting:
    """Tracks of many people, some at once; who left meanwhile is counted. Raises Interrupted with what was done."""
    change, already = split(tracks, muted=muted)
    by_sid = {track.sid: track for track in change}

    async def one(sid: str) -> str:
        track = by_sid[sid]
        await context.rooms.mute_track(track.room, track.identity, sid, muted=muted)
        return ""

    count = await each(context, "tracks", list(by_sid), one)
    result = Muting(
        muted=muted,
        changed=tuple(replace(by_sid[sid], muted=muted) for sid in count.done),
        already=tuple(already),
        skipped=count.skipped,
        remaining=tuple(by_sid[sid] for sid in count.remaining),
    )
    if count.stopped:
        msg = f"{count.stopped}: {count.told('tracks', doing(muted=muted))}"
        raise Interrupted(msg, made=result)
    return result


def take_back(_request: object, _before: Published, result: Muting) -> Call | None:
    """Exactly the tracks that were changed, the other way. Unmuting is refused where the server forbids it."""
    if not result.changed:
        return None
    rooms: dict[str, dict[str, str]] = {}
    for track in result.changed:
        rooms.setdefault(track.room, {})[track.sid] = track.identity
    return Call(
        capability="track.set_muted", arguments={"tracks": rooms, "muted": not result.muted}
    )


def doing(*, muted: bool) -> str:
    """``muted`` or ``unmuted``."""
    return "muted" if muted else "unmuted"


def tell_person(identity: str, room: str, result: Muting) -> str:
    """What of one person is muted now, or was so before."""
    word = doing(muted=result.muted)
    if not result.changed:
        was = "was" if len(result.already) == 1 else "were"
        return f"{identity} in {room}: {own(result.already)} {was} {word} already; nothing was changed."
    themselves = " They can unmute themselves." if result.muted else ""
    return f"{identity} in {room}: {own(result.changed)} {word}.{themselves}"


def own(tracks: Sequence[PublishedTrack]) -> str:
    """``microphone``, ``screen share and screen sound``: without the article."""
    return in_words(tracks).replace(" and a ", " and ").removeprefix("a ")


def tell_many(where: str, result: Muting, spared: Sequence[PublishedTrack] = ()) -> str:
    """How many, which were so already, which were left alone and why."""
    word = doing(muted=result.muted)
    said = [f"{in_words(result.changed)} {word}"] if result.changed else []
    if result.already:
        said.append(f"{in_words(result.already)} {word} already")
    if result.skipped:
        said.append(f"{len(result.skipped):,} left meanwhile")
    told = "; ".join(said) if said else f"nothing was there to be {word}"
    left = names(track.identity for track in spared if track.muted != result.muted)
    alone = f" Left alone, since they are no people of the audience: {left}." if left else ""
    return f"{where}: {told}.{alone}"


def names(identities: Iterable[str]) -> str:
    """The first few, each once, and how many more."""
    found: Collection[str] = dict.fromkeys(identities)
    more = len(found) - FEW
    return f"{', '.join(list(found)[:FEW])}{f' and {more:,} more' if more > 0 else ''}"
