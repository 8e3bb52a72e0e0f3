"""Settings of recordings: written, undone, and used."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.crew import Greenroom
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


async def test_days_of_keeping_are_kept_and_nobody_claims_to_delete(crew: Greenroom) -> None:
    outcome = await crew.call("recording.configure", retention=86_400)
    assert "Nothing deletes older files by itself yet." in outcome.message


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
