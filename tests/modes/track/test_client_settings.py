"""How clients capture and publish by default: microphones, cameras, simulcast, data channels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom

AUDIO = "track.defaultSettings.audio"
VIDEO = "track.defaultSettings.video"


def setting(crew: Greenroom, key: str) -> Any:
    return crew._make_context().settings.chosen(key)


@pytest.mark.parametrize(
    ("capability", "arguments", "written"),
    [
        ("configure_audio", {"noise_suppression": False}, {f"{AUDIO}.noiseSuppression": False}),
        (
            "configure_audio",
            {"echo_cancellation": True, "auto_gain_control": True},
            {f"{AUDIO}.echoCancellation": True, f"{AUDIO}.autoGainControl": True},
        ),
        (
            "configure_video",
            {"resolution": "720p", "frame_rate": 24},
            {f"{VIDEO}.width": 1280, f"{VIDEO}.height": 720, f"{VIDEO}.frameRate": 24},
        ),
        (
            "configure_video",
            {"facing_mode": "environment"},
            {f"{VIDEO}.facingMode": "environment"},
        ),
        ("configure_simulcast", {"enabled": False}, {"track.simulcast.enabled": False}),
        (
            "configure_simulcast",
            {"layers": ["h180", "h360"]},
            {"track.simulcast.layers": ["h180", "h360"]},
        ),
        (
            "define_data_channel",
            {"name": "cursors", "reliable": False},
            {"track.dataChannels.cursors": {"topic": "cursors", "reliable": False}},
        ),
        (
            "define_data_channel",
            {"name": "chat", "topic": "lk-chat"},
            {"track.dataChannels.chat": {"topic": "lk-chat", "reliable": True}},
        ),
    ],
)
async def test_what_is_given_is_written_told_and_taken_back(
    crew: Greenroom,
    tmp_path: Path,
    capability: str,
    arguments: dict[str, Any],
    written: dict[str, Any],
) -> None:
    done = await crew.call(f"track.{capability}", **arguments)
    assert done.status == "done"
    assert {key: setting(crew, key) for key in written} == written
    (file,) = tmp_path.rglob("*.mode.md")
    assert str(file) in done.message
    assert (await crew.call("coordinator.undo")).status == "done"
    assert {key: setting(crew, key) for key in written} == dict.fromkeys(written)


async def test_layers_are_kept_smallest_first(crew: Greenroom) -> None:
    await crew.call("track.define_video_preset", name="mobile", resolution="360p")
    await crew.call("track.configure_simulcast", layers=["h720", "mobile", "h180"])
    assert setting(crew, "track.simulcast.layers") == ["h180", "mobile", "h720"]


async def test_a_layer_must_be_a_video_preset(crew: Greenroom) -> None:
    refused = await crew.call("track.configure_simulcast", layers=["h180", "h721"])
    assert refused.error is not None
    assert (refused.error.code, refused.error.hint) == ("not-found", "Did you mean h720?")
    assert (await crew.call("track.configure_simulcast", layers=["speech"])).status == "failed"


@pytest.mark.parametrize("layers", [[], ["h180", "h180"], ["h90", "h180", "h360", "h720"]])
async def test_livekit_sends_one_to_three_different_layers(
    crew: Greenroom, layers: list[str]
) -> None:
    refused = await crew.call("track.configure_simulcast", layers=layers)
    assert refused.error is not None
    assert refused.error.code == "invalid-argument"


@pytest.mark.parametrize("name", ["audio", "video", "simulcast"])
async def test_an_order_to_set_nothing_is_a_mistake(crew: Greenroom, name: str) -> None:
    refused = await crew.call(f"track.configure_{name}")
    assert refused.error is not None
    assert refused.error.code == "invalid-argument"


async def test_a_data_channel_keeps_its_topic_unless_another_is_given(crew: Greenroom) -> None:
    await crew.call("track.define_data_channel", name="chat", topic="lk-chat")
    changed = await crew.call("track.define_data_channel", name="chat", reliable=False)
    assert changed.message.startswith("Data channel chat: topic lk-chat, lossy, in ")
    again = await crew.call("track.define_data_channel", name="chat", reliable=False)
    assert again.message == "Data channel chat is that already: topic lk-chat, lossy."
