"""Sizes and bitrates: LiveKit's own at its presets, in proportion between them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from greenroom.config.layers import packaged_layers
from greenroom.domain.video import CAMERA, FACTORS, bitrate_for, pixel_size, size_for, written_size
from greenroom.interfaces.cli.reference import ROOT
from greenroom.modes.track._presets import rate

PRESETS = {
    name: preset
    for layer in packaged_layers()
    for name, preset in layer.tree.get("track", {}).get("videoPresets", {}).items()
}


def test_the_table_says_what_the_packaged_presets_say() -> None:
    for width, height, frame_rate, bitrate in CAMERA:
        assert PRESETS[f"h{height}"] == {
            "width": width,
            "height": height,
            "frameRate": frame_rate,
            "maxBitrate": bitrate,
        }


@pytest.mark.parametrize("encoding", CAMERA, ids=lambda each: f"{each.height}p")
def test_standard_is_what_livekit_sends(encoding) -> None:
    width, height, frame_rate, bitrate = encoding
    assert bitrate_for(width, height, frame_rate) == bitrate
    assert size_for(int(bitrate)) == encoding


def test_high_1080p_takes_what_livekit_gives_a_screen_of_that_size() -> None:
    assert bitrate_for(1920, 1080, 30, "high") == PRESETS["h1080fps30"]["maxBitrate"]
    assert bitrate_for(1920, 1080, 30, "low") == 1_800_000


def test_bitrate_grows_with_size_frame_rate_and_quality_and_never_jumps() -> None:
    widths = range(32, 8192, 32)
    rates = [bitrate_for(width, width * 9 // 16, 30) for width in widths]
    assert rates == sorted(rates)
    assert all(after <= before * 1.35 + 20_000 for before, after in pairwise(rates))
    assert bitrate_for(1280, 720, 15) < bitrate_for(1280, 720, 30) < bitrate_for(1280, 720, 60)
    low, standard, high = (bitrate_for(1280, 720, 30, q) for q in ("low", "standard", "high"))
    assert low < standard < high


def test_the_how_to_page_has_the_same_table() -> None:
    page = (ROOT / "docs" / "how-to" / "video-and-audio-presets.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+)x(\d+) \| (\d+) \| (.*) \| (.*) \| (.*) \|$", page, re.MULTILINE)
    assert len(rows) == 6
    for width, height, frame_rate, *said in rows:
        rates = [bitrate_for(int(width), int(height), int(frame_rate), q) for q in FACTORS]
        assert said == [rate(each) for each in rates]


def test_a_picture_on_its_side_takes_as_much() -> None:
    assert bitrate_for(720, 1280, 30) == bitrate_for(1280, 720, 30)


@pytest.mark.parametrize("name", sorted(PRESETS.keys() - {"original"}))
def test_every_packaged_preset_is_near_what_its_size_needs(name: str) -> None:
    preset = PRESETS[name]
    usual = bitrate_for(preset["width"], preset["height"], preset["frameRate"])
    assert 1 / 1.7 < preset["maxBitrate"] / usual < 1.7


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ("720p", "1280x720"),
        ("480p", "854x480"),
        ("hd", "1280x720"),
        ("Full  HD", "1920x1080"),
        ("ultra-hd", "3840x2160"),
        ("4K", "3840x2160"),
        ("1024 X 768", "1024x768"),
        ("640×360", "640x360"),
        ("huge", "huge"),
    ],
)
def test_sizes_are_read_as_people_write_them(said: str, size: str) -> None:
    assert written_size(said) == size


def test_a_size_is_width_and_height() -> None:
    assert pixel_size("1280x720") == (1280, 720)
