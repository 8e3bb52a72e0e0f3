"""Recommended settings: a table, read the same way each time, with a reason and a source for each word of it."""

from __future__ import annotations

import itertools
from typing import Any, get_args

import pytest

from greenroom.config.layers import packaged_layers
from greenroom.crew import Greenroom
from greenroom.domain.advice import Area
from greenroom.modes.track._recommending import AREAS, advice_for, table
from greenroom.modes.track.recommend import CONDITIONS, DEVICES, USES

SAID: dict[str, Any] = {"condition": "", "device": "", "people": None, "use": ""}
PACKAGED = next(layer.tree["track"] for layer in packaged_layers() if "track" in layer.tree)
VALUES = {
    "resolution": set(table()["sizes"]),
    "audio_preset": set(PACKAGED["audioPresets"]),
    "screen_share": set(PACKAGED["videoPresets"]),
    "quality": {"low", "medium", "high"},
    "video_codec": {"vp8", "h264", "vp9", "av1"},
    "content_hint": {"detail", "text", "motion"},
    "facing_mode": {"user", "environment"},
    "degradation_preference": {"maintain-framerate", "maintain-resolution", "balanced"},
}


def values(**said: Any) -> dict[str, Any]:
    return {each.setting: each.value for each in advice_for(SAID | said)}


def test_without_a_word_it_is_what_livekit_does_by_itself_but_for_what_is_off_there() -> None:
    found = values()
    assert (found["resolution"], found["video_codec"]) == ("h720", "vp8")
    assert found["simulcast_layers"] == ("h180", "h360")
    assert found["simulcast"] is found["red"] is found["dtx"] is True
    assert found["adaptive_stream"] is found["dynacast"] is True


def test_everything_that_can_be_said_gives_settings_that_exist_each_with_reason_and_source() -> (
    None
):
    counts = (None, 1, 8, 9, 16, 17, 500)
    every = itertools.product(("", *CONDITIONS), ("", *DEVICES), counts, ("", *USES))
    for condition, device, people, use in every:
        found = advice_for({"condition": condition, "device": device, "people": people, "use": use})
        assert len({each.setting for each in found}) == len(found)
        assert [AREAS.index(each.area) for each in found] == sorted(
            AREAS.index(each.area) for each in found
        )
        for each in found:
            assert each.reason.endswith(".") and each.source
            if each.setting == "simulcast_layers":
                assert set(each.value) <= set(PACKAGED["videoPresets"])
            elif not isinstance(each.value, bool):
                assert each.value in VALUES[each.setting], each


def test_sizes_are_in_order_and_layers_are_below_what_is_captured() -> None:
    sizes, presets = table()["sizes"], PACKAGED["videoPresets"]
    assert sizes == sorted(sizes, key=lambda name: presets[name]["width"])
    for row in table()["layers"]:
        for captured in row["resolution"]:
            widths = [presets[name]["width"] for name in (*row["value"], captured)]
            assert widths == sorted(set(widths))
    assert sorted(name for row in table()["layers"] for name in row["resolution"]) == sorted(sizes)


def test_rows_ask_for_what_can_be_said_only() -> None:
    known = {"condition": CONDITIONS, "device": DEVICES, "use": USES}
    for row in table()["row"]:
        assert row["area"] in get_args(Area)
        for name, wanted in row.get("when", {}).items():
            assert name == "people" or set(wanted) <= {"", *known[name]}


@pytest.mark.parametrize("use", ["", *USES])
@pytest.mark.parametrize("device", ["", *DEVICES])
def test_a_worse_connection_never_gets_a_larger_picture(use: str, device: str) -> None:
    sizes = table()["sizes"]
    captured = [
        sizes.index(values(condition=condition, use=use, device=device)["resolution"])
        for condition in ("poor", "limited", "good")
    ]
    assert captured == sorted(captured)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"use": "music"}, {"noise_suppression": False, "dtx": False, "red": False}),
        ({"use": "music", "condition": "lossy"}, {"red": True}),
        ({"use": "webinar", "people": 500}, {"resolution": "h1080", "quality": "high"}),
        ({"use": "meeting", "people": 17}, {"resolution": "h360", "simulcast_layers": ("h180",)}),
        ({"use": "meeting", "people": 16}, {"resolution": "h540"}),
        ({"use": "screen", "condition": "poor"}, {"screen_share": "h360fps3"}),
        ({"condition": "poor", "device": "phone"}, {"resolution": "h216", "simulcast_layers": ()}),
        ({"condition": "good"}, values()),
    ],
)
def test_what_is_said_decides(said: dict[str, Any], expected: dict[str, Any]) -> None:
    assert expected.items() <= values(**said).items()


async def test_it_is_told_in_a_sentence_and_changes_nothing(crew: Greenroom) -> None:
    done = await crew.call("track.recommend", use="meeting", people=20, condition="lossy")
    assert done.message == (
        "For a meeting of 20 people with packet loss: capture h360, simulcast with h180 below it, codec vp8, "
        "audio speech with RED and DTX, receive medium quality with adaptive stream and dynacast."
    )
    assert (
        await crew.call("track.recommend", device="phone", condition="poor")
    ).message.startswith("For phones on a poor connection: capture h216, in one layer, ")
    assert (await crew.call("coordinator.journal")).unwrap().entries == ()
