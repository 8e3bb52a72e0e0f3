"""Streams: begun, watched until they arrive, told about, ended; their keys stay with who gave them."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.plan import Call
from tests.doubles import MemoryRooms, a_crew
from tests.hub.test_pipeline import Scripted
from tests.modes.egress.conftest import KEY, Service, everything_kept, shown

URL = f"rtmp://live.example.com/app/{KEY}"
SHOWN = "rtmp://live.example.com/app/{liv...see}"


async def test_a_room_is_streamed_in_its_layout_and_the_answer_shows_no_key(
    crew: Greenroom, egress: Service, tmp_path: Path
) -> None:
    await crew.call("room.set_layout", room="stage", layout="speaker")
    done = await crew.call(
        "egress.start_stream", room="stage", url=URL, resolution="1280x720", frame_rate=25
    )
    assert (done.status, done.message) == ("done", f"stage is streamed to {SHOWN} (EG_1).")
    (asked,) = egress.asked
    assert (asked.source.kind, asked.source.layout) == ("room", "speaker")
    assert asked.encoding is not None
    assert (asked.encoding.width, asked.encoding.height, asked.encoding.frame_rate) == (
        1280,
        720,
        25,
    )
    assert egress.url == URL
    assert KEY not in shown(done) + everything_kept(tmp_path)
    assert done.steps[0].arguments["url"] == "***"


async def test_one_person_is_streamed_alone_and_must_be_there(
    crew: Greenroom, egress: Service
) -> None:
    done = await crew.call("egress.start_stream", room="stage", url=URL, identity="dana")
    assert done.message.startswith("dana in stage is streamed to")
    assert (egress.asked[0].source.kind, egress.asked[0].source.identity) == ("participant", "dana")
    absent = await crew.call("egress.start_stream", room="stage", url=URL, identity="dnaa")
    assert absent.error is not None
    assert (absent.error.code, absent.error.hint) == ("not-found", "Did you mean dana?")


async def test_words_hold_a_key_only_until_the_plan_is_made(
    tmp_path: Path, rooms: MemoryRooms, egress: Service
) -> None:
    (tmp_path / ".ruru").mkdir()
    planner = Scripted(
        Call(
            capability="egress.start_stream",
            arguments={"room": "stage", "platform": "youtube", "key": KEY},
        )
    )
    async with a_crew(tmp_path, rooms, planner=planner, egress=egress) as crew:
        done = await crew.ask(f"stage goes to youtube, use {KEY} there", session="evening")
        (entry,) = (await crew.call("coordinator.journal")).unwrap().entries
    assert done.status == "done", done.message
    assert entry.text == "stage goes to youtube, use *** there"
    assert KEY not in shown(done) + everything_kept(tmp_path)


async def test_a_stream_that_fails_is_told_with_the_reason_and_without_the_key(
    crew: Greenroom, egress: Service, tmp_path: Path
) -> None:
    egress.fails = f"connection to {URL} refused"
    failed = await crew.call("egress.start_stream", room="stage", url=URL)
    assert failed.status == "failed"
    assert f"connection to {SHOWN} refused" in failed.message
    assert KEY not in shown(failed) + everything_kept(tmp_path)
    assert failed.left == ()


async def test_a_stream_that_never_arrives_is_taken_down_again(
    crew: Greenroom, egress: Service
) -> None:
    egress.never = True
    failed = await crew.call("egress.start_stream", room="stage", url=URL)
    assert (failed.status, failed.error and failed.error.code) == ("failed", "not-as-asked")
    assert egress.egresses["EG_1"].status == "complete"


async def test_a_service_that_says_yes_and_does_nothing_is_found_out(
    crew: Greenroom, egress: Service
) -> None:
    egress.lies = True
    failed = await crew.call("egress.start_stream", room="stage", url=URL)
    assert failed.status == "failed"
    assert "does not know EG_1" in failed.message


@pytest.mark.parametrize(
    ("room", "url", "status", "says"),
    [
        ("stage", "http://example.com/live", "blocked", "http:// is for web pages"),
        ("stage", "rtmp://metadata.google.internal/x/y", "blocked", "a machine's own services"),
        ("stage", "rtmp://[fe80::1]/x/y", "blocked", "a machine's own services"),
        ("stage", "rtmp:///app/key", "blocked", "has no host"),
        ("stgae", URL, "failed", "There is no room stgae."),
    ],
)
async def test_what_cannot_be_streamed_is_refused_before_anything_is_started(
    crew: Greenroom, egress: Service, room: str, url: str, status: str, says: str
) -> None:
    refused = await crew.call("egress.start_stream", room=room, url=url)
    assert (refused.status, says in refused.message) == (status, True), refused.message
    assert egress.asked == []


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"url": URL, "platform": "youtube"},
        {"url": URL, "destination": "a"},
        {"destination": "a", "key": KEY},
    ],
)
async def test_a_stream_goes_to_exactly_one_place(crew: Greenroom, where: dict[str, str]) -> None:
    refused = await crew.call("egress.start_stream", room="stage", **where)
    assert refused.error is not None and refused.error.code == "invalid-argument"
    assert "say where: url, platform with key, or destination" in refused.message
    assert KEY not in shown(refused)


async def test_where_streams_are_switched_off_none_is_started(
    crew: Greenroom, egress: Service
) -> None:
    await crew.call("coordinator.change_settings", settings={"egress.enabled": False})
    refused = await crew.call("egress.start_stream", room="stage", url=URL)
    assert refused.status == "blocked"
    assert "switched off (project" in refused.message
    assert egress.asked == []


async def test_without_a_service_it_says_what_to_do(crew: Greenroom, egress: Service) -> None:
    egress.there = False
    refused = await crew.call("egress.start_stream", room="stage", url=URL)
    assert refused.error is not None and refused.error.code == "egress-missing"


async def test_a_second_stream_of_a_room_is_started_with_a_warning(crew: Greenroom) -> None:
    await crew.call("egress.start_stream", room="stage", url=URL)
    second = await crew.call(
        "egress.start_stream", room="stage", url="rtmp://b.example.com/x/yyyyyy"
    )
    (warning,) = [c for c in second.steps[0].checks if c.verdict == "warn"]
    assert (second.status, warning.rule) == ("done", "stream-already")
    assert f"EG_1: {SHOWN}" in warning.reason


async def test_a_list_tells_what_runs_and_what_ended(crew: Greenroom) -> None:
    assert (await crew.call("egress.list")).message == "Nothing was streamed or exported."
    await crew.call("egress.start_stream", room="stage", url=URL)
    await crew.call("egress.start_stream", room="lobby", url=URL)
    await crew.call("egress.stop", egress="lobby", approve=True)
    running = await crew.call("egress.list", active=True)
    assert running.message == f"EG_1: stream of stage, {SHOWN}, active."
    assert len((await crew.call("egress.list")).unwrap().egresses) == 2
    assert (await crew.call("egress.list", room="lobby", active=True)).message == (
        "Nothing is streamed or exported in lobby."
    )


async def test_an_end_waits_for_a_yes_that_shows_what_ends(
    crew: Greenroom, egress: Service
) -> None:
    await crew.call("egress.start_stream", room="stage", url=URL)
    waits = await crew.call("egress.stop", egress="stage")
    assert waits.status == "needs_approval" and waits.approval is not None
    assert f"EG_1 of stage ends: {SHOWN}." in waits.approval.reasons
    assert egress.egresses["EG_1"].status == "active"
    done = await crew.approve(waits.approval.id)
    assert (done.status, egress.egresses["EG_1"].status) == ("done", "complete")
    assert done.message.startswith("The stream of stage (EG_1) ended after")
    again = await crew.call("egress.stop", egress="stage", approve=True)
    assert again.error is not None and again.error.code == "not-found"


async def test_an_end_that_is_only_said_is_found_out(crew: Greenroom, egress: Service) -> None:
    await crew.call("egress.start_stream", room="stage", url=URL)
    egress.lies = True
    lied = await crew.call("egress.stop", egress="EG_1", approve=True)
    assert (lied.status, lied.error and lied.error.code) == ("failed", "not-as-asked")


async def test_a_start_is_undone_by_an_end(crew: Greenroom, egress: Service) -> None:
    await crew.call("egress.start_stream", room="stage", url=URL)
    undone = await crew.call("coordinator.undo", approve=True)
    assert undone.status == "done", undone.message
    assert egress.egresses["EG_1"].status == "complete"


async def test_a_plan_that_waits_holds_no_key(
    tmp_path: Path, rooms: MemoryRooms, egress: Service
) -> None:
    (tmp_path / ".ruru").mkdir()
    planner = Scripted(
        Call(capability="egress.remove_stream", arguments={"egress": "stage", "url": URL})
    )
    async with a_crew(tmp_path, rooms, planner=planner, egress=egress) as crew:
        await crew.call("egress.start_stream", room="stage", url=URL)
        waits = await crew.ask(f"take {URL} away from stage")
        assert waits.status == "needs_approval" and waits.approval is not None
        assert any(SHOWN in reason for reason in waits.approval.reasons)
        assert KEY not in shown(waits) + everything_kept(tmp_path)
        assert any(KEY in path.read_text() for path in (tmp_path / "secrets").iterdir())
        done = await crew.approve(waits.approval.id)
    assert done.status == "done", done.message
    assert egress.egresses["EG_1"].results == ()
    assert list((tmp_path / "secrets").iterdir()) == []
    assert KEY not in shown(done) + everything_kept(tmp_path)
