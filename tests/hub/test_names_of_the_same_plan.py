"""A step that names what an earlier step of its plan defines is looked at when that is there; others are before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.domain.plan import Call
from tests.doubles import MemoryRooms, a_crew
from tests.egress_double import MemoryEgress
from tests.hub.test_pipeline import Scripted, delete, statuses

PRESET = Call(
    capability="track.define_video_preset", arguments={"name": "mobile", "resolution": "360p"}
)


async def test_a_stream_goes_to_the_destination_that_the_plan_saves(tmp_path: Path) -> None:
    url, egress = "rtmp://live.example.com/app/abc-123", MemoryEgress()
    place = {"name": "main-site", "url": url}
    save = Call(capability="egress.define_destination", arguments=place)
    there = {"room": "lobby", "destination": "main-site"}
    stream = Call(capability="egress.start_stream", arguments=there)
    rooms, planner = MemoryRooms({"lobby": []}), Scripted(save, stream)
    async with a_crew(tmp_path, rooms, planner=planner, egress=egress) as crew:
        outcome = await crew.ask("main-site is a destination, and lobby goes there")
    assert statuses(outcome) == ["done", "done"], outcome.message
    assert egress.asked[0].outputs[0].urls == (url,)


@pytest.mark.parametrize("layers", [["mobile"], ["h720", "mobile"]])
async def test_a_list_may_name_what_the_plan_defines(tmp_path: Path, layers: list[str]) -> None:
    simulcast = Call(capability="track.configure_simulcast", arguments={"layers": layers})
    async with a_crew(tmp_path, planner=Scripted(PRESET, simulcast)) as crew:
        outcome = await crew.ask("mobile is a preset and a layer")
    assert statuses(outcome) == ["done", "done"], outcome.message


async def test_what_no_earlier_step_defines_is_missed_before_anything_runs(tmp_path: Path) -> None:
    simulcast = Call(capability="track.configure_simulcast", arguments={"layers": ["mobil"]})
    async with a_crew(tmp_path, planner=Scripted(PRESET, simulcast)) as crew:
        outcome = await crew.ask("mobile is a preset, mobil a layer")
    assert outcome.error is not None
    assert outcome.error.code == "not-found"
    assert statuses(outcome) == ["planned", "failed"]


async def test_a_room_of_the_name_of_a_preset_is_looked_at_before_the_yes(tmp_path: Path) -> None:
    rooms = MemoryRooms({"mobile": ["dana"]})
    async with a_crew(tmp_path, rooms, planner=Scripted(PRESET, delete("mobile"))) as crew:
        outcome = await crew.ask("a preset mobile, and the room mobile goes")
    assert outcome.approval is not None
    assert any("dana" in reason for reason in outcome.approval.reasons)
