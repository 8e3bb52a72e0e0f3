"""Sizes, frame rates, bitrates, stream URLs and ids in people's words."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.understanding.build import load_lexicon
from greenroom.understanding.knowledge import looked_up
from greenroom.understanding.mentions import scan

LEXICON = looked_up(load_lexicon())


def mentions(text: str) -> list[tuple[str, Any]]:
    """Kind and value of all that is no word."""
    found = scan(text, LEXICON)
    return [(t.kind, t.value) for t in found if not t.is_word and t.kind != "comma"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1080p", [("resolution", "1920x1080")]),
        ("full HD", [("resolution", "1920x1080")]),
        ("4k", [("resolution", "3840x2160")]),
        ("480p", [("resolution", "854x480")]),
        ("640 × 360", [("resolution", "640x360")]),
        ("720p60", [("resolution", "1280x720"), ("framerate", 60)]),
        ("24 frames per second", [("framerate", 24)]),
        ("2,5 Mbit/s", [("bitrate", 2_500_000)]),
        ("64kbps", [("bitrate", 64_000)]),
        ("EG_x1", [("egress", "EG_x1")]),
        ("TR_x1Yz2", [("track", "TR_x1Yz2")]),
        ("rtmps://a.example:443/app/key", [("stream", "rtmps://a.example:443/app/key")]),
    ],
)
def test_what_is_measured_is_read_in_the_units_of_the_settings(said: str, meant: Any) -> None:
    assert mentions(f"with {said}, please") == meant


@pytest.mark.parametrize("name", ["4k-test", "1080p-lab"])
def test_a_name_that_begins_with_a_size_stays_a_name(name: str) -> None:
    assert "resolution" not in dict(mentions(f"in room {name} please"))


def test_people_and_times_are_no_sizes() -> None:
    kinds = [kind for kind, _ in mentions("for 30 people, 5 m, 4 rooms")]
    assert kinds == ["number", "duration", "number"]
