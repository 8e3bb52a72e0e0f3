"""Settings of recordings: written, undone, and used."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.recordings import Retention
from tests.egress_double import MemoryEgress


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        ({"format": "mp3"}, {"recording.format": "mp3"}),
        ({"enabled": False}, {"recording.enabled": False}),
        ({"retention": 30 * 86_400}, {"recording.retentionDays": 30}),
        ({"retention": 36 * 3_600}, {"recording.retentionDays": 2}),
        ({"retention": 0}, {"recording.retentionDays": 0}),
        (
            {"storage": "s3", "bucket": "acme", "region": "eu-west-1", "prefix": "rec/"},
            {
                "recording.storage.type": "s3",
                "recording.storage.bucket": "acme",
                "recording.storage.region": "eu-west-1",
                "recording.storage.prefix": "rec/",
            },
        ),
    ],
)
async def test_what_is_said_is_written_and_undone(
    crew: Greenroom, arguments: dict[str, Any], settings: dict[str, Any]
) -> None:
    outcome = await crew.call("recording.configure", **arguments)
    assert outcome.status == "done", outcome.message
    assert outcome.value.values == settings
    assert (await crew.call("coordinator.undo")).status == "done"
    assert all(crew._configuration.chosen(key) is None for key in settings)


async def test_nothing_said_is_a_mistake(crew: Greenroom) -> None:
    for capability in ("recording.configure", "recording.configure_transcription"):
        outcome = await crew.call(capability)
        assert outcome.error is not None
        assert outcome.error.code == "invalid-argument"


async def test_the_recorder_is_told_how_long_files_are_kept_and_of_an_undo_too(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    outcome = await crew.call("recording.configure", retention=30 * 86_400)
    assert egress.retention == 30
    assert "ended more than 30 days ago; no recording is that old now." in outcome.message
    await crew.call("coordinator.change_settings", settings={"recording.retentionDays": 7})
    assert egress.retention == 7
    await crew.call("coordinator.undo")
    assert egress.retention == 30
    await crew.call("recording.configure", format="mp3")
    outcome = await crew.call(
        "coordinator.change_settings", settings={"recording.retentionDays": None}
    )
    assert egress.retention == 0
    assert "deletes nothing by age" in outcome.message


async def test_what_a_shorter_time_will_delete_is_said_at_once(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    egress.goes = Retention(
        days=7, begins=1_795_694_400.0, recordings=2, files=3, size=12_500_000, beyond=1
    )
    outcome = await crew.call("recording.configure", retention=7 * 86_400)
    assert "now those of 2 (3 files, 12.5 MB), not before 2026-11-26 12:00 UTC." in outcome.message
    assert "1 of these are left" in outcome.message


@pytest.mark.parametrize(
    ("name", "there", "told"),
    [
        ("livekit", True, "LiveKit's Egress service deletes nothing by age"),
        ("greenroom", False, "Nobody was told: Nothing here can record."),
    ],
)
async def test_where_nobody_deletes_by_age_that_is_said(
    crew: Greenroom, egress: MemoryEgress, name: str, there: bool, told: str
) -> None:
    egress.name, egress.there = name, there
    outcome = await crew.call("recording.configure", retention=86_400)
    assert outcome.status == "done"
    assert told in outcome.message
    assert egress.retention is None


async def test_a_storage_without_a_bucket_is_warned_about(crew: Greenroom) -> None:
    outcome = await crew.call("recording.configure", storage="s3")
    warned = [check.rule for check in outcome.steps[0].checks if check.verdict == "warn"]
    assert warned == ["recording-storage-complete"]
    again = await crew.call("recording.configure", bucket="acme")
    assert all(check.verdict == "pass" for check in again.steps[0].checks)


async def test_a_wish_for_transcripts_is_kept_and_each_recording_says_that_there_is_none(
    crew: Greenroom, egress: MemoryEgress
) -> None:
    kept = await crew.call("recording.configure_transcription", enabled=True, language="de")
    assert kept.value.values == {
        "recording.transcription.enabled": True,
        "recording.transcription.language": "de",
    }
    assert kept.message.endswith("No transcript is made yet.")
    started = await crew.call("recording.start", room="lobby")
    assert started.message.endswith("No transcript is made yet.")
    assert started.steps[0].arguments["transcription"] is True
    assert len(egress.asked) == 1
