"""Rules of recordings: each passes, warns and blocks where it says. The whole crew, rooms and egress in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom
from tests.doubles import MemoryRooms, a_crew
from tests.egress_double import MemoryEgress


@pytest.fixture
async def crew(tmp_path: Path) -> AsyncIterator[Greenroom]:
    (tmp_path / ".ruru").mkdir()
    rooms = MemoryRooms({"lobby": ["dana"]})
    async with a_crew(tmp_path, rooms, egress=MemoryEgress()) as crew:
        yield crew


async def verdicts(crew: Greenroom, **arguments: Any) -> dict[str, str]:
    """Rule → verdict of a start that only shows what would be."""
    outcome = await crew.call("recording.start", room="lobby", dry_run=True, **arguments)
    return {check.rule: check.verdict for check in outcome.steps[-1].checks}


@pytest.mark.parametrize(
    ("arguments", "rule", "verdict"),
    [
        ({}, "recording-fits-format", "pass"),
        ({"format": "mp3"}, "recording-fits-format", "pass"),
        ({"format": "mp3", "resolution": "1280x720"}, "recording-fits-format", "block"),
        ({"format": "ogg", "layout": "grid"}, "recording-fits-format", "block"),
        ({"format": "mp3", "video_only": True}, "recording-fits-format", "block"),
        ({"audio_only": True, "frame_rate": 30}, "recording-fits-format", "block"),
        ({"audio_only": True, "video_only": True}, "recording-fits-format", "block"),
        ({"screen_share": True}, "recording-fits-format", "block"),
        ({"screen_share": True, "identity": "dana"}, "recording-fits-format", "pass"),
        ({"identity": "dana", "layout": "grid"}, "recording-fits-format", "warn"),
        ({}, "recording-storage-named", "warn"),
        ({}, "recording-consent", "warn"),
        ({"consent": "agreed in the invitation"}, "recording-consent", "pass"),
        ({"resolution": "1920x1080", "frame_rate": 60}, "recording-load", "warn"),
        ({"resolution": "1920x1080", "frame_rate": 30}, "recording-load", "pass"),
        ({}, "recording-transcript", "pass"),
        ({"transcription": True}, "recording-transcript", "warn"),
        ({}, "recording-twice", "pass"),
    ],
)
async def test_a_start_is_judged(
    crew: Greenroom, arguments: dict[str, Any], rule: str, verdict: str
) -> None:
    assert (await verdicts(crew, **arguments))[rule] == verdict


async def test_where_files_lie_and_who_agreed_is_warned_about_once_a_day_and_briefly(
    crew: Greenroom,
) -> None:
    first = await crew.call("recording.start", room="lobby")
    warned = {check.rule: check for check in first.steps[-1].checks if check.verdict == "warn"}
    assert {"recording-consent", "recording-storage-named"} <= set(warned)
    assert all(len(f"{each.reason} {each.remedy}") < 130 for each in warned.values())
    again = await verdicts(crew)
    assert (again["recording-consent"], again["recording-storage-named"]) == ("pass", "pass")


async def test_a_second_recording_of_the_same_is_warned_about(crew: Greenroom) -> None:
    await crew.call("recording.start", room="lobby")
    assert (await verdicts(crew))["recording-twice"] == "warn"
    assert (await verdicts(crew, identity="dana"))["recording-twice"] == "pass"


@pytest.mark.parametrize("key", ["recording.enabled", "egress.enabled"])
async def test_where_recordings_are_switched_off_none_starts(crew: Greenroom, key: str) -> None:
    await crew.call("coordinator.change_settings", settings={key: False})
    outcome = await crew.call("recording.start", room="lobby")
    assert outcome.status == "blocked"
    assert key in outcome.message


async def test_sound_by_a_setting_is_named_where_pictures_are_asked_for(crew: Greenroom) -> None:
    await crew.call("recording.configure", format="mp3")
    outcome = await crew.call("recording.start", room="lobby", resolution="1280x720")
    assert outcome.status == "blocked"
    assert "by the setting recording.format" in outcome.message
    assert (await crew.call("recording.start", room="lobby")).status == "done"


async def test_a_storage_that_is_named_is_not_warned_about(crew: Greenroom) -> None:
    await crew.call("recording.configure", storage="local")
    assert (await verdicts(crew))["recording-storage-named"] == "pass"
