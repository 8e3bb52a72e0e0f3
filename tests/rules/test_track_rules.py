"""Rules about tracks: what passes, what is warned about, what is blocked and why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from greenroom.domain.errors import ServerError
from greenroom.domain.rule import StepView, Verdict
from greenroom.domain.tracks import Muting, Published, PublishedTrack, Receiver, Subscription
from greenroom.hub.catalogue import load_rule
from tests.doubles import MemoryRooms


@pytest.fixture
def rooms() -> MemoryRooms:
    rooms = MemoryRooms({"lobby": ["dana", "ben"]})
    rooms.publish("lobby", "dana", "microphone")
    return rooms


def mic(rooms: MemoryRooms, *, muted: bool = False) -> PublishedTrack:
    sid = rooms.inside["lobby"]["dana"].tracks[0].sid
    return PublishedTrack(
        sid=sid, source="microphone", type="audio", muted=muted, room="lobby", identity="dana"
    )


async def judged(rule: str, rooms: MemoryRooms, **view: Any) -> Verdict:
    view = {"request": SimpleNamespace(room="lobby", identity="dana"), "before": None, **view}
    return await load_rule(rule).check(StepView(context=SimpleNamespace(rooms=rooms), **view))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("muted", "request_muted", "allowed", "verdict", "asked"),
    [
        (True, None, True, "pass", True),
        (True, None, False, "block", True),
        (False, None, False, "pass", False),
        (True, True, False, "pass", False),
        (True, False, False, "block", True),
    ],
)
async def test_the_server_is_asked_whether_it_unmutes_only_where_something_would_be(
    rooms: MemoryRooms,
    muted: bool,
    request_muted: bool | None,
    allowed: bool,
    verdict: str,
    asked: bool,
) -> None:
    rooms.remote_unmute = allowed
    request = SimpleNamespace() if request_muted is None else SimpleNamespace(muted=request_muted)
    before = Published(tracks=(mic(rooms, muted=muted),))
    found = await judged("remote-unmute", rooms, request=request, before=before)
    assert (found.verdict, "mute_track" in rooms.calls) == (verdict, asked)


async def test_asking_whether_the_server_unmutes_changes_nothing(rooms: MemoryRooms) -> None:
    track = mic(rooms, muted=True)
    await rooms.mute_track("lobby", "dana", track.sid, muted=True)
    await judged("remote-unmute", rooms, before=Published(tracks=(track,)))
    assert rooms.inside["lobby"]["dana"].tracks[0].muted


async def test_who_left_is_no_reason_to_block_and_another_failure_is_not_hidden(
    rooms: MemoryRooms,
) -> None:
    before = Published(tracks=(mic(rooms, muted=True),))
    rooms.fail["mute_track"] = ServerError("No way.", code="unavailable")
    with pytest.raises(ServerError):
        await judged("remote-unmute", rooms, before=before)
    rooms.fail.clear()
    del rooms.inside["lobby"]["dana"]
    assert (await judged("remote-unmute", rooms, before=before)).verdict == "pass"


@pytest.mark.parametrize(
    ("asked", "really", "verdict"),
    [(True, True, "pass"), (True, False, "block"), (False, True, "block")],
)
async def test_tracks_are_looked_at_again(
    rooms: MemoryRooms, asked: bool, really: bool, verdict: str
) -> None:
    track = mic(rooms)
    await rooms.mute_track("lobby", "dana", track.sid, muted=really)
    result = Muting(muted=asked, changed=(track,))
    assert (await judged("tracks-muted", rooms, result=result)).verdict == verdict


async def test_a_track_that_ended_is_heard_by_nobody(rooms: MemoryRooms) -> None:
    result = Muting(muted=True, changed=(mic(rooms),))
    del rooms.inside["lobby"]["dana"]
    assert (await judged("tracks-muted", rooms, result=result)).verdict == "pass"


@pytest.mark.parametrize(
    ("keep", "verdict"),
    [
        ([], "pass"),
        (["Dana"], "pass"),
        (["zoe"], "warn"),
        (["dama"], "block"),
        (["zoe", "dama"], "block"),
    ],
)
async def test_whoever_is_kept_should_be_there(
    rooms: MemoryRooms, keep: list[str], verdict: str
) -> None:
    before = Published(tracks=(), people=("ben", "dana"))
    request = SimpleNamespace(keep=keep)
    found = await judged("kept-people-inside", rooms, request=request, before=before)
    assert found.verdict == verdict


@pytest.mark.parametrize(("may", "verdict"), [(True, "pass"), (False, "block")])
async def test_whoever_may_receive_nothing_is_blocked(
    rooms: MemoryRooms, may: bool, verdict: str
) -> None:
    before = Receiver(sid="PA_1", can_subscribe=may, tracks=())
    assert (await judged("can-subscribe", rooms, before=before)).verdict == verdict


async def test_the_receiver_must_still_be_there_the_same_and_allowed(rooms: MemoryRooms) -> None:
    sid = rooms.inside["lobby"]["dana"].sid
    result = Subscription(room="lobby", identity="dana", subscribed=True, tracks=())

    async def verdict(sid: str) -> str:
        before = Receiver(sid=sid, can_subscribe=True, tracks=())
        return (await judged("receiver-inside", rooms, before=before, result=result)).verdict

    assert await verdict(sid) == "pass"
    assert await verdict("PA_other") == "block"
    await rooms.update_participant("lobby", "dana", permission={"can_subscribe": False})
    assert await verdict(sid) == "block"
    del rooms.inside["lobby"]["dana"]
    assert await verdict(sid) == "block"
