"""Presets: LiveKit's own, what people make of them, and how they go again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom

VIDEO = {
    "h90", "h180", "h216", "h360", "h540", "h720", "h1080", "h1440", "h2160", "h360fps3", "h360fps15", "h720fps5",
    "h720fps15", "h720fps30", "h1080fps15", "h1080fps30", "original",
}  # fmt: skip
AUDIO = {
    "telephone": 12_000,
    "speech": 24_000,
    "music": 48_000,
    "musicStereo": 64_000,
    "musicHighQuality": 96_000,
    "musicHighQualityStereo": 128_000,
}


async def presets(crew: Greenroom, kind: str) -> dict[str, dict[str, Any]]:
    listed = (await crew.call("track.list_presets")).unwrap()
    return {p.name: p.settings for p in listed.presets if p.kind == kind}


async def test_livekit_s_presets_are_there_by_their_own_names(crew: Greenroom) -> None:
    assert (await presets(crew, "video")).keys() == VIDEO
    audio = await presets(crew, "audio")
    assert {name: preset["maxBitrate"] for name, preset in audio.items()} == AUDIO


async def test_a_list_says_what_each_is_and_who_defined_it(crew: Greenroom) -> None:
    await crew.call("track.define_video_preset", name="mobile", resolution="360p", frame_rate=15)
    await crew.call("track.define_audio_preset", name="music", dtx=False)
    listed = await crew.call("track.list_presets")
    found = {p.name: p for p in listed.unwrap().presets}
    assert found["mobile"].about == "640x360, 15 fps, 390 kbps"
    assert [where.partition(",")[0] for where in found["music"].defined_in] == [
        "project",
        "packaged",
    ]
    assert found["h720"].defined_in == ("packaged",)
    assert listed.message == (
        "18 video and 6 audio presets; yours or changed by you: "
        "mobile (640x360, 15 fps, 390 kbps), music (48 kbps, no DTX)."
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"resolution": "1080p", "frame_rate": 30, "bitrate": "high"}, (1920, 1080, 30, 5_000_000)),
        (
            {"resolution": "640x360", "frame_rate": 15, "max_bitrate": 400_000},
            (640, 360, 15, 400_000),
        ),
        ({"resolution": "720p"}, (1280, 720, 30, 1_700_000)),
        ({"bitrate": "high"}, (1920, 1080, 30, 5_000_000)),
        ({"bitrate": "low"}, (640, 360, 20, 270_000)),
        ({"frame_rate": 24}, (1280, 720, 24, 1_520_000)),
        ({"max_bitrate": 400_000}, (640, 360, 20, 400_000)),
    ],
)
async def test_a_new_preset_is_completed_from_livekit_s(
    crew: Greenroom, said: dict[str, Any], expected: tuple[int, ...]
) -> None:
    await crew.call("track.define_video_preset", name="mine", **said)
    preset = (await presets(crew, "video"))["mine"]
    assert tuple(preset[n] for n in ("width", "height", "frameRate", "maxBitrate")) == expected


async def test_of_a_preset_that_is_there_only_what_is_said_changes(crew: Greenroom) -> None:
    await crew.call(
        "track.define_video_preset", name="mine", resolution="720p", max_bitrate=900_000
    )
    await crew.call("track.define_video_preset", name="mine", frame_rate=15)
    assert (await presets(crew, "video"))["mine"] == {
        "width": 1280,
        "height": 720,
        "frameRate": 15,
        "maxBitrate": 900_000,
    }


async def test_a_new_size_brings_its_own_bitrate(crew: Greenroom) -> None:
    await crew.call(
        "track.define_video_preset", name="mine", resolution="720p", max_bitrate=900_000
    )
    await crew.call("track.define_video_preset", name="mine", resolution="1080p")
    assert (await presets(crew, "video"))["mine"]["maxBitrate"] == 3_000_000


async def test_a_preset_of_the_screen_as_it_is_gets_no_size(crew: Greenroom) -> None:
    await crew.call("track.define_video_preset", name="original", frame_rate=15)
    assert (await presets(crew, "video"))["original"] == {"frameRate": 15, "maxBitrate": 7_000_000}


async def test_only_what_differs_from_a_packaged_preset_is_written(
    crew: Greenroom, tmp_path: Path
) -> None:
    await crew.call(
        "track.define_video_preset", name="h720", resolution="720p", max_bitrate=2_000_000
    )
    (file,) = tmp_path.rglob("*.mode.md")
    assert "maxBitrate = 2000000" in file.read_text()
    assert "width" not in file.read_text()
    again = await crew.call("track.define_video_preset", name="h720", max_bitrate=2_000_000)
    assert again.message == "Video preset h720 is that already: 1280x720, 30 fps, 2 Mbps."


@pytest.mark.parametrize(
    ("capability", "arguments"),
    [
        ("define_video_preset", {"name": "x"}),
        ("define_video_preset", {"name": "x", "bitrate": "low", "max_bitrate": 1000}),
        ("define_video_preset", {"name": "x", "resolution": "big"}),
        ("define_video_preset", {"name": "x", "resolution": "0x720"}),
        ("define_video_preset", {"name": "a b", "resolution": "720p"}),
        ("define_audio_preset", {"name": "x"}),
        ("define_audio_preset", {"name": "x", "max_bitrate": 5_000}),
    ],
)
async def test_what_makes_no_preset_is_refused(
    crew: Greenroom, tmp_path: Path, capability: str, arguments: dict[str, Any]
) -> None:
    refused = await crew.call(f"track.{capability}", **arguments)
    assert refused.error is not None
    assert refused.error.code == "invalid-argument"
    assert not list(tmp_path.rglob("*.mode.md"))


async def test_an_audio_preset_has_livekit_s_bitrate_unless_said_otherwise(
    crew: Greenroom,
) -> None:
    await crew.call("track.define_audio_preset", name="choir", red=True)
    assert (await presets(crew, "audio"))["choir"] == {"maxBitrate": 48_000, "red": True}


async def test_a_preset_is_removed_after_a_yes_and_comes_back_by_undo(crew: Greenroom) -> None:
    await crew.call("track.define_audio_preset", name="choir", max_bitrate=96_000, dtx=False)
    asked = await crew.call("track.remove_preset", name="choir")
    assert asked.status == "needs_approval"
    assert asked.approval is not None
    assert (await crew.approve(asked.approval.id)).status == "done"
    assert "choir" not in await presets(crew, "audio")
    assert (await crew.call("coordinator.undo", approve=True)).status == "done"
    assert (await presets(crew, "audio"))["choir"] == {"maxBitrate": 96_000, "dtx": False}


async def test_livekit_s_presets_stay_and_only_changes_of_them_are_dropped(
    crew: Greenroom,
) -> None:
    assert (await crew.call("track.remove_preset", name="h720", approve=True)).status == "blocked"
    await crew.call("track.define_video_preset", name="h720", max_bitrate=2_000_000)
    dropped = await crew.call("track.remove_preset", name="h720", approve=True)
    assert "LiveKit's own holds again." in dropped.message
    assert (await presets(crew, "video"))["h720"]["maxBitrate"] == 1_700_000
    assert (await crew.call("coordinator.undo", plan=dropped.id, approve=True)).status == "done"
    assert (await presets(crew, "video"))["h720"]["maxBitrate"] == 2_000_000


async def test_a_preset_that_is_not_there_is_told_by_its_nearest(crew: Greenroom) -> None:
    await crew.call("track.define_video_preset", name="mobile", resolution="360p")
    none = await crew.call("track.remove_preset", name="mobil")
    assert none.error is not None
    assert (none.error.code, none.error.hint) == ("not-found", "Did you mean mobile?")


async def test_undo_of_a_new_preset_leaves_nothing_of_it(crew: Greenroom, tmp_path: Path) -> None:
    await crew.call("track.define_video_preset", name="mobile", resolution="360p")
    assert (await crew.call("coordinator.undo")).status == "done"
    (file,) = tmp_path.rglob("*.mode.md")
    assert "mobile" not in file.read_text()


async def test_undo_leaves_what_somebody_changed_since(crew: Greenroom, tmp_path: Path) -> None:
    await crew.call("track.define_video_preset", name="mobile", resolution="360p", frame_rate=15)
    (file,) = tmp_path.rglob("*.mode.md")
    file.write_text(file.read_text().replace("= 15", "= 12"))
    undone = await crew.call("coordinator.undo")
    assert undone.error is not None
    assert undone.error.code == "changed-since"
    assert "= 12" in file.read_text()
