"""Rules that look at presets and at what clients publish with."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from greenroom.domain.presets import SettingsWanted
from greenroom.domain.rule import StepView
from greenroom.hub.catalogue import load_rule
from tests.doubles import a_crew

NO_STATE: Any = None


def wanted(holds: dict[str, Any], **changes: Any) -> SettingsWanted:
    return SettingsWanted(
        state=NO_STATE, holds=holds, changes={f"track.x.{n}": value for n, value in changes.items()}
    )


async def verdict_of(rule: str, before: SettingsWanted) -> str:
    step = StepView(context=NO_STATE, request=None, before=before)
    return (await load_rule(rule).check(step)).verdict


def video(width: int, height: int, frame_rate: int, bitrate: int) -> dict[str, int]:
    return {"width": width, "height": height, "frameRate": frame_rate, "maxBitrate": bitrate}


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        (video(1280, 720, 30, 1_700_000), "pass"),
        (video(1280, 720, 30, 690_000), "pass"),
        (video(1280, 720, 30, 670_000), "warn"),
        (video(1280, 720, 30, 4_240_000), "pass"),
        (video(1280, 720, 30, 4_260_000), "warn"),
        (video(640, 360, 3, 200_000), "pass"),
        ({"frameRate": 30, "maxBitrate": 7_000_000}, "pass"),
    ],
)
async def test_a_bitrate_far_from_what_the_size_needs_is_a_warning(
    preset: dict[str, int], expected: str
) -> None:
    assert await verdict_of("video-preset-bitrate", wanted(preset)) == expected


async def test_a_bitrate_is_judged_as_it_will_be() -> None:
    before = wanted(video(1280, 720, 30, 1_700_000), maxBitrate=100_000)
    assert await verdict_of("video-preset-bitrate", before) == "warn"


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ({"width": 1920, "height": 1080, "frameRate": 30}, "pass"),
        ({"width": 1920, "height": 1080, "frameRate": 60}, "warn"),
        ({"width": 3840, "height": 2160, "frameRate": 15}, "warn"),
        ({"width": 1280, "height": 720, "frameRate": 60}, "pass"),
        ({"frameRate": 60}, "pass"),
    ],
)
async def test_1080p_at_60_and_more_is_a_warning(then: dict[str, int], expected: str) -> None:
    assert await verdict_of("video-heavy", wanted({}, **then)) == expected


async def test_a_frame_rate_that_makes_the_held_size_heavy_is_noticed(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        await crew.call("track.configure_video", resolution="1080p")
        done = await crew.call("track.configure_video", frame_rate=60)
        assert (done.status, done.steps[0].checks[0].verdict) == ("done", "warn")


@pytest.mark.parametrize(
    ("limit", "expected"), [(None, "warn"), (0, "warn"), (5, "warn"), (4, "pass"), (2, "pass")]
)
async def test_simulcast_off_is_a_warning_unless_rooms_are_small(
    tmp_path: Path, limit: int | None, expected: str
) -> None:
    async with a_crew(tmp_path) as crew:
        if limit is not None:
            await crew.call("room.set_defaults", max_participants=limit)
        done = await crew.call("track.configure_simulcast", enabled=False)
        assert done.status == "done"
        assert {c.rule: c.verdict for c in done.steps[0].checks}["simulcast-off"] == expected
        on = await crew.call("track.configure_simulcast", enabled=True)
        assert {check.verdict for check in on.steps[0].checks} == {"pass"}


async def test_layers_that_nobody_sends_are_a_warning(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        await crew.call("track.configure_simulcast", enabled=False)
        done = await crew.call("track.configure_simulcast", layers=["h180"])
        assert "Simulcast is off" in done.steps[0].checks[0].reason


async def test_a_name_is_that_of_one_kind_of_preset(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        blocked = await crew.call("track.define_video_preset", name="speech", resolution="720p")
        assert blocked.status == "blocked"
        assert "speech is the name of an audio preset." in blocked.message
        blocked = await crew.call("track.define_audio_preset", name="h720", max_bitrate=48_000)
        assert blocked.status == "blocked"


async def test_two_channels_with_one_topic_are_a_warning(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        await crew.call("track.define_data_channel", name="chat")
        other = await crew.call("track.define_data_channel", name="talk", topic="chat")
        verdicts = {check.rule: check.verdict for check in other.steps[0].checks}
        assert verdicts["data-channel-topic"] == "warn"
        again = await crew.call("track.define_data_channel", name="chat", reliable=False)
        assert "warn" in {check.verdict for check in again.steps[0].checks}
        third = await crew.call("track.define_data_channel", name="hands")
        assert {check.verdict for check in third.steps[0].checks} == {"pass"}


@pytest.mark.parametrize(
    ("first", "name", "expected"),
    [
        ({"name": "mobile", "resolution": "360p"}, "mobile", "pass"),
        ({"name": "h720", "max_bitrate": 2_000_000}, "h720", "warn"),
        ({"name": "mobile", "resolution": "360p"}, "h720", "block"),
    ],
)
async def test_only_what_people_defined_can_be_removed(
    tmp_path: Path, first: dict[str, Any], name: str, expected: str
) -> None:
    async with a_crew(tmp_path) as crew:
        await crew.call("track.define_video_preset", **first)
        outcome = await crew.call("track.remove_preset", name=name, approve=True)
        verdicts = {check.rule: check.verdict for check in outcome.steps[0].checks}
        assert verdicts["preset-removable"] == expected
        assert verdicts.get("preset-gone") == (None if expected == "block" else "pass")


async def test_a_preset_that_simulcast_names_stays(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        await crew.call("track.define_video_preset", name="mobile", resolution="360p")
        await crew.call("track.configure_simulcast", layers=["mobile"])
        blocked = await crew.call("track.remove_preset", name="mobile", approve=True)
        assert (blocked.status, "has mobile as a layer" in blocked.message) == ("blocked", True)
        await crew.call("track.configure_simulcast", layers=["h360"])
        assert (
            await crew.call("track.remove_preset", name="mobile", approve=True)
        ).status == "done"


async def test_one_name_for_two_kinds_written_by_hand_is_not_guessed_at(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        by_hand = {
            "track.videoPresets.mine.frameRate": 15,
            "track.audioPresets.mine.maxBitrate": 48_000,
        }
        await crew.call("coordinator.change_settings", settings=by_hand)
        blocked = await crew.call("track.remove_preset", name="mine", approve=True)
        assert blocked.status == "blocked"


async def test_a_preset_that_is_still_there_after_its_removal_is_noticed(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        await crew.call("track.define_video_preset", name="mobile", resolution="360p")
        found = SimpleNamespace(place="user", key="track.videoPresets.mobile")
        step = StepView(
            context=crew._make_context(),
            request=SimpleNamespace(name="mobile"),
            before=SimpleNamespace(defined=found),
        )
        assert (await load_rule("preset-gone").check(step)).verdict == "block"
