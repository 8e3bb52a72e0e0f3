"""Recordings start, end, pause and are found: the whole crew, rooms and egress in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.egress import EgressInfo, EgressOutput, EgressRequest, EgressSource
from greenroom.domain.outcome import Outcome
from tests.doubles import MemoryRooms, a_crew
from tests.egress_double import MemoryEgress


def verdict(outcome: Outcome, rule: str) -> str:
    """What a rule said of the last step."""
    return {check.rule: check.verdict for check in outcome.steps[-1].checks}[rule]


def code(outcome: Outcome) -> str:
    assert outcome.error is not None, outcome.message
    return outcome.error.code


async def a_stream(egress: MemoryEgress, room: str) -> str:
    output = EgressOutput(kind="stream", urls=("rtmp://live.example.com/app/key",))
    request = EgressRequest(room=room, source=EgressSource(kind="room"), outputs=(output,))
    return (await egress.start(request)).egress_id


@pytest.mark.parametrize(
    ("arguments", "source"),
    [
        ({}, EgressSource(kind="room")),
        ({"layout": "speaker"}, EgressSource(kind="room", layout="speaker")),
        ({"format": "mp3"}, EgressSource(kind="room", audio_only=True)),
        ({"audio_only": True}, EgressSource(kind="room", audio_only=True)),
        ({"video_only": True}, EgressSource(kind="room", video_only=True)),
        ({"identity": "dana"}, EgressSource(kind="participant", identity="dana")),
        (
            {"identity": "dana", "screen_share": True},
            EgressSource(kind="participant", identity="dana", screen_share=True),
        ),
    ],
)
async def test_what_is_asked_of_the_service_is_what_was_asked_for(
    crew: Greenroom, egress: MemoryEgress, arguments: dict[str, Any], source: EgressSource
) -> None:
    outcome = await crew.call("recording.start", room="lobby", **arguments)
    assert outcome.status == "done", outcome.message
    (asked,) = egress.asked
    assert (asked.room, asked.source) == ("lobby", source)
    assert asked.outputs[0].path == "{room_name}-{time}"
    assert outcome.value.status == "active"
    assert "Greenroom's recorder" in outcome.message


async def test_size_rate_name_and_segments_reach_the_service(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    await crew.call(
        "recording.start",
        room="lobby",
        resolution="720p",
        frame_rate=25,
        format="hls",
        path="talks/one",
    )
    (asked,) = egress.asked
    assert asked.encoding is not None
    assert (asked.encoding.width, asked.encoding.height, asked.encoding.frame_rate) == (
        1280,
        720,
        25,
    )
    assert asked.outputs == (EgressOutput(kind="segments", path="talks/one"),)


async def test_the_layout_of_the_room_comes_before_that_of_all_recordings(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    await crew.call("recording.configure", layout="grid")
    await crew.call("recording.start", room="lobby")
    await crew.call("room.set_layout", room="lobby", layout="speaker")
    await crew.call("recording.start", room="lobby")
    await crew.call("recording.start", room="lobby", layout="grid-dark")
    assert [asked.source.layout for asked in egress.asked] == ["grid", "speaker", "grid-dark"]


async def test_storage_of_the_settings_is_used_and_its_access_follows_a_reference(
    tmp_path: Path, crew: Greenroom, egress: MemoryEgress
) -> None:
    (tmp_path / "access.json").write_text('{"access_key": "planted-ak", "secret": "planted-sk"}')
    await crew.call("recording.configure", storage="s3", bucket="acme", region="eu-west-1")
    await crew.call(
        "coordinator.change_settings",
        settings={"egress.storage.credentials": f"file:{tmp_path / 'access.json'}"},
    )
    outcome = await crew.call("recording.start", room="lobby")
    storage = egress.asked[0].storage
    assert storage is not None
    assert (storage.type, storage.bucket, storage.region) == ("s3", "acme", "eu-west-1")
    assert storage.credentials == {"access_key": "planted-ak", "secret": "planted-sk"}
    assert verdict(outcome, "recording-storage-named") == "pass"
    assert "planted" not in str(outcome.as_dict())
    assert "planted" not in (tmp_path / "journal.db").read_bytes().decode(errors="replace")


async def test_whom_the_settings_notify_is_told_about_recordings(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    await crew.call("egress.notify", url="https://example.com/hook")
    await crew.call("recording.start", room="lobby")
    await crew.call("room.create", name="lecture", recording=True)
    (started,), (awaited,) = egress.asked, egress.awaited
    assert started.webhooks == awaited.webhooks == ("https://example.com/hook",)


async def test_access_that_leads_nowhere_starts_nothing(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    await crew.call("recording.configure", storage="s3", bucket="acme")
    await crew.call(
        "coordinator.change_settings", settings={"egress.storage.credentials": "env:NOT_THERE"}
    )
    outcome = await crew.call("recording.start", room="lobby")
    assert (code(outcome), egress.asked) == ("secret-unresolved", [])


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"room": "loby"}, "Did you mean lobby?"),
        ({"room": "lobby", "identity": "dona"}, "Did you mean dana?"),
    ],
)
async def test_who_and_what_is_not_there_is_not_recorded(
    crew: Greenroom, egress: MemoryEgress, arguments: dict[str, Any], hint: str
) -> None:
    outcome = await crew.call("recording.start", **arguments)
    assert (code(outcome), egress.asked) == ("not-found", [])
    assert outcome.error is not None
    assert outcome.error.hint == hint


async def test_where_nothing_can_record_it_says_what_to_do(tmp_path: Path) -> None:
    rooms = MemoryRooms({"lobby": []})
    async with a_crew(tmp_path, rooms, egress=MemoryEgress(there=False)) as crew:
        outcome = await crew.call("recording.start", room="lobby")
    assert code(outcome) == "egress-missing"


async def test_a_service_that_says_yes_and_records_nothing_is_found_out(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    egress.lies = True
    outcome = await crew.call("recording.start", room="lobby")
    assert (outcome.status, code(outcome)) == ("failed", "not-as-asked")
    assert verdict(outcome, "egress-runs") == "block"


async def test_a_recording_that_fails_at_once_fails_with_its_own_reason(
    crew: Greenroom, egress: MemoryEgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = egress.start

    async def failing(request: EgressRequest) -> Any:
        made = await start(request)
        failed = replace(made, status="failed", error="no space left")
        egress.egresses[made.egress_id] = failed
        return made

    monkeypatch.setattr(egress, "start", failing)
    outcome = await crew.call("recording.start", room="lobby")
    assert outcome.status == "failed"
    assert "no space left" in outcome.message


async def test_undo_ends_what_was_started_after_a_yes(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    await crew.call("recording.start", room="lobby")
    waiting = await crew.call("coordinator.undo")
    assert waiting.approval is not None
    assert (await crew.approve(waiting.approval.id)).status == "done"
    assert [info.status for info in egress.egresses.values()] == ["complete"]


async def test_a_yes_is_asked_with_what_ends_since_when_and_where_its_file_is(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    await crew.call("recording.start", room="lobby", path="talk")
    crew.clock.time += 725  # type: ignore[attr-defined]
    waiting = await crew.call("recording.stop", recording="lobby")
    assert waiting.status == "needs_approval"
    assert "lobby (EG_1) has run since 08:00 UTC (12 min); its file will be talk" in waiting.message
    assert waiting.approval is not None
    done = await crew.approve(waiting.approval.id)
    assert (done.status, egress.egresses["EG_1"].status) == ("done", "complete")


async def test_what_ended_is_not_ended_twice(crew: Greenroom) -> None:
    await crew.call("recording.start", room="lobby")
    await crew.call("recording.stop", recording="EG_1", approve=True)
    by_id = await crew.call("recording.stop", recording="EG_1", approve=True)
    assert code(by_id) == "failed-precondition"
    assert "has ended already" in by_id.message
    by_room = await crew.call("recording.stop", recording="lobby", approve=True)
    assert code(by_room) == "not-found"
    assert by_room.error is not None
    assert "EG_1, is complete" in by_room.error.hint


async def test_a_service_that_goes_on_recording_is_found_out(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    await crew.call("recording.start", room="lobby")
    egress.lies = True
    outcome = await crew.call("recording.stop", recording="lobby", approve=True)
    assert (code(outcome), verdict(outcome, "recording-finished")) == ("not-as-asked", "block")


async def test_of_two_in_a_room_none_is_ended_until_one_is_named(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    await crew.call("recording.start", room="lobby")
    await crew.call("recording.start", room="lobby", identity="dana")
    outcome = await crew.call("recording.stop", recording="lobby", approve=True)
    assert code(outcome) == "several-fit"
    assert outcome.error is not None
    assert "EG_1" in outcome.error.hint
    assert "EG_2 (dana in lobby" in outcome.error.hint
    assert all(info.is_active for info in egress.egresses.values())


async def test_a_stream_is_no_recording(crew: Greenroom, egress: MemoryEgress) -> None:
    made = await a_stream(egress, "lobby")
    for named in ("lobby", made):
        outcome = await crew.call("recording.stop", recording=named, approve=True)
        assert code(outcome) == "not-found"
    assert (await crew.call("recording.list")).value.egresses == ()
    assert egress.egresses[made].is_active


async def test_a_room_that_is_not_recorded_is_told_what_is(crew: Greenroom) -> None:
    await crew.call("recording.start", room="stage")
    outcome = await crew.call("recording.pause", recording="lobby")
    assert code(outcome) == "not-found"
    assert outcome.error is not None
    assert "EG_1 (stage" in outcome.error.hint


async def test_a_recording_pauses_and_goes_on_and_either_is_undone(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    await crew.call("recording.start", room="lobby")
    paused = await crew.call("recording.pause", recording="lobby")
    assert (paused.status, egress.paused) == ("done", {"EG_1"})
    again = await crew.call("recording.pause", recording="lobby")
    assert "was paused already" in again.message
    assert again.steps[0].undo is None
    assert (await crew.call("recording.resume", recording="lobby")).status == "done"
    assert egress.paused == set()
    assert (await crew.call("coordinator.undo")).status == "done"
    assert egress.paused == {"EG_1"}


async def test_livekit_s_own_service_is_not_asked_to_pause(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    await crew.call("recording.start", room="lobby")
    egress.egresses["EG_1"] = replace(egress.egresses["EG_1"], service="livekit")
    outcome = await crew.call("recording.pause", recording="lobby")
    assert (outcome.status, egress.paused) == ("blocked", set())


async def test_a_layout_is_changed_and_put_back(crew: Greenroom, egress: MemoryEgress) -> None:
    await crew.call("recording.start", room="lobby", layout="grid")
    changed = await crew.call("recording.set_layout", recording="lobby", layout="speaker")
    assert (changed.status, egress.egresses["EG_1"].layout) == ("done", "speaker")
    assert (await crew.call("coordinator.undo")).status == "done"
    assert egress.egresses["EG_1"].layout == "grid"
    egress.lies = True
    lied = await crew.call("recording.set_layout", recording="lobby", layout="speaker")
    assert code(lied) == "not-as-asked"


@pytest.mark.parametrize(
    ("capability", "named"),
    [("recording.set_layout", "recording"), ("egress.update_layout", "egress")],
)
async def test_a_layout_that_livekit_keeps_with_the_participant_that_records_is_seen_and_put_back(
    crew: Greenroom,
    rooms: MemoryRooms,
    egress: MemoryEgress,
    monkeypatch: pytest.MonkeyPatch,
    capability: str,
    named: str,
) -> None:
    await crew.call("recording.start", room="lobby", layout="grid")
    one = "lobby" if named == "recording" else "EG_1"
    rooms.join("lobby", "EG_1")

    async def as_livekit(egress_id: str, layout: str) -> EgressInfo:
        await rooms.update_participant("lobby", egress_id, metadata=f'{{"layout": "{layout}"}}')
        return egress.egresses[egress_id]

    monkeypatch.setattr(egress, "set_layout", as_livekit)
    for layout in ("speaker", "single-speaker"):
        changed = await crew.call(capability, **{named: one}, layout=layout)
        assert changed.status == "done", changed.message
    assert (await crew.call("coordinator.undo")).status == "done"
    assert rooms.inside["lobby"]["EG_1"].metadata == '{"layout": "speaker"}'


async def test_a_recording_of_one_person_has_no_layout(crew: Greenroom) -> None:
    await crew.call("recording.start", room="lobby", identity="dana")
    outcome = await crew.call("recording.set_layout", recording="lobby", layout="grid")
    assert outcome.status == "blocked"


async def test_the_newest_recordings_come_first_and_ended_ones_are_left_out_when_asked(
    crew: Greenroom,
) -> None:
    await crew.call("recording.start", room="lobby")
    await crew.call("recording.start", room="stage")
    await crew.call("recording.stop", recording="lobby", approve=True)
    every = await crew.call("recording.list")
    assert [info.egress_id for info in every.value.egresses] == ["EG_2", "EG_1"]
    active = await crew.call("recording.list", active=True)
    assert [info.room for info in active.value.egresses] == ["stage"]
    of_room = await crew.call("recording.list", room="lobby")
    assert of_room.message == "1 recording of lobby: lobby (EG_1, complete)."


async def test_a_room_shows_what_runs_else_its_newest_recording(crew: Greenroom) -> None:
    await crew.call("recording.start", room="lobby")
    shown = await crew.call("recording.show", recording="lobby")
    assert shown.value.figures == {"paused": False}
    await crew.call("recording.stop", recording="lobby", approve=True)
    shown = await crew.call("recording.show", recording="lobby")
    assert (shown.value.egress.status, shown.value.figures) == ("complete", {})
